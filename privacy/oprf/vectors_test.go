package oprf

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/cloudflare/circl/group"
	circl "github.com/cloudflare/circl/oprf"
	"github.com/cloudflare/circl/zk/dleq"
	"github.com/stretchr/testify/require"
)

// vectors of RFC 9497, appendix A.1.2.
type vectors struct {
	SecretKey string `json:"secret_key"`
	PublicKey string `json:"public_key"`
	Vectors   []struct {
		Inputs      []string `json:"inputs"`
		Blinds      []string `json:"blinds"`
		Blinded     []string `json:"blinded"`
		Evaluated   []string `json:"evaluated"`
		Proof       string   `json:"proof"`
		ProofRandom string   `json:"proof_random"`
		Outputs     []string `json:"outputs"`
	} `json:"vectors"`
}

func readVectors(t *testing.T) vectors {
	t.Helper()
	file, err := os.ReadFile("testdata/rfc9497.json")
	require.NoError(t, err)
	var v vectors
	require.NoError(t, json.Unmarshal(file, &v))
	require.Len(t, v.Vectors, 3)
	return v
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	bz, err := hex.DecodeString(text)
	require.NoError(t, err)
	return bz
}

func unhexElements(t *testing.T, texts []string) []Element {
	t.Helper()
	all := make([]Element, len(texts))
	for i, text := range texts {
		all[i] = Element(unhex(t, text))
	}
	return all
}

// withBlinds makes the client of a vector.
func withBlinds(t *testing.T, inputs, blinds []string) *Client {
	t.Helper()
	in := make([][]byte, len(inputs))
	for i := range inputs {
		in[i] = unhex(t, inputs[i])
	}
	c, err := blind(in, func(i int) group.Scalar {
		scalar, err := decodeScalar([32]byte(unhex(t, blinds[i])))
		require.NoError(t, err)
		return scalar
	})
	require.NoError(t, err)
	return c
}

func TestVectorsOfTheRFC(t *testing.T) {
	v := readVectors(t)
	key, err := NewKey([32]byte(unhex(t, v.SecretKey)))
	require.NoError(t, err)
	require.Equal(t, Element(unhex(t, v.PublicKey)), key.Public())
	for _, vector := range v.Vectors {
		client := withBlinds(t, vector.Inputs, vector.Blinds)
		require.Equal(t, unhexElements(t, vector.Blinded), client.Blinded())
		evaluated, proofs, err := key.Evaluate(client.Blinded())
		require.NoError(t, err)
		require.Equal(t, unhexElements(t, vector.Evaluated), evaluated)
		require.NoError(t, Verify(key.Public(), client.Blinded(), evaluated, proofs))
		// The proof of the RFC, which has fixed randomness, is taken, and made.
		require.NoError(t, Verify(key.Public(), client.Blinded(), evaluated, []Proof{Proof(unhex(t, vector.Proof))}))
		require.Equal(t, Proof(unhex(t, vector.Proof)), proveWith(t, key, client.Blinded(), evaluated, unhex(t, vector.ProofRandom)))
		outputs, err := client.Finalize(evaluated)
		require.NoError(t, err)
		for i, output := range outputs {
			require.Equal(t, vector.Outputs[i], hex.EncodeToString(output[:]))
			direct, err := key.Output(client.inputs[i])
			require.NoError(t, err)
			require.Equal(t, output, direct)
		}
	}
}

func proveWith(t *testing.T, key *Key, blinded, evaluated []Element, random []byte) Proof {
	t.Helper()
	from, err := decodeElements(blinded)
	require.NoError(t, err)
	to, err := decodeElements(evaluated)
	require.NoError(t, err)
	r := ristretto.NewScalar()
	require.NoError(t, r.UnmarshalBinary(random))
	proof, err := dleq.Prover{Params: proofParams}.ProveBatchWithRandomnessRFC9497(key.secret, key.public, from, to, r)
	require.NoError(t, err)
	encoded, err := encodeProof(proof)
	require.NoError(t, err)
	return encoded
}

// The key of the RFC's vectors is split 3 of 5: every three shares give the outputs of the RFC.
func TestSharesGiveTheOutputsOfTheRFC(t *testing.T) {
	v := readVectors(t)
	quorum, shares := split(t, [32]byte(unhex(t, v.SecretKey)), 3, 5)
	require.Equal(t, Element(unhex(t, v.PublicKey)), quorum.Public)
	for _, vector := range v.Vectors {
		client := withBlinds(t, vector.Inputs, vector.Blinds)
		for a := uint32(1); a <= 5; a++ {
			for b := a + 1; b <= 5; b++ {
				for c := b + 1; c <= 5; c++ {
					evaluated, wrong, err := quorum.Combine(client.Blinded(), answers(t, shares, client.Blinded(), c, a, b))
					require.NoError(t, err)
					require.Empty(t, wrong)
					require.Equal(t, unhexElements(t, vector.Evaluated), evaluated)
					outputs, err := client.Finalize(evaluated)
					require.NoError(t, err)
					for i := range outputs {
						require.Equal(t, vector.Outputs[i], hex.EncodeToString(outputs[i][:]))
					}
				}
			}
		}
	}
}

// An implementation of the whole RFC that is not ours agrees on random inputs.
func TestAgreesWithCircl(t *testing.T) {
	key := GenerateKey()
	var private circl.PrivateKey
	secret := key.Secret()
	require.NoError(t, private.UnmarshalBinary(circl.SuiteRistretto255, secret[:]))
	inputs := [][]byte{[]byte("a"), {}, []byte("another input")}
	client := circl.NewVerifiableClient(circl.SuiteRistretto255, private.Public())
	finalize, request, err := client.Blind(inputs)
	require.NoError(t, err)
	blinded := make([]Element, len(inputs))
	for i := range blinded {
		blinded[i] = encodeElement(request.Elements[i])
	}
	evaluated, proofs, err := key.Evaluate(blinded)
	require.NoError(t, err)
	points, err := decodeElements(evaluated)
	require.NoError(t, err)
	proof, err := decodeProof(proofs[0])
	require.NoError(t, err)
	theirs, err := client.Finalize(finalize, &circl.Evaluation{Elements: points, Proof: proof})
	require.NoError(t, err)
	ours, err := Blind(inputs)
	require.NoError(t, err)
	evaluated, _, err = key.Evaluate(ours.Blinded())
	require.NoError(t, err)
	outputs, err := ours.Finalize(evaluated)
	require.NoError(t, err)
	for i := range outputs {
		require.Equal(t, theirs[i], outputs[i][:])
	}
}
