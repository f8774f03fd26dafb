package logbook

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/vault/store"
	"github.com/creditd/creditd/x/attestation/merkle"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
)

var (
	bank  = sdk.AccAddress("bank________________")
	began = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
)

// chain takes anchors by the rules of x/attestation.
type chain struct {
	t       *testing.T
	anchors []attestationtypes.Anchor
	schemas map[[32]byte]bool
}

func (c *chain) Anchors(_ context.Context, issuer string, schema [32]byte) ([]attestationtypes.Anchor, error) {
	require.Equal(c.t, bank.String(), issuer)
	require.Equal(c.t, [32]byte(Schema(bank).DeriveID()), schema)
	return slices.Clone(c.anchors), nil
}

func (c *chain) HasSchema(_ context.Context, id [32]byte) (bool, error) { return c.schemas[id], nil }

func (c *chain) take(e *Entry) {
	c.t.Helper()
	for _, msg := range e.Messages {
		switch m := msg.(type) {
		case *attestationtypes.MsgCreateSchema:
			schema := attestationtypes.Schema{Name: m.Name, Version: m.Version, Fields: m.Fields, Issuers: m.Issuers, Creator: m.Creator}
			require.NoError(c.t, schema.Validate())
			require.False(c.t, c.schemas[schema.DeriveID()])
			c.schemas[schema.DeriveID()] = true
		case *attestationtypes.MsgAnchor:
			require.True(c.t, c.schemas[[32]byte(m.SchemaId)])
			require.NoError(c.t, attestationtypes.CheckTree(m.Root, m.Size_))
			id := attestationtypes.AnchorID(m.SchemaId, bank, nil, m.Root, m.Size_)
			require.Equal(c.t, e.Anchor, id.String())
			c.anchors = append(c.anchors, attestationtypes.Anchor{Id: id.Bytes(), SchemaId: m.SchemaId, Issuer: m.Issuer, Root: m.Root, Size_: m.Size_, AnchoredAt: began, ExtendedAt: began})
		case *attestationtypes.MsgExtendAnchor:
			at := slices.IndexFunc(c.anchors, func(a attestationtypes.Anchor) bool { return string(a.Id) == string(m.Id) })
			require.GreaterOrEqual(c.t, at, 0)
			a := &c.anchors[at]
			proof, err := attestationtypes.ConsistencyProof(m.Proof)
			require.NoError(c.t, err)
			require.True(c.t, merkle.VerifyConsistency(uint64(a.Size_), uint64(m.Size_), [32]byte(a.Root), [32]byte(m.Root), proof))
			a.Root, a.Size_ = m.Root, m.Size_
		default:
			c.t.Fatalf("%T", m)
		}
	}
}

// scene has a log in a store and a book whose volumes are small.
type scene struct {
	t     *testing.T
	log   *store.SQL
	chain *chain
	book  *Book
}

