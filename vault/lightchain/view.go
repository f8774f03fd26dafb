package lightchain

import (
	"bytes"
	"context"
	"fmt"
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
)

// view is the state at one height, proven under the app hash of the header after it. What was verified once is kept.
type view struct {
	height  int64
	time    time.Time
	appHash []byte

	mu      sync.Mutex
	roots   map[string][]byte // of stores, verified
	entries map[string]*entry
}

// entry of the state, asked for once by all who want it.
type entry struct {
	done  chan struct{}
	key   []byte // as asked for, or the next one; nil if there is none
	value []byte
	err   error
}

func newView(path proof.Path) *view {
	return &view{
		height: path.Height - 1, time: path.Time, appHash: path.AppHash, roots: map[string][]byte{}, entries: map[string]*entry{},
	}
}

// get returns the value under a key; nil if the state has none.
func (c *Chain) get(ctx context.Context, v *view, store string, key []byte) ([]byte, error) {
	e, err := c.ask(ctx, v, "=", store, key, func(encoded, root []byte) ([]byte, []byte, error) {
		value, err := proof.VerifyEntry(encoded, root, key)
		return key, value, err
	})
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
		e, err := c.ask(ctx, v, ">", store, from, func(encoded, root []byte) ([]byte, []byte, error) {
			return proof.VerifyNext(encoded, root, from)
		})
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
func (c *Chain) ask(
	ctx context.Context, v *view, kind, store string, key []byte, verify func(encoded, root []byte) ([]byte, []byte, error),
) (*entry, error) {
	name := kind + store + "/" + string(key)
	v.mu.Lock()
	e, known := v.entries[name]
	if !known {
		if len(v.entries) >= maxEntries {
			clear(v.entries)
		}
		e = &entry{done: make(chan struct{})}
		v.entries[name] = e
	}
	v.mu.Unlock()
	if known {
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
	e.key, e.value, e.err = c.prove(within, v, store, key, verify)
	if e.err != nil {
		v.mu.Lock()
		if v.entries[name] == e { // ask again next time
			delete(v.entries, name)
		}
		v.mu.Unlock()
	}
	close(e.done)
	return e, e.err
}

func (c *Chain) prove(
	ctx context.Context, v *view, store string, key []byte, verify func(encoded, root []byte) ([]byte, []byte, error),
) ([]byte, []byte, error) {
	select {
	case c.asking <- struct{}{}:
		defer func() { <-c.asking }()
	case <-ctx.Done():
		return nil, nil, fmt.Errorf("%w: %w", ErrAway, ctx.Err())
	}
	encoded, rootProof, err := proof.Ask(ctx, c.config.Node, v.height, store, key)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrAway, err)
	}
	root, err := v.root(store, rootProof)
	if err != nil {
		return nil, nil, unproven(v, store, err)
	}
	found, value, err := verify(encoded, root)
	if err != nil {
		return nil, nil, unproven(v, store, err)
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
	if root, known := v.roots[store]; known {
		return root, nil
	}
	root, err := proof.VerifyStore(proof.Store{Name: store, Proof: encoded}, v.appHash)
	if err != nil {
		return nil, err
	}
	v.roots[store] = root
	return root, nil
}
