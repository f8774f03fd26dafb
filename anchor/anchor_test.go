package anchor_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/creditd/creditd/anchor"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/merkle"
	"github.com/creditd/creditd/x/attestation/types"
)

var about = anchor.About{SchemaID: types.ID{1}, Issuer: bytes.Repeat([]byte{2}, 20)}

// point is a canonical point of ristretto255, its generator (RFC 9496 s.A.1).
var point = []byte("\xe2\xf2\xae\x0a\x6a\xbc\x4e\x71\xa8\x84\xa9\x61\xc5\x00\x51\x5f\x58\xe3\x0b\x6a\xa5\x82\xdd\x8d\xb6\xa6\x59\x45\xe0\x8d\x2d\x76")

func hashOf(parts ...any) []byte {
	id := commitment.ID("test", fmt.Append(nil, parts...))
	return id[:]
}

// made returns n statements, some of which have times and references.
func made(n int) []types.Statement {
	list := make([]types.Statement, n)
	for i := range list {
		list[i] = types.Statement{Subject: hashOf("s", i), Commitment: hashOf("c", i)}
		if i%2 == 1 {
			from := time.Date(2027, 1, 1, 0, 0, i, i, time.UTC)
			list[i].ValidFrom = &from
		}
		if i%3 == 1 {
			to := time.Date(2028, 1, 1, 0, 0, i, 0, time.UTC)
			list[i].ExpiresAt = &to
		}
		if i%5 == 1 {
			list[i].Reference = hashOf("r", i)
		}
	}
	return list
}

func lines(statements []types.Statement) []byte {
	var b []byte
	for _, s := range statements {
		b = append(anchor.AppendStatement(b, s), '\n')
	}
	return b
}

func quiet(int) {}

func write(t testing.TB, statements []types.Statement) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tree")
	require.NoError(t, anchor.Write(path, about, bytes.NewReader(lines(statements)), quiet))
	return path
}

func open(t testing.TB, path string) *anchor.File {
	t.Helper()
	file, err := anchor.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, file.Close()) })
	return file
}

// The leaves are as docs/commitment-format.md has them, and the tree is RFC 9162's.
func TestBuild(t *testing.T) {
	statements := made(70)
	leaves := make([]anchor.Hash, len(statements))
	for i, s := range statements {
		digest := s.Digest()
		leaves[i] = merkle.HashLeaf(append([]byte("creditd/anchor/leaf/v1"), digest[:]...))
	}
	for n := 1; n <= len(statements); n++ {
		tree, err := anchor.Build(statements[:n])
		require.NoError(t, err)
		require.Equal(t, merkle.Root(leaves[:n]), tree.Root())
		require.Equal(t, uint32(n), tree.Size())
		for i := range uint32(n) {
			require.NoError(t, tree.Proof(types.ContainerID{1}, i).Verify(tree.Root(), uint32(n)))
			require.True(t, merkle.VerifyConsistency(uint64(i+1), uint64(n), merkle.Root(leaves[:i+1]), tree.Root(), tree.Consistency(i+1)))
		}
	}
}

func TestBuildRefuses(t *testing.T) {
	_, err := anchor.Build(nil)
	require.Error(t, err)
	_, err = anchor.Build(make([]types.Statement, anchor.MaxSize+1))
	require.ErrorContains(t, err, "1048577")
	for says, spoil := range map[string]func(*types.Statement){
		"subject":            func(s *types.Statement) { s.Subject = make([]byte, 32) },
		"commitment":         func(s *types.Statement) { s.Commitment = nil },
		"valid_from":         func(s *types.Statement) { s.ValidFrom = &time.Time{} },
		"reference":          func(s *types.Statement) { s.Reference = []byte{1} },
		"circuit_commitment": func(s *types.Statement) { s.CircuitCommitment = hashOf(1) },
		"amount_commitments": func(s *types.Statement) { s.AmountCommitments = [][]byte{point} },
	} {
		statements := made(7)
		spoil(&statements[5])
		_, err := anchor.Build(statements)
		require.ErrorContains(t, err, "statement 5")
		require.ErrorContains(t, err, says)
	}
	// Commitments of all, in an encoding that is not the one.
	statements := made(1)
	statements[0].AmountCommitments = [][]byte{bytes.Repeat([]byte{0xff}, 32)}
	_, err = anchor.Build(statements)
	require.ErrorContains(t, err, "amount_commitments 0")
	statements[0].AmountCommitments, statements[0].CircuitCommitment = nil, bytes.Repeat([]byte{0xff}, 32)
	_, err = anchor.Build(statements)
	require.ErrorContains(t, err, "circuit_commitment")
}

