package keeper

import (
	"context"
	"fmt"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/institution/types"
)

// Invariants checks, between two blocks, that what is stored twice agrees and that the set and the licences fit. It
// walks everything and writes nothing: for tests and simulations.
func (k *Keeper) Invariants(ctx context.Context) error {
	ctx, _ = sdk.UnwrapSDKContext(ctx).CacheContext()
	for _, check := range []struct {
		name string
		run  func(context.Context, *Keeper) error
	}{
		{"licences", checkLicences},
		{"deadlines", checkDeadlines},
		{"validators", checkValidators},
		{"missed", checkMissed},
		{"members", checkMembers},
		{"changes", checkChanges},
	} {
		if err := check.run(ctx, k); err != nil {
			return fmt.Errorf("invariant %s: %w", check.name, err)
		}
	}
	return nil
}

// checkLicences: one entry of the index for each institution, and no other.
func checkLicences(ctx context.Context, k *Keeper) error {
	institutions := 0
	err := k.WalkInstitutions(ctx, func(operator sdk.AccAddress, institution types.Institution) (bool, error) {
		institutions++
		if err := institution.Validate(); err != nil {
			return true, err
		}
		holder, err := k.Licences.Get(ctx, institution.LicenceID().CollKey())
		if err != nil {
			return true, err
		}
		if !operator.Equals(sdk.AccAddress(holder)) {
			return true, fmt.Errorf("licence %s of %s is indexed for %s", institution.LicenceID(), institution.Operator, k.addressText(holder))
		}
		last, err := k.lastHistory(ctx, operator)
		if err != nil {
			return true, err
		}
		change, err := k.History.Get(ctx, collections.Join(operator, last))
		if err == nil && change.Status != institution.Status {
			err = fmt.Errorf("%s is %s, its history ends with %s", institution.Operator, institution.Status, change.Status)
		}
		return err != nil, err
	})
	if err != nil {
		return err
	}
	indexed, err := count(ctx, k.Licences)
	if err == nil && indexed != institutions {
		err = fmt.Errorf("%d institutions, %d licence numbers", institutions, indexed)
	}
	return err
}

// checkDeadlines: one entry for each ACTIVE licence, at an edge of its validity, and no other.
func checkDeadlines(ctx context.Context, k *Keeper) error {
	seen := map[string]bool{}
	err := k.Deadlines.Walk(ctx, nil, func(key collections.Pair[uint64, sdk.AccAddress]) (bool, error) {
		institution, err := k.GetInstitution(ctx, key.K2())
		if err != nil {
			return true, err
		}
		if institution.Status != types.LICENCE_STATUS_ACTIVE || seen[institution.Operator] {
			return true, fmt.Errorf("%s is %s and queued, or queued twice", institution.Operator, institution.Status)
		}
		if at := key.K1(); at != timeKey(institution.ValidFrom) && at != timeKey(institution.ValidUntil) {
			return true, fmt.Errorf("%s is queued at %d, no edge of its validity", institution.Operator, at)
		}
		seen[institution.Operator] = true
		return false, nil
	})
	if err != nil {
		return err
	}
	return k.WalkInstitutions(ctx, func(_ sdk.AccAddress, institution types.Institution) (bool, error) {
		if institution.Status == types.LICENCE_STATUS_ACTIVE && !seen[institution.Operator] {
			return true, fmt.Errorf("%s is ACTIVE and not queued", institution.Operator)
		}
		return false, nil
	})
}

// checkValidators: a consensus side goes with the role, and every key in use is remembered as its owner's.
func checkValidators(ctx context.Context, k *Keeper) error {
	validators := 0
	err := k.WalkInstitutions(ctx, func(operator sdk.AccAddress, institution types.Institution) (bool, error) {
		if !institution.HasRole(types.ROLE_VALIDATOR) {
			return false, nil
		}
		validators++
		validator, err := k.requireValidator(ctx, operator)
		if err != nil {
			return true, err
		}
		if err := types.ValidatePower(validator.Power); err != nil {
			return true, err
		}
		address, err := types.ConsensusAddress(validator.ConsensusPubkey)
		if err != nil {
			return true, err
		}
		key, err := k.ConsensusKeys.Get(ctx, address)
		if err == nil && key.Operator != institution.Operator {
			err = fmt.Errorf("key %s of %s is remembered for %s", hexAddress(address), institution.Operator, key.Operator)
		}
		return err != nil, err
	})
	if err != nil {
		return err
	}
	stored, err := count(ctx, k.Validators)
	if err == nil && stored != validators {
		err = fmt.Errorf("%d institutions with ROLE_VALIDATOR, %d validators", validators, stored)
	}
	return err
}

