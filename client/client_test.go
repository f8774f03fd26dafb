package client

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/p2p"
	ctypes "github.com/cometbft/cometbft/rpc/core/types"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/crypto/hd"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	sdk "github.com/cosmos/cosmos-sdk/types"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	txtypes "github.com/cosmos/cosmos-sdk/types/tx"

	credittypes "github.com/creditd/creditd/x/credit/types"
)

const testPoll = time.Millisecond

// fakeNode makes a block at every look at its height, of what its mempool holds.
type fakeNode struct {
	mu      sync.Mutex
	now     time.Time
	blocks  []fakeBlock
	mempool []cmttypes.Tx
	network string

	// broadcast decides what becomes of the n-th broadcast, from 1; nil accepts all.
	broadcast func(n int, tx cmttypes.Tx) (*ctypes.ResultBroadcastTx, error)
	// execute gives the result of a transaction in a block; nil succeeds.
	execute func(tx cmttypes.Tx) *abci.ExecTxResult
	// loses drops accepted transactions before they reach a block.
	loses func(n int) bool

	broadcasts, away int
	sent             []cmttypes.Tx
}

type fakeBlock struct {
	time    time.Time
	txs     []cmttypes.Tx
	results []*abci.ExecTxResult
}

func newFakeNode() *fakeNode { return &fakeNode{now: time.Unix(1_000_000, 0), network: "test-1"} }

func (f *fakeNode) Status(context.Context) (*ctypes.ResultStatus, error) {
	return &ctypes.ResultStatus{NodeInfo: p2p.DefaultNodeInfo{Network: f.network}}, nil
}

func (f *fakeNode) ABCIInfo(ctx context.Context) (*ctypes.ResultABCIInfo, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.away > 0 {
		f.away--
		return nil, errors.New("connection refused")
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f.now = f.now.Add(time.Second)
	block := fakeBlock{time: f.now, txs: f.mempool}
	f.mempool = nil
	for _, tx := range block.txs {
		result := &abci.ExecTxResult{GasUsed: 7}
		if f.execute != nil {
			result = f.execute(tx)
		}
		block.results = append(block.results, result)
	}
	f.blocks = append(f.blocks, block)
	return &ctypes.ResultABCIInfo{Response: abci.ResponseInfo{LastBlockHeight: int64(len(f.blocks))}}, nil
}

func (f *fakeNode) Block(_ context.Context, height *int64) (*ctypes.ResultBlock, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	block := f.blocks[*height-1]
	return &ctypes.ResultBlock{Block: &cmttypes.Block{
		Header: cmttypes.Header{Height: *height, Time: block.time}, Data: cmttypes.Data{Txs: block.txs},
	}}, nil
}

func (f *fakeNode) BlockResults(_ context.Context, height *int64) (*ctypes.ResultBlockResults, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return &ctypes.ResultBlockResults{Height: *height, TxsResults: f.blocks[*height-1].results}, nil
}

func (f *fakeNode) BroadcastTxSync(_ context.Context, tx cmttypes.Tx) (*ctypes.ResultBroadcastTx, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.broadcasts++
	f.sent = append(f.sent, tx)
	answer, err := &ctypes.ResultBroadcastTx{}, error(nil)
	if f.broadcast != nil {
		answer, err = f.broadcast(f.broadcasts, tx)
	}
	arrives := err == nil && answer.Code == 0
	if answer != nil && answer.Log == "arrived" {
		arrives = true
	}
	if arrives && (f.loses == nil || !f.loses(f.broadcasts)) {
		f.mempool = append(f.mempool, tx)
	}
	return answer, err
}

func (f *fakeNode) clock() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// committed counts the blocks' transactions that succeeded.
func (f *fakeNode) committed() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, block := range f.blocks {
		for _, result := range block.results {
			if result.Code == 0 {
				n++
			}
		}
	}
	return n
}

func newSender(t *testing.T, node *fakeNode) *Sender {
	t.Helper()
	tracker := newTracker(node, testPoll)
	t.Cleanup(tracker.close)
	s := &Sender{
		chainID: "test-1", node: node, tracker: tracker, signer: NewSigner(secp256k1.GenPrivKey()), Now: node.clock, TxLife: 10 * time.Second,
		lookup: func(context.Context, string) (uint64, error) { return 42, nil },
	}
	s.gas = newGasLimits(func(context.Context, draft) (uint64, error) { return 90_000, nil })
	return s
}

