package app

import (
	"context"
	"encoding/binary"

	errorsmod "cosmossdk.io/errors"

	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"

	committeetypes "github.com/creditd/creditd/x/committee/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// licences says who is licensed and how much gas a payer has in a block.
type licences interface {
	IsActive(ctx context.Context, operator sdk.AccAddress) (bool, error)
	GetParams(ctx context.Context) (institutiontypes.Params, error)
}

// subjects says which accounts belong to registered subjects.
type subjects interface {
	MayPay(ctx context.Context, account sdk.AccAddress) (bool, error)
}

// committees says who has keys to destroy.
type committees interface {
	MayAttestDestruction(ctx context.Context, operator string, committee uint64) (bool, error)
}

// payerDecorator keeps spam out without a traded token: only active institutions, registered subjects
// and what they sponsor by feegrant may pay, each within a budget of gas a block (docs/adr/0008). Whose licence ended may still
// say that it destroyed its shares of keys, once for each.
type payerDecorator struct {
	licences   licences
	subjects   subjects
	committees committees
	// budgets counts the gas asked for by each payer (address -> uint64 big endian); emptied at commit.
	budgets storetypes.StoreKey
}

func newPayerDecorator(l licences, s subjects, c committees, budgets storetypes.StoreKey) payerDecorator {
	return payerDecorator{licences: l, subjects: s, committees: c, budgets: budgets}
}

// AnteHandle implements sdk.AnteDecorator.
func (d payerDecorator) AnteHandle(ctx sdk.Context, tx sdk.Tx, simulate bool, next sdk.AnteHandler) (sdk.Context, error) {
	feeTx, ok := tx.(sdk.FeeTx)
	if !ok {
		return ctx, errorsmod.Wrap(sdkerrors.ErrTxDecode, "transaction has no fee payer")
	}
	payer := sdk.AccAddress(feeTx.FeePayer())
	if granter := feeTx.FeeGranter(); granter != nil {
		payer = granter // whether it really granted is checked where the fee is deducted
	}
	budget, err := d.budget(ctx, payer, tx)
	if err != nil {
		return ctx, err
	}
	if !simulate {
		if err := d.spend(ctx, payer, feeTx.GetGas(), budget); err != nil {
			return ctx, err
		}
	}
	return next(ctx, tx, simulate)
}

// budget is how much gas the payer may ask for in one block, or the reason why it may not pay at all.
func (d payerDecorator) budget(ctx sdk.Context, payer sdk.AccAddress, tx sdk.Tx) (uint64, error) {
	params, err := d.licences.GetParams(ctx)
	if err != nil {
		return 0, err
	}
	licensed, err := d.licences.IsActive(ctx, payer)
	if err != nil {
		return 0, err
	}
	if licensed {
		return params.InstitutionGasPerBlock, nil
	}
	subject, err := d.subjects.MayPay(ctx, payer)
	if err != nil {
		return 0, err
	}
	if subject {
		return params.SubjectGasPerBlock, nil
	}
	leaves, err := d.onlyDestroys(ctx, payer, tx)
	if err != nil {
		return 0, err
	}
	if leaves {
		return params.SubjectGasPerBlock, nil
	}
	return 0, errorsmod.Wrapf(ErrMayNotPay,
		"%s is neither the operator of an active institution nor the account of a registered subject: "+
			"ask an institution to sponsor it with a fee grant and name that institution with --fee-granter", payer)
}

// maxDestructions that one transaction of a former institution may attest.
const maxDestructions = 16

// onlyDestroys tells whether a transaction does nothing but say that its payer destroyed what it had of committees, and the chain waits
// for each of these words: for each there is one, so that this is no way to send anything else, or often.
func (d payerDecorator) onlyDestroys(ctx sdk.Context, payer sdk.AccAddress, tx sdk.Tx) (bool, error) {
	msgs := tx.GetMsgs()
	if len(msgs) == 0 || len(msgs) > maxDestructions {
		return false, nil
	}
	operator, last := payer.String(), uint64(0)
	for _, msg := range msgs {
		said, ok := msg.(*committeetypes.MsgAttestDestruction)
		if !ok || said.Operator != operator || said.Id <= last {
			return false, nil
		}
		last = said.Id
		if awaited, err := d.committees.MayAttestDestruction(ctx, operator, said.Id); err != nil || !awaited {
			return false, err
		}
	}
	return true, nil
}

func (d payerDecorator) spend(ctx sdk.Context, payer sdk.AccAddress, gas, budget uint64) error {
	store := ctx.TransientStore(d.budgets)
	var spent uint64
	if bz := store.Get(payer); bz != nil {
		spent = binary.BigEndian.Uint64(bz)
	}
	if spent > budget || gas > budget-spent {
		return errorsmod.Wrapf(ErrGasBudget,
			"%s asks for %d gas, %d of %d are spent: send it again in the next block, or ask for less", payer, gas, spent, budget)
	}
	store.Set(payer, binary.BigEndian.AppendUint64(nil, spent+gas))
	return nil
}
