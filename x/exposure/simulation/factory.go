// Package simulation makes random histories of x/exposure.
package simulation

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/gtank/ristretto255"

	"github.com/cosmos/cosmos-sdk/testutil/simsx"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/module"

	"github.com/creditd/creditd/privacy/exposure"
	"github.com/creditd/creditd/x/exposure/keeper"
	"github.com/creditd/creditd/x/exposure/types"
)

// env is what every factory works with.
type env struct {
	ctx      context.Context
	k        *keeper.Keeper
	data     *simsx.ChainDataSource
	reporter simsx.SimulationReporter
	r        *simsx.XRand
}

// factory turns build into what the simulation runs. A skip must end it at once: simsx expects a panic for that.
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

// must skips on an error.
func must[T any](e env, value T, err error) T {
	if err != nil {
		e.skip("%s", err)
	}
	return value
}

// RandomGenesis has the default parameters, of which some vary.
func RandomGenesis(state *module.SimulationState) {
	gs := types.DefaultGenesis()
	gs.Params = randomParams(state.Rand)
	state.GenState[types.ModuleName] = state.Cdc.MustMarshalJSON(gs)
}

// randomParams are long enough for a round to come to its end in a simulation, whose blocks are one to three hours apart, and short enough
// for the next one about the same subject.
func randomParams(r interface{ Intn(n int) int }) types.Params {
	params := types.DefaultParams()
	params.SubmitDuration = time.Duration(6+r.Intn(18)) * time.Hour
	params.ShareDuration = time.Duration(6+r.Intn(18)) * time.Hour
	params.Interval = time.Duration(1+r.Intn(24)) * time.Hour
	params.MaxSilent = uint32(r.Intn(4))
	params.MaxPerBlock = uint32(1 + r.Intn(50))
	return params
}

// MsgOpenRoundFactory asks under a live inquiry, or about a sector.
func MsgOpenRoundFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgOpenRound] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgOpenRound) {
		account := e.data.AnyAccount(e.reporter)
		msg := &types.MsgOpenRound{Asker: account.AddressBech32, Kind: types.KIND_SECTOR, Sector: uint32(11 + e.r.Intn(80))}
		about := types.SectorID(msg.Sector).Bytes()
		if e.r.Intn(4) > 0 {
			msg.Kind, msg.Sector = types.Kind(1+e.r.Intn(2)), 0
			inquiry, err := k.SomeLook(e.ctx, account.Address)
			about = must(e, inquiry, err)
			msg.InquiryId = about
		}
		key, err := exposure.NewKey(e.r)
		key = must(e, key, err)
		public := key.Public()
		msg.AskerKey = public[:]
		proof, err := exposure.Possession{
			ChainID: sdk.UnwrapSDKContext(e.ctx).ChainID(), Asker: account.Address, Kind: exposure.Kind(msg.Kind), About: about,
		}.Prove(e.r, key)
		msg.Possession = must(e, proof, err)
		if err := k.MayOpen(e.ctx, msg); err != nil {
			e.skip("%s", err)
		}
		return account, msg
	})
}

// duty is a round that waits for one of the simulation's accounts, which still may act. Mostly it is the round that is furthest, so that
// rounds come to an end: each waits for many.
func (e env) duty(status types.Status) (simsx.SimAccount, types.Duty) {
	var found []types.Duty
	err := e.k.WalkDuties(e.ctx, func(duty types.Duty) (bool, error) {
		if duty.Round.Status == status && e.data.HasAccount(duty.Part.Member) && e.k.MayAnswer(e.ctx, duty) == nil {
			found = append(found, duty)
		}
		return len(found) == 20, nil
	})
	if err != nil || len(found) == 0 {
		e.skip("no round waits")
	}
	duty := simsx.OneOf(e.r, found)
	if e.r.Intn(4) > 0 {
		duty = slices.MaxFunc(found, func(a, b types.Duty) int { // the first of those that are as far
			return cmp.Compare(a.Round.Submitted+a.Round.Given, b.Round.Submitted+b.Round.Given)
		})
	}
	return e.data.GetAccount(e.reporter, duty.Part.Member), duty
}

// MsgSubmitFactory submits what can be proved without anybody's records: zero where a member attested nothing, else a number
// that is its own word.
func MsgSubmitFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgSubmit] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgSubmit) {
		account, duty := e.duty(types.STATUS_SUBMITTING)
		opening := exposure.Opening{}
		if duty.Round.Kind != types.KIND_EXPOSURE {
			opening.Value = uint64(e.r.Intn(2))
		}
		statement := e.statement(duty.Round)
		bz, err := exposure.Submit(e.r, statement, account.Address, duty.Part.AttestedOf(duty.Round.Kind), opening)
		return account, &types.MsgSubmit{Member: account.AddressBech32, RoundId: duty.Round.Id, Submission: must(e, bz, err)}
	})
}

// Shares are those of the committee's key that simulated members have (x/committee/simulation).
type Shares func(ctx context.Context, committee uint64, operator string) (*ristretto255.Scalar, error)

// MsgGiveShareFactory gives the member's share, and at times a lie, which the chain puts on record.
func MsgGiveShareFactory(k *keeper.Keeper, shares Shares) simsx.SimMsgFactoryFn[*types.MsgGiveShare] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgGiveShare) {
		account, duty := e.duty(types.STATUS_OPENING)
		secret, err := shares(e.ctx, duty.Round.CommitteeId, duty.Part.Member)
		secret = must(e, secret, err)
		if e.r.Intn(10) == 0 {
			secret = ristretto255.NewScalar().Add(secret, secret)
		}
		share, err := exposure.GiveShare(e.r, e.statement(duty.Round), account.Address, duty.Round.Sum, secret)
		return account, &types.MsgGiveShare{Member: account.AddressBech32, RoundId: duty.Round.Id, Share: must(e, share, err)}
	})
}

func (e env) statement(round types.Round) exposure.Round {
	asker, err := e.data.AddressCodec().StringToBytes(round.Asker)
	return round.Statement(sdk.UnwrapSDKContext(e.ctx).ChainID(), must(e, asker, err))
}

// MsgUpdateParamsFactory proposes random parameters.
func MsgUpdateParamsFactory() simsx.SimMsgFactoryFn[*types.MsgUpdateParams] {
	return func(_ context.Context, data *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, *types.MsgUpdateParams) {
		return nil, &types.MsgUpdateParams{Authority: data.ModuleAccountAddress(reporter, "gov"), Params: randomParams(data.Rand())}
	}
}
