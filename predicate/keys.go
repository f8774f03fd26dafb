package predicate

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/consensys/gnark-crypto/ecc/bn254"

	"github.com/creditd/creditd/privacy/predicate"
	"github.com/creditd/creditd/privacy/predicate/circuit"
	"github.com/creditd/creditd/privacy/setup"
)

// Keys makes the keys of circuits from a setup. What takes seconds, the setup in the basis of Lagrange, is kept in files; a
// file that was damaged is made anew.
type Keys struct {
	Dir   string // the setup's files are in a folder of it that its digest names
	Setup *setup.Setup
	Say   func(format string, args ...any) // progress, for people
}

// Prover compiles a circuit and makes its keys.
func (k Keys) Prover(c predicate.Circuit) (*circuit.Prover, error) {
	compiled, err := circuit.Compile(c)
	if err != nil {
		return nil, err
	}
	return k.ProverOf(compiled)
}

// ProverOf makes the keys of a compiled circuit.
func (k Keys) ProverOf(compiled *circuit.Compiled) (*circuit.Prover, error) {
	if compiled.Rows() > k.Setup.Rows() {
		return nil, fmt.Errorf("circuit %s has %d rows, and the setup serves %d: use a larger one",
			compiled.Circuit().Name(), compiled.Rows(), k.Setup.Rows())
	}
	lagrange, err := k.lagrange(compiled.Rows())
	if err != nil {
		return nil, err
	}
	return circuit.NewProver(compiled, k.Setup, lagrange)
}

func (k Keys) folder() string {
	digest := k.Setup.Digest()
	return filepath.Join(k.Dir, hex.EncodeToString(digest[:8]))
}

// lagrange is from its file, or computed and put there.
func (k Keys) lagrange(rows int) ([]bn254.G1Affine, error) {
	path := filepath.Join(k.folder(), fmt.Sprintf("lagrange-%d.bin", rows))
	if bz, err := os.ReadFile(path); err == nil { //nolint:gosec // in the folder that the user names
		if points, ok := pointsOf(bz, rows); ok {
			return points, nil
		}
	}
	k.Say("preparing the setup for circuits of %d rows; once\n", rows)
	points, err := k.Setup.Lagrange(rows)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, rows*bn254.SizeOfG1AffineUncompressed+sha256.Size)
	for i := range points {
		raw := points[i].RawBytes()
		out = append(out, raw[:]...)
	}
	sum := sha256.Sum256(out)
	if err := os.MkdirAll(k.folder(), 0o750); err != nil {
		return nil, err
	}
	return points, replace(path, append(out, sum[:]...))
}

// pointsOf a file whose hash is at its end.
func pointsOf(bz []byte, rows int) ([]bn254.G1Affine, bool) {
	size := rows * bn254.SizeOfG1AffineUncompressed
	if len(bz) != size+sha256.Size {
		return nil, false
	}
	if sum := sha256.Sum256(bz[:size]); !bytes.Equal(sum[:], bz[size:]) {
		return nil, false
	}
	points := make([]bn254.G1Affine, rows)
	for i := range points {
		if _, err := points[i].SetBytes(bz[i*bn254.SizeOfG1AffineUncompressed : (i+1)*bn254.SizeOfG1AffineUncompressed]); err != nil {
			return nil, false
		}
	}
	return points, true
}

// replace a file by another, whole or not at all.
func replace(path string, bz []byte) error {
	next := path + ".new"
	if err := os.WriteFile(next, bz, 0o644); err != nil { //nolint:gosec // nothing in it is secret
		return err
	}
	return os.Rename(next, path)
}
