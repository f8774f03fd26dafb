package predicate

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"github.com/creditd/creditd/privacy/poseidon"
)

const (
	domainContext = "creditd/predicate/context/v1"
	domainIssuer  = "creditd/predicate/issuer/v1"

	// The first elements of what is hashed say what it is for. 1 is a circuit commitment.
	domainCommitment = 1
	domainActive     = 2
	// SessionDomain is what a session's secret is hashed with.
	SessionDomain = 3

	maxChainID = 128
	maxName    = 64
)

// Statement is all that a proof states. The verifier fills it from its own state and never from the prover's message,
// but for Session and Nullifier, which only the prover can know and the proof binds.
type Statement struct {
	ChainID string
	Circuit Circuit
	// Schema and Subject of the attestation; Other is the schema of the second attestation of a Ratio of two.
	Schema, Subject, Other [32]byte
	// Commitments are the circuit commitments of the given attestations; none if the attestation is hidden.
	Commitments [][32]byte
	// Root of the tree of active attestations and Issuers of that of accredited issuers, if it is hidden; else zero.
	Root, Issuers [32]byte
	Terms         Terms
	// Inquiry and Verifier: the ids of the question and of whom it is answered to, 1 to 64 bytes each.
	Inquiry, Verifier []byte
	// Expiry of the question in seconds since 1970-01-01T00:00:00Z. A hidden attestation is proved not to expire before it.
	Expiry int64
	// Session and Nullifier of a proof about a hidden attestation: see Session and NullifierOf; else zero.
	Session, Nullifier [32]byte
}

// Public inputs of the statement for its circuit, in order: context, start of each schema, then the commitments, or root,
// issuers' root, expiry, session and nullifier; then the terms.
func (s Statement) Public() ([]poseidon.Element, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	out := []poseidon.Element{s.context(), Start(s.Circuit.Fields, s.Schema, s.Subject)}
	if s.Circuit.Kind == Ratio && s.Circuit.Attestations == 2 {
		out = append(out, Start(s.Circuit.Fields, s.Other, s.Subject))
	}
	elements := s.Commitments
	if s.Circuit.Hidden {
		elements = [][32]byte{s.Root, s.Issuers, expiry(s.Expiry), s.Session, s.Nullifier}
	}
	for i := range elements {
		e, err := poseidon.Parse(elements[i][:])
		if err != nil {
			return nil, fmt.Errorf("public element %d: %w", i, err)
		}
		out = append(out, e)
	}
	return append(out, s.Terms.public(s.Circuit.Kind)...), nil
}

// Validate refuses a statement that is not whole, and one that has what its circuit does not bind.
func (s Statement) Validate() error {
	if err := s.Terms.Validate(s.Circuit); err != nil {
		return err
	}
	zero := [32]byte{}
	switch {
	case len(s.ChainID) == 0 || len(s.ChainID) > maxChainID:
		return fmt.Errorf("a chain id has 1 to %d bytes", maxChainID)
	case len(s.Inquiry) == 0 || len(s.Inquiry) > maxName || len(s.Verifier) == 0 || len(s.Verifier) > maxName:
		return fmt.Errorf("inquiry and verifier have 1 to %d bytes", maxName)
	case s.Expiry <= 0:
		return errors.New("a statement has an expiry")
	case (s.Other != zero) != (s.Circuit.Kind == Ratio && s.Circuit.Attestations == 2):
		return errors.New("a ratio of two attestations, and no other predicate, has another schema")
	case s.Circuit.Hidden:
		if len(s.Commitments) != 0 || s.Root == zero || s.Issuers == zero || s.Session == zero || s.Nullifier == zero {
			return errors.New("a hidden attestation has two roots, a session and a nullifier, and no commitment")
		}
		return nil
	case len(s.Commitments) != int(s.Circuit.Attestations):
		return fmt.Errorf("the circuit is of %d attestations, not %d", s.Circuit.Attestations, len(s.Commitments))
	case s.Root != zero || s.Issuers != zero || s.Session != zero || s.Nullifier != zero:
		return errors.New("a given attestation has no root, session or nullifier")
	}
	return s.validateCommitments()
}

func (s Statement) validateCommitments() error {
	seen := make([][32]byte, 0, len(s.Commitments))
	for _, c := range s.Commitments {
		if c == ([32]byte{}) {
			return errors.New("a commitment of zero")
		}
		for _, other := range seen {
			if c == other && s.Circuit.Kind == Count {
				return errors.New("an attestation is counted once")
			}
		}
		seen = append(seen, c)
	}
	return nil
}