// What is in a file is what is in memory, over the size from which pieces and levels go to several cores.
func TestFile(t *testing.T) {
	for _, n := range []int{1, 2, 3, 1000, 20_011} {
		statements := made(n)
		for i := range statements {
			if n == 1000 {
				statements[i].CircuitCommitment = append([]byte{0}, hashOf(i)[1:]...)
				statements[i].AmountCommitments = [][]byte{point, point}
			}
		}
		tree, err := anchor.Build(statements)
		require.NoError(t, err)
		file := open(t, write(t, statements))
		root := tree.Root()
		require.Equal(t, root, file.Root())
		require.Equal(t, tree.Size(), file.Size())
		require.Equal(t, about.SchemaID, file.About().SchemaID)
		require.Equal(t, types.AnchorID(about.SchemaID[:], about.Issuer, nil, root[:], uint32(n)), file.AnchorID())

		var all bytes.Buffer
		counted := 0
		require.NoError(t, file.Proofs(&all, func(done int) { counted = done }))
		require.Equal(t, n, counted)
		text := strings.Split(strings.TrimSuffix(all.String(), "\n"), "\n")
		require.Len(t, text, n)
		for i := range uint32(n) {
			if n > 1000 && i%97 != 0 && i != uint32(n)-1 {
				continue
			}
			want := tree.Proof(file.AnchorID(), i)
			got, err := file.Proof(i)
			require.NoError(t, err)
			require.Equal(t, want, got)
			require.Equal(t, string(want.AppendJSON(nil)), text[i])
			consistency, err := file.Consistency(i + 1)
			require.NoError(t, err)
			require.Equal(t, tree.Consistency(i+1), consistency)
		}
		_, err = file.Proof(uint32(n))
		require.Error(t, err)
		_, err = file.Consistency(uint32(n) + 1)
		require.Error(t, err)
		_, err = file.Consistency(0)
		require.Error(t, err)
	}
}

// An extension is the tree of all, under the id of the first; items keep their proofs' statements and places.
func TestExtend(t *testing.T) {
	statements := made(5000)
	older := open(t, write(t, statements[:3000]))
	path := filepath.Join(t.TempDir(), "larger")
	require.NoError(t, anchor.Extend(path, older, bytes.NewReader(lines(statements[3000:4000])), quiet))
	middle := open(t, path)
	path = filepath.Join(t.TempDir(), "largest")
	require.NoError(t, anchor.Extend(path, middle, bytes.NewReader(lines(statements[4000:])), quiet))
	larger := open(t, path)
	tree, err := anchor.Build(statements)
	require.NoError(t, err)
	require.Equal(t, tree.Root(), larger.Root())
	require.Equal(t, older.AnchorID(), larger.AnchorID())
	proof, err := larger.Consistency(middle.Size())
	require.NoError(t, err)
	require.True(t, merkle.VerifyConsistency(4000, 5000, middle.Root(), larger.Root(), proof))
	for _, i := range []uint32{0, 2999, 3000, 4999} {
		got, err := larger.Proof(i)
		require.NoError(t, err)
		require.Equal(t, tree.Proof(older.AnchorID(), i), got)
	}
	require.ErrorContains(t, anchor.Extend(path+"2", larger, strings.NewReader(""), quiet), "at least one")
	require.NoFileExists(t, path+"2")
	require.ErrorIs(t, anchor.Extend(path, older, bytes.NewReader(lines(statements[:1])), quiet), os.ErrExist)
	other := made(1)
	other[0].AmountCommitments = [][]byte{point}
	require.ErrorContains(t, anchor.Extend(path+"2", older, bytes.NewReader(lines(other)), quiet), "line 1")
}

