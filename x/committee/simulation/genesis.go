// Package simulation makes random states and messages of x/committee.
package simulation

import (
	"math/rand"
	"time"

	"github.com/cosmos/cosmos-sdk/types/module"

	"github.com/creditd/creditd/x/committee/types"
)

// GenerateGenesis has no committees and parameters under which they are formed, fail and end within a few blocks.
func GenerateGenesis(state *module.SimulationState) {
	genesis := types.DefaultGenesis()
	genesis.Params = RandomParams(state.Rand)
	state.GenState[types.ModuleName] = state.Cdc.MustMarshalJSON(genesis)
}

// RandomParams are short enough for all to happen in a simulation, whose blocks are one to three hours apart, and at times long enough for what members do
// with their key to come to its end.
func RandomParams(r *rand.Rand) types.Params {
	params := types.DefaultParams()
	params.PhaseDuration = time.Duration(1+r.Intn(480)) * time.Minute
	params.ReviewInterval = time.Duration(1+r.Intn(20)) * time.Minute
	params.MaxAttempts = uint32(1 + r.Intn(3))
	params.MaxMembers = uint32(types.MinMembers + 1 + r.Intn(6))
	for i := range params.Policies {
		p := &params.Policies[i]
		p.Automatic = r.Intn(4) > 0
		p.MinMembers = types.MinMembers
		p.Lead = time.Duration(1+r.Intn(60)) * time.Minute
		p.EpochDuration = p.Lead + time.Duration(1+r.Intn(6000))*time.Minute
		p.Overlap = time.Duration(r.Intn(120)) * time.Minute
	}
	return params
}
