package exposure_test

import (
	"bytes"
	crand "crypto/rand"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gtank/ristretto255"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/exposure"
)

// mutate damages a good encoding of 32-byte items, of which those named are points. One in a hundred is damaged in a way that
// may decode; the others are malformed for sure, so that they cost little.
func mutate(r *rand.Rand, i int, good []byte, points []int) []byte {
	bz := bytes.Clone(good)
	item := r.IntN(len(bz) / 32)
	kind := i % 7
	if len(points) == 0 && (kind == 3 || kind == 4) {
		kind = 2
	}
	switch {
	case i%100 == 0:
		bz[r.IntN(len(bz))] ^= 1 << r.IntN(8)
	case kind == 0:
		return bz[:r.IntN(len(bz))]
	case kind == 1:
		return append(bz, make([]byte, 1+r.IntN(64))...)
	case kind == 2:
		bz[32*item+31] |= 0x80 // above both the field and the order
	case kind == 3:
		bz[32*points[r.IntN(len(points))]] ^= 1 // a negative number, RFC 9496 s.4.3.1
	case kind == 4:
		at := 32 * points[r.IntN(len(points))]
		clear(bz[at : at+32]) // the identity
	case kind == 5:
		copy(bz[32*item:], bytes.Repeat([]byte{0xff}, 32))
	default:
		return slices.Concat(bz, bz)
	}
	return bz
}

// TestMutants: no mutant of any wire format is taken, and none panics.
func TestMutants(t *testing.T) {
	b := newBench(t, exposure.Count)
	_, submission := b.submit(0, 1)
	sum := b.sum(1, 0)
	share := b.give(sum, 0)[0].Share
	about := exposure.Possession{ChainID: "test-1", Asker: []byte("asker"), Kind: exposure.Count, About: []byte("inquiry")}
	possession, err := about.Prove(crand.Reader, b.asker)
	require.NoError(t, err)
	public := b.asker.Public()
	for name, c := range map[string]struct {
		good   []byte
		points []int
		verify func([]byte) error
	}{
		"submission": {submission, []int{0, 1, 2, 7, 8, 9, 10}, func(bz []byte) error {
			_, err := exposure.Verify(b.round, member(0), nil, bz)
			return err
		}},
		"share":      {share, []int{0, 1}, func(bz []byte) error { return exposure.VerifyShare(b.round, member(0), sum, b.public(0), bz) }},
		"possession": {possession, nil, func(bz []byte) error { return about.Verify(public[:], bz) }},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, c.verify(c.good))
			r := rand.New(rand.NewPCG(1, 2))
			for i := range 20_000 {
				require.ErrorIs(t, c.verify(mutate(r, i, c.good, c.points)), exposure.ErrInvalid)
			}
		})
	}
}

// TestBinding: a submission and a share are worth nothing with any other word of their round.
func TestBinding(t *testing.T) {
	b := newBench(t, exposure.Exposure)
	p, submission := b.submit(0, 5)
	sum := b.sum(5, 6)
	share := b.give(sum, 0)[0].Share
	for name, change := range map[string]func(*exposure.Round){
		"chain":     func(r *exposure.Round) { r.ChainID = "test-2" },
		"round":     func(r *exposure.Round) { r.ID[0]++ },
		"scope":     func(r *exposure.Round) { r.Scope[0]++ },
		"cohort":    func(r *exposure.Round) { r.Cohort[0]++ },
		"epoch":     func(r *exposure.Round) { r.Epoch++ },
		"asker":     func(r *exposure.Round) { r.Asker = []byte("another") },
		"asker key": func(r *exposure.Round) { r.AskerKey = r.Key },
		"expiry":    func(r *exposure.Round) { r.Expiry++ },
		"key":       func(r *exposure.Round) { r.Key = r.AskerKey },
	} {
		round := b.round
		change(&round)
		_, err := exposure.Verify(round, member(0), p, submission)
		require.ErrorIs(t, err, exposure.ErrInvalid, name)
		require.ErrorIs(t, exposure.VerifyShare(round, member(0), sum, b.public(0), share), exposure.ErrInvalid, name)
	}
	_, err := exposure.Verify(b.round, member(1), p, submission)
	require.ErrorIs(t, err, exposure.ErrInvalid, "a copy")
	other, _ := attested(1, 5)
	_, err = exposure.Verify(b.round, member(0), other, submission)
	require.ErrorIs(t, err, exposure.ErrInvalid, "what another attested")
	_, err = exposure.Verify(b.round, member(0), make([]byte, 32), submission)
	require.ErrorIs(t, err, exposure.ErrInvalid, "nothing attested")
	_, err = exposure.Submit(crand.Reader, b.round, member(0), make([]byte, 32), exposure.Opening{})
	require.NoError(t, err, "zero of nothing")
	_, err = exposure.Submit(crand.Reader, b.round, member(0), make([]byte, 32), exposure.Opening{Value: 1})
	require.ErrorIs(t, err, exposure.ErrRecords, "something of nothing")
	_, opening := attested(0, 1<<40)
	_, err = exposure.Submit(crand.Reader, b.round, member(0), p, opening)
	require.ErrorIs(t, err, exposure.ErrOutOfRange)
	other2 := b.sum(5, 7)
	require.ErrorIs(t, exposure.VerifyShare(b.round, member(0), other2, b.public(0), share), exposure.ErrInvalid, "another sum")
	require.ErrorIs(t, exposure.VerifyShare(b.round, member(0), sum, b.public(1), share), exposure.ErrInvalid, "another's key")
}

