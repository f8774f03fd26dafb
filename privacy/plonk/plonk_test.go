package plonk_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"math/rand"
	"os"
	"runtime"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fp"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/plonk"
)

type vector struct {
	name   string
	public []plonk.Element
	proof  []byte
	holds  bool
}

// load reads the file of vectors, which package circuit made with the unsafe setup of its tests.
func load(t testing.TB) (key []byte, vectors []vector) {
	t.Helper()
	bz, err := os.ReadFile("testdata/vectors.json")
	require.NoError(t, err)
	var file struct {
		Key, Setup string
		Cases      []struct {
			Name, Proof string
			Public      []string
			Holds       bool
		}
	}
	require.NoError(t, json.Unmarshal(bz, &file))
	for _, c := range file.Cases {
		v := vector{name: c.Name, proof: unhex(t, c.Proof), holds: c.Holds}
		for _, p := range c.Public {
			var e plonk.Element
			require.NoError(t, e.SetBytesCanonical(unhex(t, p)))
			v.public = append(v.public, e)
		}
		vectors = append(vectors, v)
	}
	return unhex(t, file.Key), vectors
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	bz, err := hex.DecodeString(text)
	require.NoError(t, err)
	return bz
}

// TestVectors gives the same verdicts with one core and with two; `make test-purego` runs it without assembly.
func TestVectors(t *testing.T) {
	key, vectors := load(t)
	for _, cores := range []int{1, 2} {
		before := runtime.GOMAXPROCS(cores)
		vk, err := plonk.ParseVerifyingKey(key)
		require.NoError(t, err)
		require.Equal(t, key, vk.Bytes())
		for _, v := range vectors {
			require.Equal(t, v.holds, plonk.Verify(vk, v.public, v.proof) == nil, "%s with %d cores", v.name, cores)
		}
		runtime.GOMAXPROCS(before)
	}
}

func TestProofEncoding(t *testing.T) {
	key, vectors := load(t)
	vk, err := plonk.ParseVerifyingKey(key)
	require.NoError(t, err)
	good := vectors[0]
	decoded, err := plonk.ParseProof(good.proof)
	require.NoError(t, err)
	require.Equal(t, good.proof, decoded.Bytes())

	for _, n := range []int{0, 1, 31, plonk.ProofSize - 32, plonk.ProofSize - 1} {
		require.ErrorContains(t, plonk.Verify(vk, good.public, good.proof[:n]), "a proof has 512 bytes", "%d bytes", n)
	}
	for _, n := range []int{1, 4, 8, 32, 1 << 20} {
		padded := append(bytes.Clone(good.proof), make([]byte, n)...)
		require.ErrorContains(t, plonk.Verify(vk, good.public, padded), "a proof has 512 bytes", "%d more", n)
	}
	// Gnark's own encoding of the same proof, with its two lengths.
	prefixed := append(bytes.Clone(good.proof[:256]), 0, 0, 0, 6)
	prefixed = append(append(prefixed, good.proof[256:]...), 0, 0, 0, 0)
	require.Error(t, plonk.Verify(vk, good.public, prefixed))

	for part := range plonk.ProofSize / 32 {
		point := part < 8 || part == 14
		for name, piece := range badPieces(t, good.proof[32*part:32*part+32], point) {
			mutant := bytes.Clone(good.proof)
			copy(mutant[32*part:], piece)
			_, err := plonk.ParseProof(mutant)
			require.Error(t, err, "part %d: %s", part, name)
		}
	}
}

