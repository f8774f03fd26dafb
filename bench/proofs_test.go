//go:build unsafesetup

package bench

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/setup"
)

// What a proof writes: the answer and that it is there by subject, a line in the trails of subject and data user, and how many proofs this
// block has had. That the in-process chain takes it says that it is one.
func TestStoreWritesOfProofs(t *testing.T) {
	s, err := setup.Unsafe(1 << 12)
	require.NoError(t, err)
	by, err := newProving(s)
	require.NoError(t, err)
	costs, err := measureCosts([]workload{predicateLoad()}, by)
	require.NoError(t, err)
	proof := costs[Predicate]
	require.Equal(t, map[string]int{"acc": 1, "credit": 2, "predicate": 3}, proof.perStore(), proof.stores())
	require.Greater(t, proof.gas, uint64(120_000), "it pays for the check of a proof")
}

// Accounts take turns in each burst, and each round has two: none runs out, though not all have the same number.
func TestProofsForAllRounds(t *testing.T) {
	r := &run{Options: Options{Rounds: 5, Proofs: 100, PacedTxs: 40}, network: &network{accounts: make([]account, 3)}}
	turn, used := 0, make([]int, 3)
	for burst := range 2 * r.Rounds {
		count := r.PacedTxs
		if burst%2 == 1 {
			count = r.Proofs
		}
		for range count {
			used[turn%3]++
			turn++
		}
	}
	for _, n := range used {
		require.LessOrEqual(t, n, r.subjectsOfProofs()/3*questionsEach)
	}
}
