package audit_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	ics23 "github.com/cosmos/ics23/go"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/audit"
	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/credit/types"
)

func TestTamperedBundles(t *testing.T) {
	f := setup(t)
	encoded := f.of(ben, 1, 8)
	others, strangers := parse(t, f.of(ann, 1, 8)), parse(t, f.of(cat, 1, 8))
	later := f.state
	f.line(ben, 6, types.TRAIL_KIND_FROZEN, 0, ben) // as if written into the past
	f.Block()
	f.state = f.Height()
	f.Block()
	newer := parse(t, f.of(ben, 1, 8))
	foreign := setup(t)
	foreign.line(cat, 9, types.TRAIL_KIND_FROZEN, 0, cat)
	foreign.Block()
	foreign.state = foreign.Height()
	foreign.Block()
	elsewhere := parse(t, foreign.of(ben, 1, 8))
	for name, tc := range map[string]struct {
		change func(b *audit.Bundle)
		says   string
	}{
		"a line removed":           {func(b *audit.Bundle) { b.Lines = slices.Delete(b.Lines, 3, 4) }, "not neighbours"},
		"the first line removed":   {func(b *audit.Bundle) { b.Lines = b.Lines[1:] }, "not neighbours"},
		"the last line removed":    {func(b *audit.Bundle) { b.Lines = b.Lines[:len(b.Lines)-1] }, "not neighbours"},
		"all lines removed":        {func(b *audit.Bundle) { b.Lines = [][]byte{} }, "not neighbours"},
		"two lines swapped":        {func(b *audit.Bundle) { b.Lines[1], b.Lines[2] = b.Lines[2], b.Lines[1] }, "not neighbours"},
		"a line twice":             {func(b *audit.Bundle) { b.Lines = slices.Insert(b.Lines, 1, b.Lines[1]) }, "is not left of"},
		"the leaf before removed":  {func(b *audit.Bundle) { b.Before = nil }, "not the first key"},
		"the leaf after removed":   {func(b *audit.Bundle) { b.After = nil }, "not the last key"},
		"a line as the one after":  {func(b *audit.Bundle) { b.After = b.Lines[4]; b.Lines = b.Lines[:4] }, "which is not after it"},
		"a line as the one before": {func(b *audit.Bundle) { b.Before = b.Lines[0]; b.Lines = b.Lines[1:] }, "which is not before it"},
		"another subject's line":   {func(b *audit.Bundle) { b.Lines[0] = strangers.Lines[0] }, "not neighbours"},
		"another subject's trail":  {func(b *audit.Bundle) { b.Lines = others.Lines; b.Before, b.After = others.Before, others.After }, "not of this trail"},
		"said to be another's":     {func(b *audit.Bundle) { b.Subject = (*commitment.Hash)(&ann) }, "which is not"},
		"purpose altered": {func(b *audit.Bundle) {
			b.Lines[3] = forged(t, b.Lines[3], func(leaf *ics23.ExistenceProof) {
				value, err := entry(5, types.PURPOSE_LEGAL_ORDER).Marshal()
				require.NoError(t, err)
				require.Len(t, value, len(leaf.Value))
				leaf.Value = value
			})
		}, "root"},
		"kind altered": {func(b *audit.Bundle) {
			b.Lines[3] = forged(t, b.Lines[3], func(leaf *ics23.ExistenceProof) {
				leaf.Key[len(types.TrailStateKey(ben))+8+32] = byte(types.TRAIL_KIND_UPDATED)
			})
		}, "root"},
		"a leaf without a path": {func(b *audit.Bundle) {
			b.Lines[3] = forged(t, b.Lines[3], func(leaf *ics23.ExistenceProof) { leaf.Path = nil })
		}, "line 3"},
		"a leaf without a leaf op": {func(b *audit.Bundle) {
			b.Lines[3] = forged(t, b.Lines[3], func(leaf *ics23.ExistenceProof) { leaf.Leaf = nil })
		}, "line 3"},
		"range widened":            {func(b *audit.Bundle) { b.To = 10 }, ""}, // nothing is at 9 and 10: it is true, and proven
		"range begins later":       {func(b *audit.Bundle) { b.From = 4 }, "not of this trail and range"},
		"range ends earlier":       {func(b *audit.Bundle) { b.To = 7 }, "not of this trail and range"},
		"range beyond the state":   {func(b *audit.Bundle) { b.To = later + 1 }, "nothing is known of later ones"},
		"range without an end":     {func(b *audit.Bundle) { b.To = 1<<63 - 1 }, "nothing is known of later ones"},
		"no range":                 {func(b *audit.Bundle) { b.From = 0 }, "range"},
		"store of another height":  {func(b *audit.Bundle) { b.Store = newer.Store }, "app hash"},
		"lines of another height":  {func(b *audit.Bundle) { b.Lines = newer.Lines }, "root"},
		"headers of another chain": {func(b *audit.Bundle) { b.Blocks = elsewhere.Blocks }, ""},
		"state of another chain":   {func(b *audit.Bundle) { b.Blocks[len(b.Blocks)-1] = elsewhere.Blocks[len(elsewhere.Blocks)-1] }, ""},
		"no headers":               {func(b *audit.Bundle) { b.Blocks = nil }, "0 blocks"},
		"subject and institution":  {func(b *audit.Bundle) { b.Institution = f.Operator(0).String() }, "not both"},
		"neither":                  {func(b *audit.Bundle) { b.Subject = nil }, "subject or an institution"},
		"another format":           {func(b *audit.Bundle) { b.Format = proof.Format }, "format"},
	} {
		t.Run(name, func(t *testing.T) {
			b := parse(t, encoded)
			tc.change(b)
			changed, err := b.Encode()
			require.NoError(t, err)
			v, err := f.verify(changed)
			if name == "range widened" {
				require.NoError(t, err)
				require.Len(t, v.Lines, 5)
				return
			}
			require.ErrorIs(t, err, proof.ErrInvalid)
			require.ErrorContains(t, err, tc.says)
		})
	}
	_, err := audit.Verify(encoded, foreign.Trusted(2), proof.Options{Now: f.Now})
	require.ErrorIs(t, err, proof.ErrInvalid, "a header of another height")
	wrong := f.Trusted(1)
	wrong.Hash[0] ^= 1
	_, err = audit.Verify(encoded, wrong, proof.Options{Now: f.Now})
	require.ErrorContains(t, err, "and the trusted one")
}

