// Package simulation makes random states and messages of x/credit.
package simulation

import (
	"math/rand"
	"time"

	"github.com/cosmos/cosmos-sdk/types/module"
	simtypes "github.com/cosmos/cosmos-sdk/types/simulation"

	"github.com/creditd/creditd/x/credit/types"
)

// RandomGenesis has random parameters and some subjects, of which some control themselves.
func RandomGenesis(simState *module.SimulationState) {
	gs := types.DefaultGenesis()
	gs.Params = randomParams(simState.Rand)
	for i := 0; i+1 < len(simState.Accounts); i += 2 {
		gs.Subjects = append(gs.Subjects, randomSubject(simState, simState.Accounts[i], simState.Accounts[i+1]))
	}
	simState.GenState[types.ModuleName] = simState.Cdc.MustMarshalJSON(gs)
}

func randomSubject(simState *module.SimulationState, institution, account simtypes.Account) types.Subject {
	var id types.ID
	simState.Rand.Read(id[:])
	subject := types.Subject{
		Pseudonym:  id.Bytes(),
		Kind:       randomKind(simState.Rand),
		EnrolledBy: institution.AddressBech32,
		EnrolledAt: simState.GenTimestamp,
	}
	switch simState.Rand.Intn(3) {
	case 0:
		subject.Controller = account.AddressBech32
	case 1:
		subject.OfferedTo = account.AddressBech32
	}
	return subject
}

func randomKind(r *rand.Rand) types.SubjectKind {
	return types.SubjectKind(1 + r.Intn(len(types.SubjectKind_name)-1))
}

// randomParams has short times, so that things expire within a simulation.
func randomParams(r *rand.Rand) types.Params {
	params := types.Params{
		MaxBatch:           1 + uint32(r.Intn(types.MaxBatchLimit)),
		InquiryLifetime:    types.MinInquiryLifetime + time.Duration(r.Intn(24))*time.Hour,
		MaxConsentValidity: types.MinConsentValidity + time.Duration(r.Intn(400*24))*time.Hour,
		QueueCap:           1 + uint32(r.Intn(types.MaxQueueCap)),
	}
	for purpose := types.PURPOSE_CREDIT_APPLICATION; purpose.OfDataUser(); purpose++ {
		if r.Intn(4) == 0 {
			params.ExemptPurposes = append(params.ExemptPurposes, purpose)
		}
	}
	return params
}
