// Package prooftest is a chain in the process of a test, which gives proofs: the tests of proof and audit share it.
package prooftest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	cmtcrypto "github.com/cometbft/cometbft/crypto"
	cmted25519 "github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/cometbft/cometbft/crypto/tmhash"
	"github.com/cometbft/cometbft/libs/bytes"
	"github.com/cometbft/cometbft/p2p"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmtversion "github.com/cometbft/cometbft/proto/tendermint/version"
	rpcclient "github.com/cometbft/cometbft/rpc/client"
	ctypes "github.com/cometbft/cometbft/rpc/core/types"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/cometbft/cometbft/version"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/log/v2"

	"github.com/cosmos/cosmos-sdk/baseapp"
	clienttx "github.com/cosmos/cosmos-sdk/client/tx"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/crypto/keys/ed25519"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	simtestutil "github.com/cosmos/cosmos-sdk/testutil/sims"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"
	authsigning "github.com/cosmos/cosmos-sdk/x/auth/signing"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/creditd/creditd/app"
	"github.com/creditd/creditd/proof"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// ChainID of it.
const ChainID = "creditd-proof"

// GenesisTime of it; a block is made every second.
var GenesisTime = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// Chain is the whole application, with the headers and commits that CometBFT would make around it. It is also the
// node that proofs are asked of.
type Chain struct {
	TB      testing.TB
	App     *app.Creditd
	Keys    []*secp256k1.PrivKey // of the institutions
	Signers map[string]cmtcrypto.PrivKey
	Set     *cmttypes.ValidatorSet // of the next block
	Next    *cmttypes.ValidatorSet // of the one after
	Headers []cmttypes.SignedHeader
	Sets    []*cmttypes.ValidatorSet
	Txs     []cmttypes.Txs                // of each block
	Results []*abci.ResponseFinalizeBlock // of each block
	AppHash []byte
	Now     time.Time
	nonce   time.Duration
	// Sign says how validator i votes; all commit unless a test says otherwise.
	Sign  func(i int) cmttypes.BlockIDFlag
	Asked map[int64]bool // headers that were asked for
}

// New has n institutions with every role a bank has, each a validator.
func New(tb testing.TB, n int) *Chain {
	tb.Helper()
	c := &Chain{TB: tb, Now: GenesisTime, Signers: map[string]cmtcrypto.PrivKey{}, Asked: map[int64]bool{}}
	c.Sign = func(int) cmttypes.BlockIDFlag { return cmttypes.BlockIDFlagCommit }
	c.App = app.NewCreditd(log.NewNopLogger(), dbm.NewMemDB(), true, simtestutil.AppOptionsMap{"home": tb.TempDir()}, baseapp.SetChainID(ChainID))
	cdc := c.App.AppCodec()
	state := app.Basics.DefaultGenesis(cdc)
	var auth authtypes.GenesisState
	var institutions institutiontypes.GenesisState
	cdc.MustUnmarshalJSON(state[authtypes.ModuleName], &auth)
	cdc.MustUnmarshalJSON(state[institutiontypes.ModuleName], &institutions)
	var accounts []authtypes.GenesisAccount
	var validators []*cmttypes.Validator
	for i := range n {
		key := secp256k1.GenPrivKeyFromSecret(fmt.Appendf(nil, "operator %d", i))
		c.Keys = append(c.Keys, key)
		accounts = append(accounts, authtypes.NewBaseAccount(c.Operator(i), key.PubKey(), uint64(i), 0))
		consensus := c.ConsensusKey(fmt.Sprintf("validator %d", i))
		public, isEd25519 := consensus.GetCachedValue().(*ed25519.PubKey)
		require.True(tb, isEd25519)
		validators = append(validators, cmttypes.NewValidator(cmted25519.PubKey(public.Key), 100))
		institutions.Institutions = append(institutions.Institutions, institutiontypes.GenesisInstitution{
			Institution: institutiontypes.Institution{
				Operator: c.Operator(i).String(), Name: fmt.Sprintf("Bank %d", i), LicenceNumber: fmt.Sprintf("L-%d", i), Jurisdiction: "US",
				Roles:     []institutiontypes.Role{institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_DATA_USER, institutiontypes.ROLE_VALIDATOR},
				Status:    institutiontypes.LICENCE_STATUS_ACTIVE,
				ValidFrom: GenesisTime.Add(-time.Hour), ValidUntil: GenesisTime.AddDate(1, 0, 0), StatusSince: GenesisTime.Add(-time.Hour),
			},
			Validator: &institutiontypes.Validator{Operator: c.Operator(i).String(), ConsensusPubkey: consensus, Power: 100},
		})
	}
	packed, err := authtypes.PackAccounts(accounts)
	require.NoError(tb, err)
	auth.Accounts = packed
	state[authtypes.ModuleName] = cdc.MustMarshalJSON(&auth)
	state[institutiontypes.ModuleName] = cdc.MustMarshalJSON(&institutions)
	bz, err := json.Marshal(state)
	require.NoError(tb, err)
	params := app.DefaultConsensusParams().ToProto()
	res, err := c.App.InitChain(&abci.RequestInitChain{ChainId: ChainID, Time: GenesisTime, ConsensusParams: &params, AppStateBytes: bz, InitialHeight: 1})
	require.NoError(tb, err)
	c.AppHash = res.AppHash
	c.Set, c.Next = cmttypes.NewValidatorSet(validators), cmttypes.NewValidatorSet(validators)
	c.Block()
	return c
}