// Whatever single byte is changed, the bundle is refused.
func TestEveryByteCounts(t *testing.T) {
	f := setup(t)
	encoded := f.export(audit.Request{Subject: &ben, From: 4, To: 5})
	trusted := f.Trusted(f.state + 1)
	_, err := audit.Verify(encoded, trusted, proof.Options{Now: f.Now})
	require.NoError(t, err)
	random := rand.New(rand.NewPCG(1, 2))
	const alphabet = "0123456789abcdefABCDEFGHIJKLMNOPQRSTUVWXYZghijklmnopqrstuvwxyz+/"
	// The range is a claim of its own: other numbers in it may be as true.
	heights := bytes.Index(encoded, []byte(`"from_height"`))
	end := bytes.Index(encoded, []byte(`"before"`))
	changed := bytes.Clone(encoded)
	for i, was := range encoded {
		if heights <= i && i < end {
			continue
		}
		changed[i] = alphabet[random.IntN(len(alphabet))]
		if changed[i] == was {
			changed[i] ^= 1
		}
		if _, err := audit.Verify(changed, trusted, proof.Options{Now: f.Now}); err == nil {
			t.Fatalf("byte %d from %q to %q is not noticed: ...%s...", i, was, changed[i], encoded[max(0, i-60):min(len(encoded), i+60)])
		}
		changed[i] = was
	}
}

