// Package audit lets a stranger check what a trail says, and that nothing is left out of it, without trusting any node: one
// file holds every line of a subject's or an institution's trail in a range of heights, each with the proof that the state
// has it, and the proof that there is no line between two neighbours, before the first or after the last. So it proves the
// absence of inquiries too: all lines are shown, and none is an inquiry.
//
// Export asks a node; Verify asks nobody. Headers, commits and the encoding are those of package proof. docs/audit.md
// describes the format and what it proves.
package audit

import (
	"fmt"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/credit/types"
)

// Format names the encoding. Another format has another name, so that none is read as the other.
const Format = "creditd/audit/v1"

// MaxLines of a bundle; for more, export ranges of heights one after another.
const MaxLines = 5000

// Bundle is what a stranger needs. A line is its leaf in the tree of the store and the hashes from there to the root.
// Neighbours in the trail are neighbours in the tree, which the hashes show: nothing is between them.
type Bundle struct {
	Format string `json:"format"`
	// Subject is the pseudonym whose trail it is; absent for an institution's.
	Subject *commitment.Hash `json:"subject,omitempty"`
	// Institution whose trail it is; empty for a subject's.
	Institution string `json:"institution,omitempty"`
	// From and To are the first and the last height of the range.
	From int64 `json:"from_height,string"`
	To   int64 `json:"to_height,string"`
	// Before is the leaf left of the range; absent when the store begins with it.
	Before []byte `json:"before,omitempty"` // proto cosmos.ics23.v1.ExistenceProof, as all leaves
	// Lines of the range, in the order of their keys.
	Lines [][]byte `json:"lines"`
	// After is the leaf right of the range; absent when the store ends with it.
	After []byte `json:"after,omitempty"`
	// Store is the proof of the root of the store x/credit under the app hash.
	Store []byte `json:"store"` // proto cosmos.ics23.v1.CommitmentProof
	// Blocks from the trusted header to the one whose app hash the store is under.
	Blocks []proof.Block `json:"blocks"`
}

// Encode returns the one encoding of the bundle: compact JSON and a line feed.
func (b *Bundle) Encode() ([]byte, error) { return proof.EncodeCanonical(b) }

// Parse reads what Encode writes and nothing else. Sizes are bounded before it is parsed, and lines before any is looked at.
func Parse(encoded []byte) (*Bundle, error) {
	b := new(Bundle)
	if err := proof.ParseCanonical(encoded, b); err != nil {
		return nil, err
	}
	switch {
	case b.Format != Format:
		return nil, fmt.Errorf("%w: format %.40q, and this program reads %q", proof.ErrInvalid, b.Format, Format)
	case len(b.Lines) > MaxLines:
		return nil, fmt.Errorf("%w: %d lines: a bundle has at most %d", proof.ErrInvalid, len(b.Lines), MaxLines)
	case b.Lines == nil:
		return nil, fmt.Errorf("%w: lines are missing", proof.ErrInvalid)
	}
	if _, err := b.bounds(); err != nil {
		return nil, fmt.Errorf("%w: %w", proof.ErrInvalid, err)
	}
	return b, nil
}

// bounds of the range in the store: the first key is in it, the end is not.
type bounds struct{ trail, first, end []byte }

func (b *Bundle) bounds() (bounds, error) {
	trail, err := b.trail()
	switch {
	case err != nil:
		return bounds{}, err
	case b.From < 1 || b.To < b.From:
		return bounds{}, fmt.Errorf("heights %d to %d: give a range that begins at 1 or later and does not end before it begins", b.From, b.To)
	}
	return bounds{trail, types.FromHeight(trail, b.From), types.FromHeight(trail, b.To+1)}, nil
}

// trail is what the keys of the trail begin with.
func (b *Bundle) trail() ([]byte, error) {
	switch {
	case (b.Subject == nil) == (b.Institution == ""):
		return nil, fmt.Errorf("give a subject or an institution, and not both")
	case b.Subject != nil:
		return types.TrailStateKey(types.ID(*b.Subject)), nil
	}
	address, err := sdk.AccAddressFromBech32(b.Institution)
	if err != nil {
		return nil, fmt.Errorf("institution: %w", err)
	}
	if address.String() != b.Institution {
		return nil, fmt.Errorf("institution: write %s", address)
	}
	return types.InstitutionTrailStateKey(address), nil
}
