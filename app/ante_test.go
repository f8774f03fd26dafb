package app

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	errorsmod "cosmossdk.io/errors"

	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	"github.com/cosmos/cosmos-sdk/testutil"
	sdk "github.com/cosmos/cosmos-sdk/types"

	committeetypes "github.com/creditd/creditd/x/committee/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// fakeRegister stands in for the keepers that the payer rule asks.
type fakeRegister struct {
	institutions, subjects map[string]bool
	shares                 map[string]uint64 // the committee of which somebody is to destroy a share
	params                 institutiontypes.Params
	err                    error
}

func (f fakeRegister) MayAttestDestruction(_ context.Context, operator string, committee uint64) (bool, error) {
	return committee != 0 && f.shares[operator] >= committee, f.err
}

func (f fakeRegister) IsActive(_ context.Context, a sdk.AccAddress) (bool, error) {
	return f.institutions[string(a)], f.err
}

func (f fakeRegister) GetParams(context.Context) (institutiontypes.Params, error) {
	return f.params, f.err
}

func (f fakeRegister) MayPay(_ context.Context, a sdk.AccAddress) (bool, error) {
	return f.subjects[string(a)], f.err
}

// fakeTx is a transaction as far as the rules of this package look at one.
type fakeTx struct {
	payer, granter sdk.AccAddress
	gas            uint64
	memo           string
	msgs           []sdk.Msg
}

func (t fakeTx) GetMsgs() []sdk.Msg                { return t.msgs }
func (fakeTx) GetMsgsV2() ([]proto.Message, error) { return nil, nil }
func (t fakeTx) GetGas() uint64                    { return t.gas }
func (fakeTx) GetFee() sdk.Coins                   { return nil }
func (t fakeTx) FeePayer() []byte                  { return t.payer }
func (t fakeTx) FeeGranter() []byte                { return t.granter }
func (t fakeTx) GetMemo() string                   { return t.memo }

func passOn(ctx sdk.Context, _ sdk.Tx, _ bool) (sdk.Context, error) { return ctx, nil }

func TestPayerRule(t *testing.T) {
	bank, person, stranger := sdk.AccAddress("bank________________"), sdk.AccAddress("person______________"), sdk.AccAddress("stranger____________")
	destroys := func(ids ...uint64) (msgs []sdk.Msg) {
		for _, id := range ids {
			msgs = append(msgs, &committeetypes.MsgAttestDestruction{Operator: stranger.String(), Id: id})
		}
		return msgs
	}
	register := fakeRegister{
		shares:       map[string]uint64{stranger.String(): 3},
		institutions: map[string]bool{string(bank): true},
		subjects:     map[string]bool{string(person): true},
		params:       institutiontypes.Params{InstitutionGasPerBlock: 100, SubjectGasPerBlock: 10},
	}
	for _, tc := range []struct {
		name     string
		txs      []fakeTx
		simulate bool
		want     *errorsmod.Error // of the last transaction
	}{
		{name: "an institution pays", txs: []fakeTx{{payer: bank, gas: 100}}},
		{name: "a subject pays", txs: []fakeTx{{payer: person, gas: 10}}},
		{name: "a stranger may not", txs: []fakeTx{{payer: stranger, gas: 1}}, want: ErrMayNotPay},
		{name: "a stranger whom an institution sponsors", txs: []fakeTx{{payer: stranger, granter: bank, gas: 1}}},
		{name: "a stranger whom a stranger sponsors", txs: []fakeTx{{payer: bank, granter: stranger, gas: 1}}, want: ErrMayNotPay},
		{name: "over the budget at once", txs: []fakeTx{{payer: bank, gas: 101}}, want: ErrGasBudget},
		{name: "over the budget by and by", txs: []fakeTx{{payer: bank, gas: 60}, {payer: bank, gas: 41}}, want: ErrGasBudget},
		{name: "up to the budget", txs: []fakeTx{{payer: bank, gas: 60}, {payer: bank, gas: 40}}},
		{name: "what is sponsored counts for the sponsor", txs: []fakeTx{{payer: stranger, granter: bank, gas: 60}, {payer: bank, gas: 41}}, want: ErrGasBudget},
		{name: "a subject has the smaller budget", txs: []fakeTx{{payer: person, gas: 11}}, want: ErrGasBudget},
		{name: "budgets are apart", txs: []fakeTx{{payer: bank, gas: 100}, {payer: person, gas: 10}}},
		{name: "a sum beyond 64 bits", txs: []fakeTx{{payer: bank, gas: 60}, {payer: bank, gas: ^uint64(0)}}, want: ErrGasBudget},
		{name: "whose licence ended destroys its keys", txs: []fakeTx{{payer: stranger, gas: 10, msgs: destroys(1, 2, 3)}}},
		{name: "and has a small budget for it", txs: []fakeTx{{payer: stranger, gas: 11, msgs: destroys(1)}}, want: ErrGasBudget},
		{name: "what nobody waits for", txs: []fakeTx{{payer: stranger, gas: 1, msgs: destroys(1, 4)}}, want: ErrMayNotPay},
		{name: "the same twice", txs: []fakeTx{{payer: stranger, gas: 1, msgs: destroys(1, 1)}}, want: ErrMayNotPay},
		{name: "and something else", txs: []fakeTx{{payer: stranger, gas: 1, msgs: append(destroys(1), &committeetypes.MsgEnlist{})}}, want: ErrMayNotPay},
		{name: "paid by another stranger", txs: []fakeTx{{payer: sdk.AccAddress("other_______________"), gas: 1, msgs: destroys(1)}}, want: ErrMayNotPay},
		{name: "a simulation spends nothing", txs: []fakeTx{{payer: bank, gas: 1000}}, simulate: true},
		{name: "a simulation of a stranger", txs: []fakeTx{{payer: stranger}}, simulate: true, want: ErrMayNotPay},
	} {
		t.Run(tc.name, func(t *testing.T) {
			key := storetypes.NewTransientStoreKey(gasBudgetStoreKey)
			ctx := testutil.DefaultContext(storetypes.NewKVStoreKey("unused"), key)
			rule := newPayerDecorator(register, register, register, key)
			for i, tx := range tc.txs {
				_, err := rule.AnteHandle(ctx, tx, tc.simulate, passOn)
				if i == len(tc.txs)-1 && tc.want != nil {
					require.ErrorIs(t, err, tc.want)
					continue
				}
				require.NoError(t, err)
			}
		})
	}
}

func TestMemoIsRefused(t *testing.T) {
	_, err := noMemo{}.AnteHandle(sdk.Context{}, fakeTx{memo: "for Ms Smith"}, false, passOn)
	require.ErrorIs(t, err, ErrMemo)
	_, err = noMemo{}.AnteHandle(sdk.Context{}, fakeTx{}, false, passOn)
	require.NoError(t, err)
}

// A code of 0 would report a refused transaction as a success (ABCI).
func TestErrorCodes(t *testing.T) {
	for _, err := range []*errorsmod.Error{ErrMayNotPay, ErrGasBudget, ErrMemo} {
		codespace, code, _ := errorsmod.ABCIInfo(errorsmod.Wrap(err, "context"), false)
		require.Equal(t, Name, codespace)
		require.Greater(t, code, uint32(1))
	}
}
