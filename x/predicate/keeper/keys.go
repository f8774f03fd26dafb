package keeper

import (
	"crypto/sha256"
	"sync"

	"github.com/creditd/creditd/privacy/plonk"
	"github.com/creditd/creditd/x/predicate/types"
)

// keyCache keeps verifying keys parsed: decoding one takes about as long as checking a proof. It is a memory of a pure
// function, named by the hash of what is parsed, so what it has or has not shows in nothing but time: the bytes are read from
// the store, and paid for, whether or not the key is here. Transactions may run beside one another.
type keyCache struct {
	mu     sync.Mutex
	parsed map[[32]byte]*plonk.VerifyingKey
	most   int
}

func newKeyCache(most int) *keyCache {
	return &keyCache{parsed: make(map[[32]byte]*plonk.VerifyingKey), most: most}
}

// parse decodes a verifying key, or remembers it. A key that is refused is not kept.
func (c *keyCache) parse(bz []byte) (*plonk.VerifyingKey, error) {
	if len(bz) != plonk.KeySize {
		return nil, types.ErrInvalidCircuit.Wrapf("verifying_key: %d bytes: it has %d", len(bz), plonk.KeySize)
	}
	name := sha256.Sum256(bz)
	c.mu.Lock()
	defer c.mu.Unlock()
	if key, known := c.parsed[name]; known {
		return key, nil
	}
	key, err := plonk.ParseVerifyingKey(bz)
	if err != nil {
		return nil, types.ErrInvalidCircuit.Wrapf("verifying_key: %s", err)
	}
	if len(c.parsed) >= c.most {
		clear(c.parsed)
	}
	c.parsed[name] = key
	return key, nil
}