func message(s *Sender) sdk.Msg {
	return &credittypes.MsgLeaveReceipt{Institution: s.Address(), InquiryId: make([]byte, 32), Digest: make([]byte, 32), Records: 1}
}

func failed(registered interface {
	Codespace() string
	ABCICode() uint32
},
) *abci.ExecTxResult {
	return &abci.ExecTxResult{Codespace: registered.Codespace(), Code: registered.ABCICode(), Log: "said why"}
}

func bounded(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestSendCommits(t *testing.T) {
	node := newFakeNode()
	s := newSender(t, node)
	result, err := s.Send(bounded(t), message(s))
	require.NoError(t, err)
	require.Positive(t, result.Height)
	require.EqualValues(t, 7, result.GasUsed)
	require.Equal(t, fmt.Sprintf("%X", sha256.Sum256(node.sent[0])), result.Hash)
	require.Equal(t, 1, node.committed())
}

// What is sent must be exactly what x/auth accepts of an unordered transaction.
func TestTransactionIsUnorderedAndSigned(t *testing.T) {
	node := newFakeNode()
	s := newSender(t, node)
	_, err := s.Send(bounded(t), message(s))
	require.NoError(t, err)
	var raw txtypes.TxRaw
	var body txtypes.TxBody
	var auth txtypes.AuthInfo
	require.NoError(t, proto.Unmarshal(node.sent[0], &raw))
	require.NoError(t, proto.Unmarshal(raw.BodyBytes, &body))
	require.NoError(t, proto.Unmarshal(raw.AuthInfoBytes, &auth))
	require.True(t, body.Unordered)
	require.NotNil(t, body.TimeoutTimestamp)
	require.Empty(t, body.Memo)
	require.Zero(t, auth.SignerInfos[0].Sequence)
	require.Empty(t, auth.Fee.Amount)
	require.EqualValues(t, 120_000, auth.Fee.GasLimit)
	doc, err := proto.Marshal(&txtypes.SignDoc{BodyBytes: raw.BodyBytes, AuthInfoBytes: raw.AuthInfoBytes, ChainId: "test-1", AccountNumber: 42})
	require.NoError(t, err)
	require.True(t, s.signer.PubKey().VerifySignature(doc, raw.Signatures[0]))
}

func TestTimeoutsAreDistinct(t *testing.T) {
	var source timeouts
	seen := map[int64]bool{}
	for range 1000 {
		next := source.next(time.Unix(5, 0), time.Second).UnixNano()
		require.False(t, seen[next])
		seen[next] = true
	}
}

func TestRefusals(t *testing.T) {
	t.Run("in a block", func(t *testing.T) {
		node := newFakeNode()
		node.execute = func(cmttypes.Tx) *abci.ExecTxResult { return failed(credittypes.ErrAlreadyFurnished) }
		s := newSender(t, node)
		_, err := s.Send(bounded(t), message(s))
		require.ErrorIs(t, err, credittypes.ErrAlreadyFurnished)
		require.True(t, IsCode(err, credittypes.ErrAlreadyFurnished))
		require.False(t, IsCode(err, credittypes.ErrUnknownSubject))
		require.True(t, Refused(err))
		require.ErrorContains(t, err, "said why")
		require.Equal(t, 1, node.broadcasts)
	})
	t.Run("by the mempool", func(t *testing.T) {
		node := newFakeNode()
		node.broadcast = func(int, cmttypes.Tx) (*ctypes.ResultBroadcastTx, error) {
			return &ctypes.ResultBroadcastTx{Codespace: sdkerrors.RootCodespace, Code: sdkerrors.ErrUnauthorized.ABCICode(), Log: "who?"}, nil
		}
		s := newSender(t, node)
		_, err := s.Send(bounded(t), message(s))
		require.ErrorIs(t, err, sdkerrors.ErrUnauthorized)
		require.Equal(t, 1, node.broadcasts)
	})
}

// A refusal for the present block is no refusal of the transaction.
func TestWaitsForRoom(t *testing.T) {
	full := errors.New("RPC error -32603 - Internal error: mempool is full: number of txs 5000")
	for name, first := range map[string]func() (*ctypes.ResultBroadcastTx, error){
		"mempool full": func() (*ctypes.ResultBroadcastTx, error) { return nil, full },
		"gas budget": func() (*ctypes.ResultBroadcastTx, error) {
			return &ctypes.ResultBroadcastTx{Codespace: appCodespace, Code: gasBudgetCode}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			node := newFakeNode()
			node.broadcast = func(n int, _ cmttypes.Tx) (*ctypes.ResultBroadcastTx, error) {
				if n <= 3 {
					return first()
				}
				return &ctypes.ResultBroadcastTx{}, nil
			}
			s := newSender(t, node)
			_, err := s.Send(bounded(t), message(s))
			require.NoError(t, err)
			require.Equal(t, 4, node.broadcasts)
			require.Equal(t, 1, node.committed())
		})
	}
}

