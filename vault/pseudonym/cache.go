package pseudonym

import (
	"context"
	"errors"
	"fmt"

	"github.com/creditd/creditd/vault/agent"
	"github.com/creditd/creditd/vault/keys"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// entrySize of one subject in the cache: a digest under a key of the vault, cut to 16 bytes, and the pseudonym.
const (
	digestSize = 16
	entrySize  = digestSize + 32
	perSecret  = agent.MaxSecret / entrySize
)

// Digester makes digests under a key of the vault that nobody else has.
type Digester interface {
	Digest(parts ...[]byte) [32]byte
}

// Cache keeps pseudonyms that were derived in the vault's encrypted store, by a digest of the input: the store has no numbers.
type Cache struct {
	Secrets agent.Secrets
	Keys    Digester
	ChainID string

	epoch uint64
	next  int // number of the next secret
	known map[[digestSize]byte][32]byte
}

func (c *Cache) scope() string { return fmt.Sprintf("pseudonyms/%s/%d", c.ChainID, c.epoch) }

func (c *Cache) digest(input []byte) [digestSize]byte {
	full := c.Keys.Digest([]byte("pseudonym cache"), input)
	return [digestSize]byte(full[:digestSize])
}

// seed of the blinds of a request. It follows from a key of the vault, the epoch and the inputs, so that who is interrupted asks for the
// same again, which the chain has counted; nobody else can make it, and another list has another one.
func (c *Cache) seed(inputs [][]byte) [32]byte {
	return c.Keys.Digest(append([][]byte{[]byte("pseudonym blinds"), []byte(c.scope())}, inputs...)...)
}

// Load reads what there is of an epoch.
func (c *Cache) Load(ctx context.Context, epoch uint64) error {
	if c.known != nil && c.epoch == epoch {
		return nil
	}
	c.epoch, c.next, c.known = epoch, 0, map[[digestSize]byte][32]byte{}
	for ; ; c.next++ {
		stored, err := c.Secrets.Get(ctx, c.scope(), fmt.Sprint(c.next))
		if errors.Is(err, agent.ErrNoSecret) {
			return nil
		}
		if err != nil {
			return err
		}
		for ; len(stored) >= entrySize; stored = stored[entrySize:] {
			c.known[[digestSize]byte(stored)] = [32]byte(stored[digestSize:entrySize])
		}
	}
}

// Has says whether the pseudonym of an input is there.
func (c *Cache) Has(input []byte) bool {
	_, there := c.Get(input)
	return there
}

// Get returns the pseudonym of an input.
func (c *Cache) Get(input []byte) ([32]byte, bool) {
	pseudonym, there := c.known[c.digest(input)]
	return pseudonym, there
}

// Add keeps the pseudonyms of inputs.
func (c *Cache) Add(ctx context.Context, inputs [][]byte, pseudonyms [][32]byte) error {
	for len(inputs) > 0 {
		n := min(perSecret, len(inputs))
		stored := make([]byte, 0, n*entrySize)
		for i := range n {
			digest := c.digest(inputs[i])
			c.known[digest] = pseudonyms[i]
			stored = append(append(stored, digest[:]...), pseudonyms[i][:]...)
		}
		if err := c.Secrets.Put(ctx, c.scope(), fmt.Sprint(c.next), stored); err != nil {
			return err
		}
		c.next++
		inputs, pseudonyms = inputs[n:], pseudonyms[n:]
	}
	return nil
}

// Derived gives an import the pseudonyms that were derived for its book before (importer.Pseudonyms).
type Derived map[Subject][32]byte

// Pseudonym of a subject.
func (d Derived) Pseudonym(kind credittypes.SubjectKind, identity string) ([32]byte, error) {
	pseudonym, there := d[Subject{kind, identity}]
	if !there {
		if _, err := keys.Normalise(kind, identity); err != nil {
			return pseudonym, err // a row to reject
		}
		return pseudonym, errors.New("the book changed while it was read: run the command again")
	}
	return pseudonym, nil
}