// ConsensusKey derives a validator's key, with which it signs from then on.
func (c *Chain) ConsensusKey(secret string) *codectypes.Any {
	private := cmted25519.GenPrivKeyFromSecret([]byte(secret))
	c.Signers[string(private.PubKey().Address())] = private
	packed, err := codectypes.NewAnyWithValue(&ed25519.PubKey{Key: private.PubKey().Bytes()})
	require.NoError(c.TB, err)
	return packed
}

// Operator returns the account of validator i.
func (c *Chain) Operator(i int) sdk.AccAddress {
	return sdk.AccAddress(c.Keys[i].PubKey().Address())
}

// Height is that of the last block.
func (c *Chain) Height() int64 { return int64(len(c.Headers)) }

// Send commits one transaction of institution i and returns its response.
func (c *Chain) Send(i int, msg sdk.Msg) []byte {
	c.TB.Helper()
	c.nonce++
	cfg := c.App.TxConfig()
	builder := cfg.NewTxBuilder()
	require.NoError(c.TB, builder.SetMsgs(msg))
	builder.SetGasLimit(5_000_000)
	builder.SetUnordered(true)
	builder.SetTimeoutTimestamp(c.Now.Add(time.Minute + c.nonce))
	mode := signing.SignMode_SIGN_MODE_DIRECT
	key := c.Keys[i]
	require.NoError(c.TB, builder.SetSignatures(signing.SignatureV2{PubKey: key.PubKey(), Data: &signing.SingleSignatureData{SignMode: mode}}))
	data := authsigning.SignerData{ChainID: ChainID, AccountNumber: uint64(i), PubKey: key.PubKey(), Address: c.Operator(i).String()}
	sig, err := clienttx.SignWithPrivKey(c.TB.Context(), mode, data, builder, key, cfg, 0)
	require.NoError(c.TB, err)
	require.NoError(c.TB, builder.SetSignatures(sig))
	bz, err := cfg.TxEncoder()(builder.GetTx())
	require.NoError(c.TB, err)
	result := c.Block(bz)[0]
	require.Zero(c.TB, result.Code, result.Log)
	var answer sdk.TxMsgData
	require.NoError(c.TB, answer.Unmarshal(result.Data))
	return answer.MsgResponses[0].Value
}

// Write puts an entry into the state as a module that is not there yet would, or a vote of the members.
func (c *Chain) Write(store string, key []byte, value interface{ Marshal() ([]byte, error) }) {
	c.TB.Helper()
	bz, err := value.Marshal()
	require.NoError(c.TB, err)
	keys := c.App.GetStoreKeys()
	i := slices.IndexFunc(keys, func(k storetypes.StoreKey) bool { return k.Name() == store })
	require.GreaterOrEqual(c.TB, i, 0)
	c.App.CommitMultiStore().GetKVStore(keys[i]).Set(key, bz)
}

// Block commits one block a second after the last and returns what became of each transaction.
func (c *Chain) Block(txs ...[]byte) []*abci.ExecTxResult {
	c.TB.Helper()
	c.Now = c.Now.Add(time.Second)
	height := c.Height() + 1
	data := cmttypes.ToTxs(txs)
	header := cmttypes.Header{
		Version: cmtversion.Consensus{Block: version.BlockProtocol, App: 1}, ChainID: ChainID, Height: height, Time: c.Now,
		LastCommitHash: new(cmttypes.Commit).Hash(), DataHash: data.Hash(), ConsensusHash: hash("params"), LastResultsHash: cmttypes.NewResults(nil).Hash(),
		EvidenceHash: cmttypes.EvidenceList(nil).Hash(), AppHash: c.AppHash, ProposerAddress: c.Set.Validators[0].Address,
		ValidatorsHash: c.Set.Hash(), NextValidatorsHash: c.Next.Hash(),
	}
	if height > 1 {
		header.LastBlockID = c.Headers[height-2].Commit.BlockID
		header.LastCommitHash = c.Headers[height-2].Commit.Hash()
		header.LastResultsHash = cmttypes.NewResults(c.Results[height-2].TxResults).Hash()
	}
	res, err := c.App.FinalizeBlock(&abci.RequestFinalizeBlock{Height: height, Time: c.Now, Txs: txs})
	require.NoError(c.TB, err)
	_, err = c.App.Commit()
	require.NoError(c.TB, err)
	c.Headers = append(c.Headers, cmttypes.SignedHeader{Header: &header, Commit: c.signed(header, c.Set)})
	c.Sets = append(c.Sets, c.Set)
	c.Txs, c.Results = append(c.Txs, data), append(c.Results, res)
	updates, err := cmttypes.PB2TM.ValidatorUpdates(res.ValidatorUpdates)
	require.NoError(c.TB, err)
	c.Set, c.Next = c.Next, c.Next.Copy()
	require.NoError(c.TB, c.Next.UpdateWithChangeSet(updates))
	c.AppHash = res.AppHash
	return res.TxResults
}

