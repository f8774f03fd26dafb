package anchor_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/anchor"
	"github.com/creditd/creditd/x/attestation/types"
)

// FuzzParseStatement looks for what is read and is not JSON, or is not written again as what was read.
func FuzzParseStatement(f *testing.F) {
	for _, s := range made(12) {
		f.Add(anchor.AppendStatement(nil, s))
	}
	f.Add([]byte(`{ "commitment":"` + "00" + `" , "amount_commitments" : [ ] }`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := anchor.ParseStatement(data)
		if err != nil {
			return
		}
		require.True(t, json.Valid(data))
		text := anchor.AppendStatement(nil, s)
		require.LessOrEqual(t, len(text), anchor.MaxStatementBytes)
		again, err := anchor.ParseStatement(text)
		require.NoError(t, err)
		require.Equal(t, text, anchor.AppendStatement(nil, again))
		if s.CheckSizes() == nil {
			require.Equal(t, s.Digest(), again.Digest())
		}
	})
}

// FuzzParseProof looks for the same, and for a proof to the root of a tree that the tree does not have.
func FuzzParseProof(f *testing.F) {
	tree, err := anchor.Build(made(12))
	require.NoError(f, err)
	known := map[types.ID]string{}
	for i := range tree.Size() {
		proof := tree.Proof(types.ContainerID{1}, i)
		f.Add(proof.AppendJSON(nil))
		known[proof.ID()] = string(proof.AppendJSON(nil))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		proof, err := anchor.ParseProof(data)
		if err != nil {
			return
		}
		require.True(t, json.Valid(data))
		text := proof.AppendJSON(nil)
		require.LessOrEqual(t, len(text), anchor.MaxProofBytes)
		again, err := anchor.ParseProof(text)
		require.NoError(t, err)
		require.Equal(t, text, again.AppendJSON(nil))
		if proof.Verify(tree.Root(), tree.Size()) == nil {
			proof.AnchorID = types.ContainerID{1} // which the tree does not bind, the chain does
			require.Equal(t, known[proof.ID()], string(proof.AppendJSON(nil)))
		}
	})
}
