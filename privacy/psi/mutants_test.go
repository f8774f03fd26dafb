package psi

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/oprf"
)

const mutants = 20_000

// damage 32-byte items. One in a hundred is damaged in a way that may decode; the others are malformed for sure, so that they
// cost little.
func damage(r *rand.Rand, i int, good []byte) []byte {
	bz := bytes.Clone(good)
	item := 32 * r.IntN(len(bz)/32)
	switch {
	case i%100 == 0:
		bz[r.IntN(len(bz))] ^= 1 << r.IntN(8)
	case i%5 == 0:
		return bz[:r.IntN(len(bz))]
	case i%5 == 1:
		return append(bz, make([]byte, 1+r.IntN(64))...)
	case i%5 == 2:
		bz[item+31] |= 0x80 // above both the field and the order
	case i%5 == 3:
		copy(bz[item:], bytes.Repeat([]byte{0xff}, 32))
	default:
		return slices.Concat(bz, bz)
	}
	return bz
}

// wire is an answer but for its tags, which are the server's own word: elements, then one proof.
func wire(answer *Answer) []byte {
	var bz []byte
	for _, e := range answer.Evaluated {
		bz = append(bz, e[:]...)
	}
	return append(bz, answer.Proofs[0][:]...)
}

// unwire cuts anything into an answer with the tags and the key of another; what is left over becomes one proof more.
func unwire(bz []byte, of *Answer) *Answer {
	answer := &Answer{Public: of.Public, Tags: of.Tags}
	for len(bz) > oprf.ProofSize && len(answer.Evaluated) < len(of.Evaluated) {
		answer.Evaluated, bz = append(answer.Evaluated, oprf.Element(bz)), bz[oprf.ElementSize:]
	}
	for len(bz) > 0 {
		proof := oprf.Proof(bytes.Repeat([]byte{0xff}, oprf.ProofSize)) // a part of one is none
		bz = bz[copy(proof[:], bz):]
		answer.Proofs = append(answer.Proofs, proof)
	}
	return answer
}

// No mutant of an answer gives a result, in either kind of session.
func TestMutantAnswers(t *testing.T) {
	for _, sizeOnly := range []bool{false, true} {
		client, server := sides(t, Session{ID: [32]byte{1}, SizeOnly: sizeOnly}, items(0, 2), items(1, 3))
		answer, err := server.Evaluate(client.Commitment(), client.Blinded())
		require.NoError(t, err)
		check := func(a *Answer) error {
			if sizeOnly {
				_, err := client.Size(a)
				return err
			}
			_, err := client.Intersect(a)
			return err
		}
		good := wire(answer)
		require.NoError(t, check(unwire(good, answer)))
		r := rand.New(rand.NewPCG(1, 2))
		for i := range mutants {
			require.ErrorIs(t, check(unwire(damage(r, i, good), answer)), ErrAnswer)
		}
		for name, tags := range map[string][]Tag{
			"none": nil, "twice": {answer.Tags[0], answer.Tags[0]}, "not sorted": {answer.Tags[1], answer.Tags[0]}, "giant": make([]Tag, MaxItems+1),
		} {
			other := *answer
			other.Tags = tags
			require.ErrorIs(t, check(&other), ErrAnswer, name)
		}
	}
}

// No mutant of what a client committed to is evaluated.
func TestMutantRequests(t *testing.T) {
	client, server := sides(t, Session{ID: [32]byte{1}}, items(0, 3), items(1, 3))
	var good []byte
	for _, e := range client.Blinded() {
		good = append(good, e[:]...)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range mutants {
		bz := damage(r, i, good)
		var elements []oprf.Element
		for len(bz) >= oprf.ElementSize { // what is left over is refused by package vault/blinded
			elements, bz = append(elements, oprf.Element(bz)), bz[oprf.ElementSize:]
		}
		if slices.Equal(elements, client.Blinded()) {
			continue
		}
		_, err := server.Evaluate(client.Commitment(), elements)
		require.ErrorIs(t, err, ErrCommitment)
	}
}

// FuzzAnswer: nothing but the one answer that the server made gives a result.
func FuzzAnswer(f *testing.F) {
	client, server := sides(f, Session{}, items(0, 1), items(0, 1))
	answer, err := server.Evaluate(client.Commitment(), client.Blinded())
	require.NoError(f, err)
	f.Add(wire(answer))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, bz []byte) {
		if _, err := client.Intersect(unwire(bz, answer)); err == nil && !bytes.Equal(bz, wire(answer)) {
			t.Fatal("an answer was taken that was never made")
		}
	})
}
