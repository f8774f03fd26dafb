package types

import "encoding/hex"

// Reasons why a migration ended without effect.
const (
	ReasonStopped = "stopped"
	ReasonLapsed  = "lapsed"
	ReasonFailed  = "failed"
)

// NewEventKeyAdopted makes the event.
func NewEventKeyAdopted(epoch KeyEpoch) *EventKeyAdopted {
	return &EventKeyAdopted{Epoch: epoch.Epoch, PublicKey: hex.EncodeToString(epoch.PublicKey)}
}

// NewEventEvaluationsRequested makes the event.
func NewEventEvaluationsRequested(e Evaluation) *EventEvaluationsRequested {
	return &EventEvaluationsRequested{Id: hex.EncodeToString(e.Id), Institution: e.Institution, Epoch: e.Epoch, Count: e.Count}
}

// NewEventMatchOpened makes the event.
func NewEventMatchOpened(m Match) *EventMatchOpened {
	return &EventMatchOpened{Id: hex.EncodeToString(m.Id), Client: m.Client, Server: m.Server, Count: m.Count}
}

// NewEventMatchAccepted makes the event.
func NewEventMatchAccepted(m Match) *EventMatchAccepted {
	return &EventMatchAccepted{Id: hex.EncodeToString(m.Id)}
}

// NewEventMatchEnded makes the event.
func NewEventMatchEnded(m Match) *EventMatchEnded {
	return &EventMatchEnded{Id: hex.EncodeToString(m.Id), Status: m.Status}
}

// NewEventMigrationProposed makes the event.
func NewEventMigrationProposed(m Migration, by string) *EventMigrationProposed {
	return &EventMigrationProposed{Old: hex.EncodeToString(m.Old), New: hex.EncodeToString(m.New), Institution: by}
}

// NewEventMigrationReady makes the event.
func NewEventMigrationReady(m Migration) *EventMigrationReady {
	return &EventMigrationReady{Old: hex.EncodeToString(m.Old), New: hex.EncodeToString(m.New)}
}

// NewEventMigrated makes the event.
func NewEventMigrated(m Migration) *EventMigrated {
	return &EventMigrated{Old: hex.EncodeToString(m.Old), New: hex.EncodeToString(m.New)}
}

// NewEventMigrationEnded makes the event.
func NewEventMigrationEnded(m Migration, reason string) *EventMigrationEnded {
	return &EventMigrationEnded{Old: hex.EncodeToString(m.Old), Reason: reason}
}
