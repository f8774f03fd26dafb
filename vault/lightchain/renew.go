package lightchain

import (
	"context"
	"fmt"
	"sync"

	"github.com/creditd/creditd/proof"
)

const (
	// maxKept proofs of entries, of some four kilobytes each; then they are forgotten, and the node is asked.
	maxKept = 8192
	// maxRenewing questions are asked at once about entries of which there is a proof under an earlier root. Each answer shows more of the
	// present tree, so that most of the others need not be asked.
	maxRenewing = 4
)

// kept are the last proofs of entries, under whichever root they were verified. They are no answers: what they prove is of the past. They
// become one when the present tree is seen to have the same subtree, see proof.Tree.
type kept struct {
	mu       sync.Mutex
	proofs   map[question]*proof.Inclusion
	renewing chan struct{}
}

func newKept() kept {
	return kept{proofs: map[question]*proof.Inclusion{}, renewing: make(chan struct{}, maxRenewing)}
}

func (k *kept) of(q question) *proof.Inclusion {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.proofs[q]
}

func (k *kept) put(q question, inclusion *proof.Inclusion) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.proofs) >= maxKept {
		clear(k.proofs)
	}
	k.proofs[q] = inclusion
}

// renew proves an entry under the view's root with an earlier proof. value is nil if the node has to be asked; done, if there is one, is
// to be called after that.
func (c *Chain) renew(ctx context.Context, v *view, q question) (value []byte, done func(), err error) {
	earlier := c.kept.of(q)
	if q.next || earlier == nil {
		return nil, nil, nil
	}
	if value := c.renewed(v, q, earlier); value != nil {
		return value, nil, nil
	}
	select {
	case c.kept.renewing <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, fmt.Errorf("%w: %w", ErrAway, ctx.Err())
	}
	done = func() { <-c.kept.renewing }
	if value := c.renewed(v, q, earlier); value != nil { // others asked meanwhile
		done()
		return value, nil, nil
	}
	return nil, done, nil
}

func (c *Chain) renewed(v *view, q question, earlier *proof.Inclusion) []byte {
	tree := v.tree(q.store)
	if tree == nil {
		return nil
	}
	inclusion, value, ok := tree.Renew(earlier)
	if !ok || string(inclusion.Key()) != q.key {
		return nil
	}
	c.kept.put(q, inclusion)
	return value
}

// keep a proof that was verified under the view's root.
func (c *Chain) keep(v *view, q question, encoded []byte) {
	inclusion, err := proof.ParseInclusion(encoded)
	if err != nil || inclusion == nil {
		return
	}
	if tree := v.tree(q.store); tree != nil {
		tree.Learn(inclusion)
	}
	c.kept.put(q, inclusion)
}

// tree of a store under the view's app hash; nil before its root is known.
func (v *view) tree(store string) *proof.Tree {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.trees[store]
}
