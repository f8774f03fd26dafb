package proof

import (
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/types"
)

const (
	// DefaultTrustingPeriod is how old a trusted header may be for validators' signatures to count: see Options.
	DefaultTrustingPeriod = 14 * 24 * time.Hour
	// DefaultMaxClockDrift is how far the verifier's clock may be behind the chain's.
	DefaultMaxClockDrift = 10 * time.Second
)

// Trusted is a header that the verifier knows from a source of its own: another node, an explorer, a gazette.
type Trusted struct {
	Height int64
	Hash   [32]byte
}

// ParseTrusted reads a trusted header as people write it.
func ParseTrusted(height int64, hash string) (Trusted, error) {
	if height < 1 {
		return Trusted{}, errors.New("--trusted-height: give the height of a header that you trust")
	}
	bytes, err := hex.DecodeString(hash)
	if err != nil || len(bytes) != 32 {
		return Trusted{}, errors.New("--trusted-hash: write the 64 hexadecimal digits of the hash of the header that you trust")
	}
	return Trusted{height, [32]byte(bytes)}, nil
}

// Options of a verification. Zero values stand for the defaults.
type Options struct {
	// Now is the time at which everything is judged that has an end: the trust in the trusted header, licences,
	// accreditations, the attestation itself. It is not before the proven header's time, whatever it is set to.
	Now time.Time
	// TrustingPeriod after the trusted header's time within which its validators' signatures count. Later they might
	// sign another history without having anything to lose (a long-range attack): trust a younger header, or one above
	// the bundle's, from which hashes lead back.
	TrustingPeriod time.Duration
	// MaxClockDrift is how far in the future a header may be.
	MaxClockDrift time.Duration
	// MaxAge of the proven header at Now; 0 for any.
	MaxAge time.Duration
	// Absent: what is wanted is that there is no such attestation.
	Absent bool
}

func (o Options) complete(now func() time.Time) Options {
	if o.Now.IsZero() {
		o.Now = now()
	}
	if o.TrustingPeriod == 0 {
		o.TrustingPeriod = DefaultTrustingPeriod
	}
	if o.MaxClockDrift == 0 {
		o.MaxClockDrift = DefaultMaxClockDrift
	}
	return o
}

// Verify checks an encoded bundle against a header that is trusted, without asking anybody. Its error wraps
// ErrInvalid and says what is wrong; without one, the verdict says what is proven, good or not.
func Verify(encoded []byte, trusted Trusted, o Options) (*Verdict, error) {
	b, err := Parse(encoded)
	if err != nil {
		return nil, err
	}
	return b.verify(trusted, o)
}

func (b *Bundle) verify(trusted Trusted, o Options) (*Verdict, error) {
	o = o.complete(time.Now)
	chain, err := follow(b.Blocks, trusted, o)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if len(b.Entries) > maxEntries {
		return nil, fmt.Errorf("%w: %d entries: a bundle has at most %d", ErrInvalid, len(b.Entries), maxEntries)
	}
	last := chain[len(chain)-1]
	state := &provenState{appHash: last.AppHash, entries: b.Entries, stores: b.Stores, roots: map[string][]byte{}}
	e, err := collect(state, types.ID(b.ID), b.Item)
	if err == nil {
		err = state.done()
	}
	if err == nil && b.Disclosure != nil {
		err = e.checkDisclosure(*b.Disclosure)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: state at height %d: %w", ErrInvalid, last.Height-1, err)
	}
	return judge(e, b.Disclosure, chain, o), nil
}

// checkDisclosure verifies the opened fields against the commitment and the schema that the state has.
func (e *evidence) checkDisclosure(disclosure commitment.Disclosure) error {
	if e.absent != "" {
		return errors.New("fields are disclosed of an attestation that is not there")
	}
	layout := commitment.Layout{SchemaID: e.schemaID, Fields: make([]commitment.Field, len(e.schema.Fields))}
	for i, field := range e.schema.Fields {
		layout.Fields[i] = commitment.Field{Name: field.Name, Kind: commitment.Kind(field.Kind)}
	}
	if err := disclosure.Verify(layout, [32]byte(e.statement.Commitment)); err != nil {
		return fmt.Errorf("disclosure: %w", err)
	}
	return nil
}
