package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// A migration gives a subject a new pseudonym, of another key (x/pseudonym). It is a merge in which the subject loses nothing: the
// new pseudonym is enrolled with what the old one had, and control, offer, freeze and alert go along.

// KnownBy are the institutions that furnish about a subject or enrolled it, at most limit of them; furnishers in the order of
// their keys, then the one that enrolled it if it is none of them.
func (k *Keeper) KnownBy(ctx context.Context, pseudonym types.ID, limit int) ([]sdk.AccAddress, error) {
	subject, err := k.GetSubject(ctx, pseudonym)
	if err != nil {
		return nil, err
	}
	var known []sdk.AccAddress
	iterator, err := k.furnishers.Iterate(ctx, collections.NewPrefixedPairRange[types.ID, sdk.AccAddress](pseudonym))
	if err != nil {
		return nil, err
	}
	defer iterator.Close()
	enroller, err := k.parseActor("enrolled_by", subject.EnrolledBy)
	if err != nil {
		return nil, err
	}
	listed := false
	for ; iterator.Valid() && len(known) < limit; iterator.Next() {
		key, err := iterator.Key()
		if err != nil {
			return nil, err
		}
		known = append(known, key.K2())
		listed = listed || key.K2().Equals(enroller.addr)
	}
	if !listed && len(known) < limit {
		known = append(known, enroller.addr)
	}
	return known, nil
}

// CheckMigration says whether Migrate could be done now, and why not.
func (k *Keeper) CheckMigration(ctx context.Context, from, to types.ID) error {
	_, _, err := k.migrating(ctx, from, to)
	return err
}

// Migrate makes another pseudonym stand for a subject. Whether that is agreed on is x/pseudonym's to say.
func (k *Keeper) Migrate(ctx context.Context, from, to types.ID, approvals []sdk.AccAddress) error {
	if len(approvals) == 0 {
		return types.ErrInvalidChange.Wrap("nobody approved the migration")
	}
	subject, stays, err := k.migrating(ctx, from, to)
	if err != nil {
		return err
	}
	for _, account := range []string{stays.Controller, stays.OfferedTo} {
		if err := k.addPayer(ctx, to, account); err != nil {
			return err
		}
	}
	if err := k.setSubject(ctx, stays); err != nil {
		return err
	}
	change := types.SubjectChange{Subject: from.Bytes(), Kind: types.CHANGE_KIND_MERGE, Into: to.Bytes()}
	for _, each := range approvals {
		text, err := k.accounts.AddressCodec().BytesToString(each)
		if err != nil {
			return err
		}
		change.Approvals = append(change.Approvals, text)
	}
	return k.mergeSubjects(ctx, change, subject, actor{text: change.Approvals[0], addr: approvals[0]})
}

// migrating returns the subject, and the one that is to stand for it as it is just before they are merged.
func (k *Keeper) migrating(ctx context.Context, from, to types.ID) (subject, stays types.Subject, err error) {
	if subject, err = k.unmergedSubject(ctx, "old", from.Bytes()); err != nil {
		return subject, stays, err
	}
	pending, err := k.changes.Has(ctx, from)
	if err != nil {
		return subject, stays, err
	}
	if pending {
		return subject, stays, types.ErrChangePending.Wrapf("%s: wait until it is over", from)
	}
	stays, err = k.GetSubject(ctx, to)
	switch {
	case errors.Is(err, types.ErrUnknownSubject):
		stays = types.Subject{
			Pseudonym: to.Bytes(), Kind: subject.Kind, EnrolledBy: subject.EnrolledBy, EnrolledAt: sdk.UnwrapSDKContext(ctx).BlockTime(),
		}
	case err != nil:
		return subject, stays, err
	}
	if err := k.requireUnmerged(stays); err != nil {
		return subject, stays, err
	}
	switch {
	case stays.Controller == "":
		stays.Controller = subject.Controller
	case subject.Controller != "" && subject.Controller != stays.Controller:
		return subject, stays, types.ErrInvalidChange.Wrap("the two pseudonyms have different controllers: they may be of two persons; merge them with `creditd tx credit propose-merge`")
	}
	if stays.OfferedTo == "" {
		stays.OfferedTo = subject.OfferedTo
	}
	return subject, stays, requireMergeable(subject, stays)
}

// addPayer lets an account pay on account of a subject; the empty text is nobody's.
func (k *Keeper) addPayer(ctx context.Context, subject types.ID, text string) error {
	if text == "" {
		return nil
	}
	account, err := k.parseActor("controller or offered_to", text)
	if err != nil {
		return err
	}
	return k.payers.Set(ctx, collections.Join(account.addr, subject))
}
