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
	gs.Profiles = []types.Profile{simulatedProfile()}
	gs.RepairPolicies = []types.RepairPolicy{simulatedPolicy(simState.GenTimestamp)}
	gs.Contracts = []types.Contract{secondLook(simState.Accounts[0].AddressBech32, simState.GenTimestamp)}
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
	case 0, 1:
		subject.Controller = account.AddressBech32
	default:
		subject.OfferedTo = account.AddressBech32
	}
	return subject
}

func randomKind(r *rand.Rand) types.SubjectKind {
	return types.SubjectKind(1 + r.Intn(len(types.SubjectKind_name)-1))
}

// randomParams has short times, so that things expire within a simulation.
func randomParams(r *rand.Rand) types.Params {
	params := types.DefaultParams()
	params.MaxBatch = 1 + uint32(r.Intn(types.MaxBatchLimit))
	params.InquiryLifetime = types.MinInquiryLifetime + time.Duration(r.Intn(24))*time.Hour
	params.MaxConsentValidity = types.MinConsentValidity + time.Duration(r.Intn(400*24))*time.Hour
	params.DefaultProfile = simulatedProfile().Code
	params.OwnInquiriesPerDay, params.MaxContracts, params.ChangeApprovals = types.MaxOwnInquiries, types.MaxContractsLimit, types.MinChangeApprovals
	params.ChangeTimelock = time.Duration(r.Intn(24)) * time.Hour
	params.QueueCap = 1 + uint32(r.Intn(types.MaxQueueCap))
	return params
}

// simulatedProfile holds for every institution: it asks for no notice before reports, and none of its times is longer than a
// simulation.
func simulatedProfile() types.Profile {
	profile := types.AmericaProfile()
	profile.ReinsertionNoticeDays = 0
	profile.DisputeDays, profile.MediationDays, profile.EscalationDays, profile.ErasureDays, profile.AdverseActionDays = 2, 2, 3, 2, 1
	return profile
}

// policyName of the repair policy that a simulation begins with.
const policyName = "simulated"

func simulatedPolicy(now time.Time) types.RepairPolicy {
	end := now.AddDate(50, 0, 0)
	return types.RepairPolicy{
		Name: policyName, AmountClass: types.AMOUNT_CLASS_LARGE, ReportedFrom: now, ReportedUntil: end, RepaidBy: end, DeclareUntil: end,
	}
}

// secondLook is a data contract that has a second institution approve reviews of accounts.
func secondLook(author string, now time.Time) types.Contract {
	const name = "second-look"
	return types.Contract{
		Id: types.ContractID(name, 1).Bytes(), Name: name, Version: 1, Author: author, Status: types.CONTRACT_STATUS_ACTIVE, StatusSince: now,
		Code: types.ContractCode{
			Trigger: types.CONTRACT_TRIGGER_INQUIRY, Condition: `inquiry.purpose == "ACCOUNT_REVIEW"`,
			Action: types.CONTRACT_ACTION_SECOND_APPROVAL, CostLimit: 1000,
		},
	}
}
