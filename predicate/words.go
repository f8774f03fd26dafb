package predicate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/creditd/creditd/x/attestation/schemas"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/predicate/types"
)

// Questions in words, as people ask them and read them again:
//
//	creditd.score score >= 650
//	creditd.tradeline.firm opened <= 2020-12-31
//	creditd.tradeline.firm balance in 0..5000000
//	creditd.tradeline.firm status in 11,13
//	creditd.tradeline.firm balance <= 2/5 of original_amount
//	creditd.tradeline.person payment_history 60+ in 24 <= 0 reported 5
//	creditd.tradeline.person sum balance <= 50000000
//
// Numbers are in the field's unit, amounts in hundredths of the currency (minor units). "hidden" at the end asks about some
// attestation without saying which.

const (
	wordHidden   = "hidden"
	wordSum      = "sum"
	wordReported = "reported"
	// daysTo1970 since 0001-01-01.
	daysTo1970 = 719162
)

// lateFrom are the levels of a history, as days past due are said.
var lateFrom = []string{"30+", "60+", "90+", "120+", "150+", "180+"}

var errWords = errors.New("not a question: `creditd privacy ask --help` has all forms")

// Words is a question that was read, before its circuit is chosen.
type Words struct {
	Predicate types.Predicate
	Fields    uint32 // circuit fields of the schema
	Hidden    bool
}

// ParseWords reads a question in words. It asks the chain for the schema.
func ParseWords(ctx context.Context, chain Chain, text string) (Words, error) {
	var w Words
	words := strings.Fields(text)
	if len(words) > 0 && words[len(words)-1] == wordHidden {
		w.Hidden, words = true, words[:len(words)-1]
	}
	if len(words) < 4 {
		return w, fmt.Errorf("%.100q: %w", text, errWords)
	}
	id, err := schemaID(words[0])
	if err != nil {
		return w, err
	}
	schema, err := chain.Schema(ctx, id)
	if err != nil {
		return w, err
	}
	for _, field := range schema.Fields {
		if field.Circuit {
			w.Fields++
		}
	}
	w.Predicate.SchemaId = id[:]
	if err := w.read(schema, words[1:]); err != nil {
		return w, fmt.Errorf("%.100q: %w", text, err)
	}
	return w, nil
}

func schemaID(text string) (id [32]byte, err error) {
	if definition, ok := schemas.ByName(text); ok {
		return definition.ID(), nil
	}
	if id, err = id32(text); err != nil {
		return id, fmt.Errorf("schema %.80q is not built in: give its id, 64 hexadecimal digits", text)
	}
	return id, nil
}

func (w *Words) read(schema attestationtypes.Schema, words []string) (err error) {
	p := &w.Predicate
	if words[0] == wordSum {
		words = words[1:]
		p.Kind = types.PREDICATE_KIND_SUM
	}
	field, err := fieldNamed(schema, words[0])
	if err != nil {
		return err
	}
	p.Field = field
	kind, rest := schema.Fields[field].Kind, words[1:]
	switch {
	case p.Kind == types.PREDICATE_KIND_SUM:
		if w.Hidden || len(rest) != 2 || rest[0] != "<=" {
			return errWords
		}
		p.Upper, err = number(kind, rest[1])
	case len(rest) >= 5 && slices.Contains(lateFrom, rest[0]):
		err = w.readHistory(rest)
	case len(rest) == 4 && rest[0] == "<=" && rest[2] == "of":
		err = w.readRatio(schema, rest[1], rest[3])
	case len(rest) == 2:
		err = w.readRange(kind, rest[0], rest[1])
	default:
		err = errWords
	}
	return err
}

func fieldNamed(schema attestationtypes.Schema, name string) (uint32, error) {
	at := slices.IndexFunc(schema.Fields, func(f attestationtypes.Field) bool { return f.Name == name })
	if at < 0 {
		return 0, fmt.Errorf("schema %s has no field %.64q", schema.Name, name)
	}
	return uint32(at), nil
}

// readRange reads a bound, both bounds, or a set.
func (w *Words) readRange(kind attestationtypes.FieldKind, relation, value string) (err error) {
	p := &w.Predicate
	p.Kind, p.Lower, p.Upper = types.PREDICATE_KIND_RANGE, math.MinInt64, math.MaxInt64
	if kind == attestationtypes.FIELD_KIND_DATE {
		p.Lower = 0
	}
	low, high, both := strings.Cut(value, "..")
	switch {
	case relation == ">=":
		p.Lower, err = number(kind, value)
	case relation == "<=":
		p.Upper, err = number(kind, value)
	case relation != "in":
		err = errWords
	case both:
		if p.Lower, err = number(kind, low); err == nil {
			p.Upper, err = number(kind, high)
		}
	default:
		p.Kind, p.Lower, p.Upper = types.PREDICATE_KIND_MEMBERSHIP, 0, 0
		p.Members = strings.Split(value, ",")
		slices.Sort(p.Members)
		p.Members = slices.Compact(p.Members)
	}
	return err
}

// readRatio reads "balance <= 2/5 of original_amount".
func (w *Words) readRatio(schema attestationtypes.Schema, fraction, other string) (err error) {
	above, below, _ := strings.Cut(fraction, "/")
	p := &w.Predicate
	p.Kind = types.PREDICATE_KIND_RATIO
	if p.Numerator, err = count(above); err == nil {
		if p.Denominator, err = count(below); err == nil {
			p.OtherField, err = fieldNamed(schema, other)
		}
	}
	return err
}

