package anchor

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"os"
	"time"

	"github.com/creditd/creditd/x/attestation/merkle"
	"github.com/creditd/creditd/x/attestation/types"
)

// A tree file is
//
//	header | a record for each statement | the nodes of each level, leaves first, root last
//
// with records of one length, so that the place of everything follows from the header. Level k of a tree of n items has
// the roots over 2^k leaves each, ceil(n/2^k) of them; a last node without a sibling goes up as it is. Numbers are
// big-endian.

const (
	magic       = "CRDTREE1"
	headerBytes = 8 + 4 + 32 + maxIssuer + 32 + 4 + 4 + 32 + sha256.Size
	maxIssuer   = 64
	// recordBytes of a statement without circuit commitment and amounts: marks, subject, commitment, two times, reference.
	recordBytes = 1 + 32 + 32 + 8 + 8 + 32
)

// Marks of what a record has.
const (
	markValidFrom = 1 << iota
	markExpiresAt
	markReference
)

// About is what a tree is for. With the first root and size it makes the anchor's id.
type About struct {
	SchemaID        types.ID
	Issuer          []byte // address
	AccreditationID []byte // 32 bytes, or empty under a schema that asks for none
}

func (a About) validate() error {
	if err := a.SchemaID.Validate(); err != nil {
		return fmt.Errorf("schema: %w", err)
	}
	if len(a.Issuer) == 0 || len(a.Issuer) > maxIssuer {
		return fmt.Errorf("issuer: an address of %d bytes: it has 1 to %d", len(a.Issuer), maxIssuer)
	}
	if len(a.AccreditationID) != 0 {
		if _, err := types.IDFromBytes(a.AccreditationID); err != nil {
			return fmt.Errorf("accreditation: %w", err)
		}
	}
	return nil
}

// header of a tree file.
type header struct {
	About
	shape
	size      uint32
	firstSize uint32 // of the tree that was anchored first
	firstRoot Hash
}

func (h header) anchorID() types.ContainerID {
	return types.AnchorID(h.SchemaID[:], h.Issuer, h.AccreditationID, h.firstRoot[:], h.firstSize)
}

func (h header) recordBytes() int {
	n := recordBytes + types.IDSize*h.amounts
	if h.circuit {
		n += types.IDSize
	}
	return n
}

func (h header) recordAt(index uint32) int64 {
	return headerBytes + int64(index)*int64(h.recordBytes())
}

func (h header) recordsEnd() int64 { return h.recordAt(h.size) }

// nodeAt is the place of a node, behind all levels below its own.
func (h header) nodeAt(level int, index uint64) int64 {
	before := uint64(0)
	for k := range level {
		before += width(h.size, k)
	}
	return h.recordsEnd() + int64(before+index)*merkle.Size
}

// width is the number of nodes of a level.
func width(size uint32, level int) uint64 { return (uint64(size) + 1<<level - 1) >> level }

func (h header) fileBytes() int64 { return h.nodeAt(height(h.size), 0) }

func (h header) encode() []byte {
	b := append(make([]byte, 0, headerBytes), magic...)
	b = append(b, bit(h.circuit), byte(h.amounts), byte(len(h.Issuer)), bit(len(h.AccreditationID) > 0))
	b = append(b, h.SchemaID[:]...)
	b = append(append(b, h.Issuer...), make([]byte, maxIssuer-len(h.Issuer))...)
	b = append(append(b, h.AccreditationID...), make([]byte, types.IDSize-len(h.AccreditationID))...)
	b = binary.BigEndian.AppendUint32(b, h.size)
	b = binary.BigEndian.AppendUint32(b, h.firstSize)
	b = append(b, h.firstRoot[:]...)
	sum := sha256.Sum256(b)
	return append(b, sum[:]...)
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func decodeHeader(b []byte) (h header, err error) {
	if string(b[:len(magic)]) != magic {
		return h, errors.New("it is no tree file: make one with `creditd attestation anchor build`")
	}
	content := b[:headerBytes-sha256.Size]
	if sum := sha256.Sum256(content); string(sum[:]) != string(b[headerBytes-sha256.Size:]) {
		return h, errors.New("its header is damaged: build it again")
	}
	b = content[len(magic):]
	circuit, amounts, issuer, accredited := b[0], b[1], b[2], b[3]
	if circuit > 1 || amounts > types.MaxFields || issuer > maxIssuer || accredited > 1 {
		return h, errors.New("its header makes no sense: build it again")
	}
	h.shape = shape{circuit == 1, int(amounts)}
	b = b[4:]
	copy(h.SchemaID[:], b)
	b = b[types.IDSize:]
	h.Issuer = bytes.Clone(b[:issuer])
	b = b[maxIssuer:]
	h.AccreditationID = bytes.Clone(b[:types.IDSize*int(accredited)])
	b = b[types.IDSize:]
	h.size, h.firstSize = binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
	copy(h.firstRoot[:], b[8:])
	if h.size < 1 || h.size > MaxSize || h.firstSize < 1 || h.firstSize > h.size {
		return h, errors.New("its header makes no sense: build it again")
	}
	return h, h.validate()
}

// appendRecord appends a statement of the header's shape.
func appendRecord(b []byte, s types.Statement) []byte {
	marks := byte(0)
	var from, to uint64
	if s.ValidFrom != nil {
		marks, from = marks|markValidFrom, uint64(s.ValidFrom.UnixNano())
	}
	if s.ExpiresAt != nil {
		marks, to = marks|markExpiresAt, uint64(s.ExpiresAt.UnixNano())
	}
	var reference [types.IDSize]byte
	if len(s.Reference) > 0 {
		marks |= markReference
		copy(reference[:], s.Reference)
	}
	b = append(append(append(b, marks), s.Subject...), s.Commitment...)
	b = binary.BigEndian.AppendUint64(b, from)
	b = binary.BigEndian.AppendUint64(b, to)
	b = append(append(b, reference[:]...), s.CircuitCommitment...)
	for _, amount := range s.AmountCommitments {
		b = append(b, amount...)
	}
	return b
}

var errDamaged = errors.New("the file is damaged: build it again")

// decodeRecord is the inverse of appendRecord. The statement keeps the record.
func (h header) decodeRecord(b []byte) (s types.Statement, err error) {
	record, marks := b, b[0]
	cut := func(n int) []byte {
		part := b[:n:n]
		b = b[n:]
		return part
	}
	at := func(mark byte) *time.Time {
		nanoseconds := binary.BigEndian.Uint64(cut(8))
		if marks&mark == 0 {
			return nil
		}
		at := time.Unix(0, int64(nanoseconds)).UTC()
		return &at
	}
	cut(1)
	s.Subject, s.Commitment = cut(types.IDSize), cut(types.IDSize)
	s.ValidFrom, s.ExpiresAt = at(markValidFrom), at(markExpiresAt)
	if reference := cut(types.IDSize); marks&markReference != 0 {
		s.Reference = reference
	}
	if h.circuit {
		s.CircuitCommitment = cut(types.IDSize)
	}
	for range h.amounts {
		s.AmountCommitments = append(s.AmountCommitments, cut(types.IDSize))
	}
	if !bytes.Equal(appendRecord(make([]byte, 0, len(record)), s), record) {
		return s, errDamaged
	}
	return s, nil
}

// File is a tree file that is read.
type File struct {
	header
	file io.ReaderAt
	done func() error
	root Hash
}

// Open reads the header of a tree file and checks that the file is whole.
func Open(path string) (*File, error) {
	file, err := os.Open(path) //nolint:gosec // the user names the file
	if err != nil {
		return nil, err
	}
	f, err := open(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, errors.Join(err, file.Close()))
	}
	return f, nil
}

