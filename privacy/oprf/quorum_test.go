package oprf

import (
	"fmt"
	"testing"

	"github.com/cloudflare/circl/group"
	"github.com/stretchr/testify/require"
)

// split shares a secret among n by a random polynomial of degree t-1.
func split(t *testing.T, secret [32]byte, threshold, n int) (Quorum, map[uint32]*Key) {
	t.Helper()
	constant, err := decodeScalar(secret)
	require.NoError(t, err)
	polynomial := []group.Scalar{constant}
	for len(polynomial) < threshold {
		polynomial = append(polynomial, ristretto.RandomNonZeroScalar(nil))
	}
	whole, err := NewKey(secret)
	require.NoError(t, err)
	quorum, keys := Quorum{Threshold: threshold, Public: whole.Public(), Shares: map[uint32]Element{}}, map[uint32]*Key{}
	for index := uint32(1); index <= uint32(n); index++ {
		x, y := ristretto.NewScalar().SetUint64(uint64(index)), ristretto.NewScalar()
		for i := len(polynomial) - 1; i >= 0; i-- {
			y.Mul(y, x)
			y.Add(y, polynomial[i])
		}
		encoded, err := y.MarshalBinary()
		require.NoError(t, err)
		keys[index], err = NewKey([32]byte(encoded))
		require.NoError(t, err)
		quorum.Shares[index] = keys[index].Public()
	}
	return quorum, keys
}

func answers(t *testing.T, keys map[uint32]*Key, blinded []Element, of ...uint32) []Part {
	t.Helper()
	parts := make([]Part, len(of))
	for i, index := range of {
		evaluated, proofs, err := keys[index].Evaluate(blinded)
		require.NoError(t, err)
		parts[i] = Part{index, evaluated, proofs}
	}
	return parts
}

func inputs(n int) [][]byte {
	all := make([][]byte, n)
	for i := range all {
		all[i] = fmt.Appendf(nil, "input %d", i)
	}
	return all
}

func TestWrongSharesAreNamedAndPassedOver(t *testing.T) {
	quorum, keys := split(t, GenerateKey().Secret(), 2, 4)
	client, err := Blind(inputs(3))
	require.NoError(t, err)
	blinded := client.Blinded()
	lie, flip, twisted := answers(t, keys, blinded, 1)[0], answers(t, keys, blinded, 2)[0], answers(t, keys, blinded, 3)[0]
	lie.Evaluated, lie.Proofs, err = GenerateKey().Evaluate(blinded) // under a key of its own, with a proof of that
	require.NoError(t, err)
	flip.Proofs[0][3] ^= 1
	twisted.Evaluated[0], twisted.Evaluated[1] = twisted.Evaluated[1], twisted.Evaluated[0]
	right := answers(t, keys, blinded, 4, 1)

	evaluated, wrong, err := quorum.Combine(blinded, []Part{lie, flip, twisted, right[0], right[1]})
	require.NoError(t, err)
	require.Len(t, wrong, 3)
	for i, index := range []uint32{1, 2, 3} {
		require.Equal(t, index, wrong[i].Index)
		require.ErrorIs(t, wrong[i], ErrProof)
	}
	outputs, err := client.Finalize(evaluated)
	require.NoError(t, err)
	evaluated, _, err = quorum.Combine(blinded, answers(t, keys, blinded, 2, 3))
	require.NoError(t, err)
	again, err := client.Finalize(evaluated)
	require.NoError(t, err)
	require.Equal(t, outputs, again)

	_, wrong, err = quorum.Combine(blinded, []Part{lie, right[0]})
	require.ErrorIs(t, err, ErrTooFew)
	require.Len(t, wrong, 1)
}

func TestOneShareCannotStandForTwo(t *testing.T) {
	quorum, keys := split(t, GenerateKey().Secret(), 3, 3)
	client, err := Blind(inputs(1))
	require.NoError(t, err)
	parts := answers(t, keys, client.Blinded(), 1, 2, 2)
	_, _, err = quorum.Combine(client.Blinded(), parts)
	require.ErrorIs(t, err, ErrTooFew)
	parts[2].Index = 9
	_, wrong, err := quorum.Combine(client.Blinded(), parts)
	require.ErrorIs(t, err, ErrTooFew)
	require.Len(t, wrong, 1)
	require.ErrorIs(t, wrong[0], ErrInput)
}

func TestSharesOfAnotherKeyAreNoticed(t *testing.T) {
	quorum, keys := split(t, GenerateKey().Secret(), 2, 3)
	quorum.Public = GenerateKey().Public()
	client, err := Blind(inputs(1))
	require.NoError(t, err)
	_, _, err = quorum.Combine(client.Blinded(), answers(t, keys, client.Blinded(), 1, 2))
	require.ErrorIs(t, err, ErrProof)
	for _, threshold := range []int{0, 4} {
		quorum.Threshold = threshold
		_, _, err = quorum.Combine(client.Blinded(), nil)
		require.ErrorIs(t, err, ErrInput)
	}
}

// t-1 shares together give evaluations that are under another key than the whole one.
func TestOneShareTooFewGivesAnotherKey(t *testing.T) {
	quorum, keys := split(t, GenerateKey().Secret(), 3, 5)
	client, err := Blind(inputs(1))
	require.NoError(t, err)
	two := quorum
	two.Threshold = 2
	_, _, err = two.Combine(client.Blinded(), answers(t, keys, client.Blinded(), 1, 2))
	require.ErrorIs(t, err, ErrProof)
}

func TestPseudonymsDependOnEpochKindAndIdentity(t *testing.T) {
	key := GenerateKey()
	seen := map[[32]byte]bool{}
	for _, kind := range []byte{1, 2} {
		for _, identity := range []string{"A1", "A2"} {
			output, err := key.Output(PseudonymInput(kind, identity))
			require.NoError(t, err)
			for _, epoch := range []uint64{1, 2} {
				seen[Pseudonym(epoch, output)] = true
			}
		}
	}
	require.Len(t, seen, 8)
}

func TestASeedGivesTheSameRequest(t *testing.T) {
	one, err := BlindFrom([32]byte{1}, inputs(3))
	require.NoError(t, err)
	same, err := BlindFrom([32]byte{1}, inputs(3))
	require.NoError(t, err)
	other, err := BlindFrom([32]byte{2}, inputs(3))
	require.NoError(t, err)
	require.Equal(t, one.Blinded(), same.Blinded())
	require.Equal(t, RequestHash(one.Blinded()), RequestHash(same.Blinded()))
	require.NotEqual(t, RequestHash(one.Blinded()), RequestHash(other.Blinded()))
	require.NotEqual(t, RequestHash(one.Blinded()), RequestHash(one.Blinded()[:2]))
}
