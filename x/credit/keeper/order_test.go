package keeper_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
)

const orderChain = "creditd-test-1"

var (
	carolKey  = secp256k1.GenPrivKeyFromSecret([]byte("carol"))
	carol     = sdk.AccAddress(carolKey.PubKey().Address())
	daveKey   = secp256k1.GenPrivKeyFromSecret([]byte("dave"))
	dave      = sdk.AccAddress(daveKey.PubKey().Address())
	carolID   = testutil.Bytes("carol's pseudonym")
	orderTime = testutil.Now.Add(time.Hour) // deadline
)

// offered has a subject that is offered to carol, who never was on the chain.
func offered(t testing.TB) *fixture {
	f := setup(t)
	f.ctx = f.ctx.WithChainID(orderChain)
	f.enrol(types.SUBJECT_KIND_NATURAL_PERSON, "carol's pseudonym")
	must(f, f.msg.OfferControl, &types.MsgOfferControl{Institution: utility.String(), Subject: carolID, Controller: carol.String()})
	return f
}

func claimOrder() *types.MsgClaimControl {
	return &types.MsgClaimControl{Controller: carol.String(), Subject: carolID}
}

func rotationOrder() *types.MsgRotateControl {
	return &types.MsgRotateControl{Controller: carol.String(), Subject: carolID, NewController: dave.String()}
}

// signOrder packs an order as carol's client does; mallory submits it.
func signOrder(t testing.TB, key *secp256k1.PrivKey, order sdk.Msg, nonce string) *types.MsgSubmitSigned {
	t.Helper()
	msg, err := types.NewOrder(orderChain, order, orderTime, testutil.Bytes("%s", nonce)[:types.NonceSize], key.PubKey().Bytes(), key.Sign)
	require.NoError(t, err)
	msg.Submitter = mallory.String()
	return msg
}

// resign signs what a test changed.
func resign(t testing.TB, key *secp256k1.PrivKey, msg *types.MsgSubmitSigned) {
	t.Helper()
	signature, err := key.Sign(msg.SignBytes(orderChain))
	require.NoError(t, err)
	msg.Signature = signature
}

func repack(t testing.TB, msg *types.MsgSubmitSigned, order sdk.Msg) {
	t.Helper()
	packed, err := codectypes.NewAnyWithValue(order)
	require.NoError(t, err)
	msg.Order = packed
}

// Someone without a connection to the chain, a balance or a transaction takes control, and stays in control.
func TestSubmitSigned(t *testing.T) {
	f := offered(t)
	claim := signOrder(t, carolKey, claimOrder(), "first")
	f.store.Writes = 0
	require.Empty(t, must(f, f.msg.SubmitSigned, claim).Id)
	require.Equal(t, 3, f.store.Writes, "the order, the subject and the trail")
	require.Equal(t, carol.String(), f.subject(carolID).Controller)
	f.requireEvent(&types.EventOrderSubmitted{TypeUrl: "/creditd.credit.v1.MsgClaimControl", Submitter: mallory.String()})
	f.requireEvent(&types.EventControlClaimed{Subject: types.ID(carolID).String()})
	f.requireTrail(types.TrailEntry{Subject: carolID, Kind: types.TRAIL_KIND_CONTROL_CLAIMED, Actor: carol.String(), Ref: carolID})
	require.Equal(t, []types.UsedOrder{{Deadline: orderTime, Account: carol.String(), Nonce: claim.Nonce}}, f.export().UsedOrders)
	f.requireKey(join([]byte{21}, at(orderTime), []byte{20}, carol, claim.Nonce))

	must(f, f.msg.SubmitSigned, signOrder(t, carolKey, rotationOrder(), "second"))
	require.Equal(t, dave.String(), f.subject(carolID).OfferedTo)
	must(f, f.msg.SubmitSigned, signOrder(t, daveKey, &types.MsgClaimControl{Controller: dave.String(), Subject: carolID}, "first"))
	require.Equal(t, dave.String(), f.subject(carolID).Controller, "a nonce is one account's")
	_, err := send(f, f.msg.SubmitSigned, signOrder(t, carolKey, rotationOrder(), "third"))
	require.ErrorIs(t, err, types.ErrNotController, "an order gives no right that its signer lost")
}

