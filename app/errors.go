package app

import errorsmod "cosmossdk.io/errors"

// Errors of the rules that every transaction must pass before its messages are looked at.
var (
	// ErrMayNotPay: the account that is to pay has no right to.
	ErrMayNotPay = errorsmod.Register(Name, 2, "account may not pay for transactions")
	// ErrGasBudget: the payer has used up its gas of this block.
	ErrGasBudget = errorsmod.Register(Name, 3, "gas budget of this block is used up")
	// ErrMemo: the transaction carries a memo.
	ErrMemo = errorsmod.Register(Name, 4, "memo refused")
)
