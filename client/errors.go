package client

import (
	"context"
	"errors"
	"fmt"
	"strings"

	errorsmod "cosmossdk.io/errors"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
)

var (
	// ErrNotFound is what a reader returns when the chain answered and has no such thing. Any other error
	// means that it is not known whether the chain has it.
	ErrNotFound = errors.New("not on the chain")
	// ErrNoKey is what is said of an account that the chain has and that has not signed anything yet. It wraps ErrNotFound.
	ErrNoKey = fmt.Errorf("its key is %w: it must send its first transaction", ErrNotFound)
	// ErrOutcomeUnknown: the transaction may or may not be in a block. Whoever gets it reads the state
	// before sending again.
	ErrOutcomeUnknown = errors.New("it is not known whether the transaction was committed")
	// ErrExpired: the transaction is in no block and never can be, because its timeout has passed.
	ErrExpired = errors.New("the transaction was not committed before its timeout")
	// ErrWrongChain is wrapped by WrongChainError.
	ErrWrongChain = errors.New("wrong chain")
)

// WrongChainError says that a node is on another chain than the one asked for.
type WrongChainError struct {
	Address, Found, Wanted string
}

// Error names both chains and the way out.
func (e *WrongChainError) Error() string {
	return fmt.Sprintf("the node at %s is on chain %q, not %q: use --chain-id %s, or --node and --grpc-addr of a node on %q",
		e.Address, e.Found, e.Wanted, e.Found, e.Wanted)
}

// Unwrap makes errors.Is(err, ErrWrongChain) hold.
func (e *WrongChainError) Unwrap() error { return ErrWrongChain }

// TxError is the chain's refusal of a transaction.
type TxError struct {
	Codespace string
	Code      uint32
	Log       string
	Hash      string // upper-case hexadecimal
	Height    int64  // block that it failed in; 0: no block has it
}

// Error gives the chain's own words first, they say what to do.
func (e *TxError) Error() string {
	return fmt.Sprintf("the chain refused it: %s [%s/%d, transaction %s]", e.Log, e.Codespace, e.Code, e.Hash)
}

// Is lets errors.Is match the registered error of a module: code and codespace name it, the text may vary.
func (e *TxError) Is(target error) bool {
	registered, ok := target.(*errorsmod.Error)
	return ok && e.Codespace == registered.Codespace() && e.Code == registered.ABCICode()
}

// IsCode tells whether err is the chain's refusal with this registered error.
func IsCode(err error, registered *errorsmod.Error) bool {
	var refused *TxError
	return errors.As(err, &refused) && refused.Is(registered)
}

// Refused tells whether the chain itself refused the transaction, as opposed to a node that is away.
func Refused(err error) bool {
	var refused *TxError
	return errors.As(err, &refused)
}

// The gas budget's refusal, app.ErrGasBudget. The client must not link the application, so it knows the
// error by its number; tests/e2e sends past the budget and would notice a change.
const (
	appCodespace  = "creditd"
	gasBudgetCode = 3
)

// busy tells whether a refusal is for the present block only, so that the next may take the transaction.
func busy(err error) bool {
	var refused *TxError
	if !errors.As(err, &refused) {
		return false
	}
	return refused.Is(sdkerrors.ErrMempoolIsFull) ||
		(refused.Codespace == appCodespace && refused.Code == gasBudgetCode)
}

// query makes one of our errors of a gRPC one: not found, away, or as it is.
func query(what string, err error) error {
	if err == nil {
		return nil
	}
	switch status.Code(err) {
	case codes.NotFound:
		return fmt.Errorf("%s: %w", what, ErrNotFound)
	case codes.Unavailable:
		return fmt.Errorf("%s: the node does not answer: check that it runs and that --grpc-addr is right: %w", what, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// pruned tells whether a node said that it no longer keeps a block.
func pruned(err error) bool {
	return err != nil && strings.Contains(err.Error(), "lowest height is")
}

// done tells whether err is the caller's own doing: it gave up or its time is over.
func done(ctx context.Context) bool { return ctx.Err() != nil }
