// Package simulation makes random states and messages of x/pseudonym.
package simulation

import (
	"context"
	"math/rand"
	"time"

	"github.com/cosmos/cosmos-sdk/testutil/simsx"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/module"

	"github.com/creditd/creditd/x/pseudonym/keeper"
	"github.com/creditd/creditd/x/pseudonym/types"
)

// scan is how many records a factory looks at before it gives up.
const scan = 50

// point is the generator of ristretto255 (RFC 9496 s.A.1): a key like any other to the chain.
var point = []byte("\xe2\xf2\xae\x0a\x6a\xbc\x4e\x71\xa8\x84\xa9\x61\xc5\x00\x51\x5f\x58\xe3\x0b\x6a\xa5\x82\xdd\x8d\xb6\xa6\x59\x45\xe0\x8d\x2d\x76")

// RandomGenesis has random parameters and a key epoch, so that migrations happen.
func RandomGenesis(simState *module.SimulationState) {
	gs := types.DefaultGenesis()
	simState.AppParams.GetOrGenerate("pseudonym_queue_cap", &gs.Params.QueueCap, simState.Rand,
		func(r *rand.Rand) { gs.Params = randomParams(r) })
	gs.Epochs = []types.KeyEpoch{{Epoch: 1, PublicKey: point, CommitteeId: 1, AdoptedAt: simState.GenTimestamp.UTC()}}
	simState.GenState[types.ModuleName] = simState.Cdc.MustMarshalJSON(gs)
}

func randomParams(r *rand.Rand) types.Params {
	params := types.DefaultParams()
	params.MaxCount = uint32(1 + r.Intn(types.MaxCount))
	params.MaxEvaluations = uint64(params.MaxCount) + uint64(r.Intn(5*types.MaxCount))
	params.MaxMatchCount = uint32(1 + r.Intn(10_000))
	params.MaxMatchItems = uint64(params.MaxMatchCount) + uint64(r.Intn(20_000))
	params.Window = time.Duration(60+r.Intn(86400)) * time.Second
	params.MatchLifetime = time.Duration(60+r.Intn(3600)) * time.Second
	params.RequestLifetime = time.Duration(60+r.Intn(3600)) * time.Second
	params.MigrationApprovals = uint32(1 + r.Intn(3))
	params.MigrationTimelock = time.Duration(r.Intn(3600)) * time.Second
	params.MigrationLifetime = time.Duration(60+r.Intn(86400)) * time.Second
	params.MaxLinks = uint32(1 + r.Intn(types.MaxLinks))
	params.QueueCap = uint32(1 + r.Intn(20))
	return params
}

// env is what every factory works with.
type env struct {
	ctx      context.Context
	k        *keeper.Keeper
	data     *simsx.ChainDataSource
	reporter simsx.SimulationReporter
	r        *simsx.XRand
}

// factory turns build, which makes the signer and the message, into what the simulation runs. A skip must end the factory at once:
// simsx expects a panic for that.
func factory[T sdk.Msg](k *keeper.Keeper, build func(env) (simsx.SimAccount, T)) simsx.SimMsgFactoryFn[T] {
	return func(ctx context.Context, data *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, T) {
		signer, msg := build(env{ctx: ctx, k: k, data: data, reporter: reporter, r: data.Rand()})
		return []simsx.SimAccount{signer}, msg
	}
}

func (e env) skip(format string, args ...any) {
	e.reporter.Skipf(format, args...)
	panic("skipped: " + e.reporter.Comment())
}

func (e env) params() types.Params {
	params, err := e.k.GetParams(e.ctx)
	if err != nil {
		e.skip("%s", err)
	}
	return params
}

func (e env) randomID() (id types.ID) {
	_, _ = e.r.Read(id[:]) // never fails
	return id
}

// among returns an account that suits, looking from a random one on.
func (e env) among(what string, suits func(simsx.SimAccount) bool) simsx.SimAccount {
	first, count := e.r.Intn(e.data.AccountsCount()), e.data.AccountsCount()
	for i := range count {
		if account := e.data.AccountAt(e.reporter, (first+i)%count); suits(account) {
			return account
		}
	}
	e.skip("no %s", what)
	return simsx.SimAccount{}
}

// account returns the simulation's account of that address.
func (e env) account(text string) simsx.SimAccount {
	if !e.data.HasAccount(text) {
		e.skip("no account %s", text)
	}
	return e.data.GetAccount(e.reporter, text)
}

// match returns one that suits, looking from a random id on and then from the first.
func (e env) match(what string, suits func(types.Match) bool) (found types.Match) {
	for _, start := range []types.ID{e.randomID(), {}} {
		ok, looked := false, 0
		err := e.k.WalkMatches(e.ctx, start, func(m types.Match) (bool, error) {
			looked++
			if simsx.BlockTime(e.ctx).Before(m.ExpiresAt) && suits(m) {
				found, ok = m, true
			}
			return ok || looked == scan, nil
		})
		if err == nil && ok {
			return found
		}
	}
	e.skip("no %s", what)
	return found
}