// checkMissed: counts are those of the bitmaps, and only validators have either.
func checkMissed(ctx context.Context, k *Keeper) error {
	total := uint64(0)
	err := k.Validators.Walk(ctx, nil, func(operator sdk.AccAddress, validator types.Validator) (bool, error) {
		slots, err := k.missedSlots(ctx, operator)
		if err != nil {
			return true, err
		}
		counted, err := k.missedCount(ctx, operator)
		if err == nil && (counted != uint64(len(slots)) || validator.MissedBlocks != 0) {
			err = fmt.Errorf("%s missed %d, its bitmap has %d", validator.Operator, counted, len(slots))
		}
		total += counted
		return err != nil, err
	})
	if err != nil {
		return err
	}
	bits := uint64(0)
	err = k.Missed.Walk(ctx, nil, func(_ collections.Pair[sdk.AccAddress, uint32], bitmap []byte) (bool, error) {
		ones := onesIn(bitmap)
		bits += ones
		if ones == 0 || len(bitmap) != chunkBytes {
			return true, fmt.Errorf("chunk of %d bytes with %d bits", len(bitmap), ones)
		}
		return false, nil
	})
	if err == nil && bits != total {
		err = fmt.Errorf("%d bits in bitmaps, %d of validators", bits, total)
	}
	return err
}

// checkMembers: the set is never empty, keys belong to their members, and whoever is not where it has a right to be
// is pending; only the last one is retained.
func checkMembers(ctx context.Context, k *Keeper) error {
	members, err := k.Members(ctx)
	if err != nil {
		return err
	}
	if len(members) == 0 {
		return fmt.Errorf("the set is empty")
	}
	for _, member := range members {
		if err := checkMember(ctx, k, member); err != nil {
			return err
		}
	}
	return k.Validators.Walk(ctx, nil, func(operator sdk.AccAddress, validator types.Validator) (bool, error) {
		pending, err := k.Pending.Has(ctx, operator)
		if err != nil || pending {
			return err != nil, err
		}
		s := seat{operator: operator}
		if err := k.fillSeat(ctx, &s); err != nil {
			return true, err
		}
		institution, err := k.GetInstitution(ctx, operator)
		if err != nil {
			return true, err
		}
		// A start or an end that is due waits in the queue, not in Pending.
		due := institution.Status == types.LICENCE_STATUS_ACTIVE
		if due {
			queued, err := k.Deadlines.Has(ctx, collections.Join(timeKey(institution.ValidUntil), operator))
			if err != nil {
				return true, err
			}
			due = !queued || !blockTime(ctx).Before(institution.ValidUntil)
		}
		if !s.settled() && !due {
			return true, fmt.Errorf("%s wants power %d, has %d and is not pending", validator.Operator, s.want, s.member.Power)
		}
		return false, nil
	})
}

func checkMember(ctx context.Context, k *Keeper, member types.SetMember) error {
	address, err := types.ConsensusAddress(member.ConsensusPubkey)
	if err != nil {
		return err
	}
	key, err := k.ConsensusKeys.Get(ctx, address)
	if err != nil {
		return err
	}
	if key.Operator != member.Operator || member.Power < 1 {
		return fmt.Errorf("member %s with power %d and a key of %s", member.Operator, member.Power, key.Operator)
	}
	operator, err := k.operatorOf(member.Operator)
	if err != nil {
		return err
	}
	pending, err := k.Pending.Has(ctx, operator)
	if err == nil && member.Retained && !pending {
		err = fmt.Errorf("%s is retained and not pending", member.Operator)
	}
	return err
}

// checkChanges: queue and changes agree, and no id is above the counter.
func checkChanges(ctx context.Context, k *Keeper) error {
	last, err := k.lastChangeID(ctx)
	if err != nil {
		return err
	}
	changes := 0
	err = k.ScheduledChanges.Walk(ctx, nil, func(id uint64, change types.ScheduledChange) (bool, error) {
		changes++
		queued, err := k.ChangeQueue.Has(ctx, collections.Join(timeKey(change.ExecuteAt), id))
		if err == nil && (!queued || id != change.Id || id > last) {
			err = fmt.Errorf("change %d is not queued or above the last id %d", id, last)
		}
		return err != nil, err
	})
	if err != nil {
		return err
	}
	queued, err := countKeys(ctx, k.ChangeQueue)
	if err == nil && queued != changes {
		err = fmt.Errorf("%d changes, %d queued", changes, queued)
	}
	return err
}

func count[K, V any](ctx context.Context, m collections.Map[K, V]) (int, error) {
	entries := 0
	err := m.Walk(ctx, nil, func(K, V) (bool, error) { entries++; return false, nil })
	return entries, err
}

func countKeys[K any](ctx context.Context, set collections.KeySet[K]) (int, error) {
	entries := 0
	err := set.Walk(ctx, nil, func(K) (bool, error) { entries++; return false, nil })
	return entries, err
}
