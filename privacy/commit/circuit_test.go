package commit_test

import (
	"crypto/sha256"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr/poseidon2"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/commit/encoding"
)

// only returns the tag and value of a field, as they are hashed.
func only(t require.TestingT, f commit.CircuitField) (tag, value *big.Int) {
	elements, err := commit.Elements([32]byte{}, [32]byte{}, []commit.CircuitField{f}, commit.CircuitSalt{})
	require.NoError(t, err)
	require.Len(t, elements, 9)
	return new(big.Int).SetBytes(elements[6][:]), new(big.Int).SetBytes(elements[7][:])
}

func date(t require.TestingT, text string) commit.CircuitField {
	day, err := time.Parse(time.DateOnly, text)
	require.NoError(t, err)
	f, err := commit.DateField(day)
	require.NoError(t, err)
	return f
}

func at(t require.TestingT, when time.Time) commit.CircuitField {
	f, err := commit.DateField(when)
	require.NoError(t, err)
	return f
}

func code(t require.TestingT, text string) commit.CircuitField {
	f, err := commit.CodeField(text)
	require.NoError(t, err)
	return f
}

func TestFieldEncodings(t *testing.T) {
	digest := sha256.Sum256([]byte("creditd/circuit-string/v1" + "Zoë"))
	shifted := func(n, bits uint64) *big.Int { return new(big.Int).Lsh(new(big.Int).SetUint64(n), uint(bits)) }
	plus := func(a *big.Int, b uint64) *big.Int { return new(big.Int).Add(a, new(big.Int).SetUint64(b)) }
	for name, c := range map[string]struct {
		field commit.CircuitField
		tag   int64
		value *big.Int
	}{
		"absent":           {commit.AbsentField(), 0, big.NewInt(0)},
		"least integer":    {commit.IntegerField(math.MinInt64), 2, big.NewInt(0)},
		"minus one":        {commit.IntegerField(-1), 2, new(big.Int).SetUint64(1<<63 - 1)},
		"zero":             {commit.IntegerField(0), 2, shifted(1, 63)},
		"greatest integer": {commit.IntegerField(math.MaxInt64), 2, new(big.Int).SetUint64(math.MaxUint64)},
		"amount":           {commit.AmountField(250), 6, plus(shifted(1, 63), 250)},
		"false":            {commit.BooleanField(false), 4, big.NewInt(0)},
		"true":             {commit.BooleanField(true), 4, big.NewInt(1)},
		"first day":        {date(t, "0001-01-01"), 3, big.NewInt(0)},
		"last day":         {date(t, "9999-12-31"), 3, big.NewInt(3652058)},
		"before 1970":      {date(t, "1969-12-31"), 3, big.NewInt(719161)},
		"evening of 1969":  {at(t, time.Date(1969, 12, 31, 23, 59, 59, 999, time.UTC)), 3, big.NewInt(719161)},
		"east of UTC":      {at(t, time.Date(1970, 1, 1, 7, 0, 0, 0, time.FixedZone("", 8*3600))), 3, big.NewInt(719161)},
		"1970":             {date(t, "1970-01-01"), 3, big.NewInt(719162)},
		"leap day":         {date(t, "2000-02-29"), 3, big.NewInt(730178)},
		"code A":           {code(t, "A"), 5, plus(shifted(1, 192), 1)},
		"code -":           {code(t, "-"), 5, plus(shifted(1, 192), 39)},
		"code US-9":        {code(t, "US-9"), 5, plus(shifted(4, 192), 21<<18|19<<12|39<<6|36)},
		"string":           {commit.StringField("Zoë"), 1, new(big.Int).SetBytes(digest[:31])},
	} {
		t.Run(name, func(t *testing.T) {
			tag, value := only(t, c.field)
			require.Zero(t, tag.Cmp(big.NewInt(c.tag)), "tag %s", tag)
			require.Zero(t, value.Cmp(c.value), "value %s", value)
		})
	}
}

func TestFieldRefusals(t *testing.T) {
	for _, text := range []string{"", strings.Repeat("A", 33), strings.Repeat("A", 1<<20)} {
		_, err := commit.CodeField(text)
		require.ErrorContains(t, err, "1 to 32 characters")
	}
	for _, text := range []string{"a", "A B", "Ä", "A\x00", "CONFIDENTIAL?"} {
		_, err := commit.CodeField(text)
		require.ErrorContains(t, err, "only A-Z")
		require.NotContains(t, err.Error(), "CONFIDENTIAL")
	}
	for _, year := range []int{-1, 0, 10000, 1_000_000} {
		_, err := commit.DateField(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC))
		require.ErrorContains(t, err, "years 1 to 9999")
	}
	_, err := commit.DateField(time.Date(0, 12, 31, 23, 59, 59, 0, time.UTC))
	require.ErrorContains(t, err, "years 1 to 9999", "the last second before the first day")
}

// TestValuesDoNotCollide: two fields have the same elements only if they are the same field.
func TestValuesDoNotCollide(t *testing.T) {
	text := rapid.StringOfN(rapid.RuneFrom([]rune("AB9_.-")), 1, 32, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		_, one := only(t, code(t, a))
		_, two := only(t, code(t, b))
		require.Equal(t, a == b, one.Cmp(two) == 0)
		require.LessOrEqual(t, one.BitLen(), 198)

		n, m := rapid.Int64().Draw(t, "n"), rapid.Int64().Draw(t, "m")
		_, one = only(t, commit.IntegerField(n))
		_, two = only(t, commit.IntegerField(m))
		require.Equal(t, n < m, one.Cmp(two) < 0, "the order of elements is that of numbers")

		from := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
		days := rapid.IntRange(0, 3652058).Draw(t, "days")
		f, err := commit.DateField(from.AddDate(0, 0, days))
		require.NoError(t, err)
		_, one = only(t, f)
		require.Zero(t, one.Cmp(big.NewInt(int64(days))))
	})
}

