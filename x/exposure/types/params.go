package types

import "time"

// What a vote can set. The bounds keep one block's work and the leaks of a sum small.
const (
	MinOthersLimit   = 3
	MaxMembers       = 64
	MinPhase         = time.Second
	MaxPhase         = 24 * time.Hour
	MinInterval      = time.Minute
	MaxInterval      = 366 * 24 * time.Hour
	MaxPerBlockLimit = 1000
)

// DefaultParams are those of a new chain.
func DefaultParams() Params {
	return Params{
		SubmitDuration: 10 * time.Minute, ShareDuration: 10 * time.Minute, Interval: 7 * 24 * time.Hour,
		MinOthers: MinOthersLimit, MinGroup: 5, MaxSilent: 1, MaxPerBlock: 20,
	}
}

// Validate checks each parameter's range.
func (p Params) Validate() error {
	switch {
	case p.SubmitDuration < MinPhase || p.SubmitDuration > MaxPhase:
		return ErrInvalidParams.Wrapf("submit_duration %s: choose %s to %s", p.SubmitDuration, MinPhase, MaxPhase)
	case p.ShareDuration < MinPhase || p.ShareDuration > MaxPhase:
		return ErrInvalidParams.Wrapf("share_duration %s: choose %s to %s", p.ShareDuration, MinPhase, MaxPhase)
	case p.Interval < MinInterval || p.Interval > MaxInterval:
		return ErrInvalidParams.Wrapf("interval %s: choose %s to %s", p.Interval, MinInterval, MaxInterval)
	case p.MinOthers < MinOthersLimit || p.MinOthers > MaxMembers:
		return ErrInvalidParams.Wrapf("min_others %d: choose %d to %d", p.MinOthers, MinOthersLimit, MaxMembers)
	case p.MinGroup < p.MinOthers || p.MinGroup > MaxMembers:
		return ErrInvalidParams.Wrapf("min_group %d: choose min_others, %d, to %d", p.MinGroup, p.MinOthers, MaxMembers)
	case p.MaxSilent > MaxMembers:
		return ErrInvalidParams.Wrapf("max_silent %d: choose 0 to %d", p.MaxSilent, MaxMembers)
	case p.MaxPerBlock < 1 || p.MaxPerBlock > MaxPerBlockLimit:
		return ErrInvalidParams.Wrapf("max_per_block %d: choose 1 to %d", p.MaxPerBlock, MaxPerBlockLimit)
	}
	return nil
}

// Others is the least number of other members' numbers that a sum of the kind needs.
func (p Params) Others(kind Kind) uint32 {
	if kind == KIND_SECTOR {
		return p.MinGroup
	}
	return p.MinOthers
}
