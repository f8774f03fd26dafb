package keeper

import (
	"context"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	credittypes "github.com/creditd/creditd/x/credit/types"
	"github.com/creditd/creditd/x/predicate/types"
)

// The walks visit whole records in the order of their keys, from a key on, until visit says stop. Simulations
// use them; no message does.

// WalkCircuits visits circuits from an id on.
func (k *Keeper) WalkCircuits(ctx context.Context, from types.ID, visit func(types.Circuit) (bool, error)) error {
	return k.circuits.Walk(ctx, new(collections.Range[types.ID]).StartInclusive(from), func(id types.ID, circuit types.Circuit) (bool, error) {
		circuit.Id = id.Bytes()
		return visit(circuit)
	})
}

// WalkAsks visits asks from an inquiry on.
func (k *Keeper) WalkAsks(ctx context.Context, from types.ID, visit func(types.Ask) (bool, error)) error {
	return k.asks.Walk(ctx, new(collections.Range[types.ID]).StartInclusive(from), func(id types.ID, ask types.Ask) (bool, error) {
		ask.InquiryId = id.Bytes()
		return visit(ask)
	})
}

// WalkListings visits listings from an attestation on.
func (k *Keeper) WalkListings(ctx context.Context, from types.ID, visit func(types.Listing) (bool, error)) error {
	return k.listings.Walk(ctx, new(collections.Range[types.ID]).StartInclusive(from), func(id types.ID, listing types.Listing) (bool, error) {
		listing.AttestationId = id.Bytes()
		return visit(listing)
	})
}

// Answered says whether a predicate of an inquiry is.
func (k *Keeper) Answered(ctx context.Context, inquiry types.ID, place uint32) bool {
	answered, err := k.answers.Has(ctx, collections.Join(inquiry, place))
	return err == nil && answered
}

// BudgetLeft is how many questions about a field may be asked under a look.
func (k *Keeper) BudgetLeft(ctx context.Context, look credittypes.Look, field types.AskedField) uint32 {
	params, err := k.GetParams(ctx)
	if err != nil {
		return 0
	}
	budget, err := k.budget(ctx, params, types.ID(look.Inquiry.Subject), field)
	if err != nil {
		return 0
	}
	return left(params, budget, look.Inquiry.DataUser)
}

// CanAct says whether the operator may act now. The simulation picks its signers by it.
func (k *Keeper) CanAct(ctx context.Context, operator sdk.AccAddress) bool {
	_, err := k.institutions.RequireRole(ctx, operator)
	return err == nil
}
