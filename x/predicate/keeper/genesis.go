package keeper

import (
	"bytes"
	"context"
	"errors"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/predicate/types"
)

// InitGenesis checks the state of a genesis file and writes it, with the indexes, queues and trees that follow from it.
// x/attestation and x/credit have their genesis before.
func (k *Keeper) InitGenesis(ctx context.Context, gs *types.GenesisState) error {
	if err := gs.Validate(); err != nil {
		return err
	}
	if err := k.params.Set(ctx, gs.Params); err != nil {
		return err
	}
	if gs.Setup != nil {
		if err := k.setup.Set(ctx, *gs.Setup); err != nil {
			return err
		}
	}
	for _, write := range []func(context.Context, *types.GenesisState) error{
		k.initCircuits, k.initQuestions, k.initTrees, k.initRoots,
	} {
		if err := write(ctx, gs); err != nil {
			return types.ErrInvalidGenesis.Wrap(err.Error())
		}
	}
	return nil
}

func (k *Keeper) initCircuits(ctx context.Context, gs *types.GenesisState) error {
	for _, circuit := range gs.Circuits {
		checked, err := k.checkKey(circuit.Spec, circuit.VerifyingKey)
		if err != nil {
			return err
		}
		if checked.Name != circuit.Name || !bytes.Equal(checked.SetupDigest, circuit.SetupDigest) {
			return types.ErrInvalidCircuit.Wrapf("%x: name and setup are not those of its key", circuit.Id)
		}
		if circuit.Status == types.CIRCUIT_STATUS_ACTIVE && gs.Setup == nil {
			return types.ErrNoSetup.Wrapf("%s version %d is active", circuit.Name, circuit.Version)
		}
		if err := k.addCircuit(ctx, circuit); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) initQuestions(ctx context.Context, gs *types.GenesisState) error {
	for _, ask := range gs.Asks {
		if err := k.setAsk(ctx, ask); err != nil {
			return err
		}
	}
	for _, answer := range gs.Answers {
		if err := k.canonical("prover", answer.Prover); err != nil {
			return err
		}
		if err := k.addAnswer(ctx, answer); err != nil {
			return err
		}
	}
	for _, budget := range gs.Budgets {
		for _, asked := range budget.Asked {
			if err := k.canonical("data_user", asked.DataUser); err != nil {
				return err
			}
		}
		if err := k.setBudget(ctx, budget); err != nil {
			return err
		}
	}
	return nil
}

// canonical refuses an address that is not in the one spelling that the state has.
func (k *Keeper) canonical(field, text string) error {
	read, err := k.parseActor(field, text)
	if err == nil && read.text != text {
		err = types.ErrInvalidAddress.Wrapf("%s: write %s as %s", field, text, read.text)
	}
	return err
}

// initTrees puts every leaf at its place. Each leaf has to be that of its attestation.
func (k *Keeper) initTrees(ctx context.Context, gs *types.GenesisState) error {
	for _, listed := range gs.Issuers {
		if err := k.canonical("issuer", listed.Issuer); err != nil {
			return err
		}
		issuer, err := k.parseActor("issuer", listed.Issuer)
		if err != nil {
			return err
		}
		schema := types.ID(listed.SchemaId)
		if err := k.restore(ctx, schema, listed.Place, issuerLeaf(schema, issuer.addr)); err != nil {
			return err
		}
		if err := k.issuers.Set(ctx, collections.Join(schema, issuer.addr), types.ListedIssuer{Place: listed.Place, AccreditationId: listed.AccreditationId}); err != nil {
			return err
		}
	}
	for _, listing := range gs.Listings {
		if err := k.checkLeaf(ctx, listing); err != nil {
			return err
		}
		if err := k.restore(ctx, types.ActiveTree, listing.Place, [32]byte(listing.Leaf)); err != nil {
			return err
		}
		if err := k.addListing(ctx, listing); err != nil {
			return err
		}
	}
	return k.fillPlaces(ctx)
}

// checkLeaf refuses a listing whose leaf is not that of its attestation.
func (k *Keeper) checkLeaf(ctx context.Context, listing types.Listing) error {
	attestation, err := k.attestations.GetAttestation(ctx, listing.AttestationId)
	if err != nil {
		return err
	}
	if len(attestation.CircuitCommitment) != 32 {
		return types.ErrNotListable.Wrapf("%x has no circuit commitment", listing.AttestationId)
	}
	issuer, err := k.parseActor("issuer", attestation.Issuer)
	if err != nil {
		return err
	}
	leaf, err := activeLeaf(issuer.addr, attestation, listing.Until)
	if err == nil && !bytes.Equal(leaf[:], listing.Leaf) {
		err = types.ErrInvalidGenesis.Wrapf("listing of %x: its leaf is %x", listing.AttestationId, leaf)
	}
	return err
}

// restore puts a leaf where it stood.
func (k *Keeper) restore(ctx context.Context, id types.ID, place uint32, leaf [32]byte) error {
	t, err := k.GetTree(ctx, id)
	if err != nil {
		return err
	}
	t.Size_ = max(t.Size_, place+1)
	return k.setLeaf(ctx, id, t, place, leaf)
}

// fillPlaces notes which places below the sizes of the trees are free.
func (k *Keeper) fillPlaces(ctx context.Context) error {
	taken, err := k.takenPlaces(ctx)
	if err != nil {
		return err
	}
	return k.trees.Walk(ctx, nil, func(id types.ID, t types.Tree) (bool, error) {
		for place := range t.Size_ {
			if !taken[placeOf{id, place}] {
				if err := k.freePlaces.Set(ctx, collections.Join(id, place)); err != nil {
					return true, err
				}
			}
		}
		return false, nil
	})
}

// placeOf a tree.
type placeOf struct {
	tree  types.ID
	place uint32
}

// takenPlaces are those at which something stands, by tree and place; asked for single ones, never walked.
func (k *Keeper) takenPlaces(ctx context.Context) (map[placeOf]bool, error) {
	taken := map[placeOf]bool{}
	err := k.listings.Walk(ctx, nil, func(_ types.ID, listing types.Listing) (bool, error) {
		taken[placeOf{types.ActiveTree, listing.Place}] = true
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	err = k.issuers.Walk(ctx, nil, func(key issuerKey, listed types.ListedIssuer) (bool, error) {
		taken[placeOf{key.K1(), listed.Place}] = true
		return false, nil
	})
	return taken, err
}

// initRoots restores which roots are accepted. The present root of a tree whose last one was kept is that one.
func (k *Keeper) initRoots(ctx context.Context, gs *types.GenesisState) error {
	for _, removal := range gs.Removals {
		id, err := treeID(removal.Tree)
		if err != nil {
			return err
		}
		t, err := k.GetTree(ctx, id)
		if err != nil {
			return err
		}
		at := removal.Time
		t.Id, t.RemovedAt = nil, &at
		if err := k.trees.Set(ctx, id, t); err != nil {
			return err
		}
	}
	for _, root := range gs.Roots {
		if err := k.initRoot(ctx, root); err != nil {
			return err
		}
	}
	// What was put back is what was kept; nothing is left to keep at the end of the block.
	return k.changedTrees.Clear(ctx, nil)
}

func (k *Keeper) initRoot(ctx context.Context, root types.Root) error {
	id, err := treeID(root.Tree)
	if err != nil {
		return err
	}
	key := collections.Join(id, types.ID(root.Root))
	if err := k.roots.Set(ctx, key, types.Root{KeptAt: root.KeptAt, ReplacedAt: root.ReplacedAt}); err != nil {
		return err
	}
	if root.ReplacedAt != nil {
		return k.rootQueue.Set(ctx, collections.Join3(*root.ReplacedAt, id, types.ID(root.Root)))
	}
	t, err := k.GetTree(ctx, id)
	if err != nil {
		return err
	}
	if !bytes.Equal(t.Root, root.Root) {
		return types.ErrInvalidGenesis.Wrapf("tree %x: its root is %x, not %x", root.Tree, t.Root, root.Root)
	}
	t.Id, t.Kept = nil, root.Root
	return k.trees.Set(ctx, id, t)
}

// ExportGenesis returns the state, each list in the order of its keys.
func (k *Keeper) ExportGenesis(ctx context.Context) (*types.GenesisState, error) {
	params, err := k.GetParams(ctx)
	if err != nil {
		return nil, err
	}
	gs := &types.GenesisState{Params: params}
	setup, err := k.setup.Get(ctx)
	switch {
	case err == nil:
		gs.Setup = &setup
	case !errors.Is(err, collections.ErrNotFound):
		return nil, err
	}
	for _, read := range []func(context.Context, *types.GenesisState) error{k.exportQuestions, k.exportTrees} {
		if err := read(ctx, gs); err != nil {
			return nil, err
		}
	}
	return gs, nil
}

func (k *Keeper) exportQuestions(ctx context.Context, gs *types.GenesisState) error {
	err := k.circuits.Walk(ctx, nil, func(id types.ID, circuit types.Circuit) (bool, error) {
		circuit.Id = id.Bytes()
		gs.Circuits = append(gs.Circuits, circuit)
		return false, nil
	})
	if err != nil {
		return err
	}
	err = k.asks.Walk(ctx, nil, func(id types.ID, ask types.Ask) (bool, error) {
		ask.InquiryId = id.Bytes()
		gs.Asks = append(gs.Asks, ask)
		return false, nil
	})
	if err != nil {
		return err
	}
	err = k.answers.Walk(ctx, nil, func(key answerKey, answer types.Answer) (bool, error) {
		gs.Answers = append(gs.Answers, fullAnswer(key, answer))
		return false, nil
	})
	if err != nil {
		return err
	}
	return k.budgets.Walk(ctx, nil, func(key fieldKey, budget types.Budget) (bool, error) {
		gs.Budgets = append(gs.Budgets, fullBudget(key, budget))
		return false, nil
	})
}

func (k *Keeper) exportTrees(ctx context.Context, gs *types.GenesisState) error {
	err := k.listings.Walk(ctx, nil, func(id types.ID, listing types.Listing) (bool, error) {
		listing.AttestationId = id.Bytes()
		gs.Listings = append(gs.Listings, listing)
		return false, nil
	})
	if err != nil {
		return err
	}
	err = k.issuers.Walk(ctx, nil, func(key collections.Pair[types.ID, sdk.AccAddress], listed types.ListedIssuer) (bool, error) {
		whole, err := k.fullIssuer(key, listed)
		gs.Issuers = append(gs.Issuers, whole)
		return false, err
	})
	if err != nil {
		return err
	}
	err = k.trees.Walk(ctx, nil, func(id types.ID, t types.Tree) (bool, error) {
		if t.RemovedAt != nil {
			gs.Removals = append(gs.Removals, types.Removal{Tree: treeBytes(id), Time: *t.RemovedAt})
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	return k.roots.Walk(ctx, nil, func(key rootKey, root types.Root) (bool, error) {
		gs.Roots = append(gs.Roots, fullRoot(key, root))
		return false, nil
	})
}
