package predicate

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/plonk"
	"github.com/creditd/creditd/privacy/predicate"
	"github.com/creditd/creditd/x/attestation/commitment"
)

// damageText damages JSON: bytes, pieces moved, cut or doubled, nesting, huge numbers.
func damageText(r *rand.Rand, i int, good []byte) []byte {
	bz := bytes.Clone(good)
	at, n := r.IntN(len(bz)), 1+r.IntN(8)
	end := min(at+n, len(bz))
	switch i % 8 {
	case 0:
		bz[at] ^= 1 << r.IntN(8)
	case 1:
		return bz[:at]
	case 2:
		return append(bz, bz[at:]...)
	case 3:
		return append(bz[:at:at], bz[end:]...)
	case 4:
		return append(append(bz[:at:at], bytes.Repeat([]byte{"[{\"\\"[r.IntN(4)]}, 1+r.IntN(200))...), bz[at:]...)
	case 5:
		return append(append(bz[:at:at], "99999999999999999999999"...), bz[at:]...)
	case 6:
		copy(bz[at:end], bytes.Repeat([]byte{'f'}, n))
	default:
		bz[at] = byte(r.IntN(256))
	}
	return bz
}

func vectorKey(tb testing.TB) *plonk.VerifyingKey {
	tb.Helper()
	bz, err := os.ReadFile("../privacy/plonk/testdata/vectors.json")
	require.NoError(tb, err)
	var v struct {
		Key string `json:"key"`
	}
	require.NoError(tb, json.Unmarshal(bz, &v))
	raw, err := hex.DecodeString(v.Key)
	require.NoError(tb, err)
	key, err := plonk.ParseVerifyingKey(raw)
	require.NoError(tb, err)
	return key
}

// savedFile is a file of a statement of the circuit of the vectors with a proof that nobody made.
func savedFile(tb testing.TB) ([]byte, *plonk.VerifyingKey) {
	tb.Helper()
	key := vectorKey(tb)
	circuit, err := predicate.ParseCircuit("range-6")
	require.NoError(tb, err)
	s := predicate.Statement{
		ChainID: "test-1", Circuit: circuit, Schema: [32]byte{1}, Subject: [32]byte{2}, Commitments: [][32]byte{{3}},
		Terms:   predicate.Terms{Field: 1, Lower: 650, Upper: 850},
		Inquiry: bytes.Repeat([]byte{4}, 32), Verifier: bytes.Repeat([]byte{5}, 20), Expiry: 1_800_000_000,
	}
	bz, err := json.Marshal(Save(s, nil, key, make([]byte, plonk.ProofSize)))
	require.NoError(tb, err)
	return bz, key
}

// readSaved does with a file what `creditd privacy verify` does.
func readSaved(bz []byte, key *plonk.VerifyingKey) error {
	saved, err := ParseSaved(bz)
	if err != nil {
		return err
	}
	return saved.Verify(key)
}

// 20,000 mutants of a file with a proof: none verifies, none panics.
func TestMutantsOfSaved(t *testing.T) {
	good, key := savedFile(t)
	_, err := ParseSaved(good)
	require.NoError(t, err)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 20_000 {
		require.Error(t, readSaved(damageText(r, i, good), key), "mutant %d", i)
	}
}

func recordFile() []byte {
	id := hex.EncodeToString(bytes.Repeat([]byte{7}, 32))
	return fmt.Appendf(nil, `{"lines":[{"attestation":%q,"values":{"balance":"600","sector":"4411"},"seed":%q},{"attestation":%q,"values":{"balance":"7"},"seed":%q}]}`, id, id, id, id)
}

// 20,000 mutants of a report: each is refused or gives records with an id, a seed and values, and no error quotes it.
func TestMutantsOfRecords(t *testing.T) {
	good := recordFile()
	_, err := ParseRecords(good)
	require.NoError(t, err)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 20_000 {
		checkRecords(t, damageText(r, i, good))
	}
}

func checkRecords(t *testing.T, bz []byte) {
	t.Helper()
	records, err := ParseRecords(bz)
	if err != nil {
		require.NotContains(t, err.Error(), "600")
		require.NotContains(t, err.Error(), "4411")
		return
	}
	require.NotEmpty(t, records)
	for _, record := range records {
		require.NotEmpty(t, record.Values)
		require.False(t, reflect.DeepEqual(record.Values, commitment.Record(nil)))
	}
}

func FuzzParseSaved(f *testing.F) {
	good, key := savedFile(f)
	f.Add(good)
	f.Add([]byte(`{"format":"creditd/proof/v1"}`))
	f.Fuzz(func(t *testing.T, bz []byte) {
		if readSaved(bz, key) == nil {
			t.Fatal("a proof that nobody made")
		}
	})
}

func FuzzParseRecords(f *testing.F) {
	f.Add(recordFile())
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, bz []byte) {
		if records, err := ParseRecords(bz); err == nil && len(records) == 0 {
			t.Fatal("no records and no error")
		}
	})
}
