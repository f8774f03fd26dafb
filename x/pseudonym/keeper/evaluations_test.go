package keeper_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/testutil"
	committeetypes "github.com/creditd/creditd/x/committee/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
	"github.com/creditd/creditd/x/pseudonym/types"
)

func TestARequestIsCommittedCountedAndForgotten(t *testing.T) {
	f := setup(t)
	res, err := f.request(bank, 100, "elements")
	require.NoError(t, err)
	require.Equal(t, types.EvaluationID(bank, 1, testutil.Bytes("elements")).Bytes(), res.Id)
	require.EqualValues(t, types.DefaultParams().MaxEvaluations-100, res.Left)
	found, err := f.query.Evaluation(f.ctx, &types.QueryEvaluationRequest{Id: types.ID(res.Id).String()})
	require.NoError(t, err)
	require.Equal(t, bank.String(), found.Evaluation.Institution)
	require.EqualValues(t, 100, found.Evaluation.Count)
	f.next(types.DefaultParams().RequestLifetime)
	_, err = f.query.Evaluation(f.ctx, &types.QueryEvaluationRequest{Id: types.ID(res.Id).String()})
	require.ErrorIs(t, err, types.ErrUnknownEvaluation)
	usages, err := f.query.Usages(f.ctx, &types.QueryUsagesRequest{Institution: bank.String()})
	require.NoError(t, err)
	require.Len(t, usages.Usages, 1)
	require.EqualValues(t, 100, usages.Usages[0].Evaluations)
	require.EqualValues(t, 1, usages.Usages[0].Requests)
	all, err := f.query.Usages(f.ctx, &types.QueryUsagesRequest{})
	require.NoError(t, err)
	require.Equal(t, usages.Usages, all.Usages)
}

func TestRequestsAreRefused(t *testing.T) {
	f := setup(t)
	_, err := f.request(outsider, 1, "a")
	require.ErrorIs(t, err, institutiontypes.ErrNotLicensed)
	_, err = f.request(validator, 1, "a")
	require.ErrorIs(t, err, institutiontypes.ErrWrongRole)
	for _, count := range []uint32{0, types.DefaultParams().MaxCount + 1} {
		_, err = f.request(bank, count, "a")
		require.ErrorIs(t, err, types.ErrCount)
	}
	_, err = f.request(bank, 1, "a")
	require.NoError(t, err)
	_, err = f.request(bank, 1, "a")
	require.ErrorIs(t, err, types.ErrDuplicate)
	msg := &types.MsgRequestEvaluations{Institution: bank.String(), Epoch: 2, Count: 1, Hash: testutil.Bytes("b")}
	_, err = f.msg.RequestEvaluations(f.ctx, msg)
	require.ErrorIs(t, err, types.ErrWrongEpoch)
	msg.Epoch, msg.Hash = 1, []byte("short")
	_, err = f.msg.RequestEvaluations(f.ctx, msg)
	require.ErrorIs(t, err, types.ErrInvalidHash)
	msg.Institution = "nobody"
	_, err = f.msg.RequestEvaluations(f.ctx, msg)
	require.ErrorIs(t, err, types.ErrInvalidAddress)
	// The committee has a new key that the members did not adopt, or is gone.
	f.committees.form(2, 2)
	_, err = f.request(bank, 1, "c")
	require.ErrorIs(t, err, types.ErrNotServing)
	f.committees.active = 0
	_, err = f.request(bank, 1, "c")
	require.ErrorIs(t, err, committeetypes.ErrNoCommittee)
}

func TestWithoutAKeyThereIsNothingToAskFor(t *testing.T) {
	f := blank(t)
	require.NoError(t, f.k.InitGenesis(f.ctx, types.DefaultGenesis()))
	_, err := f.request(bank, 1, "a")
	require.ErrorIs(t, err, types.ErrNoEpoch)
}

