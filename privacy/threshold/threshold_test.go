package threshold_test

import (
	"crypto/rand"
	"crypto/sha512"
	"fmt"
	mathrand "math/rand"
	"testing"

	"github.com/gtank/ristretto255"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/threshold"
	"github.com/creditd/creditd/privacy/transcript"
)

// known is a secret made from a name, the same in every run.
func known(name string, n int) *ristretto255.Scalar {
	wide := sha512.Sum512(fmt.Appendf(nil, "%s %d", name, n))
	s, err := ristretto255.NewScalar().SetUniformBytes(wide[:])
	if err != nil {
		panic(err)
	}
	return s
}

func base(s *ristretto255.Scalar) *ristretto255.Element {
	return ristretto255.NewIdentityElement().ScalarBaseMult(s)
}

// sharing for n recipients of that threshold.
func sharing(n, t int) *threshold.Sharing {
	s := &threshold.Sharing{Context: []byte("test"), Threshold: t}
	for i := range n {
		s.Recipients = append(s.Recipients, threshold.Recipient{Index: uint32(i) + 1, Key: base(known("transport", i))})
	}
	return s
}

func deal(tb testing.TB, s *threshold.Sharing, dealer uint32, secret *ristretto255.Scalar) *threshold.Dealing {
	tb.Helper()
	content, err := threshold.Deal(rand.Reader, s, dealer, [32]byte{byte(dealer)}, secret)
	require.NoError(tb, err)
	d, err := threshold.VerifyDealing(s, dealer, content)
	require.NoError(tb, err)
	return d
}

// generate a key with n dealers who are the recipients too.
func generate(tb testing.TB, s *threshold.Sharing) (threshold.Polynomial, []threshold.Share) {
	tb.Helper()
	var dealings []*threshold.Dealing
	var polynomials []threshold.Polynomial
	for _, r := range s.Recipients {
		d := deal(tb, s, r.Index, nil)
		dealings, polynomials = append(dealings, d), append(polynomials, d.Polynomial)
	}
	key, err := threshold.NewKey(polynomials)
	require.NoError(tb, err)
	var shares []threshold.Share
	for i, r := range s.Recipients {
		var parts []*ristretto255.Scalar
		for j, d := range dealings {
			part, err := threshold.Open(s, uint32(j)+1, d, r.Index, known("transport", i))
			require.NoError(tb, err)
			parts = append(parts, part)
		}
		shares = append(shares, threshold.NewShare(r.Index, parts))
	}
	return key, shares
}

// Any threshold of the shares gives the key, and each share is the one that the public polynomial says.
func TestKeyGeneration(t *testing.T) {
	for _, size := range []struct{ n, t int }{{3, 2}, {5, 3}, {8, 5}} {
		key, shares := generate(t, sharing(size.n, size.t))
		for from := range size.n - size.t + 1 {
			secret, err := threshold.CombineShares(shares[from : from+size.t])
			require.NoError(t, err)
			require.Equal(t, 1, base(secret).Equal(key[0]))
		}
		for _, share := range shares {
			require.Equal(t, 1, share.Public().Equal(key.At(share.Index)))
		}
	}
}

// What t-1 institutions have together fits every key: for any secret there is exactly one polynomial of degree t-1 through
// it and their shares, so the shares say nothing about which.
func TestTooFewSharesFitEveryKey(t *testing.T) {
	key, shares := generate(t, sharing(8, 5))
	few := shares[2:6]
	for n := range 20 {
		wanted := known("any secret", n)
		// The share that a fifth party must have for the key to be that.
		indices := []uint32{few[0].Index, few[1].Index, few[2].Index, few[3].Index, 8}
		factors, err := threshold.Lagrange(indices)
		require.NoError(t, err)
		rest := ristretto255.NewScalar().Set(wanted)
		for i, share := range few {
			rest.Subtract(rest, ristretto255.NewScalar().Multiply(factors[i], share.Scalar))
		}
		rest.Multiply(rest, ristretto255.NewScalar().Invert(factors[4]))
		got, err := threshold.CombineShares(append(few[:4:4], threshold.Share{Index: 8, Scalar: rest}))
		require.NoError(t, err)
		require.Equal(t, 1, got.Equal(wanted))
	}
	alone, err := threshold.CombineShares(few)
	require.NoError(t, err)
	require.Zero(t, base(alone).Equal(key[0]))
}