// badPieces are 32 bytes that no proof has in the place of a point or of an element.
func badPieces(t *testing.T, good []byte, point bool) map[string][]byte {
	t.Helper()
	ones := bytes.Repeat([]byte{0xff}, 32)
	if !point {
		aliased := new(big.Int).Add(new(big.Int).SetBytes(good), fr.Modulus())
		return map[string][]byte{
			"the modulus": fr.Modulus().FillBytes(make([]byte, 32)),
			"aliased":     aliased.FillBytes(make([]byte, 32)),
			"all ones":    ones,
		}
	}
	form := func(bits byte) []byte {
		bz := bytes.Clone(good)
		bz[0] = bz[0]&0x3f | bits
		return bz
	}
	x := new(big.Int).SetBytes(form(0))
	aliased := new(big.Int).Add(x, fp.Modulus())
	bad := map[string][]byte{
		"uncompressed":        form(0),
		"infinity with rest":  form(0x40),
		"infinity":            append([]byte{0x40}, make([]byte, 31)...),
		"zero":                make([]byte, 32),
		"x is the modulus":    fp.Modulus().FillBytes(make([]byte, 32)),
		"all ones":            ones,
		"not on the curve":    offCurve(),
		"both marks of signs": append([]byte{0xc0}, make([]byte, 31)...), // x = 0 is not on the curve
	}
	bad["x is the modulus"][0] |= 0x80
	if aliased.BitLen() <= 254 {
		bz := aliased.FillBytes(make([]byte, 32))
		bz[0] |= good[0] & 0xc0
		bad["x is aliased"] = bz
	}
	return bad
}

// offCurve is an x that has no y: y^2 = x^3 + 3 has no root for x = 4.
func offCurve() []byte {
	bz := make([]byte, 32)
	bz[0], bz[31] = 0x80, 4
	var p bn254.G1Affine
	for {
		if _, err := p.SetBytes(bz); err != nil {
			return bz
		}
		bz[31]++
	}
}

func TestVerifyRefuses(t *testing.T) {
	key, vectors := load(t)
	vk, err := plonk.ParseVerifyingKey(key)
	require.NoError(t, err)
	good := vectors[0]
	require.ErrorContains(t, plonk.Verify(nil, good.public, good.proof), "no verifying key")
	require.ErrorContains(t, plonk.Verify(vk, good.public[1:], good.proof), "7 public inputs, not 6")
	require.ErrorContains(t, plonk.Verify(vk, append(good.public, plonk.Element{}), good.proof), "7 public inputs, not 8")
	for i := range good.public {
		inputs := append([]plonk.Element{}, good.public...)
		inputs[i].SetUint64(uint64(1_000_000 + i))
		require.ErrorIs(t, plonk.Verify(vk, inputs, good.proof), plonk.ErrInvalid, "input %d", i)
	}
	for i := range plonk.ProofSize / 32 {
		if i < 8 || i == 14 {
			mutant := bytes.Clone(good.proof) // the negative of a point is a point
			mutant[32*i] ^= 0x40
			require.ErrorIs(t, plonk.Verify(vk, good.public, mutant), plonk.ErrInvalid, "point %d", i)
		}
	}
}

func TestVerifyingKeyEncoding(t *testing.T) {
	key, _ := load(t)
	change := func(at int, to ...byte) []byte {
		bz := bytes.Clone(key)
		copy(bz[at:], to)
		return bz
	}
	_, _, _, g2 := bn254.Generators()
	generator := g2.Bytes()
	for name, bz := range map[string][]byte{
		"empty":                    nil,
		"truncated":                key[:len(key)-1],
		"padded":                   append(bytes.Clone(key), 0),
		"version 0":                change(0, 0),
		"version 2":                change(0, 2),
		"eight rows":               change(1, 3),
		"2^15 rows":                change(1, 15),
		"2^255 rows":               change(1, 255),
		"no public input":          change(2, 0, 0),
		"129 public inputs":        change(2, 0, 129),
		"65535 public inputs":      change(2, 255, 255),
		"tau at infinity":          change(68, append([]byte{0x40}, make([]byte, 63)...)...),
		"tau of zeros":             change(68, make([]byte, 64)...),
		"tau is the generator":     change(68, generator[:]...),
		"tau outside the subgroup": change(68, outsideSubgroup(t)...),
		"a point at infinity":      change(132, append([]byte{0x40}, make([]byte, 31)...)...),
		"a point off the curve":    change(132, offCurve()...),
	} {
		_, err := plonk.ParseVerifyingKey(bz)
		require.Error(t, err, name)
	}
	vk, err := plonk.ParseVerifyingKey(key)
	require.NoError(t, err)
	other, err := plonk.ParseVerifyingKey(change(36, 1, 2, 3))
	require.NoError(t, err)
	require.NotEqual(t, vk.Setup(), other.Setup())
}