func TestRaisesGas(t *testing.T) {
	node := newFakeNode()
	node.execute = func(raw cmttypes.Tx) *abci.ExecTxResult {
		if limitOf(t, raw) < 200_000 {
			return failed(sdkerrors.ErrOutOfGas)
		}
		return &abci.ExecTxResult{}
	}
	s := newSender(t, node)
	_, err := s.Send(bounded(t), message(s))
	require.NoError(t, err)
	require.Equal(t, 3, node.broadcasts, "120,000, 180,000, 270,000")
	_, err = s.Send(bounded(t), message(s))
	require.NoError(t, err)
	require.Equal(t, 4, node.broadcasts, "the next one knows")
}

func limitOf(t *testing.T, raw cmttypes.Tx) uint64 {
	t.Helper()
	var tx txtypes.TxRaw
	var auth txtypes.AuthInfo
	require.NoError(t, proto.Unmarshal(raw, &tx))
	require.NoError(t, proto.Unmarshal(tx.AuthInfoBytes, &auth))
	return auth.Fee.GasLimit
}

// A broadcast without an answer may have arrived: the same bytes go again, and whatever the node says then,
// only the blocks count.
func TestLostAnswers(t *testing.T) {
	away := errors.New("post failed: connection reset")
	for name, broadcast := range map[string]func(n int, tx cmttypes.Tx) (*ctypes.ResultBroadcastTx, error){
		"it had not arrived": func(n int, _ cmttypes.Tx) (*ctypes.ResultBroadcastTx, error) {
			if n <= 3 {
				return nil, away
			}
			return &ctypes.ResultBroadcastTx{}, nil
		},
		"it had arrived": func(n int, _ cmttypes.Tx) (*ctypes.ResultBroadcastTx, error) {
			if n == 1 {
				return &ctypes.ResultBroadcastTx{Log: "arrived"}, away
			}
			return &ctypes.ResultBroadcastTx{Codespace: sdkerrors.RootCodespace, Code: sdkerrors.ErrInvalidRequest.ABCICode(), Log: "nonce used"}, nil
		},
		"it is in the cache": func(n int, _ cmttypes.Tx) (*ctypes.ResultBroadcastTx, error) {
			if n == 1 {
				return &ctypes.ResultBroadcastTx{Log: "arrived"}, away
			}
			return nil, errors.New("RPC error -32603 - Internal error: tx already exists in cache")
		},
	} {
		t.Run(name, func(t *testing.T) {
			node := newFakeNode()
			node.broadcast = broadcast
			s := newSender(t, node)
			_, err := s.Send(bounded(t), message(s))
			require.NoError(t, err)
			require.Equal(t, 1, node.committed())
			for _, tx := range node.sent {
				require.Equal(t, node.sent[0], tx, "one nonce, one transaction")
			}
		})
	}
}

// A transaction that a node accepted and lost is sent anew only when a block after its timeout proves that
// it can be in none.
func TestLostTransactionIsSentAgainAfterItsTimeout(t *testing.T) {
	node := newFakeNode()
	node.loses = func(n int) bool { return n <= 2 }
	s := newSender(t, node)
	_, err := s.Send(bounded(t), message(s))
	require.NoError(t, err)
	require.Equal(t, 1, node.committed())
	require.Len(t, node.sent, 3)
	require.NotEqual(t, node.sent[0], node.sent[1])
	var raw txtypes.TxRaw
	var body txtypes.TxBody
	require.NoError(t, proto.Unmarshal(node.sent[0], &raw))
	require.NoError(t, proto.Unmarshal(raw.BodyBytes, &body))
	require.True(t, node.blocks[len(node.blocks)-1].time.After(*body.TimeoutTimestamp))
}

