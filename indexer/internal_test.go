package indexer

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/api"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// The keys are those that the modules' own tests compare with their collections.
func TestKeysAreTheModules(t *testing.T) {
	id, container, operator := [32]byte{1, 2}, attestationtypes.ContainerID{3, 4}, bytes.Repeat([]byte{5}, 20)
	for kind, want := range map[int16][]byte{
		kindSchema: attestationtypes.SchemaStateKey(id), kindBatch: attestationtypes.BatchStateKey(container), kindAnchor: attestationtypes.AnchorStateKey(container),
		kindStatus: attestationtypes.StatusStateKey(id), kindInquiry: credittypes.InquiryStateKey(id), kindDispute: credittypes.DisputeStateKey(id),
		kindInstitution: institutiontypes.InstitutionStateKey(operator), kindVault: institutiontypes.VaultStateKey(operator),
		kindReceipt: append(credittypes.ReceiptsStateKey(id), operator...),
	} {
		k := kinds[kind]
		require.True(t, bytes.HasPrefix(want, k.prefix))
		require.Equal(t, want, k.key(want[len(k.prefix):]), k.name)
	}
}

// A node passes on what is on its list: every route, and no other.
func TestRoutesArePassedOn(t *testing.T) {
	routes := slices.Sorted(maps.Keys((&Server{}).routes()))
	require.ElementsMatch(t, api.IndexerRoutes(), append(routes, "openapi.json"))
	var description struct {
		Paths map[string]any `json:"paths"`
	}
	require.NoError(t, json.Unmarshal(openAPI, &description))
	require.Len(t, description.Paths, len(routes))
	for _, route := range routes {
		require.Contains(t, description.Paths, Prefix+route)
	}
}

// FuzzEvent: an event comes from a node and is proven by nothing.
func FuzzEvent(f *testing.F) {
	f.Add("creditd.credit.v1.EventDisputeOpened", "dispute_id", `"00"`)
	f.Add("creditd.credit.v1.EventReceiptLeft", "inquiry_id", `"\u0000"`)
	f.Add("creditd.attestation.v1.EventBatchAttested", "count", `4294967295`)
	f.Add("creditd.institution.v1.EventLicenceChanged", "operator", `{}`)
	f.Fuzz(func(t *testing.T, kind, key, value string) {
		n := noted{touched: map[string]entry{}, counts: map[string]int64{}}
		if err := n.note(abci.Event{Type: kind, Attributes: []abci.EventAttribute{{Key: key, Value: value}}}); err != nil {
			require.ErrorIs(t, err, ErrUnproven)
		}
		for _, e := range n.touched {
			require.Less(t, int(e.kind), len(kinds))
		}
	})
}

// FuzzPageKey: what gets past it is what the database has a type for.
func FuzzPageKey(f *testing.F) {
	f.Add([]byte(`["2026-01-02 03:04:05.123456+00","\\x00ff"]`))
	f.Add([]byte(`["2026-01-02 03:04:05+00","'; DROP TABLE blocks"]`))
	f.Fuzz(func(t *testing.T, key []byte) {
		l := list{order: []string{"opened_at", "id"}, types: []string{"timestamptz", "bytea"}}
		if err := l.after(base64.RawURLEncoding.EncodeToString(key)); err == nil && len(key) > 0 {
			require.Len(t, l.args, 2)
			require.Regexp(t, byteaForm, l.args[1])
		}
	})
}
