package audit_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"

	"github.com/creditd/creditd/audit"
	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/x/credit/types"
)

// All lines are there and no other's, counted by kind, with the inquiry.
func TestSubjectTrail(t *testing.T) {
	f := setup(t)
	v, err := f.verify(f.of(ben, 0, 0))
	require.NoError(t, err)
	require.True(t, v.Integrity.OK)
	require.Equal(t, f.state, v.Integrity.Height)
	require.Equal(t, int64(1), v.From)
	require.Equal(t, f.state, v.To, "up to the state that is proven")
	require.Len(t, v.Lines, 5)
	var heights []int64
	for _, line := range v.Lines {
		heights = append(heights, line.Height)
		require.Equal(t, f.Operator(0).String(), line.Actor)
	}
	require.Equal(t, []int64{3, 4, 4, 5, 8}, heights)
	require.Equal(t, []audit.KindCount{{"enrolled", 1}, {"furnished", 2}, {"inquiry-opened", 1}, {"updated", 1}}, v.Kinds)
	require.Len(t, v.Inquiries, 1)
	inquiry := v.Inquiries[0]
	require.Equal(t, id("inquiry").String(), inquiry.Ref)
	require.Equal(t, "credit-application", inquiry.Purpose)
	require.True(t, entry(5, 0).Time.Equal(inquiry.Time))

	var text strings.Builder
	v.Print(&text)
	require.Contains(t, text.String(), "integrity  ok   the state of "+v.Integrity.ChainID)
	require.Contains(t, text.String(), "subject "+ben.String())
	require.Contains(t, text.String(), "height 1 to 10: 5 lines, and no other")
	require.Contains(t, text.String(), "2  furnished")
	require.Contains(t, text.String(), "1 in this range\n  height 5 ")
}

// What is on the chain by a message is in the bundle.
func TestTrailOfMessages(t *testing.T) {
	f := setup(t)
	dan := id("dan")
	f.Send(0, &types.MsgEnrolSubjects{
		Institution: f.Operator(0).String(), Subjects: []types.Enrolment{{Pseudonym: dan.Bytes(), Kind: types.SUBJECT_KIND_LEGAL_ENTITY}},
	})
	f.state = f.Height()
	f.Block()
	v, err := f.verify(f.of(dan, 0, 0))
	require.NoError(t, err)
	require.Len(t, v.Lines, 1)
	require.Equal(t, "enrolled", v.Lines[0].Kind)
	require.Equal(t, f.state, v.Lines[0].Height)
	require.Equal(t, dan.String(), v.Lines[0].Ref)
}

// Of every range exactly the lines in it are shown, and where no inquiry is among them it says so.
func TestRanges(t *testing.T) {
	f := setup(t)
	at := map[int64]int{3: 1, 4: 2, 5: 1, 8: 1}
	for from := int64(1); from <= f.state; from++ {
		for to := from; to <= f.state; to++ {
			v, err := f.verify(f.of(ben, from, to))
			require.NoError(t, err, "%d to %d", from, to)
			want, inquiries := 0, 0
			for height, lines := range at {
				if from <= height && height <= to {
					want += lines
				}
			}
			if from <= 5 && 5 <= to {
				inquiries = 1
			}
			require.Len(t, v.Lines, want, "%d to %d", from, to)
			require.Len(t, v.Inquiries, inquiries, "%d to %d", from, to)
			var text strings.Builder
			v.Print(&text)
			require.Equal(t, inquiries == 0, strings.Contains(text.String(), "no inquiry in this range"))
		}
	}
	v, err := f.verify(f.of(id("never enrolled"), 0, 0))
	require.NoError(t, err)
	require.Empty(t, v.Lines)
}

func TestInstitutionTrail(t *testing.T) {
	f := setup(t)
	r := audit.Request{Institution: f.Operator(1).String(), TrustedHeight: 1}
	v, err := f.verify(f.export(r))
	require.NoError(t, err)
	require.Len(t, v.Lines, 2)
	require.Equal(t, ann.String(), v.Lines[0].About)
	require.Empty(t, v.Lines[0].Actor)
	require.Len(t, v.Inquiries, 1)

	other, err := f.verify(f.export(audit.Request{Institution: f.Operator(2).String(), TrustedHeight: 1}))
	require.NoError(t, err)
	require.Empty(t, other.Lines)

	// The trail is the last of the store.
	for _, key := range f.App.GetStoreKeys() {
		if key.Name() == types.StoreKey {
			store := f.App.CommitMultiStore().GetKVStore(key.(*storetypes.KVStoreKey))
			for _, key := range keysFrom(store, types.InstitutionTrailPrefix.Bytes()[0]+1) {
				store.Delete(key)
			}
		}
	}
	f.Block()
	f.state = f.Height()
	f.Block()
	b := parse(t, f.export(r))
	require.Empty(t, b.After)
	require.Len(t, b.Lines, 2)
	v, err = f.verify(f.export(r))
	require.NoError(t, err)
	require.Len(t, v.Lines, 2)
}

