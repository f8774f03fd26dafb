package lightchain

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/creditd/creditd/proof"
)

const (
	// maxEntries that a view keeps; then it forgets them and asks again.
	maxEntries = 50_000
	// maxScanned entries under one prefix: far more than any subject has.
	maxScanned = 10_000
	// maxAsking bounds the questions to the node under way at once.
	maxAsking = 32
	// maxAgain questions are asked again by Config.Again: those of a report of some hundred lines.
	maxAgain = 2048
)

// view is the state at one height, proven under the app hash of the header after it.
type view struct {
	height  int64
	time    time.Time
	appHash []byte
	*known
}

// known is what was verified under one app hash. It is kept, and is as true at the next height if no block changed the state.
type known struct {
	mu      sync.Mutex
	trees   map[string]*proof.Tree // of stores
	roots   map[string][]byte      // of stores
	entries map[question]*entry
}

// question about a store: for the entry of a key, or for the first one from there on.
type question struct {
	store, key string
	next       bool
}

// verify an answer: the key that it is about, nil if there is none, and its value, nil if it is absent.
func (q question) verify(encoded, root []byte) ([]byte, []byte, error) {
	if q.next {
		return proof.VerifyNext(encoded, root, []byte(q.key))
	}
	value, err := proof.VerifyEntry(encoded, root, []byte(q.key))
	return []byte(q.key), value, err
}

// entry of the state, asked for once by all who want it.
type entry struct {
	done  chan struct{}
	key   []byte // as asked for, or the next one; nil if there is none
	value []byte
	err   error
}

// newView of the state that a header proves, with what is known of it from an earlier view, which may be nil.
func newView(path proof.Path, earlier *view) *view {
	v := &view{height: path.Height - 1, time: path.Time, appHash: path.AppHash}
	if earlier != nil && bytes.Equal(earlier.appHash, v.appHash) {
		v.known = earlier.known
	} else {
		v.known = &known{trees: map[string]*proof.Tree{}, roots: map[string][]byte{}, entries: map[question]*entry{}}
	}
	return v
}

// get returns the value under a key; nil if the state has none.
func (c *Chain) get(ctx context.Context, v *view, store string, key []byte) ([]byte, error) {
	e, err := c.ask(ctx, v, question{store: store, key: string(key)})
	if err != nil {
		return nil, err
	}
	return e.value, nil
}

// pair is a key, without the prefix that was asked for, and its value.
type pair struct{ key, value []byte }

// scan returns every entry under a prefix. That none is left out is proven: between each and the next there is nothing.
func (c *Chain) scan(ctx context.Context, v *view, store string, prefix []byte) ([]pair, error) {
	var found []pair
	for from := prefix; ; {
		e, err := c.ask(ctx, v, question{store: store, key: string(from), next: true})
		if err != nil {
			return nil, err
		}
		if e.key == nil || !bytes.HasPrefix(e.key, prefix) {
			return found, nil
		}
		if len(found) == maxScanned {
			return nil, fmt.Errorf("more than %d entries under %x: that is no subject but a mistake of a furnisher", maxScanned, prefix[:1])
		}
		found = append(found, pair{e.key[len(prefix):], e.value})
		from = append(bytes.Clone(e.key), 0) // the least key behind it
	}
}

// ask returns an entry that is kept, or asks the node for it and verifies the answer.
func (c *Chain) ask(ctx context.Context, v *view, q question) (*entry, error) {
	if c.config.Again {
		c.note(q)
	}
	v.mu.Lock()
	e, asked := v.entries[q]
	if !asked {
		if len(v.entries) >= maxEntries {
			clear(v.entries)
		}
		e = &entry{done: make(chan struct{})}
		v.entries[q] = e
	}
	v.mu.Unlock()
	if asked {
		select {
		case <-e.done:
			return e, e.err
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", ErrAway, ctx.Err())
		}
	}
	// Others may wait for it, so it does not end with the first who asks.
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	e.key, e.value, e.err = c.prove(within, v, q)
	if e.err != nil {
		v.mu.Lock()
		if v.entries[q] == e { // ask again next time
			delete(v.entries, q)
		}
		v.mu.Unlock()
	}
	close(e.done)
	return e, e.err
}

// note what was asked, for again.
func (c *Chain) note(q question) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.asked) < maxAgain {
		c.asked[q] = struct{}{}
	}
}

// again asks a view for all that was asked before, at once: who reads the same again finds it there, and a walk need not wait
// for one answer after the other.
func (c *Chain) again(ctx context.Context, v *view) {
	c.mu.Lock()
	questions := slices.Collect(maps.Keys(c.asked))
	c.mu.Unlock()
	for _, q := range questions {
		go func() { _, _ = c.ask(ctx, v, q) }() // who wants it asks again where that failed
	}
}

func (c *Chain) prove(ctx context.Context, v *view, q question) ([]byte, []byte, error) {
	if value, done, err := c.renew(ctx, v, q); value != nil || err != nil {
		return []byte(q.key), value, err
	} else if done != nil {
		defer done()
	}
	select {
	case c.asking <- struct{}{}:
		defer func() { <-c.asking }()
	case <-ctx.Done():
		return nil, nil, fmt.Errorf("%w: %w", ErrAway, ctx.Err())
	}
	encoded, rootProof, err := proof.Ask(ctx, c.config.Node, v.height, q.store, []byte(q.key))
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrAway, err)
	}
	root, err := v.root(q.store, rootProof)
	if err != nil {
		return nil, nil, unproven(v, q.store, err)
	}
	found, value, err := q.verify(encoded, root)
	if err != nil {
		return nil, nil, unproven(v, q.store, err)
	}
	if !q.next && value != nil {
		c.keep(v, q, encoded)
	}
	return found, value, nil
}

func unproven(v *view, store string, err error) error {
	return fmt.Errorf("%w: state of store %s at height %d: use another node: %w", ErrUnproven, store, v.height, err)
}

// root of a store under the view's app hash, verified once.
func (v *view) root(store string, encoded []byte) ([]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if root, ok := v.roots[store]; ok {
		return root, nil
	}
	root, err := proof.VerifyStore(proof.Store{Name: store, Proof: encoded}, v.appHash)
	if err != nil {
		return nil, err
	}
	v.roots[store], v.trees[store] = root, proof.NewTree(root)
	return root, nil
}
