package types_test

import (
	"testing"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/predicate"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/predicate/types"
)

// FuzzPredicate: whatever is asked is refused or becomes terms that a circuit takes; nothing panics.
func FuzzPredicate(f *testing.F) {
	schemas := attestationtypes.BuiltinSchemas()
	for _, asked := range []types.Predicate{
		{Kind: types.PREDICATE_KIND_RANGE, CircuitId: make([]byte, 32), SchemaId: schemas[0].Id, Field: 1, Lower: 650, Upper: 850},
		{Kind: types.PREDICATE_KIND_HISTORY, CircuitId: make([]byte, 32), SchemaId: schemas[0].Id, Field: 12, Months: 24, Level: 2},
		{Kind: types.PREDICATE_KIND_MEMBERSHIP, CircuitId: make([]byte, 32), SchemaId: schemas[0].Id, Field: 11, Members: []string{"11", "13"}},
		{Kind: types.PREDICATE_KIND_SUM, SchemaId: schemas[0].Id, Field: 7, Upper: 500},
	} {
		bz, err := asked.Marshal()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(bz)
	}
	var circuits []predicate.Circuit
	for _, name := range []string{"range-1", "range-6-hidden", "ratio-6x2", "member-6", "history-6", "count-1x8"} {
		circuit, err := predicate.ParseCircuit(name)
		if err != nil {
			f.Fatal(err)
		}
		circuits = append(circuits, circuit)
	}
	f.Fuzz(func(t *testing.T, bz []byte) {
		var asked types.Predicate
		if asked.Unmarshal(bz) != nil || asked.CheckSizes() != nil {
			return
		}
		for _, schema := range schemas {
			_ = asked.CheckSum(schema)
			for _, circuit := range circuits {
				if terms, err := asked.Terms(circuit, schema, nil); err == nil && terms.Validate(circuit) != nil {
					t.Fatal("terms that the circuit refuses")
				}
				_, _ = asked.Terms(circuit, schema, &schema)
			}
		}
	})
}

// FuzzSumProof: no bytes but a prover's are a proof, and none makes the verifier panic.
func FuzzSumProof(f *testing.F) {
	amount := commit.Amount(100, commit.DeriveBlinding([32]byte{1}, 0))
	s := types.SumStatement{ChainID: "fuzz", Upper: 500, Attestations: []types.ID{{1}}, Commitments: [][]byte{amount[:]}}
	other := s
	other.Upper = 501
	proof, err := types.ProveSum(other, 100, commit.DeriveBlinding([32]byte{1}, 0))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(proof)
	f.Add(make([]byte, types.SumProofSize))
	f.Fuzz(func(t *testing.T, bz []byte) {
		if s.Verify(bz) == nil {
			t.Fatal("a proof that nobody made")
		}
	})
}

// FuzzMsgProve: whatever passes has every part of its one length.
func FuzzMsgProve(f *testing.F) {
	bz, err := (&types.MsgProve{Prover: "x", InquiryId: []byte("an inquiry's id has 32 bytes ...")}).Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(bz)
	f.Fuzz(func(t *testing.T, bz []byte) {
		var msg types.MsgProve
		if msg.Unmarshal(bz) == nil && msg.CheckSizes() == nil && len(msg.InquiryId) != 32 {
			t.Fatal("an inquiry without an id")
		}
	})
}
