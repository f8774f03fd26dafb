package exposure

import (
	"fmt"
	"io"

	"github.com/gtank/ristretto255"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/rangeproof"
	"github.com/creditd/creditd/privacy/transcript"
)

const domainSubmission = "creditd/exposure/submission/v1"

// Opening is what an institution knows about its term: the number, and the blinding of what it attested (the sum of the
// blindings; zero when it attested nothing, or when the kind is not tied to attestations).
type Opening struct {
	Value    uint64
	Blinding commit.Blinding
}

// Format keeps it out of every log line, whatever the verb.
func (Opening) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "Opening(redacted)") }

// submission in parts: the ciphertext C1 = r*G, C2 = v*G + r*K; a fresh commitment V = v*G + q*H; responses that show the
// same v in both, and that V - P = d*H for the attested sum P; a range proof of V.
type submission struct {
	c1, c2, v      *ristretto255.Element
	e, r, sv, q, d *ristretto255.Scalar
	bits           []byte
}

// Submit encrypts the number to the committee and proves all that the chain asks. Attested is the sum of the commitments to
// what the member attested, 32 bytes, 32 zero bytes for none; nil for kinds that are not tied.
// Random is crypto/rand but in simulations; it may fail or repeat itself without giving the number away (transcript.Nonce).
func Submit(random io.Reader, round Round, member, attested []byte, opening Opening) ([]byte, error) {
	bits := round.Kind.Bits()
	if bits == 0 {
		return nil, fmt.Errorf("%w: kind %d", ErrInvalid, round.Kind)
	}
	if opening.Value>>bits != 0 {
		return nil, fmt.Errorf("%w: %d bits", ErrOutOfRange, bits)
	}
	key, err := parsePoint(round.Key[:])
	if err != nil {
		return nil, fmt.Errorf("the committee's key: %w", err)
	}
	p, err := parseAttested(round.Kind, attested)
	if err != nil {
		return nil, err
	}
	t := round.transcript(domainSubmission, member)
	bz := opening.Blinding.Bytes()
	w := &submitter{t: t, random: random, value: unsigned(opening.Value), secrets: [][]byte{unsigned(opening.Value).Bytes(), bz[:]}}
	blinding, err := ristretto255.NewScalar().SetCanonicalBytes(bz[:])
	if err != nil {
		return nil, err
	}
	if p != nil && add(mulBase(w.value), mul(blinding, commit.H())).Equal(p) != 1 {
		return nil, ErrRecords
	}
	r, q := w.nonce("r"), w.nonce("q")
	if w.err != nil {
		return nil, w.err
	}
	s := &submission{
		c1: mulBase(r),
		c2: add(mulBase(w.value), mul(r, key)),
		v:  add(mulBase(w.value), mul(q, commit.H())),
	}
	s.absorb(t, attested)
	if err := w.link(s, key, p, r, q, blinding); err != nil {
		return nil, err
	}
	fresh, err := commit.ParseBlinding(q.Bytes())
	if err != nil {
		return nil, err
	}
	if s.bits, err = rangeproof.ProveFrom(random, opening.Value, fresh, bits, t); err != nil {
		return nil, err
	}
	return s.encode(round.Kind), nil
}

// submitter knows the number.
type submitter struct {
	t       *transcript.Transcript
	random  io.Reader
	value   *ristretto255.Scalar
	secrets [][]byte
	err     error
}

func (w *submitter) nonce(label string) *ristretto255.Scalar {
	scalar, err := w.t.Nonce(label, w.random, w.secrets...)
	if err != nil {
		w.err = err
		return ristretto255.NewScalar()
	}
	return scalar
}

// link is the prover's side of the proof that one v is in all: announcements, challenge, responses.
func (w *submitter) link(s *submission, key, p *ristretto255.Element, r, q, blinding *ristretto255.Scalar) error {
	kr, kv, kq, kd := w.nonce("kr"), w.nonce("kv"), w.nonce("kq"), w.nonce("kd")
	if w.err != nil {
		return w.err
	}
	a := announcements{c1: mulBase(kr), c2: add(mulBase(kv), mul(kr, key)), v: add(mulBase(kv), mul(kq, commit.H()))}
	d := ristretto255.NewScalar()
	if p != nil {
		a.d = mul(kd, commit.H())
		d.Subtract(q, blinding)
	}
	s.e = a.challenge(w.t)
	s.r, s.sv, s.q, s.d = respond(kr, s.e, r), respond(kv, s.e, w.value), respond(kq, s.e, q), respond(kd, s.e, d)
	s.absorbLink(w.t, p != nil)
	return nil
}

