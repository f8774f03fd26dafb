package predicate

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// never is when an attestation without an end expires.
const never = math.MaxInt64

// Secret of the session of an inquiry: drawn once and kept in a file that its owner alone may read, since all proofs of
// one inquiry must be of one session. The file is worth nothing once the inquiry is over.
func Secret(dir string, inquiry [32]byte) ([32]byte, error) {
	path := filepath.Join(dir, "sessions", hex.EncodeToString(inquiry[:]))
	text, err := os.ReadFile(path) //nolint:gosec // its name is an id
	if err == nil {
		secret, err := id32(strings.TrimSpace(string(text)))
		if err != nil {
			return secret, fmt.Errorf("%s: %w: remove it, if no proof of this inquiry has been sent", path, err)
		}
		return secret, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return [32]byte{}, err
	}
	var secret [32]byte
	if _, err := rand.Read(secret[1:]); err != nil { // 248 bits, below the modulus
		return secret, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return secret, err
	}
	return secret, os.WriteFile(path, []byte(hex.EncodeToString(secret[:])+"\n"), 0o600)
}

func sdkAddress(text string) ([]byte, error) {
	address, err := sdk.AccAddressFromBech32(text)
	if err != nil {
		return nil, fmt.Errorf("issuer %.80q: %w", text, err)
	}
	return address, nil
}
