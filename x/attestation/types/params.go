package types

// Highest values that a vote can set. They bound what one message or block can cost.
const (
	MaxBatchLimit            = 1000
	MaxDepthLimit            = 16
	MaxExpiriesPerBlockLimit = 10_000
	MinDelegationSeconds     = 60
	MaxDelegationLimit       = 30 * 24 * 60 * 60 // seconds
)

// DefaultParams are those of a new chain.
func DefaultParams() Params {
	return Params{MaxBatch: 100, MaxDepth: 8, MaxExpiriesPerBlock: 200, MaxDelegationSeconds: 7 * 24 * 60 * 60}
}

// Validate checks each parameter's range.
func (p Params) Validate() error {
	switch {
	case p.MaxBatch < 1 || p.MaxBatch > MaxBatchLimit:
		return ErrInvalidParams.Wrapf("max_batch %d: choose 1 to %d", p.MaxBatch, MaxBatchLimit)
	case p.MaxDepth < 1 || p.MaxDepth > MaxDepthLimit:
		return ErrInvalidParams.Wrapf("max_depth %d: choose 1 to %d", p.MaxDepth, MaxDepthLimit)
	case p.MaxExpiriesPerBlock < 1 || p.MaxExpiriesPerBlock > MaxExpiriesPerBlockLimit:
		return ErrInvalidParams.Wrapf("max_expiries_per_block %d: choose 1 to %d", p.MaxExpiriesPerBlock, MaxExpiriesPerBlockLimit)
	case p.MaxDelegationSeconds < MinDelegationSeconds || p.MaxDelegationSeconds > MaxDelegationLimit:
		return ErrInvalidParams.Wrapf("max_delegation_seconds %d: choose %d to %d", p.MaxDelegationSeconds, MinDelegationSeconds, MaxDelegationLimit)
	}
	return nil
}
