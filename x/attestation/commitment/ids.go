package commitment

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"github.com/creditd/creditd/x/attestation/merkle"
)

const (
	domainStatement  = "creditd/statement/v1"
	domainBatch      = "creditd/batch/v1"
	domainAnchor     = "creditd/anchor/v1"
	domainAnchorLeaf = "creditd/anchor/leaf/v1"
)

const (
	// ContainerSize is the length in bytes of the id of a batch or of an anchor.
	ContainerSize = 28
	// PointSize is the length in bytes of an amount commitment and of a circuit commitment.
	PointSize = 32
	// MaxAnchorSize is the most leaves that an anchor's tree has.
	MaxAnchorSize = 1 << 20
)

// MinTime and MaxTime bound the times that a statement may name: those that 64 bits of nanoseconds since 1970 tell
// apart, to the second.
var (
	MinTime = time.Unix(math.MinInt64/int64(time.Second)+1, 0).UTC()
	MaxTime = time.Unix(math.MaxInt64/int64(time.Second)-1, 0).UTC()
)

// ID is the hash behind every content-derived id of creditd (schemas, attestations, consents, ...):
//
//	SHA-256( u8(len domain) || domain || for each part: u32be(len part) || part )
//
// The lengths make the encoding of (domain, parts) injective, so two different lists of parts never hash
// the same bytes. The domain names the id's type and version, for instance "creditd/schema/v1"; it is a
// constant of the program, and one of more than 255 bytes panics. A caller whose parts come in lists of
// varying length puts the number of items before each list.
//
// An id hides nothing: anybody can guess short parts and compare. Personal data goes through Commit.
func ID(domain string, parts ...[]byte) [32]byte {
	if len(domain) > math.MaxUint8 {
		panic("commitment: an id's domain is longer than 255 bytes")
	}
	size := 1 + len(domain)
	for _, part := range parts {
		size += 4 + len(part)
	}
	var stack [512]byte // enough for most ids, without an allocation
	data := stack[:0]
	if size > len(stack) {
		data = make([]byte, 0, size)
	}
	data = append(data, byte(len(domain)))
	data = append(data, domain...)
	for _, part := range parts {
		data = binary.BigEndian.AppendUint32(data, uint32(len(part)))
		data = append(data, part...)
	}
	return sha256.Sum256(data)
}

// StatementContent is what is said about one subject, all of which its digest binds.
type StatementContent struct {
	Subject    [32]byte  // pseudonym
	Commitment [32]byte  // to the record, see Commit
	ValidFrom  time.Time // zero: absent, holds at once
	ExpiresAt  time.Time // zero: absent, does not expire
	Circuit    []byte    // circuit commitment, PointSize bytes or none
	Amounts    [][]byte  // amount commitments in leaf order, PointSize bytes each
	Reference  []byte    // id of another attestation, 32 bytes or none
}

// Check refuses a content that StatementDigest is not injective on: parts of another length than theirs, more than
// MaxFields amounts, and times that 64 bits of nanoseconds do not hold. It does not look at what the parts say.
func (c StatementContent) Check() error {
	if n := len(c.Circuit); n != 0 && n != PointSize {
		return fmt.Errorf("circuit commitment: %d bytes, and not %d or none", n, PointSize)
	}
	if len(c.Amounts) > MaxFields {
		return fmt.Errorf("%d amount commitments: at most %d, one for each summed field", len(c.Amounts), MaxFields)
	}
	for i, amount := range c.Amounts {
		if len(amount) != PointSize {
			return fmt.Errorf("amount commitment %d: %d bytes, and not %d", i, len(amount), PointSize)
		}
	}
	if n := len(c.Reference); n != 0 && n != 32 {
		return fmt.Errorf("reference: %d bytes, and not 32 or none", n)
	}
	if !timeInRange(c.ValidFrom) {
		return fmt.Errorf("valid_from is not between the years %d and %d", MinTime.Year(), MaxTime.Year())
	}
	if !timeInRange(c.ExpiresAt) {
		return fmt.Errorf("expires_at is not between the years %d and %d", MinTime.Year(), MaxTime.Year())
	}
	return nil
}

func timeInRange(t time.Time) bool {
	return t.IsZero() || !t.Before(MinTime) && !t.After(MaxTime)
}

// StatementDigest is the hash of a statement. Equal digests mean equal contents only where both pass Check, which is
// the caller's to ask for.
func StatementDigest(c StatementContent) [32]byte {
	var from, to [8]byte
	var stack [4 * PointSize]byte
	amounts := stack[:0]
	for _, amount := range c.Amounts {
		amounts = append(amounts, amount...)
	}
	return ID(domainStatement, c.Subject[:], c.Commitment[:], timePart(&from, c.ValidFrom), timePart(&to, c.ExpiresAt),
		c.Circuit, amounts, c.Reference)
}

// timePart is the time in nanoseconds since 1970, signed and big-endian, in 8 bytes; of an absent time no bytes.
func timePart(buffer *[8]byte, t time.Time) []byte {
	if t.IsZero() {
		return nil
	}
	binary.BigEndian.PutUint64(buffer[:], uint64(t.UnixNano()))
	return buffer[:]
}

// BatchID is the id of what one message states: its statements' digests in order, who states them and under what.
// accreditation is 32 bytes, or empty where the schema asks for none.
func BatchID(schemaID [32]byte, issuer, accreditation []byte, digests [][32]byte) [ContainerSize]byte {
	parts := make([][]byte, 0, 3+len(digests))
	parts = append(parts, schemaID[:], issuer, accreditation)
	for i := range digests {
		parts = append(parts, digests[i][:])
	}
	return container(ID(domainBatch, parts...))
}

// AnchorID is the id of an anchor, made from the first root and size that it had. accreditation is as in BatchID.
func AnchorID(schemaID [32]byte, issuer, accreditation []byte, root [32]byte, size uint32) [ContainerSize]byte {
	var count [4]byte
	binary.BigEndian.PutUint32(count[:], size)
	return container(ID(domainAnchor, schemaID[:], issuer, accreditation, root[:], count[:]))
}

func container(id [32]byte) [ContainerSize]byte { return [ContainerSize]byte(id[:ContainerSize]) }

// AttestationID is the id of the item at index of a batch or anchor: container || u32be(index).
func AttestationID(container [ContainerSize]byte, index uint32) [32]byte {
	var id [32]byte
	copy(id[:], container[:])
	binary.BigEndian.PutUint32(id[ContainerSize:], index)
	return id
}

// SplitID is the inverse of AttestationID.
func SplitID(id [32]byte) (container [ContainerSize]byte, index uint32) {
	return [ContainerSize]byte(id[:ContainerSize]), binary.BigEndian.Uint32(id[ContainerSize:])
}

// AnchorLeaf is the leaf hash of a statement in an anchor's tree: that of RFC 9162 over "creditd/anchor/leaf/v1" and
// the statement's digest. The tree above it is merkle's.
func AnchorLeaf(digest [32]byte) [32]byte {
	var data [len(domainAnchorLeaf) + 32]byte
	copy(data[:], domainAnchorLeaf)
	copy(data[len(domainAnchorLeaf):], digest[:])
	return merkle.HashLeaf(data[:])
}
