package nodehome

import (
	"time"

	cmtconfig "github.com/cometbft/cometbft/config"
)

const (
	// DefaultPause after a block in which late votes still arrive: it is most of the time that a transaction, and the proof of
	// what it did, take on a network that is near.
	DefaultPause = 100 * time.Millisecond
	// DefaultIdle is how long a chain without transactions waits for one before it makes an empty block: the clock that
	// deadlines run on.
	DefaultIdle = time.Second
)

// Pace sets when blocks come. Who waits for something waits for the pause alone: a transaction ends the idle time, and
// CometBFT makes the block behind one that changed the state at once, because its header is what proves the change.
func Pace(cfg *cmtconfig.ConsensusConfig, pause, idle time.Duration) {
	cfg.TimeoutCommit = pause
	cfg.CreateEmptyBlocks = false // but for those
	cfg.CreateEmptyBlocksInterval = idle
}