// Other members with another threshold get the key that was, from any of the old ones who are enough; old and new shares
// do not mix.
func TestKeepKey(t *testing.T) {
	key, old := generate(t, sharing(5, 3))
	s := sharing(7, 4)
	s.Context = []byte("next")
	for _, dealers := range [][]threshold.Share{old[:3], old[1:], old} {
		var indices []uint32
		var dealings []*threshold.Dealing
		var polynomials []threshold.Polynomial
		for _, share := range dealers {
			d := deal(t, s, share.Index, share.Scalar)
			require.Equal(t, 1, d.Polynomial[0].Equal(key.At(share.Index)), "what anybody checks")
			indices, dealings, polynomials = append(indices, share.Index), append(dealings, d), append(polynomials, d.Polynomial)
		}
		kept, err := threshold.KeptKey(indices, polynomials)
		require.NoError(t, err)
		require.Equal(t, 1, kept[0].Equal(key[0]))
		var shares []threshold.Share
		for i, r := range s.Recipients {
			var parts []*ristretto255.Scalar
			for j, d := range dealings {
				part, err := threshold.Open(s, indices[j], d, r.Index, known("transport", i))
				require.NoError(t, err)
				parts = append(parts, part)
			}
			share, err := threshold.KeptShare(r.Index, indices, parts)
			require.NoError(t, err)
			require.Equal(t, 1, share.Public().Equal(kept.At(r.Index)))
			shares = append(shares, share)
		}
		secret, err := threshold.CombineShares(shares[2:6])
		require.NoError(t, err)
		require.Equal(t, 1, base(secret).Equal(key[0]))
		mixed, err := threshold.CombineShares([]threshold.Share{old[0], shares[1], shares[2], shares[3]})
		require.NoError(t, err)
		require.Zero(t, base(mixed).Equal(key[0]))
	}
	_, err := threshold.KeptKey([]uint32{2, 1}, []threshold.Polynomial{key, key})
	require.ErrorIs(t, err, threshold.ErrIndex)
	_, err = threshold.KeptKey([]uint32{1}, []threshold.Polynomial{key, key})
	require.Error(t, err)
	_, err = threshold.KeptShare(1, []uint32{1, 2}, nil)
	require.Error(t, err)
	_, err = threshold.NewKey(nil)
	require.Error(t, err)
	_, err = threshold.NewKey([]threshold.Polynomial{key, key[:2]})
	require.Error(t, err)
}

// Partial results of holders combine to the result of the key, with a proof for each.
func TestUse(t *testing.T) {
	key, shares := generate(t, sharing(5, 3))
	point := base(known("point", 0))
	var partial []threshold.PublicShare
	for _, share := range shares[1:4] {
		value := ristretto255.NewIdentityElement().ScalarMult(share.Scalar, point)
		proof, err := threshold.ProveDLEQ(rand.Reader, transcript.New("test"), share.Scalar, point)
		require.NoError(t, err)
		require.NoError(t, threshold.VerifyDLEQ(transcript.New("test"), key.At(share.Index), point, value, proof))
		partial = append(partial, threshold.PublicShare{Index: share.Index, Point: value})
	}
	whole, err := threshold.Combine(partial)
	require.NoError(t, err)
	secret, err := threshold.CombineShares(shares[:3])
	require.NoError(t, err)
	require.Equal(t, 1, whole.Equal(ristretto255.NewIdentityElement().ScalarMult(secret, point)))

	for _, indices := range [][]uint32{nil, {0, 1}, {1, 1}, {2, 1}, make([]uint32, 65)} {
		_, err := threshold.Lagrange(indices)
		require.ErrorIs(t, err, threshold.ErrIndex)
	}
	_, err = threshold.Combine(nil)
	require.ErrorIs(t, err, threshold.ErrIndex)
	_, err = threshold.CombineShares(nil)
	require.ErrorIs(t, err, threshold.ErrIndex)
	_, err = threshold.Combine([]threshold.PublicShare{{Index: 1, Point: ristretto255.NewIdentityElement()}})
	require.Error(t, err)
}

