package bench

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// cost of one transaction of a workload: what does not depend on how fast the machine is.
type cost struct {
	bytes  int
	gas    uint64
	writes map[storeKey]bool
}

// perStore counts the writes by store.
func (c cost) perStore() map[string]int {
	counts := map[string]int{}
	for key := range c.writes {
		counts[key.store]++
	}
	return counts
}

// stores that are written to, for messages.
func (c cost) stores() string {
	counts := c.perStore()
	var text string
	for _, store := range slices.Sorted(maps.Keys(counts)) {
		text += fmt.Sprintf(" %s %d", store, counts[store])
	}
	return text
}

// measureCosts executes one transaction of each workload, each in a block of its own, in this process. What a
// block writes without any transaction is not counted. proofs is nil where none are measured.
func measureCosts(loads []workload, proofs *proving) (map[string]cost, error) {
	most := 0
	for _, w := range loads {
		most += w.records
	}
	l, m, err := prepared(2, 2*most, proofs) // so many that no report is the second about its subject
	if err != nil {
		return nil, err
	}
	if needControl(loads) {
		if proofs != nil {
			m.consentToScores()
		}
		if err := l.control(m, 2); err != nil {
			return nil, errors.Join(err, l.close())
		}
	}
	if proofs != nil {
		if err := l.answer(m, proofs); err != nil {
			return nil, errors.Join(err, l.close())
		}
	}
	l.listen()
	costs := map[string]cost{}
	for _, w := range loads {
		if costs[w.name], err = l.measure(m, w); err != nil {
			return nil, errors.Join(fmt.Errorf("cost of %s: %w", w.name, err), l.close())
		}
	}
	return costs, l.close()
}

func (l *local) measure(m *maker, w workload) (cost, error) {
	l.written()
	if _, err := l.block(); err != nil {
		return cost{}, err
	}
	idle := l.written()
	tx, err := m.sign(0, localGas, l.timeout(), w.message(m, 0))
	if err != nil {
		return cost{}, err
	}
	response, err := l.block(tx)
	if err != nil {
		return cost{}, err
	}
	writes := l.written()
	maps.DeleteFunc(writes, func(key storeKey, _ bool) bool { return idle[key] })
	return cost{bytes: len(tx.bytes), gas: uint64(response.TxResults[0].GasUsed), writes: writes}, nil
}
