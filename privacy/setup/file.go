package setup

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/consensys/gnark-crypto/ecc/bn254"
)

// magic begins a setup's file.
const magic = "creditd-setup/1\n"

const (
	rawG1      = bn254.SizeOfG1AffineUncompressed
	headerSize = len(magic) + 4 + bn254.SizeOfG2AffineCompressed
)

// Write the setup's file: "creditd-setup/1\n" || number of powers (4 bytes, big-endian) || [tau] of G2, compressed (64)
// || the powers in G1, uncompressed (64 each).
func (s *Setup) Write(w io.Writer) error {
	out := bytes.NewBuffer(make([]byte, 0, headerSize+rawG1*len(s.g1)))
	out.WriteString(magic)
	_ = binary.Write(out, binary.BigEndian, uint32(len(s.g1)))
	tau := s.tau.Bytes()
	out.Write(tau[:])
	writePoints(out, s.g1)
	_, err := w.Write(out.Bytes())
	return err
}

// Parse a setup's file. It checks every point, and not that they are powers: that is for Check, and for whoever knows
// which Digest it must have.
func Parse(bz []byte) (*Setup, error) {
	if len(bz) < headerSize || string(bz[:len(magic)]) != magic {
		return nil, errors.New("not a setup: make one with `creditd privacy setup`")
	}
	n := int(binary.BigEndian.Uint32(bz[len(magic):]))
	if n < minPowers || n > MaxPowers || len(bz) != headerSize+n*rawG1 {
		return nil, fmt.Errorf("a setup of %d powers does not have %d bytes", n, len(bz))
	}
	var tau bn254.G2Affine
	encoded := bz[len(magic)+4 : headerSize]
	if _, err := tau.SetBytes(encoded); err != nil || tau.IsInfinity() {
		return nil, errors.New("tau of G2 is not a point of the subgroup")
	}
	if again := tau.Bytes(); !bytes.Equal(again[:], encoded) {
		return nil, errors.New("tau of G2 is not in its one encoding")
	}
	g1, err := parsePoints(bz[headerSize:])
	if err != nil {
		return nil, err
	}
	return newSetup(g1, tau)
}

// ReadFile reads a setup from a file of ours or from the Ignition file, which its hash tells.
func ReadFile(path string) (*Setup, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > int64(headerSize+MaxPowers*rawG1+1024) {
		return nil, fmt.Errorf("%s is larger than any setup", path)
	}
	bz, err := os.ReadFile(path) //nolint:gosec // the user names the file
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(bz, []byte(magic)) {
		s, err := Parse(bz)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		return s, nil
	}
	s, err := ParseIgnition(bz)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

func writePoints(out *bytes.Buffer, points []bn254.G1Affine) {
	for i := range points {
		raw := points[i].RawBytes()
		out.Write(raw[:])
	}
}

// parsePoints reads uncompressed points; none may be at infinity.
func parsePoints(bz []byte) ([]bn254.G1Affine, error) {
	points := make([]bn254.G1Affine, len(bz)/rawG1)
	for i := range points {
		raw := bz[i*rawG1 : (i+1)*rawG1]
		n, err := points[i].SetBytes(raw)
		if err != nil || n != rawG1 || points[i].IsInfinity() {
			return nil, fmt.Errorf("power %d is not a point of the curve", i)
		}
	}
	return points, nil
}
