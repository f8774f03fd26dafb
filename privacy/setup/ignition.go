package setup

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fp"
)

const (
	// IgnitionSHA256 of the file of 32,769 powers of Aztec's Ignition ceremony (2019, 176 contributors), as arkworks writes
	// it: who has another file has another setup.
	IgnitionSHA256 = "adfc7e882e487656ce92f4a0542a74c4c92022497fd6e29d70d22e74f5a229fe"

	ignitionPowers = 1<<15 + 1
	arkG1          = 2 * fp.Bytes
	arkG2          = 4 * fp.Bytes
	// Two lengths of 8 bytes, of the powers and of a list that is empty; two points of G2; one more empty length.
	ignitionSize = 8 + ignitionPowers*arkG1 + 8 + 2*arkG2 + 8
)

// ParseIgnition reads the Ignition file, checks its SHA-256 and that it is powers of one number.
func ParseIgnition(bz []byte) (*Setup, error) {
	if len(bz) != ignitionSize {
		return nil, fmt.Errorf("neither a setup's file nor the Ignition file of %d bytes", ignitionSize)
	}
	if hash := sha256.Sum256(bz); hex.EncodeToString(hash[:]) != IgnitionSHA256 {
		return nil, fmt.Errorf("the Ignition file has SHA-256 %s, and this one %x", IgnitionSHA256, hash)
	}
	s, err := parseArkworks(bz)
	if err != nil {
		return nil, err
	}
	return s, s.Check()
}

// parseArkworks reads what ark-serialize writes uncompressed: numbers little-endian, the coordinates of a point in
// turn, the highest two bits of its last byte a sign and infinity.
func parseArkworks(bz []byte) (*Setup, error) {
	n := binary.LittleEndian.Uint64(bz)
	if n != ignitionPowers {
		return nil, fmt.Errorf("%d powers instead of %d", n, ignitionPowers)
	}
	g1 := make([]bn254.G1Affine, ignitionPowers)
	rest := bz[8:]
	for i := range g1 {
		x, errX := arkNumber(rest[:fp.Bytes], false)
		y, errY := arkNumber(rest[fp.Bytes:arkG1], true)
		g1[i].X, g1[i].Y = x, y
		if err := errors.Join(errX, errY); err != nil || !g1[i].IsOnCurve() {
			return nil, fmt.Errorf("power %d is not a point of the curve", i)
		}
		rest = rest[arkG1:]
	}
	tau, err := arkTau(rest[8+arkG2 : 8+2*arkG2])
	if err != nil {
		return nil, err
	}
	return newSetup(g1, tau)
}

func arkTau(bz []byte) (tau bn254.G2Affine, err error) {
	for i, to := range []*fp.Element{&tau.X.A0, &tau.X.A1, &tau.Y.A0, &tau.Y.A1} {
		if *to, err = arkNumber(bz[i*fp.Bytes:(i+1)*fp.Bytes], i == 3); err != nil {
			return tau, err
		}
	}
	if !tau.IsOnCurve() || !tau.IsInSubGroup() {
		return tau, errors.New("tau of G2 is not a point of the subgroup")
	}
	return tau, nil
}

// arkNumber is a coordinate; the last one of a point carries the flags, of which infinity is refused.
func arkNumber(bz []byte, flags bool) (fp.Element, error) {
	big := slices.Clone(bz)
	slices.Reverse(big)
	if flags {
		if big[0]&(1<<6) != 0 {
			return fp.Element{}, errors.New("the point at infinity")
		}
		big[0] &^= 1 << 7
	}
	var e fp.Element
	err := e.SetBytesCanonical(big)
	return e, err
}
