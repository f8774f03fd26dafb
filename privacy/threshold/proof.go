package threshold

import (
	"fmt"
	"io"

	"github.com/gtank/ristretto255"

	"github.com/creditd/creditd/privacy/transcript"
)

// ProofSize of the proofs below: challenge and answer, both canonical scalars.
const ProofSize = 2 * Size

// ProveDLEQ proves that public = secret*G and value = secret*base have one secret (Chaum and Pedersen, 1992). The
// transcript has the context that the proof is for: who makes it, for what, on which chain. It absorbs the four points.
// Random is crypto/rand but in simulations; it may fail or repeat itself without giving the secret away (transcript.Nonce).
func ProveDLEQ(random io.Reader, t *transcript.Transcript, secret *ristretto255.Scalar, base *ristretto255.Element) ([]byte, error) {
	public := ristretto255.NewIdentityElement().ScalarBaseMult(secret)
	value := ristretto255.NewIdentityElement().ScalarMult(secret, base)
	absorbDLEQ(t, public, base, value)
	nonce, err := t.Nonce("nonce", random, secret.Bytes())
	if err != nil {
		return nil, fmt.Errorf("randomness: %w", err)
	}
	t.Append("first commitment", ristretto255.NewIdentityElement().ScalarBaseMult(nonce).Bytes())
	t.Append("second commitment", ristretto255.NewIdentityElement().ScalarMult(nonce, base).Bytes())
	return answer(t, nonce, secret), nil
}

// VerifyDLEQ tells whether public and value have one secret to the bases G and base. None of them may be the identity:
// ParsePoint refuses it.
func VerifyDLEQ(t *transcript.Transcript, public, base, value *ristretto255.Element, proof []byte) error {
	challenge, response, err := parseProof(proof)
	if err != nil {
		return err
	}
	if isIdentity(public) || isIdentity(base) || isIdentity(value) {
		return fmt.Errorf("%w: a point is the identity", ErrProof)
	}
	absorbDLEQ(t, public, base, value)
	minus := ristretto255.NewScalar().Negate(challenge)
	t.Append("first commitment", ristretto255.NewIdentityElement().VarTimeDoubleScalarBaseMult(minus, public, response).Bytes())
	second := ristretto255.NewIdentityElement().VarTimeMultiScalarMult(
		[]*ristretto255.Scalar{response, minus}, []*ristretto255.Element{base, value})
	t.Append("second commitment", second.Bytes())
	return check(t, challenge)
}

func absorbDLEQ(t *transcript.Transcript, public, base, value *ristretto255.Element) {
	t.Append("proof", []byte("dleq"))
	t.Append("public", public.Bytes())
	t.Append("base", base.Bytes())
	t.Append("value", value.Bytes())
}

// ProveKnowledge proves that the prover knows the secrets of points secret*G (Schnorr 1989, all under one challenge). The
// transcript has the whole statement that is signed with them. The proof has a challenge and an answer for each secret.
// Random is as in ProveDLEQ.
func ProveKnowledge(random io.Reader, t *transcript.Transcript, secrets ...*ristretto255.Scalar) ([]byte, error) {
	nonces := make([]*ristretto255.Scalar, len(secrets))
	t.AppendUint64("secrets", uint64(len(secrets)))
	for _, secret := range secrets {
		t.Append("point", ristretto255.NewIdentityElement().ScalarBaseMult(secret).Bytes())
	}
	for i, secret := range secrets {
		var err error
		if nonces[i], err = t.Nonce(fmt.Sprintf("nonce %d", i), random, secret.Bytes()); err != nil {
			return nil, fmt.Errorf("randomness: %w", err)
		}
	}
	for _, nonce := range nonces {
		t.Append("commitment", ristretto255.NewIdentityElement().ScalarBaseMult(nonce).Bytes())
	}
	challenge := t.Scalar("challenge")
	proof := challenge.Bytes()
	for i, secret := range secrets {
		z := ristretto255.NewScalar().Multiply(challenge, secret)
		proof = append(proof, z.Add(z, nonces[i]).Bytes()...)
	}
	return proof, nil
}

// VerifyKnowledge tells whether a proof of ProveKnowledge holds for the points.
func VerifyKnowledge(t *transcript.Transcript, proof []byte, points ...*ristretto255.Element) error {
	if len(points) == 0 || len(proof) != Size*(1+len(points)) {
		return fmt.Errorf("%w: it has %d bytes for %d points", ErrProof, len(proof), len(points))
	}
	challenge, err := ParseScalar(proof[:Size])
	if err != nil {
		return fmt.Errorf("%w: challenge: %w", ErrProof, err)
	}
	t.AppendUint64("secrets", uint64(len(points)))
	for _, p := range points {
		if isIdentity(p) {
			return fmt.Errorf("%w: a point is the identity", ErrProof)
		}
		t.Append("point", p.Bytes())
	}
	minus := ristretto255.NewScalar().Negate(challenge)
	for i, p := range points {
		response, err := ParseScalar(proof[Size*(i+1) : Size*(i+2)])
		if err != nil {
			return fmt.Errorf("%w: answer: %w", ErrProof, err)
		}
		t.Append("commitment", ristretto255.NewIdentityElement().VarTimeDoubleScalarBaseMult(minus, p, response).Bytes())
	}
	return check(t, challenge)
}

// answer is the last move of the prover: challenge, nonce + challenge*secret.
func answer(t *transcript.Transcript, nonce, secret *ristretto255.Scalar) []byte {
	challenge := t.Scalar("challenge")
	z := ristretto255.NewScalar().Multiply(challenge, secret)
	return append(challenge.Bytes(), z.Add(z, nonce).Bytes()...)
}

func parseProof(proof []byte) (challenge, response *ristretto255.Scalar, err error) {
	if len(proof) != ProofSize {
		return nil, nil, fmt.Errorf("%w: it has %d bytes, not %d", ErrProof, len(proof), ProofSize)
	}
	if challenge, err = ParseScalar(proof[:Size]); err != nil {
		return nil, nil, fmt.Errorf("%w: challenge: %w", ErrProof, err)
	}
	if response, err = ParseScalar(proof[Size:]); err != nil {
		return nil, nil, fmt.Errorf("%w: answer: %w", ErrProof, err)
	}
	return challenge, response, nil
}

func check(t *transcript.Transcript, challenge *ristretto255.Scalar) error {
	if t.Scalar("challenge").Equal(challenge) != 1 {
		return ErrProof
	}
	return nil
}
