package wallet

import (
	"errors"
	"os"
	"path/filepath"
)

const (
	ownerFile   = 0o600
	ownerFolder = 0o700
)

// writeFile replaces a file in one step, for its owner alone: whoever is killed meanwhile leaves the old one or the new one.
func writeFile(path string, data []byte) error {
	dir := filepath.Dir(path)
	file, err := os.CreateTemp(dir, ".new-*") // 0600
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return syncFolder(dir)
}

// syncFolder makes names in a folder last, as fsync(2) asks for.
func syncFolder(path string) error {
	folder, err := os.Open(path) //nolint:gosec // a folder of the wallet
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// SaveNew writes a file that was not there, for its owner alone. It is not written over what is there.
func SaveNew(path string, data []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, ownerFile) //nolint:gosec // the user names the file
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}
