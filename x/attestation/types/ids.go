package types

import (
	"encoding/hex"
	"encoding/json"
	"fmt"

	"cosmossdk.io/collections"
	collcodec "cosmossdk.io/collections/codec"
)

// IDSize is the length in bytes of every id, pseudonym and commitment.
const IDSize = 32

// ID names a schema, an attestation or a subject (its pseudonym). As a key it takes 32 bytes wherever it
// stands, without a length.
type ID [IDSize]byte

// IDFromBytes reads an id from its 32 bytes.
func IDFromBytes(bz []byte) (ID, error) {
	if len(bz) != IDSize {
		return ID{}, ErrInvalidID.Wrapf("%d bytes: an id has %d", len(bz), IDSize)
	}
	id := ID(bz)
	return id, id.Validate()
}

// ParseID reads an id from its 64 hexadecimal digits.
func ParseID(text string) (ID, error) {
	if len(text) != hex.EncodedLen(IDSize) {
		return ID{}, ErrInvalidID.Wrapf("%d characters: write the %d hexadecimal digits of the id", len(text), hex.EncodedLen(IDSize))
	}
	var id ID
	if _, err := hex.Decode(id[:], []byte(text)); err != nil {
		return ID{}, ErrInvalidID.Wrapf("%q: write the %d hexadecimal digits of the id", text, hex.EncodedLen(IDSize))
	}
	return id, id.Validate()
}

// Validate refuses the zero id: no hash gives it, so it is always a field left out.
func (id ID) Validate() error {
	if id == (ID{}) {
		return ErrInvalidID.Wrap("all bytes are zero: was the id left out?")
	}
	return nil
}

// String returns the 64 hexadecimal digits.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// Bytes returns the 32 bytes.
func (id ID) Bytes() []byte { return id[:] }

// IDKey is the key codec of ID.
var IDKey collcodec.KeyCodec[ID] = idKey{}

type idKey struct{}

func (idKey) Encode(buffer []byte, id ID) (int, error) { return copy(buffer, id[:]), nil }

func (idKey) Decode(buffer []byte) (int, ID, error) {
	if len(buffer) < IDSize {
		return 0, ID{}, fmt.Errorf("%w: id of %d bytes", collections.ErrEncoding, len(buffer))
	}
	return IDSize, ID(buffer[:IDSize]), nil
}

func (idKey) Size(ID) int                      { return IDSize }
func (idKey) EncodeJSON(id ID) ([]byte, error) { return json.Marshal(id.String()) }
func (idKey) Stringify(id ID) string           { return id.String() }
func (idKey) KeyType() string                  { return "creditd/id" }
func (idKey) SizeNonTerminal(ID) int           { return IDSize }
func (k idKey) DecodeJSON(bz []byte) (ID, error) {
	var text string
	if err := json.Unmarshal(bz, &text); err != nil {
		return ID{}, err
	}
	return ParseID(text)
}

func (k idKey) EncodeNonTerminal(buffer []byte, id ID) (int, error) { return k.Encode(buffer, id) }
func (k idKey) DecodeNonTerminal(buffer []byte) (int, ID, error)    { return k.Decode(buffer) }
