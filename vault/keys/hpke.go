package keys

import (
	"context"
	"crypto/hpke"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// hpkeKey is one key that answers may be sealed to.
type hpkeKey struct {
	private hpke.PrivateKey
	until   time.Time // zero: the one in use, or not replaced on the chain yet
}

// restingHPKE is hpkeKey as it is sealed.
type restingHPKE struct {
	Key   []byte `json:"key"`
	Until int64  `json:"until,omitempty"` // Unix seconds
}

const maxHPKEKeys = 16

// HPKE is the newest private key, whose public key is to be on the chain.
func (r *Ring) HPKE() hpke.PrivateKey {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.hpke[0].private
}

// HPKEs are all keys that an answer may still be sealed to, newest first: after a rotation the one before is kept until the
// inquiries that were open then are over.
func (r *Ring) HPKEs() []hpke.PrivateKey {
	r.mu.RLock()
	defer r.mu.RUnlock()
	keys := make([]hpke.PrivateKey, len(r.hpke))
	for i := range r.hpke {
		keys[i] = r.hpke[i].private
	}
	return keys
}

// AddHPKE makes a new newest key.
func (r *Ring) AddHPKE(ctx context.Context) error {
	return r.changeHPKE(ctx, func(keys []hpkeKey) ([]hpkeKey, error) {
		if len(keys) >= maxHPKEKeys {
			return nil, fmt.Errorf("the vault has %d HPKE keys whose inquiries are not over: wait until they are", len(keys))
		}
		private, err := hpke.MLKEM768X25519().GenerateKey()
		if err != nil {
			return nil, fmt.Errorf("HPKE key: %w", err)
		}
		return append([]hpkeKey{{private: private}}, keys...), nil
	})
}

// RetireHPKE keeps the keys before the newest until a time and destroys those whose time is over. It says how many were destroyed.
func (r *Ring) RetireHPKE(ctx context.Context, now, until time.Time) (destroyed int, err error) {
	err = r.changeHPKE(ctx, func(keys []hpkeKey) ([]hpkeKey, error) {
		destroyed = 0
		kept := keys[:1:1]
		for _, key := range keys[1:] {
			if key.until.IsZero() {
				key.until = until
			}
			if now.After(key.until) {
				destroyed++
				continue
			}
			kept = append(kept, key)
		}
		return kept, nil
	})
	return destroyed, err
}

// changeHPKE replaces the keys in one step; nobody else changes them or rotates meanwhile.
func (r *Ring) changeHPKE(ctx context.Context, f func([]hpkeKey) ([]hpkeKey, error)) error {
	unlock, err := lockBag(r.path)
	if err != nil {
		return err
	}
	defer unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.reload(); err != nil {
		return err
	}
	if err := r.loadHPKE(ctx); err != nil {
		return err
	}
	keys, err := f(r.hpke)
	if err != nil {
		return err
	}
	sealed, err := r.sealHPKE(keys)
	if err != nil {
		return err
	}
	if err := r.settings.SetSettings(ctx, map[string][]byte{settingHPKE: sealed}); err != nil {
		return err
	}
	r.hpke = keys
	return nil
}

func (r *Ring) sealHPKE(keys []hpkeKey) ([]byte, error) {
	var resting []restingHPKE
	for _, key := range keys {
		secret, err := key.private.Bytes()
		if err != nil {
			return nil, fmt.Errorf("HPKE key: %w", err)
		}
		rest := restingHPKE{Key: secret}
		if !key.until.IsZero() {
			rest.Until = key.until.Unix()
		}
		resting = append(resting, rest)
	}
	encoded, err := json.Marshal(resting)
	if err != nil {
		return nil, err
	}
	defer clear(encoded)
	return r.sealSetting(settingHPKE, encoded)
}

// loadHPKE reads the keys. The caller holds the lock for writing.
func (r *Ring) loadHPKE(ctx context.Context) error {
	encoded, err := r.openSetting(ctx, settingHPKE)
	if err != nil {
		return fmt.Errorf("HPKE keys: %w", err)
	}
	defer clear(encoded)
	var resting []restingHPKE
	if err := json.Unmarshal(encoded, &resting); err != nil || len(resting) == 0 {
		return errors.New("HPKE keys: they were written by another version of this program")
	}
	keys := make([]hpkeKey, len(resting))
	for i, rest := range resting {
		if keys[i].private, err = hpke.MLKEM768X25519().NewPrivateKey(rest.Key); err != nil {
			return fmt.Errorf("HPKE key: %w", err)
		}
		if rest.Until != 0 {
			keys[i].until = time.Unix(rest.Until, 0).UTC()
		}
	}
	r.hpke = keys
	return nil
}
