package merkle_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/merkle"
)

// pathOf cuts bytes into hashes.
func pathOf(data []byte) []hash {
	path := make([]hash, 0, len(data)/merkle.Size)
	for ; len(data) >= merkle.Size; data = data[merkle.Size:] {
		path = append(path, hash(data))
	}
	return path
}

func bytesOf(path []hash) []byte {
	var data []byte
	for _, node := range path {
		data = append(data, node[:]...)
	}
	return data
}

// FuzzRootFromPath looks for a path to the root of a tree that the tree does not have.
func FuzzRootFromPath(f *testing.F) {
	const size = 200
	leaves := made(size)
	tree := merkle.NewTree(leaves)
	for _, i := range []uint64{0, 100, 199} {
		f.Add(i, uint64(size), bytesOf(tree.Path(i)))
	}
	f.Add(^uint64(0)-1, ^uint64(0), []byte{})
	f.Fuzz(func(t *testing.T, index, size uint64, data []byte) {
		path := pathOf(data)
		root, ok := merkle.RootFromPath(leaves[index%200], index, size, path)
		if !ok {
			require.Zero(t, root)
			return
		}
		require.Less(t, index, size)
		require.LessOrEqual(t, len(path), merkle.MaxPath)
		if root == tree.Root() && size == tree.Size() {
			require.Equal(t, tree.Path(index), path)
		}
	})
}

// FuzzVerifyConsistency looks for a path that is accepted and is not the tree's own.
func FuzzVerifyConsistency(f *testing.F) {
	const size = 200
	leaves := made(size)
	tree := merkle.NewTree(leaves)
	for _, first := range []uint64{1, 64, 100, 199, 200} {
		f.Add(first, uint64(size), bytesOf(tree.Consistency(first)))
	}
	f.Add(^uint64(0)-1, ^uint64(0), []byte{})
	f.Fuzz(func(t *testing.T, first, second uint64, data []byte) {
		path := pathOf(data)
		firstRoot := merkle.Root(leaves[:first%(size+1)])
		if !merkle.VerifyConsistency(first, second, firstRoot, tree.Root(), path) {
			return
		}
		require.Positive(t, first)
		require.LessOrEqual(t, first, second)
		if first <= size && second == size {
			require.Equal(t, tree.Consistency(first), path)
		}
	})
}
