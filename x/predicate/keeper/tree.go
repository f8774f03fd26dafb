package keeper

import (
	"bytes"
	"context"
	"errors"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/predicate"
	"github.com/creditd/creditd/privacy/tree"
	"github.com/creditd/creditd/x/predicate/types"
)

// Two kinds of trees say what holds, so that a proof can say "one of these" and not which: one of active attestations, and for
// each schema one of the institutions that may state under it. Places are used again, the lowest free one first.

// gasPerPath pays for hashing from a leaf up to the root (tests/gas, README).
const gasPerPath = 7_000

// depthOf a tree.
func depthOf(id types.ID) uint8 {
	if id == types.ActiveTree {
		return predicate.ActiveDepth
	}
	return predicate.IssuerDepth
}

// nodeStore keeps the nodes of one tree in the module's store.
type nodeStore struct {
	ctx   context.Context //nolint:containedctx // tree.Store has no context; this lives as long as one call
	tree  types.ID
	nodes collections.Map[nodeKey, []byte]
}

func (s nodeStore) key(level uint8, index uint64) nodeKey {
	return collections.Join3(s.tree, uint16(level), uint32(index)) //nolint:gosec // trees have at most 2^20 leaves
}

// Node implements tree.Store.
func (s nodeStore) Node(level uint8, index uint64) (tree.Node, bool, error) {
	bz, err := s.nodes.Get(s.ctx, s.key(level, index))
	switch {
	case errors.Is(err, collections.ErrNotFound):
		return tree.Node{}, false, nil
	case err != nil:
		return tree.Node{}, false, err
	case len(bz) != len(tree.Node{}):
		return tree.Node{}, false, types.ErrInvariant.Wrapf("node %d of level %d in tree %s has %d bytes", index, level, s.tree, len(bz))
	}
	return tree.Node(bz), true, nil
}

// SetNode implements tree.Store.
func (s nodeStore) SetNode(level uint8, index uint64, node tree.Node) error {
	return s.nodes.Set(s.ctx, s.key(level, index), node[:])
}

// RemoveNode implements tree.Store.
func (s nodeStore) RemoveNode(level uint8, index uint64) error {
	return s.nodes.Remove(s.ctx, s.key(level, index))
}

func (k *Keeper) openTree(ctx context.Context, id types.ID) (tree.Tree, error) {
	return tree.New(nodeStore{ctx: ctx, tree: id, nodes: k.nodes}, depthOf(id))
}

// GetTree returns what a tree is now; one that nothing was ever put into is empty.
func (k *Keeper) GetTree(ctx context.Context, id types.ID) (types.Tree, error) {
	t, err := k.trees.Get(ctx, id)
	if errors.Is(err, collections.ErrNotFound) {
		root := tree.EmptyRoot(depthOf(id))
		t, err = types.Tree{Root: root[:]}, nil
	}
	t.Id = treeBytes(id)
	return t, err
}

// treeBytes names a tree in records: the tree of active attestations has no name.
func treeBytes(id types.ID) []byte {
	if id == types.ActiveTree {
		return nil
	}
	return id.Bytes()
}

// treeID reads the name of a tree.
func treeID(bz []byte) (types.ID, error) {
	if len(bz) == 0 {
		return types.ActiveTree, nil
	}
	return types.IDFromBytes("tree", bz)
}

// insert puts a leaf at the first free place.
func (k *Keeper) insert(ctx context.Context, id types.ID, leaf [32]byte) (place uint32, err error) {
	t, err := k.GetTree(ctx, id)
	if err != nil {
		return 0, err
	}
	place, err = k.takePlace(ctx, id, &t)
	if err != nil {
		return 0, err
	}
	return place, k.setLeaf(ctx, id, t, place, leaf)
}

func (k *Keeper) takePlace(ctx context.Context, id types.ID, t *types.Tree) (uint32, error) {
	iterator, err := k.freePlaces.Iterate(ctx, collections.NewPrefixedPairRange[types.ID, uint32](id))
	if err != nil {
		return 0, err
	}
	defer iterator.Close()
	if iterator.Valid() {
		key, err := iterator.Key()
		if err != nil {
			return 0, err
		}
		return key.K2(), k.freePlaces.Remove(ctx, key)
	}
	if t.Size_ >= 1<<depthOf(id) {
		return 0, types.ErrTreeFull.Wrapf("%d places: wait until one is free", t.Size_)
	}
	t.Size_++
	return t.Size_ - 1, nil
}

// remove empties a place. From this moment on no root is accepted that has what stood there, but for the grace that the members
// may have voted.
func (k *Keeper) remove(ctx context.Context, id types.ID, place uint32) error {
	t, err := k.GetTree(ctx, id)
	if err != nil {
		return err
	}
	now := blockTime(ctx)
	t.RemovedAt = &now
	if err := k.freePlaces.Set(ctx, collections.Join(id, place)); err != nil {
		return err
	}
	return k.setLeaf(ctx, id, t, place, [32]byte{})
}

