package app

import (
	"testing"
	"time"

	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	"github.com/stretchr/testify/require"

	clienttx "github.com/cosmos/cosmos-sdk/client/tx"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	simtestutil "github.com/cosmos/cosmos-sdk/testutil/sims"
	sdk "github.com/cosmos/cosmos-sdk/types"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"
	authsigning "github.com/cosmos/cosmos-sdk/x/auth/signing"
	"github.com/cosmos/cosmos-sdk/x/feegrant"

	credittypes "github.com/creditd/creditd/x/credit/types"
)

var testFee = sdk.NewCoins(sdk.NewInt64Coin(BaseDenom, 100))

// person is a subject's account on a chain on which institution 0 offered it control of a pseudonym.
type person struct {
	*testChain
	key       *secp256k1.PrivKey
	pseudonym []byte
}

func newPerson(t *testing.T) person {
	t.Helper()
	p := person{newTestChain(t, 2, simtestutil.AppOptionsMap{"home": t.TempDir()}), secp256k1.GenPrivKeyFromSecret([]byte("person")), id("person")}
	for _, msg := range []sdk.Msg{
		&credittypes.MsgEnrolSubjects{Institution: p.operator(0).String(), Subjects: []credittypes.Enrolment{{Pseudonym: p.pseudonym, Kind: credittypes.SUBJECT_KIND_NATURAL_PERSON}}},
		&credittypes.MsgOfferControl{Institution: p.operator(0).String(), Subject: p.pseudonym, Controller: p.address().String()},
	} {
		res := p.block(p.tx(0, msg))[0]
		require.Zero(t, res.Code, res.Log)
	}
	return p
}

func (p person) address() sdk.AccAddress { return sdk.AccAddress(p.key.PubKey().Address()) }

func (p person) claim() *credittypes.MsgClaimControl {
	return &credittypes.MsgClaimControl{Controller: p.address().String(), Subject: p.pseudonym}
}

func (p person) state() sdk.Context {
	return p.app.NewContextLegacy(true, cmtproto.Header{ChainID: testChainID, Height: p.height, Time: p.now})
}

func (p person) balance(of sdk.AccAddress) int64 {
	return p.app.Keepers.Bank.GetBalance(p.state(), of, BaseDenom).Amount.Int64()
}

func (p person) controller() string {
	p.t.Helper()
	subject, err := p.app.Keepers.Credit.GetSubject(p.state(), credittypes.ID(p.pseudonym))
	require.NoError(p.t, err)
	return subject.Controller
}

// sponsored is a transaction of the person that names who pays its fee.
func (p person) sponsored(granter sdk.AccAddress, msg sdk.Msg) []byte {
	p.t.Helper()
	p.nonce++
	cfg := p.app.TxConfig()
	builder := cfg.NewTxBuilder()
	require.NoError(p.t, builder.SetMsgs(msg))
	builder.SetGasLimit(500_000)
	builder.SetFeeAmount(testFee)
	builder.SetFeeGranter(granter)
	builder.SetUnordered(true)
	builder.SetTimeoutTimestamp(p.now.Add(time.Minute + p.nonce))
	mode := signing.SignMode_SIGN_MODE_DIRECT
	require.NoError(p.t, builder.SetSignatures(signing.SignatureV2{PubKey: p.key.PubKey(), Data: &signing.SingleSignatureData{SignMode: mode}}))
	account := p.app.Keepers.Account.GetAccount(p.state(), p.address())
	require.NotNil(p.t, account, "the offer made it")
	data := authsigning.SignerData{ChainID: testChainID, AccountNumber: account.GetAccountNumber(), PubKey: p.key.PubKey(), Address: p.address().String()}
	signature, err := clienttx.SignWithPrivKey(p.t.Context(), mode, data, builder, p.key, cfg, 0)
	require.NoError(p.t, err)
	require.NoError(p.t, builder.SetSignatures(signature))
	bz, err := cfg.TxEncoder()(builder.GetTx())
	require.NoError(p.t, err)
	return bz
}

// A subject that an institution sponsors by feegrant owns nothing and pays nothing.
func TestSponsoredSubjectPaysNothing(t *testing.T) {
	p := newPerson(t)
	sponsor := p.operator(1) // any institution, not the enroller alone
	refused := p.block(p.sponsored(sponsor, p.claim()))[0]
	require.NotZero(t, refused.Code)
	require.Empty(t, p.controller(), "who granted nothing pays nothing")

	grant, err := feegrant.NewMsgGrantAllowance(&feegrant.BasicAllowance{SpendLimit: testFee}, sponsor, p.address())
	require.NoError(t, err)
	granted := p.block(p.tx(1, grant))[0]
	require.Zero(t, granted.Code, granted.Log)
	before := p.balance(sponsor)
	res := p.block(p.sponsored(sponsor, p.claim()))[0]
	require.Zero(t, res.Code, res.Log)
	require.Equal(t, p.address().String(), p.controller())
	require.Zero(t, p.balance(p.address()))
	require.Equal(t, before-100, p.balance(sponsor))
}

// What a subject signed off the chain reaches the chain in an institution's transaction, at the institution's cost.
func TestOrderInTransaction(t *testing.T) {
	p := newPerson(t)
	order := func(chainID string) *credittypes.MsgSubmitSigned {
		msg, err := credittypes.NewOrder(chainID, p.claim(), p.now.Add(time.Hour), id("nonce")[:16], p.key.PubKey().Bytes(), p.key.Sign)
		require.NoError(t, err)
		msg.Submitter = p.operator(1).String()
		return msg
	}
	other := p.block(p.tx(1, order("another-chain")))[0]
	require.Equal(t, credittypes.ErrOrderSignature.ABCICode(), other.Code, other.Log)

	unknown := order(testChainID)
	unknown.Order.Value = append(unknown.Order.Value, 0x1a, 1, 0)
	field := p.block(p.tx(1, unknown))[0]
	require.Equal(t, sdkerrors.ErrTxDecode.ABCICode(), field.Code, field.Log)
	require.Empty(t, p.controller())

	res := p.block(p.tx(1, order(testChainID)))[0]
	require.Zero(t, res.Code, res.Log)
	require.Equal(t, p.address().String(), p.controller())
	require.Zero(t, p.balance(p.address()))
	again := p.block(p.tx(1, order(testChainID)))[0]
	require.NotZero(t, again.Code)
}
