package psi

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/oprf"
)

var update = flag.Bool("update", false, "write testdata/interop.json anew")

// interop is what another implementation recomputes (clients/interop/pseudonym).
type interop struct {
	Secret     string   `json:"secret"`
	Session    string   `json:"session"`
	Seed       string   `json:"seed"`
	Kind       byte     `json:"kind"`
	Epoch      uint64   `json:"epoch"`
	Items      []string `json:"items"` // identity numbers, and the client's items
	Server     []string `json:"server_items"`
	Public     string   `json:"public"`
	Pseudonyms []string `json:"pseudonyms"`
	Blinded    []string `json:"blinded"`
	Root       string   `json:"root"`
	Request    string   `json:"request_hash"`
	Evaluated  []string `json:"evaluated"`
	Proof      string   `json:"proof"`
	Tags       []string `json:"tags"`
	SizeTags   []string `json:"size_tags"`
	Matches    []int    `json:"matches"`
	Transcript string   `json:"transcript"`
}

// TestVectorsForOthers keeps the formats as they are: the file changes in an upgrade only.
func TestVectorsForOthers(t *testing.T) {
	const path = "testdata/interop.json"
	var old interop
	if !*update {
		file, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(file, &old))
	}
	fresh := makeInterop(t, old)
	if *update {
		file, err := json.MarshalIndent(fresh, "", " ")
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, append(file, '\n'), 0o644))
		return
	}
	require.Equal(t, old, fresh)
}

// makeInterop computes all of it; the proof, which is random, is that of the file, if it holds.
func makeInterop(t *testing.T, old interop) interop {
	t.Helper()
	secret, session := [32]byte{1, 2, 3, 4}, Session{ID: [32]byte{5, 6}}
	v := interop{Seed: hex.EncodeToString(make([]byte, 32)), Kind: 2, Epoch: 3, Items: []string{"A1", "B2", "C3"}, Server: []string{"C3", "D4", "B2"}}
	v.Secret, v.Session = hex.EncodeToString(secret[:]), hex.EncodeToString(session.ID[:])
	key, err := oprf.NewKey(secret)
	require.NoError(t, err)
	public := key.Public()
	v.Public = hex.EncodeToString(public[:])
	for _, identity := range v.Items {
		output, err := key.Output(oprf.PseudonymInput(v.Kind, identity))
		require.NoError(t, err)
		pseudonym := oprf.Pseudonym(v.Epoch, output)
		v.Pseudonyms = append(v.Pseudonyms, hex.EncodeToString(pseudonym[:]))
	}
	client, err := NewClient(session, [32]byte{}, texts(v.Items))
	require.NoError(t, err)
	server, err := NewServer(session, key, texts(v.Server))
	require.NoError(t, err)
	answer, err := server.Evaluate(client.Commitment(), client.Blinded())
	require.NoError(t, err)
	root, request := client.Commitment().Root, oprf.RequestHash(client.Blinded())
	v.Root, v.Request = hex.EncodeToString(root[:]), hex.EncodeToString(request[:])
	for i := range answer.Evaluated {
		blinded := client.Blinded()[i]
		v.Blinded = append(v.Blinded, hex.EncodeToString(blinded[:]))
		v.Evaluated = append(v.Evaluated, hex.EncodeToString(answer.Evaluated[i][:]))
	}
	v.Proof = hex.EncodeToString(answer.Proofs[0][:])
	if kept, err := hex.DecodeString(old.Proof); err == nil && len(kept) == oprf.ProofSize {
		require.NoError(t, oprf.Verify(public, client.Blinded(), answer.Evaluated, []oprf.Proof{oprf.Proof(kept)}))
		v.Proof = old.Proof
	}
	alike, err := NewServer(Session{ID: session.ID, SizeOnly: true}, key, texts(v.Server))
	require.NoError(t, err)
	for i := range server.Tags() {
		v.Tags = append(v.Tags, hex.EncodeToString(server.Tags()[i][:]))
		v.SizeTags = append(v.SizeTags, hex.EncodeToString(alike.Tags()[i][:]))
	}
	v.Matches, err = client.Intersect(answer)
	require.NoError(t, err)
	transcript := session.Transcript(client.Commitment(), answer)
	v.Transcript = hex.EncodeToString(transcript[:])
	return v
}

func texts(all []string) [][]byte {
	items := make([][]byte, len(all))
	for i, text := range all {
		items[i] = []byte(text)
	}
	return items
}
