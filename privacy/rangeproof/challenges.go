package rangeproof

import (
	"github.com/gtank/ristretto255"

	"github.com/creditd/creditd/privacy/transcript"
)

// Prover and verifier say the same, in the same order.

func absorbStatement(t *transcript.Transcript, bits int, commitment []byte) {
	t.Append("range proof", []byte("creditd/bulletproof/v1"))
	t.AppendUint64("bits", uint64(bits))
	t.Append("V", commitment)
}

func challengesYZ(t *transcript.Transcript, p *proof) (y, z *ristretto255.Scalar) {
	t.Append("A", p.a.Bytes())
	t.Append("S", p.s.Bytes())
	return t.Scalar("y"), t.Scalar("z")
}

func challengeX(t *transcript.Transcript, p *proof) *ristretto255.Scalar {
	t.Append("T1", p.t1.Bytes())
	t.Append("T2", p.t2.Bytes())
	return t.Scalar("x")
}

func challengeW(t *transcript.Transcript, p *proof) *ristretto255.Scalar {
	t.Append("tauX", p.tauX.Bytes())
	t.Append("mu", p.mu.Bytes())
	t.Append("t", p.t.Bytes())
	return t.Scalar("w")
}

// challengeU is that of the last round of halving so far.
func challengeU(t *transcript.Transcript, p *proof) *ristretto255.Scalar {
	last := len(p.l) - 1
	t.Append("L", p.l[last].Bytes())
	t.Append("R", p.r[last].Bytes())
	return t.Scalar("u")
}
