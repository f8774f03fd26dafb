package keeper

import (
	"bytes"
	"context"
	"slices"
	"time"

	errorsmod "cosmossdk.io/errors"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/institution/types"
)

// setConsensus brings the consensus side of an institution in line with its roles: it comes with the role, keeps
// its key while the role stays, and goes with the role.
func (k *Keeper) setConsensus(
	ctx context.Context, operator sdk.AccAddress, institution types.Institution, wasValidator bool, key *codectypes.Any, power int64,
) error {
	isValidator := institution.HasRole(types.ROLE_VALIDATOR)
	if !isValidator {
		if key != nil || power != 0 {
			return errorsmod.Wrap(types.ErrInvalidConsensus, "consensus_pubkey or power without ROLE_VALIDATOR; leave both out or add the role")
		}
		return k.dropConsensus(ctx, operator)
	}
	if err := types.ValidatePower(power); err != nil {
		return err
	}
	if wasValidator {
		if key != nil {
			return errorsmod.Wrap(types.ErrInvalidConsensus, "the institution has a consensus key; leave it out, it replaces the key itself with MsgRotateConsensusKey")
		}
		validator, err := k.requireValidator(ctx, operator)
		if err != nil {
			return err
		}
		validator.Power = power
		return k.Validators.Set(ctx, operator, validator)
	}
	_, claimed, err := k.claimKey(ctx, institution.Operator, key)
	if err != nil {
		return err
	}
	return k.Validators.Set(ctx, operator, types.Validator{
		Operator: institution.Operator, ConsensusPubkey: claimed, Power: power, JailedUntil: types.MinTime,
	})
}

func (k *Keeper) dropConsensus(ctx context.Context, operator sdk.AccAddress) error {
	if err := k.resetMissed(ctx, operator); err != nil {
		return err
	}
	return k.Validators.Remove(ctx, operator)
}

// claimKey takes a key that was never used on this chain and returns its address and its one encoding.
// Remembering every key for ever keeps evidence against an old one attributable, and a tombstoned one out.
func (k *Keeper) claimKey(ctx context.Context, operator string, key *codectypes.Any) ([]byte, *codectypes.Any, error) {
	pk, err := types.UnpackConsensusKey(key)
	if err != nil {
		return nil, nil, err
	}
	if !keyTypeAllowed(ctx, pk) {
		return nil, nil, errorsmod.Wrapf(types.ErrInvalidConsensus,
			"key type %s is not among the consensus parameters' pub_key_types; use one that is, or change them by vote", pk.Type())
	}
	consAddress := pk.Address().Bytes()
	used, err := k.ConsensusKeys.Has(ctx, consAddress)
	if err != nil {
		return nil, nil, err
	}
	if used {
		return nil, nil, errorsmod.Wrapf(types.ErrConsensusKeyUsed, "%s is known on this chain; generate a new key", hexAddress(consAddress))
	}
	packed, err := codectypes.NewAnyWithValue(pk)
	if err != nil {
		return nil, nil, errorsmod.Wrap(types.ErrInvalidConsensus, err.Error())
	}
	return consAddress, packed, k.ConsensusKeys.Set(ctx, consAddress, types.ConsensusKey{Address: consAddress, Operator: operator})
}

// keyTypeAllowed asks the consensus parameters: CometBFT halts on an update with another type of key.
func keyTypeAllowed(ctx context.Context, pk cryptotypes.PubKey) bool {
	params := sdk.UnwrapSDKContext(ctx).ConsensusParams().Validator
	return params == nil || len(params.PubKeyTypes) == 0 || slices.Contains(params.PubKeyTypes, pk.Type())
}

// rotate replaces an institution's own consensus key. Any licence that is not revoked may do so: a key that is
// compromised has to be replaceable while the licence is suspended or expired, or reinstating it would bring the
// stolen key back. It gives no rights: power still follows the licence.
func (k *Keeper) rotate(ctx context.Context, msg *types.MsgRotateConsensusKey) error {
	operator, institution, err := k.licenceOf(ctx, msg.Operator)
	if err != nil {
		return err
	}
	if institution.Status == types.LICENCE_STATUS_REVOKED {
		return requireActive(institution, blockTime(ctx))
	}
	validator, err := k.requireValidator(ctx, operator)
	if err != nil {
		return err
	}
	oldAddress, err := types.ConsensusAddress(validator.ConsensusPubkey)
	if err != nil {
		return err
	}
	newAddress, claimed, err := k.claimKey(ctx, institution.Operator, msg.ConsensusPubkey)
	if err != nil {
		return err
	}
	validator.ConsensusPubkey = claimed
	if err := k.Validators.Set(ctx, operator, validator); err != nil {
		return err
	}
	if err := k.Pending.Set(ctx, operator); err != nil {
		return err
	}
	return emit(ctx, &types.EventConsensusKeyRotated{
		Operator: institution.Operator, OldAddress: hexAddress(oldAddress), NewAddress: hexAddress(newAddress),
	})
}

