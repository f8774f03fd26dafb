// Package exchange is how one institution's vault answers another: a signed order for the records of one
// inquiry, checked against the chain, answered with sealed parts and a receipt.
package exchange

import (
	"crypto/hpke"

	"github.com/creditd/creditd/vault/types"
	"github.com/creditd/creditd/x/attestation/commitment"
)

// Domain strings of what is signed and of what receipts carry; none may ever change.
const (
	domainOrder    = "creditd/vault/order/v1"
	domainEnvelope = "creditd/vault/envelope/v1"
	domainAnswer   = "creditd/vault/answer/v1"
	domainReport   = "creditd/vault/report/v1"
)

// Bounds of both sides. A vault that sends more is not listened to.
const (
	maxOrderBytes     = 1<<10 + encryptionKeySize
	encryptionKeySize = 1216 // of MLKEM768X25519: ML-KEM-768 has 1184, X25519 32
	maxSignatureBytes = 128
	maxHeaderBytes    = 1 << 10
	maxPartBytes      = 1 << 20
	maxParts          = 1000
	partBytes         = 256 << 10 // records in one part, if one alone is not larger
	maxRecords        = 10_000    // of one subject in one vault
	maxAnswerBytes    = 16 << 20  // in the clear; as much again sealed, for each answer under way
	parallelReads     = 16        // questions to the chain of one answer at once
	nonceSize         = 16
)

// orderDigest is what a requester signs: commitment.ID over the encoded Order as sent.
func orderDigest(order []byte) [32]byte { return commitment.ID(domainOrder, order) }

// envelopeDigest is what a furnisher signs for each part.
func envelopeDigest(r *types.FetchResponse) [32]byte {
	return commitment.ID(domainEnvelope, r.Header, r.EncapsulatedKey, r.Ciphertext)
}

// answerDigest is that of a furnisher's receipt: over the digests of its parts in order.
func answerDigest(parts [][32]byte) [32]byte {
	list := make([][]byte, len(parts))
	for i := range parts {
		list[i] = parts[i][:]
	}
	return commitment.ID(domainAnswer, list...)
}

// Part is one furnisher's answer in a data user's receipt.
type Part struct {
	Furnisher string
	Digest    [32]byte
}

// ReportDigest is that of a data user's receipt, over all answers in the order given.
func ReportDigest(answers []Part) [32]byte {
	var list [][]byte
	for i := range answers {
		list = append(list, []byte(answers[i].Furnisher), answers[i].Digest[:])
	}
	return commitment.ID(domainReport, list...)
}

// The HPKE suite (RFC 9180): hybrid, because credit data must stay secret for decades. Base mode does not
// authenticate the sender, so each part is signed with the furnisher's chain key.
func suite() (hpke.KEM, hpke.KDF, hpke.AEAD) {
	return hpke.MLKEM768X25519(), hpke.HKDFSHA256(), hpke.AES256GCM()
}

// EncryptionKey reads an institution's key as it is on the chain.
func EncryptionKey(bytes []byte) (hpke.PublicKey, error) {
	kem, _, _ := suite()
	return kem.NewPublicKey(bytes)
}
