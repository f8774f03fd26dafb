package types

import (
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"

	"github.com/creditd/creditd/privacy/plonk"
	"github.com/creditd/creditd/privacy/predicate"
	"github.com/creditd/creditd/privacy/rangeproof"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// SumProofSize is the length in bytes of the proof of a SUM of any records.
var SumProofSize = rangeproof.Size(64)

const signatureSize = 64 // r || s of ECDSA over secp256k1

// CheckSizes refuses whatever is not of its one length, before gas is taken and before anything is read.
func (m *MsgProve) CheckSizes() error {
	if _, err := IDFromBytes("inquiry_id", m.InquiryId); err != nil {
		return err
	}
	if m.Predicate >= MaxPredicatesLimit {
		return ErrUnasked.Wrapf("predicate %d: an ask has at most %d", m.Predicate, MaxPredicatesLimit)
	}
	if len(m.AttestationIds) > predicate.MaxAttestations {
		return ErrMalformed.Wrapf("attestation_ids: %d: a proof is about at most %d", len(m.AttestationIds), predicate.MaxAttestations)
	}
	for _, id := range m.AttestationIds {
		if _, err := IDFromBytes("attestation_ids", id); err != nil {
			return err
		}
	}
	for _, each := range []struct {
		field string
		bz    []byte
	}{{"root", m.Root}, {"issuer_root", m.IssuerRoot}, {"nullifier", m.Nullifier}, {"session", m.Session}} {
		if len(each.bz) != 0 && len(each.bz) != 32 {
			return ErrMalformed.Wrapf("%s: %d bytes: it has 32", each.field, len(each.bz))
		}
	}
	if n := len(m.Proof); n != 0 && n != plonk.ProofSize && n != SumProofSize {
		return ErrMalformed.Wrapf("proof: %d bytes: one by a circuit has %d, one of a sum %d", n, plonk.ProofSize, SumProofSize)
	}
	return nil
}

// SignBytes are what the prover signs off the chain: those of an order of x/credit (docs/orders.md) of the type MsgProve, in
// its one encoding. The deadline has to be one that credittypes.Orderable allows.
func (m *MsgSubmitProof) SignBytes(chainID string) ([]byte, error) {
	value, err := m.Prove.Marshal()
	if err != nil {
		return nil, ErrMalformed.Wrap(err.Error())
	}
	return credittypes.OrderSignBytes(chainID, sdk.MsgTypeURL(m.Prove), value, m.Deadline, m.Nonce, m.PubKey), nil
}

// CheckSizes bounds whatever is hashed later.
func (m *MsgSubmitProof) CheckSizes() error {
	switch {
	case m.Prove == nil:
		return ErrMalformed.Wrap("prove: there is no proof in it")
	case len(m.Nonce) != credittypes.NonceSize:
		return ErrMalformed.Wrapf("nonce: %d bytes: draw %d random ones", len(m.Nonce), credittypes.NonceSize)
	case len(m.PubKey) != secp256k1.PubKeySize:
		return ErrMalformed.Wrapf("pub_key: %d bytes: give the compressed key of secp256k1, %d bytes", len(m.PubKey), secp256k1.PubKeySize)
	case len(m.Signature) != signatureSize:
		return ErrSignature.Wrapf("%d bytes: give r and s, %d bytes", len(m.Signature), signatureSize)
	case !credittypes.Orderable(m.Deadline):
		return ErrDeadline.Wrap("name a time in the near future")
	}
	return m.Prove.CheckSizes()
}

// NewSubmitProof makes the message that submits a proof; its submitter is left empty for whoever submits it. nonce has 16
// random bytes; sign is ECDSA over secp256k1 with the key of the prover's account and the SHA-256 of what it is given.
func NewSubmitProof(
	chainID string, prove MsgProve, deadline time.Time, nonce, pubKey []byte, sign func(payload []byte) ([]byte, error),
) (*MsgSubmitProof, error) {
	msg := &MsgSubmitProof{Prove: &prove, Deadline: deadline.UTC(), Nonce: nonce, PubKey: pubKey, Signature: make([]byte, signatureSize)}
	if err := msg.CheckSizes(); err != nil {
		return nil, err
	}
	payload, err := msg.SignBytes(chainID)
	if err != nil {
		return nil, err
	}
	if msg.Signature, err = sign(payload); err != nil {
		return nil, ErrSignature.Wrapf("the key does not sign: %s", err)
	}
	return msg, msg.CheckSizes()
}