// unjail asks back into the set after downtime.
func (k *Keeper) unjail(ctx context.Context, msg *types.MsgUnjail) error {
	operator, err := k.operatorOf(msg.Operator)
	if err != nil {
		return err
	}
	if _, err := k.RequireRole(ctx, operator, types.ROLE_VALIDATOR); err != nil {
		return err
	}
	validator, err := k.requireValidator(ctx, operator)
	if err != nil {
		return err
	}
	if !validator.Jailed {
		return errorsmod.Wrapf(types.ErrNotJailed, "%s is not jailed; there is nothing to do", validator.Operator)
	}
	if now := blockTime(ctx); now.Before(validator.JailedUntil) {
		return errorsmod.Wrapf(types.ErrStillJailed, "until %s, block time is %s; try again then",
			validator.JailedUntil.Format(time.RFC3339), now.Format(time.RFC3339))
	}
	tombstoned, err := k.tombstoned(ctx, validator)
	if err != nil {
		return err
	}
	if tombstoned {
		return errorsmod.Wrap(types.ErrTombstoned, "the key signed two blocks at one height; rotate to a new key first")
	}
	validator.Jailed, validator.JailedUntil = false, types.MinTime
	if err := k.Validators.Set(ctx, operator, validator); err != nil {
		return err
	}
	if err := k.resetMissed(ctx, operator); err != nil {
		return err
	}
	if err := k.Pending.Set(ctx, operator); err != nil {
		return err
	}
	return emit(ctx, &types.EventUnjailed{Operator: validator.Operator})
}

// jail takes the power of a validator that missed too many blocks, unless it is the last one: a chain with an
// unreliable validator is better than a chain with none.
func (k *Keeper) jail(ctx context.Context, operator sdk.AccAddress, missed uint64, duration time.Duration) error {
	other, err := k.anotherEntitled(ctx, operator)
	if err != nil || !other {
		return err
	}
	validator, err := k.Validators.Get(ctx, operator)
	if err != nil {
		return err
	}
	validator.Jailed, validator.JailedUntil = true, blockTime(ctx).Add(duration)
	if err := k.Validators.Set(ctx, operator, validator); err != nil {
		return err
	}
	if err := k.resetMissed(ctx, operator); err != nil {
		return err
	}
	if err := k.Pending.Set(ctx, operator); err != nil {
		return err
	}
	return emit(ctx, &types.EventJailed{Operator: validator.Operator, MissedBlocks: missed, Until: validator.JailedUntil})
}

// punishEquivocation tombstones a key, current or rotated away, and suspends its owner's licence. Evidence for
// several heights may arrive: only the first counts.
func (k *Keeper) punishEquivocation(ctx context.Context, address []byte, infractionHeight int64) error {
	key, err := k.ConsensusKeys.Get(ctx, address)
	ok, err := found(err)
	if err != nil {
		return err
	}
	if !ok {
		sdk.UnwrapSDKContext(ctx).Logger().Error("misbehaviour of an unknown consensus key", "module", types.ModuleName, "address", hexAddress(address))
		return nil
	}
	if key.Tombstoned {
		return nil
	}
	key.Tombstoned = true
	if err := k.ConsensusKeys.Set(ctx, address, key); err != nil {
		return err
	}
	if err := emit(ctx, &types.EventEquivocation{Operator: key.Operator, Address: hexAddress(address), Height: infractionHeight}); err != nil {
		return err
	}
	operator, institution, err := k.licenceOf(ctx, key.Operator)
	if err != nil {
		return err
	}
	if err := k.Pending.Set(ctx, operator); err != nil {
		return err
	}
	switch institution.Status {
	case types.LICENCE_STATUS_ACTIVE, types.LICENCE_STATUS_EXPIRED:
		return k.setStatus(ctx, operator, institution, types.LICENCE_STATUS_SUSPENDED, types.REASON_EQUIVOCATION)
	default:
		return nil
	}
}

// tombstoned says whether the validator's current key equivocated.
func (k *Keeper) tombstoned(ctx context.Context, validator types.Validator) (bool, error) {
	address, err := types.ConsensusAddress(validator.ConsensusPubkey)
	if err != nil {
		return false, err
	}
	key, err := k.ConsensusKeys.Get(ctx, address)
	if ok, err := found(err); !ok || err != nil {
		return false, err
	}
	return key.Tombstoned, nil
}

// GetValidator returns the consensus side of an institution with its count of missed blocks.
func (k *Keeper) GetValidator(ctx context.Context, operator sdk.AccAddress) (types.Validator, error) {
	validator, err := k.requireValidator(ctx, operator)
	if err != nil {
		return validator, err
	}
	validator.MissedBlocks, err = k.missedCount(ctx, operator)
	return validator, err
}

// ValidatorByConsensusAddress finds the operator of any consensus address ever used, and whether it equivocated.
func (k *Keeper) ValidatorByConsensusAddress(ctx context.Context, address []byte) (types.ConsensusKey, error) {
	key, err := k.ConsensusKeys.Get(ctx, address)
	ok, err := found(err)
	if err == nil && !ok {
		err = errorsmod.Wrapf(types.ErrNotValidator, "no validator ever used %s; `creditd query institution validator-set` lists who signs now", hexAddress(address))
	}
	return key, err
}

// Members of the validator set as CometBFT was last told, by operator.
func (k *Keeper) Members(ctx context.Context) ([]types.SetMember, error) {
	var members []types.SetMember
	err := k.SetMembers.Walk(ctx, nil, func(_ sdk.AccAddress, member types.SetMember) (bool, error) {
		members = append(members, member)
		return false, nil
	})
	return members, err
}

// WalkInstitutions in the order of operators until fn says stop.
func (k *Keeper) WalkInstitutions(ctx context.Context, fn func(operator sdk.AccAddress, institution types.Institution) (stop bool, err error)) error {
	return k.Institutions.Walk(ctx, nil, fn)
}

func sameKey(a, b *codectypes.Any) bool {
	return a != nil && b != nil && a.TypeUrl == b.TypeUrl && bytes.Equal(a.Value, b.Value)
}
