package types

import (
	"encoding/binary"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/commitment"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
)

// ID names a round, a subject or a sector; 32 bytes.
type ID = attestationtypes.ID

// Domains separate the ids from each other and from every other hash of creditd.
const (
	roundDomain  = "creditd/exposure/round/v1"
	sectorDomain = "creditd/exposure/sector/v1"
	cohortDomain = "creditd/exposure/cohort/v1"
)

// RoundID derives the id of a round; about is the inquiry, or the sector's id. Clients know it before the chain does.
func RoundID(asker sdk.AccAddress, kind Kind, about, askerKey []byte) ID {
	return commitment.ID(roundDomain, asker, []byte{byte(kind)}, about, askerKey)
}

// SectorID is what a round about a sector is about: an id of its code.
func SectorID(code uint32) ID {
	return commitment.ID(sectorDomain, binary.BigEndian.AppendUint32(nil, code))
}

// CohortID is the digest of a round's members: the committee's id, and of each member its index, its address and its public
// share.
func CohortID(committee uint64, parts []Part, addresses []sdk.AccAddress) ID {
	fields := [][]byte{binary.BigEndian.AppendUint64(nil, committee)}
	for i, part := range parts {
		fields = append(fields, binary.BigEndian.AppendUint32(nil, part.Index), addresses[i], part.PublicShare)
	}
	return commitment.ID(cohortDomain, fields...)
}

// ParseID reads the id in a query's field from its 64 hexadecimal digits.
func ParseID(field, text string) (ID, error) {
	id, err := attestationtypes.ParseID(text)
	if err != nil {
		return id, ErrInvalidField.Wrapf("%s: %s", field, err)
	}
	return id, nil
}

// IDFromBytes reads the id in a message's field from its 32 bytes.
func IDFromBytes(field string, bz []byte) (ID, error) {
	id, err := attestationtypes.IDFromBytes(bz)
	if err != nil {
		return id, ErrInvalidField.Wrapf("%s: %s", field, err)
	}
	return id, nil
}
