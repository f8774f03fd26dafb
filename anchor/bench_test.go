package anchor_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/anchor"
	"github.com/creditd/creditd/x/attestation/types"
)

var largest = sync.OnceValue(func() []types.Statement { return made(anchor.MaxSize) })

func perSecond(b *testing.B) {
	b.ReportMetric(float64(anchor.MaxSize)*float64(b.N)/b.Elapsed().Seconds(), "items/s")
}

// BenchmarkBuild is statements in memory to root.
func BenchmarkBuild(b *testing.B) {
	statements := largest()
	for b.Loop() {
		_, err := anchor.Build(statements)
		require.NoError(b, err)
	}
	perSecond(b)
}

// BenchmarkEndToEnd is a file of statements to root, tree file and all proofs as JSON.
func BenchmarkEndToEnd(b *testing.B) {
	input := lines(largest())
	b.SetBytes(int64(len(input)))
	for b.Loop() {
		path := filepath.Join(b.TempDir(), "tree")
		require.NoError(b, anchor.Write(path, about, bytes.NewReader(input), quiet))
		file, err := anchor.Open(path)
		require.NoError(b, err)
		require.NoError(b, file.Proofs(io.Discard, quiet))
		require.NoError(b, file.Close())
		require.NoError(b, os.Remove(path))
	}
	perSecond(b)
}

// BenchmarkWrite is the first half of it.
func BenchmarkWrite(b *testing.B) {
	input := lines(largest())
	b.SetBytes(int64(len(input)))
	for b.Loop() {
		path := filepath.Join(b.TempDir(), "tree")
		require.NoError(b, anchor.Write(path, about, bytes.NewReader(input), quiet))
		require.NoError(b, os.Remove(path))
	}
	perSecond(b)
}

// BenchmarkProof is one proof from a file.
func BenchmarkProof(b *testing.B) {
	file, err := anchor.Open(write(b, largest()))
	require.NoError(b, err)
	for b.Loop() {
		_, err := file.Proof(777_777)
		require.NoError(b, err)
	}
	require.NoError(b, file.Close())
}
