package keeper

import (
	"bytes"
	"context"

	"cosmossdk.io/collections"

	committeetypes "github.com/creditd/creditd/x/committee/types"
	"github.com/creditd/creditd/x/pseudonym/types"
)

// adoptKey begins a key epoch: from then on new pseudonyms are made with the key of the committee. Committees that keep the key
// follow one another without it (x/committee); only a new key needs the members' vote, since all subjects then need migration.
func (k *Keeper) adoptKey(ctx context.Context, committeeID uint64) (uint64, error) {
	committee, err := k.committees.Get(ctx, committeeID)
	if err != nil {
		return 0, err
	}
	if committee.Purpose != committeetypes.PURPOSE_PSEUDONYM {
		return 0, types.ErrWrongPurpose.Wrapf("committee %d is for %s: form one for PURPOSE_PSEUDONYM", committeeID, committee.Purpose)
	}
	if committee.Status != committeetypes.STATUS_ACTIVE {
		return 0, types.ErrNotServing.Wrapf("committee %d is %s: wait until it is active", committeeID, committee.Status)
	}
	chargeGas(ctx, gasPerKey, "key of a committee")
	if err := types.ValidateKey("public_key of the committee", committee.PublicKey); err != nil {
		return 0, err
	}
	last, adopted, err := k.lastEpoch(ctx)
	if err != nil {
		return 0, err
	}
	if adopted && committee.Epoch <= last.Epoch {
		return 0, types.ErrKeyAdopted.Wrapf("epoch %d is adopted and committee %d is of epoch %d", last.Epoch, committeeID, committee.Epoch)
	}
	epoch := types.KeyEpoch{Epoch: committee.Epoch, PublicKey: committee.PublicKey, CommitteeId: committee.Id, AdoptedAt: blockTime(ctx)}
	if err := k.setEpoch(ctx, epoch); err != nil {
		return 0, err
	}
	return epoch.Epoch, emit(ctx, types.NewEventKeyAdopted(epoch))
}

func (k *Keeper) setEpoch(ctx context.Context, epoch types.KeyEpoch) error {
	number := epoch.Epoch
	epoch.Epoch = 0
	return k.epochs.Set(ctx, number, epoch)
}

// lastEpoch is the key epoch in use, if there is one.
func (k *Keeper) lastEpoch(ctx context.Context) (last types.KeyEpoch, adopted bool, err error) {
	iterator, err := k.epochs.IterateRaw(ctx, nil, nil, collections.OrderDescending)
	if err != nil {
		return last, false, err
	}
	defer iterator.Close()
	if !iterator.Valid() {
		return last, false, nil
	}
	entry, err := iterator.KeyValue()
	if err != nil {
		return last, false, err
	}
	last = entry.Value
	last.Epoch = entry.Key
	return last, true, nil
}

// requireEpoch refuses what is not meant for the key epoch in use.
func (k *Keeper) requireEpoch(ctx context.Context, epoch uint64) (types.KeyEpoch, error) {
	last, adopted, err := k.lastEpoch(ctx)
	switch {
	case err != nil:
		return last, err
	case !adopted:
		return last, types.ErrNoEpoch.Wrap("the members adopt one by vote, MsgAdoptKey")
	case last.Epoch != epoch:
		return last, types.ErrWrongEpoch.Wrapf("epoch %d is in use: you named %d", last.Epoch, epoch)
	}
	return last, nil
}

// servingCommittee is the committee that holds the key of an epoch now.
func (k *Keeper) servingCommittee(ctx context.Context, epoch types.KeyEpoch) (committeetypes.Committee, error) {
	committee, err := k.committees.Active(ctx, committeetypes.PURPOSE_PSEUDONYM)
	if err != nil {
		return committee, err
	}
	if committee.Epoch != epoch.Epoch || !bytes.Equal(committee.PublicKey, epoch.PublicKey) {
		return committee, types.ErrNotServing.Wrapf("committee %d holds the key of epoch %d, epoch %d is in use: the members adopt the new key by vote",
			committee.Id, committee.Epoch, epoch.Epoch)
	}
	return committee, nil
}
