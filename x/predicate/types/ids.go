package types

import (
	"encoding/binary"

	"github.com/creditd/creditd/x/attestation/commitment"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
)

// ID names an inquiry, an attestation, a schema, a circuit, a tree or a subject (its pseudonym); 32 bytes.
type ID = attestationtypes.ID

const circuitDomain = "creditd/registered-circuit/v1"

// ActiveTree is the id of the tree of active attestations; the trees of issuers have the ids of their schemas.
var ActiveTree ID

// CircuitID derives the id of a version of a circuit; the version is 4 bytes, big endian. The verifying key names the setup
// and what the circuit is compiled from, so the id stands for both.
func CircuitID(name string, version uint32, verifyingKey []byte) ID {
	return commitment.ID(circuitDomain, []byte(name), binary.BigEndian.AppendUint32(nil, version), verifyingKey)
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
