package threshold

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/gtank/ristretto255"

	"github.com/creditd/creditd/privacy/transcript"
)

const (
	dealingVersion = 1
	headerSize     = 3
	// dealingProof knows two secrets: what is dealt and the ephemeral one.
	dealingProof = 3 * Size
	// MaxDealing is the size of the largest dealing in bytes.
	MaxDealing = headerSize + Size*(MaxParties+1+MaxParties) + dealingProof
	// MaxContext bounds the context in bytes.
	MaxContext = 512
)

// Domains of hashes; none may ever change.
const (
	domainDealing   = "creditd/threshold/dealing/v1"
	domainPad       = "creditd/threshold/pad/v1"
	domainTransport = "creditd/threshold/transport/v1"
	domainComplaint = "creditd/threshold/complaint/v1"
	domainScalar    = "creditd/threshold/secret/v1"
)

// Recipient is a party that gets a share.
type Recipient struct {
	Index uint32
	Key   *ristretto255.Element // its transport key
}

// Sharing is what all dealers of one key generation have in common. All of it is in every challenge and every pad, so that
// nothing can be taken from one sharing to another.
type Sharing struct {
	// Context names the sharing: chain, committee, purpose, epoch; 1 to MaxContext bytes.
	Context []byte
	// Threshold of recipients who can use what is shared, 1 to len(Recipients).
	Threshold int
	// Recipients by index, ascending.
	Recipients []Recipient
}

// Dealing is one dealer's message.
//
//	u8(1) | u8(threshold) | u8(recipients) | commitments (32 each) | ephemeral key (32) | encrypted shares (32 each) | proof (96)
//
// The proof is a signature with the dealt secret and the ephemeral one over everything before it and the whole Sharing. It
// is why nobody can deal what another dealt, add to it or reuse its ephemeral key, and why no bit can be changed.
type Dealing struct {
	Polynomial Polynomial
	Ephemeral  *ristretto255.Element
	Encrypted  []*ristretto255.Scalar // by recipient
	Proof      []byte
}

// check bounds what the caller gave.
func (s *Sharing) check() error {
	if len(s.Context) == 0 || len(s.Context) > MaxContext {
		return fmt.Errorf("the context has 1 to %d bytes", MaxContext)
	}
	indices := make([]uint32, len(s.Recipients))
	for i, r := range s.Recipients {
		if r.Key == nil || isIdentity(r.Key) {
			return errors.New("a transport key is the identity")
		}
		indices[i] = r.Index
	}
	if err := checkIndices(indices); err != nil {
		return err
	}
	if s.Threshold < 1 || s.Threshold > MaxParties {
		return fmt.Errorf("a threshold is 1 to %d", MaxParties)
	}
	return nil
}

func (s *Sharing) recipient(index uint32) (int, error) {
	for i, r := range s.Recipients {
		if r.Index == index {
			return i, nil
		}
	}
	return 0, fmt.Errorf("index %d gets no share", index)
}

// absorb the sharing and who deals.
func (s *Sharing) absorb(t *transcript.Transcript, dealer uint32) {
	t.Append("context", s.Context)
	t.AppendUint64("threshold", uint64(s.Threshold))
	t.AppendUint64("recipients", uint64(len(s.Recipients)))
	for _, r := range s.Recipients {
		t.AppendUint64("index", uint64(r.Index))
		t.Append("transport key", r.Key.Bytes())
	}
	t.AppendUint64("dealer", uint64(dealer))
}

func (s *Sharing) statement(dealer uint32, d *Dealing) *transcript.Transcript {
	t := transcript.New(domainDealing)
	s.absorb(t, dealer)
	for _, p := range d.Polynomial {
		t.Append("commitment", p.Bytes())
	}
	t.Append("ephemeral", d.Ephemeral.Bytes())
	for _, c := range d.Encrypted {
		t.Append("encrypted", c.Bytes())
	}
	return t
}

// secrets of one dealing follow from a seed, so that a dealer who was interrupted deals the same again.
func (s *Sharing) secret(seed [Size]byte, dealer uint32, name string, n int) *ristretto255.Scalar {
	t := transcript.New(domainScalar)
	s.absorb(t, dealer)
	statement := t.Challenge("sharing")
	mac := hmac.New(sha512.New, seed[:])
	mac.Write(statement[:])
	mac.Write(binary.BigEndian.AppendUint32([]byte(name), uint32(n)))
	wide := mac.Sum(nil)
	defer clear(wide)
	out, _ := ristretto255.NewScalar().SetUniformBytes(wide) // fails for a length other than 64 alone
	return out
}

// Deal shares a secret out; with none, a new one. The seed is 32 random bytes that the dealer keeps to itself and destroys
// with its share: who has it has the secret. The same seed, sharing and secret give the same commitments and shares;
// random is for the proof, as in ProveDLEQ.
func Deal(random io.Reader, s *Sharing, dealer uint32, seed [Size]byte, secret *ristretto255.Scalar) ([]byte, error) {
	return s.deal(random, dealer, seed, secret, 0)
}

// Misdeal is what a malicious dealer sends: as Deal, with a wrong share for one recipient. It is here for the tests of whoever
// relies on Open, Complain and Judge.
func Misdeal(s *Sharing, dealer uint32, seed [Size]byte, victim uint32) ([]byte, error) {
	return s.deal(rand.Reader, dealer, seed, nil, victim)
}

