package types

import "time"

// Highest values that a vote can set. They bound what one message or block can cost.
const (
	MaxPredicatesLimit = 16
	MaxBudgetLimit     = 64
	MinBudgetWindow    = time.Minute
	MaxBudgetWindow    = 5 * 366 * 24 * time.Hour
	MaxProofsLimit     = 2000
	MaxRootAgeLimit    = 24 * time.Hour
	MaxSumRecordsLimit = 256
	MaxCircuitsLimit   = 256
	MaxIssuersLimit    = 1024
	MaxQueueCap        = 1000
)

// DefaultParams are those of a new chain.
func DefaultParams() Params {
	return Params{
		MaxPredicates: 8, BudgetPerDataUser: 3, BudgetPerSubject: 12, BudgetWindow: 30 * 24 * time.Hour,
		MaxProofsPerBlock: 300, MaxRootAge: 10 * time.Minute, RemovalGrace: 0, MaxSumRecords: 64, MaxCircuits: 64,
		MaxIssuers: 128, QueueCap: 200,
	}
}

// Validate checks each parameter's range.
func (p Params) Validate() error {
	for _, each := range []struct {
		name      string
		value, to uint32
	}{
		{"max_predicates", p.MaxPredicates, MaxPredicatesLimit},
		{"budget_per_data_user", p.BudgetPerDataUser, MaxBudgetLimit},
		{"budget_per_subject", p.BudgetPerSubject, MaxBudgetLimit},
		{"max_proofs_per_block", p.MaxProofsPerBlock, MaxProofsLimit},
		{"max_sum_records", p.MaxSumRecords, MaxSumRecordsLimit},
		{"max_circuits", p.MaxCircuits, MaxCircuitsLimit},
		{"max_issuers", p.MaxIssuers, MaxIssuersLimit},
		{"queue_cap", p.QueueCap, MaxQueueCap},
	} {
		if each.value < 1 || each.value > each.to {
			return ErrInvalidParams.Wrapf("%s %d: choose 1 to %d", each.name, each.value, each.to)
		}
	}
	switch {
	case p.BudgetPerDataUser > p.BudgetPerSubject:
		return ErrInvalidParams.Wrap("budget_per_data_user is above budget_per_subject: what one may ask, all together may")
	case p.BudgetWindow < MinBudgetWindow || p.BudgetWindow > MaxBudgetWindow:
		return ErrInvalidParams.Wrapf("budget_window %s: choose %s to %s", p.BudgetWindow, MinBudgetWindow, MaxBudgetWindow)
	case p.MaxRootAge < 0 || p.MaxRootAge > MaxRootAgeLimit:
		return ErrInvalidParams.Wrapf("max_root_age %s: choose 0 to %s", p.MaxRootAge, MaxRootAgeLimit)
	case p.RemovalGrace < 0 || p.RemovalGrace > p.MaxRootAge:
		return ErrInvalidParams.Wrapf("removal_grace %s: choose 0 to max_root_age, %s", p.RemovalGrace, p.MaxRootAge)
	}
	return nil
}