func TestWriteRefuses(t *testing.T) {
	good := string(lines(made(9000))) // of several pieces
	long := `{"subject":"` + strings.Repeat("0", anchor.MaxStatementBytes) + `"}` + "\n"
	one := string(lines(made(1)))
	for says, input := range map[string]string{
		"no statements":                               "",
		"line 9001: byte 0: want an object":           good + "\n",
		"line 9002: byte 1":                           good + one + "{1}\n" + one,
		"line 9003: ":                                 good + one + one + long + one,
		"line 2: subject":                             one + `{"subject":"00"}`,
		"line 9001: circuit_commitment":               good + strings.Repeat(" ", 10) + `{"subject":"` + fmt.Sprintf("%x", hashOf(1)) + `","commitment":"` + fmt.Sprintf("%x", hashOf(1)) + `","circuit_commitment":"` + fmt.Sprintf("%x", hashOf(1)) + `"}`,
		"line 1048577: an anchor has at most 1048576": strings.Repeat(one, anchor.MaxSize+1),
	} {
		path := filepath.Join(t.TempDir(), "tree")
		err := anchor.Write(path, about, strings.NewReader(input), quiet)
		require.ErrorContains(t, err, says)
		require.NoFileExists(t, path)
	}
	for _, bad := range []anchor.About{{}, {SchemaID: types.ID{1}}, {SchemaID: types.ID{1}, Issuer: make([]byte, 65)}, {SchemaID: types.ID{1}, Issuer: []byte{1}, AccreditationID: []byte{1}}} {
		require.Error(t, anchor.Write(filepath.Join(t.TempDir(), "tree"), bad, strings.NewReader(one), quiet))
	}
}

// A line's end may be written in any way, and the last may have none.
func TestLineEnds(t *testing.T) {
	text := string(lines(made(3)))
	want, err := anchor.Build(made(3))
	require.NoError(t, err)
	for _, input := range []string{text, strings.TrimSuffix(text, "\n"), strings.ReplaceAll(text, "\n", "\r\n")} {
		path := filepath.Join(t.TempDir(), "tree")
		require.NoError(t, anchor.Write(path, about, strings.NewReader(input), quiet))
		require.Equal(t, want.Root(), open(t, path).Root())
	}
}

// A damaged tree file gives an error and never another proof. Damage that no single proof meets, all of them do.
func TestDamagedFiles(t *testing.T) {
	path := write(t, made(6))
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	tree, err := anchor.Build(made(6))
	require.NoError(t, err)
	id := open(t, path).AnchorID()
	for i := range data {
		damaged := bytes.Clone(data)
		damaged[i] ^= 1
		require.NoError(t, os.WriteFile(path, damaged, 0o600))
		file, err := anchor.Open(path)
		if err != nil {
			continue
		}
		for index := range file.Size() {
			if proof, err := file.Proof(index); err == nil {
				require.Equal(t, tree.Proof(id, index), proof)
			}
		}
		require.ErrorContains(t, file.Proofs(io.Discard, quiet), "damaged", "byte %d", i)
		require.NoError(t, file.Close())
	}
	for _, n := range []int{0, 100, len(data) - 1} {
		require.NoError(t, os.WriteFile(path, data[:n], 0o600))
		_, err := anchor.Open(path)
		require.Error(t, err)
	}
	require.NoError(t, os.WriteFile(path, append(data, 0), 0o600))
	_, err = anchor.Open(path)
	require.Error(t, err)
}

// A proof with anything changed is refused.
func TestVerifyRefuses(t *testing.T) {
	statements := made(100)
	tree, err := anchor.Build(statements)
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		index := rapid.Uint32Range(0, 99).Draw(t, "index")
		proof := func() anchor.Proof { return tree.Proof(types.ContainerID{1}, index) }
		require.NoError(t, proof().Verify(tree.Root(), 100))
		p := proof()
		p.Index = (index + rapid.Uint32Range(1, 99).Draw(t, "other")) % 100
		require.Error(t, p.Verify(tree.Root(), 100))
		p = proof()
		p.Size = rapid.Uint32Range(0, 99).Draw(t, "size")
		require.Error(t, p.Verify(tree.Root(), 100))
		p = proof()
		p.Statement = statements[(index+1)%100]
		require.Error(t, p.Verify(tree.Root(), 100))
		p = proof()
		p.Path[rapid.IntRange(0, len(p.Path)-1).Draw(t, "node")][3] ^= 4
		require.Error(t, p.Verify(tree.Root(), 100))
		p = proof()
		p.Path = p.Path[1:]
		require.Error(t, p.Verify(tree.Root(), 100))
		root := tree.Root()
		root[31] ^= 1
		require.Error(t, proof().Verify(root, 100))
	})
}

// The last leaf of three has the path of the second of two: only the size tells their places apart.
func TestSizeIsPartOfTheProof(t *testing.T) {
	tree, err := anchor.Build(made(3))
	require.NoError(t, err)
	forged := tree.Proof(types.ContainerID{1}, 2)
	forged.Index, forged.Size = 1, 2
	require.NoError(t, forged.Verify(tree.Root(), 2), "what the warning is about")
	require.ErrorContains(t, forged.Verify(tree.Root(), 3), "checkpoint of its size")
}

