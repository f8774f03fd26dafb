package full_test

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"math/big"
	"os"
	"strconv"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr/poseidon2"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/commit/encoding"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/commitment/full"
)

var update = flag.Bool("update", false, "rewrite testdata/circuit.json from what the code computes")

const vectorsFile = "../testdata/circuit.json"

type hash = commitment.Hash

// vectors is the file that other implementations check themselves against. All inputs are made up.
type vectors struct {
	Format     string           `json:"format"`
	Poseidon2  poseidon2Vector  `json:"poseidon2"`
	GeneratorH hash             `json:"generator_h"`
	Records    []recordVector   `json:"records"`
	Sum        sumVector        `json:"sum"`
	Elements   []encodingVector `json:"elements"`
	Points     []encodingVector `json:"points"`
}

// poseidon2Vector lets an implementation check its permutation before anything that is built on it.
type poseidon2Vector struct {
	Parameters string  `json:"parameters"`
	RoundKeys  []hash  `json:"first_and_last_round_keys"`
	Input      [2]hash `json:"input"`
	Output     [2]hash `json:"output"`
}

type recordVector struct {
	Name     string            `json:"name"`
	SchemaID hash              `json:"schema_id"`
	Subject  hash              `json:"subject"`
	Fields   []fieldVector     `json:"fields"`
	Record   commitment.Record `json:"record"`
	Seed     hash              `json:"seed"`

	Commitment hash           `json:"commitment"`
	Salt       hash           `json:"circuit_salt"`
	Circuit    string         `json:"circuit_commitment"`
	Amounts    []amountVector `json:"amounts"`
}

type fieldVector struct {
	Name    string          `json:"name"`
	Kind    commitment.Kind `json:"kind"`
	Circuit bool            `json:"circuit"`
	Summed  bool            `json:"summed"`
}

type amountVector struct {
	Field      string `json:"field"`
	Value      string `json:"value"` // decimal
	Blinding   hash   `json:"blinding"`
	Commitment string `json:"commitment"`
}

// sumVector adds up all amounts of all records.
type sumVector struct {
	Value      string `json:"value"`
	Blinding   hash   `json:"blinding"`
	Commitment hash   `json:"commitment"`
}

type encodingVector struct {
	Bytes string `json:"bytes"`
	OK    bool   `json:"ok"`
}

func TestVectors(t *testing.T) {
	if *update {
		file, err := os.Create(vectorsFile)
		require.NoError(t, err)
		encoder := json.NewEncoder(file)
		encoder.SetIndent("", "  ")
		require.NoError(t, encoder.Encode(compute(t)))
		require.NoError(t, file.Close())
	}
	data, err := os.ReadFile(vectorsFile)
	require.NoError(t, err)
	var want vectors
	require.NoError(t, json.Unmarshal(data, &want))
	require.Equal(t, want, compute(t), "the format changed; if that is meant, it needs a new domain string, not -update")
}

func compute(t *testing.T) vectors {
	out := vectors{Format: "creditd/circuit/v1", Poseidon2: permuted(t), GeneratorH: hash(commit.H().Bytes())}
	var blinding commit.Blinding
	var points [][]byte
	var total int64
	for _, v := range inputs() {
		layout := commitment.Layout{SchemaID: v.SchemaID}
		for _, field := range v.Fields {
			layout.Fields = append(layout.Fields, commitment.Field(field))
		}
		all, err := full.CommitAll(layout, v.Subject, v.Record, commitment.Seed(v.Seed))
		require.NoError(t, err, v.Name)
		v.Commitment, v.Circuit = all.Root, hex.EncodeToString(all.Circuit)
		v.Salt = commit.DeriveCircuitSalt(v.Seed).Bytes()
		v.Amounts = []amountVector{}
		for _, field := range layout.Fields {
			if !field.Summed {
				continue
			}
			opening, err := full.OpenAmount(layout, v.Record, commitment.Seed(v.Seed), field.Name)
			require.NoError(t, err, v.Name)
			point := all.Amounts[opening.Place]
			v.Amounts = append(v.Amounts, amountVector{
				field.Name, strconv.FormatInt(opening.Value, 10), opening.Blinding.Bytes(), hex.EncodeToString(point),
			})
			points, blinding = append(points, point), blinding.Add(opening.Blinding)
			total += opening.Value
		}
		out.Records = append(out.Records, v)
	}
	sum, err := commit.Add(points...)
	require.NoError(t, err)
	require.True(t, commit.VerifyAmount(sum[:], total, blinding))
	out.Sum = sumVector{strconv.FormatInt(total, 10), blinding.Bytes(), sum}
	out.Elements, out.Points = encodings(t)
	return out
}

