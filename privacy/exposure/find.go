package exposure

import (
	"context"
	"encoding/binary"
	"errors"
	"sync"

	"filippo.io/edwards25519"
	"filippo.io/edwards25519/field"
)

// ErrNotFound: no number up to the bound gives the point.
var ErrNotFound = errors.New("the total is larger than the terms can add up to: the key is not the one that the round was opened with")

// steps is the number of baby steps: one table of 2^20 points, made in under a second, serves all numbers.
const steps = 1 << 20

// batch of points whose coordinates are inverted together.
const batch = 1 << 10

// Find returns the number whose multiple of the generator the point is, in [0, limit]: baby steps and giant steps (Shanks
// 1971). It takes time and memory for the table, then 1/2^21 of the number in steps; progress hears how far it is, from 0
// to 1, and may be nil.
//
// Points are compared as 8*P on edwards25519, where it does not matter by which of four points an element of ristretto255
// is represented, and by their coordinate y, which P and -P share: each entry counts twice. Coordinates of many points
// cost one inversion, which encoding an element does not allow.
func Find(ctx context.Context, point [32]byte, limit uint64, progress func(float64)) (uint64, error) {
	if progress == nil {
		progress = func(float64) {}
	}
	if _, err := parseSum(point[:]); err != nil {
		return 0, err
	}
	target, err := lift(point)
	if err != nil {
		return 0, err
	}
	table := babySteps()
	giant := edwards25519.NewIdentityPoint().Subtract(edwards25519.NewIdentityPoint(), multiple(2*steps))
	walk := walker{at: target, step: giant}
	for centre := uint64(0); ; {
		progress(float64(centre) / (float64(limit) + 1))
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		for _, y := range walk.next() {
			// Either sign: the point is centre + low or centre - low.
			if low, found := table[y]; found {
				for _, candidate := range []uint64{centre + uint64(low), centre - uint64(low)} {
					if candidate <= limit && [32]byte(mulBase(unsigned(candidate)).Bytes()) == point {
						progress(1)
						return candidate, nil
					}
				}
			}
			centre += 2 * steps
			if centre > limit+steps {
				return 0, ErrNotFound
			}
		}
	}
}

// babySteps maps the coordinate y of 8*i*G to i, for i from 0 to steps. Half a coordinate tells points apart well enough:
// a candidate is checked.
var babySteps = sync.OnceValue(func() map[uint64]uint32 {
	table := make(map[uint64]uint32, steps+1)
	walk := walker{at: edwards25519.NewIdentityPoint(), step: multiple(1)}
	for i := uint32(0); i <= steps; {
		for _, y := range walk.next() {
			if i <= steps {
				table[y] = i
			}
			i++
		}
	}
	return table
})

// walker steps along points and returns coordinates of a batch of them at once.
type walker struct{ at, step *edwards25519.Point }

func (w *walker) next() [batch]uint64 {
	var ys, zs, products [batch]field.Element
	running := new(field.Element).One()
	for i := range batch {
		_, y, z, _ := w.at.ExtendedCoordinates()
		ys[i], zs[i] = *y, *z
		products[i].Set(running)
		running.Multiply(running, z)
		w.at = new(edwards25519.Point).Add(w.at, w.step)
	}
	inverse := new(field.Element).Invert(running)
	var out [batch]uint64
	for i := batch - 1; i >= 0; i-- {
		y := new(field.Element).Multiply(inverse, &products[i])
		y.Multiply(y, &ys[i])
		out[i] = binary.LittleEndian.Uint64(y.Bytes()[8:])
		inverse.Multiply(inverse, &zs[i])
	}
	return out
}

// multiple is 8*n*G.
func multiple(n uint64) *edwards25519.Point {
	var bz [32]byte
	binary.LittleEndian.PutUint64(bz[:], 8*n)
	scalar, _ := edwards25519.NewScalar().SetCanonicalBytes(bz[:]) // 64 bits are below the order
	return new(edwards25519.Point).ScalarBaseMult(scalar)
}

// curveD is the constant d of the curve, -121665/121666 (RFC 7748 s.4.1).
var curveD = func() *field.Element {
	one := new(field.Element).One()
	numerator := new(field.Element).Mult32(one, 121665)
	denominator := new(field.Element).Mult32(one, 121666)
	d := new(field.Element).Multiply(numerator, denominator.Invert(denominator))
	return d.Negate(d)
}()

// lift returns 8*P on edwards25519 for an element of ristretto255 in its encoding, which was checked: RFC 9496 s.4.3.1.
func lift(encoded [32]byte) (*edwards25519.Point, error) {
	s, err := new(field.Element).SetBytes(encoded[:])
	if err != nil {
		return nil, err
	}
	one := new(field.Element).One()
	ss := new(field.Element).Square(s)
	u1, u2 := new(field.Element).Subtract(one, ss), new(field.Element).Add(one, ss)
	u2u2 := new(field.Element).Square(u2)
	v := new(field.Element).Multiply(curveD, new(field.Element).Square(u1))
	v.Subtract(v.Negate(v), u2u2)
	root, _ := new(field.Element).SqrtRatio(one, new(field.Element).Multiply(v, u2u2))
	denX := new(field.Element).Multiply(root, u2)
	denY := new(field.Element).Multiply(root, new(field.Element).Multiply(denX, v))
	x := new(field.Element).Multiply(s, denX)
	x.Absolute(x.Add(x, x))
	y := new(field.Element).Multiply(u1, denY)
	point, err := new(edwards25519.Point).SetExtendedCoordinates(x, y, one, new(field.Element).Multiply(x, y))
	if err != nil {
		return nil, err
	}
	return point.MultByCofactor(point), nil
}
