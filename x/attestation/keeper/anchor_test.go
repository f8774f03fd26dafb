package keeper_test

import (
	"context"
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/creditd/creditd/x/attestation/merkle"
	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// leavesOf are the first leaves of an endless tree.
func leavesOf(n uint32) [][merkle.Size]byte {
	leaves := make([][merkle.Size]byte, n)
	for i := range leaves {
		leaves[i] = merkle.HashLeaf(binary.BigEndian.AppendUint32(nil, uint32(i)))
	}
	return leaves
}

func rootOf(n uint32) []byte {
	root := merkle.Root(leavesOf(n))
	return root[:]
}

func (f *fixture) anchorMsg(size uint32) *types.MsgAnchor {
	return &types.MsgAnchor{Issuer: bank.String(), SchemaId: f.schema, Root: rootOf(size), Size_: size}
}

func (f *fixture) anchor(size uint32) types.ContainerID {
	f.t.Helper()
	res, err := f.msg.Anchor(f.ctx, f.anchorMsg(size))
	require.NoError(f.t, err)
	return types.ContainerID(res.Id)
}

func extension(id types.ContainerID, from, to uint32) *types.MsgExtendAnchor {
	msg := &types.MsgExtendAnchor{Issuer: bank.String(), Id: id.Bytes(), Root: rootOf(to), Size_: to}
	for _, node := range merkle.ConsistencyPath(leavesOf(to), uint64(from)) {
		msg.Proof = append(msg.Proof, node[:])
	}
	return msg
}

func (f *fixture) after(d time.Duration) { f.ctx = f.ctx.WithBlockTime(f.ctx.BlockTime().Add(d)) }

// resolving puts a schema on the chain whose resolver lets everything through.
func (f *fixture) resolving() []byte {
	f.t.Helper()
	f.k.AddResolver("lets_all", letsAll{})
	msg := scored("lender.resolved", true)
	msg.Resolver = "lets_all"
	res, err := f.msg.CreateSchema(f.ctx, msg)
	require.NoError(f.t, err)
	return res.Id
}

type letsAll struct{}

func (letsAll) BeforeAttest(context.Context, types.Schema, sdk.AccAddress, types.Batch) error {
	return nil
}

func (letsAll) BeforeStatus(context.Context, types.Schema, types.Attestation, types.StatusEntry) error {
	return nil
}

func TestAnchor(t *testing.T) {
	f := setup(t)
	f.store.Writes, f.store.Bytes = 0, 0
	id := f.anchor(1000)
	require.Equal(t, 3, f.store.Writes, "anchor, index and checkpoint")
	require.LessOrEqual(t, f.store.Bytes, 350)
	require.Equal(t, types.AnchorID(f.schema, bank, nil, rootOf(1000), 1000), id)
	requireEvent(t, f.ctx, &types.EventAnchored{Id: id.String(), Issuer: bank.String(), Size_: 1000})

	res, err := f.query.Anchor(f.ctx, &types.QueryAnchorRequest{Id: id.String()})
	require.NoError(t, err)
	require.Equal(t, types.Anchor{
		Id: id.Bytes(), SchemaId: f.schema, Issuer: bank.String(), Root: rootOf(1000), Size_: 1000,
		AnchoredAt: testutil.Now, ExtendedAt: testutil.Now,
	}, res.Anchor)

	for _, index := range []uint32{0, 999} {
		attestation, err := f.k.GetAttestation(f.ctx, id.Item(index).Bytes())
		require.NoError(t, err)
		require.Equal(t, types.Attestation{
			Id: id.Item(index).Bytes(), SchemaId: f.schema, Issuer: bank.String(), IssuedAt: testutil.Now,
			Status: types.STATUS_ACTIVE, Anchored: true,
		}, attestation)
	}
	_, err = f.k.GetAttestation(f.ctx, id.Item(1000).Bytes())
	require.ErrorIs(t, err, types.ErrUnknownAttestation)
	verified, err := f.query.Verify(f.ctx, &types.QueryVerifyRequest{Id: id.Item(7).String()})
	require.NoError(t, err)
	require.Equal(t, types.VALIDITY_UNKNOWN, verified.Validity)
	require.Equal(t, types.STANDING_GOOD, verified.Standing)
}

func TestAnchorRefuses(t *testing.T) {
	f := setup(t)
	f.anchor(3)
	resolved := f.resolving()
	tests := map[string]struct {
		change func(*types.MsgAnchor)
		want   error
	}{
		"twice":              {func(m *types.MsgAnchor) {}, types.ErrAnchorExists},
		"bad issuer":         {func(m *types.MsgAnchor) { m.Issuer = "x" }, types.ErrInvalidAddress},
		"no institution":     {func(m *types.MsgAnchor) { m.Issuer = outsider.String() }, institutiontypes.ErrNotLicensed},
		"wrong role":         {func(m *types.MsgAnchor) { m.Issuer = lender.String() }, institutiontypes.ErrWrongRole},
		"no schema":          {func(m *types.MsgAnchor) { m.SchemaId = nil }, types.ErrUnknownSchema},
		"unknown schema":     {func(m *types.MsgAnchor) { m.SchemaId = testutil.Bytes("x") }, types.ErrUnknownSchema},
		"accreditation":      {func(m *types.MsgAnchor) { m.AccreditationId = testutil.Bytes("x") }, types.ErrInvalidAccreditation},
		"long accreditation": {func(m *types.MsgAnchor) { m.AccreditationId = make([]byte, 1000) }, types.ErrInvalidAccreditation},
		"no root":            {func(m *types.MsgAnchor) { m.Root = nil }, types.ErrInvalidAnchor},
		"zero root":          {func(m *types.MsgAnchor) { m.Root = make([]byte, 32) }, types.ErrInvalidAnchor},
		"long root":          {func(m *types.MsgAnchor) { m.Root = make([]byte, 33) }, types.ErrInvalidAnchor},
		"no items":           {func(m *types.MsgAnchor) { m.Size_ = 0 }, types.ErrInvalidAnchor},
		"too many items":     {func(m *types.MsgAnchor) { m.Size_ = types.MaxAnchorSize + 1 }, types.ErrInvalidAnchor},
		"resolver":           {func(m *types.MsgAnchor) { m.SchemaId = resolved }, types.ErrRefused},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			msg := f.anchorMsg(3)
			test.change(msg)
			writes := f.store.Writes
			_, err := f.msg.Anchor(f.ctx, msg)
			require.ErrorIs(t, err, test.want)
			require.Equal(t, writes, f.store.Writes)
		})
	}
	t.Run("suspended", func(t *testing.T) {
		f.institutions.Suspend(bank)
		_, err := f.msg.Anchor(f.ctx, f.anchorMsg(4))
		require.ErrorIs(t, err, institutiontypes.ErrNotLicensed)
	})
	largest := f.anchorMsg(3)
	largest.Issuer, largest.Size_ = utility.String(), types.MaxAnchorSize
	_, err := f.msg.Anchor(f.ctx, largest)
	require.NoError(t, err)
}