// announcements are the first move of the proof; d is nil where the kind is not tied to attestations.
type announcements struct{ c1, c2, v, d *ristretto255.Element }

func (a announcements) challenge(t *transcript.Transcript) *ristretto255.Scalar {
	t.Append("T1", a.c1.Bytes())
	t.Append("T2", a.c2.Bytes())
	t.Append("TV", a.v.Bytes())
	if a.d != nil {
		t.Append("TD", a.d.Bytes())
	}
	return t.Scalar("e")
}

// Verify checks a member's submission and returns its ciphertext, which may be added. Every error wraps ErrInvalid.
func Verify(round Round, member, attested, bz []byte) (ciphertext [CiphertextSize]byte, err error) {
	size := round.Kind.SubmissionSize()
	if size == 0 || len(bz) != size {
		return ciphertext, fmt.Errorf("%w: a submission of %d bytes, not %d", ErrInvalid, len(bz), size)
	}
	key, err := parsePoint(round.Key[:])
	if err != nil {
		return ciphertext, err
	}
	p, err := parseAttested(round.Kind, attested)
	if err != nil {
		return ciphertext, err
	}
	s, err := parseSubmission(round.Kind, bz)
	if err != nil {
		return ciphertext, err
	}
	t := round.transcript(domainSubmission, member)
	s.absorb(t, attested)
	if s.announced(key, p).challenge(t).Equal(s.e) != 1 {
		return ciphertext, fmt.Errorf("%w: the ciphertext, the commitment and what was attested are not of one number", ErrInvalid)
	}
	s.absorbLink(t, p != nil)
	if err := rangeproof.Verify(s.v.Bytes(), round.Kind.Bits(), s.bits, t); err != nil {
		return ciphertext, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return [CiphertextSize]byte(bz[:CiphertextSize]), nil
}

// announced is what the prover must have said first, by its responses.
func (s *submission) announced(key, p *ristretto255.Element) announcements {
	g, h := ristretto255.NewGeneratorElement(), commit.H()
	a := announcements{
		c1: announced(s.e, s.c1, term{s.r, g}),
		c2: announced(s.e, s.c2, term{s.sv, g}, term{s.r, key}),
		v:  announced(s.e, s.v, term{s.sv, g}, term{s.q, h}),
	}
	if p != nil {
		a.d = announced(s.e, ristretto255.NewIdentityElement().Subtract(s.v, p), term{s.d, h})
	}
	return a
}

func (s *submission) absorb(t *transcript.Transcript, attested []byte) {
	t.Append("P", attested)
	t.Append("C1", s.c1.Bytes())
	t.Append("C2", s.c2.Bytes())
	t.Append("V", s.v.Bytes())
}

func (s *submission) absorbLink(t *transcript.Transcript, linked bool) {
	t.Append("sR", s.r.Bytes())
	t.Append("sV", s.sv.Bytes())
	t.Append("sQ", s.q.Bytes())
	if linked {
		t.Append("sD", s.d.Bytes())
	}
}

func (s *submission) encode(kind Kind) []byte {
	out := join(kind.SubmissionSize(), s.c1.Bytes(), s.c2.Bytes(), s.v.Bytes(), s.e.Bytes(), s.r.Bytes(), s.sv.Bytes(), s.q.Bytes())
	if kind.linked() {
		out = append(out, s.d.Bytes()...)
	}
	return append(out, s.bits...)
}

// parseSubmission reads a submission of the right length.
func parseSubmission(kind Kind, bz []byte) (*submission, error) {
	r := reader{rest: bz}
	s := &submission{c1: r.point(), c2: r.point(), v: r.point(), e: r.scalar(), r: r.scalar(), sv: r.scalar(), q: r.scalar()}
	if kind.linked() {
		s.d = r.scalar()
	}
	s.bits = r.rest
	return s, r.err
}

// parseAttested reads the sum of what was attested; nil for kinds that are not tied to it.
func parseAttested(kind Kind, attested []byte) (*ristretto255.Element, error) {
	if !kind.linked() {
		if len(attested) != 0 {
			return nil, fmt.Errorf("%w: this kind is not tied to attestations", ErrInvalid)
		}
		return nil, nil
	}
	if len(attested) != 32 {
		return nil, fmt.Errorf("%w: the sum of what was attested has 32 bytes, not %d", ErrInvalid, len(attested))
	}
	return parseSum(attested)
}
