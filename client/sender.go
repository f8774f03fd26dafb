package client

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cosmos/gogoproto/proto"

	sdkclient "github.com/cosmos/cosmos-sdk/client"
	sdk "github.com/cosmos/cosmos-sdk/types"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	txtypes "github.com/cosmos/cosmos-sdk/types/tx"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
)

const (
	// DefaultTxLife is how long a transaction may wait for a block. It must be longer than a stretch of full
	// blocks and is how long a lost one delays its sender.
	DefaultTxLife = time.Minute
	// DefaultSendTimeout bounds Send when the caller's context does not.
	DefaultSendTimeout = 5 * time.Minute

	maxGasRaises = 5
)

// Result is what became of a committed transaction.
type Result struct {
	Hash      string // upper-case hexadecimal
	Height    int64
	Time      time.Time // of the block
	GasWanted int64
	GasUsed   int64

	data []byte
}

// Response decodes the answer to the i-th message.
func (r Result) Response(i int, into proto.Message) error {
	var data sdk.TxMsgData
	if err := proto.Unmarshal(r.data, &data); err != nil {
		return fmt.Errorf("answers of transaction %s: %w", r.Hash, err)
	}
	if i < 0 || i >= len(data.MsgResponses) {
		return fmt.Errorf("transaction %s has %d answers, not %d", r.Hash, len(data.MsgResponses), i+1)
	}
	return proto.Unmarshal(data.MsgResponses[i].Value, into)
}

// Sender signs for one account and sees each transaction through to its block. It is safe for concurrent
// use: transactions are unordered, so none waits for another.
type Sender struct {
	TxLife time.Duration    // DefaultTxLife if zero
	Now    func() time.Time // time.Now if nil
	// FeeGranter pays instead of the signer, within what it granted (x/feegrant); empty for nobody.
	FeeGranter sdk.AccAddress

	chainID  string
	node     node
	tracker  *tracker
	signer   Signer
	gas      *gasLimits
	timeouts timeouts

	lookup  func(ctx context.Context, address string) (uint64, error)
	mu      sync.Mutex
	account *uint64
}

// NewSender sends for the signer's account through this client.
func (c *Client) NewSender(signer Signer) *Sender {
	s := &Sender{chainID: c.config.ChainID, node: c.node, tracker: c.tracker, signer: signer}
	s.lookup = func(ctx context.Context, address string) (uint64, error) {
		answer, err := c.Auth.AccountInfo(ctx, &authtypes.QueryAccountInfoRequest{Address: address})
		if err != nil {
			return 0, query("account "+address, err)
		}
		return answer.Info.AccountNumber, nil
	}
	s.gas = newGasLimits(func(ctx context.Context, d draft) (uint64, error) {
		tx, err := s.sign(ctx, d, 0)
		if err != nil {
			return 0, err
		}
		answer, err := c.Tx.Simulate(ctx, &txtypes.SimulateRequest{TxBytes: tx.bytes})
		if err != nil {
			return 0, err
		}
		return answer.GasInfo.GasUsed, nil
	})
	return s
}

// Address of the account that is signed for.
func (s *Sender) Address() string { return s.signer.Address().String() }

// Signer of the account.
func (s *Sender) Signer() Signer { return s.signer }

// Send puts the messages into one transaction and returns when it is committed. What it sends again it
// first knows to be in no block, so nothing happens twice. Its errors are a TxError (the chain refused),
// ErrOutcomeUnknown (time over or node away: read the state before sending again), or that nothing was sent.
func (s *Sender) Send(ctx context.Context, msgs ...sdk.Msg) (Result, error) {
	ctx, cancel := context.WithTimeout(ctx, DefaultSendTimeout)
	defer cancel()
	d, err := newDraft(msgs)
	if err != nil {
		return Result{}, err
	}
	d.granter = s.FeeGranter.String()
	raises := 0
	for {
		limit := s.gas.limit(ctx, d)
		tx, err := s.sign(ctx, d, limit)
		if err != nil {
			return Result{}, err
		}
		result, err := s.deliver(ctx, tx)
		switch {
		case err == nil:
			return result, nil
		case errors.Is(err, ErrExpired): // in no block, for good
		case IsCode(err, sdkerrors.ErrOutOfGas) && raises < maxGasRaises:
			raises++
			s.gas.ranOut(d, limit)
		case busy(err):
			if wait := s.tracker.nextBlock(ctx); wait != nil {
				return Result{}, fmt.Errorf("%w (gave up waiting for room: %w)", err, wait)
			}
		default:
			return Result{}, err
		}
		if done(ctx) {
			return Result{}, fmt.Errorf("%w: %w", err, ctx.Err())
		}
	}
}