func hash(text string) []byte { return tmhash.Sum([]byte(text)) }

// signed is what the validators sign for a header.
func (c *Chain) signed(header cmttypes.Header, set *cmttypes.ValidatorSet) *cmttypes.Commit {
	c.TB.Helper()
	id := cmttypes.BlockID{Hash: header.Hash(), PartSetHeader: cmttypes.PartSetHeader{Total: 1, Hash: hash("parts")}}
	commit := &cmttypes.Commit{Height: header.Height, Round: 0, BlockID: id}
	for i, validator := range set.Validators {
		flag := c.Sign(i)
		if flag == cmttypes.BlockIDFlagAbsent {
			commit.Signatures = append(commit.Signatures, cmttypes.NewCommitSigAbsent())
			continue
		}
		vote := &cmtproto.Vote{
			Type: cmtproto.PrecommitType, Height: header.Height, Timestamp: header.Time.Add(time.Duration(i) * time.Millisecond),
			ValidatorAddress: validator.Address, ValidatorIndex: int32(i),
		}
		if flag == cmttypes.BlockIDFlagCommit {
			vote.BlockID = id.ToProto()
		}
		signature, err := c.Signers[string(validator.Address)].Sign(cmttypes.VoteSignBytes(ChainID, vote))
		require.NoError(c.TB, err)
		commit.Signatures = append(commit.Signatures, cmttypes.CommitSig{
			BlockIDFlag: flag, ValidatorAddress: validator.Address, Timestamp: vote.Timestamp, Signature: signature,
		})
	}
	return commit
}

// Trusted is a header that a verifier has from somewhere else.
func (c *Chain) Trusted(height int64) proof.Trusted {
	return proof.Trusted{Height: height, Hash: [32]byte(c.Headers[height-1].Hash())}
}

// Status implements proof.Node.
func (c *Chain) Status(context.Context) (*ctypes.ResultStatus, error) {
	return &ctypes.ResultStatus{
		NodeInfo: p2p.DefaultNodeInfo{Network: ChainID},
		SyncInfo: ctypes.SyncInfo{EarliestBlockHeight: 1, LatestBlockHeight: c.Height(), LatestBlockTime: c.Now},
	}, nil
}

// BlockAt is what CometBFT's RPC answers as Block.
func (c *Chain) BlockAt(_ context.Context, height *int64) (*ctypes.ResultBlock, error) {
	if *height < 1 || *height > c.Height() {
		return nil, fmt.Errorf("height %d is not available", *height)
	}
	signed := c.Headers[*height-1]
	block := &cmttypes.Block{Header: *signed.Header, Data: cmttypes.Data{Txs: c.Txs[*height-1]}, LastCommit: new(cmttypes.Commit)}
	if *height > 1 {
		block.LastCommit = c.Headers[*height-2].Commit
	}
	return &ctypes.ResultBlock{BlockID: signed.Commit.BlockID, Block: block}, nil
}

// BlockResults is what CometBFT's RPC answers of that name.
func (c *Chain) BlockResults(_ context.Context, height *int64) (*ctypes.ResultBlockResults, error) {
	if *height < 1 || *height > c.Height() {
		return nil, fmt.Errorf("height %d is not available", *height)
	}
	res := c.Results[*height-1]
	return &ctypes.ResultBlockResults{Height: *height, TxsResults: res.TxResults, FinalizeBlockEvents: res.Events, AppHash: res.AppHash}, nil
}

// ABCIQueryWithOptions implements proof.Node.
func (c *Chain) ABCIQueryWithOptions(ctx context.Context, path string, data bytes.HexBytes, o rpcclient.ABCIQueryOptions) (*ctypes.ResultABCIQuery, error) {
	res, err := c.App.Query(ctx, &abci.RequestQuery{Path: path, Data: data, Height: o.Height, Prove: o.Prove})
	if err != nil {
		return nil, err
	}
	return &ctypes.ResultABCIQuery{Response: *res}, nil
}

// Commit implements proof.Node.
func (c *Chain) Commit(_ context.Context, height *int64) (*ctypes.ResultCommit, error) {
	if *height < 1 || *height > c.Height() {
		return nil, fmt.Errorf("height %d is not available", *height)
	}
	c.Asked[*height] = true
	return &ctypes.ResultCommit{SignedHeader: c.Headers[*height-1], CanonicalCommit: true}, nil
}

// Validators implements proof.Node, in pages of two.
func (c *Chain) Validators(_ context.Context, height *int64, page, _ *int) (*ctypes.ResultValidators, error) {
	all := c.Sets[*height-1].Validators
	from := min(2*(*page-1), len(all))
	return &ctypes.ResultValidators{BlockHeight: *height, Validators: all[from:min(from+2, len(all))], Total: len(all)}, nil
}
