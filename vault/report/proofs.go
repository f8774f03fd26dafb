package report

import (
	"errors"
	"fmt"

	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/x/attestation/commitment"
)

// ProofsFormat names the encoding of a report with proofs. Another format has another name, so that none is read as the other.
const ProofsFormat = "creditd/report/v1"

// Bounds of a file with proofs, beside those of package proof, checked before anything is looked at.
const (
	maxRecords = 10_000
	maxAnswers = 1_000
	maxParts   = 1_000
	maxEntries = 50_000
)

// Proofs is a report that can be checked offline: what the vaults gave and signed, and the state's entries with their proofs.
// What the report says is derived from it, so that nothing is there twice. docs/report.md describes the format.
type Proofs struct {
	Format string `json:"format"`
	// Inquiry that the report answers.
	Inquiry commitment.Hash `json:"inquiry"`
	// Records that the vaults gave, in the order of the lines.
	Records [][]byte `json:"records"` // proto creditd.vault.v1.Record each
	// Answers of furnishers, in the order of their addresses.
	Answers []ProvenAnswer `json:"answers"`
	// Entries of the state, in the order in which they are read.
	Entries []proof.Entry `json:"entries"`
	// Stores that the entries are in, in the order in which they are first read.
	Stores []proof.Store `json:"stores"`
	// Blocks from the trusted header to the one whose app hash the stores are under.
	Blocks []proof.Block `json:"blocks"`
}

// ProvenAnswer is what a furnisher signed of its sealed answer.
type ProvenAnswer struct {
	Furnisher string       `json:"furnisher"`
	Parts     []ProvenPart `json:"parts"`
}

// ProvenPart is one sealed part: its digest (vault/exchange) and the furnisher's signature over it.
type ProvenPart struct {
	Digest    commitment.Hash `json:"digest"`
	Signature []byte          `json:"signature"`
}

// Proven says by what an offline check knows all of it.
type Proven struct {
	Height        int64  `json:"height,string"` // of the state; CreatedAt is the time of the header that proves it
	TrustedHeight int64  `json:"trusted_height,string"`
	Headers       int    `json:"headers"`
	Text          string `json:"text"`
}

// Encode returns the one encoding of the file: compact JSON and a line feed.
func (p *Proofs) Encode() ([]byte, error) { return proof.EncodeCanonical(p) }

// ParseProofs reads what Encode writes and nothing else. Sizes are bounded before it is parsed.
func ParseProofs(encoded []byte) (*Proofs, error) {
	p := new(Proofs)
	if err := proof.ParseCanonical(encoded, p); err != nil {
		return nil, err
	}
	if err := p.checkShape(); err != nil {
		return nil, fmt.Errorf("%w: %w", proof.ErrInvalid, err)
	}
	return p, nil
}

func (p *Proofs) checkShape() error {
	switch {
	case p.Format != ProofsFormat:
		return fmt.Errorf("format %.40q, and this program reads %q", p.Format, ProofsFormat)
	case p.Records == nil || p.Answers == nil || p.Entries == nil || p.Stores == nil || p.Blocks == nil:
		return errors.New("a part is missing: records, answers, entries, stores or blocks")
	case len(p.Records) > maxRecords || len(p.Answers) > maxAnswers || len(p.Entries) > maxEntries || len(p.Stores) > maxStores:
		return errors.New("more records, answers, entries or stores than any report has")
	}
	for i, answer := range p.Answers {
		if len(answer.Parts) == 0 || len(answer.Parts) > maxParts {
			return fmt.Errorf("answer %d has %d parts", i, len(answer.Parts))
		}
		if i > 0 && answer.Furnisher <= p.Answers[i-1].Furnisher {
			return errors.New("the answers are not in the order of their furnishers")
		}
	}
	return nil
}

// Start is the header that the file leads from: the one that its reader has to trust. It is not verified.
func (p *Proofs) Start() (proof.Trusted, error) {
	if len(p.Blocks) == 0 {
		return proof.Trusted{}, fmt.Errorf("%w: no blocks", proof.ErrInvalid)
	}
	return p.Blocks[0].Trusted()
}
