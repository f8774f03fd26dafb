package threshold

import (
	"crypto/rand"
	"fmt"
	"io"

	"github.com/gtank/ristretto255"

	"github.com/creditd/creditd/privacy/transcript"
)

// NewTransportKey makes the secret of a transport key: for one sharing alone, destroyed with the share.
func NewTransportKey() (secret *ristretto255.Scalar, err error) {
	var wide [64]byte
	if _, err := rand.Read(wide[:]); err != nil {
		return nil, fmt.Errorf("randomness: %w", err)
	}
	defer clear(wide[:])
	return ristretto255.NewScalar().SetUniformBytes(wide[:])
}

// ProveTransportKey proves that the prover knows the secret of its transport key. The context names the sharing and the
// prover.
func ProveTransportKey(random io.Reader, context []byte, secret *ristretto255.Scalar) (proof []byte, err error) {
	return ProveKnowledge(random, transportStatement(context), secret)
}

// VerifyTransportKey checks that: without it, a member could give another's key as its own.
func VerifyTransportKey(context []byte, key *ristretto255.Element, proof []byte) error {
	if len(context) == 0 || len(context) > MaxContext {
		return fmt.Errorf("the context has 1 to %d bytes", MaxContext)
	}
	return VerifyKnowledge(transportStatement(context), proof, key)
}

func transportStatement(context []byte) *transcript.Transcript {
	t := transcript.New(domainTransport)
	t.Append("context", context)
	return t
}

// Open decrypts the share at an index with the recipient's transport secret. ErrShare says that the dealer gave a wrong
// one: then Complain proves it to everybody.
func Open(s *Sharing, dealer uint32, d *Dealing, index uint32, transport *ristretto255.Scalar) (*ristretto255.Scalar, error) {
	common := ristretto255.NewIdentityElement().ScalarMult(transport, d.Ephemeral)
	return s.decrypt(dealer, d, index, common)
}

// decrypt a share with what dealer and recipient have in common.
func (s *Sharing) decrypt(dealer uint32, d *Dealing, index uint32, common *ristretto255.Element) (*ristretto255.Scalar, error) {
	i, err := s.recipient(index)
	if err != nil {
		return nil, err
	}
	if i >= len(d.Encrypted) {
		return nil, ErrShare
	}
	share := ristretto255.NewScalar().Subtract(d.Encrypted[i], s.pad(dealer, d.Ephemeral, s.Recipients[i], common))
	if ristretto255.NewIdentityElement().ScalarBaseMult(share).Equal(d.Polynomial.At(index)) != 1 {
		return nil, ErrShare
	}
	return share, nil
}

// Complain shows what the recipient has in common with the dealer, and proves that it is that. Everybody can then decrypt
// the one share and see whether it is wrong, so a complaint needs neither trust nor an answer (as in ETHDKG, Schindler et
// al. 2019). A recipient complains only after ErrShare: a right share would become public.
func Complain(random io.Reader, s *Sharing, dealer uint32, d *Dealing, index uint32, transport *ristretto255.Scalar) (common, proof []byte, err error) {
	if _, err := s.recipient(index); err != nil {
		return nil, nil, err
	}
	proof, err = ProveDLEQ(random, s.complaint(dealer, index), transport, d.Ephemeral)
	if err != nil {
		return nil, nil, err
	}
	return ristretto255.NewIdentityElement().ScalarMult(transport, d.Ephemeral).Bytes(), proof, nil
}

// Judge decides a complaint about a dealing that VerifyDealing accepted. An error says that it proves nothing: malformed, or
// its proof does not hold. Otherwise either the dealer gave a wrong share, or the complaint is false.
func Judge(s *Sharing, dealer uint32, d *Dealing, index uint32, common, proof []byte) (wrong bool, err error) {
	i, err := s.recipient(index)
	if err != nil {
		return false, err
	}
	point, err := ParsePoint(common)
	if err != nil {
		return false, fmt.Errorf("common secret: %w", err)
	}
	if err := VerifyDLEQ(s.complaint(dealer, index), s.Recipients[i].Key, d.Ephemeral, point, proof); err != nil {
		return false, err
	}
	_, err = s.decrypt(dealer, d, index, point)
	return err != nil, nil
}

func (s *Sharing) complaint(dealer, index uint32) *transcript.Transcript {
	t := transcript.New(domainComplaint)
	s.absorb(t, dealer)
	t.AppendUint64("complainer", uint64(index))
	return t
}