// TestNegatedAndCopied: whoever negates or copies another's ciphertext cannot make the proof that it knows what is in it.
func TestNegatedAndCopied(t *testing.T) {
	b := newBench(t, exposure.Count)
	_, victim := b.submit(0, 1)
	_, own := b.submit(1, 0)
	copied := append(bytes.Clone(victim[:exposure.CiphertextSize]), own[exposure.CiphertextSize:]...)
	_, err := exposure.Verify(b.round, member(1), nil, copied)
	require.ErrorIs(t, err, exposure.ErrInvalid)
	_, err = exposure.Verify(b.round, member(1), nil, victim)
	require.ErrorIs(t, err, exposure.ErrInvalid)
}

// TestReRandomised: a ciphertext that was encrypted anew, by who does not know what is in it, is not that of its proof; nor is a
// share that was multiplied along.
func TestReRandomised(t *testing.T) {
	b := newBench(t, exposure.Count)
	_, good := b.submit(0, 1)
	sum := b.sum(1, 0)
	share := b.give(sum, 0)[0].Share
	add := func(encoded []byte, base *ristretto255.Element) []byte {
		point, err := ristretto255.NewIdentityElement().SetCanonicalBytes(encoded)
		require.NoError(t, err)
		return point.Add(point, ristretto255.NewIdentityElement().ScalarMult(number(7), base)).Bytes()
	}
	key, err := ristretto255.NewIdentityElement().SetCanonicalBytes(b.round.Key[:])
	require.NoError(t, err)
	again := bytes.Clone(good)
	copy(again, add(good[:32], ristretto255.NewGeneratorElement()))
	copy(again[32:], add(good[32:64], key))
	_, err = exposure.Verify(b.round, member(0), nil, again)
	require.ErrorIs(t, err, exposure.ErrInvalid)

	again = bytes.Clone(share)
	copy(again, add(share[:32], ristretto255.NewGeneratorElement()))
	copy(again[32:], add(share[32:64], ristretto255.NewGeneratorElement()))
	require.ErrorIs(t, exposure.VerifyShare(b.round, member(0), sum, b.public(0), again), exposure.ErrInvalid)
}

func FuzzSubmission(f *testing.F) {
	b := newBench(f, exposure.Count)
	_, good := b.submit(0, 1)
	f.Add(good)
	f.Fuzz(func(t *testing.T, bz []byte) {
		if _, err := exposure.Verify(b.round, member(0), nil, bz); err == nil && !bytes.Equal(bz, good) {
			t.Fatal("a submission was taken that was never made")
		}
	})
}

func FuzzShare(f *testing.F) {
	b := newBench(f, exposure.Count)
	sum := exposure.Empty()
	good := b.give(sum[:], 0)[0].Share
	f.Add(good)
	f.Fuzz(func(t *testing.T, bz []byte) {
		if err := exposure.VerifyShare(b.round, member(0), sum[:], b.public(0), bz); err == nil && !bytes.Equal(bz, good) {
			t.Fatal("a share was taken that was never made")
		}
	})
}

func FuzzPossession(f *testing.F) {
	key, err := exposure.NewKey(crand.Reader)
	require.NoError(f, err)
	public := key.Public()
	about := exposure.Possession{ChainID: "test-1"}
	good, err := about.Prove(crand.Reader, key)
	require.NoError(f, err)
	f.Add(good)
	f.Fuzz(func(t *testing.T, bz []byte) {
		if err := about.Verify(public[:], bz); err == nil && !bytes.Equal(bz, good) {
			t.Fatal("a proof of possession was taken that was never made")
		}
	})
}