// outsideSubgroup is a point of the twist that is not in the subgroup.
func outsideSubgroup(t *testing.T) []byte {
	t.Helper()
	bz := make([]byte, 64)
	for i := range byte(255) {
		bz[0], bz[63] = 0x80, i
		var p bn254.G2Affine
		dec := bn254.NewDecoder(bytes.NewReader(bz), bn254.NoSubgroupChecks())
		if dec.Decode(&p) == nil && p.IsOnCurve() && !p.IsInSubGroup() {
			return bz
		}
	}
	t.Fatal("none found")
	return nil
}

const mutants = 20_000

// TestMutantProofs: no mutant of a proof holds, and none panics.
func TestMutantProofs(t *testing.T) {
	key, vectors := load(t)
	vk, err := plonk.ParseVerifyingKey(key)
	require.NoError(t, err)
	r := rand.New(rand.NewSource(1))
	decoded := 0
	for range mutants {
		mutant := mutate(r, vectors[0].proof)
		if _, err := plonk.ParseProof(mutant); err == nil {
			decoded++
		}
		require.Error(t, plonk.Verify(vk, vectors[0].public, mutant))
	}
	t.Logf("%d of %d mutants decode", decoded, mutants)
}

// TestMutantKeys: a mutant of a key does not parse, names another circuit or setup, or does not verify the proof.
func TestMutantKeys(t *testing.T) {
	key, vectors := load(t)
	vk, err := plonk.ParseVerifyingKey(key)
	require.NoError(t, err)
	r := rand.New(rand.NewSource(2))
	for range mutants {
		mutant, err := plonk.ParseVerifyingKey(mutate(r, key))
		if err != nil || mutant.Circuit() != vk.Circuit() || mutant.Setup() != vk.Setup() {
			continue
		}
		require.Error(t, plonk.Verify(mutant, vectors[0].public, vectors[0].proof))
	}
}

// mutate changes bits, bytes or the length, of what is left different.
func mutate(r *rand.Rand, bz []byte) []byte {
	for {
		out := bytes.Clone(bz)
		switch r.Intn(8) {
		case 0:
			out = out[:r.Intn(len(out))]
		case 1:
			more := make([]byte, 1+r.Intn(64))
			r.Read(more)
			out = append(out, more...)
		case 2:
			from, to, n := r.Intn(len(out)/32), r.Intn(len(out)/32), 32
			copy(out[32*to:32*to+n], bz[32*from:])
		case 3:
			r.Read(out[r.Intn(len(out)):])
		default:
			for range 1 + r.Intn(3) {
				out[r.Intn(len(out))] ^= 1 << r.Intn(8)
			}
		}
		if !bytes.Equal(out, bz) {
			return out
		}
	}
}

func FuzzParseProof(f *testing.F) {
	_, vectors := load(f)
	f.Add(vectors[0].proof)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, bz []byte) {
		proof, err := plonk.ParseProof(bz)
		if err == nil && !bytes.Equal(proof.Bytes(), bz) {
			t.Fatal("decoded, and encodes to something else")
		}
	})
}

func FuzzParseVerifyingKey(f *testing.F) {
	key, _ := load(f)
	f.Add(key)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, bz []byte) {
		vk, err := plonk.ParseVerifyingKey(bz)
		if err == nil && !bytes.Equal(vk.Bytes(), bz) {
			t.Fatal("decoded, and encodes to something else")
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	key, vectors := load(b)
	vk, err := plonk.ParseVerifyingKey(key)
	require.NoError(b, err)
	for b.Loop() {
		if err := plonk.Verify(vk, vectors[0].public, vectors[0].proof); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseProof(b *testing.B) {
	_, vectors := load(b)
	for b.Loop() {
		if _, err := plonk.ParseProof(vectors[0].proof); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseVerifyingKey(b *testing.B) {
	key, _ := load(b)
	for b.Loop() {
		if _, err := plonk.ParseVerifyingKey(key); err != nil {
			b.Fatal(err)
		}
	}
}
