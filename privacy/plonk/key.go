package plonk

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr/fft"
	plonk "github.com/consensys/gnark/backend/plonk/bn254"
)

const (
	// KeySize in bytes of an encoded verifying key.
	KeySize = 4 + 32 + 32 + sizeG2 + pointsOfKey*sizeG1

	// MaxLogRows bounds circuits: 2^14 rows is what the Ignition file of 32,769 powers and a block's time allow.
	MaxLogRows = 14
	// MaxPublic inputs of a circuit.
	MaxPublic = 128

	minLogRows  = 4
	keyVersion  = 1
	pointsOfKey = 8
	domainSetup = "creditd/setup/v1"
)

// VerifyingKey is a circuit's key: what a proof is checked against. It names its circuit and the setup it was made with.
type VerifyingKey struct {
	inner   plonk.VerifyingKey
	circuit [32]byte
	powers  [32]byte
}

// ParseVerifyingKey decodes a key of exactly KeySize bytes:
//
//	version (1) || log2 of the rows (1) || public inputs (2, big-endian) || circuit id (32) ||
//	SHA-256 of the setup's powers (32) || [tau] of G2 (64) || S1 S2 S3 Ql Qr Qm Qo Qk (32 each)
//
// Every point is compressed, canonical, in the subgroup and not at infinity. What follows from these is computed and not
// read: generators, roots of unity, the lines of the pairing. That the key is of the circuit it names is for those to
// check who agree on it, by compiling the circuit.
func ParseVerifyingKey(bz []byte) (*VerifyingKey, error) {
	if len(bz) != KeySize {
		return nil, fmt.Errorf("a verifying key has %d bytes, not %d", KeySize, len(bz))
	}
	if bz[0] != keyVersion {
		return nil, fmt.Errorf("verifying key of version %d: this is version %d", bz[0], keyVersion)
	}
	logRows, public := bz[1], binary.BigEndian.Uint16(bz[2:4])
	if logRows < minLogRows || logRows > MaxLogRows {
		return nil, fmt.Errorf("a circuit has 2^%d to 2^%d rows, not 2^%d", minLogRows, MaxLogRows, logRows)
	}
	if public == 0 || public > MaxPublic {
		return nil, fmt.Errorf("a circuit has 1 to %d public inputs, not %d", MaxPublic, public)
	}
	vk := &VerifyingKey{circuit: [32]byte(bz[4:36]), powers: [32]byte(bz[36:68])}
	vk.inner.NbPublicVariables = uint64(public)
	r := &reader{rest: bz[68:]}
	r.g2("[tau] of G2", &vk.inner.Kzg.G2[1])
	for _, part := range vk.points() {
		r.g1(part.name, part.point)
	}
	if r.err != nil {
		return nil, r.err
	}
	if err := vk.complete(uint64(1) << logRows); err != nil {
		return nil, err
	}
	return vk, nil
}

// complete computes what follows from what a key's encoding has.
func (vk *VerifyingKey) complete(rows uint64) error {
	_, _, g1, g2 := bn254.Generators()
	if vk.inner.Kzg.G2[1].Equal(&g2) {
		return errors.New("[tau] of G2: the generator is no setup")
	}
	domain := fft.NewDomain(rows, fft.WithoutPrecompute())
	vk.inner.Size = domain.Cardinality
	vk.inner.SizeInv = domain.CardinalityInv
	vk.inner.Generator = domain.Generator
	vk.inner.CosetShift = domain.FrMultiplicativeGen
	vk.inner.Qcp = []bn254.G1Affine{}
	vk.inner.Kzg.G1, vk.inner.Kzg.G2[0] = g1, g2
	vk.inner.Kzg.Lines[0] = bn254.PrecomputeLines(g2)
	vk.inner.Kzg.Lines[1] = bn254.PrecomputeLines(vk.inner.Kzg.G2[1])
	return nil
}

// KeyFromGnark takes a key that gnark made of that circuit with a setup whose powers have that SHA-256.
func KeyFromGnark(inner *plonk.VerifyingKey, circuit, powers [32]byte) (*VerifyingKey, error) {
	if len(inner.Qcp) != 0 || len(inner.CommitmentConstraintIndexes) != 0 {
		return nil, errors.New("a circuit with commitments of its own is not supported")
	}
	vk := &VerifyingKey{inner: *inner, circuit: circuit, powers: powers}
	return ParseVerifyingKey(vk.Bytes()) // so that what is refused there is not made here
}

// Bytes of the key, as ParseVerifyingKey reads them.
func (vk *VerifyingKey) Bytes() []byte {
	out := make([]byte, 4, KeySize)
	out[0] = keyVersion
	for rows := vk.inner.Size; rows > 1; rows >>= 1 {
		out[1]++
	}
	binary.BigEndian.PutUint16(out[2:], uint16(min(vk.inner.NbPublicVariables, 0xffff)))
	out = append(out, vk.circuit[:]...)
	out = append(out, vk.powers[:]...)
	tau := vk.inner.Kzg.G2[1].Bytes()
	out = append(out, tau[:]...)
	for _, part := range vk.points() {
		bz := part.point.Bytes()
		out = append(out, bz[:]...)
	}
	return out
}

// Circuit is the id of the circuit that the key says it is of.
func (vk *VerifyingKey) Circuit() [32]byte { return vk.circuit }

// Setup is the digest of the setup that the key was made with. A chain refuses a key whose setup is not the one that it
// agreed.
func (vk *VerifyingKey) Setup() [32]byte { return SetupDigest(vk.powers, vk.inner.Kzg.G2[1]) }

// Public is the number of public inputs.
func (vk *VerifyingKey) Public() int { return int(vk.inner.NbPublicVariables) }

// Rows of the circuit: a power of two.
func (vk *VerifyingKey) Rows() int { return int(vk.inner.Size) }

// SetupDigest names a setup: SHA-256("creditd/setup/v1" || SHA-256 of its powers in G1, compressed || [tau] of G2).
func SetupDigest(powers [32]byte, tau bn254.G2Affine) [32]byte {
	encoded := tau.Bytes()
	h := sha256.New()
	h.Write([]byte(domainSetup))
	h.Write(powers[:])
	h.Write(encoded[:])
	return [32]byte(h.Sum(nil))
}

// points of a key in the order of its encoding.
func (vk *VerifyingKey) points() []part {
	k := &vk.inner
	return []part{
		{name: "S1", point: &k.S[0]},
		{name: "S2", point: &k.S[1]},
		{name: "S3", point: &k.S[2]},
		{name: "Ql", point: &k.Ql},
		{name: "Qr", point: &k.Qr},
		{name: "Qm", point: &k.Qm},
		{name: "Qo", point: &k.Qo},
		{name: "Qk", point: &k.Qk},
	}
}
