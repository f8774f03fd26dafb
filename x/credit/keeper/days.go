package keeper

import (
	"context"
	"errors"
	"slices"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// What an institution does and leaves undone is counted by day (UTC): inquiries for the budget and the statistics of
// purposes, silences for the supervisor.

func dayOf(t time.Time) uint32 { return uint32(t.Unix() / int64(24*60*60)) } //nolint:gosec // block times are after 1970

func (k *Keeper) getDay(ctx context.Context, institution sdk.AccAddress, day uint32) (types.InstitutionDay, error) {
	counts, err := k.institutionDays.Get(ctx, collections.Join(institution, day))
	if errors.Is(err, collections.ErrNotFound) {
		return types.InstitutionDay{}, nil
	}
	return counts, err
}

func (k *Keeper) setDay(ctx context.Context, institution sdk.AccAddress, day uint32, counts types.InstitutionDay) error {
	counts.Institution, counts.Day = "", 0
	return k.institutionDays.Set(ctx, collections.Join(institution, day), counts)
}

func (k *Keeper) fullDay(key byInstitution[uint32], counts types.InstitutionDay) (types.InstitutionDay, error) {
	institution, err := k.accounts.AddressCodec().BytesToString(key.K1())
	counts.Institution, counts.Day = institution, key.K2()
	return counts, err
}

// countInquiry takes one of the day's budget, which all purposes share. A subject's looks at its own file have a budget of their
// own, under its controller's account: should an institution control itself as a subject, one does not eat up the other.
func (k *Keeper) countInquiry(ctx context.Context, who sdk.AccAddress, purpose types.Purpose, budget uint32) error {
	day := dayOf(sdk.UnwrapSDKContext(ctx).BlockTime())
	counts, err := k.getDay(ctx, who, day)
	if err != nil {
		return err
	}
	var spent uint32
	for _, of := range counts.Inquiries {
		if (of.Purpose == types.PURPOSE_OWN_REQUEST) == (purpose == types.PURPOSE_OWN_REQUEST) {
			spent += of.Count
		}
	}
	if spent >= budget {
		return types.ErrBudgetSpent.Wrapf("%d of %d inquiries: go on after midnight UTC", spent, budget)
	}
	place, found := slices.BinarySearchFunc(counts.Inquiries, purpose, func(of types.PurposeCount, p types.Purpose) int {
		return int(of.Purpose - p)
	})
	if !found {
		counts.Inquiries = slices.Insert(counts.Inquiries, place, types.PurposeCount{Purpose: purpose})
	}
	counts.Inquiries[place].Count++
	return k.setDay(ctx, who, day, counts)
}

// recordSilence counts what an institution left unanswered past its time, and puts it into both trails.
func (k *Keeper) recordSilence(ctx context.Context, institution sdk.AccAddress, subject, ref types.ID, purpose types.Purpose) error {
	day := dayOf(sdk.UnwrapSDKContext(ctx).BlockTime())
	counts, err := k.getDay(ctx, institution, day)
	if err != nil {
		return err
	}
	counts.Silences++
	if err := k.setDay(ctx, institution, day, counts); err != nil {
		return err
	}
	if err := k.recordWith(ctx, institution, subject, types.TRAIL_KIND_SILENCE, institution, ref, purpose); err != nil {
		return err
	}
	text, err := k.accounts.AddressCodec().BytesToString(institution)
	if err != nil {
		return err
	}
	measure(ctx, silenceCounter, 1, attribute.String("purpose", purpose.String()))
	return emit(ctx, &types.EventSilence{Institution: text, Subject: subject.String(), Ref: ref.String()})
}
