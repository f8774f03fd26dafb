package agent

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"sync"

	"github.com/creditd/creditd/vault/internal/crash"
	"github.com/creditd/creditd/vault/keys"
)

// Settings is the part of the vault's store in which secrets rest, sealed.
type Settings interface {
	// Setting returns nil if there is none of that name.
	Setting(ctx context.Context, name string) ([]byte, error)
	// SetSettings writes all or none, durably.
	SetSettings(ctx context.Context, values map[string][]byte) error
}

// Keys seals secrets under keys that can be destroyed; keys.Ring is one.
type Keys interface {
	SealSecret(value []byte, scope [32]byte, place []byte) ([]byte, error)
	OpenSecret(sealed []byte, scope [32]byte, place []byte) ([]byte, error)
	Erase(ctx context.Context, scopes [][32]byte) (int, error)
}

// settingPrefix of the settings that hold secrets.
const settingPrefix = "agent.secret/"

// secretName of scopes and names: they are in the store in the clear.
var secretName = regexp.MustCompile(`^[A-Za-z0-9._/-]{1,128}$`)

type vaultSecrets struct {
	settings Settings
	keys     Keys
	mu       sync.Mutex // Put reads before it writes
}

// NewSecrets keeps secrets in a vault: sealed in its store, under a key of each scope that its key bag has. What is
// destroyed in the bag is destroyed in every copy of the store. One process of a vault does duties at a time.
func NewSecrets(settings Settings, ring Keys) Secrets {
	return &vaultSecrets{settings: settings, keys: ring}
}

// scopeID is the scope's place in the key bag.
func scopeID(scope string) [32]byte {
	return sha256.Sum256([]byte("creditd/vault/agent-scope/v1/" + scope))
}

func secretPlace(scope, name string) []byte {
	place := binary.BigEndian.AppendUint32(nil, uint32(len(scope)))
	return append(append(place, scope...), name...)
}

func checkNames(names ...string) error {
	for _, name := range names {
		if !secretName.MatchString(name) {
			return fmt.Errorf("a secret's scope and name have 1 to 128 letters, digits, dots, hyphens, underscores and slashes: %.140q", name)
		}
	}
	return nil
}

func settingOf(scope, name string) string { return settingPrefix + scope + ":" + name }

// Put implements Secrets.
func (s *vaultSecrets) Put(ctx context.Context, scope, name string, value []byte) error {
	if len(value) == 0 || len(value) > MaxSecret {
		return fmt.Errorf("a secret has 1 to %d bytes", MaxSecret)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	known, err := s.Get(ctx, scope, name)
	if err == nil {
		defer clear(known)
		if bytes.Equal(known, value) {
			return nil
		}
		return fmt.Errorf("the vault has another secret as %s of %s", name, scope)
	}
	if !errors.Is(err, ErrNoSecret) {
		return err
	}
	sealed, err := s.keys.SealSecret(value, scopeID(scope), secretPlace(scope, name))
	if err != nil {
		return explain(err)
	}
	return s.settings.SetSettings(ctx, map[string][]byte{settingOf(scope, name): sealed})
}

// Get implements Secrets.
func (s *vaultSecrets) Get(ctx context.Context, scope, name string) ([]byte, error) {
	if err := checkNames(scope, name); err != nil {
		return nil, err
	}
	sealed, err := s.settings.Setting(ctx, settingOf(scope, name))
	if err != nil {
		return nil, err
	}
	if len(sealed) == 0 {
		return nil, fmt.Errorf("%w: %s of %s", ErrNoSecret, name, scope)
	}
	value, err := s.keys.OpenSecret(sealed, scopeID(scope), secretPlace(scope, name))
	return value, explain(err)
}

// Destroy implements Secrets.
func (s *vaultSecrets) Destroy(ctx context.Context, scope string) error {
	if err := checkNames(scope); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.keys.Erase(ctx, [][32]byte{scopeID(scope)})
	crash.Point("scope erased")
	return err
}

func explain(err error) error {
	if errors.Is(err, keys.ErrErased) {
		return ErrDestroyed
	}
	return err
}