func open(file *os.File) (*File, error) {
	b := make([]byte, headerBytes)
	if _, err := file.ReadAt(b, 0); err != nil {
		return nil, fmt.Errorf("it is no tree file: %w", err)
	}
	h, err := decodeHeader(b)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() != h.fileBytes() {
		return nil, fmt.Errorf("it has %d bytes and not %d: build it again", info.Size(), h.fileBytes())
	}
	f := &File{header: h, file: file, done: file.Close}
	f.root, err = f.node(height(h.size)-1, 0)
	return f, err
}

// Close the file.
func (f *File) Close() error { return f.done() }

// About says what the tree is for.
func (f *File) About() About { return f.header.About }

// AnchorID is the id of the anchor.
func (f *File) AnchorID() types.ContainerID { return f.anchorID() }

// Root of the tree.
func (f *File) Root() Hash { return f.root }

// Size of the tree.
func (f *File) Size() uint32 { return f.size }

func (f *File) node(level int, index uint64) (node Hash, err error) {
	_, err = f.file.ReadAt(node[:], f.nodeAt(level, index))
	return node, err
}

// climb appends the siblings from a node up to the root.
func (f *File) climb(path []Hash, level int, index uint64) ([]Hash, error) {
	for ; level < height(f.size); level++ {
		if sibling := index ^ 1; sibling < width(f.size, level) {
			node, err := f.node(level, sibling)
			if err != nil {
				return nil, err
			}
			path = append(path, node)
		}
		index >>= 1
	}
	return path, nil
}

// Proof of the item at index. It is verified before it is handed out, so a damaged file gives an error.
func (f *File) Proof(index uint32) (Proof, error) {
	if index >= f.size {
		return Proof{}, fmt.Errorf("item %d: the tree has %d, counted from 0", index, f.size)
	}
	records := make([]byte, f.recordBytes())
	if _, err := f.file.ReadAt(records, f.recordAt(index)); err != nil {
		return Proof{}, err
	}
	statement, err := f.decodeRecord(records)
	if err != nil {
		return Proof{}, fmt.Errorf("item %d: %w", index, err)
	}
	path, err := f.climb(make([]Hash, 0, maxPath), 0, uint64(index))
	if err != nil {
		return Proof{}, err
	}
	proof := Proof{AnchorID: f.anchorID(), Index: index, Size: f.size, Statement: statement, Path: path}
	if err := proof.Verify(f.root, f.size); err != nil {
		return Proof{}, fmt.Errorf("item %d: %w: %w", index, errDamaged, err)
	}
	return proof, nil
}

// Consistency shows that the tree of the first items, 1 to Size of them, is the beginning of this one.
func (f *File) Consistency(first uint32) ([]Hash, error) {
	if first < 1 || first > f.size {
		return nil, fmt.Errorf("the first %d items: the tree has %d", first, f.size)
	}
	path := make([]Hash, 0, maxPath+1)
	if first == f.size {
		return path, nil
	}
	// The largest full subtree that the first items end with; when it is all of them, the verifier knows its root.
	level := bits.TrailingZeros32(first)
	index := uint64(first-1) >> level
	if index != 0 {
		node, err := f.node(level, index)
		if err != nil {
			return nil, err
		}
		path = append(path, node)
	}
	return f.climb(path, level, index)
}
