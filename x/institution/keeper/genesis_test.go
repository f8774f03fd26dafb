package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"

	"github.com/creditd/creditd/x/institution/types"
)

// busy is a state with something in every field.
func busy(t testing.TB) *types.GenesisState {
	f := withTimelock(t)
	f.setAbsent(0, true)
	f.blocks(3)
	f.pass(f.registration(9, 0))
	f.begin(5)
	require.NoError(t, f.suspend(3))
	_, err := f.msg.UpdateProfile(f.ctx, &types.MsgUpdateProfile{Operator: operator(1).String(), Vault: vault()})
	require.NoError(t, err)
	require.NoError(t, f.rotate(0, key("new"))) // waits for the next block
	f.end()
	state, err := f.k.ExportGenesis(f.ctx)
	require.NoError(t, err)
	require.NotEmpty(t, state.PendingOperators)
	require.NotEmpty(t, state.ScheduledChanges)
	require.NotEmpty(t, state.Institutions[0].Missed)
	require.Len(t, state.ConsensusKeys, 5)
	return state
}

func TestGenesisRoundTrip(t *testing.T) {
	state := busy(t)
	f := newFixture(t)
	bz := f.cdc.MustMarshalJSON(state)
	var read types.GenesisState
	f.cdc.MustUnmarshalJSON(bz, &read)
	f.ctx = f.ctx.WithBlockTime(start.Add(50 * time.Hour))
	f.init(&read)
	again, err := f.k.ExportGenesis(f.ctx)
	require.NoError(t, err)
	require.Equal(t, string(bz), string(f.cdc.MustMarshalJSON(again)))

	f.block()
	require.True(t, f.set.HasAddress(consAddress(key("new"))), "what was pending goes on")
	f.begin(3600)
	f.end()
	require.Equal(t, "Bank 9", f.institution(9).Name, "what was scheduled runs")
	validators, err := f.k.GenesisValidators(f.ctx)
	require.NoError(t, err)
	require.Len(t, validators, 3)
	require.Equal(t, "Bank 0", validators[0].Name)
}

func TestHandMadeGenesisIsFilledIn(t *testing.T) {
	f := newFixture(t)
	state := types.DefaultGenesis()
	g := genesisInstitution(0, 10)
	g.Institution.StatusSince = time.Time{}
	state.Institutions = append(state.Institutions, g)
	f.init(state)
	require.Equal(t, start, f.institution(0).StatusSince)
	exported, err := f.k.ExportGenesis(f.ctx)
	require.NoError(t, err)
	require.Equal(t, types.REASON_GENESIS, exported.Institutions[0].History[0].Reason)
	require.Len(t, exported.ConsensusKeys, 1)
	require.NotNil(t, f.ak.GetAccount(f.ctx, operator(0)))
}

func TestGenesisNeedsAValidator(t *testing.T) {
	f := newFixture(t)
	require.NoError(t, types.DefaultGenesis().Validate(f.k.AddressCodec()))
	_, err := f.k.InitGenesis(f.ctx, types.DefaultGenesis())
	require.ErrorIs(t, err, types.ErrInvalidGenesis)
	require.ErrorContains(t, err, "creditd genesis add-institution")
}

func TestGenesisOfAnotherWindowForgetsMisses(t *testing.T) {
	f := withWindow(t, 100, 50)
	f.setAbsent(0, true)
	f.blocks(5)
	params, err := f.k.GetParams(f.ctx)
	require.NoError(t, err)
	params.SignedBlocksWindow = 60
	require.NoError(t, f.k.Params.Set(f.ctx, params))
	exported, err := f.k.ExportGenesis(f.ctx)
	require.NoError(t, err)
	require.Empty(t, exported.Institutions[0].Missed)
	require.NoError(t, exported.Validate(f.k.AddressCodec()))
}

