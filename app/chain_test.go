package app

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/log/v2"

	"github.com/cosmos/cosmos-sdk/baseapp"
	clienttx "github.com/cosmos/cosmos-sdk/client/tx"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/crypto/keys/ed25519"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	"github.com/cosmos/cosmos-sdk/server"
	simtestutil "github.com/cosmos/cosmos-sdk/testutil/sims"
	sdk "github.com/cosmos/cosmos-sdk/types"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"
	authsigning "github.com/cosmos/cosmos-sdk/x/auth/signing"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"

	"github.com/creditd/creditd/x/attestation/schemas"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

const testChainID = "creditd-test"

var testStart = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// testChain is the whole application without CometBFT: blocks are what the test says.
type testChain struct {
	t      *testing.T
	app    *Creditd
	keys   []*secp256k1.PrivKey // of the institutions
	height int64
	now    time.Time
	nonce  time.Duration
}

// newTestChain has n institutions with every role a bank has, each a validator.
func newTestChain(t *testing.T, n int, options simtestutil.AppOptionsMap) *testChain {
	t.Helper()
	c := &testChain{t: t, now: testStart}
	c.app = NewCreditd(log.NewNopLogger(), dbm.NewMemDB(), true, options, baseapp.SetChainID(testChainID))
	cdc := c.app.AppCodec()
	state := Basics.DefaultGenesis(cdc)

	var auth authtypes.GenesisState
	var bank banktypes.GenesisState
	var institutions institutiontypes.GenesisState
	cdc.MustUnmarshalJSON(state[authtypes.ModuleName], &auth)
	cdc.MustUnmarshalJSON(state[banktypes.ModuleName], &bank)
	cdc.MustUnmarshalJSON(state[institutiontypes.ModuleName], &institutions)
	var accounts []authtypes.GenesisAccount
	for i := range n {
		key := secp256k1.GenPrivKeyFromSecret(fmt.Appendf(nil, "operator %d", i))
		operator := sdk.AccAddress(key.PubKey().Address())
		consensus, err := codectypes.NewAnyWithValue(ed25519.GenPrivKeyFromSecret(fmt.Appendf(nil, "validator %d", i)).PubKey())
		require.NoError(t, err)
		c.keys = append(c.keys, key)
		accounts = append(accounts, authtypes.NewBaseAccount(operator, key.PubKey(), uint64(i), 0))
		bank.Balances = append(bank.Balances, banktypes.Balance{Address: operator.String(), Coins: sdk.NewCoins(sdk.NewInt64Coin(BaseDenom, 1_000_000))})
		institutions.Institutions = append(institutions.Institutions, institutiontypes.GenesisInstitution{
			Institution: institutiontypes.Institution{
				Operator: operator.String(), Name: fmt.Sprintf("Bank %d", i), LicenceNumber: fmt.Sprintf("L-%d", i), Jurisdiction: "US",
				Roles:     []institutiontypes.Role{institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_DATA_USER, institutiontypes.ROLE_BUREAU, institutiontypes.ROLE_VALIDATOR},
				Status:    institutiontypes.LICENCE_STATUS_ACTIVE,
				ValidFrom: testStart.Add(-time.Hour), ValidUntil: testStart.AddDate(1, 0, 0), StatusSince: testStart.Add(-time.Hour),
			},
			Validator: &institutiontypes.Validator{Operator: operator.String(), ConsensusPubkey: consensus, Power: 100},
		})
	}
	packed, err := authtypes.PackAccounts(accounts)
	require.NoError(t, err)
	auth.Accounts = packed
	state[authtypes.ModuleName] = cdc.MustMarshalJSON(&auth)
	state[banktypes.ModuleName] = cdc.MustMarshalJSON(&bank)
	state[institutiontypes.ModuleName] = cdc.MustMarshalJSON(&institutions)
	bz, err := json.Marshal(state)
	require.NoError(t, err)
	params := DefaultConsensusParams().ToProto()
	res, err := c.app.InitChain(&abci.RequestInitChain{ChainId: testChainID, Time: testStart, ConsensusParams: &params, AppStateBytes: bz, InitialHeight: 1})
	require.NoError(t, err)
	require.Len(t, res.Validators, n)
	c.block()
	return c
}

