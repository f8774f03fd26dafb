package threshold_test

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/gtank/ristretto255"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/threshold"
	"github.com/creditd/creditd/privacy/transcript"
)

var update = flag.Bool("update", false, "write the vectors anew")

const vectorFile = "testdata/vectors.json"

// vectors are what clients/interop/threshold checks in another language. Their secrets are made up.
type vectors struct {
	Lagrange struct {
		Indices []uint32 `json:"indices"`
		Factors []string `json:"factors"`
	} `json:"lagrange"`
	DLEQ struct {
		Domain string `json:"domain"`
		Public string `json:"public"`
		Base   string `json:"base"`
		Value  string `json:"value"`
		Proof  string `json:"proof"`
	} `json:"dleq"`
	Context    string      `json:"context"`
	Threshold  int         `json:"threshold"`
	Recipients []recipient `json:"recipients"`
	Dealer     uint32      `json:"dealer"`
	Dealing    string      `json:"dealing"`
	// Misdealing is the same with a wrong share for Victim, who complains.
	Misdealing string `json:"misdealing"`
	Victim     uint32 `json:"victim"`
	Common     string `json:"common"`
	Complaint  string `json:"complaint"`
}

type recipient struct {
	Index  uint32 `json:"index"`
	Secret string `json:"secret"`
	Key    string `json:"key"`
	Share  string `json:"share"`
}

func makeVectors(t *testing.T) vectors {
	t.Helper()
	var v vectors
	v.Lagrange.Indices = []uint32{1, 3, 4, 8}
	factors, err := threshold.Lagrange(v.Lagrange.Indices)
	require.NoError(t, err)
	for _, f := range factors {
		v.Lagrange.Factors = append(v.Lagrange.Factors, hex.EncodeToString(f.Bytes()))
	}
	secret, point := known("secret", 0), base(known("point", 0))
	proof, err := threshold.ProveDLEQ(rand.Reader, transcript.New("creditd/test/v1"), secret, point)
	require.NoError(t, err)
	v.DLEQ.Domain, v.DLEQ.Public, v.DLEQ.Base = "creditd/test/v1", hex.EncodeToString(base(secret).Bytes()), hex.EncodeToString(point.Bytes())
	v.DLEQ.Value, v.DLEQ.Proof = hex.EncodeToString(ristretto255.NewIdentityElement().ScalarMult(secret, point).Bytes()), hex.EncodeToString(proof)

	s := sharing(4, 3)
	v.Context, v.Threshold, v.Dealer, v.Victim = hex.EncodeToString(s.Context), s.Threshold, 2, 3
	content, err := threshold.Deal(rand.Reader, s, v.Dealer, [32]byte{5}, nil)
	require.NoError(t, err)
	v.Dealing = hex.EncodeToString(content)
	d, err := threshold.VerifyDealing(s, v.Dealer, content)
	require.NoError(t, err)
	for i, r := range s.Recipients {
		share, err := threshold.Open(s, v.Dealer, d, r.Index, known("transport", i))
		require.NoError(t, err)
		v.Recipients = append(v.Recipients, recipient{
			r.Index, hex.EncodeToString(known("transport", i).Bytes()), hex.EncodeToString(r.Key.Bytes()), hex.EncodeToString(share.Bytes()),
		})
	}
	wrong, err := threshold.Misdeal(s, v.Dealer, [32]byte{5}, v.Victim)
	require.NoError(t, err)
	v.Misdealing = hex.EncodeToString(wrong)
	lie, err := threshold.VerifyDealing(s, v.Dealer, wrong)
	require.NoError(t, err)
	common, complaint, err := threshold.Complain(rand.Reader, s, v.Dealer, lie, v.Victim, known("transport", int(v.Victim)-1))
	require.NoError(t, err)
	v.Common, v.Complaint = hex.EncodeToString(common), hex.EncodeToString(complaint)
	return v
}

// The stored vectors, whose proofs have nonces of their own, hold; everything in them that is no proof comes out the same.
func TestVectors(t *testing.T) {
	made := makeVectors(t)
	if *update {
		out, err := json.MarshalIndent(made, "", "  ")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(vectorFile, append(out, '\n'), 0o644))
	}
	bz, err := os.ReadFile(vectorFile)
	require.NoError(t, err)
	var v vectors
	require.NoError(t, json.Unmarshal(bz, &v))
	unhex := func(digits string) []byte {
		out, err := hex.DecodeString(digits)
		require.NoError(t, err)
		return out
	}
	point := func(digits string) *ristretto255.Element {
		p, err := threshold.ParsePoint(unhex(digits))
		require.NoError(t, err)
		return p
	}
	require.Equal(t, made.Lagrange, v.Lagrange)
	require.Equal(t, made.Recipients, v.Recipients)
	signed := len(v.Dealing) - 2*96
	require.Equal(t, made.Dealing[:signed], v.Dealing[:signed], "a change of format gets new domains; then run this test with -update")
	require.NoError(t, threshold.VerifyDLEQ(transcript.New(v.DLEQ.Domain), point(v.DLEQ.Public), point(v.DLEQ.Base), point(v.DLEQ.Value), unhex(v.DLEQ.Proof)))
	s := sharing(4, 3)
	_, err = threshold.VerifyDealing(s, v.Dealer, unhex(v.Dealing))
	require.NoError(t, err)
	lie, err := threshold.VerifyDealing(s, v.Dealer, unhex(v.Misdealing))
	require.NoError(t, err)
	wrong, err := threshold.Judge(s, v.Dealer, lie, v.Victim, unhex(v.Common), unhex(v.Complaint))
	require.NoError(t, err)
	require.True(t, wrong)
}
