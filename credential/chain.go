package credential

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/creditd/creditd/x/attestation/commitment"
)

// ChainView is what the verifier asks of the chain. An implementation answers over gRPC, trusting a node, or from proof
// bundles, trusting nobody; the verifier cannot tell, so it says in its report what it was told and as of when. Every
// method answers ErrNotFound, wrapped or not, for what the chain does not have.
type ChainView interface {
	// ChainID of the chain that answers.
	ChainID() string
	// Attestation by id, as of a block that it names.
	Attestation(ctx context.Context, id [32]byte) (ChainAttestation, error)
	// Key with which the issuer signs credentials, by its JWK thumbprint.
	Key(ctx context.Context, issuer string, thumbprint [32]byte) (ChainKey, error)
	// Schema by id.
	Schema(ctx context.Context, id [32]byte) (Schema, error)
}

// ChainAttestation is an attestation, its status and its issuer's standing at one block.
type ChainAttestation struct {
	Schema     [32]byte
	Issuer     string // account address
	Subject    [32]byte
	Commitment [32]byte // zero if the view cannot say: an anchored one without the proof of its statement

	ValidFrom time.Time // zero: from the beginning
	ExpiresAt time.Time // zero: never

	Status       Status
	StatusSince  time.Time // zero while it never changed
	Reason       string    // of a revocation or suspension, as the chain names it
	SupersededBy [32]byte  // zero unless it is

	Standing      Standing
	StandingSince time.Time // zero while it is good

	Height int64 // block of which all this is true
	Time   time.Time
}

// ChainKey is a credential key as registered.
type ChainKey struct {
	Key       PublicKey
	RetiredAt time.Time // zero while it is in use
}

// Schema is what of a schema a credential depends on.
type Schema struct {
	Name        string
	Version     uint32
	Layout      commitment.Layout // with the schema's id
	Disclosable []bool            // for each field of the layout, whether it may be shown on its own
}

func (s Schema) validate() error {
	if err := s.Layout.Validate(); err != nil {
		return err
	}
	if len(s.Disclosable) != len(s.Layout.Fields) {
		return fmt.Errorf("%d flags for %d fields", len(s.Disclosable), len(s.Layout.Fields))
	}
	return nil
}

func (s Schema) index(name string) int {
	for i, field := range s.Layout.Fields {
		if field.Name == name {
			return i
		}
	}
	return -1
}

// Status of an attestation. Its number is its two bits in a status list.
type Status uint8

const (
	Active Status = iota
	Revoked
	Suspended
	Superseded
)

var statusNames = [...]string{"active", "revoked", "suspended", "superseded"}

func (s Status) String() string {
	if int(s) >= len(statusNames) {
		return fmt.Sprintf("status(%d)", uint8(s))
	}
	return statusNames[s]
}

// MarshalText writes the name.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Standing says whether the issuer of an attestation may still issue, and why not. The zero value is unknown.
type Standing string

const (
	StandingGood          Standing = "good"          // licence and accreditation are in force
	StandingLicence       Standing = "licence"       // its licence is not in force
	StandingRole          Standing = "role"          // its licence no longer allows the schema
	StandingAccreditation Standing = "accreditation" // its accreditation, or one above it, is not in force
)

// Validity of an attestation at the time of the block.
type Validity string

const (
	ValidityCurrent Validity = "current"
	ValidityNotYet  Validity = "not yet valid"
	ValidityExpired Validity = "expired"
)

func (a ChainAttestation) validity() Validity {
	switch {
	case !a.ExpiresAt.IsZero() && !a.Time.Before(a.ExpiresAt):
		return ValidityExpired
	case a.Time.Before(a.ValidFrom):
		return ValidityNotYet
	default:
		return ValidityCurrent
	}
}

// Names of things on the chain, as URNs: identifiers, not addresses to fetch from.
const (
	urnSchema      = "urn:creditd:schema:"
	urnIssuer      = "urn:creditd:issuer:"
	urnAttestation = "urn:creditd:attestation:"
	urnStatusList  = "urn:creditd:status-list:"
)

func schemaURN(id [32]byte) string           { return urnSchema + hex.EncodeToString(id[:]) }
func issuerURN(chain, address string) string { return urnIssuer + chain + ":" + address }
func attestationURN(chain string, id [32]byte) string {
	return urnAttestation + chain + ":" + hex.EncodeToString(id[:])
}

// StatusListURN names the status list of a batch or anchor where no URL is given.
func StatusListURN(chain string, container [28]byte) string {
	return urnStatusList + chain + ":" + hex.EncodeToString(container[:])
}

// parseIssuer takes the address out of an issuer's URN on the chain.
func parseIssuer(chain string, urn any) (string, error) {
	text, ok := urn.(string)
	if !ok {
		return "", fmt.Errorf("%w: the issuer is no string", ErrClaim)
	}
	address, ok := strings.CutPrefix(text, urnIssuer+chain+":")
	if !ok || address == "" || len(address) > 128 {
		return "", fmt.Errorf("%w: the issuer is not an account of chain %q", ErrChain, chain)
	}
	return address, nil
}

// place splits an attestation's id into its batch or anchor and its place there.
func place(id [32]byte) (container [28]byte, index uint32) {
	return [28]byte(id[:28]), binary.BigEndian.Uint32(id[28:])
}