// One institution tries identity numbers out: however it cuts its dictionary, it gets max_evaluations in a window and no more, and
// others are not held up by it.
func TestADictionaryHitsTheLimit(t *testing.T) {
	f := setup(t)
	f.params(func(p *types.Params) { p.MaxCount, p.MaxEvaluations = 100, 1000 })
	got := 0
	for i := range 50 {
		count := uint32(1 + i*37%100)
		if _, err := f.request(bank, count, fmt.Sprintf("dictionary %d", i)); err == nil {
			got += int(count)
		} else {
			require.ErrorIs(t, err, types.ErrRateLimited)
		}
		if i%10 == 9 {
			f.next(time.Minute) // requests end, the count stays
		}
	}
	require.LessOrEqual(t, got, 1000)
	require.Greater(t, got, 900)
	_, err := f.request(bank, 100, "more")
	require.ErrorIs(t, err, types.ErrRateLimited)
	_, err = f.request(utility, 100, "another institution")
	require.NoError(t, err)
	f.next(types.DefaultParams().Window)
	_, err = f.request(bank, 100, "another day")
	require.NoError(t, err)
}

func TestKeysAreAdoptedByVote(t *testing.T) {
	f := setup(t)
	adopt := func(by string, id uint64) error {
		_, err := f.msg.AdoptKey(f.ctx, &types.MsgAdoptKey{Authority: by, CommitteeId: id})
		return err
	}
	f.committees.form(2, 2)
	require.ErrorIs(t, adopt(bank.String(), 2), types.ErrUnauthorized)
	require.ErrorIs(t, adopt(authority.String(), 9), committeetypes.ErrUnknownCommittee)
	require.ErrorIs(t, adopt(authority.String(), 1), types.ErrKeyAdopted)
	require.NoError(t, adopt(authority.String(), 2))
	require.ErrorIs(t, adopt(authority.String(), 2), types.ErrKeyAdopted)
	require.ErrorIs(t, adopt(authority.String(), 1), types.ErrKeyAdopted)
	epochs, err := f.query.KeyEpochs(f.ctx, &types.QueryKeyEpochsRequest{})
	require.NoError(t, err)
	require.Len(t, epochs.Epochs, 2)
	for name, change := range map[string]func(*committeetypes.Committee){
		"purpose":  func(c *committeetypes.Committee) { c.Purpose = committeetypes.PURPOSE_EXPOSURE },
		"dealing":  func(c *committeetypes.Committee) { c.Status = committeetypes.STATUS_DEALING },
		"identity": func(c *committeetypes.Committee) { c.PublicKey = make([]byte, 32) },
		"short":    func(c *committeetypes.Committee) { c.PublicKey = c.PublicKey[1:] },
	} {
		f.committees.form(3, 3)
		committee := f.committees.all[3]
		change(&committee)
		f.committees.all[3] = committee
		require.Error(t, adopt(authority.String(), 3), name)
	}
}

// A committee that keeps the key serves the same epoch: nothing changes for anybody.
func TestResharingKeepsTheEpoch(t *testing.T) {
	f := setup(t)
	next := f.committees.all[1]
	next.Id, next.Predecessor = 2, 1
	f.committees.all[2] = next
	f.committees.active = 2
	_, err := f.request(bank, 1, "after resharing")
	require.NoError(t, err)
}

func TestParametersAreBounded(t *testing.T) {
	f := setup(t)
	_, err := f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: bank.String(), Params: types.DefaultParams()})
	require.ErrorIs(t, err, types.ErrUnauthorized)
	for name, change := range map[string]func(*types.Params){
		"no count":            func(p *types.Params) { p.MaxCount = 0 },
		"count":               func(p *types.Params) { p.MaxCount = types.MaxCount + 1 },
		"less than a request": func(p *types.Params) { p.MaxEvaluations = uint64(p.MaxCount) - 1 },
		"less than a match":   func(p *types.Params) { p.MaxMatchItems = 1 },
		"match":               func(p *types.Params) { p.MaxMatchCount = 0 },
		"window":              func(p *types.Params) { p.Window = time.Second },
		"half seconds":        func(p *types.Params) { p.Window += time.Millisecond },
		"lifetime":            func(p *types.Params) { p.RequestLifetime = 0 },
		"timelock":            func(p *types.Params) { p.MigrationTimelock = -1 },
		"approvals":           func(p *types.Params) { p.MigrationApprovals = 0 },
		"links":               func(p *types.Params) { p.MaxLinks = types.MaxLinks + 1 },
		"queue":               func(p *types.Params) { p.QueueCap = 0 },
	} {
		params := types.DefaultParams()
		change(&params)
		_, err := f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: authority.String(), Params: params})
		require.ErrorIs(t, err, types.ErrInvalidParams, name)
	}
}
