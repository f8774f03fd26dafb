// Package types holds the types of x/credit: messages, records, ids, keys, errors and events.
package types

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"

	"cosmossdk.io/collections"
	collcodec "cosmossdk.io/collections/codec"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
)

const (
	// ModuleName is the name of the module and its codespace.
	ModuleName = "credit"
	// StoreKey of the module's state.
	StoreKey = ModuleName
)

// Prefixes of the collections. Never reuse one: what an old chain wrote under it would be misread.
var (
	ParamsPrefix           = collections.NewPrefix(0)
	SubjectsPrefix         = collections.NewPrefix(1)
	PayersPrefix           = collections.NewPrefix(2)
	TradelinesPrefix       = collections.NewPrefix(3)
	FurnishersPrefix       = collections.NewPrefix(4)
	ConsentsPrefix         = collections.NewPrefix(5)
	ConsentExpiryPrefix    = collections.NewPrefix(6)
	InquiriesPrefix        = collections.NewPrefix(7)
	InquiryExpiryPrefix    = collections.NewPrefix(8)
	ReceiptsPrefix         = collections.NewPrefix(9)
	TrailPrefix            = collections.NewPrefix(10)
	VersionsPrefix         = collections.NewPrefix(11)
	NoticesPrefix          = collections.NewPrefix(12)
	RetentionQueuePrefix   = collections.NewPrefix(13)
	DisputesPrefix         = collections.NewPrefix(14)
	SubjectDisputesPrefix  = collections.NewPrefix(15)
	DisputeQueuePrefix     = collections.NewPrefix(16)
	OutcomeQueuePrefix     = collections.NewPrefix(17)
	OutcomesPrefix         = collections.NewPrefix(18)
	ChangesPrefix          = collections.NewPrefix(19)
	ChangeQueuePrefix      = collections.NewPrefix(20)
	UsedOrdersPrefix       = collections.NewPrefix(21)
	InstitutionTrailPrefix = collections.NewPrefix(22)
	InstitutionDaysPrefix  = collections.NewPrefix(23)
	AdverseActionsPrefix   = collections.NewPrefix(24)
	AdverseQueuePrefix     = collections.NewPrefix(25)
	RepairPoliciesPrefix   = collections.NewPrefix(26)
	HoldsPrefix            = collections.NewPrefix(27)
	HoldQueuePrefix        = collections.NewPrefix(28)
	ErasuresPrefix         = collections.NewPrefix(29)
	ErasureQueuePrefix     = collections.NewPrefix(30)
	ProfilesPrefix         = collections.NewPrefix(31)
	JurisdictionsPrefix    = collections.NewPrefix(32)
	ContractsPrefix        = collections.NewPrefix(33)
	ActiveContractsPrefix  = collections.NewPrefix(34)
	ContractRunsPrefix     = collections.NewPrefix(35)
	ContractChecksPrefix   = collections.NewPrefix(36)
)

// TrailKey places an entry in the trail of a subject: height (8 bytes, big endian) | ref (32) | kind (1) |
// actor (its address, to the end). The actor is part of it since two furnishers may answer one inquiry in
// one block.
type TrailKey struct {
	Height int64
	Ref    ID
	Kind   TrailKind
	Actor  []byte
}

// trailKeyHead is what stands before the actor.
const trailKeyHead = 8 + attestationtypes.IDSize + 1

// TrailKeyCodec is the key codec of TrailKey; it stands last in a key.
var TrailKeyCodec collcodec.KeyCodec[TrailKey] = trailKeyCodec{}

type trailKeyCodec struct{}

func (trailKeyCodec) Encode(buffer []byte, key TrailKey) (int, error) {
	if key.Height < 0 || key.Kind < 0 || key.Kind > 255 {
		return 0, fmt.Errorf("%w: trail key of height %d and kind %d", collections.ErrEncoding, key.Height, key.Kind)
	}
	binary.BigEndian.PutUint64(buffer, uint64(key.Height))
	copy(buffer[8:], key.Ref[:])
	buffer[trailKeyHead-1] = byte(key.Kind)
	return trailKeyHead + copy(buffer[trailKeyHead:], key.Actor), nil
}

func (trailKeyCodec) Decode(buffer []byte) (int, TrailKey, error) {
	if len(buffer) <= trailKeyHead {
		return 0, TrailKey{}, fmt.Errorf("%w: trail key of %d bytes", collections.ErrEncoding, len(buffer))
	}
	height := binary.BigEndian.Uint64(buffer)
	if height > math.MaxInt64 {
		return 0, TrailKey{}, fmt.Errorf("%w: trail key of height %d", collections.ErrEncoding, height)
	}
	return len(buffer), TrailKey{
		Height: int64(height),
		Ref:    ID(buffer[8 : trailKeyHead-1]),
		Kind:   TrailKind(buffer[trailKeyHead-1]),
		Actor:  append([]byte(nil), buffer[trailKeyHead:]...),
	}, nil
}

func (trailKeyCodec) Size(key TrailKey) int { return trailKeyHead + len(key.Actor) }

func (c trailKeyCodec) EncodeJSON(key TrailKey) ([]byte, error) {
	buffer := make([]byte, c.Size(key))
	if _, err := c.Encode(buffer, key); err != nil {
		return nil, err
	}
	return json.Marshal(hex.EncodeToString(buffer))
}

func (c trailKeyCodec) DecodeJSON(bz []byte) (TrailKey, error) {
	var text string
	if err := json.Unmarshal(bz, &text); err != nil {
		return TrailKey{}, err
	}
	buffer, err := hex.DecodeString(text)
	if err != nil {
		return TrailKey{}, err
	}
	_, key, err := c.Decode(buffer)
	return key, err
}

func (trailKeyCodec) Stringify(key TrailKey) string {
	return fmt.Sprintf("%d/%s/%s/%x", key.Height, key.Ref, key.Kind, key.Actor)
}

func (trailKeyCodec) KeyType() string { return "creditd/trail" }

func (c trailKeyCodec) EncodeNonTerminal(buffer []byte, key TrailKey) (int, error) {
	return c.Encode(buffer, key)
}

func (c trailKeyCodec) DecodeNonTerminal(buffer []byte) (int, TrailKey, error) {
	return c.Decode(buffer)
}

func (c trailKeyCodec) SizeNonTerminal(key TrailKey) int { return c.Size(key) }
