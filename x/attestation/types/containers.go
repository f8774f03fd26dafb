package types

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"cosmossdk.io/collections"
	collcodec "cosmossdk.io/collections/codec"
)

// ContainerIDSize is the length in bytes of the id of a batch or an anchor.
const ContainerIDSize = 28

// MaxAnchorSize is the most items that an anchor has, RFC 9162 tree of depth 20.
const MaxAnchorSize = 1 << 20

// ContainerID names a batch or an anchor: what attestations live in.
type ContainerID [ContainerIDSize]byte

// ContainerIDFromBytes reads an id from its 28 bytes.
func ContainerIDFromBytes(bz []byte) (ContainerID, error) {
	if len(bz) != ContainerIDSize {
		return ContainerID{}, ErrInvalidID.Wrapf("%d bytes: the id of a batch or an anchor has %d", len(bz), ContainerIDSize)
	}
	id := ContainerID(bz)
	return id, id.Validate()
}

// ParseContainerID reads an id from its 56 hexadecimal digits.
func ParseContainerID(text string) (ContainerID, error) {
	if len(text) != hex.EncodedLen(ContainerIDSize) {
		return ContainerID{}, ErrInvalidID.Wrapf("%d characters: write the %d hexadecimal digits of the id of a batch or an anchor",
			len(text), hex.EncodedLen(ContainerIDSize))
	}
	var id ContainerID
	if _, err := hex.Decode(id[:], []byte(text)); err != nil {
		return ContainerID{}, ErrInvalidID.Wrapf("%q: write the %d hexadecimal digits of the id", text, hex.EncodedLen(ContainerIDSize))
	}
	return id, id.Validate()
}

// Validate refuses the zero id.
func (id ContainerID) Validate() error {
	if id == (ContainerID{}) {
		return ErrInvalidID.Wrap("all bytes are zero: was the id left out?")
	}
	return nil
}

// String returns the 56 hexadecimal digits.
func (id ContainerID) String() string { return hex.EncodeToString(id[:]) }

// Bytes returns the 28 bytes.
func (id ContainerID) Bytes() []byte { return id[:] }

// Item returns the id of the attestation at that place.
func (id ContainerID) Item(index uint32) ID {
	return ID(binary.BigEndian.AppendUint32(id[:ContainerIDSize:ContainerIDSize], index))
}

// Container returns what the attestation of that id lives in, and its place there.
func (id ID) Container() (ContainerID, uint32) {
	return ContainerID(id[:ContainerIDSize]), binary.BigEndian.Uint32(id[ContainerIDSize:])
}

// ContainerIDKey is the key codec of ContainerID: 28 bytes wherever it stands, without a length.
var ContainerIDKey collcodec.KeyCodec[ContainerID] = containerIDKey{}

type containerIDKey struct{}

func (containerIDKey) Encode(buffer []byte, id ContainerID) (int, error) {
	return copy(buffer, id[:]), nil
}

func (containerIDKey) Decode(buffer []byte) (int, ContainerID, error) {
	if len(buffer) < ContainerIDSize {
		return 0, ContainerID{}, fmt.Errorf("%w: container id of %d bytes", collections.ErrEncoding, len(buffer))
	}
	return ContainerIDSize, ContainerID(buffer[:ContainerIDSize]), nil
}

func (containerIDKey) Size(ContainerID) int                      { return ContainerIDSize }
func (containerIDKey) EncodeJSON(id ContainerID) ([]byte, error) { return json.Marshal(id.String()) }
func (containerIDKey) Stringify(id ContainerID) string           { return id.String() }
func (containerIDKey) KeyType() string                           { return "creditd/container_id" }
func (containerIDKey) SizeNonTerminal(ContainerID) int           { return ContainerIDSize }

func (containerIDKey) DecodeJSON(bz []byte) (ContainerID, error) {
	var text string
	if err := json.Unmarshal(bz, &text); err != nil {
		return ContainerID{}, err
	}
	return ParseContainerID(text)
}

func (k containerIDKey) EncodeNonTerminal(buffer []byte, id ContainerID) (int, error) {
	return k.Encode(buffer, id)
}

func (k containerIDKey) DecodeNonTerminal(buffer []byte) (int, ContainerID, error) {
	return k.Decode(buffer)
}
