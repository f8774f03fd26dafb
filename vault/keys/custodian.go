package keys

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Custodian keeps a key that wrapping keys are wrapped under: a passphrase, a hardware token, the key service of a cloud. It is
// asked once when a vault is opened or rotated and closed after it; the wrapping key is then in this process's memory, since
// nobody answers a hundred thousand requests a second (docs/adr/0016-key-bag.md has the threats).
//
// A key service implements Wrap and Unwrap with its encrypt and decrypt calls, place being their additional data (AWS KMS:
// EncryptionContext; Google Cloud KMS: additionalAuthenticatedData; Azure: RSA-OAEP keys have none, so wrap locally under an HKDF
// of a key and place that the service wraps). It registers itself with Register.
type Custodian interface {
	// Description names the key and holds no secret; it is kept in the key bag, in the clear.
	Description() Description
	// Wrap encrypts 32 bytes; the answer has at most 4096.
	Wrap(ctx context.Context, key, place []byte) ([]byte, error)
	// Unwrap decrypts what Wrap made for the same place, and fails at any other. If it is the secret that is wrong and not the
	// ciphertext, the error wraps ErrWrongPassphrase.
	Unwrap(ctx context.Context, wrapped, place []byte) ([]byte, error)
	Close() error
}

const maxCustodyBytes = 4096

// Description of a custodian's key.
type Description struct {
	Kind   string          `json:"kind"`
	Params json.RawMessage `json:"params,omitempty"`
}

// Opener opens the custodian that a key bag names.
type Opener func(ctx context.Context, described Description) (Custodian, error)

// Driver opens custodians of one kind. secret is what the operator passes in a file or file descriptor: the passphrase, the
// token's PIN, the credentials of a key service.
type Driver func(ctx context.Context, params json.RawMessage, secret []byte) (Custodian, error)

// Kinds of custodians that are built in.
const (
	KindPassphrase = "passphrase"
	KindPKCS11     = "pkcs11"
)

var (
	driversMu sync.RWMutex
	drivers   = map[string]Driver{KindPassphrase: openPassphrase, KindPKCS11: openPKCS11}
)

// Register adds a kind. A program that links a key service calls it before it opens a vault.
func Register(kind string, driver Driver) {
	driversMu.Lock()
	defer driversMu.Unlock()
	drivers[kind] = driver
}

// WithSecret opens any custodian of a registered kind with a secret.
func WithSecret(secret []byte) Opener {
	return func(ctx context.Context, described Description) (Custodian, error) {
		driversMu.RLock()
		driver, ok := drivers[described.Kind]
		known := slices.Sorted(maps.Keys(drivers))
		driversMu.RUnlock()
		if !ok {
			return nil, fmt.Errorf("the vault's key is kept by %q and this program knows %s: use the program that has it built in", described.Kind, strings.Join(known, ", "))
		}
		return driver(ctx, described.Params, secret)
	}
}
