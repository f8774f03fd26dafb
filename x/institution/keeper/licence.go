package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/institution/types"
)

// register admits an institution.
func (k *Keeper) register(ctx context.Context, msg *types.MsgRegister) error {
	operator, err := k.operatorOf(msg.Operator)
	if err != nil {
		return err
	}
	now := blockTime(ctx)
	institution := types.Institution{
		Operator:      msg.Operator,
		Name:          msg.Name,
		LicenceNumber: msg.LicenceNumber,
		Jurisdiction:  msg.Jurisdiction,
		Roles:         msg.Roles,
		Status:        types.LICENCE_STATUS_ACTIVE,
		ValidFrom:     msg.ValidFrom,
		ValidUntil:    msg.ValidUntil,
		StatusSince:   now,
	}
	if institution.ValidFrom.IsZero() {
		institution.ValidFrom = now
	}
	if err := institution.Validate(); err != nil {
		return err
	}
	if err := requireFuture(institution.ValidUntil, now); err != nil {
		return err
	}
	if err := k.requireFree(ctx, operator, institution.LicenceID()); err != nil {
		return err
	}
	if err := k.ensureAccount(ctx, operator); err != nil {
		return err
	}
	if err := k.setConsensus(ctx, operator, institution, false, msg.ConsensusPubkey, msg.Power); err != nil {
		return err
	}
	if err := k.Licences.Set(ctx, institution.LicenceID().CollKey(), operator); err != nil {
		return err
	}
	return k.putLicence(ctx, operator, institution, types.REASON_VOTE)
}

// requireFree refuses a second licence of an operator and a licence number that is taken.
func (k *Keeper) requireFree(ctx context.Context, operator sdk.AccAddress, id types.LicenceID) error {
	exists, err := k.Institutions.Has(ctx, operator)
	if err != nil {
		return err
	}
	if exists {
		return errorsmod.Wrapf(types.ErrInstitutionExists,
			"%s has or had a licence; amend or reinstate it, or register another operator account", k.addressText(operator))
	}
	holder, err := k.Licences.Get(ctx, id.CollKey())
	if taken, err := found(err); !taken || err != nil {
		return err
	}
	return errorsmod.Wrapf(types.ErrLicenceNumberTaken, "licence %s belongs to %s; check the number", id, k.addressText(holder))
}

// ensureAccount creates the operator's account, so that it can sign before anybody sends it anything.
func (k *Keeper) ensureAccount(ctx context.Context, operator sdk.AccAddress) error {
	address, err := k.addresses.BytesToString(operator)
	if err != nil {
		return errorsmod.Wrap(types.ErrInvalidAddress, err.Error())
	}
	account := k.ak.GetAccount(ctx, operator)
	_, module := account.(sdk.ModuleAccountI)
	switch {
	case module, address == k.authority:
		// x/auth panics when it finds a plain account where a module's should be.
		return errorsmod.Wrapf(types.ErrInvalidAddress, "operator %s is a module account; give an account with a key", address)
	case account == nil:
		k.ak.SetAccount(ctx, k.ak.NewAccountWithAddress(ctx, operator))
	}
	return nil
}

// amend changes roles, power and end of a licence.
func (k *Keeper) amend(ctx context.Context, msg *types.MsgAmend) error {
	operator, institution, err := k.licenceOf(ctx, msg.Operator)
	if err != nil {
		return err
	}
	if err := requireStatus(institution, types.LICENCE_STATUS_ACTIVE, types.LICENCE_STATUS_EXPIRED); err != nil {
		return err
	}
	now := blockTime(ctx)
	amended := institution
	amended.Roles, amended.ValidUntil = msg.Roles, msg.ValidUntil
	if err := amended.Validate(); err != nil {
		return err
	}
	if err := requireFuture(amended.ValidUntil, now); err != nil {
		return err
	}
	wasValidator := institution.HasRole(types.ROLE_VALIDATOR)
	if wasValidator && !amended.HasRole(types.ROLE_VALIDATOR) {
		if err := k.requireAnotherValidator(ctx, operator); err != nil {
			return err
		}
	}
	if err := k.setConsensus(ctx, operator, amended, wasValidator, msg.ConsensusPubkey, msg.Power); err != nil {
		return err
	}
	if err := k.clearDeadline(ctx, operator, institution); err != nil {
		return err
	}
	if amended.Status != types.LICENCE_STATUS_ACTIVE {
		amended.Status, amended.StatusSince = types.LICENCE_STATUS_ACTIVE, now
	}
	return k.putLicence(ctx, operator, amended, types.REASON_VOTE)
}

