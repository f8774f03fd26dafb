package merkle_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/creditd/creditd/x/attestation/merkle"
)

type hash = [merkle.Size]byte

func unhex(t testing.TB, digits string) []byte {
	bz, err := hex.DecodeString(digits)
	require.NoError(t, err)
	return bz
}

func unhexAll(t testing.TB, all ...string) []hash {
	out := make([]hash, len(all))
	for i, digits := range all {
		out[i] = hash(unhex(t, digits))
	}
	return out
}

// made returns n distinct leaf hashes.
func made(n int) []hash {
	leaves := make([]hash, n)
	for i := range leaves {
		leaves[i] = merkle.HashLeaf(binary.BigEndian.AppendUint32(nil, uint32(i)))
	}
	return leaves
}

// The trees of the first eight leaves of the reference implementation of Certificate Transparency
// (google/certificate-transparency, merkle_tree_test), and some of its paths.
var (
	ctLeaves = []string{
		"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
	}
	ctRoots = []string{
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	}
	ctInclusion = []struct {
		leaf, size uint64 // leaves count from 0
		path       []string
	}{
		{0, 1, nil},
		{0, 8, []string{
			"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
			"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
			"6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
		}},
		{5, 8, []string{
			"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
			"ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
			"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		}},
		{2, 3, []string{"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}},
		{1, 5, []string{
			"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
			"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
			"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
		}},
	}
	ctConsistency = []struct {
		first, second uint64
		path          []string
	}{
		{1, 1, nil},
		{1, 8, []string{
			"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
			"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
			"6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
		}},
		{6, 8, []string{
			"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
			"ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
			"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		}},
		{2, 5, []string{
			"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
			"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
		}},
	}
)

func TestCertificateTransparencyVectors(t *testing.T) {
	var leaves []hash
	for i, data := range ctLeaves {
		leaves = append(leaves, merkle.HashLeaf(unhex(t, data)))
		require.Equal(t, hash(unhex(t, ctRoots[i])), merkle.Root(leaves))
		require.Equal(t, merkle.Root(leaves), merkle.NewTree(leaves).Root())
	}
	for _, c := range ctInclusion {
		path := unhexAll(t, c.path...)
		require.Equal(t, path, merkle.InclusionPath(leaves[:c.size], c.leaf))
		require.Equal(t, path, merkle.NewTree(leaves[:c.size]).Path(c.leaf))
		root, ok := merkle.RootFromPath(leaves[c.leaf], c.leaf, c.size, path)
		require.True(t, ok)
		require.Equal(t, ctRoots[c.size-1], hex.EncodeToString(root[:]))
	}
	for _, c := range ctConsistency {
		path := unhexAll(t, c.path...)
		require.Equal(t, path, merkle.ConsistencyPath(leaves[:c.second], c.first))
		require.Equal(t, path, merkle.NewTree(leaves[:c.second]).Consistency(c.first))
		first, second := hash(unhex(t, ctRoots[c.first-1])), hash(unhex(t, ctRoots[c.second-1]))
		require.True(t, merkle.VerifyConsistency(c.first, c.second, first, second, path))
	}
}

func TestTreeOfNoLeaves(t *testing.T) {
	empty := sha256.Sum256(nil)
	require.Equal(t, empty, merkle.Root(nil))
	tree := merkle.NewTree(nil)
	require.Equal(t, empty, tree.Root())
	require.Zero(t, tree.Size())
	require.Panics(t, func() { tree.Path(0) })
	require.Panics(t, func() { tree.Consistency(0) })
	_, ok := merkle.RootFromPath(hash{}, 0, 0, nil)
	require.False(t, ok)
}

func TestHashesOfAnyLength(t *testing.T) {
	for _, n := range []int{0, 1, 63, 254, 255, 256, 5000} {
		data := make([]byte, n)
		require.Equal(t, sha256.Sum256(append([]byte{0}, data...)), merkle.HashLeaf(data))
	}
	require.Equal(t, sha256.Sum256(append([]byte{1}, make([]byte, 64)...)), merkle.HashNode(hash{}, hash{}))
}

// TestAllSmallTrees compares everything with the recursive definition, for every tree, leaf and prefix.
func TestAllSmallTrees(t *testing.T) {
	leaves := made(70)
	for size := uint64(1); size <= 70; size++ {
		all := leaves[:size]
		tree, root := merkle.NewTree(all), merkle.Root(all)
		require.Equal(t, size, tree.Size())
		require.Equal(t, root, tree.Root())
		for i := range size {
			path := merkle.InclusionPath(all, i)
			require.Equal(t, path, tree.Path(i))
			got, ok := merkle.RootFromPath(all[i], i, size, path)
			require.True(t, ok)
			require.Equal(t, root, got)

			first := i + 1
			path = merkle.ConsistencyPath(all, first)
			require.Equal(t, path, tree.Consistency(first))
			require.True(t, merkle.VerifyConsistency(first, size, merkle.Root(all[:first]), root, path))
		}
		require.Panics(t, func() { tree.Path(size) })
		require.Panics(t, func() { tree.Consistency(0) })
		require.Panics(t, func() { tree.Consistency(size + 1) })
		require.Panics(t, func() { merkle.InclusionPath(all, size) })
		require.Panics(t, func() { merkle.ConsistencyPath(all, 0) })
		require.Panics(t, func() { merkle.ConsistencyPath(all, size+1) })
	}
}

// TestLargeTrees is beyond the size from which levels are hashed on all cores, full and not.
func TestLargeTrees(t *testing.T) {
	for _, size := range []int{1<<13 - 1, 1 << 13, 1<<13 + 1, 20_011} {
		leaves := made(size)
		tree := merkle.NewTree(leaves)
		require.Equal(t, merkle.Root(leaves), tree.Root())
		for _, i := range []uint64{0, uint64(size) / 3, uint64(size) - 2, uint64(size) - 1} {
			require.Equal(t, merkle.InclusionPath(leaves, i), tree.Path(i))
			require.Equal(t, merkle.ConsistencyPath(leaves, i+1), tree.Consistency(i+1))
		}
	}
}

func TestTreeKeepsACopy(t *testing.T) {
	leaves := made(3)
	tree := merkle.NewTree(leaves)
	root, path := tree.Root(), tree.Path(0)
	leaves[0][0] ^= 1
	leaves[1][0] ^= 1
	require.Equal(t, root, tree.Root())
	require.Equal(t, path, tree.Path(0))
}

func TestAppendPath(t *testing.T) {
	tree := merkle.NewTree(made(5))
	both := tree.AppendPath(tree.AppendPath(nil, 4), 2)
	require.Equal(t, append(tree.Path(4), tree.Path(2)...), both)
}

// TestInclusionRefusals: a proof with anything changed gives another root or none.
func TestInclusionRefusals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 300).Draw(t, "size")
		index := rapid.IntRange(0, size-1).Draw(t, "index")
		leaves := made(size)
		root, path := merkle.Root(leaves), merkle.InclusionPath(leaves, uint64(index))
		proves := func(leaf hash, index, size uint64, path []hash) bool {
			got, ok := merkle.RootFromPath(leaf, index, size, path)
			return ok && got == root
		}
		i, n := uint64(index), uint64(size)
		require.True(t, proves(leaves[i], i, n, path))

		other := uint64(rapid.IntRange(0, size).Draw(t, "other"))
		require.Equal(t, other == i, proves(leaves[i], other, n, path))
		leaf := leaves[i]
		leaf[rapid.IntRange(0, 31).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		require.False(t, proves(leaf, i, n, path))
		require.False(t, proves(leaves[i], i, n, append(slices.Clone(path), root)))
		require.False(t, proves(leaves[i], i, n, append([]hash{root}, path...)))
		if len(path) == 0 {
			return
		}
		require.False(t, proves(leaves[i], i, n, path[1:]))
		require.False(t, proves(leaves[i], i, n, path[:len(path)-1]))
		altered := slices.Clone(path)
		altered[rapid.IntRange(0, len(path)-1).Draw(t, "node")][5] ^= 1
		require.False(t, proves(leaves[i], i, n, altered))
	})
}

// TestConsistencyRefusals: a proof with anything changed is refused.
func TestConsistencyRefusals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		second := rapid.IntRange(1, 300).Draw(t, "second")
		first := rapid.IntRange(1, second).Draw(t, "first")
		leaves := made(second)
		m, n := uint64(first), uint64(second)
		a, b := merkle.Root(leaves[:first]), merkle.Root(leaves)
		path := merkle.ConsistencyPath(leaves, m)
		require.True(t, merkle.VerifyConsistency(m, n, a, b, path))

		wrong := hash{1}
		require.False(t, merkle.VerifyConsistency(m, n, wrong, b, path))
		require.False(t, merkle.VerifyConsistency(m, n, a, wrong, path))
		require.False(t, merkle.VerifyConsistency(m, n, a, b, append(slices.Clone(path), b)))
		require.False(t, merkle.VerifyConsistency(m, n, a, b, append([]hash{a}, path...)))
		require.False(t, merkle.VerifyConsistency(0, n, a, b, path))
		require.False(t, merkle.VerifyConsistency(n+1, n, a, b, path))
		if m < n {
			require.False(t, merkle.VerifyConsistency(m, n, wrong, wrong, path))
			// The earlier tree cannot be the later one; its root was of other leaves.
			require.False(t, merkle.VerifyConsistency(m, n, b, b, path))
			forked := slices.Clone(leaves)
			forked[rapid.IntRange(0, first-1).Draw(t, "leaf")][0] ^= 1
			require.False(t, merkle.VerifyConsistency(m, n, a, merkle.Root(forked), merkle.ConsistencyPath(forked, m)))
		}
		if len(path) == 0 {
			return
		}
		require.False(t, merkle.VerifyConsistency(m, n, a, b, path[1:]))
		require.False(t, merkle.VerifyConsistency(m, n, a, b, path[:len(path)-1]))
		require.False(t, merkle.VerifyConsistency(m, n, a, b, nil))
		altered := slices.Clone(path)
		altered[rapid.IntRange(0, len(path)-1).Draw(t, "node")][5] ^= 1
		require.False(t, merkle.VerifyConsistency(m, n, a, b, altered))
	})
}

