package keys

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/creditd/creditd/vault/internal/crash"
)

// The bag's file is replaced in one step, and what was there before is overwritten:
//
//	1. write and sync BAG.new
//	2. name the old file BAG.old as well
//	3. rename BAG.new to BAG, sync the folder
//	4. overwrite and sync BAG.old, remove it, sync the folder
//
// A kill after 1 or 2 leaves the old bag in force, after 3 the new one; whoever writes next finishes what was left. A file
// system that writes elsewhere instead of overwriting, or a disk that does, keeps the old blocks: docs/vault-erasure.md says what
// then stands between them and a reader.

const (
	suffixNew = ".new"
	suffixOld = ".old"
)

// readBag returns the bag and the open file that it came from; while it is open, no other file is the same.
func readBag(path string) (_ *bag, _ *os.File, err error) {
	file, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, nil, fmt.Errorf("key bag: %w: without it no record can be read; put it in its place, from its own backup if it is lost", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Close())
		}
	}()
	info, err := file.Stat()
	if err != nil {
		return nil, nil, fmt.Errorf("key bag: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, nil, fmt.Errorf("the key bag %s can be read by others: run 'chmod 600 %s'", path, path)
	}
	data, err := io.ReadAll(io.LimitReader(file, maxBagBytes+1))
	if err != nil {
		return nil, nil, fmt.Errorf("key bag: %w", err)
	}
	b, err := parseBag(data)
	return b, file, err
}

// lockBag waits until no other process writes the bag.
func lockBag(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // beside the bag
	if err != nil {
		return nil, fmt.Errorf("key bag: %w: check who owns the folder", err)
	}
	for {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("key bag: lock: %w", err), file.Close())
	}
	return func() { _ = file.Close() }, nil // the lock ends with the file
}

// writeBag replaces the bag. The caller holds the lock.
func writeBag(path string, b *bag) error {
	if err := finishWrite(path); err != nil {
		return err
	}
	data, err := b.encode()
	if err != nil {
		return err
	}
	fresh := path + suffixNew
	if err := writeSynced(fresh, data, os.O_CREATE|os.O_EXCL); err != nil {
		return fmt.Errorf("key bag: %w: free space or check who owns the folder, and run the same command again", err)
	}
	crash.Point("bag written")
	switch err := os.Link(path, path+suffixOld); {
	case errors.Is(err, os.ErrNotExist): // the first
	case err != nil:
		return fmt.Errorf("key bag: %w: the folder must be on a file system with hard links", err)
	}
	crash.Point("bag linked")
	if err := os.Rename(fresh, path); err != nil {
		return fmt.Errorf("key bag: %w", err)
	}
	crash.Point("bag renamed")
	if err := syncFolder(path); err != nil {
		return err
	}
	crash.Point("bag in force")
	return finishWrite(path)
}

// finishWrite destroys what a write, perhaps one that was killed, has left beside the bag.
func finishWrite(path string) error {
	if err := destroy(path + suffixNew); err != nil {
		return err
	}
	old, err := os.Lstat(path + suffixOld)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("key bag: %w", err)
	}
	now, err := os.Lstat(path)
	if err != nil {
		return fmt.Errorf("key bag: %w", err)
	}
	if os.SameFile(old, now) { // killed before the new one was in force
		err = os.Remove(path + suffixOld)
	} else {
		err = destroy(path + suffixOld)
	}
	return errors.Join(err, syncFolder(path))
}

// destroy overwrites a file and removes it; that there is none is as good.
func destroy(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("key bag: %w", err)
	}
	if err := writeSynced(path, make([]byte, info.Size()), 0); err != nil {
		return fmt.Errorf("overwriting an old key bag: %w", err)
	}
	crash.Point("old bag overwritten")
	return os.Remove(path)
}

func writeSynced(path string, data []byte, flags int) error {
	file, err := os.OpenFile(path, os.O_WRONLY|flags, 0o600) //nolint:gosec // beside the bag
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

func syncFolder(path string) error {
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("key bag: %w", err)
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return fmt.Errorf("key bag: %w", err)
	}
	return nil
}
