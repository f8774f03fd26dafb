package commitment

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOpeningsAreTheCommitment(t *testing.T) {
	for _, v := range computeVectors(t).Commitments {
		openings, err := Openings(v.layout(), v.Record, Seed(v.Seed))
		require.NoError(t, err, v.Name)
		leaves := make([][32]byte, len(openings))
		for i, opening := range openings {
			require.Equal(t, v.Leaves[i].Hash, opening.Leaf, v.Name)
			require.Equal(t, v.Leaves[i].Salt, opening.Salt, v.Name)
			leaves[i] = opening.Leaf
		}
		got, err := FromLeaves(v.SchemaID, leaves)
		require.NoError(t, err, v.Name)
		require.Equal(t, v.Commitment, Hash(got), v.Name)
	}
}

func TestOpeningsRefuse(t *testing.T) {
	layout, _ := every()
	_, err := Openings(layout, Record{"count": "01"}, Seed{})
	require.ErrorContains(t, err, `field "count": not a canonical decimal`)
	for _, n := range []int{0, MaxFields + 1} {
		_, err := FromLeaves(Hash{}, make([][32]byte, n))
		require.ErrorContains(t, err, "1 to 64 leaves")
	}
}