// suspend takes all rights until a vote reinstates the licence.
func (k *Keeper) suspend(ctx context.Context, msg *types.MsgSuspend) error {
	operator, institution, err := k.licenceOf(ctx, msg.Operator)
	if err != nil {
		return err
	}
	if err := types.ValidateVoteReason(msg.Reason); err != nil {
		return err
	}
	if err := requireStatus(institution, types.LICENCE_STATUS_ACTIVE, types.LICENCE_STATUS_EXPIRED); err != nil {
		return err
	}
	if err := k.requireAnotherValidator(ctx, operator); err != nil {
		return err
	}
	return k.setStatus(ctx, operator, institution, types.LICENCE_STATUS_SUSPENDED, msg.Reason)
}

// reinstate gives a suspended licence back. One whose validity ended meanwhile is EXPIRED: a vote can amend that.
func (k *Keeper) reinstate(ctx context.Context, msg *types.MsgReinstate) error {
	operator, institution, err := k.licenceOf(ctx, msg.Operator)
	if err != nil {
		return err
	}
	if err := requireStatus(institution, types.LICENCE_STATUS_SUSPENDED); err != nil {
		return err
	}
	status := types.LICENCE_STATUS_ACTIVE
	if !blockTime(ctx).Before(institution.ValidUntil) {
		status = types.LICENCE_STATUS_EXPIRED
	}
	return k.setStatus(ctx, operator, institution, status, types.REASON_VOTE)
}

// revoke ends a licence for ever.
func (k *Keeper) revoke(ctx context.Context, msg *types.MsgRevoke) error {
	operator, institution, err := k.licenceOf(ctx, msg.Operator)
	if err != nil {
		return err
	}
	if err := types.ValidateVoteReason(msg.Reason); err != nil {
		return err
	}
	if err := requireStatus(institution, types.LICENCE_STATUS_ACTIVE, types.LICENCE_STATUS_EXPIRED, types.LICENCE_STATUS_SUSPENDED); err != nil {
		return err
	}
	if err := k.requireAnotherValidator(ctx, operator); err != nil {
		return err
	}
	return k.setStatus(ctx, operator, institution, types.LICENCE_STATUS_REVOKED, msg.Reason)
}

// updateProfile changes what an institution may change about itself.
func (k *Keeper) updateProfile(ctx context.Context, msg *types.MsgUpdateProfile) error {
	operator, err := k.operatorOf(msg.Operator)
	if err != nil {
		return err
	}
	institution, err := k.RequireRole(ctx, operator)
	if err != nil {
		return err
	}
	if msg.Name == "" && msg.Vault == nil {
		return errorsmod.Wrap(types.ErrInvalidField, "nothing to change; give a name, a vault or both")
	}
	if msg.Name != "" {
		if err := types.ValidateText("name", msg.Name, types.MaxNameBytes); err != nil {
			return err
		}
		institution.Name = msg.Name
		if err := k.Institutions.Set(ctx, operator, institution); err != nil {
			return err
		}
	}
	if msg.Vault != nil {
		if err := msg.Vault.Validate(); err != nil {
			return err
		}
		if err := k.Vaults.Set(ctx, operator, *msg.Vault); err != nil {
			return err
		}
	}
	return emit(ctx, &types.EventProfileUpdated{Operator: institution.Operator})
}

