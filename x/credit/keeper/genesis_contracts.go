package keeper

import (
	"time"

	"cosmossdk.io/collections"

	"github.com/creditd/creditd/x/credit/types"
)

// contractTables are the data contracts, their log and what they scheduled.
func (k *Keeper) contractTables() []table {
	type runKey = collections.Triple[types.ID, uint64, types.ID]
	return []table{
		tableOf("contracts", k.contracts, func(gs *genesis) *[]types.Contract { return &gs.Contracts },
			always(func(id types.ID, c types.Contract) types.Contract { c.Id = id.Bytes(); return c }),
			func(c types.Contract) (types.ID, types.Contract, error) {
				id := types.ID(c.Id)
				c.Id = nil
				return id, c, nil
			}),
		tableOf("contract runs", k.contractRuns, func(gs *genesis) *[]types.ContractRun { return &gs.ContractRuns },
			always(func(key runKey, r types.ContractRun) types.ContractRun {
				r.ContractId, r.Height, r.Ref = key.K1().Bytes(), int64(key.K2()), key.K3().Bytes() //nolint:gosec // of a block
				return r
			}),
			func(r types.ContractRun) (runKey, types.ContractRun, error) {
				key := collections.Join3(types.ID(r.ContractId), uint64(r.Height), types.ID(r.Ref)) //nolint:gosec // validated
				r.ContractId, r.Height, r.Ref = nil, 0, nil
				return key, r, nil
			}),
		tableOf("contract checks", k.contractChecks, func(gs *genesis) *[]types.ContractCheck { return &gs.ContractChecks },
			always(func(key deadlineOf, c types.ContractCheck) types.ContractCheck {
				c.DueAt, c.ContractId, c.TradelineId = key.K1(), key.K2().Bytes(), key.K3().Bytes()
				return c
			}),
			func(c types.ContractCheck) (deadlineOf, types.ContractCheck, error) {
				key := collections.Join3(c.DueAt, types.ID(c.ContractId), types.ID(c.TradelineId))
				c.DueAt, c.ContractId, c.TradelineId = time.Time{}, nil, nil
				return key, c, nil
			}),
	}
}
