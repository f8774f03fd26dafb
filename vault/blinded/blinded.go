// Package blinded carries blinded elements and their evaluations in messages between vaults: 32 bytes each, one after the other, as
// many in a message as are under one proof.
package blinded

import (
	"errors"
	"fmt"

	"github.com/creditd/creditd/privacy/oprf"
)

// MaxMessage is larger than any message of package vault/types with elements, in bytes.
const MaxMessage = oprf.MaxBatch*oprf.ElementSize + 256

// ErrElements is wrapped when a message does not have the elements that are expected.
var ErrElements = errors.New("not the elements that are expected")

// Append reads the elements of one message behind those that are there, of which there will be so many in all. Each message but the
// last has oprf.MaxBatch.
func Append(to []oprf.Element, message []byte, of int) ([]oprf.Element, error) {
	want := min(oprf.MaxBatch, of-len(to))
	if want <= 0 || len(message) != want*oprf.ElementSize {
		return nil, fmt.Errorf("%w: %d bytes after %d of %d elements", ErrElements, len(message), len(to), of)
	}
	for ; len(message) > 0; message = message[oprf.ElementSize:] {
		to = append(to, oprf.Element(message[:oprf.ElementSize]))
	}
	return to, nil
}

// Messages cuts elements into what Append reads.
func Messages(elements []oprf.Element) [][]byte {
	messages := make([][]byte, 0, oprf.Batches(len(elements)))
	for len(elements) > 0 {
		n := min(oprf.MaxBatch, len(elements))
		message := make([]byte, 0, n*oprf.ElementSize)
		for i := range n {
			message = append(message, elements[i][:]...)
		}
		messages, elements = append(messages, message), elements[n:]
	}
	return messages
}
