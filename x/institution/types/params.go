package types

import (
	"time"

	errorsmod "cosmossdk.io/errors"
)

// Bounds of the parameters. Each bounds work in a block or keeps a vote from locking the members out.
const (
	MinSignedBlocksWindow = 10
	MaxSignedBlocksWindow = 100_000
	MaxJailDuration       = 30 * 24 * time.Hour
	MaxTimelock           = 30 * 24 * time.Hour
	// MinGasPerBlock still pays for a vote, so that the members can undo a budget that is too small.
	MinGasPerBlock = 1_000_000
	// MaxGasPerBlock leaves room to add up budgets without overflow.
	MaxGasPerBlock = 1 << 50
	MaxQueueCap    = 1000
)

// DefaultParams are for a production network.
func DefaultParams() Params {
	return Params{
		SignedBlocksWindow:     600,
		MaxMissedBlocks:        300,
		DowntimeJailDuration:   10 * time.Minute,
		Timelock:               24 * time.Hour,
		InstitutionGasPerBlock: 200_000_000,
		SubjectGasPerBlock:     10_000_000,
		QueueCap:               100,
	}
}

// Validate checks every bound.
func (p Params) Validate() error {
	switch {
	case p.SignedBlocksWindow < MinSignedBlocksWindow || p.SignedBlocksWindow > MaxSignedBlocksWindow:
		return errorsmod.Wrapf(ErrInvalidParams, "signed_blocks_window is %d; give %d to %d",
			p.SignedBlocksWindow, MinSignedBlocksWindow, MaxSignedBlocksWindow)
	case p.MaxMissedBlocks == 0 || p.MaxMissedBlocks >= p.SignedBlocksWindow:
		return errorsmod.Wrapf(ErrInvalidParams, "max_missed_blocks is %d; give 1 to %d, one below the window",
			p.MaxMissedBlocks, p.SignedBlocksWindow-1)
	case p.DowntimeJailDuration < 0 || p.DowntimeJailDuration > MaxJailDuration:
		return errorsmod.Wrapf(ErrInvalidParams, "downtime_jail_duration is %s; give 0s to %s",
			p.DowntimeJailDuration, MaxJailDuration)
	case p.Timelock < 0 || p.Timelock > MaxTimelock:
		return errorsmod.Wrapf(ErrInvalidParams, "timelock is %s; give 0s to %s", p.Timelock, MaxTimelock)
	case p.QueueCap == 0 || p.QueueCap > MaxQueueCap:
		return errorsmod.Wrapf(ErrInvalidParams, "queue_cap is %d; give 1 to %d", p.QueueCap, MaxQueueCap)
	}
	if err := validateGas("institution_gas_per_block", p.InstitutionGasPerBlock); err != nil {
		return err
	}
	return validateGas("subject_gas_per_block", p.SubjectGasPerBlock)
}

func validateGas(field string, gas uint64) error {
	if gas < MinGasPerBlock || gas > MaxGasPerBlock {
		return errorsmod.Wrapf(ErrInvalidParams, "%s is %d; give %d to %d", field, gas, MinGasPerBlock, int64(MaxGasPerBlock))
	}
	return nil
}
