package setup

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/kzg"
)

// A ceremony is a chain of contributions: each multiplies tau by a number that its maker draws, uses and forgets, and
// proves that it did just that (Bowe, Gabizon, Miers: ePrint 2017/1050, as gnark-crypto's mpcsetup does it). One maker
// that forgets is enough. At the end a public number that nobody could choose, the beacon, is multiplied in.

const (
	// MinBeacon bytes: a block's hash has 32.
	MinBeacon = 16

	proofOfContribution = bn254.SizeOfG1AffineCompressed + bn254.SizeOfG2AffineCompressed
	minContributions    = 1
)

// Ceremony is the state of one, as far as it was verified.
type Ceremony struct {
	powers int
	last   kzg.MpcSetup
	hashes [][32]byte
}

// NewCeremony begins one for circuits of up to that many rows, a power of two.
func NewCeremony(rows int) (*Ceremony, error) {
	powers := rows + Spare
	if rows < minPowers-Spare || rows&(rows-1) != 0 || powers > MaxPowers {
		return nil, fmt.Errorf("rows are a power of two from %d to %d, not %d", minPowers-Spare, 1<<14, rows)
	}
	return &Ceremony{powers: powers, last: kzg.InitializeSetup(powers)}, nil
}

// ContributionSize in bytes of each contribution to the ceremony.
func (c *Ceremony) ContributionSize() int {
	return proofOfContribution + 8 + (c.powers-1)*bn254.SizeOfG1AffineCompressed + bn254.SizeOfG2AffineCompressed + sha256.Size
}

// Contributions that were verified or made here: their SHA-256, in order.
func (c *Ceremony) Contributions() [][32]byte { return c.hashes }

// Contribute draws a number, adds a contribution and returns it. The number is in this process's memory alone and is
// forgotten; end the process.
func (c *Ceremony) Contribute() ([]byte, error) {
	c.last.Contribute()
	var out bytes.Buffer
	if _, err := c.last.WriteTo(&out); err != nil {
		return nil, err
	}
	c.hashes = append(c.hashes, sha256.Sum256(out.Bytes()))
	return out.Bytes(), nil
}

// Add verifies a contribution on the one before and goes on from it. After an error the ceremony is as before.
func (c *Ceremony) Add(contribution []byte) error {
	if len(contribution) != c.ContributionSize() {
		return fmt.Errorf("a contribution to this ceremony has %d bytes, not %d", c.ContributionSize(), len(contribution))
	}
	// What follows reads as many points as this says.
	if n := binary.BigEndian.Uint64(contribution[proofOfContribution:]); n != uint64(c.powers) {
		return fmt.Errorf("a contribution of %d powers to a ceremony of %d", n, c.powers)
	}
	var next kzg.MpcSetup
	if _, err := next.ReadFrom(bytes.NewReader(contribution)); err != nil {
		return fmt.Errorf("unreadable: %w", err)
	}
	var again bytes.Buffer
	if _, err := next.WriteTo(&again); err != nil || !bytes.Equal(again.Bytes(), contribution) {
		return errors.New("not in its one encoding")
	}
	if err := c.last.Verify(&next); err != nil {
		return fmt.Errorf("it does not go on from the contribution before: %w", err)
	}
	c.last = next
	c.hashes = append(c.hashes, sha256.Sum256(contribution))
	return nil
}

// Seal ends the ceremony with a beacon: bytes that everybody can look up and that nobody could know when the last
// contribution was made, such as the hash of a later block. The ceremony is used up.
func (c *Ceremony) Seal(beacon []byte) (*Setup, error) {
	if len(c.hashes) < minContributions {
		return nil, errors.New("nobody contributed")
	}
	if len(beacon) < MinBeacon {
		return nil, fmt.Errorf("a beacon has at least %d bytes", MinBeacon)
	}
	srs := c.last.Seal(beacon)
	s, err := newSetup(srs.Pk.G1, srs.Vk.G2[1])
	if err != nil {
		return nil, err
	}
	return s, s.Check()
}

// Transcript is the digest of a ceremony: SHA-256 of "creditd/ceremony/v1", the number of powers in four bytes, the
// hashes of its contributions, and the beacon. It is what is anchored.
func (c *Ceremony) Transcript(beacon []byte) [32]byte {
	h := sha256.New()
	h.Write([]byte("creditd/ceremony/v1"))
	_ = binary.Write(h, binary.BigEndian, uint32(c.powers))
	for i := range c.hashes {
		h.Write(c.hashes[i][:])
	}
	h.Write(beacon)
	return [32]byte(h.Sum(nil))
}
