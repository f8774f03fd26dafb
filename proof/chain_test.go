package proof_test

import (
	"testing"

	"github.com/creditd/creditd/proof/prooftest"
)

// chain is that of prooftest, with what the tests here do on it.
type chain struct{ *prooftest.Chain }

func newChain(tb testing.TB, n int) *chain {
	tb.Helper()
	return &chain{prooftest.New(tb, n)}
}
