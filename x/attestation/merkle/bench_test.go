package merkle_test

import (
	"testing"

	"github.com/creditd/creditd/x/attestation/merkle"
)

const large = 1 << 20

func BenchmarkNewTree(b *testing.B) {
	leaves := made(large)
	for b.Loop() {
		merkle.NewTree(leaves)
	}
	b.ReportMetric(float64(large)*float64(b.N)/b.Elapsed().Seconds(), "leaves/s")
}

func BenchmarkAllPaths(b *testing.B) {
	tree := merkle.NewTree(made(large))
	path := make([]hash, 0, merkle.MaxPath)
	for b.Loop() {
		for i := range uint64(large) {
			path = tree.AppendPath(path[:0], i)
		}
	}
	b.ReportMetric(float64(large)*float64(b.N)/b.Elapsed().Seconds(), "paths/s")
}

func BenchmarkRootFromPath(b *testing.B) {
	leaves := made(large)
	path := merkle.NewTree(leaves).Path(77_777)
	b.ReportAllocs()
	for b.Loop() {
		merkle.RootFromPath(leaves[77_777], 77_777, large, path)
	}
}

func BenchmarkVerifyConsistency(b *testing.B) {
	leaves := made(large)
	tree := merkle.NewTree(leaves)
	path, first, root := tree.Consistency(777_777), merkle.Root(leaves[:777_777]), tree.Root()
	b.ReportAllocs()
	for b.Loop() {
		if !merkle.VerifyConsistency(777_777, large, first, root, path) {
			b.Fatal("refused")
		}
	}
}
