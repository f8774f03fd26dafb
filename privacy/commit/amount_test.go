package commit_test

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"github.com/gtank/ristretto255"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/commit/encoding"
)

// order of ristretto255, RFC 9496 s.4.
var order, _ = new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)

// scalar is any integer modulo the order, computed apart from the package.
func scalar(t require.TestingT, n *big.Int) *ristretto255.Scalar {
	bz := new(big.Int).Mod(n, order).FillBytes(make([]byte, 32))
	for i := range 16 {
		bz[i], bz[31-i] = bz[31-i], bz[i]
	}
	s, err := ristretto255.NewScalar().SetCanonicalBytes(bz)
	require.NoError(t, err)
	return s
}

func TestAmountIsTheLinearCombination(t *testing.T) {
	for _, value := range []int64{0, 1, -1, 6_000_000, math.MaxInt64, math.MinInt64, math.MinInt64 + 1} {
		blinding := commit.DeriveBlinding([32]byte{1}, 3)
		bz := blinding.Bytes()
		r, err := ristretto255.NewScalar().SetCanonicalBytes(bz[:])
		require.NoError(t, err)
		want := ristretto255.NewIdentityElement().MultiScalarMult(
			[]*ristretto255.Scalar{scalar(t, big.NewInt(value)), r},
			[]*ristretto255.Element{ristretto255.NewGeneratorElement(), commit.H()},
		)
		got := commit.Amount(value, blinding)
		require.Equal(t, want.Bytes(), got[:])
		require.NoError(t, encoding.CheckPoint(got[:]))
	}
}

// TestAmountIsThatOfTheOtherLibrary: two implementations of the group come to the same, whatever the value and the blinding.
func TestAmountIsThatOfTheOtherLibrary(t *testing.T) {
	largest := new(big.Int).Sub(order, big.NewInt(1))
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.Int64(), rapid.SampledFrom([]int64{0, 1, -1, math.MaxInt64, math.MinInt64})).Draw(t, "value")
		seed := [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "seed"))
		blinding := commit.DeriveBlinding(seed, rapid.Uint16().Draw(t, "index"))
		if rapid.IntRange(0, 9).Draw(t, "largest") == 0 {
			var err error
			blinding, err = commit.ParseBlinding(scalar(t, largest).Bytes())
			require.NoError(t, err)
		}
		bz := blinding.Bytes()
		r, err := ristretto255.NewScalar().SetCanonicalBytes(bz[:])
		require.NoError(t, err)
		want := ristretto255.NewIdentityElement().ScalarBaseMult(scalar(t, big.NewInt(value)))
		want.Add(want, ristretto255.NewIdentityElement().ScalarMult(r, commit.H()))
		got := commit.Amount(value, blinding)
		require.Equal(t, want.Bytes(), got[:])
	})
}

func TestGenerators(t *testing.T) {
	h := commit.H()
	require.NoError(t, encoding.CheckPoint(h.Bytes()))
	require.Zero(t, h.Equal(ristretto255.NewGeneratorElement()))
	before := commit.Amount(5, commit.DeriveBlinding([32]byte{}, 0))
	h.Add(h, h)
	require.Equal(t, before, commit.Amount(5, commit.DeriveBlinding([32]byte{}, 0)), "H hands out a copy")
}

func TestVerifyAmount(t *testing.T) {
	blinding, other := commit.DeriveBlinding([32]byte{1}, 0), commit.DeriveBlinding([32]byte{1}, 1)
	point := commit.Amount(42, blinding)
	require.True(t, commit.VerifyAmount(point[:], 42, blinding))
	require.False(t, commit.VerifyAmount(point[:], 43, blinding))
	require.False(t, commit.VerifyAmount(point[:], -42, blinding))
	require.False(t, commit.VerifyAmount(point[:], 42, other))
	for _, bz := range [][]byte{nil, {}, point[:31], append(point[:], 0), make([]byte, 32)} {
		require.False(t, commit.VerifyAmount(bz, 42, blinding))
	}
}

// TestSums: the sum of commitments opens to the sum of values and blindings, whatever the signs.
func TestSums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(math.MinInt64/8, math.MaxInt64/8), 1, 8).Draw(t, "values")
		var total int64
		var blinding commit.Blinding
		var points [][]byte
		for i, value := range values {
			each := commit.DeriveBlinding([32]byte{9}, uint16(i))
			point := commit.Amount(value, each)
			points = append(points, point[:])
			total, blinding = total+value, blinding.Add(each)
		}
		sum, err := commit.Add(points...)
		require.NoError(t, err)
		require.True(t, commit.VerifyAmount(sum[:], total, blinding))
		require.False(t, commit.VerifyAmount(sum[:], total+1, blinding))
	})
}

func TestAddRefusals(t *testing.T) {
	point := commit.Amount(1, commit.DeriveBlinding([32]byte{}, 0))
	_, err := commit.Add()
	require.ErrorContains(t, err, "1 to 65536 commitments")
	_, err = commit.Add(make([][]byte, commit.MaxTerms+1)...)
	require.ErrorContains(t, err, "1 to 65536 commitments")
	_, err = commit.Add(point[:], make([]byte, 32))
	require.ErrorContains(t, err, "commitment 1: the identity")
	_, err = commit.Add(point[:31])
	require.ErrorContains(t, err, "commitment 0: not 32 bytes")

	element, err := ristretto255.NewIdentityElement().SetCanonicalBytes(point[:])
	require.NoError(t, err)
	_, err = commit.Add(point[:], element.Negate(element).Bytes())
	require.ErrorContains(t, err, "the sum: the identity")
}

func TestBlindings(t *testing.T) {
	seen := map[[32]byte]string{}
	for _, seed := range [][32]byte{{}, {1}, {31: 1}} {
		for _, index := range []uint16{0, 1, 63, 256} {
			blinding := commit.DeriveBlinding(seed, index)
			bz := blinding.Bytes()
			where := fmt.Sprint(seed[0], seed[31], index)
			require.Empty(t, seen[bz], where)
			seen[bz] = where
			parsed, err := commit.ParseBlinding(bz[:])
			require.NoError(t, err)
			require.Equal(t, bz, parsed.Bytes())
		}
	}
	for _, bad := range [][]byte{nil, make([]byte, 31), make([]byte, 33)} {
		_, err := commit.ParseBlinding(bad)
		require.ErrorContains(t, err, "32 bytes")
	}
	_, err := commit.ParseBlinding(make([]byte, 32))
	require.ErrorContains(t, err, "zero hides nothing")
	tooLarge := order.FillBytes(make([]byte, 32))
	for i := range 16 {
		tooLarge[i], tooLarge[31-i] = tooLarge[31-i], tooLarge[i]
	}
	_, err = commit.ParseBlinding(tooLarge)
	require.ErrorContains(t, err, "below the order")
	tooLarge[0]--
	_, err = commit.ParseBlinding(tooLarge)
	require.NoError(t, err)
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	for _, verb := range []string{"%v", "%+v", "%#v", "%x", "%s", "%d"} {
		require.Equal(t, "Blinding(redacted)", fmt.Sprintf(verb, commit.DeriveBlinding([32]byte{}, 0)))
		require.Equal(t, "CircuitSalt(redacted)", fmt.Sprintf(verb, commit.DeriveCircuitSalt([32]byte{})))
		require.Equal(t, "CircuitField(redacted)", fmt.Sprintf(verb, commit.IntegerField(5)))
	}
}

func BenchmarkAmount(b *testing.B) {
	blinding := commit.DeriveBlinding([32]byte{}, 0)
	for b.Loop() {
		commit.Amount(6_000_000, blinding)
	}
}
