package types

// MaxBatchLimit is the highest max_batch that a vote can set.
const MaxBatchLimit = 1000

// DefaultParams are those of a new chain.
func DefaultParams() Params { return Params{MaxBatch: 100} }

// Validate checks each parameter's range.
func (p Params) Validate() error {
	if p.MaxBatch < 1 || p.MaxBatch > MaxBatchLimit {
		return ErrInvalidParams.Wrapf("max_batch %d: choose 1 to %d", p.MaxBatch, MaxBatchLimit)
	}
	return nil
}
