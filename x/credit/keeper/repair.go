package keeper

import (
	"context"
	"errors"
	"slices"
	"time"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// GetRepairPolicy returns the policy of that name.
func (k *Keeper) GetRepairPolicy(ctx context.Context, name string) (types.RepairPolicy, error) {
	policy, err := k.repairPolicies.Get(ctx, name)
	if errors.Is(err, collections.ErrNotFound) {
		return policy, types.ErrUnknownPolicy.Wrapf("%.64q: list them with `creditd query credit repair-policies`", name)
	}
	policy.Name = name
	return policy, err
}

// setRepairPolicy adds a policy or replaces it. Records that it suppressed before stay suppressed.
func (k *Keeper) setRepairPolicy(ctx context.Context, policy types.RepairPolicy) error {
	if err := policy.Validate(); err != nil {
		return err
	}
	name := policy.Name
	policy.Name = ""
	return k.repairPolicies.Set(ctx, name, policy)
}

// declareRepaid applies a repair policy to tradelines of the furnisher, all or none.
func (k *Keeper) declareRepaid(ctx context.Context, by actor, name string, list []types.Repaid) error {
	institution, err := k.institutions.RequireRole(ctx, by.addr, institutiontypes.ROLE_FURNISHER)
	if err != nil {
		return err
	}
	if err := k.requireBatch(ctx, "repaid", len(list)); err != nil {
		return err
	}
	policy, err := k.GetRepairPolicy(ctx, name)
	if err != nil {
		return err
	}
	if err := requirePolicyFor(policy, institution, sdk.UnwrapSDKContext(ctx).BlockTime()); err != nil {
		return err
	}
	for i, repaid := range list {
		sdk.UnwrapSDKContext(ctx).GasMeter().ConsumeGas(gasPerItem, "credit: repaid")
		if err := k.repair(ctx, by, policy, repaid); err != nil {
			return errorsmod.Wrapf(err, "repaid %d", i)
		}
	}
	first := types.ID(list[0].TradelineId)
	if err := k.recordMany(ctx, by, types.TRAIL_KIND_REPAID, first, types.ID(list[0].Subject), first, len(list)); err != nil {
		return err
	}
	return emit(ctx, &types.EventRepairDeclared{Furnisher: by.text, Policy: policy.Name, Count: uint32(len(list))})
}

// requirePolicyFor says whether the policy is for this furnisher now.
func requirePolicyFor(policy types.RepairPolicy, institution institutiontypes.Institution, now time.Time) error {
	switch {
	case now.After(policy.DeclareUntil):
		return types.ErrNotCovered.Wrapf("policy %s: the time to declare ended at %s", policy.Name, rfc3339(policy.DeclareUntil))
	case len(policy.Jurisdictions) > 0 && !slices.Contains(policy.Jurisdictions, institution.Jurisdiction):
		return types.ErrNotCovered.Wrapf("policy %s: it is not for furnishers of %s", policy.Name, institution.Jurisdiction)
	}
	return nil
}

// repair suppresses one tradeline that the policy covers.
func (k *Keeper) repair(ctx context.Context, by actor, policy types.RepairPolicy, repaid types.Repaid) error {
	tradeline, err := k.tradelineOf(ctx, by, repaid.Subject, repaid.TradelineId)
	if err != nil {
		return err
	}
	subject, err := k.GetSubject(ctx, types.ID(tradeline.Subject))
	if err != nil {
		return err
	}
	if err := requireCovered(policy, subject, tradeline, repaid, sdk.UnwrapSDKContext(ctx).BlockTime()); err != nil {
		return err
	}
	id := types.ID(tradeline.Id)
	err = k.record(ctx, types.ID(tradeline.Subject), types.TRAIL_KIND_REPAID, by.addr, id, types.PURPOSE_UNSPECIFIED)
	if err != nil {
		return err
	}
	tradeline.RepairPolicy = policy.Name
	err = k.changeState(ctx, &tradeline, types.RECORD_STATE_SUPPRESSED, types.STATE_REASON_REPAIR, by.addr)
	if err != nil {
		return err
	}
	_, err = k.runContracts(ctx, contractEvent{
		trigger: types.CONTRACT_TRIGGER_REPAID, ref: id, subject: subject, institution: by, tradeline: &tradeline, repaid: &repaid,
	})
	return err
}

// requireCovered says whether the policy covers the tradeline, and why not.
func requireCovered(
	policy types.RepairPolicy, subject types.Subject, tradeline types.Tradeline, repaid types.Repaid, now time.Time,
) error {
	refuse := func(format string, a ...any) error {
		return types.ErrNotCovered.Wrapf("policy %s, tradeline %x: "+format, append([]any{policy.Name, tradeline.Id}, a...)...)
	}
	switch {
	case policy.SubjectKind != types.SUBJECT_KIND_UNSPECIFIED && policy.SubjectKind != subject.Kind:
		return refuse("its subject is %s and the policy for %s", subject.Kind, policy.SubjectKind)
	case !repaid.AmountClass.Known():
		return refuse("amount class %d does not exist", repaid.AmountClass)
	case repaid.AmountClass > policy.AmountClass:
		return refuse("%s is above %s", repaid.AmountClass, policy.AmountClass)
	case tradeline.FurnishedAt.Before(policy.ReportedFrom) || tradeline.FurnishedAt.After(policy.ReportedUntil):
		return refuse("first reported at %s, not from %s to %s",
			rfc3339(tradeline.FurnishedAt), rfc3339(policy.ReportedFrom), rfc3339(policy.ReportedUntil))
	case !types.Orderable(repaid.RepaidAt) || repaid.RepaidAt.After(now):
		return refuse("repaid_at %s: give the time at which the last of it was paid", rfc3339(repaid.RepaidAt))
	case repaid.RepaidAt.After(policy.RepaidBy):
		return refuse("repaid at %s, after %s", rfc3339(repaid.RepaidAt), rfc3339(policy.RepaidBy))
	case tradeline.State != types.RECORD_STATE_ACTIVE:
		return refuse("it is %s, and only an active one is suppressed", tradeline.State)
	case !now.Before(tradeline.ShowUntil):
		return refuse("its retention ended at %s", rfc3339(tradeline.ShowUntil))
	}
	return nil
}

// tradelineOf returns the tradeline that a message names, if it is the signer's.
func (k *Keeper) tradelineOf(ctx context.Context, by actor, subjectID, tradelineID []byte) (types.Tradeline, error) {
	subject, err := types.IDFromBytes("subject", subjectID)
	if err != nil {
		return types.Tradeline{}, err
	}
	id, err := types.IDFromBytes("tradeline_id", tradelineID)
	if err != nil {
		return types.Tradeline{}, err
	}
	tradeline, err := k.GetTradeline(ctx, subject, id)
	if err != nil {
		return types.Tradeline{}, err
	}
	return tradeline, requireFurnisher(by, tradeline)
}
