package keys

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	credittypes "github.com/creditd/creditd/x/credit/types"
)

const (
	domainPseudonym  = "creditd/pseudonym/v1"
	maxIdentityBytes = 64
)

// Consortium is the key that all vaults of a consortium share. Whoever has it can test whether a person is on
// the chain, so it never leaves the vaults. The oblivious function of vault/pseudonym can take its place.
type Consortium struct{ key [Size]byte }

// Format keeps the key out of every log line.
func (Consortium) Format(w fmt.State, _ rune) { _, _ = w.Write([]byte("keys.Consortium(redacted)")) }

// NewConsortium takes a key of 32 bytes.
func NewConsortium(key [Size]byte) Consortium { return Consortium{key} }

// ReadConsortium reads the key file that the consortium gave out: 64 hexadecimal digits.
func ReadConsortium(path string) (Consortium, error) {
	data, err := readSecret("consortium key file", path, 2*Size+2)
	if err != nil {
		return Consortium{}, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(data)))
	if err != nil || len(key) != Size {
		return Consortium{}, fmt.Errorf("consortium key file %s does not hold a key: its %d bytes are written as %d hexadecimal digits; ask the consortium for the file",
			path, Size, 2*Size)
	}
	return Consortium{[Size]byte(key)}, nil
}

// Pseudonym is the handle of a subject on the chain:
//
//	HMAC-SHA256(consortium key, "creditd/pseudonym/v1", u8(kind), normalised identity number)
//
// with each part after a length of four bytes, big-endian.
func (c Consortium) Pseudonym(kind credittypes.SubjectKind, identity string) ([32]byte, error) {
	normal, err := Normalise(kind, identity)
	if err != nil {
		return [32]byte{}, err
	}
	return mac(c.key[:], []byte(domainPseudonym), []byte{byte(kind)}, []byte(normal)), nil
}

// normalise gives one spelling to one number: compatibility forms folded (full-width digits), upper case,
// no spaces and hyphens. It never quotes the number in an error.
func normalise(identity string) (string, error) {
	if len(identity) > 4*maxIdentityBytes {
		return "", fmt.Errorf("an identity number has at most %d characters", maxIdentityBytes)
	}
	normal := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' {
			return -1
		}
		return unicode.ToUpper(r)
	}, norm.NFKC.String(identity))
	if normal == "" || len(normal) > maxIdentityBytes {
		return "", fmt.Errorf("an identity number has 1 to %d characters besides spaces and hyphens", maxIdentityBytes)
	}
	for _, r := range normal {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return "", errors.New("the identity number has a character that cannot be printed")
		}
	}
	return normal, nil
}