// validatorKey is the public key, ed25519, of the validator of institution i.
func (c *testChain) validatorKey(i int) []byte {
	return ed25519.GenPrivKeyFromSecret(fmt.Appendf(nil, "validator %d", i)).PubKey().Bytes()
}

func (c *testChain) operator(i int) sdk.AccAddress {
	return sdk.AccAddress(c.keys[i].PubKey().Address())
}

// tx is an unordered transaction signed by institution i.
func (c *testChain) tx(i int, msgs ...sdk.Msg) []byte {
	return c.signed(c.keys[i], uint64(i), testChainID, msgs...)
}

func (c *testChain) signed(key *secp256k1.PrivKey, account uint64, chainID string, msgs ...sdk.Msg) []byte {
	c.t.Helper()
	c.nonce++
	cfg := c.app.TxConfig()
	builder := cfg.NewTxBuilder()
	require.NoError(c.t, builder.SetMsgs(msgs...))
	builder.SetGasLimit(5_000_000)
	builder.SetUnordered(true)
	builder.SetTimeoutTimestamp(c.now.Add(time.Minute + c.nonce))
	mode := signing.SignMode_SIGN_MODE_DIRECT
	empty := signing.SignatureV2{PubKey: key.PubKey(), Data: &signing.SingleSignatureData{SignMode: mode}}
	require.NoError(c.t, builder.SetSignatures(empty))
	data := authsigning.SignerData{ChainID: chainID, AccountNumber: account, PubKey: key.PubKey(), Address: sdk.AccAddress(key.PubKey().Address()).String()}
	sig, err := clienttx.SignWithPrivKey(c.t.Context(), mode, data, builder, key, cfg, 0)
	require.NoError(c.t, err)
	require.NoError(c.t, builder.SetSignatures(sig))
	bz, err := cfg.TxEncoder()(builder.GetTx())
	require.NoError(c.t, err)
	return bz
}

// block commits one block a second after the last and returns what became of each transaction.
func (c *testChain) block(txs ...[]byte) []*abci.ExecTxResult {
	c.t.Helper()
	c.height++
	c.now = c.now.Add(time.Second)
	res, err := c.app.FinalizeBlock(&abci.RequestFinalizeBlock{Height: c.height, Time: c.now, Txs: txs})
	require.NoError(c.t, err)
	_, err = c.app.Commit()
	require.NoError(c.t, err)
	return res.TxResults
}

// id is 32 bytes that stand for a pseudonym, an account or a commitment.
func id(parts ...any) []byte {
	h := sha256.Sum256([]byte(fmt.Sprint(parts...)))
	return h[:]
}

