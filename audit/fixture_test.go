package audit_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"
	"time"

	ics23 "github.com/cosmos/ics23/go"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/audit"
	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/proof/prooftest"
	"github.com/creditd/creditd/x/credit/types"
)

func id(parts ...any) types.ID { return sha256.Sum256([]byte(fmt.Sprint(parts...))) }

// Three subjects whose trails are neighbours in the store.
var ann, ben, cat = func() (a, b, c types.ID) {
	all := [][]byte{id("x").Bytes(), id("y").Bytes(), id("z").Bytes()}
	slices.SortFunc(all, slices.Compare)
	return types.ID(all[0]), types.ID(all[1]), types.ID(all[2])
}()

type fixture struct {
	*prooftest.Chain
	state int64 // height with all the lines
}

// line in a subject's trail, as the keeper writes it.
func (f *fixture) line(subject types.ID, height int64, kind types.TrailKind, purpose types.Purpose, ref types.ID) {
	f.TB.Helper()
	key := types.TrailKey{Height: height, Ref: ref, Kind: kind, Actor: f.Operator(0)}
	f.Write(types.StoreKey, trailKey(f.TB, types.TrailStateKey(subject), key), entry(height, purpose))
}

func (f *fixture) institutionLine(height int64, kind types.TrailKind, subject, ref types.ID) {
	f.TB.Helper()
	key := types.TrailKey{Height: height, Ref: ref, Kind: kind, Actor: subject.Bytes()}
	f.Write(types.StoreKey, trailKey(f.TB, types.InstitutionTrailStateKey(f.Operator(1)), key), entry(height, types.PURPOSE_ACCOUNT_REVIEW))
}

func trailKey(tb testing.TB, trail []byte, key types.TrailKey) []byte {
	tb.Helper()
	encoded := make([]byte, types.TrailKeyCodec.Size(key))
	_, err := types.TrailKeyCodec.Encode(encoded, key)
	require.NoError(tb, err)
	return slices.Concat(trail, encoded)
}

func entry(height int64, purpose types.Purpose) *types.TrailEntry {
	return &types.TrailEntry{Time: prooftest.GenesisTime.Add(time.Duration(height) * time.Second), Purpose: purpose}
}

// setup has a chain on which ben has five lines, of heights 3 to 8, and an inquiry at 5; ann and cat have lines around his.
func setup(tb testing.TB) *fixture {
	tb.Helper()
	f := &fixture{Chain: prooftest.New(tb, 4)}
	none := types.PURPOSE_UNSPECIFIED
	f.line(ann, 4, types.TRAIL_KIND_INQUIRY_OPENED, types.PURPOSE_ACCOUNT_REVIEW, id("of ann"))
	f.line(ben, 3, types.TRAIL_KIND_ENROLLED, none, ben)
	f.line(ben, 4, types.TRAIL_KIND_FURNISHED, none, id("tradeline"))
	f.line(ben, 4, types.TRAIL_KIND_FURNISHED, none, id("another tradeline"))
	f.line(ben, 5, types.TRAIL_KIND_INQUIRY_OPENED, types.PURPOSE_CREDIT_APPLICATION, id("inquiry"))
	f.line(ben, 8, types.TRAIL_KIND_UPDATED, none, id("tradeline"))
	f.line(cat, 2, types.TRAIL_KIND_INQUIRY_OPENED, types.PURPOSE_COLLECTION, id("of cat"))
	f.institutionLine(4, types.TRAIL_KIND_INQUIRY_OPENED, ann, id("of ann"))
	f.institutionLine(6, types.TRAIL_KIND_DATA_GIVEN, cat, id("of cat"))
	for f.Height() < 10 {
		f.Block()
	}
	f.state = f.Height()
	f.Block()
	return f
}

func (f *fixture) export(r audit.Request) []byte {
	f.TB.Helper()
	if r.Height == 0 {
		r.Height = f.state
	}
	b, err := audit.Export(f.TB.Context(), f, r)
	require.NoError(f.TB, err)
	encoded, err := b.Encode()
	require.NoError(f.TB, err)
	return encoded
}

// of ben, from a header at height 1.
func (f *fixture) of(subject types.ID, from, to int64) []byte {
	f.TB.Helper()
	return f.export(audit.Request{Subject: &subject, From: from, To: to, TrustedHeight: 1})
}

func (f *fixture) verify(encoded []byte) (*audit.Verdict, error) {
	return audit.Verify(encoded, f.Trusted(1), proof.Options{Now: f.Now})
}

func parse(tb testing.TB, encoded []byte) *audit.Bundle {
	tb.Helper()
	b, err := audit.Parse(encoded)
	require.NoError(tb, err)
	return b
}

func leaf(tb testing.TB, encoded []byte) *ics23.ExistenceProof {
	tb.Helper()
	found := new(ics23.ExistenceProof)
	require.NoError(tb, found.Unmarshal(encoded))
	return found
}

// forged is a leaf with something changed.
func forged(tb testing.TB, encoded []byte, change func(*ics23.ExistenceProof)) []byte {
	tb.Helper()
	found := leaf(tb, encoded)
	change(found)
	again, err := found.Marshal()
	require.NoError(tb, err)
	return again
}