func newScene(t *testing.T) *scene {
	t.Helper()
	s, err := store.Open(t.Context(), t.TempDir()+"/store.db", store.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	c := &chain{t: t, schemas: map[[32]byte]bool{}}
	return &scene{t: t, log: s, chain: c, book: small(s, c)}
}

const smallVolume = 5

func small(log Log, c Chain) *Book {
	b := Open(bank, log, c)
	b.volume = smallVolume
	return b
}

func (s *scene) write(entries int) {
	s.t.Helper()
	for i := range entries {
		require.NoError(s.t, s.log.LogAccess(s.t.Context(), store.Access{Time: began, Requester: "lender", Outcome: fmt.Sprint("BUSY ", i)}, nil))
	}
}

// anchor all there is, and return how many steps that took.
func (s *scene) anchor(b *Book) (steps int) {
	s.t.Helper()
	for ; ; steps++ {
		next, err := b.Next(s.t.Context(), false)
		require.NoError(s.t, err)
		if next == nil {
			return steps
		}
		s.chain.take(next)
	}
}

func (s *scene) check(log Log) Check {
	s.t.Helper()
	c, err := small(log, s.chain).verify(s.t.Context())
	require.NoError(s.t, err)
	return c
}

// A log that grows is always anchored to its end, one volume after the other, by the process that goes on and by one that begins.
func TestLogIsAnchored(t *testing.T) {
	s := newScene(t)
	require.Zero(t, s.anchor(s.book), "nothing of nothing")
	for entries := 1; entries <= 2*smallVolume+1; entries++ {
		require.Less(t, s.check(s.log).Anchored, int64(entries))
		s.write(1)
		book := s.book
		if entries%3 == 0 {
			book = small(s.log, s.chain)
		}
		require.Equal(t, 1, s.anchor(book))
		require.Zero(t, s.anchor(s.book), "once is enough")
		c := s.check(s.log)
		require.EqualValues(t, entries, c.Entries)
		require.EqualValues(t, entries, c.Anchored)
		require.Empty(t, c.Findings)
		require.Len(t, c.Volumes, (entries+smallVolume-1)/smallVolume)
	}
	require.Len(t, s.chain.anchors, 3)
	s.write(2 * smallVolume)
	require.Equal(t, 3, s.anchor(s.book), "one step for each volume")
	require.EqualValues(t, 4*smallVolume+1, s.check(s.log).Anchored)
	require.EqualValues(t, 4*smallVolume+1, s.check(s.log).Volumes[4].First)
}

// entries of a log that somebody has worked on.
type entries []store.Access

func (e entries) AccessLog(_ context.Context, after int64, limit int) ([]store.Access, error) {
	return e[min(after, int64(len(e))):min(after+int64(limit), int64(len(e)))], nil
}

// What was cut off or replaced after it was anchored is found, and is not anchored over.
func TestChangedLogIsFound(t *testing.T) {
	s := newScene(t)
	s.write(smallVolume + 3)
	s.anchor(s.book)
	all, err := s.log.AccessLog(t.Context(), 0, 100)
	require.NoError(t, err)

	cut := entries(all[:smallVolume+1])
	require.Len(t, s.check(cut).Findings, 1)
	require.Len(t, s.check(entries{}).Findings, 2)
	_, err = small(cut, s.chain).Next(t.Context(), false)
	require.ErrorIs(t, err, ErrOtherLog)

	other := newScene(t) // hashes are right, and it is another log
	other.write(1)
	require.NoError(t, other.log.LogAccess(t.Context(), store.Access{Time: began, Requester: "lender", Outcome: "given"}, nil))
	other.write(20)
	require.Len(t, s.check(other.log).Findings, 2)
	_, err = small(other.log, s.chain).Next(t.Context(), false)
	require.ErrorIs(t, err, ErrOtherLog)

	changed := slices.Clone(entries(all))
	changed[2].Outcome = "given"
	_, err = small(changed, s.chain).verify(t.Context())
	require.ErrorIs(t, err, store.ErrBroken)
}

// After a restore the owner may begin anew; what was lost stays found, and the new anchor is the one that goes on.
func TestBeginAnew(t *testing.T) {
	s := newScene(t)
	s.write(3)
	s.anchor(s.book)
	restored := newScene(t)
	restored.chain = s.chain
	restored.write(1)
	require.NoError(t, restored.log.LogAccess(t.Context(), store.Access{Time: began, Requester: "lender", Outcome: "given"}, nil))
	book := small(restored.log, s.chain)
	next, err := book.Next(t.Context(), true)
	require.NoError(t, err)
	require.True(t, next.Begun)
	s.chain.take(next)
	restored.write(1)
	require.Equal(t, 1, restored.anchor(book))
	c := restored.check(restored.log)
	require.Len(t, c.Findings, 1)
	require.EqualValues(t, 3, c.Anchored)
	require.Len(t, s.chain.anchors, 2)
}