// busyBlocks are transactions that touch each other's state in every way that matters to an executor that runs
// them side by side: same payer, same subject from two furnishers, transfers in a ring, failures.
func (c *testChain) busyBlocks() (hashes [][]byte, codes []uint32) {
	definition, found := schemas.ByName(schemas.UtilityPayment)
	require.True(c.t, found)
	schema := definition.ID()
	run := func(txs ...[]byte) {
		for _, r := range c.block(txs...) {
			codes = append(codes, r.Code)
		}
		hashes = append(hashes, c.app.LastCommitID().Hash)
	}
	var enrol []credittypes.Enrolment
	for s := range 20 {
		enrol = append(enrol, credittypes.Enrolment{Pseudonym: id("subject", s), Kind: credittypes.SUBJECT_KIND_LEGAL_ENTITY})
	}
	run(c.tx(0, &credittypes.MsgEnrolSubjects{Institution: c.operator(0).String(), Subjects: enrol}))
	for round := range 3 {
		var txs [][]byte
		for n := range 60 {
			i := n % len(c.keys)
			txs = append(txs, c.tx(i, &credittypes.MsgFurnish{
				Furnisher: c.operator(i).String(), SchemaId: schema[:],
				Report: c.report(id("subject", n%20), id("account", round, n/2), id("record", round, n)),
			}), c.tx(i, banktypes.NewMsgSend(c.operator(i), c.operator((i+1)%len(c.keys)), sdk.NewCoins(sdk.NewInt64Coin(BaseDenom, int64(n+1))))))
			if n%7 == 0 {
				txs = append(txs, c.tx(i, banktypes.NewMsgSend(c.operator(i), c.operator((i+1)%len(c.keys)), sdk.NewCoins(sdk.NewInt64Coin(BaseDenom, 1<<40)))))
			}
		}
		run(txs...)
	}
	c.attestationBlocks(run)
	c.creditBlocks(schema[:], run)
	c.predicateBlocks(run)
	c.privacyBlocks(run)
	return hashes, codes
}

// Blocks give the same state and the same results whether their transactions run in order or in parallel
// by Block-STM: an operator may choose, so the chain must not notice.
func TestBlockSTMEquivalence(t *testing.T) {
	sequential := newTestChain(t, 4, simtestutil.AppOptionsMap{"home": t.TempDir()})
	parallel := newTestChain(t, 4, simtestutil.AppOptionsMap{"home": t.TempDir(), server.FlagBlockExecutor: "block-stm", server.FlagBlockSTMWorkers: 4})
	hashes, codes := sequential.busyBlocks()
	parallelHashes, parallelCodes := parallel.busyBlocks()
	require.Contains(t, codes, uint32(0))
	require.Contains(t, codes, sdkerrors.ErrInsufficientFunds.ABCICode())
	require.Equal(t, codes, parallelCodes)
	require.Equal(t, hashes, parallelHashes)
}

// What is refused before any message runs, by the whole chain of rules with real state behind them.
func TestRefusedTransactions(t *testing.T) {
	c := newTestChain(t, 2, simtestutil.AppOptionsMap{"home": t.TempDir()})
	stranger := secp256k1.GenPrivKeyFromSecret([]byte("stranger"))
	send := func(from sdk.AccAddress) sdk.Msg {
		return banktypes.NewMsgSend(from, sdk.AccAddress(stranger.PubKey().Address()), sdk.NewCoins(sdk.NewInt64Coin(BaseDenom, 1)))
	}
	require.Zero(t, c.block(c.tx(0, send(c.operator(0))))[0].Code) // the stranger's account exists from here on

	twice := c.tx(0, send(c.operator(0)))
	for _, tc := range []struct {
		name      string
		tx        []byte
		codespace string
		code      uint32
	}{
		{"a stranger's", c.signed(stranger, 2, testChainID, send(sdk.AccAddress(stranger.PubKey().Address()))), Name, ErrMayNotPay.ABCICode()},
		{"one for another chain", c.signed(c.keys[0], 0, "another-chain", send(c.operator(0))), sdkerrors.RootCodespace, sdkerrors.ErrUnauthorized.ABCICode()},
		{"one signed by another's key", c.signed(c.keys[1], 0, testChainID, send(c.operator(0))), sdkerrors.RootCodespace, sdkerrors.ErrInvalidPubKey.ABCICode()},
		{"the first of two equals", twice, "", 0},
		{"the second of two equals", twice, sdkerrors.RootCodespace, sdkerrors.ErrInvalidRequest.ABCICode()},
		{"one that is not a transaction", []byte("hello"), sdkerrors.RootCodespace, sdkerrors.ErrTxDecode.ABCICode()},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res := c.block(tc.tx)[0]
			require.Equal(t, tc.code, res.Code, res.Log)
			require.Equal(t, tc.codespace, res.Codespace)
		})
	}
}
