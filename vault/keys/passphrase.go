package keys

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"golang.org/x/crypto/argon2"
)

const (
	minPassphraseBytes = 12
	maxPassphraseBytes = 1024
	saltBytes          = 16
	maxMemoryKiB       = 4 << 20 // a store from elsewhere must not make us take all memory
	maxTime            = 1000
)

// Cost of one guess of the passphrase, as of Argon2id (RFC 9106).
type Cost struct {
	Time      uint32 `json:"time"`
	MemoryKiB uint32 `json:"memory_kib"`
	Threads   uint8  `json:"threads"`
}

// DefaultCost is the second recommendation of RFC 9106 s.4: 64 MiB, 3 passes, 4 lanes.
var DefaultCost = Cost{Time: 3, MemoryKiB: 64 << 10, Threads: 4}

// kdf is kept in the store, in the clear: it tells how to derive, and nothing else.
type kdf struct {
	Algorithm string `json:"algorithm"`
	Salt      []byte `json:"salt"`
	Cost
}

const argon2id = "argon2id"

func newKDF(cost Cost) kdf { return kdf{Algorithm: argon2id, Salt: random(saltBytes), Cost: cost} }

func parseKDF(data []byte) (kdf, error) {
	var k kdf
	if err := json.Unmarshal(data, &k); err != nil {
		return kdf{}, fmt.Errorf("key derivation parameters: %w: restore the store from a backup", err)
	}
	if k.Algorithm != argon2id || len(k.Salt) != saltBytes || k.Time == 0 || k.Time > maxTime ||
		k.Threads == 0 || k.MemoryKiB == 0 || k.MemoryKiB > maxMemoryKiB {
		return kdf{}, errors.New("key derivation parameters are out of range: restore the store from a backup")
	}
	return k, nil
}

func (k kdf) derive(passphrase []byte) ([]byte, error) {
	if err := checkPassphrase(passphrase); err != nil {
		return nil, err
	}
	return argon2.IDKey(passphrase, k.Salt, k.Time, k.MemoryKiB, k.Threads, Size), nil
}

func checkPassphrase(passphrase []byte) error {
	if len(passphrase) < minPassphraseBytes || len(passphrase) > maxPassphraseBytes {
		return fmt.Errorf("a passphrase has %d to %d bytes, not %d: make one with 'openssl rand -hex 32'",
			minPassphraseBytes, maxPassphraseBytes, len(passphrase))
	}
	return nil
}

// ReadPassphrase reads a passphrase file that only its owner may read. One line ending is taken off.
func ReadPassphrase(path string) ([]byte, error) {
	data, err := readSecret("passphrase file", path, maxPassphraseBytes+2)
	if err != nil {
		return nil, err
	}
	data = bytes.TrimSuffix(bytes.TrimSuffix(data, []byte("\n")), []byte("\r"))
	return data, checkPassphrase(data)
}

// readSecret refuses a file that others may read: a secret on a shared disk is none.
func readSecret(what, path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	if !info.Mode().IsRegular() || info.Size() > limit {
		return nil, fmt.Errorf("%s %s is not a file of at most %d bytes", what, path, limit)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s %s can be read by others: run 'chmod 600 %s'", what, path, path)
	}
	data, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return data, nil
}
