package keeper_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/gtank/ristretto255"
	"github.com/stretchr/testify/require"

	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/exposure"
	"github.com/creditd/creditd/x/attestation/testutil"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	committeetypes "github.com/creditd/creditd/x/committee/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	"github.com/creditd/creditd/x/exposure/keeper"
	"github.com/creditd/creditd/x/exposure/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

const (
	chainID   = "creditd-test-1"
	members   = 5
	threshold = 3
)

var (
	authority  = testutil.Address("gov")
	lender     = testutil.Address("lender")
	supervisor = testutil.Address("supervisor")
	outsider   = testutil.Address("outsider")
	alice      = testutil.Bytes("alice")
	inquiry    = testutil.Bytes("inquiry")
	schemaID   = testutil.Bytes("schema")
)

// errWithdrawn is what x/credit says of an inquiry that lost its consent.
var errWithdrawn = errors.New("consent withdrawn")

// credit is x/credit as the module sees it.
type credit struct {
	looks      map[string]credittypes.Look
	refused    error
	tradelines []credittypes.Tradeline
	aliases    [][]byte
	trail      []credittypes.TrailKind
}

func (c *credit) GetLook(_ context.Context, id []byte) (credittypes.Look, error) {
	look, known := c.looks[string(id)]
	if !known {
		return look, credittypes.ErrUnknownInquiry
	}
	return look, c.refused
}

func (c *credit) RecordQuestion(_ context.Context, _ credittypes.Look, kind credittypes.TrailKind, _ sdk.AccAddress) error {
	c.trail = append(c.trail, kind)
	return nil
}

func (c *credit) WalkInquiries(context.Context, credittypes.ID, func(credittypes.Inquiry) (bool, error)) error {
	return nil
}

func (c *credit) GetSubject(context.Context, credittypes.ID) (credittypes.Subject, error) {
	return credittypes.Subject{Aliases: c.aliases}, nil
}

func (c *credit) WalkRecords(_ context.Context, _ credittypes.ID, visit func(credittypes.Tradeline) (bool, error)) error {
	for _, tradeline := range c.tradelines {
		if stop, err := visit(tradeline); stop || err != nil {
			return err
		}
	}
	return nil
}

// attestations by id, all under one schema whose second summed field is the balance.
type attestations map[string]attestationtypes.Attestation

func (a attestations) GetAttestation(_ context.Context, id []byte) (attestationtypes.Attestation, error) {
	return a[string(id)], nil
}

func (attestations) GetSchema(_ context.Context, id []byte) (attestationtypes.Schema, error) {
	return attestationtypes.Schema{Id: id, Fields: []attestationtypes.Field{
		{Name: "opened"}, {Name: "limit", Summed: true}, {Name: "balance", Summed: true},
	}}, nil
}

// committees has the one that is active, and those before.
type committees struct {
	active uint64
	byID   map[uint64]committeetypes.Committee
}

func (c *committees) Active(ctx context.Context, _ committeetypes.Purpose) (committeetypes.Committee, error) {
	if c.active == 0 {
		return committeetypes.Committee{}, committeetypes.ErrNoCommittee
	}
	return c.Get(ctx, c.active)
}

func (c *committees) Get(_ context.Context, id uint64) (committeetypes.Committee, error) {
	committee, known := c.byID[id]
	if !known {
		return committee, committeetypes.ErrUnknownCommittee
	}
	return committee, nil
}

type fixture struct {
	t            testing.TB
	ctx          sdk.Context
	store        *testutil.Store
	institutions *testutil.Institutions
	committees   *committees
	credit       *credit
	attestations attestations
	k            *keeper.Keeper
	msg          types.MsgServer
	query        types.QueryServer

	banks    []sdk.AccAddress
	secrets  []*ristretto255.Scalar
	openings []exposure.Opening // of what the banks attested about alice
	key      exposure.Key       // of the asker
}

func blank(t testing.TB) *fixture {
	t.Helper()
	ctx, stores := testutil.NewContext(t, types.StoreKey)
	f := &fixture{
		t: t, ctx: ctx.WithChainID(chainID), store: stores[0], institutions: &testutil.Institutions{},
		committees: &committees{byID: map[uint64]committeetypes.Committee{}}, attestations: attestations{},
		credit: &credit{looks: map[string]credittypes.Look{}},
	}
	f.k = keeper.NewKeeper(testutil.Codec(types.RegisterInterfaces), f.store, addresscodec.NewBech32Codec("cosmos"),
		f.institutions, f.committees, f.credit, f.attestations, authority.String())
	f.msg, f.query = keeper.NewMsgServer(f.k), keeper.NewQueryServer(f.k)
	return f
}

