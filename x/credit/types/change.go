package types

import "time"

const (
	// MaxAliases of a subject.
	MaxAliases = 8
	// MaxApprovals of a change.
	MaxApprovals = MaxChangeApprovals
	// ChangeLapse is how long institutions have to approve a change: one that nobody cares about does not stand in the way
	// of the next for ever. It is no parameter, since the queue's entry of a change must follow from the change alone.
	ChangeLapse = 30 * day
)

// DueAt is when a change ends by itself: it takes effect at ready_at, or lapses when it has too few approvals until then. The
// queue holds every change under this time.
func (c SubjectChange) DueAt() time.Time {
	if c.ReadyAt != nil {
		return *c.ReadyAt
	}
	return c.ProposedAt.Add(ChangeLapse)
}
