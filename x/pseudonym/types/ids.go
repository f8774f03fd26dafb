package types

import (
	"encoding/binary"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/commitment"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
)

// ID names a request, a match or a subject (its pseudonym); 32 bytes.
type ID = attestationtypes.ID

// NonceSize is the length in bytes of the nonces that clients of matches choose.
const NonceSize = 16

const (
	evaluationDomain = "creditd/evaluation-request/v1"
	matchDomain      = "creditd/match/v1"
)

// IDKey encodes an ID as its 32 bytes.
var IDKey = attestationtypes.IDKey

// TimeKey encodes a time so that keys sort by it.
var TimeKey = attestationtypes.TimeKey

// EvaluationID derives the id of a request; hash is that of the blinded elements. Clients know it before the chain does.
func EvaluationID(institution sdk.AccAddress, epoch uint64, hash []byte) ID {
	return commitment.ID(evaluationDomain, institution, binary.BigEndian.AppendUint64(nil, epoch), hash)
}

// MatchID derives the id of a session.
func MatchID(client, server sdk.AccAddress, nonce []byte) ID {
	return commitment.ID(matchDomain, client, server, nonce)
}

// IDFromBytes reads the id in a message's field from its 32 bytes.
func IDFromBytes(field string, bz []byte) (ID, error) {
	id, err := attestationtypes.IDFromBytes(bz)
	if err != nil {
		return id, ErrInvalidID.Wrapf("%s: %s", field, err)
	}
	return id, nil
}

// ParseID reads the id in a query's field from its 64 hexadecimal digits.
func ParseID(field, text string) (ID, error) {
	id, err := attestationtypes.ParseID(text)
	if err != nil {
		return id, ErrInvalidID.Wrapf("%s: %s", field, err)
	}
	return id, nil
}
