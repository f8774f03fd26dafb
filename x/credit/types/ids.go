package types

import (
	"encoding/binary"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/commitment"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
)

// ID names a subject (its pseudonym), a tradeline, a consent or an inquiry; 32 bytes.
type ID = attestationtypes.ID

// NonceSize is the length in bytes of the nonces that signers choose.
const NonceSize = 16

// Domains separate the ids from each other and from every other hash of creditd.
const (
	tradelineDomain = "creditd/tradeline/v1"
	consentDomain   = "creditd/consent/v1"
	inquiryDomain   = "creditd/inquiry/v1"
	disputeDomain   = "creditd/dispute/v1"
	holdDomain      = "creditd/hold/v1"
	contractDomain  = "creditd/contract/v1"
)

// TradelineID derives the id of a tradeline; account is the furnisher's blinded reference. This and the
// functions below are exported for clients and vaults, which know an id before the chain does.
func TradelineID(furnisher sdk.AccAddress, subject, account []byte) ID {
	return commitment.ID(tradelineDomain, furnisher, subject, account)
}

// ConsentID derives the id of a consent.
func ConsentID(subject []byte, grantee sdk.AccAddress, nonce []byte) ID {
	return commitment.ID(consentDomain, subject, grantee, nonce)
}

// InquiryID derives the id of an inquiry.
func InquiryID(dataUser sdk.AccAddress, subject, nonce []byte) ID {
	return commitment.ID(inquiryDomain, dataUser, subject, nonce)
}

// DisputeID derives the id of a dispute.
func DisputeID(subject, tradeline, nonce []byte) ID {
	return commitment.ID(disputeDomain, subject, tradeline, nonce)
}

// HoldID derives the id of a legal hold.
func HoldID(supervisor sdk.AccAddress, subject, nonce []byte) ID {
	return commitment.ID(holdDomain, supervisor, subject, nonce)
}

// ContractID derives the id of a version of a data contract; the version is 4 bytes, big endian.
func ContractID(name string, version uint32) ID {
	return commitment.ID(contractDomain, []byte(name), binary.BigEndian.AppendUint32(nil, version))
}

// ParseID reads the id in a query's field from its 64 hexadecimal digits.
func ParseID(field, text string) (ID, error) {
	id, err := attestationtypes.ParseID(text)
	if err != nil {
		return id, ErrInvalidID.Wrapf("%s: %s", field, err)
	}
	return id, nil
}

// IDFromBytes reads the id in a message's field from its 32 bytes.
func IDFromBytes(field string, bz []byte) (ID, error) {
	id, err := attestationtypes.IDFromBytes(bz)
	if err != nil {
		return id, ErrInvalidID.Wrapf("%s: %s", field, err)
	}
	return id, nil
}
