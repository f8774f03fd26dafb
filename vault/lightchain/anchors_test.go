package lightchain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/vault/lightchain"
	"github.com/creditd/creditd/vault/logbook"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
)

var _ logbook.Chain = (*lightchain.Chain)(nil)

// The anchors of one issuer under one schema, all of them and no others.
func TestAnchors(t *testing.T) {
	n := setup(t)
	mine, other := id("schema"), id("other schema")
	for i, each := range []struct {
		operator int
		schema   attestationtypes.ID
	}{{0, mine}, {0, other}, {0, mine}, {1, mine}} {
		anchor := attestationtypes.ContainerID(id("anchor", i).Bytes()[:attestationtypes.ContainerIDSize])
		listed := append(attestationtypes.AnchorsOfIssuerStateKey(n.Operator(each.operator)), anchor[:]...)
		n.Write(attestationtypes.StoreKey, listed, &attestationtypes.Anchor{Size_: 1}) // what is there is not looked at
		n.Write(attestationtypes.StoreKey, attestationtypes.AnchorStateKey(anchor), &attestationtypes.Anchor{SchemaId: each.schema.Bytes(), Size_: uint32(i + 1)})
	}
	n.Write(attestationtypes.StoreKey, attestationtypes.SchemaStateKey(mine), &attestationtypes.Schema{Name: "vault.access_log"})
	n.settle()
	c := n.open(t)
	found, err := c.Anchors(t.Context(), n.Operator(0).String(), mine)
	require.NoError(t, err)
	sizes := map[uint32]string{}
	for i := range found {
		sizes[found[i].Size_] = string(found[i].Id)
	}
	require.Equal(t, map[uint32]string{
		1: string(id("anchor", 0).Bytes()[:attestationtypes.ContainerIDSize]), 3: string(id("anchor", 2).Bytes()[:attestationtypes.ContainerIDSize]),
	}, sizes)
	none, err := c.Anchors(t.Context(), n.Operator(2).String(), mine)
	require.NoError(t, err)
	require.Empty(t, none)
	for schema, want := range map[attestationtypes.ID]bool{mine: true, other: false} {
		known, err := c.HasSchema(t.Context(), schema)
		require.NoError(t, err)
		require.Equal(t, want, known)
	}
}
