package encoding_test

import (
	"bytes"
	"encoding/hex"
	"math/big"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/gtank/ristretto255"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/commit/encoding"
)

// badPoints are those of RFC 9496 A.2, with what is wrong with each.
var badPoints = map[string][]string{
	"not the least residue": {
		"00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	},
	"negative": {
		"0100000000000000000000000000000000000000000000000000000000000000",
		"01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
		"c34c4e1826e5d403b78e246e88aa051c36ccf0aafebffe137d148a2bf9104562",
		"c940e5a4404157cfb1628b108db051a8d439e1a421394ec4ebccb9ec92a8ac78",
		"47cfc5497c53dc8e61c91d17fd626ffb1c49e2bca94eed052281b510b1117a24",
		"f1c6165d33367351b0da8f6e4511010c68174a03b6581212c71c0e1d026c3c72",
		"87260f7a2f12495118360f02c26a470f450dadf34a413d21042b43b9d93e1309",
	},
	"no square": {
		"26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
		"4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f",
		"de6a7b00deadc788eb6b6c8d20c0ae96c2f2019078fa604fee5b87d6e989ad7b",
		"bcab477be20861e01e4a0e295284146a510150d9817763caf1a6f4b422d67042",
		"2a292df7e32cababbd9de088d1d1abec9fc0440f637ed2fba145094dc14bea08",
		"f4a9e534fc0d216c44b218fa0c42d99635a0127ee2e53c712f70609649fdff22",
		"8268436f8c4126196cf64b3c7ddbda90746a378625f9813dd9b8457077256731",
		"2810e5cbc2cc4d4eece54f61c6f69758e289aa7ab440b3cbeaa21995c2f4232b",
	},
	"negative xy": {
		"3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",
		"a45fdc55c76448c049a1ab33f17023edfb2be3581e9c7aade8a6125215e04220",
		"d483fe813c6ba647ebbfd3ec41adca1c6130c2beeee9d9bf065c8d151c5f396e",
		"8a2e1d30050198c65a54483123960ccc38aef6848e1ec8f5f780e8523769ba32",
		"32888462f8b486c68ad7dd9610be5192bbeaf3b443951ac1a8118419d9fa097b",
		"227142501b9d4355ccba290404bde41575b037693cef1f438c47f8fbf35d1165",
		"5c37cc491da847cfeb9281d407efc41e15144c876e0170b499a96a22ed31e01e",
		"445425117cb8c90edcbc7c1cc0e74f747f2c1efa5630a967c64f287792a48a4b",
	},
	"y is 0": {
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	},
}

func unhex(t testing.TB, digits string) []byte {
	bz, err := hex.DecodeString(digits)
	require.NoError(t, err)
	return bz
}

func TestCheckPoint(t *testing.T) {
	for reason, points := range badPoints {
		for _, digits := range points {
			require.ErrorContains(t, encoding.CheckPoint(unhex(t, digits)), "not a canonical encoding", reason)
		}
	}
	require.ErrorContains(t, encoding.CheckPoint(make([]byte, 32)), "identity")
	generator := ristretto255.NewGeneratorElement().Bytes()
	require.NoError(t, encoding.CheckPoint(generator))
	for _, bz := range [][]byte{nil, {}, generator[:31], append(bytes.Clone(generator), 0), make([]byte, 1<<20)} {
		require.ErrorContains(t, encoding.CheckPoint(bz), "not 32 bytes")
	}
}

// TestCheckElement is on both sides of each bound, and asks gnark-crypto what the modulus is.
func TestCheckElement(t *testing.T) {
	plus := func(n int64) []byte {
		return new(big.Int).Add(fr.Modulus(), big.NewInt(n)).FillBytes(make([]byte, 32))
	}
	require.NoError(t, encoding.CheckElement(plus(-1)))
	require.NoError(t, encoding.CheckElement(append(make([]byte, 31), 1)))
	require.ErrorContains(t, encoding.CheckElement(plus(0)), "not below the modulus")
	require.ErrorContains(t, encoding.CheckElement(plus(1)), "not below the modulus")
	require.ErrorContains(t, encoding.CheckElement(bytes.Repeat([]byte{0xff}, 32)), "not below the modulus")
	require.ErrorContains(t, encoding.CheckElement(make([]byte, 32)), "zero")
	for _, bz := range [][]byte{nil, {}, {1}, plus(-1)[1:], append([]byte{0}, plus(-1)...)} {
		require.ErrorContains(t, encoding.CheckElement(bz), "not 32 bytes")
	}
}

func FuzzCheckPoint(f *testing.F) {
	f.Add(ristretto255.NewGeneratorElement().Bytes())
	f.Add(make([]byte, 32))
	f.Fuzz(func(t *testing.T, bz []byte) {
		if encoding.CheckPoint(bz) != nil {
			return
		}
		point, err := ristretto255.NewIdentityElement().SetCanonicalBytes(bz)
		require.NoError(t, err)
		require.Equal(t, bz, point.Bytes(), "one point has one encoding")
	})
}

func FuzzCheckElement(f *testing.F) {
	f.Add(append(make([]byte, 31), 1))
	f.Fuzz(func(t *testing.T, bz []byte) {
		var element fr.Element
		canonical := len(bz) == 32 && element.SetBytesCanonical(bz) == nil && !element.IsZero()
		require.Equal(t, canonical, encoding.CheckElement(bz) == nil)
	})
}

func BenchmarkCheckPoint(b *testing.B) {
	generator := ristretto255.NewGeneratorElement().Bytes()
	for b.Loop() {
		if err := encoding.CheckPoint(generator); err != nil {
			b.Fatal(err)
		}
	}
}
