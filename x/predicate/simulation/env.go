package simulation

import (
	"context"

	"github.com/cosmos/cosmos-sdk/testutil/simsx"
	sdk "github.com/cosmos/cosmos-sdk/types"

	attestationsim "github.com/creditd/creditd/x/attestation/simulation"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	"github.com/creditd/creditd/x/predicate/keeper"
	"github.com/creditd/creditd/x/predicate/types"
)

// scan bounds how many records a factory looks at for one that suits it.
const scan = 200

// Credit is what simulations look at in x/credit.
type Credit interface {
	WalkInquiries(ctx context.Context, from credittypes.ID, visit func(credittypes.Inquiry) (bool, error)) error
	GetLook(ctx context.Context, inquiryID []byte) (credittypes.Look, error)
	GetSubject(ctx context.Context, id credittypes.ID) (credittypes.Subject, error)
}

// Attestations is what simulations look at in x/attestation.
type Attestations interface {
	WalkBatches(
		ctx context.Context, from attestationtypes.ContainerID, visit func(attestationtypes.Batch) (bool, error),
	) error
	RequireHolds(ctx context.Context, id []byte) (attestationtypes.Attestation, error)
}

// Keepers that factories read.
type Keepers struct {
	Predicate    *keeper.Keeper
	Credit       Credit
	Attestations Attestations
}

// env is what every factory works with.
type env struct {
	Keepers
	ctx      context.Context
	data     *simsx.ChainDataSource
	reporter simsx.SimulationReporter
	r        *simsx.XRand
}

// factory turns build, which makes the signer and the message, into what the simulation runs.
//
// A skip must end the factory at once: simsx goes on with the next operation while this one is still running, and both
// would draw from one source of random numbers. simsx expects a panic for that.
func factory[T sdk.Msg](k Keepers, build func(env) (simsx.SimAccount, T)) simsx.SimMsgFactoryFn[T] {
	return func(ctx context.Context, data *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, T) {
		signer, msg := build(env{Keepers: k, ctx: ctx, data: data, reporter: reporter, r: data.Rand()})
		return []simsx.SimAccount{signer}, msg
	}
}

// vote turns build into the factory of a by-vote message; it is told the governance account.
func vote[T sdk.Msg](k Keepers, build func(env, string) T) simsx.SimMsgFactoryFn[T] {
	return func(ctx context.Context, data *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, T) {
		e := env{Keepers: k, ctx: ctx, data: data, reporter: reporter, r: data.Rand()}
		return nil, build(e, data.ModuleAccountAddress(reporter, "gov"))
	}
}

func (e env) skip(format string, args ...any) {
	e.reporter.Skipf(format, args...)
	panic("skipped: " + e.reporter.Comment())
}

// must skips on an error of a read.
func must[T any](e env, value T, err error) T {
	if err != nil {
		e.skip("%s", err)
	}
	return value
}

func (e env) randomID() types.ID { return attestationsim.RandomID(e.r) }

// account returns the simulation's account of that address.
func (e env) account(text string) simsx.SimAccount {
	if !e.data.HasAccount(text) {
		e.skip("no account %s", text)
	}
	return e.data.GetAccount(e.reporter, text)
}

// member is any active institution.
func (e env) member() simsx.SimAccount {
	first, accounts := e.r.Intn(e.data.AccountsCount()), e.data.AccountsCount()
	for i := range accounts {
		if account := e.data.AccountAt(e.reporter, (first+i)%accounts); e.Predicate.CanAct(e.ctx, account.Address) {
			return account
		}
	}
	e.skip("no active institution")
	return simsx.SimAccount{}
}

// can says whether the account of that address is one of the simulation's and has an active licence.
func (e env) can(text string) bool {
	address, err := e.data.AddressCodec().StringToBytes(text)
	return err == nil && e.data.HasAccount(text) && e.Predicate.CanAct(e.ctx, address)
}

// pick returns a record that suits, looking from a random key on and then from the first.
func pick[K, T any](e env, what string, walk func(context.Context, K, func(T) (bool, error)) error, random K, suits func(T) bool) (match T) {
	var first K
	for _, start := range []K{random, first} {
		found, looked := false, 0
		err := walk(e.ctx, start, func(each T) (bool, error) {
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
