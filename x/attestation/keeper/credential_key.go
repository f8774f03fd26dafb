package keeper

import (
	"context"
	"errors"
	"time"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/types"
)

// Credential keys: with which key an issuer signs credentials off the chain is read from here, and not from a web
// server of the issuer's. No proof is asked that the issuer has the private key: a credential names its issuer within
// what is signed, so another's key registered as one's own makes nothing verify.

// GetCredentialKey returns the issuer's key of that kid, in use or retired.
func (k *Keeper) GetCredentialKey(ctx context.Context, issuer sdk.AccAddress, kid types.ID) (types.CredentialKey, error) {
	key, err := k.credentialKeys.Get(ctx, collections.Join(issuer, kid))
	if errors.Is(err, collections.ErrNotFound) {
		return types.CredentialKey{}, types.ErrUnknownKey.Wrapf("%s of %s: list them with `creditd query attestation credential-keys`", kid, issuer)
	}
	if err != nil {
		return types.CredentialKey{}, err
	}
	return k.namedKey(issuer, kid, key)
}

// namedKey puts issuer and kid, which are the entry's key, back into it.
func (k *Keeper) namedKey(issuer sdk.AccAddress, kid types.ID, key types.CredentialKey) (types.CredentialKey, error) {
	text, err := k.addressText("issuer", issuer)
	key.Issuer, key.Kid = text, kid.Bytes()
	return key, err
}

// setCredentialKey writes the key; issuer and kid are the entry's key and not repeated in the value.
func (k *Keeper) setCredentialKey(ctx context.Context, issuer sdk.AccAddress, key types.CredentialKey) error {
	kid := types.ID(key.Kid)
	key.Issuer, key.Kid = "", nil
	return k.credentialKeys.Set(ctx, collections.Join(issuer, kid), key)
}

// registerCredentialKey publishes a key and returns its kid. A key is registered once: a retired one does not come
// back, or what was signed in between would count as signed in its time.
func (k *Keeper) registerCredentialKey(ctx context.Context, issuer sdk.AccAddress, algorithm types.KeyAlgorithm, publicKey []byte) (types.ID, error) {
	if err := k.requireMember(ctx, issuer); err != nil {
		return types.ID{}, err
	}
	if err := types.CheckCredentialKey(algorithm, publicKey); err != nil {
		return types.ID{}, err
	}
	kid := types.Thumbprint(algorithm, publicKey)
	switch earlier, err := k.GetCredentialKey(ctx, issuer, kid); {
	case err == nil && earlier.RetiredAt != nil:
		return kid, types.ErrKeyRetired.Wrapf("%s since %s: register a new key", kid, earlier.RetiredAt.UTC().Format(time.RFC3339))
	case err == nil:
		return kid, types.ErrKeyExists.Wrapf("%s: it is registered, use it", kid)
	case !errors.Is(err, types.ErrUnknownKey):
		return kid, err
	}
	key, err := k.namedKey(issuer, kid, types.CredentialKey{Algorithm: algorithm, PublicKey: publicKey, RegisteredAt: blockTime(ctx)})
	if err != nil {
		return kid, err
	}
	if err := k.setCredentialKey(ctx, issuer, key); err != nil {
		return kid, err
	}
	return kid, emit(ctx, types.NewEventCredentialKeyRegistered(key.Issuer, kid))
}

// retireCredentialKey ends the use of one's own key. It takes a right away, so it asks for no licence: a suspended
// institution whose key leaked must be able to say so.
func (k *Keeper) retireCredentialKey(ctx context.Context, issuer sdk.AccAddress, kidBytes []byte) error {
	kid, err := types.IDFromBytes(kidBytes)
	if err != nil {
		return errorsmod.Wrap(err, "kid")
	}
	key, err := k.GetCredentialKey(ctx, issuer, kid)
	if err != nil {
		return err
	}
	if key.RetiredAt != nil {
		return types.ErrKeyRetired.Wrapf("%s since %s: it needs no doing again", kid, key.RetiredAt.UTC().Format(time.RFC3339))
	}
	now := blockTime(ctx)
	key.RetiredAt = &now
	if err := k.setCredentialKey(ctx, issuer, key); err != nil {
		return err
	}
	return emit(ctx, types.NewEventCredentialKeyRetired(key.Issuer, kid))
}
