package keeper_test

import (
	"fmt"
	"testing"
	"time"

	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cosmossdk.io/core/comet"
	errorsmod "cosmossdk.io/errors"

	"github.com/creditd/creditd/x/institution/types"
)

// population is how many operators a random history has.
const population = 8

// machine makes a random history. Messages may be refused; what has to hold is checked after every block by
// fixture.end: invariants, the bound on power, a set that is never empty and that CometBFT accepts.
type machine struct {
	*fixture
	keys int
	used [][]byte
	// past sets: the commit in a block is of the set that was told three blocks before.
	past []*cmttypes.ValidatorSet
}

func newMachine(t *testing.T, rt *rapid.T) *machine {
	f := newFixture(t)
	state := types.DefaultGenesis()
	state.Params.Timelock, state.Params.DowntimeJailDuration = 0, 10*time.Second
	state.Params.SignedBlocksWindow, state.Params.MaxMissedBlocks = 10, 3
	state.Params.QueueCap = rapid.Uint32Range(1, 4).Draw(rt, "queue cap")
	m := &machine{fixture: f}
	for n := range rapid.IntRange(1, population-2).Draw(rt, "institutions") {
		g := genesisInstitution(n, rapid.Int64Range(0, 40).Draw(rt, "power"))
		if n == 0 {
			g = genesisInstitution(n, rapid.Int64Range(1, 1000).Draw(rt, "power of the first"))
		}
		if g.Validator != nil {
			m.used = append(m.used, consAddress(g.Validator.ConsensusPubkey))
		}
		state.Institutions = append(state.Institutions, g)
	}
	f.init(state)
	return m
}

func drawOperator(rt *rapid.T) int { return rapid.IntRange(0, population-1).Draw(rt, "operator") }

func (m *machine) newKey() string {
	m.keys++
	name := fmt.Sprintf("random key %d", m.keys)
	m.used = append(m.used, consAddress(key(name)))
	return name
}

func (m *machine) randomRegister(rt *rapid.T) error {
	n, power := drawOperator(rt), rapid.Int64Range(0, 60).Draw(rt, "power")
	msg := m.registration(n, power)
	msg.ValidUntil = m.ctx.BlockTime().Add(time.Duration(rapid.IntRange(20, 400).Draw(rt, "validity")) * time.Second)
	if rapid.Bool().Draw(rt, "later") {
		msg.ValidFrom = m.ctx.BlockTime().Add(7 * time.Second)
	}
	if power > 0 {
		msg.ConsensusPubkey = key(m.newKey())
	}
	_, err := m.msg.Register(m.ctx, msg)
	return err
}

func (m *machine) randomAmend(rt *rapid.T) error {
	n := drawOperator(rt)
	msg := &types.MsgAmend{
		Authority: m.k.Authority(), Operator: operator(n).String(), Roles: []types.Role{types.ROLE_FURNISHER},
		ValidUntil: m.ctx.BlockTime().Add(time.Duration(rapid.IntRange(10, 400).Draw(rt, "validity")) * time.Second),
	}
	if rapid.IntRange(0, 3).Draw(rt, "as validator") > 0 {
		msg.Roles, msg.Power = append(msg.Roles, types.ROLE_VALIDATOR), rapid.Int64Range(1, 100).Draw(rt, "power")
		if institution, err := m.k.GetInstitution(m.ctx, operator(n)); err == nil && !institution.HasRole(types.ROLE_VALIDATOR) {
			msg.ConsensusPubkey = key(m.newKey())
		}
	}
	_, err := m.msg.Amend(m.ctx, msg)
	return err
}

func (m *machine) randomMessage(rt *rapid.T) error {
	n := drawOperator(rt)
	switch rapid.SampledFrom([]string{"register", "amend", "suspend", "reinstate", "revoke", "rotate", "unjail", "window", "absent", "equivocate"}).Draw(rt, "message") {
	case "register":
		return m.randomRegister(rt)
	case "amend":
		return m.randomAmend(rt)
	case "suspend":
		return m.suspend(n)
	case "reinstate":
		return m.reinstate(n)
	case "revoke":
		if n >= population/4 { // for ever: not too often
			return nil
		}
		_, err := m.msg.Revoke(m.ctx, &types.MsgRevoke{Authority: m.k.Authority(), Operator: operator(n).String(), Reason: types.REASON_VOTE})
		return err
	case "rotate":
		return m.rotate(n, key(m.newKey()))
	case "unjail":
		return m.unjail(n)
	case "window":
		params, err := m.k.GetParams(m.ctx)
		require.NoError(m.t, err)
		params.SignedBlocksWindow = rapid.Uint64Range(10, 14).Draw(rt, "window")
		_, err = m.msg.UpdateParams(m.ctx, &types.MsgUpdateParams{Authority: m.k.Authority(), Params: params})
		return err
	case "absent":
		address := rapid.SampledFrom(m.used).Draw(rt, "absent")
		m.absent[string(address)] = !m.absent[string(address)]
	case "equivocate":
		if rapid.IntRange(0, 4).Draw(rt, "dishonest") == 0 {
			m.evidence = append(m.evidence, misbehaviour{comet.DuplicateVote, rapid.SampledFrom(m.used).Draw(rt, "equivocator")})
		}
	}
	return nil
}

func (m *machine) randomBlock(rt *rapid.T) {
	m.past = append(m.past, m.set.Copy())
	m.voters = m.past[max(0, len(m.past)-3)]
	m.begin(rapid.IntRange(1, 30).Draw(rt, "seconds"))
	for range rapid.IntRange(0, 4).Draw(rt, "messages") {
		// A message that fails leaves no trace, as in a transaction.
		outer := m.ctx
		cacheCtx, write := outer.CacheContext()
		m.ctx = cacheCtx
		err := m.randomMessage(rt)
		m.ctx = outer
		if err == nil {
			write()
			continue
		}
		codespace, code, _ := errorsmod.ABCIInfo(err, false)
		require.Equal(m.t, types.ModuleName, codespace, err)
		require.Greater(m.t, code, uint32(1))
	}
	m.end()
}

func TestRandomHistories(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := newMachine(t, rt)
		for range rapid.IntRange(1, 60).Draw(rt, "blocks") {
			m.randomBlock(rt)
		}
		m.checkRoundTrip()
		m.settle()
	})
}

// checkRoundTrip: what is exported, imported and exported again is the same.
func (m *machine) checkRoundTrip() {
	exported, err := m.k.ExportGenesis(m.ctx)
	require.NoError(m.t, err)
	imported := newFixture(m.t)
	imported.ctx = imported.ctx.WithBlockTime(m.ctx.BlockTime())
	imported.init(exported)
	again, err := imported.k.ExportGenesis(imported.ctx)
	require.NoError(m.t, err)
	require.Equal(m.t, string(m.cdc.MustMarshalJSON(exported)), string(imported.cdc.MustMarshalJSON(again)))
	require.Equal(m.t, m.set.Hash(), imported.set.Hash())
	imported.blocks(3)
}

// settle: with nothing new, the set becomes what the licences say, but for the last one.
func (m *machine) settle() {
	m.absent, m.voters = map[string]bool{}, nil
	for range 60 {
		m.begin(0)
		m.end()
	}
	pending, err := m.k.Pending.Iterate(m.ctx, nil)
	require.NoError(m.t, err)
	operators, err := pending.Keys()
	require.NoError(m.t, err)
	for _, operator := range operators {
		member, err := m.k.SetMembers.Get(m.ctx, operator)
		require.NoError(m.t, err)
		require.True(m.t, member.Retained && m.set.Size() == 1, "only the retained one is pending for ever")
	}
}