// An order that makes something answers with its id.
func TestSubmitSignedAnswers(t *testing.T) {
	f := offered(t)
	must(f, f.msg.SubmitSigned, signOrder(t, carolKey, claimOrder(), "first"))
	grant := f.grant()
	grant.Controller, grant.Subject = carol.String(), carolID
	grant.Fetch = types.CONSENT_FETCH_ONE_TIME
	id := must(f, f.msg.SubmitSigned, signOrder(t, carolKey, grant, "second")).Id
	require.Equal(t, types.ConsentID(carolID, lender, grant.Nonce).Bytes(), id)
	must(f, f.msg.SubmitSigned, signOrder(t, carolKey, &types.MsgWithdrawConsent{Controller: carol.String(), Subject: carolID, Id: id}, "third"))
	consent, err := f.k.GetConsent(f.ctx, types.ID(carolID), types.ID(id))
	require.NoError(t, err)
	require.Equal(t, types.CONSENT_STATUS_WITHDRAWN, consent.Status)
}

// Whoever changed anything, or signed for somebody else, is refused.
func TestSubmitSignedBinds(t *testing.T) {
	f := offered(t)
	type msg = types.MsgSubmitSigned
	refuse(f, f.msg.SubmitSigned, func() *msg { return signOrder(t, carolKey, claimOrder(), "first") }, []refusal[*msg]{
		{"another type", func(m *msg) { m.Order.TypeUrl = "/creditd.credit.v1.MsgFreeze" }, types.ErrOrderSignature},
		{"altered byte of the value", func(m *msg) { m.Order.Value[len(m.Order.Value)-1] ^= 1 }, types.ErrOrderSignature},
		{"a field that nobody knows", func(m *msg) { m.Order.Value = append(m.Order.Value, 0xfa, 1, 0) }, types.ErrOrderSignature},
		{"another message", func(m *msg) { repack(t, m, rotationOrder()) }, types.ErrOrderSignature},
		{"another deadline", func(m *msg) { m.Deadline = m.Deadline.Add(1) }, types.ErrOrderSignature},
		{"another nonce", func(m *msg) { m.Nonce[15] ^= 1 }, types.ErrOrderSignature},
		{"another's key", func(m *msg) { m.PubKey = daveKey.PubKey().Bytes() }, types.ErrOrderSignature},
		{"another's key and signature", func(m *msg) { m.PubKey = daveKey.PubKey().Bytes(); resign(t, daveKey, m) }, types.ErrOrderSignature},
		{"another's signature", func(m *msg) { resign(t, daveKey, m) }, types.ErrOrderSignature},
		{"the other key of that x", func(m *msg) { m.PubKey[0] ^= 1 }, types.ErrOrderSignature},
		{"an uncompressed key's first byte", func(m *msg) { m.PubKey[0] = 4 }, types.ErrOrderSignature},
		{"another signer in the message", func(m *msg) {
			order := claimOrder()
			order.Controller = dave.String()
			repack(t, m, order)
			resign(t, carolKey, m)
		}, types.ErrOrderSignature},
		{"altered signature", func(m *msg) { m.Signature[9] ^= 1 }, types.ErrOrderSignature},
		{"mirrored signature", func(m *msg) { mirrorSignature(m.Signature) }, types.ErrOrderSignature},
		{"signature of zeros", func(m *msg) { m.Signature = make([]byte, 64) }, types.ErrOrderSignature},
	})
	f.ctx = f.ctx.WithChainID("another-chain-1")
	_, err := send(f, f.msg.SubmitSigned, signOrder(t, carolKey, claimOrder(), "first"))
	require.ErrorIs(t, err, types.ErrOrderSignature, "signed for another chain")
}

// mirrorSignature turns (r, s) into (r, n-s), which textbook ECDSA accepts as well.
func mirrorSignature(signature []byte) {
	order := []byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xba\xae\xdc\xe6\xaf\x48\xa0\x3b\xbf\xd2\x5e\x8c\xd0\x36\x41\x41")
	borrow := 0
	for i := 31; i >= 0; i-- {
		digit := int(order[i]) - int(signature[32+i]) - borrow
		borrow = 0
		if digit < 0 {
			digit, borrow = digit+256, 1
		}
		signature[32+i] = byte(digit)
	}
}

