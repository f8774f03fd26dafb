package setup

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"math/rand"
	"os"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/stretchr/testify/require"
)

const rows = 16

var beacon = bytes.Repeat([]byte{7}, 32)

// ceremony of that many contributions.
func ceremony(t testing.TB, n int) (*Ceremony, [][]byte) {
	t.Helper()
	c, err := NewCeremony(rows)
	require.NoError(t, err)
	var made [][]byte
	for range n {
		bz, err := c.Contribute()
		require.NoError(t, err)
		require.Len(t, bz, c.ContributionSize())
		made = append(made, bz)
	}
	return c, made
}

// TestCeremony: who has the contributions and the beacon comes to the same setup as who made them.
func TestCeremony(t *testing.T) {
	made, contributions := ceremony(t, 3)
	again, err := NewCeremony(rows)
	require.NoError(t, err)
	for _, bz := range contributions {
		require.NoError(t, again.Add(bz))
	}
	require.Equal(t, made.Contributions(), again.Contributions())
	require.Equal(t, made.Transcript(beacon), again.Transcript(beacon))
	require.NotEqual(t, made.Transcript(beacon), again.Transcript(beacon[1:]))
	one, err := made.Seal(beacon)
	require.NoError(t, err)
	other, err := again.Seal(beacon)
	require.NoError(t, err)
	require.Equal(t, one.Digest(), other.Digest())
	require.NoError(t, one.Check())
	require.Equal(t, rows, one.Rows())
	require.Equal(t, rows+Spare, one.Powers())
	lagrange, err := one.Lagrange(rows)
	require.NoError(t, err)
	_, _, err = one.KZG(rows, lagrange)
	require.NoError(t, err)
	_, _, err = one.KZG(2*rows, lagrange)
	require.ErrorContains(t, err, "up to 16 rows")
	_, _, err = one.KZG(rows, lagrange[1:])
	require.Error(t, err)
}

func TestCeremonyRefuses(t *testing.T) {
	for _, n := range []int{0, 1, 8, 17, 1 << 15} {
		_, err := NewCeremony(n)
		require.Error(t, err, "%d rows", n)
	}
	c, contributions := ceremony(t, 2)
	_, err := c.Seal(beacon[:15])
	require.ErrorContains(t, err, "beacon")
	fresh, err := NewCeremony(rows)
	require.NoError(t, err)
	_, err = fresh.Seal(beacon)
	require.ErrorContains(t, err, "nobody contributed")
	require.ErrorContains(t, fresh.Add(contributions[1]), "does not go on", "the second one first")
	require.NoError(t, fresh.Add(contributions[0]))
	require.ErrorContains(t, fresh.Add(contributions[0]), "does not go on", "the first one again")
	giant := bytes.Clone(contributions[1])
	binary.BigEndian.PutUint64(giant[proofOfContribution:], 1<<40)
	require.ErrorContains(t, fresh.Add(giant), "powers to a ceremony of 19")
	require.ErrorContains(t, fresh.Add(contributions[1][1:]), "bytes")
	require.NoError(t, fresh.Add(contributions[1]), "a refusal leaves it as it was")
}

// damage an encoding. One in a hundred is damaged in a way that may decode; the others are malformed for sure.
func damage(r *rand.Rand, i int, good []byte) []byte {
	mutant := bytes.Clone(good)
	switch {
	case i%100 == 0:
		mutant[r.Intn(len(mutant))] ^= 1 << r.Intn(8)
	case i%4 == 0:
		return mutant[:r.Intn(len(mutant))]
	case i%4 == 1:
		return append(mutant, make([]byte, 1+r.Intn(64))...)
	case i%4 == 2:
		return append(mutant, mutant...)
	default:
		at := r.Intn(len(mutant) - 64)
		copy(mutant[at:], bytes.Repeat([]byte{0xff}, 64)) // above the field, wherever the points begin
	}
	return mutant
}

// TestMutantContributions: none is taken.
func TestMutantContributions(t *testing.T) {
	_, contributions := ceremony(t, 1)
	c, err := NewCeremony(rows)
	require.NoError(t, err)
	r := rand.New(rand.NewSource(1))
	for i := range 20_000 {
		require.Error(t, c.Add(damage(r, i, contributions[0])))
	}
	require.Empty(t, c.Contributions())
}

// TestMutantFiles: none is read.
func TestMutantFiles(t *testing.T) {
	good := file(t, sealed(t))
	r := rand.New(rand.NewSource(1))
	for i := range 20_000 {
		_, err := Parse(damage(r, i, good))
		require.Error(t, err)
	}
}

func sealed(t testing.TB) *Setup {
	t.Helper()
	c, _ := ceremony(t, 1)
	s, err := c.Seal(beacon)
	require.NoError(t, err)
	return s
}

func file(t testing.TB, s *Setup) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, s.Write(&out))
	return out.Bytes()
}

