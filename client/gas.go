package client

import (
	"context"
	"math/bits"
	"sync"
)

// Limits for a transaction that cannot be simulated, for instance because the chain is going to refuse it:
// it is then sent all the same, since only the refusal of a block carries the error's code. A furnished
// tradeline costs some 60,000 gas and has about 100 bytes.
const (
	fallbackGas        = 300_000
	fallbackGasPerByte = 1_000
)

// gasLimits knows what transactions of one kind and size need. The first of each is simulated, the others
// take its answer: a chain budgets the gas that is asked for, so asking for far too much is no way out.
type gasLimits struct {
	simulate func(ctx context.Context, d draft) (uint64, error)

	mu    sync.Mutex
	known map[gasKey]gasSample
}

// gasKey puts sizes within a factor of two together.
type gasKey struct {
	kind string
	bits int
}

type gasSample struct {
	gas  uint64
	size int
}

func newGasLimits(simulate func(context.Context, draft) (uint64, error)) *gasLimits {
	return &gasLimits{simulate: simulate, known: map[gasKey]gasSample{}}
}

func (g *gasLimits) limit(ctx context.Context, d draft) uint64 {
	key := gasKey{d.kind, bits.Len(uint(d.size))}
	g.mu.Lock()
	sample, ok := g.known[key]
	g.mu.Unlock()
	if !ok {
		used, err := g.simulate(ctx, d)
		if err != nil {
			return fallbackGas + fallbackGasPerByte*uint64(d.size)
		}
		sample = gasSample{gas: used + used/3, size: d.size}
		g.mu.Lock()
		g.known[key] = sample
		g.mu.Unlock()
	}
	if d.size > sample.size {
		return sample.gas * uint64(d.size) / uint64(sample.size)
	}
	return sample.gas
}

// ranOut records that a limit was too low.
func (g *gasLimits) ranOut(d draft, limit uint64) {
	key := gasKey{d.kind, bits.Len(uint(d.size))}
	g.mu.Lock()
	defer g.mu.Unlock()
	if sample, ok := g.known[key]; !ok || sample.gas < limit*3/2 {
		g.known[key] = gasSample{gas: limit * 3 / 2, size: d.size}
	}
}
