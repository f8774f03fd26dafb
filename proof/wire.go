package proof

import (
	"bytes"
	"fmt"
)

// message is what generated protobuf types have.
type message interface {
	Marshal() ([]byte, error)
	Unmarshal([]byte) error
}

// Decode reads a message in its one encoding: what has fields that this program does not know, or fields out of
// order or spelled at length, is refused, since not every byte of it would count.
func Decode(what string, encoded []byte, into message) error {
	if err := into.Unmarshal(encoded); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	again, err := into.Marshal()
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if !bytes.Equal(again, encoded) {
		return fmt.Errorf("%s: not in its one encoding, or with fields that this program does not know: use a newer creditd", what)
	}
	return nil
}