func (k *Keeper) setLeaf(ctx context.Context, id types.ID, t types.Tree, place uint32, leaf [32]byte) error {
	sdk.UnwrapSDKContext(ctx).GasMeter().ConsumeGas(gasPerPath, "predicate: path of a tree")
	nodes, err := k.openTree(ctx, id)
	if err != nil {
		return err
	}
	root, err := nodes.Set(uint64(place), leaf)
	if err != nil {
		return types.ErrInvariant.Wrap(err.Error())
	}
	t.Id, t.Root = nil, root[:]
	if err := k.trees.Set(ctx, id, t); err != nil {
		return err
	}
	return k.changedTrees.Set(ctx, id)
}

// requireRoot lets a root through that a prover may have begun with: the present one, or one that was replaced not long ago and
// from which nothing has been taken out since.
func (k *Keeper) requireRoot(ctx context.Context, params types.Params, id types.ID, root []byte) error {
	t, err := k.GetTree(ctx, id)
	if err != nil {
		return err
	}
	if t.Size_ > 0 && bytes.Equal(t.Root, root) {
		return nil
	}
	kept, err := k.roots.Get(ctx, collections.Join(id, types.ID(root)))
	if errors.Is(err, collections.ErrNotFound) {
		return types.ErrUnknownRoot.Wrapf("tree %s had no root %x that is accepted still: prove under one of `creditd query predicate roots`", id, root)
	}
	if err != nil {
		return err
	}
	if !accepted(params, t, kept, blockTime(ctx)) {
		return types.ErrUnknownRoot.Wrapf("tree %s: root %x is too old, or something was taken out since: prove under the present one", id, root)
	}
	return nil
}

// accepted says whether a root that was kept may still be proven under.
func accepted(params types.Params, t types.Tree, kept types.Root, now time.Time) bool {
	if kept.ReplacedAt != nil && now.After(kept.ReplacedAt.Add(params.MaxRootAge)) {
		return false
	}
	removed := t.RemovedAt != nil && t.RemovedAt.After(kept.KeptAt)
	return !removed || now.Before(t.RemovedAt.Add(params.RemovalGrace))
}

// keepRoots remembers the roots that trees have at the end of a block. How many changed is bounded by what changed them.
func (k *Keeper) keepRoots(ctx context.Context) error {
	var changed []types.ID
	err := k.changedTrees.Walk(ctx, nil, func(id types.ID) (bool, error) {
		changed = append(changed, id)
		return false, nil
	})
	if err != nil {
		return err
	}
	for _, id := range changed { // after the walk: a store is not changed under its iterator
		if err := k.changedTrees.Remove(ctx, id); err != nil {
			return err
		}
		if err := k.keepRoot(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) keepRoot(ctx context.Context, id types.ID) error {
	t, err := k.GetTree(ctx, id)
	if err != nil {
		return err
	}
	if bytes.Equal(t.Kept, t.Root) && t.RemovedAt == nil {
		return nil
	}
	now := blockTime(ctx)
	if len(t.Kept) != 0 && !bytes.Equal(t.Kept, t.Root) {
		if err := k.replaceRoot(ctx, id, types.ID(t.Kept), now); err != nil {
			return err
		}
	}
	if err := k.unqueueRoot(ctx, id, types.ID(t.Root)); err != nil {
		return err
	}
	if err := k.roots.Set(ctx, collections.Join(id, types.ID(t.Root)), types.Root{KeptAt: now}); err != nil {
		return err
	}
	t.Id, t.Kept = nil, t.Root
	return k.trees.Set(ctx, id, t)
}

// replaceRoot notes when a root ceased to be the present one, and queues it to be forgotten.
func (k *Keeper) replaceRoot(ctx context.Context, id, root types.ID, now time.Time) error {
	key := collections.Join(id, root)
	kept, err := k.roots.Get(ctx, key)
	if errors.Is(err, collections.ErrNotFound) {
		return nil // a block does not fail for want of what it would forget
	}
	if err != nil {
		return err
	}
	kept.ReplacedAt = &now
	if err := k.rootQueue.Set(ctx, collections.Join3(now, id, root)); err != nil {
		return err
	}
	return k.roots.Set(ctx, key, kept)
}

// unqueueRoot takes a root that the tree has again out of the queue.
func (k *Keeper) unqueueRoot(ctx context.Context, id, root types.ID) error {
	kept, err := k.roots.Get(ctx, collections.Join(id, root))
	if errors.Is(err, collections.ErrNotFound) || err == nil && kept.ReplacedAt == nil {
		return nil
	}
	if err != nil {
		return err
	}
	return k.rootQueue.Remove(ctx, collections.Join3(*kept.ReplacedAt, id, root))
}

func fullRoot(key rootKey, root types.Root) types.Root {
	root.Tree, root.Root = treeBytes(key.K1()), key.K2().Bytes()
	return root
}
