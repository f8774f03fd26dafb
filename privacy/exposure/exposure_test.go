package exposure_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"testing"

	"github.com/gtank/ristretto255"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/exposure"
)

// bench is a committee of five of eight whose key a test dealt.
type bench struct {
	t      testing.TB
	round  exposure.Round
	asker  exposure.Key
	shares []*ristretto255.Scalar // of members 1 to 8
}

func number(n uint64) *ristretto255.Scalar {
	var bz [32]byte
	for i := range 8 {
		bz[i] = byte(n >> (8 * i))
	}
	s, _ := ristretto255.NewScalar().SetCanonicalBytes(bz[:])
	return s
}

func newBench(t testing.TB, kind exposure.Kind) *bench {
	t.Helper()
	b := &bench{t: t}
	coefficients := make([]*ristretto255.Scalar, 5)
	for i := range coefficients {
		key, err := exposure.NewKey(rand.Reader)
		require.NoError(t, err)
		bz := key.Bytes()
		coefficients[i], err = ristretto255.NewScalar().SetCanonicalBytes(bz[:])
		require.NoError(t, err)
	}
	for member := uint64(1); member <= 8; member++ {
		value := ristretto255.NewScalar()
		for i := len(coefficients) - 1; i >= 0; i-- {
			value.Multiply(value, number(member))
			value.Add(value, coefficients[i])
		}
		b.shares = append(b.shares, value)
	}
	var err error
	b.asker, err = exposure.NewKey(rand.Reader)
	require.NoError(t, err)
	b.round = exposure.Round{
		ChainID: "test-1", ID: [32]byte{1}, Kind: kind, Scope: [32]byte{2}, Cohort: [32]byte{3}, Epoch: 4,
		Asker: []byte("asker"), AskerKey: b.asker.Public(), Expiry: 5,
	}
	copy(b.round.Key[:], ristretto255.NewIdentityElement().ScalarBaseMult(coefficients[0]).Bytes())
	return b
}

func member(i int) []byte { return []byte(fmt.Sprint("member", i)) }

func (b *bench) public(i int) []byte {
	return ristretto255.NewIdentityElement().ScalarBaseMult(b.shares[i]).Bytes()
}

// attested is what a member attested: the sum of two commitments, and its blinding.
func attested(i int, value uint64) ([]byte, exposure.Opening) {
	one, two := commit.DeriveBlinding([32]byte{byte(i)}, 1), commit.DeriveBlinding([32]byte{byte(i)}, 2)
	first, second := commit.Amount(int64(value/2), one), commit.Amount(int64(value-value/2), two)
	sum, _ := commit.Add(first[:], second[:])
	return sum[:], exposure.Opening{Value: value, Blinding: one.Add(two)}
}

func (b *bench) submit(i int, value uint64) (attestedSum, submission []byte) {
	b.t.Helper()
	sum, opening := attested(i, value)
	if b.round.Kind != exposure.Exposure {
		sum, opening.Blinding = nil, commit.Blinding{}
	}
	submission, err := exposure.Submit(rand.Reader, b.round, member(i), sum, opening)
	require.NoError(b.t, err)
	require.Len(b.t, submission, b.round.Kind.SubmissionSize())
	return sum, submission
}

func (b *bench) sum(values ...uint64) []byte {
	total := exposure.Empty()
	for i, value := range values {
		p, submission := b.submit(i, value)
		ciphertext, err := exposure.Verify(b.round, member(i), p, submission)
		require.NoError(b.t, err)
		total, err = exposure.Add(total[:], ciphertext[:])
		require.NoError(b.t, err)
	}
	return total[:]
}

func (b *bench) give(sum []byte, members ...int) []exposure.Given {
	var given []exposure.Given
	for _, i := range members {
		share, err := exposure.GiveShare(rand.Reader, b.round, member(i), sum, b.shares[i])
		require.NoError(b.t, err)
		require.NoError(b.t, exposure.VerifyShare(b.round, member(i), sum, b.public(i), share))
		given = append(given, exposure.Given{Index: uint32(i + 1), Share: share})
	}
	return given
}

