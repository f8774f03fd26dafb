package proof_test

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

const chainID = "creditd-proof"

var genesisTime = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// chain is the whole application, with the headers and commits that CometBFT would make around it. It is also the
// node that proofs are asked of.
type chain struct {
	tb      testing.TB
	app     *app.Creditd
	keys    []*secp256k1.PrivKey // of the institutions
	signers map[string]cmtcrypto.PrivKey
	set     *cmttypes.ValidatorSet // of the next block
	next    *cmttypes.ValidatorSet // of the one after
	headers []cmttypes.SignedHeader
	sets    []*cmttypes.ValidatorSet
	appHash []byte
	now     time.Time
	nonce   time.Duration
	// sign says how validator i votes; all commit unless a test says otherwise.
	sign  func(i int) cmttypes.BlockIDFlag
	asked map[int64]bool // headers that were asked for
}

// newChain has n institutions with every role a bank has, each a validator.
func newChain(tb testing.TB, n int) *chain {
	tb.Helper()
	c := &chain{tb: tb, now: genesisTime, signers: map[string]cmtcrypto.PrivKey{}, asked: map[int64]bool{}}
	c.sign = func(int) cmttypes.BlockIDFlag { return cmttypes.BlockIDFlagCommit }
	c.app = app.NewCreditd(log.NewNopLogger(), dbm.NewMemDB(), true, simtestutil.AppOptionsMap{"home": tb.TempDir()}, baseapp.SetChainID(chainID))
	cdc := c.app.AppCodec()
	state := app.Basics.DefaultGenesis(cdc)
	var auth authtypes.GenesisState
	var institutions institutiontypes.GenesisState
	cdc.MustUnmarshalJSON(state[authtypes.ModuleName], &auth)
	cdc.MustUnmarshalJSON(state[institutiontypes.ModuleName], &institutions)
	var accounts []authtypes.GenesisAccount
	var validators []*cmttypes.Validator
	for i := range n {
		key := secp256k1.GenPrivKeyFromSecret(fmt.Appendf(nil, "operator %d", i))
		c.keys = append(c.keys, key)
		accounts = append(accounts, authtypes.NewBaseAccount(c.operator(i), key.PubKey(), uint64(i), 0))
		consensus := c.consensusKey(fmt.Sprintf("validator %d", i))
		public := consensus.GetCachedValue().(*ed25519.PubKey)
		validators = append(validators, cmttypes.NewValidator(cmted25519.PubKey(public.Key), 100))
		institutions.Institutions = append(institutions.Institutions, institutiontypes.GenesisInstitution{
			Institution: institutiontypes.Institution{
				Operator: c.operator(i).String(), Name: fmt.Sprintf("Bank %d", i), LicenceNumber: fmt.Sprintf("L-%d", i), Jurisdiction: "US",
				Roles:     []institutiontypes.Role{institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_DATA_USER, institutiontypes.ROLE_VALIDATOR},
				Status:    institutiontypes.LICENCE_STATUS_ACTIVE,
				ValidFrom: genesisTime.Add(-time.Hour), ValidUntil: genesisTime.AddDate(1, 0, 0), StatusSince: genesisTime.Add(-time.Hour),
			},
			Validator: &institutiontypes.Validator{Operator: c.operator(i).String(), ConsensusPubkey: consensus, Power: 100},
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
	res, err := c.app.InitChain(&abci.RequestInitChain{ChainId: chainID, Time: genesisTime, ConsensusParams: &params, AppStateBytes: bz, InitialHeight: 1})
	require.NoError(tb, err)
	c.appHash = res.AppHash
	c.set, c.next = cmttypes.NewValidatorSet(validators), cmttypes.NewValidatorSet(validators)
	c.block()
	return c
}

// consensusKey derives a validator's key, with which it signs from then on.
func (c *chain) consensusKey(secret string) *codectypes.Any {
	private := cmted25519.GenPrivKeyFromSecret([]byte(secret))
	c.signers[string(private.PubKey().Address())] = private
	packed, err := codectypes.NewAnyWithValue(&ed25519.PubKey{Key: private.PubKey().Bytes()})
	require.NoError(c.tb, err)
	return packed
}

func (c *chain) operator(i int) sdk.AccAddress {
	return sdk.AccAddress(c.keys[i].PubKey().Address())
}

func (c *chain) height() int64 { return int64(len(c.headers)) }

// send commits one transaction of institution i and returns its response.
func (c *chain) send(i int, msg sdk.Msg) []byte {
	c.tb.Helper()
	c.nonce++
	cfg := c.app.TxConfig()
	builder := cfg.NewTxBuilder()
	require.NoError(c.tb, builder.SetMsgs(msg))
	builder.SetGasLimit(5_000_000)
	builder.SetUnordered(true)
	builder.SetTimeoutTimestamp(c.now.Add(time.Minute + c.nonce))
	mode := signing.SignMode_SIGN_MODE_DIRECT
	key := c.keys[i]
	require.NoError(c.tb, builder.SetSignatures(signing.SignatureV2{PubKey: key.PubKey(), Data: &signing.SingleSignatureData{SignMode: mode}}))
	data := authsigning.SignerData{ChainID: chainID, AccountNumber: uint64(i), PubKey: key.PubKey(), Address: c.operator(i).String()}
	sig, err := clienttx.SignWithPrivKey(c.tb.Context(), mode, data, builder, key, cfg, 0)
	require.NoError(c.tb, err)
	require.NoError(c.tb, builder.SetSignatures(sig))
	bz, err := cfg.TxEncoder()(builder.GetTx())
	require.NoError(c.tb, err)
	result := c.block(bz)[0]
	require.Zero(c.tb, result.Code, result.Log)
	var answer sdk.TxMsgData
	require.NoError(c.tb, answer.Unmarshal(result.Data))
	return answer.MsgResponses[0].Value
}

// write puts an entry into the state as a module that is not there yet would, or a vote of the members.
func (c *chain) write(store string, key []byte, value interface{ Marshal() ([]byte, error) }) {
	c.tb.Helper()
	bz, err := value.Marshal()
	require.NoError(c.tb, err)
	keys := c.app.GetStoreKeys()
	i := slices.IndexFunc(keys, func(k storetypes.StoreKey) bool { return k.Name() == store })
	require.GreaterOrEqual(c.tb, i, 0)
	c.app.CommitMultiStore().GetKVStore(keys[i]).Set(key, bz)
}

// block commits one block a second after the last and returns what became of each transaction.
func (c *chain) block(txs ...[]byte) []*abci.ExecTxResult {
	c.tb.Helper()
	c.now = c.now.Add(time.Second)
	height := c.height() + 1
	header := cmttypes.Header{
		Version: cmtversion.Consensus{Block: version.BlockProtocol, App: 1}, ChainID: chainID, Height: height, Time: c.now,
		LastCommitHash: hash("last commit"), DataHash: hash("data"), ConsensusHash: hash("params"), LastResultsHash: hash("results"),
		EvidenceHash: hash("evidence"), AppHash: c.appHash, ProposerAddress: c.set.Validators[0].Address,
		ValidatorsHash: c.set.Hash(), NextValidatorsHash: c.next.Hash(),
	}
	if height > 1 {
		header.LastBlockID = c.headers[height-2].Commit.BlockID
	}
	res, err := c.app.FinalizeBlock(&abci.RequestFinalizeBlock{Height: height, Time: c.now, Txs: txs})
	require.NoError(c.tb, err)
	_, err = c.app.Commit()
	require.NoError(c.tb, err)
	c.headers = append(c.headers, cmttypes.SignedHeader{Header: &header, Commit: c.commit(header, c.set)})
	c.sets = append(c.sets, c.set)
	updates, err := cmttypes.PB2TM.ValidatorUpdates(res.ValidatorUpdates)
	require.NoError(c.tb, err)
	c.set, c.next = c.next, c.next.Copy()
	require.NoError(c.tb, c.next.UpdateWithChangeSet(updates))
	c.appHash = res.AppHash
	return res.TxResults
}

func hash(text string) []byte { return tmhash.Sum([]byte(text)) }

// commit is what the validators sign for a header.
func (c *chain) commit(header cmttypes.Header, set *cmttypes.ValidatorSet) *cmttypes.Commit {
	c.tb.Helper()
	id := cmttypes.BlockID{Hash: header.Hash(), PartSetHeader: cmttypes.PartSetHeader{Total: 1, Hash: hash("parts")}}
	commit := &cmttypes.Commit{Height: header.Height, Round: 0, BlockID: id}
	for i, validator := range set.Validators {
		flag := c.sign(i)
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
		signature, err := c.signers[string(validator.Address)].Sign(cmttypes.VoteSignBytes(chainID, vote))
		require.NoError(c.tb, err)
		commit.Signatures = append(commit.Signatures, cmttypes.CommitSig{
			BlockIDFlag: flag, ValidatorAddress: validator.Address, Timestamp: vote.Timestamp, Signature: signature,
		})
	}
	return commit
}

// trusted is a header that a verifier has from somewhere else.
func (c *chain) trusted(height int64) proof.Trusted {
	return proof.Trusted{Height: height, Hash: [32]byte(c.headers[height-1].Hash())}
}

// Status implements proof.Node.
func (c *chain) Status(context.Context) (*ctypes.ResultStatus, error) {
	return &ctypes.ResultStatus{SyncInfo: ctypes.SyncInfo{LatestBlockHeight: c.height()}}, nil
}

// ABCIQueryWithOptions implements proof.Node.
func (c *chain) ABCIQueryWithOptions(ctx context.Context, path string, data bytes.HexBytes, o rpcclient.ABCIQueryOptions) (*ctypes.ResultABCIQuery, error) {
	res, err := c.app.Query(ctx, &abci.RequestQuery{Path: path, Data: data, Height: o.Height, Prove: o.Prove})
	if err != nil {
		return nil, err
	}
	return &ctypes.ResultABCIQuery{Response: *res}, nil
}

// Commit implements proof.Node.
func (c *chain) Commit(_ context.Context, height *int64) (*ctypes.ResultCommit, error) {
	if *height < 1 || *height > c.height() {
		return nil, fmt.Errorf("height %d is not available", *height)
	}
	c.asked[*height] = true
	return &ctypes.ResultCommit{SignedHeader: c.headers[*height-1], CanonicalCommit: true}, nil
}

// Validators implements proof.Node, in pages of two.
func (c *chain) Validators(_ context.Context, height *int64, page, _ *int) (*ctypes.ResultValidators, error) {
	all := c.sets[*height-1].Validators
	from := min(2*(*page-1), len(all))
	return &ctypes.ResultValidators{BlockHeight: *height, Validators: all[from:min(from+2, len(all))], Total: len(all)}, nil
}