// setup has five banks that hold a key together, three of which open; each attested two balances of alice, the last none. When
// the test ends the invariants must hold.
func setup(t testing.TB) *fixture {
	t.Helper()
	f := blank(t)
	require.NoError(t, f.k.InitGenesis(f.ctx, types.DefaultGenesis()))
	f.institutions.License(lender, institutiontypes.ROLE_DATA_USER)
	f.institutions.License(supervisor, institutiontypes.ROLE_SUPERVISOR)
	for i := range members {
		bank := testutil.Address(fmt.Sprint("bank", i))
		f.banks = append(f.banks, bank)
		f.institutions.License(bank, institutiontypes.ROLE_FURNISHER)
	}
	f.form(1, f.banks...)
	for i := range members {
		f.openings = append(f.openings, exposure.Opening{})
		if i < members-1 {
			f.attest(i, uint64(1000*(i+1)), fmt.Sprint("a", i))
			f.attest(i, 7, fmt.Sprint("b", i))
		}
	}
	f.look(inquiry, alice)
	f.newKey()
	t.Cleanup(func() { require.NoError(t, f.k.Invariants(f.ctx)) })
	return f
}

func (f *fixture) look(id, subject []byte) {
	f.credit.looks[string(id)] = credittypes.Look{
		DataUser: lender,
		Inquiry: credittypes.Inquiry{
			Id: id, Subject: subject, DataUser: lender.String(), ExpiresAt: f.ctx.BlockTime().Add(24 * time.Hour),
		},
	}
}

func (f *fixture) newKey() {
	f.t.Helper()
	var err error
	f.key, err = exposure.NewKey(rand.Reader)
	require.NoError(f.t, err)
}

// form makes a committee of these the active one, with a key dealt here.
func (f *fixture) form(id uint64, banks ...sdk.AccAddress) {
	f.t.Helper()
	coefficients := make([]*ristretto255.Scalar, threshold)
	for i := range coefficients {
		coefficients[i] = scalar(f.t)
	}
	committee := committeetypes.Committee{
		Id: id, Purpose: committeetypes.PURPOSE_EXPOSURE, Epoch: id, Status: committeetypes.STATUS_ACTIVE, Threshold: threshold,
		PublicKey: ristretto255.NewIdentityElement().ScalarBaseMult(coefficients[0]).Bytes(),
	}
	f.secrets = nil
	for i, bank := range banks {
		share, x := ristretto255.NewScalar(), small(i+1)
		for j := threshold - 1; j >= 0; j-- {
			share.Multiply(share, x)
			share.Add(share, coefficients[j])
		}
		f.secrets = append(f.secrets, share)
		committee.Members = append(committee.Members, committeetypes.Member{
			Operator: bank.String(), Index: uint32(i + 1), State: committeetypes.MEMBER_STATE_HOLDER,
			PublicShare: ristretto255.NewIdentityElement().ScalarBaseMult(share).Bytes(),
		})
	}
	f.committees.byID[id], f.committees.active = committee, id
}

func scalar(t testing.TB) *ristretto255.Scalar {
	t.Helper()
	key, err := exposure.NewKey(rand.Reader)
	require.NoError(t, err)
	bz := key.Bytes()
	s, err := ristretto255.NewScalar().SetCanonicalBytes(bz[:])
	require.NoError(t, err)
	return s
}

func small(n int) *ristretto255.Scalar {
	bz := make([]byte, 32)
	bz[0] = byte(n)
	s, _ := ristretto255.NewScalar().SetCanonicalBytes(bz)
	return s
}

// attest lets a bank report a balance of alice.
func (f *fixture) attest(bank int, balance uint64, name string) {
	blinding := commit.DeriveBlinding([32]byte(testutil.Bytes("%s", name)), 7)
	amount, limit := commit.Amount(int64(balance), blinding), commit.Amount(5, blinding)
	id := testutil.Bytes("attestation %s", name)
	f.attestations[string(id)] = attestationtypes.Attestation{
		Id: id, SchemaId: schemaID, Status: attestationtypes.STATUS_ACTIVE, AmountCommitments: [][]byte{limit[:], amount[:]},
	}
	f.credit.tradelines = append(f.credit.tradelines, credittypes.Tradeline{
		Subject: alice, Furnisher: f.banks[bank].String(), AttestationId: id, State: credittypes.RECORD_STATE_ACTIVE,
		FurnishedAt: f.ctx.BlockTime(), ShowUntil: f.ctx.BlockTime().Add(1000 * time.Hour),
	})
	f.openings[bank].Value += balance
	f.openings[bank].Blinding = f.openings[bank].Blinding.Add(blinding)
}

