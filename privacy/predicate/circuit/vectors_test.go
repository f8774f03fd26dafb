//go:build unsafesetup

package circuit

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/plonk"
)

var update = flag.Bool("update", false, "make the vectors of package plonk anew")

const vectorsOfPlonk = "../../plonk/testdata/vectors.json"

// vectors of package plonk: proofs are made with fresh randomness, so the file is made once and then kept.
type vectors struct {
	Key   string       `json:"key"`
	Setup string       `json:"setup"`
	Cases []proofInput `json:"cases"`
}

type proofInput struct {
	Name   string   `json:"name"`
	Public []string `json:"public"`
	Proof  string   `json:"proof"`
	Holds  bool     `json:"holds"`
}

// TestVectors: the circuit still gives the key that the vectors of package plonk have, and a proof of today holds.
func TestVectors(t *testing.T) {
	s, w := scoreAbove(t, 700)
	p := prover(t, s.Circuit)
	key := p.VerifyingKey()
	if *update {
		writeVectors(t, p)
	}
	bz, err := os.ReadFile(vectorsOfPlonk)
	require.NoError(t, err)
	var v vectors
	require.NoError(t, json.Unmarshal(bz, &v))
	digest := key.Setup()
	require.Equal(t, v.Key, hex.EncodeToString(key.Bytes()), "the circuit changed: it needs another version, and `go test -tags unsafesetup -update`")
	require.Equal(t, v.Setup, hex.EncodeToString(digest[:]))
	proof, err := p.Prove(s, w)
	require.NoError(t, err)
	require.NoError(t, plonk.Verify(key, public(t, s), proof))
}

func writeVectors(t *testing.T, p *Prover) {
	t.Helper()
	key := p.VerifyingKey()
	digest := key.Setup()
	v := vectors{Key: hex.EncodeToString(key.Bytes()), Setup: hex.EncodeToString(digest[:])}
	add := func(name string, inputs []plonk.Element, proof []byte, holds bool) {
		c := proofInput{Name: name, Proof: hex.EncodeToString(proof), Holds: holds}
		for i := range inputs {
			bz := inputs[i].Bytes()
			c.Public = append(c.Public, hex.EncodeToString(bz[:]))
		}
		require.Equal(t, holds, plonk.Verify(key, inputs, proof) == nil, name)
		v.Cases = append(v.Cases, c)
	}
	s, w := scoreAbove(t, 700)
	proof, err := p.Prove(s, w)
	require.NoError(t, err)
	add("a true statement", public(t, s), proof, true)
	second, err := p.Prove(s, w)
	require.NoError(t, err)
	add("the same one proved again", public(t, s), second, true)
	other := s
	other.Inquiry = []byte("another")
	add("another inquiry", public(t, other), proof, false)
	for i := range plonk.ProofSize / 32 {
		mixed := append([]byte{}, proof...)
		copy(mixed[32*i:32*i+32], second[32*i:32*i+32])
		add("a part of another proof of the same statement", public(t, s), mixed, false)
	}
	out, err := json.MarshalIndent(v, "", "  ")
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Dir(vectorsOfPlonk), 0o755))
	require.NoError(t, os.WriteFile(vectorsOfPlonk, append(out, '\n'), 0o644))
}
