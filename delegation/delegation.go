// Package delegation signs, for an issuer, what somebody else submits for it (docs/delegation.md).
package delegation

import (
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/types"
)

// Sign fills in the issuer, the nonce if there is none, and the signature of a *types.MsgAttestDelegated or
// *types.MsgRevokeDelegated. sign is ECDSA over secp256k1 with the issuer's account key and the SHA-256 of what it is
// given.
func Sign(msg sdk.Msg, chainID string, issuer sdk.AccAddress, issuerText string, sign func(payload []byte) ([]byte, error)) error {
	if chainID == "" {
		return errors.New("no chain named: pass --chain-id, for a signature is good on one chain only")
	}
	switch m := msg.(type) {
	case *types.MsgAttestDelegated:
		payload := func() []byte { return types.AttestSignBytes(chainID, issuer, m) }
		return fill(&m.Issuer, issuerText, &m.Nonce, m.Deadline, &m.Signature, m.CheckSizes, payload, sign)
	case *types.MsgRevokeDelegated:
		payload := func() []byte { return types.RevokeSignBytes(chainID, issuer, m) }
		return fill(&m.Issuer, issuerText, &m.Nonce, m.Deadline, &m.Signature, m.CheckSizes, payload, sign)
	}
	return fmt.Errorf("a %s is not delegated: write a MsgAttestDelegated or a MsgRevokeDelegated", sdk.MsgTypeURL(msg))
}

func fill(
	issuer *string, issuerText string, nonce *[]byte, deadline time.Time, signature *[]byte,
	check func() error, payload func() []byte, sign func([]byte) ([]byte, error),
) error {
	if *issuer != "" && *issuer != issuerText {
		return fmt.Errorf("the message is for %s to sign, the key is of %s: pass the issuer's key with --from", *issuer, issuerText)
	}
	if !deadline.After(time.Now()) {
		return errors.New("the deadline has passed or is missing: write one in the near future, for instance an hour ahead")
	}
	*issuer = issuerText
	if len(*nonce) == 0 {
		*nonce = make([]byte, types.NonceSize)
		if _, err := rand.Read(*nonce); err != nil {
			return err
		}
	}
	if err := check(); err != nil {
		return err
	}
	made, err := sign(payload())
	if err != nil {
		return fmt.Errorf("the key does not sign: %w", err)
	}
	*signature = made
	return nil
}
