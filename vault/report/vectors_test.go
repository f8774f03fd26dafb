package report

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/proof/prooftest"
	"github.com/creditd/creditd/vault/types"
)

const vectorsFile = "testdata/vectors.json"

var writeVectors = flag.Bool("write-vectors", false, "write "+vectorsFile+" anew, of new salts, before it is checked")

// vector is a file with what its check gives, for programs in other languages (clients/ts). All of it is made up.
type vector struct {
	Name string `json:"name"`
	File string `json:"file,omitempty"` // without the line feed at its end
	// Without a file: that of another vector, of which Cut bytes from At on are replaced by Put.
	Of  string `json:"of,omitempty"`
	At  int    `json:"at,omitempty"`
	Cut int    `json:"cut,omitempty"`
	Put string `json:"put,omitempty"`

	TrustedHeight int64           `json:"trusted_height"`
	TrustedHash   string          `json:"trusted_hash"`
	Now           time.Time       `json:"now"`
	Report        json.RawMessage `json:"report,omitempty"` // without one, the file is refused
}

// vectors collects them.
type vectors struct {
	tb  testing.TB
	all []vector
}

// add a file, and what its check gives.
func (v *vectors) add(name string, encoded []byte, trusted proof.Trusted, now time.Time) {
	v.tb.Helper()
	entry := vector{
		Name: name, File: string(bytes.TrimSuffix(encoded, []byte("\n"))), TrustedHeight: trusted.Height, TrustedHash: hex.EncodeToString(trusted.Hash[:]), Now: now,
	}
	r, err := VerifyProofs(encoded, trusted, proof.Options{Now: now})
	if err == nil {
		entry.Report, err = json.Marshal(r)
		require.NoError(v.tb, err)
	}
	v.all = append(v.all, entry)
}

// altered adds the file of another vector as somebody changed it.
func (v *vectors) altered(of, name string, change func(encoded []byte) []byte) {
	v.tb.Helper()
	i := slices.IndexFunc(v.all, func(each vector) bool { return each.Name == of })
	base := v.all[i]
	was := []byte(base.File)
	is := bytes.TrimSuffix(change([]byte(base.File+"\n")), []byte("\n"))
	require.NotEqual(v.tb, was, is, name)
	v.add(name, append(bytes.Clone(is), '\n'), v.trusted(base), base.Now)
	entry := &v.all[len(v.all)-1]
	entry.Of, entry.File = of, ""
	for entry.At < min(len(was), len(is)) && was[entry.At] == is[entry.At] {
		entry.At++
	}
	end := 0
	for end < min(len(was), len(is))-entry.At && was[len(was)-1-end] == is[len(is)-1-end] {
		end++
	}
	entry.Cut, entry.Put = len(was)-end-entry.At, string(is[entry.At:len(is)-end])
}

// forged is altered on the file's parts.
func (v *vectors) forged(of, name string, change func(p *Proofs)) {
	v.tb.Helper()
	v.altered(of, name, func(encoded []byte) []byte {
		p, err := ParseProofs(encoded)
		require.NoError(v.tb, err)
		change(p)
		again, err := p.Encode()
		require.NoError(v.tb, err)
		return again
	})
}

// record changes one of the records.
func (v *vectors) record(of, name string, change func(r *types.Record)) {
	v.tb.Helper()
	v.forged(of, name, func(p *Proofs) {
		var record types.Record
		require.NoError(v.tb, record.Unmarshal(p.Records[0]))
		change(&record)
		encoded, err := record.Marshal()
		require.NoError(v.tb, err)
		p.Records[0] = encoded
	})
}

func (v *vectors) trusted(of vector) proof.Trusted {
	hash, err := id32("hash", of.TrustedHash)
	require.NoError(v.tb, err)
	return proof.Trusted{Height: of.TrustedHeight, Hash: hash}
}

// write them, one on a line.
func (v *vectors) write() {
	lines := make([][]byte, len(v.all))
	for i := range v.all {
		var err error
		lines[i], err = json.Marshal(v.all[i])
		require.NoError(v.tb, err)
	}
	require.NoError(v.tb, os.WriteFile(vectorsFile, slices.Concat([]byte("[\n"), bytes.Join(lines, []byte(",\n")), []byte("\n]\n")), 0o600))
}

// file of a vector, its line feed included.
func (v *vectors) file(of vector) []byte {
	if of.Of == "" {
		return []byte(of.File + "\n")
	}
	base := v.all[slices.IndexFunc(v.all, func(each vector) bool { return each.Name == of.Of })].File
	return []byte(base[:of.At] + of.Put + base[of.At+of.Cut:] + "\n")
}

// The committed vectors are what this program says of them; programs in other languages say the same.
func TestVectors(t *testing.T) {
	v := &vectors{tb: t}
	if *writeVectors {
		v.good()
		v.tampered()
		v.scenes()
		v.write()
		v.all = nil
	}
	encoded, err := os.ReadFile(vectorsFile)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(encoded, &v.all))
	said := map[Proof]bool{}
	for _, each := range v.all {
		r, err := VerifyProofs(v.file(each), v.trusted(each), proof.Options{Now: each.Now})
		if each.Report == nil {
			require.ErrorIs(t, err, proof.ErrInvalid, each.Name)
			continue
		}
		require.NoError(t, err, each.Name)
		found, err := json.Marshal(r)
		require.NoError(t, err)
		require.JSONEq(t, string(each.Report), string(found), "%s: if a change is meant: go test ./vault/report -run TestVectors -write-vectors", each.Name)
		for i := range r.Lines {
			said[r.Lines[i].Proof] = true
		}
	}
	for _, outcome := range []Proof{Verified, Disputed, Withheld, BadClock, Mismatch, IssuerNotLicensed, Superseded} {
		require.True(t, said[outcome], "no vector has a line that is %s", outcome)
	}
}

// good files, and the ways from a trusted header.
func (v *vectors) good() {
	s := newProvenScene(v.tb)
	r := s.look()
	encoded := s.prove(r, 0)
	start, err := s.parse(encoded).Start()
	require.NoError(v.tb, err)
	v.add("good", encoded, start, s.Now)
	v.add("another trusted hash", encoded, proof.Trusted{Height: start.Height, Hash: [32]byte{1}}, s.Now)
	v.add("another trusted height", encoded, s.Trusted(start.Height-1), s.Now)
	led := s.prove(r, 1)
	v.add("from an earlier header", led, s.Trusted(1), s.Now)
	v.add("from an earlier header, after the trusting period", led, s.Trusted(1), prooftest.GenesisTime.AddDate(0, 0, 15))
	v.add("from the future", encoded, start, prooftest.GenesisTime.Add(-time.Hour))
	s.Block()
	s.Block()
	p, err := Rebase(v.tb.Context(), s, encoded, s.Height())
	require.NoError(v.tb, err)
	above, err := p.Encode()
	require.NoError(v.tb, err)
	v.add("from a header above, years later", above, s.Trusted(s.Height()), s.Now.AddDate(10, 0, 0))
	for i := 2; i < len(v.all); i++ { // the same file twice would be in the vectors twice
		if of := slices.IndexFunc(v.all[:i], func(each vector) bool { return each.File == v.all[i].File }); of >= 0 {
			v.all[i].Of, v.all[i].File = v.all[of].Name, ""
		}
	}
	v.all[1].Of, v.all[1].File = v.all[0].Name, ""
}
