package keeper

// ChangeState is for tests of what other rules do to a record in dispute.
var ChangeState = (*Keeper).changeState
