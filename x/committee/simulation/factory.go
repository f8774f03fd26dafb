package simulation

import (
	"context"

	"github.com/gtank/ristretto255"

	"cosmossdk.io/collections"

	"github.com/cosmos/cosmos-sdk/testutil/simsx"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/threshold"
	"github.com/creditd/creditd/x/committee/keeper"
	"github.com/creditd/creditd/x/committee/types"
)

// RegisterOperations registers the messages that institutions send themselves.
func RegisterOperations(weights simsx.WeightSource, registry simsx.Registry, k *keeper.Keeper) {
	registry.Add(weights.Get("committee_enlist", 60), EnlistFactory(k))
	registry.Add(weights.Get("committee_withdraw", 5), WithdrawFactory(k))
	registry.Add(weights.Get("committee_join", 150), JoinFactory(k))
	registry.Add(weights.Get("committee_deal", 150), DealFactory(k))
	registry.Add(weights.Get("committee_confirm", 150), ConfirmFactory(k))
	registry.Add(weights.Get("committee_attest_destruction", 60), AttestDestructionFactory(k))
}

// RegisterProposals registers the messages that members pass by vote.
func RegisterProposals(weights simsx.WeightSource, registry simsx.Registry, k *keeper.Keeper) {
	registry.Add(weights.Get("committee_form", 20), FormFactory(k))
	registry.Add(weights.Get("committee_end", 4), EndFactory(k))
	registry.Add(weights.Get("committee_update_params", 4), UpdateParamsFactory(k))
}

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

func must[T any](e env, value T, err error) T {
	if err != nil {
		e.skip("%s", err)
	}
	return value
}

func (e env) purpose() types.Purpose { return simsx.OneOf(e.r, types.Purposes()) }

func (e env) account(operator string) simsx.SimAccount {
	if !e.data.HasAccount(operator) {
		e.skip("no account %s", operator)
	}
	return e.data.GetAccount(e.reporter, operator)
}

// committee is a random one in a state, and in it an operator that suits and may act.
func (e env) committee(suits func(*types.Committee, string) bool) (*types.Committee, string) {
	type part struct {
		c        *types.Committee
		operator string
	}
	var parts []part
	err := e.k.Committees.Walk(e.ctx, nil, func(_ uint64, c types.Committee) (bool, error) {
		for _, operator := range c.Operators() {
			if suits(&c, operator) && e.data.HasAccount(operator) {
				parts = append(parts, part{&c, operator})
			}
		}
		return false, nil
	})
	if err != nil || len(parts) == 0 {
		e.skip("nobody has that to do")
	}
	chosen := simsx.OneOf(e.r, parts)
	return chosen.c, chosen.operator
}

func (e env) licensed(c *types.Committee, operator string) bool {
	address, err := e.data.AddressCodec().StringToBytes(operator)
	if err != nil {
		return false
	}
	ok, err := e.k.MayTakePart(e.ctx, c.Purpose, address)
	return ok && err == nil
}

// secret of an operator in a committee: the same whenever it is asked for.
func (e env) secret(c *types.Committee, operator, name string) *ristretto255.Scalar {
	s, err := secretOf(e.chainID(), c, operator, name)
	return must(e, s, err)
}

func (e env) chainID() string { return sdk.UnwrapSDKContext(e.ctx).ChainID() }

// EnlistFactory makes MsgEnlist.
func EnlistFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgEnlist] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgEnlist) {
		account, purpose := e.data.AnyAccount(e.reporter), e.purpose()
		enlisted, err := k.Enlistments.Has(e.ctx, collections.Join(uint32(purpose), account.Address))
		if err != nil || enlisted {
			e.skip("is enlisted")
		}
		if ok, err := k.MayBeMember(e.ctx, purpose, account.Address); !ok || err != nil {
			e.skip("may not be a member")
		}
		return account, &types.MsgEnlist{Operator: account.AddressBech32, Purpose: purpose}
	})
}

// WithdrawFactory makes MsgWithdraw.
func WithdrawFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgWithdraw] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgWithdraw) {
		account, purpose := e.data.AnyAccount(e.reporter), e.purpose()
		if enlisted, err := k.Enlistments.Has(e.ctx, collections.Join(uint32(purpose), account.Address)); err != nil || !enlisted {
			e.skip("is not enlisted")
		}
		return account, &types.MsgWithdraw{Operator: account.AddressBech32, Purpose: purpose}
	})
}