func TestSubmitSignedRefuses(t *testing.T) {
	f := offered(t)
	longest := types.DefaultParams().MaxOrderLifetime
	type msg = types.MsgSubmitSigned
	deadline := func(at time.Time) func(*msg) {
		return func(m *msg) {
			m.Deadline = at
			resign(t, carolKey, m)
		}
	}
	packed := func(order sdk.Msg) func(*msg) {
		return func(m *msg) {
			repack(t, m, order)
			resign(t, carolKey, m)
		}
	}
	refuse(f, f.msg.SubmitSigned, func() *msg { return signOrder(t, carolKey, claimOrder(), "first") }, []refusal[*msg]{
		{"bad submitter", func(m *msg) { m.Submitter = "" }, types.ErrInvalidAddress},
		{"no order", func(m *msg) { m.Order = nil }, types.ErrInvalidOrder},
		{"an empty order", func(m *msg) { m.Order.Value = nil }, types.ErrInvalidOrder},
		{"a long order", func(m *msg) { m.Order.Value = make([]byte, types.MaxOrderBytes+1) }, types.ErrInvalidOrder},
		{"a long type", func(m *msg) { m.Order.TypeUrl = strings.Repeat("/", types.MaxOrderTypeURL+1) }, types.ErrInvalidOrder},
		{"no type", func(m *msg) { m.Order.TypeUrl = "" }, types.ErrInvalidOrder},
		{"no message", func(m *msg) { m.Order.Value = []byte{0xff} }, types.ErrInvalidOrder},
		{"no nonce", func(m *msg) { m.Nonce = nil }, types.ErrInvalidNonce},
		{"long nonce", func(m *msg) { m.Nonce = make([]byte, 1e6) }, types.ErrInvalidNonce},
		{"no key", func(m *msg) { m.PubKey = nil }, types.ErrInvalidOrder},
		{"long key", func(m *msg) { m.PubKey = make([]byte, 65) }, types.ErrInvalidOrder},
		{"no signature", func(m *msg) { m.Signature = nil }, types.ErrOrderSignature},
		{"long signature", func(m *msg) { m.Signature = append(m.Signature, 0) }, types.ErrOrderSignature},
		{"past", deadline(testutil.Now.Add(-1)), types.ErrOrderDeadline},
		{"no deadline", func(m *msg) { m.Deadline = time.Time{} }, types.ErrOrderDeadline},
		{"too far", deadline(testutil.Now.Add(longest + 1)), types.ErrOrderDeadline},
		{"end of time", func(m *msg) { m.Deadline = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) }, types.ErrOrderDeadline},
		{"no signer", packed(&types.MsgFreeze{Subject: carolID}), types.ErrInvalidAddress},
		{"an institution's message", packed(&types.MsgFurnish{Furnisher: carol.String()}), types.ErrInvalidOrder},
		{"a controller's name in an institution's message", packed(&types.MsgProposeRecovery{Controller: carol.String()}), types.ErrInvalidOrder},
		{"a message by vote", packed(&types.MsgUpdateParams{Authority: authority.String()}), types.ErrInvalidOrder},
		{"an order in an order", packed(signOrder(t, carolKey, claimOrder(), "inner")), types.ErrInvalidOrder},
		{"what its message is refused for", packed(&types.MsgClaimControl{Controller: carol.String(), Subject: testutil.Bytes("x")}), types.ErrUnknownSubject},
	})
	for _, at := range []time.Time{testutil.Now, testutil.Now.Add(longest)} {
		cached, _ := f.ctx.CacheContext()
		m := signOrder(t, carolKey, claimOrder(), "first")
		deadline(at)(m)
		_, err := f.msg.SubmitSigned(cached, m)
		require.NoError(t, err, "at %s", at)
	}
}

