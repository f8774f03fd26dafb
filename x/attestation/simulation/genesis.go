// Package simulation makes random states and messages of x/attestation.
package simulation

import (
	"math/rand"

	"github.com/cosmos/cosmos-sdk/types/module"

	"github.com/creditd/creditd/x/attestation/types"
)

// RandomGenesis is the default genesis with random parameters.
func RandomGenesis(simState *module.SimulationState) {
	gs := types.DefaultGenesis()
	simState.AppParams.GetOrGenerate("attestation_max_batch", &gs.Params.MaxBatch, simState.Rand,
		func(r *rand.Rand) { gs.Params = randomParams(r) })
	simState.GenState[types.ModuleName] = simState.Cdc.MustMarshalJSON(gs)
}

func randomParams(r *rand.Rand) types.Params {
	return types.Params{MaxBatch: 1 + uint32(r.Intn(types.MaxBatchLimit))}
}
