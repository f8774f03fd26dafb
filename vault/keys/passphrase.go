package keys

import (
	"bytes"
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/crypto/argon2"
)

const (
	minPassphraseBytes = 12
	maxPassphraseBytes = 1024
	saltBytes          = 16
	maxMemoryKiB       = 4 << 20 // a bag from elsewhere must not make us take all memory
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

// passphraseParams are in the key bag, in the clear: they tell how to derive, and by what to recognise the passphrase.
type passphraseParams struct {
	Algorithm string `json:"algorithm"`
	Salt      []byte `json:"salt"`
	Cost
	Verifier []byte `json:"verifier"`
}

const argon2id = "argon2id"

// passphraseCustodian wraps under a key that Argon2id derives.
type passphraseCustodian struct {
	params passphraseParams
	key    []byte
}

// NewPassphrase is a custodian with a fresh salt.
func NewPassphrase(passphrase []byte, cost Cost) (Custodian, error) {
	c := &passphraseCustodian{params: passphraseParams{Algorithm: argon2id, Salt: random(saltBytes), Cost: cost}}
	var err error
	c.key, c.params.Verifier, err = c.params.derive(passphrase)
	return c, err
}

// openPassphrase is the Driver of KindPassphrase.
func openPassphrase(_ context.Context, encoded json.RawMessage, passphrase []byte) (Custodian, error) {
	c := &passphraseCustodian{}
	if err := json.Unmarshal(encoded, &c.params); err != nil {
		return nil, fmt.Errorf("key derivation parameters: %w: restore the key bag from a backup", err)
	}
	p := &c.params
	if p.Algorithm != argon2id || len(p.Salt) != saltBytes || p.Time == 0 || p.Time > maxTime ||
		p.Threads == 0 || p.MemoryKiB == 0 || p.MemoryKiB > maxMemoryKiB {
		return nil, errors.New("key derivation parameters are out of range: restore the key bag from a backup")
	}
	key, verifier, err := p.derive(passphrase)
	if err != nil {
		return nil, err
	}
	if !hmac.Equal(verifier, p.Verifier) {
		return nil, ErrWrongPassphrase
	}
	c.key = key
	return c, nil
}

// derive makes of a passphrase a key to wrap with and one to recognise the passphrase by.
func (p *passphraseParams) derive(passphrase []byte) (key, verifier []byte, err error) {
	if err := checkPassphrase(passphrase); err != nil {
		return nil, nil, err
	}
	master := argon2.IDKey(passphrase, p.Salt, p.Time, p.MemoryKiB, p.Threads, Size)
	defer clear(master)
	if key, err = hkdf.Expand(sha256.New, master, infoMaster, Size); err != nil {
		return nil, nil, err
	}
	verifier, err = hkdf.Expand(sha256.New, master, infoVerifier, Size)
	return key, verifier, err
}

// Format keeps the key out of every log line.
func (*passphraseCustodian) Format(w fmt.State, _ rune) {
	_, _ = io.WriteString(w, "keys.Custodian(redacted)")
}

// Description implements Custodian.
func (c *passphraseCustodian) Description() Description {
	params, _ := json.Marshal(c.params) // bytes and numbers always encode
	return Description{Kind: KindPassphrase, Params: params}
}

// Wrap implements Custodian.
func (c *passphraseCustodian) Wrap(_ context.Context, key, place []byte) ([]byte, error) {
	return seal(c.key, key, place)
}

// Unwrap implements Custodian.
func (c *passphraseCustodian) Unwrap(_ context.Context, wrapped, place []byte) ([]byte, error) {
	return open(c.key, wrapped, place)
}

// Close implements Custodian.
func (c *passphraseCustodian) Close() error {
	clear(c.key)
	return nil
}

func checkPassphrase(passphrase []byte) error {
	if len(passphrase) < minPassphraseBytes || len(passphrase) > maxPassphraseBytes {
		return fmt.Errorf("a passphrase has %d to %d bytes, not %d: make one with 'openssl rand -hex 32'",
			minPassphraseBytes, maxPassphraseBytes, len(passphrase))
	}
	return nil
}

// ReadSecret reads a file with a passphrase or PIN that only its owner may read. One line ending is taken off.
func ReadSecret(path string) ([]byte, error) {
	data, err := readSecret("passphrase file", path, maxPassphraseBytes+2)
	return trimLine(data), err
}

// ReadSecretFD reads it from a file descriptor that the program inherited, to its end, and closes it.
func ReadSecretFD(fd int) (_ []byte, err error) {
	if fd < 3 {
		return nil, fmt.Errorf("file descriptor %d is one of the standard ones: pass 3 or above, for instance '--passphrase-fd 3 3<FILE'", fd)
	}
	file := os.NewFile(uintptr(fd), "passphrase")
	if file == nil {
		return nil, fmt.Errorf("file descriptor %d is not open: open it for this program, for instance '--passphrase-fd %d %d<FILE'", fd, fd, fd)
	}
	defer func() { _ = file.Close() }() // read to its end; nothing was written
	data, err := io.ReadAll(io.LimitReader(file, maxPassphraseBytes+3))
	if err != nil {
		return nil, fmt.Errorf("file descriptor %d cannot be read: open it for this program, for instance '--passphrase-fd %d %d<FILE'", fd, fd, fd)
	}
	if len(data) > maxPassphraseBytes+2 {
		return nil, fmt.Errorf("file descriptor %d gives more than the %d bytes that a passphrase can have", fd, maxPassphraseBytes)
	}
	return trimLine(data), nil
}

func trimLine(data []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(data, []byte("\n")), []byte("\r"))
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
