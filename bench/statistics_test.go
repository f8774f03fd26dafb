package bench

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestPercentile(t *testing.T) {
	hundred := make([]int, 100)
	for i := range hundred {
		hundred[i] = 100 - i // unsorted on purpose
	}
	for _, tc := range []struct {
		name    string
		values  []int
		percent float64
		want    int
	}{
		{"of nothing", nil, 50, 0},
		{"of one", []int{7}, 99, 7},
		{"lowest", hundred, 0, 1},
		{"median", hundred, 50, 50},
		{"99 of 100", hundred, 99, 99},
		{"highest", hundred, 100, 100},
		{"99 of 40 is the highest", hundred[:40], 99, 100},
		{"median of two is the lower", []int{9, 3}, 50, 3},
	} {
		t.Run(tc.name, func(t *testing.T) {
			require.Equal(t, tc.want, percentile(tc.values, tc.percent))
		})
	}
	require.Equal(t, 100, hundred[0], "the caller's order stays")
}

// By its definition: at least so many percent are not above it, and fewer are below it.
func TestPercentileIsNearestRank(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.IntRange(0, 50), 1, 200).Draw(t, "values")
		percent := float64(rapid.IntRange(1, 100).Draw(t, "percent"))
		got := percentile(values, percent)
		below, upTo := 0, 0
		for _, v := range values {
			if v < got {
				below++
			}
			if v <= got {
				upTo++
			}
		}
		need := percent / 100 * float64(len(values))
		if float64(upTo) < need || float64(below) >= need {
			t.Fatalf("%v%% of %v: %d has %d below and %d up to it", percent, values, got, below, upTo)
		}
	})
}

func TestOver(t *testing.T) {
	require.Equal(t, Range{}, over())
	require.Equal(t, Range{Median: 3, Min: 3, Max: 3, Rounds: []float64{3}}, over(3))
	require.Equal(t, Range{Median: 2, Min: 1, Max: 9, Rounds: []float64{9, 1, 2}}, over(9, 1, 2))
	require.Equal(t, Range{Median: 2.5, Min: 1, Max: 9, Rounds: []float64{9, 1, 2, 3}}, over(9, 1, 2, 3))
}

func TestQuotient(t *testing.T) {
	require.InDelta(t, 2.5, quotient(5, 2), 0)
	require.Zero(t, quotient(5, 0))
}
