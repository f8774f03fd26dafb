package oprf

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// order of the group, little-endian.
var order = [32]byte{
	0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
}

// Encodings that are no element (RFC 9496, appendix A.2), and the identity.
func TestOtherEncodingsAreRefused(t *testing.T) {
	fieldPrime := Element{0: 0xed, 31: 0x7f}
	for i := 1; i < 31; i++ {
		fieldPrime[i] = 0xff
	}
	ones := Element{}
	for i := range ones {
		ones[i] = 0xff
	}
	negative := Element{0: 1}
	key := GenerateKey()
	good := key.Public()
	high := good
	high[31] |= 0x80
	for _, e := range []Element{{}, fieldPrime, ones, negative, high} {
		require.ErrorIs(t, CheckElement(e), ErrEncoding, "%x", e)
		_, _, err := key.Evaluate([]Element{good, e})
		require.ErrorIs(t, err, ErrEncoding)
		_, err = key.Multiply([]Element{e})
		require.ErrorIs(t, err, ErrEncoding)
		evaluated, proofs, err := key.Evaluate([]Element{good})
		require.NoError(t, err)
		require.ErrorIs(t, Verify(key.Public(), []Element{e}, evaluated, proofs), ErrEncoding)
		require.ErrorIs(t, Verify(key.Public(), []Element{good}, []Element{e}, proofs), ErrEncoding)
		require.ErrorIs(t, Verify(e, []Element{good}, evaluated, proofs), ErrEncoding)
	}
	above := order
	above[0]++
	for _, secret := range [][32]byte{{}, order, above, [32]byte(ones)} {
		_, err := NewKey(secret)
		require.ErrorIs(t, err, ErrEncoding)
	}
}

func TestAnAliasOfAProofIsRefused(t *testing.T) {
	key := GenerateKey()
	client, err := Blind(inputs(1))
	require.NoError(t, err)
	evaluated, proofs, err := key.Evaluate(client.Blinded())
	require.NoError(t, err)
	for _, half := range []int{0, 32} {
		alias, carry := proofs[0], 0
		for i := range order { // + the order of the group
			carry += int(alias[half+i]) + int(order[i])
			alias[half+i], carry = byte(carry), carry>>8
		}
		require.ErrorIs(t, Verify(key.Public(), client.Blinded(), evaluated, []Proof{alias}), ErrEncoding)
	}
}

func TestCountsThatDifferAreRefused(t *testing.T) {
	key := GenerateKey()
	client, err := Blind(inputs(2))
	require.NoError(t, err)
	evaluated, proofs, err := key.Evaluate(client.Blinded())
	require.NoError(t, err)
	for _, err := range []error{
		Verify(key.Public(), client.Blinded()[:1], evaluated, proofs),
		Verify(key.Public(), client.Blinded(), evaluated, nil),
		Verify(key.Public(), client.Blinded(), evaluated, append(proofs, proofs...)),
		Verify(key.Public(), nil, nil, nil),
		func() error { _, err := client.Finalize(evaluated[:1]); return err }(),
		func() error { _, err := Blind(nil); return err }(),
		func() error { _, err := Blind([][]byte{make([]byte, MaxInput+1)}); return err }(),
		func() error { _, _, err := key.Evaluate(nil); return err }(),
		VerifySum(key.Public(), client.Blinded(), evaluated[:1], proofs[0]),
	} {
		require.ErrorIs(t, err, ErrInput)
	}
}

func TestBatchesHaveProofsOfTheirOwn(t *testing.T) {
	key := GenerateKey()
	client, err := BlindFrom([32]byte{}, inputs(MaxBatch+1))
	require.NoError(t, err)
	evaluated, proofs, err := key.Evaluate(client.Blinded())
	require.NoError(t, err)
	require.Len(t, proofs, 2)
	require.NoError(t, Verify(key.Public(), client.Blinded(), evaluated, proofs))
	proofs[0], proofs[1] = proofs[1], proofs[0]
	require.ErrorIs(t, Verify(key.Public(), client.Blinded(), evaluated, proofs), ErrProof)
}

