package commit

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"github.com/creditd/creditd/privacy/poseidon"
)

// CircuitInput is what a circuit commitment is of: see Circuit.
type CircuitInput struct {
	SchemaID, Subject [32]byte
	Fields            []CircuitField
	Salt              CircuitSalt
}

// Circuits is Circuit for each of the inputs. Those with equally many fields are hashed side by side, which is several times as fast on a
// processor that multiplies several elements at a time.
func Circuits(inputs []CircuitInput) ([][32]byte, error) {
	bySize := map[int][]int{} // places in inputs, by the number of fields
	lists := make([][]fr.Element, len(inputs))
	for i, in := range inputs {
		var err error
		if lists[i], err = elements(in.SchemaID, in.Subject, in.Fields, in.Salt); err != nil {
			return nil, err
		}
		bySize[len(in.Fields)] = append(bySize[len(in.Fields)], i)
	}
	out := make([][32]byte, len(inputs))
	for _, places := range bySize {
		states := make([]fr.Element, len(places))
		rows := make([][]fr.Element, len(lists[places[0]])-prefixElements)
		for k := range rows {
			rows[k] = make([]fr.Element, len(places))
		}
		for lane, i := range places {
			states[lane] = prefixes.after([prefixElements]fr.Element(lists[i]))
			for k := range rows {
				rows[k][lane] = lists[i][prefixElements+k]
			}
		}
		poseidon.Many(states, rows)
		for lane, i := range places {
			out[i] = states[lane].Bytes()
		}
	}
	return out, nil
}