func TestOutcomeUnknown(t *testing.T) {
	node := newFakeNode()
	node.loses = func(int) bool { return true }
	s := newSender(t, node)
	s.TxLife = 1000 * time.Hour
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := s.Send(ctx, message(s))
	require.ErrorIs(t, err, ErrOutcomeUnknown)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.False(t, Refused(err))
}

func TestNodeComesBack(t *testing.T) {
	node := newFakeNode()
	s := newSender(t, node)
	node.broadcast = func(int, cmttypes.Tx) (*ctypes.ResultBroadcastTx, error) {
		node.away = 20 // it accepts and is then away for a while; the caller holds the lock
		return &ctypes.ResultBroadcastTx{}, nil
	}
	_, err := s.Send(bounded(t), message(s))
	require.NoError(t, err)
	require.Equal(t, 1, node.committed())
}

func TestNodeDown(t *testing.T) {
	node := newFakeNode()
	node.away = 1
	s := newSender(t, node)
	_, err := s.Send(bounded(t), message(s))
	require.ErrorContains(t, err, "--node")
	require.NotErrorIs(t, err, ErrOutcomeUnknown)
	require.Zero(t, node.broadcasts, "nothing was sent")
}

func TestUnknownAccount(t *testing.T) {
	s := newSender(t, newFakeNode())
	s.lookup = func(context.Context, string) (uint64, error) { return 0, fmt.Errorf("account: %w", ErrNotFound) }
	_, err := s.Send(bounded(t), message(s))
	require.ErrorIs(t, err, ErrNotFound)
	require.ErrorContains(t, err, "register the institution")
}

func TestAccountNumberIsAskedOnce(t *testing.T) {
	s := newSender(t, newFakeNode())
	asked := 0
	s.lookup = func(context.Context, string) (uint64, error) { asked++; return 42, nil }
	for range 3 {
		_, err := s.Send(bounded(t), message(s))
		require.NoError(t, err)
	}
	require.Equal(t, 1, asked)
}

func TestGasIsSimulatedOncePerKindAndSize(t *testing.T) {
	simulated := 0
	limits := newGasLimits(func(_ context.Context, d draft) (uint64, error) { simulated++; return uint64(d.size) * 300, nil })
	require.EqualValues(t, 40_000, limits.limit(t.Context(), draft{kind: "a", size: 100}))
	require.EqualValues(t, 40_000, limits.limit(t.Context(), draft{kind: "a", size: 70}))
	require.EqualValues(t, 48_000, limits.limit(t.Context(), draft{kind: "a", size: 120}), "in proportion")
	require.Equal(t, 1, simulated)
	limits.limit(t.Context(), draft{kind: "a", size: 10})
	limits.limit(t.Context(), draft{kind: "b", size: 100})
	require.Equal(t, 3, simulated)

	refused := newGasLimits(func(context.Context, draft) (uint64, error) { return 0, errors.New("refused") })
	require.EqualValues(t, fallbackGas+100*fallbackGasPerByte, refused.limit(t.Context(), draft{size: 100}))
}

func TestPipelineIsBounded(t *testing.T) {
	const inFlight, total = 4, 50
	var mu sync.Mutex
	now, most := 0, 0
	release := make(chan struct{})
	p := &Pipeline{slots: make(chan struct{}, inFlight), send: func(context.Context, ...sdk.Msg) (Result, error) {
		mu.Lock()
		now++
		most = max(most, now)
		mu.Unlock()
		<-release
		mu.Lock()
		now--
		mu.Unlock()
		return Result{Height: 3}, nil
	}}
	futures := make(chan *Future, total)
	go func() {
		defer close(futures)
		for range total {
			future, err := p.Submit(t.Context())
			if err == nil {
				futures <- future
			}
		}
	}()
	for range total {
		release <- struct{}{}
	}
	n := 0
	for future := range futures {
		<-future.Done()
		result, err := future.Result()
		require.NoError(t, err)
		require.EqualValues(t, 3, result.Height)
		n++
	}
	p.Wait()
	require.Equal(t, total, n)
	require.Equal(t, inFlight, most)

	stuck := &Pipeline{slots: make(chan struct{})}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := stuck.Submit(ctx)
	require.ErrorIs(t, err, context.Canceled)
}

