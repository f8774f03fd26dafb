package books

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Grammar names the version of the mapping files that this program reads, see docs/vault-import.md.
const Grammar = "creditd/book/v1"

// Bounds of a mapping file. A mapping is written by hand: the largest that is embedded has 5 KiB.
const (
	MaxMappingBytes = 64 << 10
	maxSteps        = 256
	maxList         = 512 // entries of a table, or of any list
)

// Layouts of the files that are read.
const (
	layoutCSV    = "csv"
	layoutJSONL  = "jsonl"
	layoutMetro2 = "metro2"
)

// asOfHeader: the book's day is the activity date of its header record (metro2).
const asOfHeader = "header"

// Mapping says how the rows of a lender's book become records of a built-in schema. It is data, not code: a list of steps
// of a small closed set, worked from top to bottom. ParseMapping reads and checks one.
type Mapping struct {
	Grammar  string   `yaml:"mapping"` // the constant Grammar
	Name     string   `yaml:"name"`
	About    string   `yaml:"about"`
	Layout   string   `yaml:"format"`
	Schema   string   `yaml:"schema"`
	Subject  string   `yaml:"subject"` // legal-entity or natural-person
	AsOf     string   `yaml:"as_of"`   // default day of the book; without one it is given at each import
	Sep      string   `yaml:"separator"`
	Dates    []string `yaml:"dates"`
	Money    Money    `yaml:"money"`
	Lender   Source   `yaml:"lender"`
	Account  Source   `yaml:"account"`
	Identity Source   `yaml:"identity"`
	Currency Source   `yaml:"currency"`
	Notice   Columns  `yaml:"notice"`
	Steps    []Step   `yaml:"steps"`
}

// Money says how amounts are written.
type Money struct {
	Unit      string `yaml:"unit"` // major (dollars) or minor (cents)
	Decimal   string `yaml:"decimal"`
	Thousands string `yaml:"thousands"`
	Symbol    string `yaml:"symbol"` // that may stand before an amount
}

// Columns of the notice before negative reporting; a book may have them or not.
type Columns struct {
	Date   string `yaml:"date"`
	SHA256 string `yaml:"sha256"`
}

// Source is where a part of the row's key comes from: a column or a constant.
type Source struct {
	Column   string            `yaml:"column"`
	Constant string            `yaml:"constant"`
	Type     string            `yaml:"type"`
	Length   int               `yaml:"length"`
	Prefix   string            `yaml:"prefix"`
	Table    map[string]string `yaml:"table"`
}

// Step makes a field of the record (Field), makes a value that later steps use (Value), or refuses the row (Refuse).
type Step struct {
	Field  string      `yaml:"field"`
	Value  string      `yaml:"value"`
	Refuse string      `yaml:"refuse"` // the reason, read on from the column's name
	When   []Condition `yaml:"when"`   // all of them; otherwise the step is left out

	// Where from: one of these.
	Column   string  `yaml:"column"`
	From     string  `yaml:"from"`
	Constant *string `yaml:"constant"`
	BookDate bool    `yaml:"as_of"`
	Cases    []Case  `yaml:"cases"`
	Months   *Months `yaml:"months"`

	// How a column is read.
	Type     string            `yaml:"type"`
	Required bool              `yaml:"required"`
	Blank    string            `yaml:"blank"`   // reason for refusing a blank one, in other words than usual
	Default  *string           `yaml:"default"` // what a blank one stands for
	Reason   string            `yaml:"reason"`  // for refusing one that cannot be read, in other words than usual
	Min      *int64            `yaml:"min"`
	Max      *int64            `yaml:"max"`
	Length   int               `yaml:"length"`
	Zero     string            `yaml:"zero"`   // "absent": zero stands for not known
	Absent   []string          `yaml:"absent"` // words that stand for not known
	Fold     bool              `yaml:"fold"`   // compare with the table in upper case and without spaces
	Table    map[string]string `yaml:"table"`
	Unknown  string            `yaml:"unknown"` // "absent": a code that is not in the table says nothing
	Prefix   string            `yaml:"prefix"`
}

// Case of a step: the first whose conditions all hold gives the value.
type Case struct {
	When     []Condition `yaml:"when"`
	From     string      `yaml:"from"`
	Constant *string     `yaml:"constant"`
	BookDate bool        `yaml:"as_of"`
}

// Condition on a value of an earlier step: exactly one comparison.
type Condition struct {
	Value    string   `yaml:"value"`
	Is       []string `yaml:"is"`
	Not      []string `yaml:"not"`
	Blank    *bool    `yaml:"blank"`
	Zero     *bool    `yaml:"zero"`
	LessThan string   `yaml:"less_than"` // a whole number, or another value
	MoreThan string   `yaml:"more_than"`
	Before   string   `yaml:"before"` // another value, a date
	After    string   `yaml:"after"`
}

// Months is the operation that makes a payment history profile of columns that have a month each.
type Months struct {
	Status []string          `yaml:"status"` // columns, newest first
	Owed   []string          `yaml:"owed"`   // columns with the amount owed in the same months
	Min    int64             `yaml:"min"`
	Max    int64             `yaml:"max"`
	Table  map[string]string `yaml:"table"` // status -> one character of the profile
}

