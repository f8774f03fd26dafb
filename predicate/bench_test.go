package predicate_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"

	"github.com/creditd/creditd/privacy/plonk"
)

// BenchmarkVerifyProof and BenchmarkVerifySignature are to be run together: a proof costs a block so many signature checks.
func BenchmarkVerifyProof(b *testing.B) {
	bz, err := os.ReadFile("../privacy/plonk/testdata/vectors.json")
	require.NoError(b, err)
	var file struct {
		Key   string
		Cases []struct {
			Proof  string
			Public []string
		}
	}
	require.NoError(b, json.Unmarshal(bz, &file))
	unhex := func(text string) []byte {
		bz, err := hex.DecodeString(text)
		require.NoError(b, err)
		return bz
	}
	vk, err := plonk.ParseVerifyingKey(unhex(file.Key))
	require.NoError(b, err)
	public := make([]plonk.Element, len(file.Cases[0].Public))
	for i, text := range file.Cases[0].Public {
		public[i].SetBytes(unhex(text))
	}
	proof := unhex(file.Cases[0].Proof)
	for b.Loop() {
		if err := plonk.Verify(vk, public, proof); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifySignature(b *testing.B) {
	key := secp256k1.GenPrivKey()
	msg := make([]byte, 300)
	signature, err := key.Sign(msg)
	require.NoError(b, err)
	public := key.PubKey()
	for b.Loop() {
		if !public.VerifySignature(msg, signature) {
			b.Fatal("refused")
		}
	}
}
