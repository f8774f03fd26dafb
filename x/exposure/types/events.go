package types

// NewEventRoundOpened says that somebody asked.
func NewEventRoundOpened(round Round) *EventRoundOpened {
	return &EventRoundOpened{Id: ID(round.Id).String(), Kind: round.Kind, Asker: round.Asker, CommitteeId: round.CommitteeId}
}

// NewEventStatusChanged says how far a round is.
func NewEventStatusChanged(round Round) *EventStatusChanged {
	return &EventStatusChanged{
		Id: ID(round.Id).String(), Status: round.Status, Failure: round.Failure, Missing: round.Members - round.Submitted,
	}
}