func TestJSON(t *testing.T) {
	for _, s := range made(20) {
		text := anchor.AppendStatement(nil, s)
		require.True(t, json.Valid(text))
		back, err := anchor.ParseStatement(text)
		require.NoError(t, err)
		require.Equal(t, s, back)
	}
	tree, err := anchor.Build(made(9))
	require.NoError(t, err)
	for i := range tree.Size() {
		proof := tree.Proof(types.ContainerID{7}, i)
		text := proof.AppendJSON(nil)
		require.True(t, json.Valid(text))
		back, err := anchor.ParseProof(text)
		require.NoError(t, err)
		require.Equal(t, proof, back)
	}
	require.Equal(t, types.ContainerID{7}.Item(3), tree.Proof(types.ContainerID{7}, 3).ID())
}

func TestJSONRefuses(t *testing.T) {
	h := strings.Repeat("0a", 32)
	for input, says := range map[string]string{
		``:                        "an object",
		`null`:                    "an object",
		`[]`:                      "an object",
		`{}`:                      "a string",
		`{"subject":"` + h + `"}`: "a subject and a commitment",
		`{"subject":"` + h + `","subject":"` + h + `"}`:                      "twice",
		`{"Subject":"` + h + `"}`:                                            "unknown name",
		`{"subj\u0065ct":"` + h + `"}`:                                       "written as it is",
		"{\"s\u00fcbject\":\"" + h + "\"}":                                   "written as it is",
		`{"subject":null}`:                                                   "a string",
		`{"subject":"` + h[1:] + `"}`:                                        "64 hexadecimal",
		`{"subject":"` + strings.ToUpper(h) + `"}`:                           "in lower case",
		`{"subject":"` + h + `","commitment":"` + h + `"}x`:                  "the end",
		`{"subject":"` + h + `","commitment":"` + h + `"}` + "\x00":          "the end",
		`{"subject":"` + h + `","commitment":"` + h + `",}`:                  "a string",
		`{"subject":"` + h + `","commitment":"` + h:                          "the string's end",
		`{"subject":"` + h + `" "commitment":"` + h + `"}`:                   "','",
		`{"subject" "` + h + `"}`:                                            "':'",
		`{"valid_from":"2027-01-01T00:00:00+01:00"}`:                         "in UTC",
		`{"valid_from":"2027-01-01T00:00:00.10Z"}`:                           "in UTC",
		`{"valid_from":"2027-02-30T00:00:00Z"}`:                              "in UTC",
		`{"amount_commitments":"` + h + `"}`:                                 "an array",
		`{"amount_commitments":["` + h + `",]}`:                              "a string",
		`{"amount_commitments":[` + strings.Repeat(`"`+h+`",`, 70) + `"x"]}`: "more than 64",
		strings.Repeat(" ", anchor.MaxStatementBytes+1):                      "at most",
	} {
		_, err := anchor.ParseStatement([]byte(input))
		require.ErrorContains(t, err, says, input)
	}
	statement := `{"subject":"` + h + `","commitment":"` + h + `"}`
	id := h[:56]
	good := `{"anchor_id":"` + id + `","index":0,"size":1,"statement":` + statement + `,"path":[]}`
	_, err := anchor.ParseProof([]byte(good))
	require.NoError(t, err)
	for from, change := range map[string][2]string{
		`"index":0`:   {`"index":00`, "an integer"},
		`"index":0,`:  {``, "all of"},
		`"size":1`:    {`"size":1.0`, "','"},
		`"size":1,`:   {`"size":4294967296,`, "an integer"},
		`:1,`:         {`:-1,`, "an integer"},
		`"path":[]`:   {`"path":["` + h + `","x"]`, "64 hexadecimal"},
		`[]`:          {`[` + strings.Repeat(`"`+h+`",`, 20) + `"` + h + `"]`, "more than 20"},
		id:            {id + "00", "56 hexadecimal"},
		`"statement"`: {`"Statement"`, "unknown name"},
		`{"subject"`:  {`{"subject":"` + h + `","subject"`, "twice"},
	} {
		_, err := anchor.ParseProof([]byte(strings.Replace(good, from, change[0], 1)))
		require.ErrorContains(t, err, change[1], change[0])
	}
	_, err = anchor.ParseProof([]byte(good + strings.Repeat(" ", anchor.MaxProofBytes)))
	require.ErrorContains(t, err, "at most")
}
