package exchange

import (
	"bytes"
	"crypto/hpke"
	"errors"
	"fmt"

	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"

	"github.com/creditd/creditd/vault/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// header of one part of the answer to an order.
func header(chainID, furnisher, recipient string, inquiry *credittypes.Inquiry, nonce []byte, part, parts int) types.Header {
	return types.Header{
		ChainId: chainID, InquiryId: inquiry.Id, ConsentId: inquiry.ConsentId, Furnisher: furnisher, Recipient: recipient,
		Purpose: int32(inquiry.Purpose), ExpiresAt: inquiry.ExpiresAt, Nonce: nonce, Part: uint32(part), Parts: uint32(parts),
	}
}

// seal encrypts one part for the requester and signs it.
func (s *Server) seal(g grant, parcel types.Parcel, part, parts int) (*types.FetchResponse, error) {
	h := header(s.config.ChainID, s.self, g.order.Requester, &g.inquiry, g.order.Nonce, part, parts)
	info, err := h.Marshal()
	if err != nil {
		return nil, err
	}
	plaintext, err := parcel.Marshal()
	if err != nil {
		return nil, err
	}
	_, kdf, aead := suite()
	encapsulated, sender, err := hpke.NewSender(g.recipient, kdf, aead, info)
	if err != nil {
		return nil, err
	}
	ciphertext, err := sender.Seal(nil, plaintext)
	if err != nil {
		return nil, err
	}
	response := &types.FetchResponse{Header: info, EncapsulatedKey: encapsulated, Ciphertext: ciphertext}
	digest := envelopeDigest(response)
	response.Signature, err = s.config.Signer.Sign(digest[:])
	return response, err
}

// open checks that one part is what was ordered and decrypts it. parts is 0 for the first.
func open(key hpke.PrivateKey, signer cryptotypes.PubKey, want types.Header, response *types.FetchResponse) (types.Parcel, uint32, error) {
	var parcel types.Parcel
	if len(response.Header) > maxHeaderBytes || len(response.Ciphertext) > maxPartBytes || len(response.Signature) > maxSignatureBytes {
		return parcel, 0, errors.New("a part is larger than any honest one")
	}
	digest := envelopeDigest(response)
	if !signer.VerifySignature(digest[:], response.Signature) {
		return parcel, 0, errors.New("a part is not signed with the furnisher's key")
	}
	var got types.Header
	if err := got.Unmarshal(response.Header); err != nil {
		return parcel, 0, fmt.Errorf("a part's header cannot be read: %w", err)
	}
	if want.Parts == 0 {
		want.Parts = got.Parts
	}
	if got.Parts == 0 || got.Parts > maxParts {
		return parcel, 0, fmt.Errorf("an answer of %d parts", got.Parts)
	}
	expected, err := want.Marshal()
	if err != nil {
		return parcel, 0, err
	}
	if !bytes.Equal(expected, response.Header) {
		return parcel, 0, errors.New("a part answers something else than what was ordered")
	}
	_, kdf, aead := suite()
	recipient, err := hpke.NewRecipient(response.EncapsulatedKey, key, kdf, aead, response.Header)
	if err != nil {
		return parcel, 0, fmt.Errorf("a part is not sealed for our key, was it changed on the chain meanwhile? %w", err)
	}
	plaintext, err := recipient.Open(nil, response.Ciphertext)
	if err != nil {
		return parcel, 0, fmt.Errorf("a part is not sealed for our key, was it changed on the chain meanwhile? %w", err)
	}
	if err := parcel.Unmarshal(plaintext); err != nil {
		return parcel, 0, fmt.Errorf("a part's content cannot be read: %w", err)
	}
	return parcel, got.Parts, nil
}
