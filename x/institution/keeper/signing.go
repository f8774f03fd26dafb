package keeper

import (
	"context"
	"math/bits"

	abci "github.com/cometbft/cometbft/abci/types"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/institution/types"
)

// Missed signatures are a bitmap over the window, one slot a height (height modulo window), in chunks: the largest
// window is 98 chunks, which bounds the work of clearing one. A validator that signs costs two reads a block and no
// write.
const (
	chunkBytes = 128
	chunkBits  = chunkBytes * 8
)

// countMissed records who signed the last block and jails who missed too many.
func (k *Keeper) countMissed(ctx sdk.Context, params types.Params) error {
	if err := k.ensureWindow(ctx, params.SignedBlocksWindow); err != nil {
		return err
	}
	signedHeight := uint64(max(ctx.BlockHeight()-1, 0))
	slot := signedHeight % params.SignedBlocksWindow
	for _, vote := range ctx.VoteInfos() {
		if err := k.countVote(ctx, params, slot, vote); err != nil {
			return err
		}
	}
	return nil
}

// ensureWindow forgets all misses when the window changed: slots of two windows do not compare. It happens once per
// vote on the parameter, and clears what at most 98 chunks per validator hold.
func (k *Keeper) ensureWindow(ctx context.Context, window uint64) error {
	written, err := k.MissedWindow.Get(ctx)
	ok, err := found(err)
	if err != nil || ok && written == window {
		return err
	}
	if err := k.Missed.Clear(ctx, nil); err != nil {
		return err
	}
	if err := k.MissedCount.Clear(ctx, nil); err != nil {
		return err
	}
	return k.MissedWindow.Set(ctx, window)
}

func (k *Keeper) countVote(ctx context.Context, params types.Params, slot uint64, vote abci.VoteInfo) error {
	key, err := k.ConsensusKeys.Get(ctx, vote.Validator.Address)
	if ok, err := found(err); !ok || err != nil {
		return err
	}
	operator, err := k.operatorOf(key.Operator)
	if err != nil {
		return err
	}
	absent := vote.BlockIdFlag == cmtproto.BlockIDFlagAbsent
	was, err := k.missedAt(ctx, operator, slot)
	if err != nil || was == absent {
		return err
	}
	// Who leaves the set is still in the commits of two more blocks; it has nothing to answer for by then.
	power, err := k.entitledPower(ctx, operator)
	if err != nil || power == 0 {
		return err
	}
	missed, err := k.setMissed(ctx, operator, slot, absent)
	if err != nil || missed <= params.MaxMissedBlocks {
		return err
	}
	return k.jail(ctx, operator, missed, params.DowntimeJailDuration)
}

func chunkOf(slot uint64) (chunk uint32, index int, mask byte) {
	offset := slot % chunkBits
	return uint32(slot / chunkBits), //nolint:gosec // the window has at most 100,000 slots
		int(offset / 8), 1 << (offset % 8)
}

func (k *Keeper) missedChunk(ctx context.Context, operator sdk.AccAddress, chunk uint32) ([]byte, error) {
	bitmap, err := k.Missed.Get(ctx, collections.Join(operator, chunk))
	_, err = found(err)
	return bitmap, err
}

func (k *Keeper) missedAt(ctx context.Context, operator sdk.AccAddress, slot uint64) (bool, error) {
	chunk, index, mask := chunkOf(slot)
	bitmap, err := k.missedChunk(ctx, operator, chunk)
	return len(bitmap) == chunkBytes && bitmap[index]&mask != 0, err
}

// setMissed flips a slot and returns how many are set now.
func (k *Keeper) setMissed(ctx context.Context, operator sdk.AccAddress, slot uint64, missed bool) (uint64, error) {
	chunk, index, mask := chunkOf(slot)
	stored, err := k.missedChunk(ctx, operator, chunk)
	if err != nil {
		return 0, err
	}
	count, err := k.missedCount(ctx, operator)
	if err != nil {
		return 0, err
	}
	bitmap := make([]byte, chunkBytes)
	copy(bitmap, stored)
	bitmap[index] ^= mask
	if missed {
		count++
	} else {
		count--
	}
	if err := k.putChunk(ctx, operator, chunk, bitmap); err != nil {
		return 0, err
	}
	return count, k.putMissedCount(ctx, operator, count)
}

func (k *Keeper) putChunk(ctx context.Context, operator sdk.AccAddress, chunk uint32, bitmap []byte) error {
	if onesIn(bitmap) == 0 {
		return k.Missed.Remove(ctx, collections.Join(operator, chunk))
	}
	return k.Missed.Set(ctx, collections.Join(operator, chunk), bitmap)
}

func (k *Keeper) putMissedCount(ctx context.Context, operator sdk.AccAddress, count uint64) error {
	if count == 0 {
		return k.MissedCount.Remove(ctx, operator)
	}
	return k.MissedCount.Set(ctx, operator, count)
}

func (k *Keeper) missedCount(ctx context.Context, operator sdk.AccAddress) (uint64, error) {
	count, err := k.MissedCount.Get(ctx, operator)
	_, err = found(err)
	return count, err
}

// resetMissed forgets what an operator missed.
func (k *Keeper) resetMissed(ctx context.Context, operator sdk.AccAddress) error {
	if err := k.Missed.Clear(ctx, collections.NewPrefixedPairRange[sdk.AccAddress, uint32](operator)); err != nil {
		return err
	}
	return k.MissedCount.Remove(ctx, operator)
}

// missedSlots of an operator, ascending.
func (k *Keeper) missedSlots(ctx context.Context, operator sdk.AccAddress) ([]uint64, error) {
	var slots []uint64
	err := k.Missed.Walk(ctx, collections.NewPrefixedPairRange[sdk.AccAddress, uint32](operator),
		func(key collections.Pair[sdk.AccAddress, uint32], bitmap []byte) (bool, error) {
			for index, value := range bitmap {
				for rest := value; rest != 0; rest &= rest - 1 {
					slots = append(slots, uint64(key.K2())*chunkBits+uint64(index*8+bits.TrailingZeros8(rest)))
				}
			}
			return false, nil
		})
	return slots, err
}

func onesIn(bitmap []byte) uint64 {
	ones := 0
	for _, value := range bitmap {
		ones += bits.OnesCount8(value)
	}
	return uint64(ones)
}