// readHistory reads "60+ in 24 <= 0", and perhaps "reported 5".
func (w *Words) readHistory(words []string) (err error) {
	p := &w.Predicate
	p.Kind, p.Level = types.PREDICATE_KIND_HISTORY, uint32(slices.Index(lateFrom, words[0])+1)
	if words[1] != "in" || words[3] != "<=" || len(words) != 5 && (len(words) != 7 || words[5] != wordReported) {
		return errWords
	}
	numbers := []struct {
		text string
		into *uint32
	}{{words[2], &p.Months}, {words[4], &p.AtMost}}
	if len(words) == 7 {
		numbers = append(numbers, struct {
			text string
			into *uint32
		}{words[6], &p.Reported})
	}
	for _, each := range numbers {
		if *each.into, err = count(each.text); err != nil {
			return err
		}
	}
	return nil
}

func count(text string) (uint32, error) {
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("%.40q is not a number: %w", text, errWords)
	}
	return uint32(n), nil
}

// number of a field: of a date, its days since 0001-01-01.
func number(kind attestationtypes.FieldKind, text string) (int64, error) {
	if kind == attestationtypes.FIELD_KIND_DATE {
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return 0, fmt.Errorf("%.40q is not a day: write it as 2027-01-31", text)
		}
		return day.Unix()/86400 + daysTo1970, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%.40q is not a whole number of the field's unit", text)
	}
	return n, nil
}

// Choose the circuit that the question is proven by: of those that the chain has in use, the latest version for the kind and the
// number of fields. A sum has none.
func (w Words) Choose(registered []types.Circuit) (types.Predicate, error) {
	p := w.Predicate
	if p.Kind == types.PREDICATE_KIND_SUM {
		return p, nil
	}
	var version uint32
	for _, c := range registered {
		fits := c.Status == types.CIRCUIT_STATUS_ACTIVE && c.Spec.Kind == p.Kind && c.Spec.Fields == w.Fields &&
			c.Spec.Attestations == 1 && c.Spec.Hidden == w.Hidden
		if fits && c.Version > version {
			p.CircuitId, version = c.Id, c.Version
		}
	}
	if version == 0 {
		hidden := ""
		if w.Hidden {
			hidden = " about a hidden attestation"
		}
		return p, fmt.Errorf("the chain has no circuit in use for a %s over %d fields%s: `creditd query predicate circuits` lists them",
			p.Kind, w.Fields, hidden)
	}
	return p, nil
}

// Describe what was asked, in words.
func Describe(ctx context.Context, chain Chain, p types.Predicate) (string, error) {
	if len(p.SchemaId) != 32 || len(p.CircuitId) != 32 && p.Kind != types.PREDICATE_KIND_SUM {
		return "", errors.New("the chain's answer is no predicate")
	}
	schema, err := chain.Schema(ctx, [32]byte(p.SchemaId))
	if err != nil {
		return "", err
	}
	if int64(p.Field) >= int64(len(schema.Fields)) {
		return "", errors.New("the chain's answer is about no field of the schema")
	}
	if p.Kind == types.PREDICATE_KIND_SUM {
		return Say(p, schema, false), nil
	}
	circuit, err := chain.Circuit(ctx, [32]byte(p.CircuitId))
	return Say(p, schema, circuit.Spec.Hidden), err
}

// Say a predicate over a schema that has its field, in words.
func Say(p types.Predicate, schema attestationtypes.Schema, hidden bool) string {
	name := func(place uint32) string {
		if int64(place) >= int64(len(schema.Fields)) {
			return "?"
		}
		return schema.Fields[place].Name
	}
	words := []string{schema.Name, name(p.Field)}
	switch p.Kind {
	case types.PREDICATE_KIND_RANGE:
		words = append(words, sayRange(p, schema.Fields[p.Field].Kind))
	case types.PREDICATE_KIND_RATIO:
		words = append(words, fmt.Sprintf("<= %d/%d of %s", p.Numerator, p.Denominator, name(p.OtherField)))
	case types.PREDICATE_KIND_MEMBERSHIP:
		words = append(words, "in "+strings.Join(p.Members, ","))
	case types.PREDICATE_KIND_HISTORY:
		words = append(words, fmt.Sprintf("%s in %d <= %d", lateFrom[(p.Level+5)%6], p.Months, p.AtMost))
		if p.Reported > 0 {
			words = append(words, fmt.Sprintf("%s %d", wordReported, p.Reported))
		}
	case types.PREDICATE_KIND_COUNT:
		words = append(words, sayRange(p, schema.Fields[p.Field].Kind), fmt.Sprintf("in at least %d", p.AtLeast))
	case types.PREDICATE_KIND_SUM:
		words = []string{schema.Name, wordSum, name(p.Field), fmt.Sprintf("<= %d", p.Upper)}
	}
	if hidden {
		words = append(words, wordHidden)
	}
	return strings.Join(words, " ")
}

func sayRange(p types.Predicate, kind attestationtypes.FieldKind) string {
	say, lowest := func(n int64) string { return strconv.FormatInt(n, 10) }, int64(math.MinInt64)
	if kind == attestationtypes.FIELD_KIND_DATE {
		lowest = 0
		say = func(n int64) string { return time.Unix((n-daysTo1970)*86400, 0).UTC().Format(time.DateOnly) }
	}
	switch {
	case p.Lower == lowest:
		return "<= " + say(p.Upper)
	case p.Upper == math.MaxInt64:
		return ">= " + say(p.Lower)
	default:
		return fmt.Sprintf("in %s..%s", say(p.Lower), say(p.Upper))
	}
}
