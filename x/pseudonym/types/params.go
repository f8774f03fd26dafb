package types

import "time"

// Bounds of the parameters: each bounds work in a block, in a vault, or keeps a vote from locking the members out.
const (
	MaxCount        = 10_000
	MaxMatchCount   = 1_000_000
	MaxApprovals    = 16
	MaxLinks        = 500
	MaxQueueCap     = 1000
	minTime         = time.Minute
	maxTime         = 31 * 24 * time.Hour
	maxLifetime     = 7 * 24 * time.Hour
	maxPerWindow    = 1 << 40
	defaultEvals    = 20_000
	defaultLinks    = 100
	defaultQueueCap = 100
)

// DefaultParams of a new chain.
func DefaultParams() Params {
	return Params{
		MaxCount: 5000, Window: 24 * time.Hour, MaxEvaluations: defaultEvals, RequestLifetime: time.Hour,
		MaxMatchCount: 20_000, MaxMatchItems: 2 * defaultEvals, MatchLifetime: 24 * time.Hour,
		MigrationApprovals: 2, MigrationTimelock: 24 * time.Hour, MigrationLifetime: maxLifetime,
		MaxLinks: defaultLinks, QueueCap: defaultQueueCap,
	}
}

// Validate says what is wrong with parameters.
func (p Params) Validate() error {
	for _, of := range []struct {
		name             string
		value, low, high uint64
	}{
		{"max_count", uint64(p.MaxCount), 1, MaxCount},
		{"max_evaluations", p.MaxEvaluations, uint64(p.MaxCount), maxPerWindow},
		{"max_match_count", uint64(p.MaxMatchCount), 1, MaxMatchCount},
		{"max_match_items", p.MaxMatchItems, uint64(p.MaxMatchCount), maxPerWindow},
		{"migration_approvals", uint64(p.MigrationApprovals), 1, MaxApprovals},
		{"max_links", uint64(p.MaxLinks), 1, MaxLinks},
		{"queue_cap", uint64(p.QueueCap), 1, MaxQueueCap},
	} {
		if of.value < of.low || of.value > of.high {
			return ErrInvalidParams.Wrapf("%s is %d: give %d to %d", of.name, of.value, of.low, of.high)
		}
	}
	for _, of := range []struct {
		name             string
		value, low, high time.Duration
	}{
		{"window", p.Window, minTime, maxTime},
		{"request_lifetime", p.RequestLifetime, minTime, maxLifetime},
		{"match_lifetime", p.MatchLifetime, minTime, maxTime},
		{"migration_timelock", p.MigrationTimelock, 0, maxTime},
		{"migration_lifetime", p.MigrationLifetime, minTime, maxTime},
	} {
		if of.value < of.low || of.value > of.high {
			return ErrInvalidParams.Wrapf("%s is %s: give %s to %s", of.name, of.value, of.low, of.high)
		}
	}
	if p.Window%time.Second != 0 {
		return ErrInvalidParams.Wrapf("window is %s: give whole seconds", p.Window)
	}
	return nil
}

// WindowOf is the beginning of the window that a time is in.
func (p Params) WindowOf(t time.Time) time.Time {
	seconds := int64(p.Window / time.Second)
	return time.Unix(t.Unix()-t.Unix()%seconds, 0).UTC()
}