func TestFile(t *testing.T) {
	s := sealed(t)
	bz := file(t, s)
	read, err := Parse(bz)
	require.NoError(t, err)
	require.Equal(t, s.Digest(), read.Digest())
	require.NoError(t, read.Check())

	path := t.TempDir() + "/setup.bin"
	require.NoError(t, os.WriteFile(path, bz, 0o600))
	read, err = ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, s.Digest(), read.Digest())

	require.NoError(t, os.WriteFile(path, make([]byte, ignitionSize), 0o600))
	_, err = ReadFile(path)
	require.ErrorContains(t, err, IgnitionSHA256)
	require.NoError(t, os.Truncate(path, 1<<30))
	_, err = ReadFile(path)
	require.ErrorContains(t, err, "larger than any setup")
}

func TestFileRefuses(t *testing.T) {
	bz := file(t, sealed(t))
	change := func(at int, to ...byte) []byte {
		out := bytes.Clone(bz)
		copy(out[at:], to)
		return out
	}
	for name, mutant := range map[string][]byte{
		"empty":           nil,
		"another magic":   change(0, 'C'),
		"more powers":     change(len(magic), 0, 0, 0, 20),
		"giant":           change(len(magic), 0xff, 0xff, 0xff, 0xff),
		"truncated":       bz[:len(bz)-1],
		"padded":          append(bytes.Clone(bz), 0),
		"tau at infinity": change(len(magic)+4, append([]byte{0x40}, make([]byte, 63)...)...),
		"off the curve":   change(headerSize+63, bz[headerSize+63]^1),
		"infinity":        change(headerSize, make([]byte, 64)...),
		"compressed":      change(headerSize, 0x80),
	} {
		_, err := Parse(mutant)
		require.Error(t, err, name)
	}
}

// TestCheckRefuses: points that are not powers of one number.
func TestCheckRefuses(t *testing.T) {
	for name, change := range map[string]func(*Setup){
		"two swapped":       func(s *Setup) { s.g1[3], s.g1[4] = s.g1[4], s.g1[3] },
		"one replaced":      func(s *Setup) { s.g1[len(s.g1)-1] = s.g1[1] },
		"another generator": func(s *Setup) { s.g1[0] = s.g1[1] },
		"another tau":       func(s *Setup) { s.tau.Neg(&s.tau) },
		"tau is one":        func(s *Setup) { _, _, _, s.tau = bn254.Generators() },
		"tau at infinity":   func(s *Setup) { s.tau.SetInfinity() },
		"one at infinity":   func(s *Setup) { s.g1[1].SetInfinity() },
	} {
		s := sealed(t)
		require.NoError(t, s.Check())
		change(s)
		require.Error(t, s.Check(), name)
	}
}

// TestArkworks reads the form of the Ignition file, from a setup of ours that is written in it.
func TestArkworks(t *testing.T) {
	_, _, g1, g2 := bn254.Generators()
	var bz []byte
	bz = binary.LittleEndian.AppendUint64(bz, ignitionPowers)
	for range ignitionPowers {
		bz = append(bz, ark(g1.X.Bytes())...)
		bz = append(bz, ark(g1.Y.Bytes())...)
	}
	bz = append(bz, make([]byte, 8)...)
	for range 2 {
		bz = append(bz, ark(g2.X.A0.Bytes(), g2.X.A1.Bytes(), g2.Y.A0.Bytes(), g2.Y.A1.Bytes())...)
	}
	bz = append(bz, make([]byte, 8)...)
	require.Len(t, bz, ignitionSize)
	s, err := parseArkworks(bz)
	require.NoError(t, err)
	require.Error(t, s.Check(), "all powers are one: that is none")
	for _, at := range []int{0, 8, 8 + 63, len(bz) - 9} {
		mutant := bytes.Clone(bz)
		mutant[at] ^= 0x40
		_, err := parseArkworks(mutant)
		require.Error(t, err, "%d", at)
	}
	hash := sha256.Sum256(bz)
	_, err = ParseIgnition(bz)
	require.ErrorContains(t, err, "this one")
	require.NotEqual(t, IgnitionSHA256, hash)
}

func ark(numbers ...[32]byte) (out []byte) {
	for _, n := range numbers {
		for i := range n {
			out = append(out, n[31-i])
		}
	}
	return out
}

func FuzzParse(f *testing.F) {
	f.Add(file(f, sealed(f)))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, bz []byte) {
		s, err := Parse(bz)
		if err == nil && !bytes.Equal(file(t, s), bz) {
			t.Fatal("parsed, and written as something else")
		}
	})
}

func FuzzAdd(f *testing.F) {
	_, contributions := ceremony(f, 1)
	f.Add(contributions[0])
	f.Fuzz(func(t *testing.T, bz []byte) {
		c, err := NewCeremony(rows)
		if err != nil {
			t.Fatal(err)
		}
		_ = c.Add(bz)
	})
}

func BenchmarkContribute(b *testing.B) {
	for b.Loop() {
		c, err := NewCeremony(1 << 14)
		require.NoError(b, err)
		_, err = c.Contribute()
		require.NoError(b, err)
	}
}

func BenchmarkAdd(b *testing.B) {
	c, err := NewCeremony(1 << 14)
	require.NoError(b, err)
	contribution, err := c.Contribute()
	require.NoError(b, err)
	for b.Loop() {
		fresh, err := NewCeremony(1 << 14)
		require.NoError(b, err)
		require.NoError(b, fresh.Add(contribution))
	}
}
