// Package logbook anchors a vault's access log on the chain, so that its owner can change or cut off none of it later: neither
// what was given nor what was refused.
//
// The entries of the log, in order, are the leaves of a Merkle tree (RFC 9162 s.2.1): the leaf of an entry is its hash, which chains
// it to those before. The tree is an anchor of x/attestation under a schema of the institution's own; the chain takes a larger tree
// only with a proof that it begins with the one before. An anchor has room for 2^20 entries: they make a volume, and the next ones
// another. Nobody learns from an anchor more than how many entries there are.
package logbook

import (
	"context"
	"errors"
	"fmt"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/vault/store"
	"github.com/creditd/creditd/x/attestation/merkle"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
)

// schemaName of the schema that each institution has of its own for its log.
const schemaName = "vault.access_log"

// page of entries that are read at once.
const page = 1000

// ErrOtherLog is what keeps a log from being anchored that is not the one which was anchored before.
var ErrOtherLog = errors.New("the access log does not go on from the one that is anchored on the chain")

// Chain is what is asked of the chain; lightchain.Chain proves it.
type Chain interface {
	// Anchors of an issuer under a schema, in no order.
	Anchors(ctx context.Context, issuer string, schema [32]byte) ([]attestationtypes.Anchor, error)
	HasSchema(ctx context.Context, id [32]byte) (bool, error)
}

// Log is the part of a store that is anchored.
type Log interface {
	AccessLog(ctx context.Context, after int64, limit int) ([]store.Access, error)
}

// Schema of an institution's log.
func Schema(operator sdk.AccAddress) attestationtypes.Schema {
	return attestationtypes.Schema{
		Name: schemaName, Version: 1, Creator: operator.String(), Issuers: []string{operator.String()},
		Fields: []attestationtypes.Field{{Name: "entry", Kind: attestationtypes.FIELD_KIND_STRING}},
	}
}

func createSchema(operator sdk.AccAddress) *attestationtypes.MsgCreateSchema {
	s := Schema(operator)
	return &attestationtypes.MsgCreateSchema{Creator: s.Creator, Name: s.Name, Version: s.Version, Fields: s.Fields, Issuers: s.Issuers}
}

// Book anchors one log. It keeps the hashes of the volume that is being filled, 32 bytes an entry, and reads each entry once.
type Book struct {
	operator sdk.AccAddress
	log      Log
	chain    Chain
	volume   uint64 // bounds a volume; attestationtypes.MaxAnchorSize but in tests

	first  int64        // sequence number of the volume's first entry
	last   store.Access // that was read
	leaves [][merkle.Size]byte
	done   map[string]bool // anchors of the volumes before, by id
}

// Open makes the book of an institution's log. Nothing is read yet.
func Open(operator sdk.AccAddress, log Log, chain Chain) *Book {
	return &Book{operator: operator, log: log, chain: chain, volume: attestationtypes.MaxAnchorSize, first: 1, done: map[string]bool{}}
}

// Entry is a step that has to be taken: messages for one transaction, and what is anchored when it is committed.
type Entry struct {
	Messages []sdk.Msg `json:"-"`
	Anchor   string    `json:"anchor"`  // hexadecimal
	First    int64     `json:"first"`   // entry of the log
	Entries  uint32    `json:"entries"` // in this volume, with the new ones
	Begun    bool      `json:"begun"`   // a new anchor
}