func TestGenesisRefuses(t *testing.T) {
	unread := &codectypes.Any{TypeUrl: "/cosmos.crypto.ed25519.PubKey", Value: []byte{1}}
	for name, test := range map[string]struct {
		change func(*types.GenesisState)
		err    error
	}{
		"params":             {func(s *types.GenesisState) { s.Params.QueueCap = 0 }, types.ErrInvalidParams},
		"operator":           {func(s *types.GenesisState) { s.Institutions[0].Institution.Operator = "x" }, types.ErrInvalidAddress},
		"operator twice":     {func(s *types.GenesisState) { s.Institutions[1].Institution.Operator = operator(0).String() }, types.ErrInvalidGenesis},
		"licence twice":      {func(s *types.GenesisState) { s.Institutions[1].Institution.LicenceNumber = "B-0" }, types.ErrInvalidGenesis},
		"name":               {func(s *types.GenesisState) { s.Institutions[0].Institution.Name = "" }, types.ErrInvalidField},
		"status":             {func(s *types.GenesisState) { s.Institutions[0].Institution.Status = 9 }, types.ErrInvalidGenesis},
		"vault":              {func(s *types.GenesisState) { s.Institutions[1].Vault.Endpoint = "x" }, types.ErrInvalidField},
		"history":            {func(s *types.GenesisState) { s.Institutions[3].History[0].Height = 1 << 40 }, types.ErrInvalidGenesis},
		"role only":          {func(s *types.GenesisState) { s.Institutions[1].Validator = nil }, types.ErrInvalidGenesis},
		"validator only":     {func(s *types.GenesisState) { s.Institutions[1].Institution.Roles = []types.Role{types.ROLE_BUREAU} }, types.ErrInvalidGenesis},
		"validator's name":   {func(s *types.GenesisState) { s.Institutions[0].Validator.Operator = operator(1).String() }, types.ErrInvalidGenesis},
		"power":              {func(s *types.GenesisState) { s.Institutions[0].Validator.Power = 0 }, types.ErrInvalidConsensus},
		"joined":             {func(s *types.GenesisState) { s.Institutions[0].Validator.JoinedHeight = -1 }, types.ErrInvalidGenesis},
		"missed count":       {func(s *types.GenesisState) { s.Institutions[0].Validator.MissedBlocks++ }, types.ErrInvalidGenesis},
		"missed slot":        {func(s *types.GenesisState) { s.Institutions[0].Missed[0] = 600 }, types.ErrInvalidGenesis},
		"key":                {func(s *types.GenesisState) { s.Institutions[0].Validator.ConsensusPubkey = unread }, types.ErrInvalidConsensus},
		"no key":             {func(s *types.GenesisState) { s.Institutions[0].Validator.ConsensusPubkey = nil }, types.ErrInvalidConsensus},
		"key twice":          {func(s *types.GenesisState) { s.Institutions[0].Validator.ConsensusPubkey = keyOf(1) }, types.ErrInvalidGenesis},
		"short address":      {func(s *types.GenesisState) { s.ConsensusKeys[0].Address = []byte{1} }, types.ErrInvalidGenesis},
		"address twice":      {func(s *types.GenesisState) { s.ConsensusKeys[1] = s.ConsensusKeys[0] }, types.ErrInvalidGenesis},
		"address of nobody":  {func(s *types.GenesisState) { s.ConsensusKeys[0].Operator = operator(50).String() }, types.ErrInvalidGenesis},
		"member twice":       {func(s *types.GenesisState) { s.Members[1] = s.Members[0] }, types.ErrInvalidGenesis},
		"member's key":       {func(s *types.GenesisState) { s.Members[0].ConsensusPubkey = key("unknown") }, types.ErrInvalidGenesis},
		"member without key": {func(s *types.GenesisState) { s.Members[0].ConsensusPubkey = nil }, types.ErrInvalidConsensus},
		"member's power":     {func(s *types.GenesisState) { s.Members[0].Power = 0 }, types.ErrInvalidConsensus},
		"change id":          {func(s *types.GenesisState) { s.LastChangeId = 0 }, types.ErrInvalidGenesis},
		"change time":        {func(s *types.GenesisState) { s.ScheduledChanges[0].ExecuteAt = time.Time{} }, types.ErrInvalidField},
		"change message":     {func(s *types.GenesisState) { s.ScheduledChanges[0].Message = nil }, types.ErrInvalidField},
		"pending of nobody":  {func(s *types.GenesisState) { s.PendingOperators[0] = operator(50).String() }, types.ErrInvalidGenesis},
	} {
		t.Run(name, func(t *testing.T) {
			state := busy(t)
			f := newFixture(t)
			require.NoError(t, state.Validate(f.k.AddressCodec()))
			test.change(state)
			_, err := f.k.InitGenesis(f.ctx, state)
			require.ErrorIs(t, err, test.err)
		})
	}
}