// TestHugeSizes: all work is bounded by the length of the path, whatever the numbers say.
func TestHugeSizes(t *testing.T) {
	const most = math.MaxUint64
	long := make([]hash, 100_000)
	for _, path := range [][]hash{nil, long[:1], long[:63], long[:64], long[:65], long[:66], long} {
		root, ok := merkle.RootFromPath(hash{}, 0, most, path)
		require.Equal(t, len(path) == 64, ok)
		if !ok {
			require.Zero(t, root, "no root without ok")
		}
		require.False(t, merkle.VerifyConsistency(1, most, hash{}, hash{}, path))
		require.False(t, merkle.VerifyConsistency(most-1, most, hash{}, hash{}, path))
	}
	// 2^63 + 1 leaves: the last is the root's right child. Both proofs are short.
	left, right := hash{1}, hash{2}
	root, ok := merkle.RootFromPath(right, 1<<63, 1<<63+1, []hash{left})
	require.True(t, ok)
	require.Equal(t, merkle.HashNode(left, right), root)
	require.True(t, merkle.VerifyConsistency(1<<63, 1<<63+1, left, root, []hash{right}))
	require.False(t, merkle.VerifyConsistency(1<<63-1, 1<<63+1, left, root, []hash{right}))
}

func TestVerifyingDoesNotAllocate(t *testing.T) {
	leaves := made(1000)
	tree := merkle.NewTree(leaves)
	path, root := tree.Path(700), tree.Root()
	consistency, first := tree.Consistency(700), merkle.Root(leaves[:700])
	require.Zero(t, testing.AllocsPerRun(10, func() {
		if _, ok := merkle.RootFromPath(leaves[700], 700, 1000, path); !ok {
			panic("refused")
		}
		if !merkle.VerifyConsistency(700, 1000, first, root, consistency) {
			panic("refused")
		}
		merkle.HashLeaf(root[:])
	}))
}
