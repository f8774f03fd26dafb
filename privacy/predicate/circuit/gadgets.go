package circuit

import (
	"math/big"

	"github.com/consensys/gnark/frontend"
)

// wide is the number of bits of a field's value that can be compared.
const wide = 64

// assertBits holds when the value is a number of that many bits: no number is more than one sum of bits, since the
// modulus has 254.
func assertBits(api frontend.API, v frontend.Variable, bits int) { api.ToBinary(v, bits) }

// assertAtMost holds when a <= b, both being numbers of 64 bits. All three are checked: were a or b not, a difference
// that wraps around the modulus could pass.
func assertAtMost(api frontend.API, a, b frontend.Variable) {
	assertBits(api, a, wide)
	assertBits(api, b, wide)
	assertBits(api, api.Sub(b, a), wide)
}

// atMost is 1 when a <= b and else 0, of two numbers of 64 bits, which the caller has checked.
func atMost(api frontend.API, a, b frontend.Variable) frontend.Variable {
	shifted := api.Add(b, api.Mul(a, -1), new(big.Int).Lsh(big.NewInt(1), wide))
	return api.ToBinary(shifted, wide+1)[wide]
}

// pick is the element of the list at the index; it holds for an index of the list alone.
func pick(api frontend.API, index frontend.Variable, lists ...[]frontend.Variable) []frontend.Variable {
	picked := make([]frontend.Variable, len(lists))
	if len(lists[0]) == 1 {
		api.AssertIsEqual(index, 0)
		for l := range lists {
			picked[l] = lists[l][0]
		}
		return picked
	}
	var found frontend.Variable = 0
	for l := range picked {
		picked[l] = 0
	}
	for i := range lists[0] {
		here := api.IsZero(api.Sub(index, i))
		found = api.Add(found, here)
		for l := range lists {
			picked[l] = api.Add(picked[l], api.Mul(here, lists[l][i]))
		}
	}
	api.AssertIsEqual(found, 1)
	return picked
}

// root is that of a tree in which the leaf has that index and path.
func (h hasher) root(leaf, index frontend.Variable, path []frontend.Variable) frontend.Variable {
	node := leaf
	for i, right := range h.api.ToBinary(index, len(path)) {
		moved := h.api.Mul(right, h.api.Sub(path[i], node))
		node = h.compress(h.api.Add(node, moved), h.api.Sub(path[i], moved))
	}
	return node
}
