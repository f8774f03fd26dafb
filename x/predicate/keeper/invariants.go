package keeper

import (
	"bytes"
	"context"

	"cosmossdk.io/collections"

	"github.com/creditd/creditd/privacy/tree"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/predicate/types"
)

// Invariants walks the state between blocks: it could be a genesis, every tree is what stands in it and nothing else, what
// stands there holds, and the queues and indexes are those of the records. Tests and simulations call it.
func (k *Keeper) Invariants(ctx context.Context) error {
	gs, err := k.ExportGenesis(ctx)
	if err != nil {
		return err
	}
	if err := gs.Validate(); err != nil {
		return types.ErrInvariant.Wrap(err.Error())
	}
	for _, check := range []func(context.Context, *types.GenesisState) error{
		k.checkTrees, k.checkListed, k.checkQueues, k.checkAnswers,
	} {
		if err := check(ctx, gs); err != nil {
			return types.ErrInvariant.Wrap(err.Error())
		}
	}
	return nil
}

// checkTrees builds every tree anew and compares.
func (k *Keeper) checkTrees(ctx context.Context, gs *types.GenesisState) error {
	anew := map[types.ID]tree.Memory{} // asked for single trees, never walked
	put := func(id types.ID, place uint32, leaf tree.Node) error {
		if anew[id] == nil {
			anew[id] = tree.Memory{}
		}
		t, err := tree.New(anew[id], depthOf(id))
		if err != nil {
			return err
		}
		_, err = t.Set(uint64(place), leaf)
		return err
	}
	for _, listing := range gs.Listings {
		if err := put(types.ActiveTree, listing.Place, tree.Node(listing.Leaf)); err != nil {
			return err
		}
	}
	for _, listed := range gs.Issuers {
		issuer, err := k.parseActor("issuer", listed.Issuer)
		if err != nil {
			return err
		}
		schema := types.ID(listed.SchemaId)
		if err := put(schema, listed.Place, issuerLeaf(schema, issuer.addr)); err != nil {
			return err
		}
	}
	taken, err := k.takenPlaces(ctx)
	if err != nil {
		return err
	}
	return k.trees.Walk(ctx, nil, func(id types.ID, have types.Tree) (bool, error) {
		return false, k.checkTree(ctx, id, have, anew[id], taken)
	})
}

func (k *Keeper) checkTree(ctx context.Context, id types.ID, have types.Tree, nodes tree.Memory, taken map[placeOf]bool) error {
	if nodes == nil {
		nodes = tree.Memory{}
	}
	t, err := tree.New(nodes, depthOf(id))
	if err != nil {
		return err
	}
	root, err := t.Root()
	if err != nil {
		return err
	}
	if !bytes.Equal(root[:], have.Root) {
		return types.ErrInvariant.Wrapf("tree %s: its root is %x, what stands in it has %x", id, have.Root, root)
	}
	stored := 0
	err = k.nodes.Walk(ctx, collections.NewPrefixedTripleRange[types.ID, uint16, uint32](id), func(key nodeKey, bz []byte) (bool, error) {
		stored++
		node, found, err := nodes.Node(uint8(key.K2()), uint64(key.K3())) //nolint:gosec // a level is at most 20
		if err != nil || !found || !bytes.Equal(node[:], bz) {
			return true, types.ErrInvariant.Wrapf("tree %s: node %d of level %d", id, key.K3(), key.K2())
		}
		return false, nil
	})
	if err == nil && stored != len(nodes) {
		err = types.ErrInvariant.Wrapf("tree %s: %d nodes where %d should be", id, stored, len(nodes))
	}
	for place := uint32(0); err == nil && place < have.Size_; place++ {
		var free bool
		key := collections.Join(id, place)
		if free, err = k.freePlaces.Has(ctx, key); err == nil && free == taken[placeOf{id, place}] {
			err = types.ErrInvariant.Wrapf("tree %s: place %d is both free and taken, or neither", id, place)
		}
	}
	return err
}

// checkListed: what stands in the tree of active attestations was not taken back.
func (k *Keeper) checkListed(ctx context.Context, gs *types.GenesisState) error {
	for _, listing := range gs.Listings {
		if err := k.checkLeaf(ctx, listing); err != nil {
			return err
		}
		attestation, err := k.attestations.GetAttestation(ctx, listing.AttestationId)
		if err != nil {
			return err
		}
		if attestation.Status != attestationtypes.STATUS_ACTIVE {
			return types.ErrInvariant.Wrapf("%x is %s and listed", listing.AttestationId, attestation.Status)
		}
	}
	return nil
}

// checkQueues: each queue has what ends, and nothing else.
func (k *Keeper) checkQueues(ctx context.Context, gs *types.GenesisState) error {
	ending, replaced := 0, 0
	for _, listing := range gs.Listings {
		if listing.Until == nil {
			continue
		}
		ending++
		if queued, err := k.listingQueue.Has(ctx, collections.Join(*listing.Until, types.ID(listing.AttestationId))); err != nil || !queued {
			return types.ErrInvariant.Wrapf("listing of %x is not in the queue", listing.AttestationId)
		}
	}
	for _, root := range gs.Roots {
		if root.ReplacedAt == nil {
			continue
		}
		id, err := treeID(root.Tree)
		if err != nil {
			return err
		}
		replaced++
		if queued, err := k.rootQueue.Has(ctx, collections.Join3(*root.ReplacedAt, id, types.ID(root.Root))); err != nil || !queued {
			return types.ErrInvariant.Wrapf("root %x is not in the queue", root.Root)
		}
	}
	if err := counts(ctx, listingQueueName, k.listingQueue, ending); err != nil {
		return err
	}
	if err := counts(ctx, rootQueueName, k.rootQueue, replaced); err != nil {
		return err
	}
	return counts(ctx, "changed_trees", k.changedTrees, 0)
}

func (k *Keeper) checkAnswers(ctx context.Context, gs *types.GenesisState) error {
	for _, answer := range gs.Answers {
		key := collections.Join3(types.ID(answer.Subject), types.ID(answer.InquiryId), answer.Predicate)
		if indexed, err := k.answersBySubject.Has(ctx, key); err != nil || !indexed {
			return types.ErrInvariant.Wrapf("answer to predicate %d of inquiry %x is not found by its subject", answer.Predicate, answer.InquiryId)
		}
	}
	if err := counts(ctx, "answers_by_subject", k.answersBySubject, len(gs.Answers)); err != nil {
		return err
	}
	return counts(ctx, "circuit_versions", k.circuitVersions, len(gs.Circuits))
}

// counts checks how many entries an index has.
func counts[K any](ctx context.Context, name string, index collections.KeySet[K], want int) error {
	have := 0
	err := index.Walk(ctx, nil, func(K) (bool, error) {
		have++
		return false, nil
	})
	if err == nil && have != want {
		err = types.ErrInvariant.Wrapf("%s: %d entries where %d should be", name, have, want)
	}
	return err
}