// TestCircuitIsGnarksHash: a circuit recomputes the commitment with gnark's own hasher over Elements.
func TestCircuitIsGnarksHash(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var fields []commit.CircuitField
		for _, v := range rapid.SliceOfN(rapid.Int64(), 1, commit.MaxCircuitFields).Draw(t, "values") {
			fields = append(fields, commit.IntegerField(v))
		}
		schemaID, subject := [32]byte{0xff, 31: 1}, [32]byte{0xee, 31: 2}
		schemaID[1], schemaID[30] = rapid.Byte().Draw(t, "schema"), rapid.Byte().Draw(t, "of")
		salt := commit.DeriveCircuitSalt([32]byte{byte(rapid.IntRange(0, 255).Draw(t, "seed"))})
		elements, err := commit.Elements(schemaID, subject, fields, salt)
		require.NoError(t, err)
		require.Len(t, elements, 7+2*len(fields))
		hasher := poseidon2.NewMerkleDamgardHasher()
		for _, element := range elements {
			_, err := hasher.Write(element[:])
			require.NoError(t, err, "canonical")
		}
		got, err := commit.Circuit(schemaID, subject, fields, salt)
		require.NoError(t, err)
		require.Equal(t, hasher.Sum(nil), got[:])
		require.NoError(t, encoding.CheckElement(got[:]))
	})
}

func TestElements(t *testing.T) {
	var schemaID, subject [32]byte
	for i := range 32 {
		schemaID[i], subject[i] = byte(i+1), byte(i+101)
	}
	salt := commit.DeriveCircuitSalt([32]byte{7})
	elements, err := commit.Elements(schemaID, subject, []commit.CircuitField{commit.BooleanField(true), commit.AbsentField()}, salt)
	require.NoError(t, err)
	small := func(n byte) [32]byte { return [32]byte{31: n} }
	wide := func(bz []byte) (out [32]byte) { copy(out[16:], bz); return out }
	require.Equal(t, [][32]byte{
		small(1), small(2), wide(schemaID[:16]), wide(schemaID[16:]), wide(subject[:16]), wide(subject[16:]),
		small(4), small(1), small(0), small(0), salt.Bytes(),
	}, elements)
}

func TestCircuitBindsEverything(t *testing.T) {
	fields := []commit.CircuitField{commit.IntegerField(1), commit.AbsentField()}
	salt := commit.DeriveCircuitSalt([32]byte{1})
	seen := map[[32]byte]string{}
	for name, c := range map[string]struct {
		schemaID, subject [32]byte
		fields            []commit.CircuitField
		salt              commit.CircuitSalt
	}{
		"as it is":       {fields: fields, salt: salt},
		"schema":         {schemaID: [32]byte{1}, fields: fields, salt: salt},
		"schema's end":   {schemaID: [32]byte{31: 1}, fields: fields, salt: salt},
		"subject":        {subject: [32]byte{1}, fields: fields, salt: salt},
		"subject's end":  {subject: [32]byte{31: 1}, fields: fields, salt: salt},
		"salt":           {fields: fields, salt: commit.DeriveCircuitSalt([32]byte{2})},
		"value":          {fields: []commit.CircuitField{commit.IntegerField(2), commit.AbsentField()}, salt: salt},
		"kind":           {fields: []commit.CircuitField{commit.AmountField(1), commit.AbsentField()}, salt: salt},
		"order":          {fields: []commit.CircuitField{commit.AbsentField(), commit.IntegerField(1)}, salt: salt},
		"present":        {fields: []commit.CircuitField{commit.IntegerField(1), commit.BooleanField(false)}, salt: salt},
		"one field less": {fields: fields[:1], salt: salt},
		"one more":       {fields: append(fields[:2:2], commit.AbsentField()), salt: salt},
	} {
		got, err := commit.Circuit(c.schemaID, c.subject, c.fields, c.salt)
		require.NoError(t, err)
		require.Empty(t, seen[got], name)
		seen[got] = name
	}
}

func TestCircuitRefusals(t *testing.T) {
	for _, n := range []int{0, commit.MaxCircuitFields + 1} {
		_, err := commit.Circuit([32]byte{}, [32]byte{}, make([]commit.CircuitField, n), commit.CircuitSalt{})
		require.ErrorContains(t, err, fmt.Sprintf("1 to 64 fields, not %d", n))
		elements, err := commit.Elements([32]byte{}, [32]byte{}, make([]commit.CircuitField, n), commit.CircuitSalt{})
		require.ErrorContains(t, err, "1 to 64 fields")
		require.Empty(t, elements)
	}
}

func BenchmarkCircuit(b *testing.B) {
	fields := []commit.CircuitField{commit.IntegerField(1), commit.AmountField(2), commit.AmountField(3), commit.BooleanField(true)}
	salt := commit.DeriveCircuitSalt([32]byte{})
	for b.Loop() {
		if _, err := commit.Circuit([32]byte{}, [32]byte{}, fields, salt); err != nil {
			b.Fatal(err)
		}
	}
}
