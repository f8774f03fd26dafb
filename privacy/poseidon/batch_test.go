package poseidon

import (
	"fmt"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
)

// random elements, and the ones at the edges of the field.
func chains(t testing.TB, n, length int) (states []Element, elements [][]Element) {
	t.Helper()
	states = make([]Element, n)
	for i := range states {
		states[i].MustSetRandom()
	}
	for k := range length {
		row := make([]Element, n)
		for i := range row {
			switch (k + i) % 5 {
			case 0:
				row[i].SetInt64(-1)
			case 1: // zero
			default:
				row[i].MustSetRandom()
			}
		}
		elements = append(elements, row)
	}
	return states, elements
}

// Many is Absorb, for every number of chains: with and without a processor's wide multiplication, and where a part is left over.
func TestManyIsAbsorb(t *testing.T) {
	for _, n := range []int{0, 1, 7, 8, 9, lanes - 1, lanes, lanes + 1, 3*lanes + 5} {
		for _, length := range []int{0, 1, 5} {
			states, elements := chains(t, n, length)
			want := make([]Element, n)
			for i := range want {
				want[i] = states[i]
				for k := range elements {
					want[i] = Absorb(want[i], elements[k][i])
				}
			}
			before := fmt.Sprint(elements)
			Many(states, elements)
			require.Equal(t, want, states, "%d of %d", n, length)
			require.Equal(t, before, fmt.Sprint(elements), "what goes in is left alone")
		}
	}
}

func BenchmarkAbsorb(b *testing.B) {
	states, elements := chains(b, lanes, 16)
	b.Run("one", func(b *testing.B) {
		for b.Loop() {
			Absorb(states[0], fr.Vector(elements[0])[:16]...)
		}
	})
	b.Run("many", func(b *testing.B) {
		for b.Loop() {
			Many(states, elements)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/lanes, "ns/chain")
	})
}