// Every order has a handler: none is decoded and then called no order.
func TestEveryOrderIsCarriedOut(t *testing.T) {
	f := offered(t)
	by := carol.String()
	for n, order := range []sdk.Msg{
		&types.MsgClaimControl{Controller: by}, &types.MsgRotateControl{Controller: by}, &types.MsgCancelChange{Signer: by},
		&types.MsgGrantConsent{Controller: by}, &types.MsgWithdrawConsent{Controller: by}, &types.MsgOpenOwnInquiry{Controller: by},
		&types.MsgFreeze{Controller: by}, &types.MsgLiftFreeze{Controller: by}, &types.MsgPlaceFraudAlert{Controller: by},
		&types.MsgLiftFraudAlert{Controller: by}, &types.MsgOpenDispute{Controller: by}, &types.MsgExtendDispute{Signer: by},
		&types.MsgEscalateDispute{Controller: by}, &types.MsgAddStatement{Controller: by}, &types.MsgRequestErasure{Controller: by},
	} {
		_, err := send(f, f.msg.SubmitSigned, signOrder(t, carolKey, order, string(rune('a'+n))))
		require.Error(t, err, sdk.MsgTypeURL(order))
		require.NotErrorIs(t, err, types.ErrInvalidOrder, sdk.MsgTypeURL(order))
		require.NotErrorIs(t, err, types.ErrOrderSignature, sdk.MsgTypeURL(order))
	}
}

// An order is good until the block whose time is its deadline, and its nonce is remembered as long: in no block is it accepted
// a second time, whatever the queue has forgotten.
func TestOrderReplay(t *testing.T) {
	f := offered(t)
	params := types.DefaultParams()
	params.QueueCap = 1
	must(f, f.msg.UpdateParams, &types.MsgUpdateParams{Authority: authority.String(), Params: params})
	must(f, f.msg.SubmitSigned, signOrder(t, carolKey, claimOrder(), "claim"))
	first, second := signOrder(t, carolKey, rotationOrder(), "first"), signOrder(t, carolKey, rotationOrder(), "second")
	must(f, f.msg.SubmitSigned, first)
	must(f, f.msg.SubmitSigned, second)
	replay := func(want error) {
		t.Helper()
		for _, order := range []*types.MsgSubmitSigned{first, second} {
			_, err := send(f, f.msg.SubmitSigned, order)
			require.ErrorIs(t, err, want)
		}
	}
	replay(types.ErrOrderUsed)
	f.next(time.Hour) // at the deadline
	replay(types.ErrOrderUsed)
	f.next(0)
	require.Len(t, f.export().UsedOrders, 3, "at its deadline it still counts")
	replay(types.ErrOrderUsed)
	f.next(1)
	for _, left := range []int{2, 1, 0, 0} {
		replay(types.ErrOrderDeadline)
		f.next(0)
		require.Len(t, f.export().UsedOrders, left)
	}
	replay(types.ErrOrderDeadline)
}

// A refused order uses up nothing.
func TestRefusedOrderMayComeAgain(t *testing.T) {
	f := offered(t)
	rotate := signOrder(t, carolKey, rotationOrder(), "rotate")
	_, err := send(f, f.msg.SubmitSigned, rotate)
	require.ErrorIs(t, err, types.ErrNotController)
	must(f, f.msg.SubmitSigned, signOrder(t, carolKey, claimOrder(), "claim"))
	must(f, f.msg.SubmitSigned, rotate)
}

// The work of an order is paid for before it is done.
func TestOrderGas(t *testing.T) {
	f := offered(t)
	used := func(change func(*types.MsgSubmitSigned)) uint64 {
		cached, _ := f.ctx.CacheContext()
		cached = cached.WithGasMeter(storetypes.NewInfiniteGasMeter())
		msg := signOrder(t, carolKey, claimOrder(), "first")
		change(msg)
		_, err := f.msg.SubmitSigned(cached, msg)
		require.Error(t, err)
		return cached.GasMeter().GasConsumed()
	}
	unknown := used(func(m *types.MsgSubmitSigned) { m.Order.TypeUrl = "x" })
	longer := used(func(m *types.MsgSubmitSigned) {
		m.Order.TypeUrl, m.Order.Value = "x", append(m.Order.Value, make([]byte, 100)...)
	})
	require.Equal(t, uint64(100), longer-unknown)
	require.Greater(t, used(func(m *types.MsgSubmitSigned) { m.Signature[0] ^= 1 }), unknown+1000)
}
