package predicate

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/schemas"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/predicate/types"
)

// builtIn knows the schemas that every chain has, and nothing else.
type builtIn struct{ Chain }

func (builtIn) Schema(_ context.Context, id [32]byte) (schema attestationtypes.Schema, err error) {
	for _, definition := range schemas.All() {
		if definition.ID() == id {
			return attestationtypes.SchemaFromDefinition(definition), nil
		}
	}
	return schema, errWords
}

// TestWords: what was read is said in the same words, and its bounds are those that were written.
func TestWords(t *testing.T) {
	chain := builtIn{}
	for text, want := range map[string]types.Predicate{
		"creditd.score score >= 650":                                               {Kind: types.PREDICATE_KIND_RANGE, Lower: 650, Upper: 1<<63 - 1},
		"creditd.score score <= -3 hidden":                                         {Kind: types.PREDICATE_KIND_RANGE, Lower: -1 << 63, Upper: -3},
		"creditd.score score in 650..850":                                          {Kind: types.PREDICATE_KIND_RANGE, Lower: 650, Upper: 850},
		"creditd.tradeline.firm opened <= 1970-01-02":                              {Kind: types.PREDICATE_KIND_RANGE, Upper: 719163},
		"creditd.tradeline.firm status in 11,13":                                   {Kind: types.PREDICATE_KIND_MEMBERSHIP, Members: []string{"11", "13"}},
		"creditd.tradeline.firm sum balance <= 50000000":                           {Kind: types.PREDICATE_KIND_SUM, Upper: 50000000},
		"creditd.tradeline.firm payment_history 60+ in 24 <= 0":                    {Kind: types.PREDICATE_KIND_HISTORY, Months: 24, Level: 2},
		"creditd.tradeline.firm payment_history 180+ in 12 <= 1 reported 5 hidden": {Kind: types.PREDICATE_KIND_HISTORY, Months: 12, Level: 6, AtMost: 1, Reported: 5},
		"creditd.tradeline.firm balance <= 2/5 of original_amount":                 {Kind: types.PREDICATE_KIND_RATIO, Numerator: 2, Denominator: 5, OtherField: 5},
	} {
		words, err := ParseWords(t.Context(), chain, text)
		require.NoError(t, err, text)
		got := words.Predicate
		schema, err := chain.Schema(t.Context(), [32]byte(got.SchemaId))
		require.NoError(t, err)
		require.Equal(t, text, Say(got, schema, words.Hidden))
		want.SchemaId, want.Field = got.SchemaId, got.Field
		require.Equal(t, want, got, text)
	}
}

func TestWordsRefuses(t *testing.T) {
	for _, text := range []string{
		"", "creditd.score", "creditd.score score = 650", "creditd.score nothing >= 650", "creditd.nothing score >= 650",
		"creditd.score score >= 6.5", "creditd.score score >= 650 at all", "creditd.tradeline.firm opened <= 2020",
		"creditd.tradeline.firm sum balance >= 5", "creditd.tradeline.firm sum balance <= 5 hidden",
		"creditd.tradeline.firm payment_history 45+ in 24 <= 0", "creditd.tradeline.firm payment_history 60+ in 24 <= none",
		"creditd.tradeline.firm balance <= 2 of original_amount",
	} {
		_, err := ParseWords(t.Context(), builtIn{}, text)
		require.Error(t, err, text)
	}
}

// TestChoose takes the latest version in use.
func TestChoose(t *testing.T) {
	words, err := ParseWords(t.Context(), builtIn{}, "creditd.score score >= 650")
	require.NoError(t, err)
	circuit := func(version uint32, status types.CircuitStatus, hidden bool) types.Circuit {
		spec := types.CircuitSpec{Kind: types.PREDICATE_KIND_RANGE, Fields: 1, Attestations: 1, Hidden: hidden}
		return types.Circuit{Id: []byte{byte(version)}, Version: version, Status: status, Spec: spec}
	}
	chosen, err := words.Choose([]types.Circuit{
		circuit(1, types.CIRCUIT_STATUS_ACTIVE, false), circuit(2, types.CIRCUIT_STATUS_ACTIVE, false),
		circuit(3, types.CIRCUIT_STATUS_RETIRED, false), circuit(4, types.CIRCUIT_STATUS_ACTIVE, true),
	})
	require.NoError(t, err)
	require.Equal(t, []byte{2}, chosen.CircuitId)
	_, err = words.Choose([]types.Circuit{circuit(4, types.CIRCUIT_STATUS_ACTIVE, true)})
	require.ErrorContains(t, err, "no circuit in use")
}
