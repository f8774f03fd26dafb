package merkle_test

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/merkle"
)

var update = flag.Bool("update", false, "rewrite merkle.json from what the code computes")

// The file lies with the other vectors of the commitment format.
const vectorsFile = "../commitment/testdata/merkle.json"

// vectors is the file that other implementations check themselves against. Bytes are in hexadecimal.
type vectors struct {
	Format      string              `json:"format"`
	Leaves      []string            `json:"leaves"`      // data, before hashing
	LeafHashes  []string            `json:"leaf_hashes"` // one each
	Roots       []string            `json:"roots"`       // of the first 1, 2, ... leaves
	Inclusion   []inclusionVector   `json:"inclusion"`
	Consistency []consistencyVector `json:"consistency"`
}

type inclusionVector struct {
	Index uint64   `json:"index"`
	Size  uint64   `json:"size"`
	Leaf  string   `json:"leaf_hash"`
	Path  []string `json:"path"`
	Root  string   `json:"root"` // of the tree; not what the path gives where ok is false
	OK    bool     `json:"ok"`
}

type consistencyVector struct {
	First      uint64   `json:"first"`
	Second     uint64   `json:"second"`
	FirstRoot  string   `json:"first_root"`
	SecondRoot string   `json:"second_root"`
	Path       []string `json:"path"`
	OK         bool     `json:"ok"`
}

func hexed(nodes ...hash) []string {
	out := make([]string, len(nodes))
	for i, node := range nodes {
		out[i] = hex.EncodeToString(node[:])
	}
	return out
}

func TestVectors(t *testing.T) {
	if *update {
		file, err := os.Create(vectorsFile)
		require.NoError(t, err)
		encoder := json.NewEncoder(file)
		encoder.SetIndent("", "  ")
		require.NoError(t, encoder.Encode(compute(t)))
		require.NoError(t, file.Close())
	}
	data, err := os.ReadFile(vectorsFile)
	require.NoError(t, err)
	var want vectors
	require.NoError(t, json.Unmarshal(data, &want))
	require.Equal(t, want, compute(t))
}

func compute(t *testing.T) vectors {
	out := vectors{Format: "RFC 9162 with SHA-256", Leaves: append([]string{}, ctLeaves...)}
	out.Leaves = append(out.Leaves, "63726564697464", "ff", "ff")
	var leaves []hash
	for _, data := range out.Leaves {
		leaves = append(leaves, merkle.HashLeaf(unhex(t, data)))
		out.Roots = append(out.Roots, hexed(merkle.Root(leaves))...)
	}
	out.LeafHashes = hexed(leaves...)
	for _, size := range []uint64{1, 2, 6, 8, 11} {
		tree := merkle.NewTree(leaves[:size])
		for i := range size {
			path, root := tree.Path(i), tree.Root()
			out.inclusion(i, size, leaves[i], path, root)
			out.consistency(i+1, size, merkle.Root(leaves[:i+1]), root, tree.Consistency(i+1))
			if size < 11 {
				continue
			}
			// What is to be refused.
			out.inclusion(i+1, size, leaves[i], path, root)
			out.inclusion(i, size+1, leaves[i], append(path[:len(path):len(path)], root), root)
			out.inclusion(i, size, leaves[i], path[:len(path)-1], root)
			out.consistency(i, size, merkle.Root(leaves[:i+1]), root, tree.Consistency(i+1))
			out.consistency(i+1, size, root, root, tree.Consistency(i+1))
			out.consistency(i+1, size, merkle.Root(leaves[:i+1]), root, append(tree.Consistency(i+1), root))
		}
	}
	return out
}

func (v *vectors) inclusion(index, size uint64, leaf hash, path []hash, root hash) {
	got, ok := merkle.RootFromPath(leaf, index, size, path)
	v.Inclusion = append(v.Inclusion, inclusionVector{
		index, size, hexed(leaf)[0], hexed(path...), hexed(root)[0], ok && got == root,
	})
}

func (v *vectors) consistency(first, second uint64, firstRoot, secondRoot hash, path []hash) {
	v.Consistency = append(v.Consistency, consistencyVector{
		first, second, hexed(firstRoot)[0], hexed(secondRoot)[0], hexed(path...),
		merkle.VerifyConsistency(first, second, firstRoot, secondRoot, path),
	})
}