// expireDue works off licences whose validity starts or ends, at most limit of them.
func (k *Keeper) expireDue(ctx context.Context, limit uint32) error {
	now := blockTime(ctx)
	due, err := firstKeys(ctx, k.Deadlines, collections.NewPrefixUntilPairRange[uint64, sdk.AccAddress](timeKey(now)), limit)
	if err != nil {
		return err
	}
	for _, key := range due {
		if err := k.Deadlines.Remove(ctx, key); err != nil {
			return err
		}
		operator := key.K2()
		institution, err := k.Institutions.Get(ctx, operator)
		if err != nil {
			return err
		}
		if now.Before(institution.ValidUntil) {
			err = k.startLicence(ctx, operator, institution)
		} else {
			err = k.setStatus(ctx, operator, institution, types.LICENCE_STATUS_EXPIRED, types.REASON_EXPIRY)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// startLicence is called when valid_from comes.
func (k *Keeper) startLicence(ctx context.Context, operator sdk.AccAddress, institution types.Institution) error {
	if err := k.Deadlines.Set(ctx, collections.Join(timeKey(institution.ValidUntil), operator)); err != nil {
		return err
	}
	return k.Pending.Set(ctx, operator)
}

func (k *Keeper) setStatus(
	ctx context.Context, operator sdk.AccAddress, institution types.Institution, status types.LicenceStatus, reason types.Reason,
) error {
	if err := k.clearDeadline(ctx, operator, institution); err != nil {
		return err
	}
	institution.Status, institution.StatusSince = status, blockTime(ctx)
	return k.putLicence(ctx, operator, institution, reason)
}

// putLicence stores a changed licence with all that follows from the change.
func (k *Keeper) putLicence(ctx context.Context, operator sdk.AccAddress, institution types.Institution, reason types.Reason) error {
	if err := k.Institutions.Set(ctx, operator, institution); err != nil {
		return err
	}
	if err := k.setDeadline(ctx, operator, institution); err != nil {
		return err
	}
	if err := k.appendHistory(ctx, operator, institution, reason); err != nil {
		return err
	}
	if err := k.Pending.Set(ctx, operator); err != nil {
		return err
	}
	return k.emitLicenceChanged(ctx, institution, reason)
}

// setDeadline queues an ACTIVE licence at the next edge of its validity.
func (k *Keeper) setDeadline(ctx context.Context, operator sdk.AccAddress, institution types.Institution) error {
	if institution.Status != types.LICENCE_STATUS_ACTIVE {
		return nil
	}
	edge := institution.ValidUntil
	if blockTime(ctx).Before(institution.ValidFrom) {
		edge = institution.ValidFrom
	}
	return k.Deadlines.Set(ctx, collections.Join(timeKey(edge), operator))
}

// clearDeadline removes the one entry that a licence may have; at which edge it is, is not remembered.
func (k *Keeper) clearDeadline(ctx context.Context, operator sdk.AccAddress, institution types.Institution) error {
	for _, edge := range []time.Time{institution.ValidFrom, institution.ValidUntil} {
		if err := k.Deadlines.Remove(ctx, collections.Join(timeKey(edge), operator)); err != nil {
			return err
		}
	}
	return nil
}

// appendHistory numbers the changes of one licence from 1.
func (k *Keeper) appendHistory(ctx context.Context, operator sdk.AccAddress, institution types.Institution, reason types.Reason) error {
	number, err := k.lastHistory(ctx, operator)
	if err != nil {
		return err
	}
	return k.History.Set(ctx, collections.Join(operator, number+1), types.LicenceChange{
		Height:     height(ctx),
		Time:       blockTime(ctx),
		Status:     institution.Status,
		Reason:     reason,
		Roles:      institution.Roles,
		ValidUntil: institution.ValidUntil,
	})
}

func (k *Keeper) lastHistory(ctx context.Context, operator sdk.AccAddress) (uint64, error) {
	iter, err := k.History.Iterate(ctx, collections.NewPrefixedPairRange[sdk.AccAddress, uint64](operator).Descending())
	if err != nil {
		return 0, err
	}
	defer iter.Close()
	if !iter.Valid() {
		return 0, nil
	}
	key, err := iter.Key()
	return key.K2(), err
}

// licenceOf returns an institution by the address that a message names.
func (k *Keeper) licenceOf(ctx context.Context, address string) (sdk.AccAddress, types.Institution, error) {
	operator, err := k.operatorOf(address)
	if err != nil {
		return nil, types.Institution{}, err
	}
	institution, err := k.GetInstitution(ctx, operator)
	return operator, institution, err
}

func requireStatus(institution types.Institution, allowed ...types.LicenceStatus) error {
	for _, status := range allowed {
		if institution.Status == status {
			return nil
		}
	}
	return errorsmod.Wrapf(types.ErrWrongStatus, "licence of %s is %s; this needs one of %v", institution.Operator, institution.Status, allowed)
}

func requireFuture(until, now time.Time) error {
	if !until.After(now) {
		return errorsmod.Wrapf(types.ErrInvalidField, "valid_until %s is not after the block time %s; give a later one",
			until.Format(time.RFC3339), now.Format(time.RFC3339))
	}
	return nil
}

// firstKeys reads at most limit keys of a range before any of them is changed.
func firstKeys[K any](ctx context.Context, set collections.KeySet[K], ranger collections.Ranger[K], limit uint32) ([]K, error) {
	iter, err := set.Iterate(ctx, ranger)
	if err != nil {
		return nil, err
	}
	defer iter.Close()
	var keys []K
	for ; iter.Valid() && uint32(len(keys)) < limit; iter.Next() {
		key, err := iter.Key()
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}
