package types

// StatusEvent says that a committee has the status that it has.
func (c *Committee) StatusEvent() *EventStatusChanged {
	return &EventStatusChanged{Id: c.Id, Purpose: c.Purpose, Epoch: c.Epoch, Status: c.Status, Failure: c.Failure}
}
