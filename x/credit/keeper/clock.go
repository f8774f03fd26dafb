package keeper

import (
	"bytes"
	"context"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// The clocks of a record. Nobody may see from the chain which records count against their subjects, so every report carries
// the same: a commitment to the date of first delinquency or to its absence, and the end of its retention. What the chain
// can hold furnishers to without knowing more is that the one does not move while the other stays.

// requireClocks refuses a report whose retention is too long, moves later without a new delinquency (re-aging, FCRA
// s. 623(a)(5)), or counts from a new delinquency that a natural person was not told of. before is the version that
// counted so far, nil for the first report. Every new version goes through here, whatever message brings it.
func (k *Keeper) requireClocks(
	ctx context.Context, profile types.Profile, subject types.Subject, tradeline types.ID, before *types.Tradeline, report types.Report,
) error {
	now, until := sdk.UnwrapSDKContext(ctx).BlockTime(), report.ShowUntil
	if latest := profile.LatestShowUntil(now); !until.After(now) || until.After(latest) {
		return types.ErrShowUntil.Wrapf("%s: choose a time after now and until %s, the longest that profile %s allows",
			rfc3339(until), rfc3339(latest), profile.Code)
	}
	if before == nil {
		return k.requireNotice(ctx, profile, subject, tradeline, time.Time{})
	}
	if !bytes.Equal(before.Delinquency, report.Delinquency) {
		return k.requireNotice(ctx, profile, subject, tradeline, before.DelinquencySince)
	}
	if until.After(before.ShowUntil) {
		return types.ErrReaging.Wrapf("show_until %s is later than %s and the delinquency is the same: keep the earlier time",
			rfc3339(until), rfc3339(before.ShowUntil))
	}
	return nil
}

// requireNotice refuses a delinquency that a natural person was not given notice of, after the one before it and long enough
// ago (Decree 631 art. 15).
func (k *Keeper) requireNotice(
	ctx context.Context, profile types.Profile, subject types.Subject, tradeline types.ID, since time.Time,
) error {
	if !profile.NoticeRequired || subject.Kind != types.SUBJECT_KIND_NATURAL_PERSON {
		return nil
	}
	notice, found, err := k.getNotice(ctx, tradeline, types.NOTICE_KIND_NEGATIVE_REPORTING)
	if err != nil {
		return err
	}
	if !found || !notice.GivenAt.After(since) {
		return types.ErrNoNotice.Wrapf("tradeline %s: tell the subject and say so with `creditd tx credit give-notices` first", tradeline)
	}
	ready := notice.GivenAt.Add(days(profile.NoticeLeadDays))
	if sdk.UnwrapSDKContext(ctx).BlockTime().Before(ready) {
		return types.ErrNoNotice.Wrapf("tradeline %s: the notice of %s counts from %s: report it then",
			tradeline, rfc3339(notice.GivenAt), rfc3339(ready))
	}
	return nil
}

// days of a profile, which are of 24 hours.
func days(n uint32) time.Duration { return time.Duration(n) * 24 * time.Hour }
