package exposure_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/gtank/ristretto255"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/exposure"
)

var update = flag.Bool("update", false, "write the vectors anew")

const vectorsFile = "testdata/vectors.json"

// vector is a round of three members, two of which open. clients/interop verifies every proof in it.
type vector struct {
	ChainID  string    `json:"chain_id"`
	Round    string    `json:"round"`
	Kind     int       `json:"kind"`
	Scope    string    `json:"scope"`
	Cohort   string    `json:"cohort"`
	Epoch    int       `json:"epoch"`
	Key      string    `json:"key"`
	Asker    string    `json:"asker"`
	AskerKey string    `json:"asker_key"`
	Secret   string    `json:"asker_secret"`
	Expiry   int       `json:"expiry"`
	Members  []vMember `json:"members"`
	Sum      string    `json:"sum"`
	Result   string    `json:"result"`
	Total    int       `json:"total"`
}

type vMember struct {
	Address     string `json:"address"`
	Index       int    `json:"index"`
	PublicShare string `json:"public_share"`
	Attested    string `json:"attested"`
	Submission  string `json:"submission"`
	Share       string `json:"share,omitempty"`
}

// makeVectors is a round of each kind, always the same.
func makeVectors(t *testing.T) []vector {
	t.Helper()
	h := hex.EncodeToString
	var list []vector
	for kind := exposure.Exposure; kind <= exposure.Sector; kind++ {
		random := rand.NewChaCha8([32]byte{byte(kind)})
		newScalar := func() *ristretto255.Scalar {
			key, err := exposure.NewKey(random)
			require.NoError(t, err)
			bz := key.Bytes()
			s, err := ristretto255.NewScalar().SetCanonicalBytes(bz[:])
			require.NoError(t, err)
			return s
		}
		key, slope := newScalar(), newScalar()
		asker, err := exposure.NewKey(random)
		require.NoError(t, err)
		round := exposure.Round{
			ChainID: "creditd-vectors-1", ID: [32]byte{1, byte(kind)}, Kind: kind, Scope: [32]byte{2}, Cohort: [32]byte{3}, Epoch: 4,
			Asker: []byte("asker of the vectors"), AskerKey: asker.Public(), Expiry: 1_800_000_000_000_000_000,
		}
		copy(round.Key[:], ristretto255.NewIdentityElement().ScalarBaseMult(key).Bytes())
		secret := asker.Bytes()
		v := vector{
			ChainID: round.ChainID, Round: h(round.ID[:]), Kind: int(kind), Scope: h(round.Scope[:]), Cohort: h(round.Cohort[:]), Epoch: 4,
			Key: h(round.Key[:]), Asker: h(round.Asker), AskerKey: h(round.AskerKey[:]), Secret: h(secret[:]), Expiry: int(round.Expiry),
		}
		sum := exposure.Empty()
		var secrets []*ristretto255.Scalar
		for i := range 3 {
			share := ristretto255.NewScalar().Add(key, ristretto255.NewScalar().Multiply(slope, number(uint64(i+1))))
			secrets = append(secrets, share)
			value := uint64(i % 2)
			var p []byte
			var blinding commit.Blinding
			if kind == exposure.Exposure {
				value = uint64(i) * 1_000_000_007
				if value == 0 {
					p = make([]byte, 32)
				} else {
					var opening exposure.Opening
					p, opening = attested(i, value)
					blinding = opening.Blinding
				}
			}
			submission, err := exposure.Submit(random, round, member(i), p, exposure.Opening{Value: value, Blinding: blinding})
			require.NoError(t, err)
			ciphertext, err := exposure.Verify(round, member(i), p, submission)
			require.NoError(t, err)
			sum, err = exposure.Add(sum[:], ciphertext[:])
			require.NoError(t, err)
			v.Total += int(value)
			v.Members = append(v.Members, vMember{
				Address: h(member(i)), Index: i + 1, PublicShare: h(ristretto255.NewIdentityElement().ScalarBaseMult(share).Bytes()),
				Attested: h(p), Submission: h(submission),
			})
		}
		var given []exposure.Given
		for _, i := range []int{0, 2} {
			share, err := exposure.GiveShare(random, round, member(i), sum[:], secrets[i])
			require.NoError(t, err)
			given = append(given, exposure.Given{Index: uint32(i + 1), Share: share})
			v.Members[i].Share = h(share)
		}
		result, err := exposure.Combine(sum[:], given)
		require.NoError(t, err)
		v.Sum, v.Result = h(sum[:]), h(result[:])
		list = append(list, v)
	}
	return list
}

func TestVectors(t *testing.T) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetIndent("", "  ")
	require.NoError(t, encoder.Encode(makeVectors(t)))
	if *update {
		require.NoError(t, os.WriteFile(vectorsFile, out.Bytes(), 0o600))
	}
	stored, err := os.ReadFile(vectorsFile)
	require.NoError(t, err)
	require.Equal(t, string(stored), out.String(), "a change of format gets new domains; then run this test with -update")
}
