package simulation

import (
	"context"

	"github.com/cosmos/cosmos-sdk/testutil/simsx"
	sdk "github.com/cosmos/cosmos-sdk/types"

	attestationsim "github.com/creditd/creditd/x/attestation/simulation"
	"github.com/creditd/creditd/x/credit/keeper"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// scan bounds how many records a factory looks at for one that suits it.
const scan = 200

// env is what every factory works with.
type env struct {
	ctx      context.Context
	k        *keeper.Keeper
	data     *simsx.ChainDataSource
	reporter simsx.SimulationReporter
	r        *simsx.XRand
}

// build makes the signer and the message; it skips through the reporter when the state allows none.
type build[T sdk.Msg] func(env) (simsx.SimAccount, T)

// factory turns build into what the simulation runs.
//
// A skip must end the factory at once: simsx goes on with the next operation while this one is still
// running, and both would draw from one source of random numbers. simsx expects a panic for that.
func factory[T sdk.Msg](k *keeper.Keeper, make build[T]) simsx.SimMsgFactoryFn[T] {
	return func(ctx context.Context, data *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, T) {
		signer, msg := make(env{ctx: ctx, k: k, data: data, reporter: reporter, r: data.Rand()})
		return []simsx.SimAccount{signer}, msg
	}
}

func (e env) skip(format string, args ...any) {
	e.reporter.Skipf(format, args...)
	panic("skipped: " + e.reporter.Comment())
}

// account returns the simulation's account of that address.
func (e env) account(text string) simsx.SimAccount {
	if !e.data.HasAccount(text) {
		e.skip("no account %s", text)
	}
	return e.data.GetAccount(e.reporter, text)
}

// other returns a random account that is not the one of that address.
func (e env) other(text string) simsx.SimAccount {
	first := e.r.Intn(e.data.AccountsCount())
	for i := range e.data.AccountsCount() {
		if account := e.data.AccountAt(e.reporter, (first+i)%e.data.AccountsCount()); account.AddressBech32 != text {
			return account
		}
	}
	e.skip("only one account")
	return simsx.SimAccount{}
}

// institution returns an account that may act in one of the roles now.
func (e env) institution(roles ...institutiontypes.Role) simsx.SimAccount {
	account := attestationsim.Institution(e.ctx, e.k.CanAct, e.data, e.reporter, roles...)
	if e.reporter.IsSkipped() {
		panic("skipped: " + e.reporter.Comment())
	}
	return account
}

// can says whether the account of that address may act in one of the roles, and is one of the simulation's.
func (e env) can(text string, roles ...institutiontypes.Role) bool {
	addr, err := e.data.AddressCodec().StringToBytes(text)
	return err == nil && e.data.HasAccount(text) && e.k.CanAct(e.ctx, addr, roles...)
}

func (e env) randomID() types.ID { return attestationsim.RandomID(e.r) }

func (e env) nonce() []byte {
	id := e.randomID()
	return id[:types.NonceSize]
}

// walk visits records from a key on.
type walk[T any] func(context.Context, types.ID, func(T) (bool, error)) error

// pick returns a record that suits, looking from a random key on and then from the first; it skips when
// there is none among the first it looks at.
func pick[T any](e env, what string, from walk[T], suits func(T) bool) (match T) {
	for _, start := range []types.ID{e.randomID(), {}} {
		found, looked := false, 0
		err := from(e.ctx, start, func(each T) (bool, error) {
			looked++
			if suits(each) {
				match, found = each, true
			}
			return found || looked == scan, nil
		})
		if err == nil && found {
			return match
		}
	}
	e.skip("no %s", what)
	return match
}