// Many at once, with losses and refusals: each is committed exactly once.
func TestPipelineLosesAndDoublesNothing(t *testing.T) {
	node := newFakeNode()
	node.loses = func(n int) bool { return n%5 == 0 }
	node.broadcast = func(n int, _ cmttypes.Tx) (*ctypes.ResultBroadcastTx, error) {
		switch n % 7 {
		case 0:
			return nil, errors.New("mempool is full")
		case 3:
			return &ctypes.ResultBroadcastTx{Log: "arrived"}, errors.New("connection reset")
		}
		return &ctypes.ResultBroadcastTx{}, nil
	}
	unique := map[[32]byte]bool{}
	node.execute = func(tx cmttypes.Tx) *abci.ExecTxResult {
		hash := sha256.Sum256(tx)
		if unique[hash] {
			return failed(sdkerrors.ErrInvalidRequest) // x/auth: the nonce is used
		}
		unique[hash] = true
		return &abci.ExecTxResult{}
	}
	s := newSender(t, node)
	p := NewPipeline(s, 8)
	var futures []*Future
	for range 100 {
		future, err := p.Submit(bounded(t), message(s))
		require.NoError(t, err)
		futures = append(futures, future)
	}
	p.Wait()
	for _, future := range futures {
		_, err := future.Result()
		require.NoError(t, err)
	}
	require.Equal(t, 100, node.committed())
}

func TestWrongChain(t *testing.T) {
	err := checkNetwork(t.Context(), newFakeNode(), Config{RPC: "tcp://here", ChainID: "other-7"})
	require.ErrorIs(t, err, ErrWrongChain)
	require.ErrorContains(t, err, `"test-1"`)
	require.ErrorContains(t, err, `"other-7"`)
	require.NoError(t, checkNetwork(t.Context(), newFakeNode(), Config{ChainID: "test-1"}))
}

func TestDialSaysWhatIsMissing(t *testing.T) {
	_, err := Dial(t.Context(), Config{RPC: "tcp://127.0.0.1:1", GRPC: "127.0.0.1:1"})
	require.ErrorContains(t, err, "--chain-id")
	_, err = Dial(t.Context(), Config{RPC: "tcp://127.0.0.1:1", GRPC: "127.0.0.1:1", ChainID: "x"})
	require.ErrorContains(t, err, "check that it runs")
}

func TestKeyringSigner(t *testing.T) {
	cdc, err := NewCodec()
	require.NoError(t, err)
	home := t.TempDir()
	ring, err := keyring.New(sdk.KeyringServiceName(), keyring.BackendTest, home, nil, cdc)
	require.NoError(t, err)
	record, _, err := ring.NewMnemonic("bank", keyring.English, "", "", hd.Secp256k1)
	require.NoError(t, err)
	address, err := record.GetAddress()
	require.NoError(t, err)
	for _, from := range []string{"bank", address.String()} {
		signer, err := KeyringSigner(cdc, KeyringConfig{Home: home, Backend: keyring.BackendTest, From: from})
		require.NoError(t, err)
		require.Equal(t, address, signer.Address())
		signature, err := signer.Sign([]byte("order"))
		require.NoError(t, err)
		require.True(t, signer.PubKey().VerifySignature([]byte("order"), signature))
		require.Equal(t, address.String(), fmt.Sprintf("%v", signer), "no key in a log")
		require.Equal(t, address.String(), fmt.Sprintf("%#v", signer))
	}
	_, err = KeyringSigner(cdc, KeyringConfig{Home: home, Backend: keyring.BackendTest, From: "nobody"})
	require.ErrorContains(t, err, "keys list")
	_, err = KeyringSigner(cdc, KeyringConfig{Home: home, Backend: keyring.BackendTest})
	require.ErrorContains(t, err, "--from")
}

func TestKeyFileSigner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	write := func(text string, mode os.FileMode) {
		require.NoError(t, os.WriteFile(path, []byte(text), mode))
		require.NoError(t, os.Chmod(path, mode))
	}
	key := secp256k1.GenPrivKey()
	write(fmt.Sprintf("%x\n", key.Key), 0o600)
	signer, err := KeyFileSigner(path)
	require.NoError(t, err)
	require.True(t, key.PubKey().Equals(signer.PubKey()))
	write(fmt.Sprintf("%x\n", key.Key), 0o644)
	_, err = KeyFileSigner(path)
	require.ErrorContains(t, err, "chmod 600")
	write("not a key", 0o600)
	_, err = KeyFileSigner(path)
	require.ErrorContains(t, err, "64 hexadecimal digits")
}
