package keeper

import (
	"context"

	"cosmossdk.io/collections"

	"github.com/creditd/creditd/x/credit/types"
)

// The walks visit whole records in the order of their keys, from a key on, until visit says stop. Simulations
// use them; no message does.

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

func fromSubject(from types.ID) collections.Ranger[ofSubject] {
	return new(collections.Range[ofSubject]).StartInclusive(collections.Join(from, types.ID{}))
}

// WalkChanges visits recoveries and merges under way from a subject on.
func (k *Keeper) WalkChanges(ctx context.Context, from types.ID, visit func(types.SubjectChange) (bool, error)) error {
	return k.changes.Walk(ctx, new(collections.Range[types.ID]).StartInclusive(from),
		func(id types.ID, change types.SubjectChange) (bool, error) {
			change.Subject = id.Bytes()
			return visit(change)
		})
}

// WalkDisputes visits disputes from an id on.
func (k *Keeper) WalkDisputes(ctx context.Context, from types.ID, visit func(types.Dispute) (bool, error)) error {
	return k.disputes.Walk(ctx, new(collections.Range[types.ID]).StartInclusive(from),
		func(id types.ID, dispute types.Dispute) (bool, error) {
			dispute.Id = id.Bytes()
			return visit(dispute)
		})
}

// WalkHolds visits holds from a subject on.
func (k *Keeper) WalkHolds(ctx context.Context, from types.ID, visit func(types.LegalHold) (bool, error)) error {
	return k.holds.Walk(ctx, fromSubject(from), func(key ofSubject, hold types.LegalHold) (bool, error) {
		return visit(fullHold(key, hold))
	})
}

// WalkContracts visits data contracts from an id on.
func (k *Keeper) WalkContracts(ctx context.Context, from types.ID, visit func(types.Contract) (bool, error)) error {
	return k.contracts.Walk(ctx, new(collections.Range[types.ID]).StartInclusive(from),
		func(id types.ID, contract types.Contract) (bool, error) {
			contract.Id = id.Bytes()
			return visit(contract)
		})
}

// MayErase says whether nothing stands in the way of erasing a tradeline but the want of a request.
func (k *Keeper) MayErase(ctx context.Context, tradeline types.Tradeline) bool {
	subject, err := k.GetSubject(ctx, types.ID(tradeline.Subject))
	return err == nil && k.requireErasable(ctx, subject, tradeline) == nil
}

// MayReinsert says whether a tradeline that a dispute deleted can be shown again now.
func (k *Keeper) MayReinsert(ctx context.Context, tradeline types.Tradeline) bool {
	_, err := k.requireReinsertable(ctx, tradeline)
	return err == nil
}

// MayApprove says whether an inquiry that waits for a second approval may be opened now.
func (k *Keeper) MayApprove(ctx context.Context, inquiry types.Inquiry) bool {
	dataUser, err := k.parseActor("data_user", inquiry.DataUser)
	return err == nil && k.requireStillAllowed(ctx, dataUser, inquiry) == nil && k.requireStillAgreed(ctx, inquiry) == nil
}