// The content is bound: whatever differs, the id does.
func TestAnchorIDs(t *testing.T) {
	f := setup(t)
	base := types.AnchorID(f.schema, bank, nil, rootOf(3), 3)
	for _, other := range []types.ContainerID{
		types.AnchorID(testutil.Bytes("s"), bank, nil, rootOf(3), 3),
		types.AnchorID(f.schema, utility, nil, rootOf(3), 3),
		types.AnchorID(f.schema, bank, testutil.Bytes("a"), rootOf(3), 3),
		types.AnchorID(f.schema, bank, nil, rootOf(4), 3),
		types.AnchorID(f.schema, bank, nil, rootOf(3), 4),
	} {
		require.NotEqual(t, base, other)
	}
}

func TestExtendAnchor(t *testing.T) {
	f := setup(t)
	id := f.anchor(3)
	early := f.ctx.BlockTime()
	f.after(time.Hour)
	f.store.Writes = 0
	_, err := f.msg.ExtendAnchor(f.ctx, extension(id, 3, 7))
	require.NoError(t, err)
	require.Equal(t, 2, f.store.Writes, "anchor and checkpoint")
	requireEvent(t, f.ctx, &types.EventAnchored{Id: id.String(), Issuer: bank.String(), Size_: 7})
	middle := f.ctx.BlockTime()
	f.after(time.Hour)
	_, err = f.msg.ExtendAnchor(f.ctx, extension(id, 7, 100))
	require.NoError(t, err)

	anchor, err := f.k.GetAnchor(f.ctx, id)
	require.NoError(t, err)
	require.Equal(t, uint32(100), anchor.Size_)
	require.Equal(t, rootOf(100), anchor.Root)
	require.Equal(t, early, anchor.AnchoredAt)
	require.Equal(t, f.ctx.BlockTime(), anchor.ExtendedAt)
	// Each item stands since the first tree that it is in.
	for index, want := range map[uint32]time.Time{0: early, 2: early, 3: middle, 6: middle, 7: f.ctx.BlockTime(), 99: f.ctx.BlockTime()} {
		attestation, err := f.k.GetAttestation(f.ctx, id.Item(index).Bytes())
		require.NoError(t, err)
		require.Equal(t, want, attestation.IssuedAt, index)
		require.Equal(t, id.Item(index).Bytes(), attestation.Id)
	}
	res, err := f.query.Checkpoints(f.ctx, &types.QueryCheckpointsRequest{Id: id.String()})
	require.NoError(t, err)
	require.Equal(t, []types.Checkpoint{
		{AnchorId: id.Bytes(), Size_: 3, Root: rootOf(3), At: early},
		{AnchorId: id.Bytes(), Size_: 7, Root: rootOf(7), At: middle},
		{AnchorId: id.Bytes(), Size_: 100, Root: rootOf(100), At: f.ctx.BlockTime()},
	}, res.Checkpoints)
}

