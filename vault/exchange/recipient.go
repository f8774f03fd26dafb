package exchange

import (
	"crypto/hpke"
	"sync"
)

// maxRecipients whose keys are kept read: more institutions than a chain has.
const maxRecipients = 256

// recipients keeps institutions' encryption keys as they are used. Reading one expands a matrix of ML-KEM from it (FIPS 203 s.7.2), which
// takes longer than all other checks of an order, and each order needs it twice. A key is found by all of its bytes, which are read from the
// chain for each order.
type recipients struct {
	mu   sync.Mutex
	keys map[string]hpke.PublicKey
}

func (r *recipients) read(encoded []byte) (hpke.PublicKey, error) {
	r.mu.Lock()
	key, known := r.keys[string(encoded)]
	r.mu.Unlock()
	if known {
		return key, nil
	}
	key, err := EncryptionKey(encoded)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.keys == nil || len(r.keys) >= maxRecipients {
		r.keys = make(map[string]hpke.PublicKey)
	}
	r.keys[string(encoded)] = key
	return key, nil
}
