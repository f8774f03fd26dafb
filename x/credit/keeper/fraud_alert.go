package keeper

import (
	"context"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// alerted says whether a fraud alert holds. One that ended stays on the file until the next, and says nothing any more.
func alerted(subject types.Subject, now time.Time) bool {
	return subject.FraudAlert != nil && now.Before(subject.FraudAlert.Until)
}

// placeFraudAlert asks data users for more checks, in place of an earlier alert: extended when it rests on a report to the
// authorities. How long it holds is in the profile of the institution that enrolled the subject, whatever became of its licence.
func (k *Keeper) placeFraudAlert(ctx context.Context, by actor, msg *types.MsgPlaceFraudAlert) error {
	id, file, err := k.ownFile(ctx, by, msg.Subject)
	if err != nil {
		return err
	}
	extended := len(msg.Evidence) != 0
	if extended {
		if err := requireCommitment("evidence", msg.Evidence); err != nil {
			return err
		}
	}
	days, err := k.alertDays(ctx, file, extended)
	if err != nil {
		return err
	}
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	file.FraudAlert = &types.FraudAlert{Since: now, Until: now.AddDate(0, 0, days), Extended: extended, Evidence: msg.Evidence}
	if err := k.changeFile(ctx, by, file, types.TRAIL_KIND_FRAUD_ALERT); err != nil {
		return err
	}
	return emit(ctx, &types.EventFraudAlertPlaced{Subject: id.String(), Until: rfc3339(file.FraudAlert.Until)})
}

func (k *Keeper) alertDays(ctx context.Context, subject types.Subject, extended bool) (int, error) {
	enroller, err := k.parseActor("enrolled_by", subject.EnrolledBy)
	if err != nil {
		return 0, err
	}
	institution, err := k.institutions.GetInstitution(ctx, enroller.addr)
	if err != nil {
		return 0, err
	}
	profile, err := k.profileOf(ctx, institution)
	if extended {
		return int(profile.ExtendedAlertDays), err
	}
	return int(profile.FraudAlertDays), err
}

// liftFraudAlert takes an alert off before its time.
func (k *Keeper) liftFraudAlert(ctx context.Context, by actor, subject []byte) error {
	id, file, err := k.ownFile(ctx, by, subject)
	if err != nil {
		return err
	}
	if !alerted(file, sdk.UnwrapSDKContext(ctx).BlockTime()) {
		return types.ErrNoFraudAlert.Wrap("none holds: there is nothing to take off")
	}
	file.FraudAlert = nil
	if err := k.changeFile(ctx, by, file, types.TRAIL_KIND_FRAUD_ALERT_LIFTED); err != nil {
		return err
	}
	return emit(ctx, &types.EventFraudAlertLifted{Subject: id.String()})
}