func TestExtendAnchorRefuses(t *testing.T) {
	f := setup(t)
	id := f.anchor(3)
	tests := map[string]struct {
		change func(*types.MsgExtendAnchor)
		want   error
	}{
		"bad issuer":     {func(m *types.MsgExtendAnchor) { m.Issuer = "x" }, types.ErrInvalidAddress},
		"of another":     {func(m *types.MsgExtendAnchor) { m.Issuer = utility.String() }, types.ErrNotIssuer},
		"bad id":         {func(m *types.MsgExtendAnchor) { m.Id = id.Item(0).Bytes() }, types.ErrInvalidID},
		"unknown":        {func(m *types.MsgExtendAnchor) { m.Id = testutil.Bytes("x")[:28] }, types.ErrUnknownAnchor},
		"zero root":      {func(m *types.MsgExtendAnchor) { m.Root = make([]byte, 32) }, types.ErrInvalidAnchor},
		"short root":     {func(m *types.MsgExtendAnchor) { m.Root = m.Root[1:] }, types.ErrInvalidAnchor},
		"same size":      {func(m *types.MsgExtendAnchor) { m.Root, m.Size_, m.Proof = rootOf(3), 3, nil }, types.ErrInvalidAnchor},
		"smaller":        {func(m *types.MsgExtendAnchor) { m.Root, m.Size_, m.Proof = rootOf(2), 2, nil }, types.ErrInvalidAnchor},
		"too large":      {func(m *types.MsgExtendAnchor) { m.Size_ = types.MaxAnchorSize + 1 }, types.ErrInvalidAnchor},
		"long proof":     {func(m *types.MsgExtendAnchor) { m.Proof = make([][]byte, types.MaxConsistencyProof+1) }, types.ErrInvalidAnchor},
		"short hash":     {func(m *types.MsgExtendAnchor) { m.Proof[1] = m.Proof[1][1:] }, types.ErrInvalidAnchor},
		"no proof":       {func(m *types.MsgExtendAnchor) { m.Proof = nil }, types.ErrInconsistent},
		"hash missing":   {func(m *types.MsgExtendAnchor) { m.Proof = m.Proof[1:] }, types.ErrInconsistent},
		"hash too much":  {func(m *types.MsgExtendAnchor) { m.Proof = append(m.Proof, rootOf(1)) }, types.ErrInconsistent},
		"another root":   {func(m *types.MsgExtendAnchor) { m.Root = rootOf(8) }, types.ErrInconsistent},
		"another size":   {func(m *types.MsgExtendAnchor) { m.Size_ = 10 }, types.ErrInconsistent},
		"of other first": {func(m *types.MsgExtendAnchor) { m.Proof = extension(id, 2, 7).Proof }, types.ErrInconsistent},
		"altered": {func(m *types.MsgExtendAnchor) {
			altered := append([]byte(nil), m.Proof[0]...)
			altered[31] ^= 1
			m.Proof[0] = altered
		}, types.ErrInconsistent},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			msg := extension(id, 3, 7)
			test.change(msg)
			writes := f.store.Writes
			_, err := f.msg.ExtendAnchor(f.ctx, msg)
			require.ErrorIs(t, err, test.want)
			require.Equal(t, writes, f.store.Writes)
		})
	}
	t.Run("licence suspended", func(t *testing.T) {
		licence := f.institutions.Licences[bank.String()]
		f.institutions.Suspend(bank)
		_, err := f.msg.ExtendAnchor(f.ctx, extension(id, 3, 7))
		require.ErrorIs(t, err, institutiontypes.ErrNotLicensed)
		f.institutions.Licences[bank.String()] = licence
	})
	t.Run("no more a furnisher", func(t *testing.T) {
		f.institutions.License(bank, institutiontypes.ROLE_VALIDATOR)
		_, err := f.msg.ExtendAnchor(f.ctx, extension(id, 3, 7))
		require.ErrorIs(t, err, institutiontypes.ErrWrongRole)
		f.institutions.License(bank, institutiontypes.ROLE_FURNISHER)
	})
	_, err := f.msg.ExtendAnchor(f.ctx, extension(id, 3, 7))
	require.NoError(t, err, "nothing of the above changed it")
}

