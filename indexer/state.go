package indexer

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"github.com/creditd/creditd/proof"
)

// state is what the chain's state was at one height, read with proofs.
type state struct {
	node    proof.Node
	height  int64
	appHash []byte

	mu    sync.Mutex
	roots map[string][]byte // of stores, each verified once
}

func (x *Indexer) state() *state {
	return &state{node: x.config.Node, height: x.at.height, appHash: x.at.appHash, roots: map[string][]byte{}}
}

// get returns the value under a key; nil if the absence is proven.
func (s *state) get(ctx context.Context, store string, key []byte) ([]byte, error) {
	encoded, root, err := s.ask(ctx, store, key)
	if err != nil {
		return nil, err
	}
	value, err := proof.VerifyEntry(encoded, root, key)
	if err != nil {
		return nil, s.unproven(store, err)
	}
	return value, nil
}

// next returns the first entry at a key or behind it; a nil key says that there is none.
func (s *state) next(ctx context.Context, store string, from []byte) (key, value []byte, err error) {
	encoded, root, err := s.ask(ctx, store, from)
	if err != nil {
		return nil, nil, err
	}
	key, value, err = proof.VerifyNext(encoded, root, from)
	if err != nil {
		return nil, nil, s.unproven(store, err)
	}
	return key, value, nil
}

func (s *state) ask(ctx context.Context, store string, key []byte) (encoded, root []byte, err error) {
	encoded, rootProof, err := proof.Ask(ctx, s.node, s.height, store, key)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: state of store %s at height %d: %w", ErrNode, store, s.height, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if root, known := s.roots[store]; known {
		return encoded, root, nil
	}
	if root, err = proof.VerifyStore(proof.Store{Name: store, Proof: rootProof}, s.appHash); err != nil {
		return nil, nil, s.unproven(store, err)
	}
	s.roots[store] = root
	return encoded, root, nil
}

func (s *state) unproven(store string, err error) error {
	return fmt.Errorf("%w: store %s at height %d: use another node: %w", ErrUnproven, store, s.height, err)
}

// entry of the state that the tables hold.
type entry struct {
	kind  int16
	id    []byte
	value []byte // nil: proven to be absent
}

// read all entries, some at a time.
func (s *state) read(ctx context.Context, entries []entry) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	places := make(chan struct{}, fetchers)
	var group sync.WaitGroup
	for i := range entries {
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			break
		}
		group.Go(func() {
			defer func() { <-places }()
			k := kinds[entries[i].kind]
			value, err := s.get(ctx, k.store, k.key(entries[i].id))
			if err != nil {
				cancel(err)
			}
			entries[i].value = value
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

// walk returns up to limit entries of a kind from a key on, and where to go on; nil at the end of the kind. That none is left out is
// proven: between each and the next there is nothing.
func (s *state) walk(ctx context.Context, kind int16, from []byte, limit int) (found []entry, next []byte, err error) {
	k := kinds[kind]
	if from == nil {
		from = k.prefix
	}
	for len(found) < limit {
		key, value, err := s.next(ctx, k.store, from)
		if err != nil {
			return nil, nil, err
		}
		if key == nil || !bytes.HasPrefix(key, k.prefix) {
			return found, nil, nil
		}
		found = append(found, entry{kind, key[len(k.prefix):], value})
		from = append(bytes.Clone(key), 0) // the least key behind it
	}
	return found, from, nil
}