// Problem of a mapping file.
type Problem struct {
	Where string `json:"where"` // for instance "step 3 (balance)"
	What  string `json:"what"`
}

func (p Problem) String() string { return p.Where + ": " + p.What }

// MappingError lists all that is wrong with a mapping file.
type MappingError struct{ Problems []Problem }

// Error has a line for each problem.
func (e *MappingError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return "the mapping cannot be used:\n  " + strings.Join(lines, "\n  ")
}

// ParseMapping reads a mapping file. Its error is a *MappingError with everything that is wrong at once.
func ParseMapping(data []byte) (*Mapping, error) {
	var c checker
	if len(data) > MaxMappingBytes {
		c.add("file", "has more than %d bytes", MaxMappingBytes)
		return nil, c.err()
	}
	var tree yaml.Node
	if err := yaml.Unmarshal(data, &tree); err != nil {
		c.add("file", "is not YAML: %s", oneLine(err))
		return nil, c.err()
	}
	// An alias can make a small file a large one, and a mapping needs none.
	if hasAlias(&tree) {
		c.add("file", "has an anchor or alias (& or *): write it out")
		return nil, c.err()
	}
	decoder := yaml.NewDecoder(strings.NewReader(string(data)))
	decoder.KnownFields(true)
	var m Mapping
	if err := decoder.Decode(&m); err != nil {
		var unfit *yaml.TypeError
		switch {
		case errors.Is(err, io.EOF):
			c.add("file", "is empty: 'creditd vault mapping template' prints one to begin with")
			return nil, c.err()
		case errors.As(err, &unfit):
			for _, what := range unfit.Errors {
				c.add("file", "%s", strings.ReplaceAll(what, "in type books.", "in "))
			}
		default:
			c.add("file", "is not a mapping: %s", oneLine(err))
			return nil, c.err()
		}
	}
	if err := decoder.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		c.add("file", "has more than one document")
	}
	m.complete()
	c.mapping(&m)
	if err := c.err(); err != nil {
		return nil, err
	}
	return &m, nil
}

// ReadMapping reads a mapping file from the disk.
func ReadMapping(path string) (*Mapping, error) {
	file, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("mapping: %w: write one with 'creditd vault mapping template > mapping.yaml'", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, MaxMappingBytes+1))
	if err != nil {
		return nil, fmt.Errorf("mapping %s: %w", path, err)
	}
	m, err := ParseMapping(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// complete fills in what is left out.
func (m *Mapping) complete() {
	for _, usual := range []struct {
		field *string
		value string
	}{
		{&m.Sep, ","},
		{&m.Money.Unit, unitMajor},
		{&m.Money.Decimal, "."},
		{&m.Notice.Date, noticeDate},
		{&m.Notice.SHA256, noticeSHA256},
		{&m.Lender.Type, typeName},
		{&m.Account.Type, typeIdentifier},
		{&m.Identity.Type, typeIdentifier},
		{&m.Currency.Type, typeIdentifier},
	} {
		if *usual.field == "" {
			*usual.field = usual.value
		}
	}
	if len(m.Dates) == 0 {
		m.Dates = []string{dateISO}
	}
}

//go:embed mappings/*.yaml
var mappingFiles embed.FS

// formats are the embedded mappings that books are read with by name.
var formats = embedded(FormatSBA, FormatCard, FormatMetro2)

func embedded(names ...Format) (all []*Mapping) {
	for _, name := range names {
		m, err := ParseMapping(MappingFile(string(name)))
		if err != nil {
			panic(fmt.Sprintf("embedded mapping %s: %s", name, err)) // a test reads them all
		}
		all = append(all, m)
	}
	return all
}

// MappingFile returns the text of an embedded mapping, or nil. Beside the formats there are "template", for a lender's own CSV, and
// "template-jsonl".
func MappingFile(name string) []byte {
	data, err := fs.ReadFile(mappingFiles, "mappings/"+name+".yaml")
	if err != nil {
		return nil
	}
	return data
}

// MappingNames lists the embedded mappings.
func MappingNames() (names []string) {
	entries, _ := fs.ReadDir(mappingFiles, "mappings") // it is embedded
	for _, entry := range entries {
		names = append(names, strings.TrimSuffix(entry.Name(), ".yaml"))
	}
	return names
}

// BuiltIn finds an embedded mapping by the name of its format; its error lists those that exist.
func BuiltIn(format Format) (*Mapping, error) {
	var known []string
	for _, m := range formats {
		if m.Name == string(format) {
			return m, nil
		}
		known = append(known, m.Name)
	}
	return nil, fmt.Errorf("unknown book format %q: use one of %s", format, strings.Join(known, ", "))
}

func hasAlias(node *yaml.Node) bool {
	if node.Kind == yaml.AliasNode || node.Anchor != "" {
		return true
	}
	for _, child := range node.Content {
		if hasAlias(child) {
			return true
		}
	}
	return false
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
