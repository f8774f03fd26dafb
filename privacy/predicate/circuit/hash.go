package circuit

import (
	"math/big"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr/poseidon2"
	"github.com/consensys/gnark/frontend"
)

// hasher is Poseidon2 of width 2 in a circuit, at 300 rows a permutation. It is the permutation of gnark's
// std/permutation/poseidon2 in fewer rows (364 there): a round key is added in the row that makes the value it is added
// to, which costs none of its own.
type hasher struct {
	api  frontend.API
	keys [][]big.Int // of each round: two of a full one, one of a partial one
	full int         // full rounds at each end
}

func newHasher(api frontend.API) hasher {
	p := poseidon2.GetDefaultParameters()
	h := hasher{api: api, full: p.NbFullRounds / 2, keys: make([][]big.Int, len(p.RoundKeys))}
	for i := range p.RoundKeys {
		h.keys[i] = make([]big.Int, len(p.RoundKeys[i]))
		for j := range p.RoundKeys[i] {
			p.RoundKeys[i][j].BigInt(&h.keys[i][j])
		}
	}
	return h
}

// compress is P(left, right)[1] + right, as poseidon.Compress.
func (h hasher) compress(left, right frontend.Variable) frontend.Variable {
	last := len(h.keys) - 1
	a, b := h.external(left, right, 0)
	for round := range last {
		a = h.power5(a)
		if h.isFull(round) {
			a, b = h.external(a, h.power5(b), round+1)
		} else {
			a, b = h.internal(a, b, round+1)
		}
	}
	a, b = h.power5(a), h.power5(b)
	return h.api.Add(a, h.api.Mul(b, 2), right)
}

// absorb goes on with a chain, as poseidon.Absorb.
func (h hasher) absorb(state frontend.Variable, elements ...frontend.Variable) frontend.Variable {
	for _, e := range elements {
		state = h.compress(state, e)
	}
	return state
}

func (h hasher) isFull(round int) bool { return round < h.full || round >= len(h.keys)-h.full }

// key of a round for a place, zero where a partial round has none.
func (h hasher) key(round, place int) frontend.Variable {
	if place < len(h.keys[round]) {
		return &h.keys[round][place]
	}
	return 0
}

// external is the matrix (2 1; 1 2) and the keys of the round that is next.
func (h hasher) external(a, b frontend.Variable, next int) (frontend.Variable, frontend.Variable) {
	return h.api.Add(h.api.Mul(a, 2), b, h.key(next, 0)), h.api.Add(a, h.api.Mul(b, 2), h.key(next, 1))
}

// internal is the matrix (2 1; 1 3) and the keys of the round that is next.
func (h hasher) internal(a, b frontend.Variable, next int) (frontend.Variable, frontend.Variable) {
	return h.api.Add(h.api.Mul(a, 2), b, h.key(next, 0)), h.api.Add(a, h.api.Mul(b, 3), h.key(next, 1))
}

func (h hasher) power5(x frontend.Variable) frontend.Variable {
	square := h.api.Mul(x, x)
	return h.api.Mul(h.api.Mul(square, square), x)
}
