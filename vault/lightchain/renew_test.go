package lightchain_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	ctypes "github.com/cometbft/cometbft/rpc/core/types"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/lightchain"
	"github.com/creditd/creditd/x/credit/types"
)

// loan is a tradeline of a subject, at the version that it has.
type loan struct {
	subject, id types.ID
	version     uint32
}

// many tradelines of many subjects.
func many(n *node) (loans []loan) {
	for s := range 20 {
		for i := range 10 {
			of := loan{id("subject", s), id("loan", i), 1}
			loans = append(loans, of)
			n.tradeline(of.subject, of.id, of.version)
		}
	}
	n.settle()
	return loans
}

func requireVersions(t *testing.T, c *lightchain.Chain, loans []loan) {
	t.Helper()
	for _, of := range loans {
		tradeline, err := c.Tradeline(t.Context(), of.subject, of.id)
		require.NoError(t, err)
		require.Equal(t, of.version, tradeline.Version)
	}
}

// What a block did not change is proven again with few questions, and what it changed is read anew: a random history of changed, added and
// unchanged entries is read as it is.
func TestEntriesAreRenewed(t *testing.T) {
	n := setup(t)
	loans := many(n)
	c := n.open(t)
	before := n.asked.Load()
	requireVersions(t, c, loans)
	require.Equal(t, before+int64(len(loans)), n.asked.Load())

	random := rand.New(rand.NewPCG(1, 2)) // the same history each time
	for block := range 20 {
		changed := 1
		for i := range loans {
			if random.IntN(len(loans)) == 0 {
				of := &loans[i]
				of.version++
				n.tradeline(of.subject, of.id, of.version)
				changed++
			}
		}
		added := loan{id("new", block), id("loan"), 7}
		n.tradeline(added.subject, added.id, added.version) // changes the shape of the tree
		n.consent(types.CONSENT_STATUS_LIVE)
		n.settle()
		before := n.asked.Load()
		requireVersions(t, c, loans)
		require.Less(t, n.asked.Load()-before, int64(20+10*changed), "of %d entries", len(loans))
		loans = append(loans, added)
	}
}

// Entries of a store that no block touched are proven by one question.
func TestStoreThatDidNotChange(t *testing.T) {
	n := setup(t)
	c := n.open(t)
	for i := range 4 {
		_, err := c.GetInstitution(t.Context(), n.Operator(i).String())
		require.NoError(t, err)
	}
	n.consent(types.CONSENT_STATUS_WITHDRAWN)
	n.settle()
	before := n.asked.Load()
	for i := range 4 {
		view, err := c.GetInstitution(t.Context(), n.Operator(i).String())
		require.NoError(t, err)
		require.Equal(t, fmt.Sprintf("Bank %d", i), view.Institution.Name)
	}
	// The three that have no vault are proven anew to have none.
	require.LessOrEqual(t, n.asked.Load()-before, int64(1+3))
}

// An entry that was proven before is not taken from memory when the node cannot prove what is there now.
func TestNothingIsRenewedUnproven(t *testing.T) {
	n := setup(t)
	loans := many(n)
	c := n.open(t)
	requireVersions(t, c, loans)
	n.consent(types.CONSENT_STATUS_WITHDRAWN)
	n.settle()
	n.answer = func(_ []byte, r *ctypes.ResultABCIQuery) { r.Response.ProofOps.Ops[0].Data[40] ^= 1 }
	for _, of := range loans {
		_, err := c.Tradeline(t.Context(), of.subject, of.id)
		require.ErrorIs(t, err, lightchain.ErrUnproven)
	}
	n.answer = nil
	requireVersions(t, c, loans)
	_, err := c.Tradeline(t.Context(), ben, id("none"))
	require.ErrorIs(t, err, client.ErrNotFound)
}