func TestDLEQRefusals(t *testing.T) {
	secret, point := known("secret", 0), base(known("point", 0))
	public, value := base(secret), ristretto255.NewIdentityElement().ScalarMult(secret, point)
	proof, err := threshold.ProveDLEQ(rand.Reader, transcript.New("a"), secret, point)
	require.NoError(t, err)
	verify := func(domain string, p, b, v *ristretto255.Element, proof []byte) error {
		return threshold.VerifyDLEQ(transcript.New(domain), p, b, v, proof)
	}
	require.NoError(t, verify("a", public, point, value, proof))
	none := ristretto255.NewIdentityElement()
	for name, err := range map[string]error{
		"another context": verify("b", public, point, value, proof),
		"another key":     verify("a", point, point, value, proof),
		"another base":    verify("a", public, public, value, proof),
		"another value":   verify("a", public, point, public, proof),
		"identity key":    verify("a", none, point, value, proof),
		"identity base":   verify("a", public, none, value, proof),
		"identity value":  verify("a", public, point, none, proof),
		"short":           verify("a", public, point, value, proof[1:]),
		"long":            verify("a", public, point, value, append(proof[:64:64], 0)),
		"nothing":         verify("a", public, point, value, nil),
	} {
		require.ErrorIs(t, err, threshold.ErrProof, name)
	}
	for i := range proof {
		mutant := append([]byte(nil), proof...)
		mutant[i] ^= 1 << (i % 8)
		require.ErrorIs(t, verify("a", public, point, value, mutant), threshold.ErrProof)
	}
}

// A wrong share is proven by who got it; a right one that is complained about counts against who complains; evidence of
// something else proves nothing.
func TestComplaints(t *testing.T) {
	s := sharing(5, 3)
	content, err := threshold.Misdeal(s, 2, [32]byte{9}, 4)
	require.NoError(t, err)
	d, err := threshold.VerifyDealing(s, 2, content)
	require.NoError(t, err, "nobody but the victim can see it")
	for i := range 5 {
		_, err := threshold.Open(s, 2, d, uint32(i)+1, known("transport", i))
		if i == 3 {
			require.ErrorIs(t, err, threshold.ErrShare)
		} else {
			require.NoError(t, err)
		}
		common, proof, err := threshold.Complain(rand.Reader, s, 2, d, uint32(i)+1, known("transport", i))
		require.NoError(t, err)
		wrong, err := threshold.Judge(s, 2, d, uint32(i)+1, common, proof)
		require.NoError(t, err)
		require.Equal(t, i == 3, wrong)

		_, err = threshold.Judge(s, 1, d, uint32(i)+1, common, proof)
		require.Error(t, err, "about another dealer")
		_, err = threshold.Judge(s, 2, d, uint32((i+1)%5)+1, common, proof)
		require.Error(t, err, "by another")
		_, err = threshold.Judge(s, 2, d, 9, common, proof)
		require.Error(t, err)
		_, err = threshold.Judge(s, 2, d, uint32(i)+1, base(known("x", 0)).Bytes(), proof)
		require.ErrorIs(t, err, threshold.ErrProof)
		_, err = threshold.Judge(s, 2, d, uint32(i)+1, make([]byte, 32), proof)
		require.Error(t, err)
	}
	_, _, err = threshold.Complain(rand.Reader, s, 2, d, 9, known("transport", 0))
	require.Error(t, err)
	_, err = threshold.Open(s, 2, d, 9, known("transport", 0))
	require.Error(t, err)
}

// The same seed deals the same again, for nothing but the same sharing.
func TestDealingFollowsFromItsSeed(t *testing.T) {
	s := sharing(4, 3)
	seed := [32]byte{7}
	one, err := threshold.Deal(rand.Reader, s, 1, seed, nil)
	require.NoError(t, err)
	again, err := threshold.Deal(rand.Reader, s, 1, seed, nil)
	require.NoError(t, err)
	signed := len(one) - 96 // the proof has a fresh nonce
	require.Equal(t, one[:signed], again[:signed])
	other := *s
	other.Context = []byte("another")
	for _, change := range []func() ([]byte, error){
		func() ([]byte, error) { return threshold.Deal(rand.Reader, &other, 1, seed, nil) },
		func() ([]byte, error) { return threshold.Deal(rand.Reader, s, 2, seed, nil) },
		func() ([]byte, error) { return threshold.Deal(rand.Reader, s, 1, [32]byte{8}, nil) },
	} {
		content, err := change()
		require.NoError(t, err)
		require.NotEqual(t, one[3:35], content[3:35])
	}
}

