package plonk

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

const (
	sizeG1 = bn254.SizeOfG1AffineCompressed
	sizeG2 = bn254.SizeOfG2AffineCompressed
	sizeFr = fr.Bytes

	// The two highest bits of a point tell its form. Points here are compressed and not the point at infinity.
	formMask     = 0b11 << 6
	formSmallest = 0b10 << 6
	formLargest  = 0b11 << 6
)

var (
	errForm     = errors.New("not a compressed point, or the point at infinity")
	errNotPoint = errors.New("not a point of the curve's subgroup in its one encoding")
	errElement  = errors.New("not below the modulus of the scalar field")
)

// reader takes fixed pieces off a slice whose length was checked; the first error stays.
type reader struct {
	rest []byte
	err  error
}

func (r *reader) take(n int) []byte {
	piece := r.rest[:n]
	r.rest = r.rest[n:]
	return piece
}

func (r *reader) fail(name string, err error) {
	if r.err == nil {
		r.err = fmt.Errorf("%s: %w", name, err)
	}
}

// g1 decodes a point. All points of the curve are in the subgroup; SetBytes checks it all the same.
func (r *reader) g1(name string, p *bn254.G1Affine) {
	bz := r.take(sizeG1)
	if r.err != nil {
		return
	}
	if err := checkForm(bz); err != nil {
		r.fail(name, err)
		return
	}
	if _, err := p.SetBytes(bz); err != nil || p.IsInfinity() {
		r.fail(name, errNotPoint)
		return
	}
	if again := p.Bytes(); !bytes.Equal(again[:], bz) {
		r.fail(name, errNotPoint)
	}
}

// g2 decodes a point and checks that it is in the subgroup, which is smaller than the curve.
func (r *reader) g2(name string, p *bn254.G2Affine) {
	bz := r.take(sizeG2)
	if r.err != nil {
		return
	}
	if err := checkForm(bz); err != nil {
		r.fail(name, err)
		return
	}
	if _, err := p.SetBytes(bz); err != nil || p.IsInfinity() {
		r.fail(name, errNotPoint)
		return
	}
	if again := p.Bytes(); !bytes.Equal(again[:], bz) {
		r.fail(name, errNotPoint)
	}
}

func (r *reader) element(name string, e *fr.Element) {
	bz := r.take(sizeFr)
	if r.err != nil {
		return
	}
	if err := e.SetBytesCanonical(bz); err != nil {
		r.fail(name, errElement)
	}
}

// checkForm is before any arithmetic: the uncompressed form would be read beyond the piece.
func checkForm(bz []byte) error {
	if form := bz[0] & formMask; form != formSmallest && form != formLargest {
		return errForm
	}
	return nil
}
