package app

import (
	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/x/auth/ante"
)

// anteDecorators are what every transaction passes before its messages run: the SDK's decorators, with
// two rules of our own before any signature is checked, because they are cheaper.
func (app *Creditd) anteDecorators() []sdk.AnteDecorator {
	k := app.Keepers
	return []sdk.AnteDecorator{
		ante.NewSetUpContextDecorator(), // outermost: it sets the gas meter
		ante.NewExtensionOptionsDecorator(nil),
		ante.NewValidateBasicDecorator(),
		ante.NewTxTimeoutHeightDecorator(),
		noMemo{},
		ante.NewConsumeGasForTxSizeDecorator(k.Account),
		newPayerDecorator(k.Institution, k.Credit, k.Committee, app.gasBudgetKey),
		ante.NewDeductFeeDecorator(k.Account, k.Bank, k.FeeGrant, nil),
		ante.NewSetPubKeyDecorator(k.Account),
		ante.NewValidateSigCountDecorator(k.Account),
		ante.NewSigGasConsumeDecorator(k.Account, ante.DefaultSigVerificationGasConsumer),
		ante.NewSigVerificationDecorator(k.Account, app.encoding.TxConfig.SignModeHandler()),
		ante.NewIncrementSequenceDecorator(k.Account),
	}
}

// noMemo refuses memos: text that anyone may write about anyone has no place on a chain that forgets nothing.
type noMemo struct{}

// AnteHandle implements sdk.AnteDecorator.
func (noMemo) AnteHandle(ctx sdk.Context, tx sdk.Tx, simulate bool, next sdk.AnteHandler) (sdk.Context, error) {
	if m, ok := tx.(sdk.TxWithMemo); ok && m.GetMemo() != "" {
		return ctx, errorsmod.Wrap(ErrMemo, "free text could name a person and cannot be erased: send the transaction without it")
	}
	return next(ctx, tx, simulate)
}
