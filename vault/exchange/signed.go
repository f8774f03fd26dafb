package exchange

import (
	"errors"

	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"

	"github.com/creditd/creditd/vault/types"
)

// SignedPart is what stays of one sealed part of an answer: its digest, which the furnisher signed with its account's key.
// Who got the answer can show later by whom it was given, without showing what it could decrypt.
type SignedPart struct {
	Digest    [32]byte
	Signature []byte
}

func signedPart(r *types.FetchResponse) SignedPart {
	return SignedPart{Digest: envelopeDigest(r), Signature: r.Signature}
}

// VerifyParts checks that a furnisher signed each part of an answer and returns the digest of the answer, which is that of the
// furnisher's receipt.
func VerifyParts(signer cryptotypes.PubKey, parts []SignedPart) ([32]byte, error) {
	if len(parts) == 0 || len(parts) > maxParts {
		return [32]byte{}, errors.New("an answer has 1 to 1000 parts")
	}
	digests := make([][32]byte, len(parts))
	for i, part := range parts {
		if len(part.Signature) > maxSignatureBytes || !signer.VerifySignature(part.Digest[:], part.Signature) {
			return [32]byte{}, errors.New("a part is not signed with the furnisher's key")
		}
		digests[i] = part.Digest
	}
	return answerDigest(digests), nil
}

// Connect begins the connection to a furnisher's vault, so that a Fetch that follows need not wait for the handshake. What goes
// wrong is said by that Fetch.
func (f *Fetcher) Connect(furnisher, endpoint string) {
	if to, err := f.link(furnisher, endpoint); err == nil {
		to.conn.Connect()
	}
}
