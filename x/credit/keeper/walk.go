package keeper

import (
	"context"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// The walks visit whole records in the order of their keys, from a key on, until visit says stop. Genesis,
// invariants and simulations use them; no message does.

// WalkSubjects visits subjects from a pseudonym on.
func (k *Keeper) WalkSubjects(ctx context.Context, from types.ID, visit func(types.Subject) (bool, error)) error {
	return k.subjects.Walk(ctx, new(collections.Range[types.ID]).StartInclusive(from),
		func(id types.ID, subject types.Subject) (bool, error) {
			subject.Pseudonym = id.Bytes()
			return visit(subject)
		})
}

// WalkTradelines visits tradelines from a subject on.
func (k *Keeper) WalkTradelines(ctx context.Context, from types.ID, visit func(types.Tradeline) (bool, error)) error {
	return k.tradelines.Walk(ctx, fromSubject(from), func(key ofSubject, tradeline types.Tradeline) (bool, error) {
		return visit(fullTradeline(key, tradeline))
	})
}

// WalkConsents visits consents from a subject on.
func (k *Keeper) WalkConsents(ctx context.Context, from types.ID, visit func(types.Consent) (bool, error)) error {
	return k.consents.Walk(ctx, fromSubject(from), func(key ofSubject, consent types.Consent) (bool, error) {
		return visit(fullConsent(key, consent))
	})
}

// WalkInquiries visits inquiries from an id on.
func (k *Keeper) WalkInquiries(ctx context.Context, from types.ID, visit func(types.Inquiry) (bool, error)) error {
	return k.inquiries.Walk(ctx, new(collections.Range[types.ID]).StartInclusive(from),
		func(id types.ID, inquiry types.Inquiry) (bool, error) {
			inquiry.Id = id.Bytes()
			return visit(inquiry)
		})
}

// walkReceipts visits all receipts, by inquiry and institution.
func (k *Keeper) walkReceipts(ctx context.Context, visit func(types.Receipt) (bool, error)) error {
	return k.receipts.Walk(ctx, nil, func(key collections.Pair[types.ID, sdk.AccAddress], receipt types.Receipt) (bool, error) {
		full, err := k.fullReceipt(key, receipt)
		if err != nil {
			return true, err
		}
		return visit(full)
	})
}

// walkTrail visits all trails.
func (k *Keeper) walkTrail(ctx context.Context, visit func(types.TrailEntry) (bool, error)) error {
	return k.trail.Walk(ctx, nil, func(key collections.Pair[types.ID, types.TrailKey], entry types.TrailEntry) (bool, error) {
		full, err := k.trailEntry(key, entry)
		if err != nil {
			return true, err
		}
		return visit(full)
	})
}

func fromSubject(from types.ID) collections.Ranger[ofSubject] {
	return new(collections.Range[ofSubject]).StartInclusive(collections.Join(from, types.ID{}))
}

// count returns the number of keys in a set.
func count[K any](ctx context.Context, keys collections.KeySet[K]) (n int, err error) {
	err = keys.Walk(ctx, nil, func(K) (bool, error) {
		n++
		return false, nil
	})
	return n, err
}