func (s *Sender) sign(ctx context.Context, d draft, gas uint64) (signedTx, error) {
	account, err := s.accountNumber(ctx)
	if err != nil {
		return signedTx{}, err
	}
	now, life := time.Now, s.TxLife
	if s.Now != nil {
		now = s.Now
	}
	if life == 0 {
		life = DefaultTxLife
	}
	return d.sign(s.signer, s.chainID, account, gas, s.timeouts.next(now(), life))
}

// accountNumber never changes once an account exists, so it is asked for once.
func (s *Sender) accountNumber(ctx context.Context) (uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.account == nil {
		number, err := s.lookup(ctx, s.Address())
		if errors.Is(err, ErrNotFound) {
			return 0, fmt.Errorf("account %s is not on chain %s: the members must register the institution, or someone must send to the account first: %w",
				s.Address(), s.chainID, err)
		}
		if err != nil {
			return 0, err
		}
		s.account = &number
	}
	return *s.account, nil
}

// deliver broadcasts one signed transaction and waits for its outcome.
func (s *Sender) deliver(ctx context.Context, tx signedTx) (Result, error) {
	found, forget, err := s.tracker.expect(ctx, tx)
	if err != nil {
		return Result{}, err // nothing was sent
	}
	defer forget()
	sent := false // a broadcast without an answer may have arrived
	for {
		refusal, err := s.broadcast(ctx, tx)
		if refusal == nil && err == nil {
			break
		}
		if refusal != nil && !sent {
			return Result{}, refusal
		}
		if refusal != nil && !busy(refusal) {
			break // it may be refused because it is in a block already: the blocks will tell
		}
		sent = sent || err != nil
		if result, settled, err := s.pause(ctx, tx, found); settled {
			return result, err
		}
	}
	select {
	case o := <-found:
		return o.result, o.err
	case <-ctx.Done():
		return Result{}, unknown(ctx, tx)
	}
}

// pause waits one poll interval before the same bytes are broadcast again.
func (s *Sender) pause(ctx context.Context, tx signedTx, found <-chan outcome) (Result, bool, error) {
	timer := time.NewTimer(s.tracker.poll)
	defer timer.Stop()
	select {
	case o := <-found:
		return o.result, true, o.err
	case <-ctx.Done():
		return Result{}, true, unknown(ctx, tx)
	case <-timer.C:
		return Result{}, false, nil
	}
}

// broadcast returns the mempool's refusal, or an error if the node gave no answer.
func (s *Sender) broadcast(ctx context.Context, tx signedTx) (refusal, err error) {
	answer, err := s.node.BroadcastTxSync(ctx, tx.bytes)
	if err != nil {
		known := sdkclient.CheckCometError(err, tx.bytes)
		if known == nil {
			return nil, err
		}
		refused := &TxError{Codespace: known.Codespace, Code: known.Code, Log: err.Error(), Hash: tx.name()}
		if refused.Is(sdkerrors.ErrTxInMempoolCache) {
			return nil, nil //nolint:nilnil // it is there already
		}
		return refused, nil
	}
	if answer.Code != 0 {
		return &TxError{Codespace: answer.Codespace, Code: answer.Code, Log: answer.Log, Hash: tx.name()}, nil
	}
	return nil, nil //nolint:nilnil // accepted
}

func unknown(ctx context.Context, tx signedTx) error {
	return fmt.Errorf("%w: %s until %s: %w", ErrOutcomeUnknown, tx.name(), tx.timeout.Format(time.RFC3339), ctx.Err())
}