func TestSharingsThatAreRefused(t *testing.T) {
	for name, change := range map[string]func(*threshold.Sharing){
		"no context":        func(s *threshold.Sharing) { s.Context = nil },
		"giant context":     func(s *threshold.Sharing) { s.Context = make([]byte, threshold.MaxContext+1) },
		"no recipients":     func(s *threshold.Sharing) { s.Recipients = nil },
		"index zero":        func(s *threshold.Sharing) { s.Recipients[0].Index = 0 },
		"an index twice":    func(s *threshold.Sharing) { s.Recipients[1].Index = 1 },
		"no key":            func(s *threshold.Sharing) { s.Recipients[1].Key = nil },
		"identity as key":   func(s *threshold.Sharing) { s.Recipients[1].Key = ristretto255.NewIdentityElement() },
		"threshold zero":    func(s *threshold.Sharing) { s.Threshold = 0 },
		"threshold too big": func(s *threshold.Sharing) { s.Threshold = threshold.MaxParties + 1 },
		"too many":          func(s *threshold.Sharing) { *s = *sharing(65, 3) },
	} {
		s := sharing(4, 3)
		change(s)
		_, err := threshold.Deal(rand.Reader, s, 1, [32]byte{}, nil)
		require.Error(t, err, name)
		_, err = threshold.VerifyDealing(s, 1, nil)
		require.Error(t, err, name)
	}
}

func TestTransportKeys(t *testing.T) {
	secret, err := threshold.NewTransportKey()
	require.NoError(t, err)
	proof, err := threshold.ProveTransportKey(rand.Reader, []byte("me"), secret)
	require.NoError(t, err)
	require.NoError(t, threshold.VerifyTransportKey([]byte("me"), base(secret), proof))
	require.ErrorIs(t, threshold.VerifyTransportKey([]byte("you"), base(secret), proof), threshold.ErrProof)
	require.Error(t, threshold.VerifyTransportKey(nil, base(secret), proof))
	require.Error(t, threshold.VerifyTransportKey([]byte("me"), ristretto255.NewIdentityElement(), proof))
}

func TestNothingPrintsAShare(t *testing.T) {
	share := threshold.Share{Index: 1, Scalar: known("secret", 1)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d"} {
		require.Equal(t, "Share(redacted)", fmt.Sprintf(verb, share))
	}
}

// 20,000 mutants of a dealing, of every kind that a transport or a liar makes: each is refused, none panics.
func TestMutantsOfADealing(t *testing.T) {
	s := sharing(5, 3)
	content, err := threshold.Deal(rand.Reader, s, 1, [32]byte{1}, nil)
	require.NoError(t, err)
	other, err := threshold.Deal(rand.Reader, s, 2, [32]byte{2}, nil)
	require.NoError(t, err)
	r := mathrand.New(mathrand.NewSource(1))
	for n := range 20_000 {
		mutant := mutate(r, content, other)
		if string(mutant) == string(content) {
			continue
		}
		_, err := threshold.VerifyDealing(s, 1, mutant)
		require.Error(t, err, "mutant %d", n)
	}
}

func mutate(r *mathrand.Rand, content, other []byte) []byte {
	m := append([]byte(nil), content...)
	at := r.Intn(len(m))
	word := 3 + 32*r.Intn((len(m)-3)/32)
	switch r.Intn(10) {
	case 0:
		m[at] ^= 1 << r.Intn(8)
	case 1:
		return m[:at]
	case 2:
		return append(m, m[:r.Intn(64)+1]...)
	case 3:
		copy(m[word:], make([]byte, 32)) // identity, or zero
	case 4:
		for i := range 32 {
			m[word+i] = 0xff
		}
	case 5:
		copy(m[word:word+32], other[word:]) // of another dealing
	case 6:
		from := 3 + 32*r.Intn((len(m)-3)/32)
		copy(m[word:word+32], content[from:]) // moved
	case 7:
		m[r.Intn(3)] = byte(r.Intn(256))
	case 8:
		r.Read(m[word : word+32])
	default:
		m[word+31] ^= 0x80 // the top bit: an alias of the same number, if anybody let it through
	}
	return m
}

func FuzzDealing(f *testing.F) {
	s := sharing(3, 2)
	content, err := threshold.Deal(rand.Reader, s, 1, [32]byte{1}, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(content)
	f.Add(content[:3])
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := threshold.VerifyDealing(s, 1, data)
		if err != nil {
			return
		}
		if len(d.Polynomial) != 2 || len(d.Encrypted) != 3 || string(data[:len(data)-96]) != string(content[:len(content)-96]) {
			t.Fatal("a dealing that its dealer did not make was accepted")
		}
	})
}

func BenchmarkDeal(b *testing.B) {
	s := sharing(8, 5)
	for b.Loop() {
		_, _ = threshold.Deal(rand.Reader, s, 1, [32]byte{1}, nil)
	}
}

func BenchmarkVerifyDealing(b *testing.B) {
	s := sharing(8, 5)
	content, _ := threshold.Deal(rand.Reader, s, 1, [32]byte{1}, nil)
	for b.Loop() {
		_, _ = threshold.VerifyDealing(s, 1, content)
	}
}
