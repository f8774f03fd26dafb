package keeper_test

import (
	"encoding/binary"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/types"
)

// at is a time in a key: Unix nanoseconds, big endian, sign bit flipped.
func at(t time.Time) []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(t.UnixNano())^1<<63)
}

func join(parts ...[]byte) []byte { return slices.Concat(parts...) }

// The README documents these bytes, proofs and other programs rely on them: they do not change without an
// upgrade.
func TestKeyLayout(t *testing.T) {
	f, id := inquired(t)
	must(f, f.msg.LeaveReceipt, receipt(bank, id))
	gs := f.export()
	tradeline, consent := gs.Tradelines[0].Id, gs.Consents[0].Id
	height := binary.BigEndian.AppendUint64(nil, uint64(f.ctx.BlockHeight()))
	want := map[string][]byte{
		"params":         {0},
		"subject":        join([]byte{1}, subject),
		"payer":          join([]byte{2, 20}, alice, subject),
		"tradeline":      join([]byte{3}, subject, tradeline),
		"furnisher":      join([]byte{4}, subject, bank),
		"consent":        join([]byte{5}, subject, consent),
		"consent expiry": join([]byte{6}, at(gs.Consents[0].ValidUntil), subject, consent),
		"inquiry":        join([]byte{7}, id),
		"inquiry expiry": join([]byte{8}, at(gs.Inquiries[0].ExpiresAt), id),
		"receipt":        join([]byte{9}, id, bank),
		"retention":      join([]byte{13}, at(gs.Tradelines[0].ShowUntil), subject, tradeline),
		"trail":          join([]byte{10}, subject, height, id, []byte{byte(types.TRAIL_KIND_DATA_GIVEN)}, bank),
		"institution":    join([]byte{22, 20}, bank, height, id, []byte{byte(types.TRAIL_KIND_DATA_GIVEN)}, subject),
		"day":            join([]byte{23, 20}, lender, binary.BigEndian.AppendUint32(nil, uint32(testutil.Now.Unix()/86400))),
	}
	since, err := f.store.OpenKVStore(f.ctx).Get(want["furnisher"])
	require.NoError(t, err)
	require.Equal(t, at(gs.Tradelines[0].FurnishedAt), since)
	store := f.store.OpenKVStore(f.ctx)
	for name, key := range want {
		has, err := store.Has(key)
		require.NoError(t, err)
		require.True(t, has, name)
	}
	keys := 0
	iterator, err := store.Iterator(nil, nil)
	require.NoError(t, err)
	defer iterator.Close()
	for ; iterator.Valid(); iterator.Next() {
		keys++
	}
	others := len(f.trail(subject)) - 1 + len(f.institutionTrail(bank)) + len(f.institutionTrail(lender)) - 1
	for _, profile := range types.DefaultProfiles() {
		others += 1 + len(profile.Jurisdictions)
	}
	require.Equal(t, len(want)+others, keys, "and nothing else is in the store")
}

// An entry whose record is missing or over leaves the queue with an event, and the rest of the queue is
// worked off in the same block.
func TestQueueEntryFails(t *testing.T) {
	f, id := inquired(t)
	consent := f.inquiry(id).ConsentId
	must(f, f.msg.WithdrawConsent, withdrawal(consent))
	lost := testutil.Bytes("lost")
	early := f.ctx.BlockTime()
	store := f.store.OpenKVStore(f.ctx)
	for _, key := range [][]byte{
		join([]byte{6}, at(early), subject, lost),
		join([]byte{6}, at(early), subject, consent), // withdrawn
		join([]byte{8}, at(early), lost),
	} {
		require.NoError(t, store.Set(key, []byte{1}))
	}
	require.ErrorIs(t, f.k.Invariants(f.ctx), types.ErrInvariant)
	f.ctx = f.ctx.WithBlockTime(f.ctx.BlockTime().Add(day)).WithEventManager(sdk.NewEventManager())
	require.NoError(t, f.k.EndBlock(f.ctx))
	require.Equal(t, types.INQUIRY_STATUS_EXPIRED, f.inquiry(id).Status)
	require.Equal(t, types.CONSENT_STATUS_WITHDRAWN, f.consent(consent).Status)
	failed := 0
	for _, event := range f.ctx.EventManager().Events() {
		if event.Type == "creditd.credit.v1.EventQueueEntryFailed" {
			failed++
		}
	}
	require.Equal(t, 3, failed)
	f.requireInvariants()
}

// The invariants must notice what they are for.
func TestInvariantsNotice(t *testing.T) {
	f, id := inquired(t)
	must(f, f.msg.LeaveReceipt, receipt(bank, id))
	gs := f.export()
	tradeline, consent := gs.Tradelines[0].Id, gs.Consents[0].Id
	remove := map[string][]byte{
		"subject":        join([]byte{1}, subject),
		"payer":          join([]byte{2, 20}, alice, subject),
		"furnisher":      join([]byte{4}, subject, bank),
		"consent":        join([]byte{5}, subject, consent),
		"consent expiry": join([]byte{6}, at(gs.Consents[0].ValidUntil), subject, consent),
		"inquiry":        join([]byte{7}, id),
		"inquiry expiry": join([]byte{8}, at(gs.Inquiries[0].ExpiresAt), id),
	}
	for name, key := range remove {
		ctx, _ := f.ctx.CacheContext()
		require.NoError(t, f.store.OpenKVStore(ctx).Delete(key))
		require.Error(t, f.k.Invariants(ctx), name)
	}
	add := map[string][]byte{
		"payer":          join([]byte{2, 20}, mallory, subject),
		"furnisher":      join([]byte{4}, subject, utility),
		"consent expiry": join([]byte{6}, at(testutil.Now), subject, consent),
		"inquiry expiry": join([]byte{8}, at(testutil.Now), id),
	}
	for name, key := range add {
		ctx, _ := f.ctx.CacheContext()
		value := []byte{1}
		if key[0] == 4 {
			value = at(testutil.Now)
		}
		require.NoError(t, f.store.OpenKVStore(ctx).Set(key, value))
		require.ErrorIs(t, f.k.Invariants(ctx), types.ErrInvariant, name)
	}
	// The attestation behind the tradeline.
	ctx, _ := f.ctx.CacheContext()
	got, err := f.k.GetTradeline(ctx, types.ID(subject), types.ID(tradeline))
	require.NoError(t, err)
	require.NoError(t, f.attestStore.OpenKVStore(ctx).Delete(join([]byte{4}, got.AttestationId[:attestationtypes.ContainerIDSize])))
	require.ErrorIs(t, f.k.Invariants(ctx), types.ErrInvariant)
}