// Elements are worked on by as many goroutines as there are cores: what comes out, and which element is blamed, does not depend on it.
func TestSameVerdictsOnOneCoreAndTwo(t *testing.T) {
	secret := GenerateKey().Secret()
	var said []string
	for _, cores := range []int{1, 2} {
		before := runtime.GOMAXPROCS(cores)
		key, err := NewKey(secret)
		require.NoError(t, err)
		client, err := BlindFrom([32]byte{1}, inputs(50))
		require.NoError(t, err)
		evaluated, proofs, err := key.Evaluate(client.Blinded())
		require.NoError(t, err)
		require.NoError(t, Verify(key.Public(), client.Blinded(), evaluated, proofs))
		outputs, err := client.Finalize(evaluated)
		require.NoError(t, err)
		evaluated[20], evaluated[40] = Element{}, Element{}
		err = Verify(key.Public(), client.Blinded(), evaluated, proofs)
		require.ErrorIs(t, err, ErrEncoding)
		said = append(said, fmt.Sprint(outputs, err))
		runtime.GOMAXPROCS(before)
	}
	require.Equal(t, said[0], said[1])
}

// An answer as it travels: evaluated element, then proof. Whatever is changed in it, it is refused.
func TestMutantsAreRefused(t *testing.T) {
	const mutants = 20_000
	key := GenerateKey()
	client, err := Blind(inputs(1))
	require.NoError(t, err)
	evaluated, proofs, err := key.Evaluate(client.Blinded())
	require.NoError(t, err)
	wire := append(append([]byte{}, evaluated[0][:]...), proofs[0][:]...)
	random := rand.New(rand.NewPCG(1, 2))
	mutated := make([][]byte, mutants)
	for n := range mutated {
		mutated[n] = mutate(random, wire, n)
	}
	require.NoError(t, each(mutants, func(n int) error {
		m := mutated[n]
		err := Verify(key.Public(), client.Blinded(), []Element{Element(m)}, []Proof{Proof(m[ElementSize:])})
		if err == nil {
			t.Errorf("mutant %x is taken", m)
		}
		return nil
	}))
}

// mutate changes at least one bit.
func mutate(random *rand.Rand, wire []byte, n int) []byte {
	m := append([]byte{}, wire...)
	switch n % 4 {
	case 0:
		m[random.IntN(len(m))] ^= 1 << random.IntN(8)
	case 1:
		for range 1 + random.IntN(8) {
			m[random.IntN(len(m))] ^= byte(1 + random.IntN(255))
		}
	case 2: // a part replaced
		at := random.IntN(len(m) / 8)
		for i := range 8 {
			m[at*8+i] = byte(random.Uint32())
		}
	default: // shifted
		by := 1 + random.IntN(len(m)-1)
		copy(m, append(append([]byte{}, wire[by:]...), wire[:by]...))
	}
	if string(m) == string(wire) {
		m[0] ^= 1
	}
	return m
}

// FuzzSum: nothing but the one proof that was made is taken of evaluations that come in another order.
func FuzzSum(f *testing.F) {
	key := GenerateKey()
	client, err := BlindAlike([32]byte{1}, inputs(2))
	require.NoError(f, err)
	evaluated, err := key.Multiply(client.Blinded())
	require.NoError(f, err)
	proof, err := key.ProveSum(client.Blinded(), evaluated)
	require.NoError(f, err)
	f.Add(proof[:])
	f.Fuzz(func(t *testing.T, wire []byte) {
		if len(wire) != ProofSize || Proof(wire) == proof {
			return
		}
		require.Error(t, VerifySum(key.Public(), client.Blinded(), evaluated, Proof(wire)))
	})
}

func FuzzAnswer(f *testing.F) {
	key := GenerateKey()
	client, err := Blind(inputs(1))
	require.NoError(f, err)
	evaluated, proofs, err := key.Evaluate(client.Blinded())
	require.NoError(f, err)
	f.Add(append(append([]byte{}, evaluated[0][:]...), proofs[0][:]...))
	f.Add(make([]byte, ElementSize+ProofSize))
	f.Fuzz(func(t *testing.T, wire []byte) {
		if len(wire) != ElementSize+ProofSize {
			return
		}
		if e := Element(wire); CheckElement(e) == nil && e != evaluated[0] {
			require.Error(t, Verify(key.Public(), client.Blinded(), []Element{e}, []Proof{Proof(wire[ElementSize:])}))
		}
		_, _ = decodeProof(Proof(wire[ElementSize:]))
		_, _ = NewKey([ScalarSize]byte(wire))
	})
}
