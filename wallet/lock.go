package wallet

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

const lockFile = "wallet.lock"

// change changes what the wallet knows, as it is on the disk now: another command may have changed it since it was read. It
// waits for commands that are at it, which takes no longer than writing a file.
func (w *Wallet) change(apply func() error) error {
	unlock, err := lock(filepath.Join(w.home, lockFile))
	if err != nil {
		return err
	}
	defer unlock()
	now, err := Open(w.home)
	if err != nil {
		return err
	}
	before := w.State
	w.State = now.State
	if err = apply(); err == nil {
		err = w.save()
	}
	if err != nil {
		w.State = before
	}
	return err
}

// lock waits until no other process has it. It ends with the process at the latest.
func lock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, ownerFile) //nolint:gosec // a file of the wallet
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return func() { _ = file.Close() }, nil
}
