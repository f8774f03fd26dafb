package keeper

import (
	"bytes"
	"context"
	"time"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/predicate/types"
)

const (
	// gasPerSignature is what x/auth asks for one check of secp256k1.
	gasPerSignature = 1000
	// maxDeadline is how far ahead the deadline of a signed proof may be.
	maxDeadline = 7 * 24 * time.Hour
)

// requireSigned checks that a prover signed the proof off the chain for this chain and now. No nonce is used up: a predicate is
// answered once, so a proof that was submitted is refused the second time.
func (k *Keeper) requireSigned(ctx context.Context, msg *types.MsgSubmitProof) (actor, error) {
	if err := msg.CheckSizes(); err != nil {
		return actor{}, err
	}
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	switch now := sdkCtx.BlockTime(); {
	case msg.Deadline.Before(now):
		return actor{}, types.ErrDeadline.Wrapf("%s is before the block time %s: ask for a new signature", rfc3339(msg.Deadline), rfc3339(now))
	case msg.Deadline.After(now.Add(maxDeadline)):
		return actor{}, types.ErrDeadline.Wrapf("%s is more than %s ahead: choose an earlier one", rfc3339(msg.Deadline), maxDeadline)
	}
	prover, err := k.parseActor("prover", msg.Prove.Prover)
	if err != nil {
		return actor{}, err
	}
	sdkCtx.GasMeter().ConsumeGas(gasPerSignature, "predicate: signature of a proof")
	key := &secp256k1.PubKey{Key: msg.PubKey}
	if !bytes.Equal(key.Address(), prover.addr) {
		return actor{}, types.ErrSignature.Wrapf("the proof is for %s to sign, pub_key belongs to another account", prover.text)
	}
	payload, err := msg.SignBytes(sdkCtx.ChainID())
	if err != nil {
		return actor{}, err
	}
	if !key.VerifySignature(payload, msg.Signature) {
		return actor{}, types.ErrSignature.Wrap("pub_key did not sign this proof for this chain: compare chain id, message, deadline and nonce")
	}
	return prover, nil
}
