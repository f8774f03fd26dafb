package records

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/store"
)

// Rewrapper puts wrapped keys under the present wrapping key; keys.Ring is one.
type Rewrapper interface {
	Rewrap(wrapped []byte, tradeline [32]byte, place []byte) ([]byte, error)
}

// Rewrap is the change that puts a record's data key under the present wrapping key; false if there is none to make, since it is
// under that key or since the tradeline was erased. The ciphertext is not needed.
func Rewrap(rewrapper Rewrapper, r *store.Record) (change store.KeyChange, needed bool, err error) {
	wrapped, err := rewrapper.Rewrap(r.WrappedKey, r.Tradeline, place(r))
	if errors.Is(err, keys.ErrErased) {
		return change, false, nil
	}
	if err != nil {
		return change, false, fmt.Errorf("record of attestation %x: %w", r.Attestation, err)
	}
	return store.KeyChange{Attestation: r.Attestation, Old: r.WrappedKey, New: wrapped}, !bytes.Equal(wrapped, r.WrappedKey), nil
}
