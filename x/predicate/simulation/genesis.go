// Package simulation makes random states and messages of x/predicate.
package simulation

import (
	"math/rand"
	"time"

	"github.com/cosmos/cosmos-sdk/types/module"

	"github.com/creditd/creditd/x/predicate/types"
)

// RandomGenesis has random parameters and nothing else.
func RandomGenesis(simState *module.SimulationState) {
	gs := types.DefaultGenesis()
	gs.Params = randomParams(simState.Rand)
	simState.GenState[types.ModuleName] = simState.Cdc.MustMarshalJSON(gs)
}

// randomParams has short times, so that things expire within a simulation.
func randomParams(r *rand.Rand) types.Params {
	params := types.DefaultParams()
	params.MaxPredicates = 1 + uint32(r.Intn(types.MaxPredicatesLimit))
	params.BudgetPerDataUser = 1 + uint32(r.Intn(8))
	params.BudgetPerSubject = params.BudgetPerDataUser + uint32(r.Intn(8))
	params.BudgetWindow = types.MinBudgetWindow + time.Duration(r.Intn(48))*time.Hour
	params.MaxRootAge = time.Duration(r.Intn(60)) * time.Minute
	params.RemovalGrace = params.MaxRootAge / time.Duration(1+r.Intn(4))
	params.QueueCap = 1 + uint32(r.Intn(types.MaxQueueCap))
	return params
}