// context binds everything: RFC 9380 hash_to_field (SHA-256, "creditd/predicate/context/v1") of the parts, each with its
// length in four bytes before it.
func (s Statement) context() poseidon.Element {
	circuit := s.Circuit.ID()
	parts := [][]byte{
		[]byte(s.ChainID), circuit[:], s.Schema[:], s.Subject[:], s.Other[:], s.Root[:], s.Issuers[:], s.Terms.Encode(),
		s.Inquiry, s.Verifier, binary.BigEndian.AppendUint64(nil, uint64(s.Expiry)), s.Session[:], s.Nullifier[:],
	}
	for i := range s.Commitments {
		parts = append(parts, s.Commitments[i][:])
	}
	return hashToField(domainContext, parts...)
}

// Start is the state of a circuit commitment's hash after all that is public in it: how many circuit fields the schema
// has, schema and subject. A circuit goes on from there.
func Start(fields uint8, schema, subject [32]byte) poseidon.Element {
	s1, s2 := poseidon.Halves(schema)
	p1, p2 := poseidon.Halves(subject)
	return poseidon.Absorb(poseidon.Element{}, element(domainCommitment), element(uint64(fields)), s1, s2, p1, p2)
}

// Issuer is the leaf of an issuer in the tree of accredited issuers: RFC 9380 hash_to_field (SHA-256,
// "creditd/predicate/issuer/v1") of the parts that name it, each with its length in four bytes before it.
func Issuer(parts ...[]byte) [32]byte {
	e := hashToField(domainIssuer, parts...)
	return e.Bytes()
}

// Active is the leaf of an attestation in the tree of active ones: a chain over 2, the issuer's leaf, the second at which
// it expires (rounded down; the greatest int64 if it never does) and its circuit commitment.
func Active(commitment, issuer [32]byte, expires int64) ([32]byte, error) {
	if expires < 0 {
		return [32]byte{}, errors.New("an attestation does not expire before 1970")
	}
	c, err := poseidon.Parse(commitment[:])
	if err != nil {
		return [32]byte{}, fmt.Errorf("commitment: %w", err)
	}
	i, err := poseidon.Parse(issuer[:])
	if err != nil {
		return [32]byte{}, fmt.Errorf("issuer: %w", err)
	}
	leaf := poseidon.Absorb(ActiveStart(), i, element(uint64(expires)), c)
	return leaf.Bytes(), nil
}

// ActiveStart is the state of the chain over a leaf's first element.
func ActiveStart() poseidon.Element {
	return poseidon.Absorb(poseidon.Element{}, element(domainActive))
}

// Session is what the prover shows of its secret: a chain over the secret and 3. One secret serves one question; the
// first proof's session is kept, and further proofs to the same question must have the same.
func Session(secret [32]byte) ([32]byte, error) { return mark(secret, element32(SessionDomain)) }

// NullifierOf is the same for the same attestation in one session, and tells nothing else to whom the secret is unknown:
// not even to the issuer, who knows all of the attestation, which one it is. Proofs of one session with different
// nullifiers are about different attestations.
func NullifierOf(secret, commitment [32]byte) ([32]byte, error) { return mark(secret, commitment) }

func mark(secret, about [32]byte) ([32]byte, error) {
	s, err := poseidon.Parse(secret[:])
	if err != nil {
		return [32]byte{}, errors.New("the session's secret is no element")
	}
	a, err := poseidon.Parse(about[:])
	if err != nil {
		return [32]byte{}, err
	}
	out := poseidon.Compress(s, a)
	return out.Bytes(), nil
}

func expiry(seconds int64) (out [32]byte) {
	binary.BigEndian.PutUint64(out[24:], uint64(seconds))
	return out
}

func hashToField(domain string, parts ...[]byte) poseidon.Element {
	var msg []byte
	for _, p := range parts {
		msg = binary.BigEndian.AppendUint32(msg, uint32(len(p)))
		msg = append(msg, p...)
	}
	elements, err := fr.Hash(msg, []byte(domain), 1)
	if err != nil { // fails for domains of more than 255 bytes alone
		panic(err)
	}
	return elements[0]
}

func element32(v uint64) [32]byte {
	e := element(v)
	return e.Bytes()
}