// Two leaves are neighbours exactly when they stand one beside the other in the store.
func TestNeighbours(t *testing.T) {
	f := setup(t)
	encoded := f.of(ben, 0, 0)
	b := parse(t, encoded)
	var leaves []*ics23.ExistenceProof
	for _, each := range slices.Concat([][]byte{b.Before}, b.Lines, [][]byte{b.After}) {
		leaves = append(leaves, leaf(t, each))
	}
	for i, left := range leaves {
		for j, right := range leaves {
			err := audit.NothingBetween(left, right)
			require.Equal(t, j == i+1, err == nil, "%d and %d: %v", i, j, err)
		}
		require.Error(t, audit.NothingBetween(nil, left))
		require.Error(t, audit.NothingBetween(left, nil))
	}
	require.Error(t, audit.NothingBetween(nil, nil))

	params, _, err := proof.Ask(t.Context(), f, f.state, types.StoreKey, types.ParamsPrefix.Bytes())
	require.NoError(t, err)
	first, err := proof.DecodeProof(params)
	require.NoError(t, err)
	require.NoError(t, audit.NothingBetween(nil, first.GetExist()), "the parameters are the first entry of the store")
	require.Error(t, audit.NothingBetween(first.GetExist(), nil))
}

func TestBounds(t *testing.T) {
	lines := strings.Repeat(`"",`, audit.MaxLines) + `""`
	text := `{"format":"creditd/audit/v1","subject":"` + ben.String() + `","from_height":"1","to_height":"2","lines":[%s],"store":"","blocks":[]}` + "\n"
	for name, tc := range map[string]struct{ text, says string }{
		"too many lines": {fmt.Sprintf(text, lines), "at most 5000"},
		"too many bytes": {strings.Repeat(" ", proof.MaxBytes+1), "at most"},
		"too deep":       {strings.Repeat("[", 100), "nested"},
		"too many parts": {strings.Repeat(",", 1<<20), "parts"},
		"white space":    {" " + fmt.Sprintf(text, ""), "byte 0"},
		"no lines":       {strings.Replace(fmt.Sprintf(text, ""), "[]", "null", 1), "lines are missing"},
		"unknown field":  {strings.Replace(fmt.Sprintf(text, ""), `"store"`, `"stored"`, 1), "unknown field"},
		"nothing":        {"", "EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := audit.Parse([]byte(tc.text))
			require.ErrorIs(t, err, proof.ErrInvalid)
			require.ErrorContains(t, err, tc.says)
		})
	}
	_, err := audit.Parse([]byte(fmt.Sprintf(text, "")))
	require.NoError(t, err)
}

func FuzzVerify(f *testing.F) {
	c := setup(f)
	valid := map[string]bool{}
	for _, encoded := range [][]byte{
		c.export(audit.Request{Subject: &ben}), c.export(audit.Request{Subject: &ben, From: 6, To: 7}),
		c.export(audit.Request{Institution: c.Operator(1).String(), TrustedHeight: 1}),
	} {
		valid[string(encoded)] = true
		f.Add(encoded)
	}
	f.Fuzz(func(t *testing.T, encoded []byte) {
		b, err := audit.Parse(encoded)
		if err != nil {
			return
		}
		again, err := b.Encode()
		require.NoError(t, err)
		require.Equal(t, encoded, again)
		if len(b.Blocks) == 0 {
			return
		}
		start, err := b.Blocks[0].Trusted()
		if err != nil || start.Height < 1 || start.Height > c.Height() || start != c.Trusted(start.Height) {
			return
		}
		v, err := audit.Verify(encoded, start, proof.Options{Now: c.Now})
		if err == nil && !valid[string(encoded)] {
			// Another range may be true as well; lines that are not there never are.
			for _, line := range v.Lines {
				require.GreaterOrEqual(t, line.Height, v.From)
				require.LessOrEqual(t, line.Height, v.To)
			}
		}
	})
}
