package poseidon

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr/poseidon2"
)

// lanes is how many permutations Many makes side by side: a few times the eight that a processor with AVX-512 IFMA multiplies at once, and
// little enough for its first cache.
const lanes = 32

// schedule is the default permutation's, with each round key as often as there are lanes.
var schedule = func() (s struct {
	half int // of the full rounds
	keys [][]fr.Vector
},
) {
	parameters := poseidon2.GetDefaultParameters()
	s.half = parameters.NbFullRounds / 2
	s.keys = make([][]fr.Vector, len(parameters.RoundKeys))
	for round, keys := range parameters.RoundKeys {
		for _, key := range keys {
			wide := make(fr.Vector, lanes)
			for i := range wide {
				wide[i] = key
			}
			s.keys[round] = append(s.keys[round], wide)
		}
	}
	return s
}()

// Many is Absorb for many chains of the same length at once, about three times as fast a chain on a processor that multiplies
// several elements at a time: states[i] goes on with elements[0][i], elements[1][i] and so on. It writes to states alone.
func Many(states []Element, elements [][]Element) {
	for from := 0; from < len(states); from += lanes {
		to := min(from+lanes, len(states))
		p := permutations{right: make(fr.Vector, to-from), scratch: make(fr.Vector, to-from)}
		p.left = states[from:to]
		for _, each := range elements {
			copy(p.right, each[from:to])
			p.permute()
			p.left.Add(p.right, each[from:to])
		}
	}
}

// permutations of width 2, one a lane (ePrint 2023/323 s.5, and s.6 for the matrices of width 2).
type permutations struct{ left, right, scratch fr.Vector }

func (p *permutations) permute() {
	p.external()
	last := len(schedule.keys) - schedule.half
	for round, keys := range schedule.keys {
		p.left.Add(p.left, keys[0][:len(p.left)])
		p.sBox(p.left)
		if round >= schedule.half && round < last {
			p.internal()
			continue
		}
		p.right.Add(p.right, keys[1][:len(p.right)])
		p.sBox(p.right)
		p.external()
	}
}

// sBox is the fifth power.
func (p *permutations) sBox(x fr.Vector) {
	p.scratch.Mul(x, x)
	p.scratch.Mul(p.scratch, p.scratch)
	x.Mul(x, p.scratch)
}

// external multiplies by [[2, 1], [1, 2]].
func (p *permutations) external() {
	p.scratch.Add(p.left, p.right)
	p.left.Add(p.left, p.scratch)
	p.right.Add(p.right, p.scratch)
}

// internal multiplies by [[2, 1], [1, 3]].
func (p *permutations) internal() {
	p.scratch.Add(p.left, p.right)
	p.left.Add(p.left, p.scratch)
	p.right.Add(p.right, p.right)
	p.right.Add(p.right, p.scratch)
}
