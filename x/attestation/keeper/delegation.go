package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/types"
)

// Delegated messages: the issuer signs off the chain, anybody submits and pays (docs/delegation.md).

const (
	// gasPerSignature is what x/auth asks for one check of secp256k1.
	gasPerSignature = 1000
	maxSignature    = 256 // bytes
)

// delegation is what a delegated message says about its own authority.
type delegation struct {
	issuer    sdk.AccAddress
	deadline  time.Time
	nonce     []byte
	signature []byte
}

func (d delegation) key() collections.Triple[time.Time, sdk.AccAddress, []byte] {
	return collections.Join3(d.deadline, d.issuer, d.nonce)
}

// attestDelegated states what the issuer signed.
func (k *Keeper) attestDelegated(ctx context.Context, d delegation, msg *types.MsgAttestDelegated) (types.Batch, error) {
	if err := k.checkDelegation(ctx, d); err != nil {
		return types.Batch{}, err
	}
	if err := k.requireBatchSize(ctx, "statements", len(msg.Statements)); err != nil {
		return types.Batch{}, err
	}
	if err := msg.CheckSizes(); err != nil {
		return types.Batch{}, err
	}
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	sdkCtx.GasMeter().ConsumeGas(uint64(gasPerStatement*len(msg.Statements)), "attestation: delegated payload")
	if err := k.useDelegation(ctx, d, types.AttestSignBytes(sdkCtx.ChainID(), d.issuer, msg)); err != nil {
		return types.Batch{}, err
	}
	return k.attestBatch(ctx, d.issuer, msg.SchemaId, msg.AccreditationId, msg.Statements)
}

// revokeDelegated takes back what the issuer signed for.
func (k *Keeper) revokeDelegated(ctx context.Context, d delegation, msg *types.MsgRevokeDelegated) error {
	if err := k.checkDelegation(ctx, d); err != nil {
		return err
	}
	if err := msg.CheckSizes(); err != nil {
		return err
	}
	signBytes := types.RevokeSignBytes(sdk.UnwrapSDKContext(ctx).ChainID(), d.issuer, msg)
	if err := k.useDelegation(ctx, d, signBytes); err != nil {
		return err
	}
	return k.Revoke(ctx, d.issuer, msg.Id, msg.Reason)
}

// checkDelegation looks at what costs little, before anything is hashed: sizes, deadline and whether the nonce is new.
func (k *Keeper) checkDelegation(ctx context.Context, d delegation) error {
	params, err := k.GetParams(ctx)
	if err != nil {
		return err
	}
	now, ahead := blockTime(ctx), time.Duration(params.MaxDelegationSeconds)*time.Second //nolint:gosec // a parameter of at most 30 days
	if err := types.CheckNonce(d.nonce); err != nil {
		return err
	}
	switch {
	case len(d.signature) == 0 || len(d.signature) > maxSignature:
		return types.ErrInvalidDelegation.Wrapf("signature of %d bytes: give the issuer's, at most %d", len(d.signature), maxSignature)
	case d.deadline.Before(now):
		return types.ErrDelegationExpired.Wrapf("%s is before the block time %s: ask the issuer for a new signature",
			d.deadline.UTC().Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	case d.deadline.After(now.Add(ahead)):
		return types.ErrInvalidDelegation.Wrapf("deadline %s: it may be %s ahead on this chain, until %s",
			d.deadline.UTC().Format(time.RFC3339), ahead, now.Add(ahead).UTC().Format(time.RFC3339))
	}
	used, err := k.usedNonces.Has(ctx, d.key())
	if err == nil && used {
		err = types.ErrNonceUsed.Wrap("this delegation was submitted before: it needs no sending again")
	}
	return err
}

// useDelegation checks the issuer's signature over the payload and uses up the nonce. The gas is taken before the
// signature is looked at.
func (k *Keeper) useDelegation(ctx context.Context, d delegation, signBytes []byte) error {
	sdk.UnwrapSDKContext(ctx).GasMeter().ConsumeGas(gasPerSignature, "attestation: delegated signature")
	account := k.accounts.GetAccount(ctx, d.issuer)
	if account == nil || account.GetPubKey() == nil {
		return types.ErrInvalidDelegation.Wrap("the issuer's key is not on the chain: it has to send one transaction of its own first")
	}
	// A closed list: a multisig key panics when asked to check a plain signature.
	key, ok := account.GetPubKey().(*secp256k1.PubKey)
	if !ok {
		return types.ErrInvalidDelegation.Wrapf("the issuer's key is of type %s: only secp256k1 delegates", account.GetPubKey().Type())
	}
	if !key.VerifySignature(signBytes, d.signature) {
		return types.ErrWrongSignature.Wrap("the issuer did not sign this payload for this chain: compare chain id, statements, deadline and nonce")
	}
	count(ctx, delegationCounter, 1)
	return k.usedNonces.Set(ctx, d.key())
}