// next goes to a block this much later, after the end of the present one.
func (f *fixture) next(later time.Duration) {
	f.t.Helper()
	require.NoError(f.t, f.k.EndBlock(f.ctx))
	f.ctx = f.ctx.WithBlockHeight(f.ctx.BlockHeight() + 1).WithBlockTime(f.ctx.BlockTime().Add(later)).
		WithEventManager(sdk.NewEventManager())
}

// asks is the message that opens a round about alice, or about a sector.
func (f *fixture) asks(kind types.Kind) *types.MsgOpenRound {
	f.t.Helper()
	public := f.key.Public()
	msg := &types.MsgOpenRound{Asker: lender.String(), Kind: kind, InquiryId: inquiry, AskerKey: public[:]}
	about, asker := inquiry, lender
	if kind == types.KIND_SECTOR {
		msg.Asker, msg.InquiryId, msg.Sector = supervisor.String(), nil, 4411
		about, asker = types.SectorID(4411).Bytes(), supervisor
	}
	var err error
	msg.Possession, err = exposure.Possession{ChainID: chainID, Asker: asker, Kind: exposure.Kind(kind), About: about}.Prove(rand.Reader, f.key)
	require.NoError(f.t, err)
	return msg
}

func (f *fixture) open(kind types.Kind) types.ID {
	f.t.Helper()
	res, err := f.msg.OpenRound(f.ctx, f.asks(kind))
	require.NoError(f.t, err)
	return types.ID(res.Id)
}

func (f *fixture) round(id types.ID) (types.Round, []types.Part) {
	f.t.Helper()
	res, err := f.query.Round(f.ctx, &types.QueryRoundRequest{Id: id.String()})
	require.NoError(f.t, err)
	return res.Round, res.Parts
}

func (f *fixture) statement(round types.Round) exposure.Round {
	asker, err := sdk.AccAddressFromBech32(round.Asker)
	require.NoError(f.t, err)
	return round.Statement(chainID, asker)
}

// submission of what a bank attested; of a count 1, of a sector 100.
func (f *fixture) submission(id types.ID, bank int) []byte {
	f.t.Helper()
	round, parts := f.round(id)
	opening := f.openings[bank]
	switch round.Kind {
	case types.KIND_COUNT:
		opening = exposure.Opening{Value: 1}
	case types.KIND_SECTOR:
		opening = exposure.Opening{Value: 100}
	}
	i := slices.IndexFunc(parts, func(p types.Part) bool { return p.Member == f.banks[bank].String() })
	bz, err := exposure.Submit(rand.Reader, f.statement(round), f.banks[bank], parts[i].AttestedOf(round.Kind), opening)
	require.NoError(f.t, err)
	return bz
}

func (f *fixture) submitBytes(id types.ID, bank int, bz []byte) error {
	_, err := f.msg.Submit(f.ctx, &types.MsgSubmit{Member: f.banks[bank].String(), RoundId: id.Bytes(), Submission: bz})
	return err
}

func (f *fixture) submit(id types.ID, banks ...int) {
	f.t.Helper()
	for _, bank := range banks {
		require.NoError(f.t, f.submitBytes(id, bank, f.submission(id, bank)))
	}
}

func (f *fixture) share(id types.ID, bank int) []byte {
	f.t.Helper()
	round, _ := f.round(id)
	bz, err := exposure.GiveShare(rand.Reader, f.statement(round), f.banks[bank], round.Sum, f.secrets[bank])
	require.NoError(f.t, err)
	return bz
}

func (f *fixture) giveBytes(id types.ID, bank int, bz []byte) (bool, error) {
	res, err := f.msg.GiveShare(f.ctx, &types.MsgGiveShare{Member: f.banks[bank].String(), RoundId: id.Bytes(), Share: bz})
	if err != nil {
		return false, err
	}
	return res.Accepted, nil
}

func (f *fixture) give(id types.ID, banks ...int) {
	f.t.Helper()
	for _, bank := range banks {
		accepted, err := f.giveBytes(id, bank, f.share(id, bank))
		require.NoError(f.t, err)
		require.True(f.t, accepted)
	}
}

// read is what the asker learns.
func (f *fixture) read(id types.ID) uint64 {
	f.t.Helper()
	round, _ := f.round(id)
	require.Equal(f.t, types.STATUS_OPENED, round.Status)
	point, err := exposure.Decrypt(f.key, round.Result)
	require.NoError(f.t, err)
	total, err := exposure.Find(context.Background(), point, exposure.Kind(round.Kind).Max(int(round.Members)), nil)
	require.NoError(f.t, err)
	return total
}

func (f *fixture) events(name string) int {
	n := 0
	for _, event := range f.ctx.EventManager().Events() {
		if event.Type == "creditd.exposure.v1."+name {
			n++
		}
	}
	return n
}

// flip changes one byte.
func flip(bz []byte, at int) []byte {
	out := bytes.Clone(bz)
	out[at] ^= 1
	return out
}
