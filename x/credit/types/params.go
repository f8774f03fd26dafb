package types

import "time"

// Limits of the parameters. They keep every deadline within what a time key can order (until 2262).
const (
	MaxBatchLimit        = 1000
	MaxQueueCap          = 1000
	MinInquiryLifetime   = time.Minute
	MaxInquiryLifetime   = 90 * 24 * time.Hour
	MinConsentValidity   = time.Hour
	MaxConsentValidity   = 10 * 366 * 24 * time.Hour
	MinChangeApprovals   = 2
	MaxChangeApprovals   = 32
	MaxChangeTimelock    = 90 * 24 * time.Hour
	MaxOrderLifetime     = 30 * 24 * time.Hour
	MaxFurnishersLimit   = 1000
	MaxOwnInquiries      = 1000
	MaxContractCostLimit = 1_000_000
	MaxContractsLimit    = 32
)

const (
	defaultBatch             = 100
	defaultQueueCap          = 200
	defaultInquiryHours      = 24
	defaultConsentDays       = 366
	defaultChangeApprovals   = 3
	defaultTimelockDays      = 7
	defaultOrderDays         = 7
	defaultMaxFurnishers     = 100
	defaultOwnInquiries      = 10
	defaultContractCostLimit = 10_000
	defaultMaxContracts      = 8
	day                      = 24 * time.Hour
)

// DefaultParams are those of a new chain. Institutions of jurisdictions that no profile names are refused: that a law was
// never looked at is not a reason to apply another.
func DefaultParams() Params {
	return Params{
		MaxBatch:           defaultBatch,
		InquiryLifetime:    defaultInquiryHours * time.Hour,
		MaxConsentValidity: defaultConsentDays * day,
		QueueCap:           defaultQueueCap,
		ChangeApprovals:    defaultChangeApprovals,
		ChangeTimelock:     defaultTimelockDays * day,
		MaxOrderLifetime:   defaultOrderDays * day,
		MaxFurnishers:      defaultMaxFurnishers,
		OwnInquiriesPerDay: defaultOwnInquiries,
		ContractCostLimit:  defaultContractCostLimit,
		MaxContracts:       defaultMaxContracts,
	}
}

// Validate checks each parameter's range.
func (p Params) Validate() error {
	for _, span := range []struct {
		name            string
		value, min, max time.Duration
	}{
		{"inquiry_lifetime", p.InquiryLifetime, MinInquiryLifetime, MaxInquiryLifetime},
		{"max_consent_validity", p.MaxConsentValidity, MinConsentValidity, MaxConsentValidity},
		{"change_timelock", p.ChangeTimelock, 0, MaxChangeTimelock},
		{"max_order_lifetime", p.MaxOrderLifetime, time.Minute, MaxOrderLifetime},
	} {
		if span.value < span.min || span.value > span.max {
			return ErrInvalidParams.Wrapf("%s %s: choose %s to %s", span.name, span.value, span.min, span.max)
		}
	}
	for _, count := range []struct {
		name            string
		value, min, max uint64
	}{
		{"max_batch", uint64(p.MaxBatch), 1, MaxBatchLimit},
		{"queue_cap", uint64(p.QueueCap), 1, MaxQueueCap},
		{"change_approvals", uint64(p.ChangeApprovals), MinChangeApprovals, MaxChangeApprovals},
		{"max_furnishers", uint64(p.MaxFurnishers), 1, MaxFurnishersLimit},
		{"own_inquiries_per_day", uint64(p.OwnInquiriesPerDay), 1, MaxOwnInquiries},
		{"contract_cost_limit", p.ContractCostLimit, 1, MaxContractCostLimit},
		{"max_contracts", uint64(p.MaxContracts), 1, MaxContractsLimit},
	} {
		if count.value < count.min || count.value > count.max {
			return ErrInvalidParams.Wrapf("%s %d: choose %d to %d", count.name, count.value, count.min, count.max)
		}
	}
	if p.DefaultProfile != "" {
		return ValidateProfileCode(p.DefaultProfile)
	}
	return nil
}