// Next says what has to be sent so that the log is anchored as it is now; nil if nothing has. After it was committed there may be
// more: a volume that is full is followed by another. With anew, a log that is not the one which was anchored gets an anchor of its
// own: after a restore from an old backup, whose loss stays a finding of Verify.
func (b *Book) Next(ctx context.Context, anew bool) (*Entry, error) {
	anchors, err := b.chain.Anchors(ctx, b.operator.String(), Schema(b.operator).DeriveID())
	if err != nil {
		return nil, err
	}
	for {
		more, err := b.read(ctx)
		if err != nil || len(b.leaves) == 0 {
			return nil, err
		}
		tree := merkle.NewTree(b.leaves)
		fit, others := b.sort(anchors)
		var before *attestationtypes.Anchor // the largest
		for i := range fit {
			if before == nil || fit[i].Size_ > before.Size_ {
				before = &fit[i]
			}
		}
		switch {
		case before == nil && len(others) > 0 && !anew:
			return nil, fmt.Errorf("%w: 'creditd vault log verify' says what is missing; after a restore from an older backup, begin anew with 'creditd vault log anchor --anew'", ErrOtherLog)
		case before == nil:
			return b.begin(ctx, tree)
		case uint64(before.Size_) < tree.Size():
			return b.extend(before, tree), nil
		case !more:
			return nil, nil
		}
		b.turn(fit)
	}
}

// turn to the next volume.
func (b *Book) turn(fit []attestationtypes.Anchor) {
	for i := range fit {
		b.done[string(fit[i].Id)] = true
	}
	b.first, b.leaves = b.first+int64(len(b.leaves)), nil
}

// read on until the volume is full, or there is no more.
func (b *Book) read(ctx context.Context) (more bool, err error) {
	for {
		room := b.volume - uint64(len(b.leaves))
		limit := int(min(room, page))
		entries, err := b.log.AccessLog(ctx, b.last.Seq, max(limit, 1))
		if err != nil {
			return false, err
		}
		if room == 0 {
			return len(entries) > 0, nil
		}
		for i := range entries {
			if !entries[i].Follows(b.last) {
				return false, fmt.Errorf("%w: entry %d of the access log was changed or left out", store.ErrBroken, b.last.Seq+1)
			}
			b.last = entries[i]
			b.leaves = append(b.leaves, merkle.HashLeaf(entries[i].Hash[:]))
		}
		if len(entries) < limit {
			return false, nil
		}
	}
}

// sort tells the anchors that are of this volume from others; those of the volumes before are in neither.
func (b *Book) sort(anchors []attestationtypes.Anchor) (fit, others []attestationtypes.Anchor) {
	for i := range anchors {
		switch {
		case b.done[string(anchors[i].Id)]:
		case begins(&anchors[i], b.leaves):
			fit = append(fit, anchors[i])
		default:
			others = append(others, anchors[i])
		}
	}
	return fit, others
}

// begins tells whether an anchor is of the first of these leaves.
func begins(anchor *attestationtypes.Anchor, leaves [][merkle.Size]byte) bool {
	if len(anchor.Root) != merkle.Size || anchor.Size_ == 0 || uint64(anchor.Size_) > uint64(len(leaves)) {
		return false
	}
	return merkle.NewTree(leaves[:anchor.Size_]).Root() == [merkle.Size]byte(anchor.Root)
}

func (b *Book) begin(ctx context.Context, tree *merkle.Tree) (*Entry, error) {
	schema := Schema(b.operator).DeriveID()
	known, err := b.chain.HasSchema(ctx, schema)
	if err != nil {
		return nil, err
	}
	root, size := tree.Root(), uint32(tree.Size())
	e := &Entry{First: b.first, Entries: size, Begun: true}
	e.Anchor = attestationtypes.AnchorID(schema.Bytes(), b.operator, nil, root[:], size).String()
	if !known {
		e.Messages = append(e.Messages, createSchema(b.operator))
	}
	e.Messages = append(e.Messages, &attestationtypes.MsgAnchor{Issuer: b.operator.String(), SchemaId: schema.Bytes(), Root: root[:], Size_: size})
	return e, nil
}

func (b *Book) extend(before *attestationtypes.Anchor, tree *merkle.Tree) *Entry {
	root, size := tree.Root(), uint32(tree.Size())
	msg := &attestationtypes.MsgExtendAnchor{Issuer: b.operator.String(), Id: before.Id, Root: root[:], Size_: size}
	for _, hash := range tree.Consistency(uint64(before.Size_)) {
		msg.Proof = append(msg.Proof, hash[:])
	}
	return &Entry{Messages: []sdk.Msg{msg}, Anchor: fmt.Sprintf("%x", before.Id), First: b.first, Entries: size}
}