// The gas of a proof is taken before a hash of it is computed.
func TestExtendAnchorGas(t *testing.T) {
	f := setup(t)
	id := f.anchor(3)
	gas := func(hashes int) uint64 {
		msg := extension(id, 3, 7)
		msg.Proof = make([][]byte, hashes)
		for i := range msg.Proof {
			msg.Proof[i] = make([]byte, 32)
		}
		ctx := f.ctx.WithGasMeter(storetypes.NewInfiniteGasMeter())
		_, err := f.msg.ExtendAnchor(ctx, msg)
		require.ErrorIs(t, err, types.ErrInconsistent)
		return ctx.GasMeter().GasConsumed()
	}
	require.Equal(t, uint64(30*40), gas(40)-gas(0))
}

// What happens to an anchored item happens as to any other, and costs the same in the largest anchor.
func TestStatusOfAnchoredItems(t *testing.T) {
	f := setup(t)
	msg := f.anchorMsg(1)
	msg.Size_ = types.MaxAnchorSize
	res, err := f.msg.Anchor(f.ctx, msg)
	require.NoError(t, err)
	id := types.ContainerID(res.Id)
	const last = types.MaxAnchorSize - 1
	f.after(time.Minute)
	change := func(name string, do func() error) {
		t.Helper()
		f.store.Writes, f.store.Bytes = 0, 0
		require.NoError(t, do(), name)
		require.Equal(t, 2, f.store.Writes, name)
		require.LessOrEqual(t, f.store.Bytes, 700, name)
	}
	change("revoke", func() error {
		_, err := f.msg.Revoke(f.ctx, &types.MsgRevoke{Issuer: bank.String(), Id: id.Item(0).Bytes(), Reason: types.REVOCATION_REASON_ERROR})
		return err
	})
	change("suspend", func() error {
		_, err := f.msg.Suspend(f.ctx, &types.MsgSuspend{Issuer: bank.String(), Id: id.Item(5).Bytes(), Reason: types.REVOCATION_REASON_DISPUTE})
		return err
	})
	change("suspend another", func() error {
		_, err := f.msg.Suspend(f.ctx, &types.MsgSuspend{Issuer: bank.String(), Id: id.Item(6).Bytes(), Reason: types.REVOCATION_REASON_DISPUTE})
		return err
	})
	change("reinstate", func() error {
		_, err := f.msg.Reinstate(f.ctx, &types.MsgReinstate{Issuer: bank.String(), Id: id.Item(6).Bytes()})
		return err
	})
	change("supersede", func() error {
		_, err := f.msg.Supersede(f.ctx, &types.MsgSupersede{Issuer: bank.String(), Id: id.Item(last).Bytes(), By: id.Item(4).Bytes()})
		return err
	})
	list, err := f.query.StatusList(f.ctx, &types.QueryStatusListRequest{Id: id.String()})
	require.NoError(t, err)
	want := make([]byte, types.MaxAnchorSize/4)
	want[0] = 0b01_00_00_00
	want[1] = 0b00_10_00_00
	want[last/4] = 0b00_00_00_11
	require.Equal(t, want, list.Bits)
	require.Equal(t, uint32(types.MaxAnchorSize), list.Size_)
	require.Equal(t, bank.String(), list.Issuer)

	statusOf := func(index uint32) types.Attestation {
		attestation, err := f.k.GetAttestation(f.ctx, id.Item(index).Bytes())
		require.NoError(t, err)
		return attestation
	}
	require.Equal(t, types.STATUS_REVOKED, statusOf(0).Status)
	require.Equal(t, types.REVOCATION_REASON_ERROR, statusOf(0).Reason)
	require.Equal(t, types.STATUS_SUSPENDED, statusOf(5).Status)
	require.Equal(t, types.STATUS_ACTIVE, statusOf(6).Status)
	require.Equal(t, types.STATUS_SUPERSEDED, statusOf(last).Status)
	require.Equal(t, id.Item(4).Bytes(), statusOf(last).SupersededBy)
	require.Nil(t, statusOf(1).StatusSince)
}

