// Package commitment is the one definition of how a credit record is committed to: the furnisher's
// vault, the chain and whoever verifies a report compute the same 32 bytes from the same record.
//
// A commitment is the root of a Merkle tree over salted fields, bound to the schema. It hides every
// field (each leaf carries 256 bits of salt) and lets the holder disclose any subset of them. The byte
// format is specified in docs/commitment-format.md, with test vectors in testdata/vectors.json.
//
// The package imports no Cosmos SDK package and does no I/O.
package commitment

import (
	"crypto/hmac"
	"crypto/rand" //determinism:ok vaults draw seeds here; the chain never does
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"

	"github.com/creditd/creditd/x/attestation/merkle"
)

// Domain strings. Each separates one use of SHA-256 or HMAC from all others; none may ever change.
const (
	domainSalt       = "creditd/salt/v1"
	domainLeaf       = "creditd/leaf/v1"
	domainCommitment = "creditd/commitment/v1"
)

// Seed is the one secret of a record: 32 random bytes from which all its salts are derived. It stays in
// the vault. Destroying it, together with the record, is the erasure: what the chain holds then says
// nothing about anybody. A leaf stays openable by whoever was given its salt in a disclosure.
type Seed [32]byte

// NewSeed draws a seed from the operating system. It has no error to return: crypto/rand ends the
// process rather than hand out predictable bytes.
func NewSeed() Seed {
	var seed Seed
	_, _ = rand.Read(seed[:]) // never fails, see the doc of crypto/rand.Read
	return seed
}

// Format keeps a seed out of every log line and error message, whatever the verb.
func (Seed) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "Seed(redacted)") }

// salt derives the salt of leaf index: HMAC-SHA256(seed, "creditd/salt/v1" || u16be(index)). Knowing
// the salts of disclosed fields tells nothing about the others.
func (s Seed) salt(index int) [32]byte { return newSalter(s).salt(index) }

// salter derives many salts of one seed. It keeps the HMAC with its key, which is half of the work.
type salter struct {
	mac  hash.Hash
	info []byte // the domain, with room for the index
	sum  []byte
}

func newSalter(seed Seed) *salter {
	return &salter{
		mac:  hmac.New(sha256.New, seed[:]),
		info: append(make([]byte, 0, len(domainSalt)+2), domainSalt...),
		sum:  make([]byte, 0, sha256.Size),
	}
}

func (s *salter) salt(index int) [32]byte {
	s.mac.Reset()
	s.mac.Write(binary.BigEndian.AppendUint16(s.info, uint16(index)))
	return [32]byte(s.mac.Sum(s.sum))
}

// Record holds the canonical text of each field that has a value. A name that is not in the map is
// absent, which is committed distinctly from a present empty string.
type Record map[string]string

// Check reports the first reason, in leaf order, why the record cannot be committed under the layout: a
// field that the layout does not have, or a text that is not canonical for its kind.
func (r Record) Check(layout Layout) error {
	if err := layout.Validate(); err != nil {
		return err
	}
	known := 0
	for _, field := range layout.Fields {
		value, present := r[field.Name]
		if !present {
			continue
		}
		known++
		if err := Canonical(field.Kind, value); err != nil {
			return fmt.Errorf("field %q: %w", field.Name, err)
		}
	}
	if known != len(r) {
		return fmt.Errorf("field %q is not in the schema", r.firstUnknown(layout))
	}
	return nil
}

// firstUnknown returns the smallest name of the record that the layout lacks, "" if there is none. It is sorted
// so that the error does not depend on the order of a map.
func (r Record) firstUnknown(layout Layout) string {
	for _, name := range slices.Sorted(maps.Keys(r)) {
		if layout.index(name) < 0 {
			return name
		}
	}
	return ""
}

// Commit returns the 32-byte commitment to the record. It fails when the layout or the record is not
// valid, see Layout.Validate and Record.Check; it never normalises a value on the caller's behalf.
func Commit(layout Layout, record Record, seed Seed) ([32]byte, error) {
	if err := record.Check(layout); err != nil {
		return [32]byte{}, err
	}
	return bind(layout.SchemaID, len(layout.Fields), merkle.Root(leaves(layout, record, seed))), nil
}

// bind turns the tree's root into the commitment. Schema and size are bound so that the same leaves
// mean something under one schema only, and a path cannot be replayed in a tree of another size.
func bind(schemaID [32]byte, size int, root [32]byte) [32]byte {
	h := sha256.New()
	h.Write([]byte(domainCommitment))
	h.Write(schemaID[:])
	h.Write(binary.BigEndian.AppendUint16(nil, uint16(size)))
	h.Write(root[:])
	return [32]byte(h.Sum(nil))
}

// leaves returns the leaf hashes of a record that was checked, in the order of the layout.
func leaves(layout Layout, record Record, seed Seed) [][32]byte {
	hashes, salts := make([][32]byte, len(layout.Fields)), newSalter(seed)
	for i, field := range layout.Fields {
		value, present := record[field.Name]
		hashes[i] = merkle.HashLeaf(leafData(salts.salt(i), i, field, value, present))
	}
	return hashes
}

// leafData is the preimage of one leaf, before the RFC 9162 leaf prefix:
//
//	"creditd/leaf/v1" || salt (32) || u16be(index) || u8(kind) || u8(present)
//	|| u16be(len name) || name || u32be(len value) || value
//
// An absent field has present = 0 and an empty value.
func leafData(salt [32]byte, index int, field Field, value string, present bool) []byte {
	data := make([]byte, 0, len(domainLeaf)+len(salt)+10+len(field.Name)+len(value))
	data = append(data, domainLeaf...)
	data = append(data, salt[:]...)
	data = binary.BigEndian.AppendUint16(data, uint16(index))
	data = append(data, byte(field.Kind), bit(present))
	data = binary.BigEndian.AppendUint16(data, uint16(len(field.Name)))
	data = append(data, field.Name...)
	data = binary.BigEndian.AppendUint32(data, uint32(len(value)))
	return append(data, value...)
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}