func (s *Sharing) deal(random io.Reader, dealer uint32, seed [Size]byte, secret *ristretto255.Scalar, victim uint32) ([]byte, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	coefficients := make([]*ristretto255.Scalar, s.Threshold)
	for k := range coefficients {
		coefficients[k] = s.secret(seed, dealer, "coefficient", k)
	}
	if secret != nil {
		coefficients[0] = ristretto255.NewScalar().Set(secret)
	}
	ephemeral := s.secret(seed, dealer, "ephemeral", 0)
	d := &Dealing{Ephemeral: ristretto255.NewIdentityElement().ScalarBaseMult(ephemeral)}
	for _, c := range coefficients {
		d.Polynomial = append(d.Polynomial, ristretto255.NewIdentityElement().ScalarBaseMult(c))
	}
	for _, r := range s.Recipients {
		common := ristretto255.NewIdentityElement().ScalarMult(ephemeral, r.Key)
		encrypted := s.pad(dealer, d.Ephemeral, r, common)
		encrypted.Add(encrypted, value(coefficients, r.Index))
		if r.Index == victim {
			encrypted.Add(encrypted, scalar(1))
		}
		d.Encrypted = append(d.Encrypted, encrypted)
	}
	var err error
	d.Proof, err = ProveKnowledge(random, s.statement(dealer, d), coefficients[0], ephemeral)
	if err != nil {
		return nil, err
	}
	return d.encode(), nil
}

// value of the secret polynomial at an index.
func value(coefficients []*ristretto255.Scalar, index uint32) *ristretto255.Scalar {
	x, sum := scalar(index), ristretto255.NewScalar()
	for i := len(coefficients) - 1; i >= 0; i-- {
		sum.Multiply(sum, x)
		sum.Add(sum, coefficients[i])
	}
	return sum
}

// pad hides one share. It is a hash of what dealer and recipient have in common and of everything that names the two
// (hashed ElGamal, with the share added in the field instead of a symmetric cipher).
func (s *Sharing) pad(dealer uint32, ephemeral *ristretto255.Element, r Recipient, common *ristretto255.Element) *ristretto255.Scalar {
	t := transcript.New(domainPad)
	s.absorb(t, dealer)
	t.AppendUint64("recipient", uint64(r.Index))
	t.Append("ephemeral", ephemeral.Bytes())
	t.Append("common", common.Bytes())
	return t.Scalar("pad")
}

func (d *Dealing) encode() []byte {
	out := make([]byte, 0, headerSize+Size*(len(d.Polynomial)+1+len(d.Encrypted))+dealingProof)
	out = append(out, dealingVersion, byte(len(d.Polynomial)), byte(len(d.Encrypted)))
	for _, p := range d.Polynomial {
		out = append(out, p.Bytes()...)
	}
	out = append(out, d.Ephemeral.Bytes()...)
	for _, c := range d.Encrypted {
		out = append(out, c.Bytes()...)
	}
	return append(out, d.Proof...)
}

// ParseDealing reads a dealing in its one encoding. It checks no proof.
func ParseDealing(content []byte) (*Dealing, error) {
	if len(content) < headerSize || len(content) > MaxDealing {
		return nil, fmt.Errorf("a dealing has %d to %d bytes", headerSize, MaxDealing)
	}
	threshold, recipients := int(content[1]), int(content[2])
	if content[0] != dealingVersion || threshold == 0 || recipients == 0 || threshold > MaxParties || recipients > MaxParties {
		return nil, errors.New("the dealing has an unknown version, threshold or number of recipients")
	}
	if len(content) != headerSize+Size*(threshold+1+recipients)+dealingProof {
		return nil, errors.New("the dealing has another length than its header says")
	}
	rest := content[headerSize:]
	next := func() []byte {
		part := rest[:Size]
		rest = rest[Size:]
		return part
	}
	d := &Dealing{}
	for k := range threshold {
		p, err := ParsePoint(next())
		if err != nil {
			return nil, fmt.Errorf("commitment %d: %w", k, err)
		}
		d.Polynomial = append(d.Polynomial, p)
	}
	var err error
	if d.Ephemeral, err = ParsePoint(next()); err != nil {
		return nil, fmt.Errorf("ephemeral key: %w", err)
	}
	for i := range recipients {
		c, err := ParseScalar(next())
		if err != nil {
			return nil, fmt.Errorf("encrypted share %d: %w", i, err)
		}
		d.Encrypted = append(d.Encrypted, c)
	}
	d.Proof = rest
	return d, nil
}

// VerifyDealing reads a dealing and checks all that anybody can check: its form, its sizes and the dealer's proof. Whether
// the encrypted shares are right, each recipient sees with Open. For a key that is kept, the caller compares
// Polynomial[0] with the dealer's public share.
func VerifyDealing(s *Sharing, dealer uint32, content []byte) (*Dealing, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	d, err := ParseDealing(content)
	if err != nil {
		return nil, err
	}
	if len(d.Polynomial) != s.Threshold || len(d.Encrypted) != len(s.Recipients) {
		return nil, fmt.Errorf("the dealing is of threshold %d for %d recipients, the sharing of %d for %d",
			len(d.Polynomial), len(d.Encrypted), s.Threshold, len(s.Recipients))
	}
	return d, VerifyKnowledge(s.statement(dealer, d), d.Proof, d.Polynomial[0], d.Ephemeral)
}