func keysFrom(store storetypes.KVStore, prefix byte) (keys [][]byte) {
	iterator := store.Iterator([]byte{prefix}, nil)
	defer iterator.Close()
	for ; iterator.Valid(); iterator.Next() {
		keys = append(keys, iterator.Key())
	}
	return keys
}

// A verifier that trusts any header, before or after, gets there.
func TestTrustedHeights(t *testing.T) {
	f := setup(t)
	for height := int64(1); height <= f.Height(); height++ {
		for _, sequential := range []bool{false, true} {
			encoded := f.export(audit.Request{Subject: &ben, TrustedHeight: height, Sequential: sequential, Height: 8})
			v, err := audit.Verify(encoded, f.Trusted(height), proof.Options{Now: f.Now})
			require.NoError(t, err, height)
			require.Equal(t, height, v.Integrity.TrustedHeight)
			require.Equal(t, int64(8), v.Integrity.Height)
		}
	}
}

func TestPages(t *testing.T) {
	f := setup(t)
	r := audit.Request{Subject: &ben, Height: f.state, TrustedHeight: 1, Limit: 2}
	_, err := audit.Export(t.Context(), f, r)
	require.ErrorIs(t, err, audit.ErrTooManyLines)
	require.ErrorContains(t, err, "--to-height 3, and begin the next with --from-height 4", "block 4 does not fit")
	r.To = 3
	first, err := f.verify(f.export(r))
	require.NoError(t, err)
	require.Len(t, first.Lines, 1)
	r.From, r.To = 4, 0
	_, err = audit.Export(t.Context(), f, r)
	require.ErrorContains(t, err, "--to-height 4, and begin the next with --from-height 5")
	r.Limit = 1
	_, err = audit.Export(t.Context(), f, r)
	require.ErrorContains(t, err, "block 4 alone has more than 1")
}

func TestExportRefuses(t *testing.T) {
	f := setup(t)
	for name, tc := range map[string]struct {
		r    audit.Request
		says string
	}{
		"neither":            {audit.Request{}, "subject or an institution"},
		"both":               {audit.Request{Subject: &ben, Institution: f.Operator(0).String()}, "not both"},
		"no address":         {audit.Request{Institution: "bank"}, "institution"},
		"upper case":         {audit.Request{Institution: strings.ToUpper(f.Operator(0).String())}, "write credit1"},
		"end before begin":   {audit.Request{Subject: &ben, From: 5, To: 4}, "range"},
		"before the chain":   {audit.Request{Subject: &ben, From: -1}, "range"},
		"end in the future":  {audit.Request{Subject: &ben, To: f.state + 1}, "wait"},
		"limit too high":     {audit.Request{Subject: &ben, Limit: audit.MaxLines + 1}, "choose 1 to"},
		"limit below one":    {audit.Request{Subject: &ben, Limit: -1}, "choose 1 to"},
		"trust before chain": {audit.Request{Subject: &ben, TrustedHeight: -1}, "heights begin at 1"},
	} {
		t.Run(name, func(t *testing.T) {
			tc.r.Height = f.state
			_, err := audit.Export(t.Context(), f, tc.r)
			require.ErrorContains(t, err, tc.says)
		})
	}
}

// The example is what this program makes, so that a change of the format is seen: UPDATE_GOLDEN=1 writes it anew.
func TestExampleBundle(t *testing.T) {
	const path = "testdata/bundle.json"
	f := setup(t)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.MkdirAll("testdata", 0o750))
		require.NoError(t, os.WriteFile(path, f.export(audit.Request{Subject: &ben}), 0o600))
	}
	encoded, err := os.ReadFile(path)
	require.NoError(t, err)
	b := parse(t, encoded)
	start, err := b.Blocks[0].Trusted()
	require.NoError(t, err)
	v, err := audit.Verify(encoded, start, proof.Options{Now: f.Now})
	require.NoError(t, err)
	require.Len(t, v.Lines, 5)
	var fields, now map[string]any
	require.NoError(t, json.Unmarshal(encoded, &fields))
	require.NoError(t, json.Unmarshal(f.export(audit.Request{Subject: &ben}), &now))
	require.Equal(t, slices.Sorted(maps.Keys(now)), slices.Sorted(maps.Keys(fields)))
}