func TestStatusOfAnchoredItemsRefuses(t *testing.T) {
	f := setup(t)
	id := f.anchor(3)
	other := f.attest(utility, "alice", "c1")
	own := f.attest(bank, "alice", "c1")
	for name, test := range map[string]struct {
		issuer sdk.AccAddress
		id, by []byte
		want   error
	}{
		"of another": {utility, id.Item(0).Bytes(), other, types.ErrNotIssuer},
		"outside":    {bank, id.Item(3).Bytes(), id.Item(0).Bytes(), types.ErrUnknownAttestation},
		"by outside": {bank, id.Item(0).Bytes(), id.Item(3).Bytes(), types.ErrUnknownAttestation},
		"by itself":  {bank, id.Item(0).Bytes(), id.Item(0).Bytes(), types.ErrInvalidSupersede},
		"by another": {bank, id.Item(0).Bytes(), other, types.ErrNotIssuer},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := f.msg.Supersede(f.ctx, &types.MsgSupersede{Issuer: test.issuer.String(), Id: test.id, By: test.by})
			require.ErrorIs(t, err, test.want)
		})
	}
	// Whom an anchored item is about the chain does not know: its issuer's word stands.
	require.NoError(t, f.k.Supersede(f.ctx, bank, own, id.Item(0).Bytes()))

	created, err := f.msg.CreateSchema(f.ctx, scored("lender.fixed", false))
	require.NoError(t, err)
	msg := f.anchorMsg(3)
	msg.SchemaId = created.Id
	fixed, err := f.msg.Anchor(f.ctx, msg)
	require.NoError(t, err)
	err = f.k.Revoke(f.ctx, bank, types.ContainerID(fixed.Id).Item(0).Bytes(), types.REVOCATION_REASON_ERROR)
	require.ErrorIs(t, err, types.ErrNotRevocable)
}

