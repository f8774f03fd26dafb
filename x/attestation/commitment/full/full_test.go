package full_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/commit/encoding"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/commitment/full"
)

// loan is a layout with a field of each kind in the circuit, and two that are summed.
func loan() (commitment.Layout, commitment.Record) {
	layout := commitment.Layout{SchemaID: [32]byte{1}, Fields: []commitment.Field{
		{Name: "text", Kind: commitment.String, Circuit: true},
		{Name: "note", Kind: commitment.String},
		{Name: "months", Kind: commitment.Integer, Circuit: true, Summed: true},
		{Name: "day", Kind: commitment.Date, Circuit: true},
		{Name: "flag", Kind: commitment.Boolean, Circuit: true},
		{Name: "code", Kind: commitment.Code, Circuit: true},
		{Name: "balance", Kind: commitment.Amount, Circuit: true, Summed: true},
	}}
	return layout, commitment.Record{
		"text": "Zoë", "note": "free", "months": "-36", "day": "2000-02-29", "flag": "true", "code": "US-IN", "balance": "6000000",
	}
}

func TestCommitAll(t *testing.T) {
	layout, record := loan()
	subject, seed := [32]byte{2}, commitment.Seed{3}
	got, err := full.CommitAll(layout, subject, record, seed)
	require.NoError(t, err)

	root, err := commitment.Commit(layout, record, seed)
	require.NoError(t, err)
	require.Equal(t, root, got.Root)
	require.NoError(t, encoding.CheckElement(got.Circuit))
	require.Len(t, got.Amounts, 2)
	for i, name := range []string{"months", "balance"} {
		opening, err := full.OpenAmount(layout, record, seed, name)
		require.NoError(t, err)
		require.Equal(t, i, opening.Place)
		require.Equal(t, []int64{-36, 6_000_000}[i], opening.Value)
		require.True(t, commit.VerifyAmount(got.Amounts[i], opening.Value, opening.Blinding))
	}
	require.NoError(t, commitment.StatementContent{Circuit: got.Circuit, Amounts: got.Amounts}.Check())
}

// TestFlagsDoNotChangeTheRoot: layouts of before the flags commit to what they did, and to nothing beside it.
func TestFlagsDoNotChangeTheRoot(t *testing.T) {
	layout, record := loan()
	flagged, err := full.CommitAll(layout, [32]byte{2}, record, commitment.Seed{3})
	require.NoError(t, err)
	for i := range layout.Fields {
		layout.Fields[i].Circuit, layout.Fields[i].Summed = false, false
	}
	plain, err := full.CommitAll(layout, [32]byte{2}, record, commitment.Seed{3})
	require.NoError(t, err)
	require.Equal(t, full.Commitments{Root: flagged.Root}, plain)
	_, err = full.OpenAmount(layout, record, commitment.Seed{3}, "balance")
	require.ErrorContains(t, err, `"balance" is not a summed field`)
}

// TestEachPartIsCommitted: a change of anything changes the commitments that it is in, and no others.
func TestEachPartIsCommitted(t *testing.T) {
	layout, record := loan()
	base, err := full.CommitAll(layout, [32]byte{2}, record, commitment.Seed{3})
	require.NoError(t, err)
	type changes struct{ circuit, months, balance bool }
	for name, c := range map[string]struct {
		value string
		want  changes
	}{
		"text":    {"Zoe", changes{circuit: true}},
		"note":    {"other", changes{}},
		"months":  {"-35", changes{circuit: true, months: true}},
		"day":     {"2000-02-28", changes{circuit: true}},
		"flag":    {"false", changes{circuit: true}},
		"code":    {"US-I", changes{circuit: true}},
		"balance": {"0", changes{circuit: true, balance: true}},
	} {
		changed := commitment.Record{}
		for field, value := range record {
			changed[field] = value
		}
		for _, absent := range []bool{false, true} {
			changed[name] = c.value
			if absent {
				delete(changed, name)
			}
			got, err := full.CommitAll(layout, [32]byte{2}, changed, commitment.Seed{3})
			require.NoError(t, err)
			require.NotEqual(t, base.Root, got.Root, name)
			require.Equal(t, c.want, changes{
				string(got.Circuit) != string(base.Circuit), string(got.Amounts[0]) != string(base.Amounts[0]),
				string(got.Amounts[1]) != string(base.Amounts[1]),
			}, name)
		}
	}
	other, err := full.CommitAll(layout, [32]byte{3}, record, commitment.Seed{3})
	require.NoError(t, err)
	require.Equal(t, base.Root, other.Root)
	require.Equal(t, base.Amounts, other.Amounts)
	require.NotEqual(t, base.Circuit, other.Circuit, "the subject is in the circuit commitment")

	reseeded, err := full.CommitAll(layout, [32]byte{2}, record, commitment.Seed{4})
	require.NoError(t, err)
	require.NotEqual(t, base.Circuit, reseeded.Circuit)
	require.NotEqual(t, base.Amounts[0], reseeded.Amounts[0])
	require.NotEqual(t, base.Amounts[1], reseeded.Amounts[1])
}

// TestAbsentAmountIsZero: sums do not show who has a value.
func TestAbsentAmountIsZero(t *testing.T) {
	layout, record := loan()
	delete(record, "balance")
	absent, err := full.CommitAll(layout, [32]byte{2}, record, commitment.Seed{3})
	require.NoError(t, err)
	record["balance"] = "0"
	zero, err := full.CommitAll(layout, [32]byte{2}, record, commitment.Seed{3})
	require.NoError(t, err)
	require.Equal(t, zero.Amounts, absent.Amounts)
	require.NotEqual(t, zero.Circuit, absent.Circuit)
	require.NotEqual(t, zero.Root, absent.Root)
}

func TestRefusals(t *testing.T) {
	layout, record := loan()
	record["balance"] = "0123456"
	_, err := full.CommitAll(layout, [32]byte{}, record, commitment.Seed{})
	require.ErrorContains(t, err, `field "balance": not a canonical decimal`)
	require.NotContains(t, err.Error(), "123456")
	_, err = full.OpenAmount(layout, record, commitment.Seed{}, "balance")
	require.ErrorContains(t, err, `field "balance": not a canonical decimal`)

	layout, record = loan()
	for _, name := range []string{"note", "nosuch", strings.Repeat("x", 1000)} {
		_, err = full.OpenAmount(layout, record, commitment.Seed{}, name)
		require.ErrorContains(t, err, "is not a summed field")
		require.Less(t, len(err.Error()), 120)
	}
	layout.Fields[0].Summed = true
	_, err = full.CommitAll(layout, [32]byte{}, record, commitment.Seed{})
	require.ErrorContains(t, err, `field "text": kind string cannot be summed`)
}

func BenchmarkCommitAll(b *testing.B) {
	layout, record := loan()
	for b.Loop() {
		if _, err := full.CommitAll(layout, [32]byte{2}, record, commitment.Seed{3}); err != nil {
			b.Fatal(err)
		}
	}
}
