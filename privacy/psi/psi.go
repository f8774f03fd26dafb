// Package psi finds what two institutions' sets have in common, or how much, and shows neither of them the rest.
//
// The client blinds its items and commits to them (count and Merkle root), the server evaluates exactly these under a key made
// for the session, with proofs, and sends the evaluations of its own items, cut to 16 bytes and sorted. The client unblinds and
// compares. README.md has the protocol, what each side learns, the adversary and the argument.
package psi

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/creditd/creditd/privacy/oprf"
)

const (
	// TagSize is the length of the tag of one item, in bytes. Two sets of 2^20 items have a false match with a probability below
	// 2^-88.
	TagSize = 16
	// MaxItems bounds a set.
	MaxItems = 1 << 20

	domainItem       = "creditd/match/item/v1"
	domainTag        = "creditd/match/tag/v1"
	domainSizeTag    = "creditd/match/size/v1"
	domainTranscript = "creditd/match/transcript/v1"
)

// Tag of an item of the server's set.
type Tag [TagSize]byte

// Session is what both sides agreed on before: its id on the chain, and whether the client learns the size alone.
type Session struct {
	ID       [32]byte
	SizeOnly bool
}

// Commitment to the client's blinded set.
type Commitment struct {
	Count uint32
	Root  [32]byte
}

// Answer is all that the server sends.
type Answer struct {
	Public    oprf.Element   // of the key of the session
	Evaluated []oprf.Element // in the order of the client's elements, or sorted if it learns the size alone
	Proofs    []oprf.Proof   // one for each oprf.MaxBatch elements; of the sum, if it learns the size alone
	Tags      []Tag          // ascending
}

var (
	// ErrItems is wrapped when a set cannot be used: empty, too large, or with an item twice.
	ErrItems = errors.New("psi: unusable set")
	// ErrCommitment is wrapped when elements are not those that were committed to.
	ErrCommitment = errors.New("psi: not the set that was committed to")
	// ErrAnswer is wrapped when the server's answer is not what the session allows.
	ErrAnswer = errors.New("psi: unusable answer")
)

// input of the function for an item. That the session is in it keeps evaluations of one session useless in every other, beside the
// key.
func (s Session) input(item []byte) []byte { return join([]byte(domainItem), s.ID[:], item) }

func (s Session) inputs(items [][]byte) ([][]byte, error) {
	if len(items) == 0 || len(items) > MaxItems {
		return nil, fmt.Errorf("%w: %d items, 1 to %d are matched", ErrItems, len(items), MaxItems)
	}
	inputs, seen := make([][]byte, len(items)), make(map[string]int, len(items))
	for i, item := range items {
		if before, twice := seen[string(item)]; twice {
			return nil, fmt.Errorf("%w: items %d and %d are the same: name each once", ErrItems, before+1, i+1)
		}
		seen[string(item)] = i
		inputs[i] = s.input(item)
	}
	return inputs, nil
}

// tag of an output of the function.
func (s Session) tag(output oprf.Output) Tag {
	sum := sha256.Sum256(join([]byte(domainTag), s.ID[:], output[:]))
	return Tag(sum[:TagSize])
}

// sizeTag of an evaluation, unblinded: the client does not know of which item it is, so the item is not in it.
func (s Session) sizeTag(unblinded oprf.Element) Tag {
	sum := sha256.Sum256(join([]byte(domainSizeTag), s.ID[:], unblinded[:]))
	return Tag(sum[:TagSize])
}

// Transcript is what both sides record: SHA-256 over the session, its kind, the client's commitment, the server's key,
// evaluations and tags, each after a length of four bytes, big-endian. Proofs are made anew whenever they are asked for, and are not
// in it.
func (s Session) Transcript(commitment Commitment, answer *Answer) [32]byte {
	kind := []byte{0}
	if s.SizeOnly {
		kind[0] = 1
	}
	evaluated := make([]byte, 0, len(answer.Evaluated)*oprf.ElementSize)
	for i := range answer.Evaluated {
		evaluated = append(evaluated, answer.Evaluated[i][:]...)
	}
	tags := make([]byte, 0, len(answer.Tags)*TagSize)
	for i := range answer.Tags {
		tags = append(tags, answer.Tags[i][:]...)
	}
	return sha256.Sum256(join([]byte(domainTranscript), s.ID[:], kind,
		binary.BigEndian.AppendUint32(nil, commitment.Count), commitment.Root[:], answer.Public[:], evaluated, tags))
}

func checkTags(tags []Tag) error {
	if len(tags) == 0 || len(tags) > MaxItems {
		return fmt.Errorf("%w: %d tags", ErrAnswer, len(tags))
	}
	for i := 1; i < len(tags); i++ {
		if bytes.Compare(tags[i-1][:], tags[i][:]) >= 0 {
			return fmt.Errorf("%w: its tags do not ascend", ErrAnswer)
		}
	}
	return nil
}

func sortTags(tags []Tag) []Tag {
	slices.SortFunc(tags, func(a, b Tag) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(tags)
}

func join(parts ...[]byte) []byte {
	var all []byte
	for _, part := range parts {
		all = binary.BigEndian.AppendUint32(all, uint32(len(part)))
		all = append(all, part...)
	}
	return all
}