// A statement may refer to an anchored item, once it is anchored.
func TestReferenceToAnchoredItem(t *testing.T) {
	f := setup(t)
	id := f.anchor(3)
	msg := &types.MsgAttest{Issuer: bank.String(), SchemaId: f.schema, Statement: statement("alice", "c1")}
	msg.Statement.Reference = id.Item(3).Bytes()
	_, err := f.msg.Attest(f.ctx, msg)
	require.ErrorIs(t, err, types.ErrUnknownReference)
	_, err = f.msg.ExtendAnchor(f.ctx, extension(id, 3, 4))
	require.NoError(t, err)
	_, err = f.msg.Attest(f.ctx, msg)
	require.NoError(t, err)
}

func TestQueryAnchors(t *testing.T) {
	f := setup(t)
	const total = 130
	for size := range uint32(total) {
		f.anchor(size + 1)
	}
	others := f.anchorMsg(3)
	others.Issuer = utility.String()
	_, err := f.msg.Anchor(f.ctx, others)
	require.NoError(t, err)
	var seen []types.Anchor
	page := &query.PageRequest{Limit: 1000}
	for page != nil {
		res, err := f.query.AnchorsOfIssuer(f.ctx, &types.QueryAnchorsOfIssuerRequest{Issuer: bank.String(), Pagination: page})
		require.NoError(t, err)
		require.LessOrEqual(t, len(res.Anchors), types.MaxPage)
		seen = append(seen, res.Anchors...)
		page = &query.PageRequest{Key: res.Pagination.NextKey}
		if len(page.Key) == 0 {
			page = nil
		}
	}
	require.Len(t, seen, total)
	for i, anchor := range seen {
		require.Equal(t, bank.String(), anchor.Issuer)
		if i > 0 {
			require.Less(t, string(seen[i-1].Id), string(anchor.Id))
		}
	}

	unknown := types.ContainerID(testutil.Bytes("x")[:28]).String()
	_, err = f.query.StatusList(f.ctx, &types.QueryStatusListRequest{Id: unknown})
	require.Equal(t, codes.NotFound, status.Code(err), err)
	for text, want := range map[string]codes.Code{
		unknown: codes.NotFound, "": codes.InvalidArgument, unknown + "00": codes.InvalidArgument,
	} {
		_, err = f.query.Anchor(f.ctx, &types.QueryAnchorRequest{Id: text})
		require.Equal(t, want, status.Code(err), err)
	}
	_, err = f.query.Checkpoints(f.ctx, &types.QueryCheckpointsRequest{Id: "x"})
	require.Equal(t, codes.InvalidArgument, status.Code(err))
	_, err = f.query.Checkpoints(f.ctx, &types.QueryCheckpointsRequest{Id: unknown, Pagination: &query.PageRequest{Offset: 1}})
	require.Equal(t, codes.InvalidArgument, status.Code(err))
	_, err = f.query.AnchorsOfIssuer(f.ctx, &types.QueryAnchorsOfIssuerRequest{Issuer: "x"})
	require.True(t, errors.Is(err, types.ErrInvalidAddress))
	_, err = f.query.AnchorsOfIssuer(f.ctx, &types.QueryAnchorsOfIssuerRequest{Issuer: bank.String(), Pagination: &query.PageRequest{CountTotal: true}})
	require.Equal(t, codes.InvalidArgument, status.Code(err))
}