// JoinFactory makes MsgJoin.
func JoinFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgJoin] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgJoin) {
		c, operator := e.committee(func(c *types.Committee, operator string) bool {
			m, ok := c.Member(operator)
			return ok && c.Status == types.STATUS_JOINING && m.State == types.MEMBER_STATE_CALLED && e.licensed(c, operator)
		})
		secret := e.secret(c, operator, "transport")
		proof, err := threshold.ProveTransportKey(e.r, c.TransportContext(e.chainID(), operator), secret)
		key := ristretto255.NewIdentityElement().ScalarBaseMult(secret).Bytes()
		return e.account(operator), &types.MsgJoin{Operator: operator, Id: c.Id, TransportKey: key, Proof: must(e, proof, err)}
	})
}

// DealFactory makes MsgDeal; at times for an index that another has, which makes its shares wrong.
func DealFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgDeal] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgDeal) {
		c, operator := e.committee(func(c *types.Committee, operator string) bool {
			d, ok := c.Dealer(operator)
			return ok && c.Status == types.STATUS_DEALING && d.State == types.DEALER_STATE_EXPECTED && e.licensed(c, operator)
		})
		var share *ristretto255.Scalar
		if c.Predecessor != 0 {
			before, err := k.Get(e.ctx, c.Predecessor)
			share = must(e, e.share(&before, operator), err)
		}
		sharing, err := c.Sharing(e.chainID())
		dealer, _ := c.Dealer(operator)
		seed := [threshold.Size]byte(e.secret(c, operator, "seed").Bytes())
		content, err := threshold.Deal(e.r, must(e, sharing, err), dealer.Index, seed, share)
		return e.account(operator), &types.MsgDeal{Operator: operator, Id: c.Id, Dealing: must(e, content, err)}
	})
}

// share of a holder.
func (e env) share(c *types.Committee, operator string) *ristretto255.Scalar {
	share, err := Share(e.ctx, e.k, c, operator)
	return must(e, share, err)
}

// ConfirmFactory makes MsgConfirm; at times with a false complaint.
func ConfirmFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgConfirm] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgConfirm) {
		c, operator := e.committee(func(c *types.Committee, operator string) bool {
			m, ok := c.Member(operator)
			return ok && c.Status == types.STATUS_CONFIRMING && m.State == types.MEMBER_STATE_JOINED && e.licensed(c, operator)
		})
		msg := &types.MsgConfirm{Operator: operator, Id: c.Id}
		if dealers := c.Qualified(); e.r.Intn(20) == 0 && len(dealers) > 0 {
			msg.Complaints = []types.Complaint{e.complaint(c, operator, simsx.OneOf(e.r, dealers))}
		}
		return e.account(operator), msg
	})
}

func (e env) complaint(c *types.Committee, operator string, dealer uint32) types.Complaint {
	member, _ := c.Member(operator)
	stored, err := e.k.Dealings.Get(e.ctx, collections.Join(c.Id, dealer))
	dealing, err2 := threshold.ParseDealing(must(e, stored, err).Content)
	sharing, err := c.Sharing(e.chainID())
	secret, proof, err3 := threshold.Complain(e.r, must(e, sharing, err), dealer, must(e, dealing, err2), member.Index, e.secret(c, operator, "transport"))
	return types.Complaint{Dealer: dealer, Secret: secret, Proof: must(e, proof, err3)}
}

// AttestDestructionFactory makes MsgAttestDestruction.
func AttestDestructionFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgAttestDestruction] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgAttestDestruction) {
		c, operator := e.committee(func(c *types.Committee, operator string) bool { return c.MayDestroy(operator) && c.Owes(operator) })
		return e.account(operator), &types.MsgAttestDestruction{Operator: operator, Id: c.Id}
	})
}

// byVote is who signs a message in the name of the members: nobody, the proposal carries it.
var byVote simsx.SimAccount

// FormFactory makes MsgFormCommittee of all who enlisted.
func FormFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgFormCommittee] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgFormCommittee) {
		msg := &types.MsgFormCommittee{Authority: k.Authority(), Purpose: e.purpose()}
		msg.KeepKey = msg.Purpose.KeepsKey() && e.r.Bool()
		return byVote, msg
	})
}

// EndFactory makes MsgEndCommittee.
func EndFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgEndCommittee] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgEndCommittee) {
		c, _ := e.committee(func(c *types.Committee, _ string) bool { return !c.Over() })
		return byVote, &types.MsgEndCommittee{Authority: k.Authority(), Id: c.Id}
	})
}

// UpdateParamsFactory makes MsgUpdateParams.
func UpdateParamsFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgUpdateParams] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgUpdateParams) {
		return byVote, &types.MsgUpdateParams{Authority: k.Authority(), Params: RandomParams(e.r.Rand)}
	})
}
