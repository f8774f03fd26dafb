// Package proof lets a stranger check what an institution attested, or that it attested nothing, without trusting
// any node: one file holds the state's entries with their proofs, and the headers that lead to them from a header
// that the stranger trusts. The format and what it proves are described in docs/proofs.md.
//
// Prove asks a node; Verify asks nobody.
package proof

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/creditd/creditd/x/attestation/commitment"
)

// Format names the encoding. Another format has another name, so that none is read as the other.
const Format = "creditd/proof/v1"

// Bounds of a bundle, checked before anything is parsed.
const (
	// MaxBytes of an encoded bundle: a hundred headers of a hundred ML-DSA validators, or ten thousand headers alone.
	MaxBytes = 16 << 20
	// MaxBlocks that lead from the trusted header to the proven one.
	MaxBlocks = 10_000

	maxTokens = 1 << 18 // commas and brackets: memory grows with them far more than with bytes
	maxDepth  = 6       // of brackets; a disclosure's path has the deepest
)

// ErrInvalid is wrapped by every error of Verify: the bundle proves nothing.
var ErrInvalid = errors.New("the bundle is not valid")

// Bundle is what a stranger needs. Nothing in it is there twice: what can be derived is derived, so that no two parts
// can differ.
type Bundle struct {
	Format string `json:"format"`
	// ID of the attestation, or of what is not there.
	ID commitment.Hash `json:"id"`
	// Disclosure opens fields of the payload; absent when none is shown.
	Disclosure *commitment.Disclosure `json:"disclosure,omitempty"`
	// Item is the attestation when it is under an anchor, where the chain has only the root.
	Item *Item `json:"item,omitempty"`
	// Entries of the state, in the order in which Verify reads them.
	Entries []Entry `json:"entries"`
	// Stores that the entries are in, in the order in which they are first read.
	Stores []Store `json:"stores"`
	// Blocks from the trusted header to the one whose app hash the stores are under.
	Blocks []Block `json:"blocks"`
}

// Item is an anchored attestation with its place in a tree of the anchor. Its index is the end of its id.
type Item struct {
	Statement []byte            `json:"statement"` // proto creditd.attestation.v1.Statement
	Size      uint32            `json:"size"`      // of the tree, whose root the anchor's checkpoint has
	Path      []commitment.Hash `json:"path"`      // RFC 9162 s.2.1.3, from the leaf to the root
}

// Entry of the state.
type Entry struct {
	Store string `json:"store"` // name
	Proof []byte `json:"proof"` // proto cosmos.ics23.v1.CommitmentProof: has the key, and the value or its neighbours'
}

// Store is the root of one store.
type Store struct {
	Name  string `json:"name"`
	Proof []byte `json:"proof"` // proto cosmos.ics23.v1.CommitmentProof of the root under the app hash
}

// Block is what the light client needs of one. Towards an older block a header is all.
type Block struct {
	Header     []byte   `json:"header"`               // proto tendermint.types.Header
	Commit     []byte   `json:"commit,omitempty"`     // proto tendermint.types.Commit
	Validators [][]byte `json:"validators,omitempty"` // proto tendermint.types.SimpleValidator each: what is hashed
}

// Encode returns the one encoding of the bundle: compact JSON and a line feed.
func (b *Bundle) Encode() ([]byte, error) { return EncodeCanonical(b) }

// EncodeCanonical is what ParseCanonical reads again.
func EncodeCanonical(b any) ([]byte, error) {
	encoded, err := json.Marshal(b)
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	return append(encoded, '\n'), nil
}

// Parse reads what Encode writes and nothing else. Sizes and depth are bounded before it is parsed.
func Parse(encoded []byte) (*Bundle, error) {
	b := new(Bundle)
	if err := ParseCanonical(encoded, b); err != nil {
		return nil, err
	}
	if b.Format != Format {
		return nil, fmt.Errorf("%w: format %.40q, and this program reads %q", ErrInvalid, b.Format, Format)
	}
	if b.Item != nil && b.Item.Path == nil {
		return nil, fmt.Errorf("%w: the item has no path", ErrInvalid)
	}
	return b, nil
}

// Encoder writes itself in the one encoding that is read: see Bundle.Encode.
type Encoder interface{ Encode() ([]byte, error) }

// ParseCanonical reads into b what its Encode writes and nothing else. Sizes and depth are bounded before it is parsed.
func ParseCanonical(encoded []byte, b Encoder) error {
	if len(encoded) > MaxBytes {
		return fmt.Errorf("%w: %d bytes, and at most %d are read", ErrInvalid, len(encoded), MaxBytes)
	}
	if err := checkShape(encoded); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(b); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	again, err := b.Encode()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if !bytes.Equal(again, encoded) {
		return fmt.Errorf("%w: byte %d is not as creditd writes it (keys in order and each once, no white space, lower-case hexadecimal)",
			ErrInvalid, firstDifference(again, encoded))
	}
	return nil
}

func firstDifference(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

// checkShape bounds depth and number of parts of any text, JSON or not.
func checkShape(text []byte) error {
	depth, tokens, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
			tokens++
		case c == '}' || c == ']':
			depth--
		case c == ',':
			tokens++
		}
		if depth > maxDepth {
			return fmt.Errorf("brackets are nested deeper than %d at byte %d", maxDepth, i)
		}
		if tokens > maxTokens {
			return fmt.Errorf("more than %d parts", maxTokens)
		}
	}
	return nil
}
