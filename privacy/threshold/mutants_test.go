package threshold_test

import (
	"bytes"
	crand "crypto/rand"
	"math/rand"
	"testing"

	"github.com/gtank/ristretto255"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/threshold"
	"github.com/creditd/creditd/privacy/transcript"
)

// formats are the small wire formats of the package, each with a verifier of whatever bytes come.
func formats(t testing.TB) map[string]struct {
	good   []byte
	verify func([]byte) error
} {
	t.Helper()
	// Anew in every process: fuzzing hands the good ones of one process to others, where they must not be good.
	var seed [32]byte
	_, err := crand.Read(seed[:])
	require.NoError(t, err)
	secret, point := known(string(seed[:]), 0), base(known("point", 0))
	public, value := base(secret), ristretto255.NewIdentityElement().ScalarMult(secret, point)
	dleq, err := threshold.ProveDLEQ(crand.Reader, transcript.New("a"), secret, point)
	require.NoError(t, err)
	possession, err := threshold.ProveTransportKey(crand.Reader, []byte("me"), secret)
	require.NoError(t, err)
	s := sharing(3, 2)
	content, err := threshold.Misdeal(s, 2, seed, 1)
	require.NoError(t, err)
	d, err := threshold.VerifyDealing(s, 2, content)
	require.NoError(t, err)
	common, proof, err := threshold.Complain(crand.Reader, s, 2, d, 1, known("transport", 0))
	require.NoError(t, err)
	return map[string]struct {
		good   []byte
		verify func([]byte) error
	}{
		"dleq":       {dleq, func(bz []byte) error { return threshold.VerifyDLEQ(transcript.New("a"), public, point, value, bz) }},
		"possession": {possession, func(bz []byte) error { return threshold.VerifyTransportKey([]byte("me"), public, bz) }},
		"complaint": {append(bytes.Clone(common), proof...), func(bz []byte) error {
			at := min(threshold.Size, len(bz))
			_, err := threshold.Judge(s, 2, d, 1, bz[:at], bz[at:])
			return err
		}},
	}
}

// 20,000 mutants of each proof and of a complaint: each is refused, none panics.
func TestMutants(t *testing.T) {
	for name, format := range formats(t) {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, format.verify(format.good))
			r := rand.New(rand.NewSource(1))
			for i := range 20_000 {
				m := bytes.Clone(format.good)
				word := 32 * r.Intn(len(m)/32)
				switch i % 7 {
				case 0:
					if i%70 == 0 { // these may decode, and cost as much as a good one
						m[r.Intn(len(m))] ^= 1 << r.Intn(8)
						break
					}
					m[word+31] |= 0x80
				case 1:
					m = m[:r.Intn(len(m))]
				case 2:
					m = append(m, make([]byte, 1+r.Intn(64))...)
				case 3:
					m[word+31] |= 0xf0 // above the order of the group
				case 4:
					for i := range 32 {
						m[word+i] = 0xff
					}
				case 5:
					m = append(m, m...)
				default:
					copy(m, make([]byte, 32)) // identity, or a challenge of zero
				}
				require.Error(t, format.verify(m), "mutant %d", i)
			}
		})
	}
}

// FuzzProofs: nothing but the one proof that was made is taken, for each of the small formats.
func FuzzProofs(f *testing.F) {
	all := formats(f)
	for _, format := range all {
		f.Add(format.good)
	}
	f.Fuzz(func(t *testing.T, bz []byte) {
		for name, format := range all {
			if err := format.verify(bz); err == nil && !bytes.Equal(bz, format.good) {
				t.Fatalf("%s: bytes were taken that nobody made", name)
			}
		}
	})
}
