package bench

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Range is one figure over the rounds of a run.
type Range struct {
	Median float64   `json:"median"`
	Min    float64   `json:"min"`
	Max    float64   `json:"max"`
	Rounds []float64 `json:"rounds"` // in the order of the rounds
}

// over the rounds; of no values it is zero.
func over(values ...float64) Range {
	if len(values) == 0 {
		return Range{}
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	median := sorted[middle]
	if len(sorted)%2 == 0 {
		median = (sorted[middle-1] + sorted[middle]) / 2
	}
	return Range{Median: median, Min: sorted[0], Max: sorted[len(sorted)-1], Rounds: values}
}

// percentile by the nearest rank: a value that was really measured, never one between two.
func percentile[T cmp.Ordered](values []T, percent float64) T {
	var none T
	if len(values) == 0 {
		return none
	}
	sorted := slices.Sorted(slices.Values(values))
	rank := int(math.Ceil(percent / 100 * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

func megabytes(bytes int64) float64 { return float64(bytes) / 1e6 }

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// quotient of two figures; without a divisor there is none, and 0 says so.
func quotient(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}
