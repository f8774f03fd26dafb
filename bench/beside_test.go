package bench

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// Of every item there is a proof that leads to the root that is anchored, or the round fails.
func TestAnchorProofs(t *testing.T) {
	m, err := newMaker("chain", nil, 1)
	require.NoError(t, err)
	issuer := make(sdk.AccAddress, 20)
	tree, err := writeTree(filepath.Join(t.TempDir(), "tree"), issuer, m.statementLines(1000))
	require.NoError(t, err)
	defer func() { require.NoError(t, tree.Close()) }()
	proofs := new(lastLine)
	require.NoError(t, tree.Proofs(proofs, func(int) {}))
	require.NoError(t, proofs.check(tree))

	other, err := writeTree(filepath.Join(t.TempDir(), "tree"), issuer, m.statementLines(1000))
	require.NoError(t, err)
	defer func() { require.NoError(t, other.Close()) }()
	require.Error(t, proofs.check(other))
	proofs.lines--
	require.ErrorContains(t, proofs.check(tree), "999 proofs")
}

// Without PostgreSQL the message says what to do.
func TestPostgresMissing(t *testing.T) {
	p := &postgres{bin: t.TempDir(), rows: 1}
	err := p.open(t.Context())
	require.ErrorContains(t, err, "install PostgreSQL")
	require.ErrorContains(t, err, "--postgres-bin")
	require.NoError(t, p.close())
}
