package keeper

import (
	"maps"
	"slices"
	"time"
)

const half = 0.5 // untyped, exact

func fine(m map[string]int, list []int, block time.Time) time.Duration {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		list = append(list, m[k])
	}
	for i := range list {
		list[i]++
	}
	for i := range 3 {
		_ = i
	}
	clear(m)
	return time.Duration(half*2) * block.Sub(time.Unix(0, 0))
}