func permuted(t *testing.T) poseidon2Vector {
	parameters := poseidon2.GetDefaultParameters()
	last := parameters.RoundKeys[len(parameters.RoundKeys)-1]
	v := poseidon2Vector{
		Parameters: parameters.String(),
		RoundKeys:  []hash{parameters.RoundKeys[0][0].Bytes(), last[len(last)-1].Bytes()},
	}
	state := []fr.Element{fr.NewElement(1), fr.NewElement(2)}
	v.Input = [2]hash{state[0].Bytes(), state[1].Bytes()}
	require.NoError(t, poseidon2.NewDefaultPermutation().Permutation(state))
	v.Output = [2]hash{state[0].Bytes(), state[1].Bytes()}
	return v
}

func encodings(t *testing.T) (elements, points []encodingVector) {
	modulus := func(plus int64) string {
		return hex.EncodeToString(new(big.Int).Add(fr.Modulus(), big.NewInt(plus)).FillBytes(make([]byte, 32)))
	}
	zero := hex.EncodeToString(make([]byte, 32))
	h := hex.EncodeToString(commit.H().Bytes())
	for _, digits := range []string{
		modulus(-1), modulus(0), modulus(1), zero, zero[:62] + "01", zero[:62], zero + "00", "",
	} {
		bz, err := hex.DecodeString(digits)
		require.NoError(t, err)
		elements = append(elements, encodingVector{digits, encoding.CheckElement(bz) == nil})
	}
	for _, digits := range []string{
		h, zero, h[:62], h + "00", "",
		// RFC 9496 A.2: not the least residue, negative, no square, negative xy, y is 0.
		"00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
		"3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	} {
		bz, err := hex.DecodeString(digits)
		require.NoError(t, err)
		points = append(points, encodingVector{digits, encoding.CheckPoint(bz) == nil})
	}
	return elements, points
}

// inputs covers each kind, both ends of what it holds, absence, and layouts with one sort of commitment alone.
func inputs() []recordVector {
	filled := func(b byte) (h hash) {
		for i := range h {
			h[i] = b + byte(i)
		}
		return h
	}
	all := []fieldVector{
		{"text", commitment.String, true, false},
		{"note", commitment.String, false, false},
		{"months", commitment.Integer, true, true},
		{"day", commitment.Date, true, false},
		{"flag", commitment.Boolean, true, false},
		{"code", commitment.Code, true, false},
		{"balance", commitment.Amount, true, true},
	}
	return []recordVector{
		{
			Name: "every kind", SchemaID: filled(0x10), Subject: filled(0xe0), Seed: filled(0x40), Fields: all,
			Record: commitment.Record{
				"text": "Zoë, 征信", "note": "not in the circuit", "months": "36", "day": "2000-02-29", "flag": "true",
				"code": "US-IN", "balance": "6000000",
			},
		},
		{
			Name: "least", SchemaID: filled(0x10), Subject: filled(0xe0), Seed: filled(0x41), Fields: all,
			Record: commitment.Record{
				"text": "", "months": "-9223372036854775808", "day": "0001-01-01", "flag": "false", "code": "A", "balance": "-1",
			},
		},
		{
			Name: "greatest", SchemaID: filled(0x10), Subject: filled(0xe0), Seed: filled(0x42), Fields: all,
			Record: commitment.Record{
				"months": "9223372036854775807", "day": "9999-12-31", "code": "--------------------------------", "balance": "0",
			},
		},
		{
			Name: "nothing present", SchemaID: filled(0x10), Subject: filled(0xe0), Seed: filled(0x43), Fields: all,
			Record: commitment.Record{},
		},
		{
			Name: "circuit alone", SchemaID: filled(0x11), Subject: filled(0x00), Seed: filled(0x44),
			Fields: []fieldVector{{"score", commitment.Integer, true, false}}, Record: commitment.Record{"score": "700"},
		},
		{
			Name: "amount alone", SchemaID: filled(0x12), Subject: filled(0x00), Seed: filled(0x45),
			Fields: []fieldVector{{"name", commitment.String, false, false}, {"debt", commitment.Amount, false, true}},
			Record: commitment.Record{"name": "x", "debt": "-250"},
		},
	}
}