func (b *bench) read(key exposure.Key, sum []byte, given []exposure.Given, limit uint64) (uint64, error) {
	result, err := exposure.Combine(sum, given)
	require.NoError(b.t, err)
	point, err := exposure.Decrypt(key, result[:])
	require.NoError(b.t, err)
	return exposure.Find(context.Background(), point, limit, nil)
}

func TestSumOfEight(t *testing.T) {
	values := []uint64{0, 1, 1<<40 - 1, 0, 6_000_000, 500, 0, 7}
	var want uint64
	for _, value := range values {
		want += value
	}
	b := newBench(t, exposure.Exposure)
	sum := b.sum(values...)
	for _, group := range [][]int{{0, 1, 2, 3, 4}, {3, 4, 5, 6, 7}, {0, 2, 4, 6, 7}} {
		total, err := b.read(b.asker, sum, b.give(sum, group...), b.round.Kind.Max(8))
		require.NoError(t, err)
		require.Equal(t, want, total)
	}

	given := b.give(sum, 0, 1, 2, 3, 4)
	_, err := b.read(b.asker, sum, given[:4], 1<<32)
	require.ErrorIs(t, err, exposure.ErrNotFound, "four of five get a point that means nothing")
	other, err := exposure.NewKey(rand.Reader)
	require.NoError(t, err)
	_, err = b.read(other, sum, given, 1<<32)
	require.ErrorIs(t, err, exposure.ErrNotFound, "and so does everybody but the asker")
}

func TestCount(t *testing.T) {
	b := newBench(t, exposure.Count)
	sum := b.sum(1, 0, 1, 1)
	total, err := b.read(b.asker, sum, b.give(sum, 0, 1, 2, 3, 4), 8)
	require.NoError(t, err)
	require.EqualValues(t, 3, total)
	_, err = exposure.Submit(rand.Reader, b.round, member(0), nil, exposure.Opening{Value: 2})
	require.ErrorIs(t, err, exposure.ErrOutOfRange)
}

func TestFind(t *testing.T) {
	for _, value := range []uint64{0, 1, 2, 1 << 20, 1<<20 + 1, 1<<21 - 1, 1 << 21, 1<<21 + 1, 1 << 30, 123_456_789_012, 1<<40 - 1} {
		point := [32]byte(ristretto255.NewIdentityElement().ScalarBaseMult(number(value)).Bytes())
		got, err := exposure.Find(context.Background(), point, value, nil)
		require.NoError(t, err)
		require.Equal(t, value, got)
		if value > 0 {
			_, err = exposure.Find(context.Background(), point, value-1, nil)
			require.ErrorIs(t, err, exposure.ErrNotFound)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := exposure.Find(ctx, [32]byte{}, 8, nil)
	require.ErrorIs(t, err, context.Canceled)
	_, err = exposure.Find(context.Background(), [32]byte{31: 0xff}, 8, nil)
	require.ErrorIs(t, err, exposure.ErrInvalid)
}

func BenchmarkSubmit(b *testing.B) {
	bench := newBench(b, exposure.Exposure)
	for b.Loop() {
		bench.submit(0, 5)
	}
}

func BenchmarkVerify(b *testing.B) {
	bench := newBench(b, exposure.Exposure)
	sum, submission := bench.submit(0, 5)
	for b.Loop() {
		_, err := exposure.Verify(bench.round, member(0), sum, submission)
		require.NoError(b, err)
	}
}

func BenchmarkVerifyShare(b *testing.B) {
	bench := newBench(b, exposure.Exposure)
	sum := bench.sum(1, 2)
	given := bench.give(sum, 0)
	for b.Loop() {
		require.NoError(b, exposure.VerifyShare(bench.round, member(0), sum, bench.public(0), given[0].Share))
	}
}

func BenchmarkFind(b *testing.B) {
	for _, bits := range []int{30, 43} {
		b.Run(fmt.Sprint(bits), func(b *testing.B) {
			point := [32]byte(ristretto255.NewIdentityElement().ScalarBaseMult(number(1<<bits - 1)).Bytes())
			for b.Loop() {
				_, err := exposure.Find(context.Background(), point, 1<<bits, nil)
				require.NoError(b, err)
			}
		})
	}
}
