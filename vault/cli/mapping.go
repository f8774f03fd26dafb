package cli

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/vault/books"
)

// defaultSampleRows are shown of a sample book.
const defaultSampleRows = 5

func newMappingCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "mapping",
		Short: "Describe a lender's own book in a file, and try the description",
		Long: `A mapping file says how the rows of a book become records: which columns, how dates and amounts are written, which
codes mean what, and which rows cannot be furnished. It is data, not code; docs/vault-import.md has its grammar.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newMappingTemplateCmd(), newMappingCheckCmd())
	return cmd
}

func newMappingTemplateCmd() *cobra.Command {
	var of string
	cmd := &cobra.Command{
		Use:   "template",
		Short: "Print a mapping file to begin with",
		Long:  "Print a commented mapping file. It fits a book that has the columns that it names; change it to fit yours.",
		Example: example(
			"creditd vault mapping template > mapping.yaml",
			"creditd vault mapping template --of template-jsonl",
			"creditd vault mapping template --of sba"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			text := books.MappingFile(of)
			if text == nil {
				return fmt.Errorf("--of %q: use one of %s", of, strings.Join(books.MappingNames(), ", "))
			}
			_, err := cmd.OutOrStdout().Write(text)
			return err
		},
	}
	cmd.Flags().StringVar(&of, "of", "template", "Which ("+strings.Join(books.MappingNames(), "|")+")")
	return cmd
}

// sampleRow is a row of a sample book as a record. It is personal data like the book.
type sampleRow struct {
	Line     int               `json:"line"`
	Account  string            `json:"account,omitempty"`
	Identity string            `json:"identity,omitempty"`
	Kind     string            `json:"subject_kind,omitempty"`
	Lender   string            `json:"lender,omitempty"`
	Record   map[string]string `json:"record,omitempty"`
	Column   string            `json:"column,omitempty"` // at fault
	Reason   string            `json:"reason,omitempty"` // why it is rejected
}

type reasonCount struct {
	Column string `json:"column"`
	Reason string `json:"reason"`
	Rows   int    `json:"rows"`
}

type mappingResult struct {
	Mapping  string          `json:"mapping"`
	Valid    bool            `json:"valid"`
	Problems []books.Problem `json:"problems"`
	Rows     int             `json:"rows"`
	Records  int             `json:"records"`
	Rejects  int             `json:"rejects"`
	Reasons  []reasonCount   `json:"reasons"` // of the rejects, the most frequent first
	Sample   []sampleRow     `json:"sample"`
}

func newMappingCheckCmd() *cobra.Command {
	var sample, asOf string
	rows := defaultSampleRows
	cmd := &cobra.Command{
		Use:   "check FILE",
		Short: "Say everything that is wrong with a mapping file, and what it makes of a book",
		Long: `Check a mapping file and list all its problems at once. With --sample it also reads a whole book, shows the first rows as
the records that they would become, and counts why rows would be rejected. Nothing is stored or sent, and it needs neither
vault nor chain. What it shows is personal data like the book.

It exits with 0 when the mapping can be used and, with --sample, at least one row of the book is a record.`,
		Example: example(
			"creditd vault mapping template > mapping.yaml",
			"creditd vault mapping check mapping.yaml",
			"creditd vault mapping check mapping.yaml --sample own-book.csv --as-of 2026-10-31 --output json"),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := newEnvironment(cmd)
			if err != nil {
				return err
			}
			result, err := checkMapping(args[0], sample, asOf, rows)
			if err != nil {
				return err
			}
			if err := e.print(result, result.print); err != nil {
				return err
			}
			switch {
			case !result.Valid:
				return fmt.Errorf("%s cannot be used: mend what is listed above", args[0])
			case sample != "" && result.Records == 0:
				return fmt.Errorf("no row of %s is a record by this mapping: see the reasons above", sample)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&sample, "sample", "", "Book to read by the mapping")
	cmd.Flags().StringVar(&asOf, "as-of", "", "Day on which the book was drawn, YYYY-MM-DD; default: that of the mapping")
	cmd.Flags().IntVar(&rows, "rows", defaultSampleRows, "Rows of the book to show")
	return cmd
}

func checkMapping(path, sample, asOf string, shown int) (*mappingResult, error) {
	result := &mappingResult{Mapping: path, Problems: []books.Problem{}, Reasons: []reasonCount{}, Sample: []sampleRow{}}
	mapping, err := books.ReadMapping(path)
	var problems *books.MappingError
	if errors.As(err, &problems) {
		result.Problems = problems.Problems
		return result, nil
	}
	if err != nil {
		return nil, err
	}
	result.Valid = true
	if sample == "" {
		return result, nil
	}
	return result, result.read(mapping, sample, asOf, shown)
}

// read goes through a book as an import would.
func (r *mappingResult) read(mapping *books.Mapping, path, asOf string, shown int) (err error) {
	file, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return fmt.Errorf("book: %w", err)
	}
	defer closing(&err, "the book", file)
	reader, err := books.NewMappedReader(file, mapping, books.Options{AsOf: asOf})
	if err != nil {
		return err
	}
	reasons := map[reasonCount]int{}
	for {
		row, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if row.Reject != nil {
			reasons[reasonCount{Column: row.Reject.Column, Reason: row.Reject.Reason}]++
		}
		if len(r.Sample) < shown {
			r.Sample = append(r.Sample, show(row))
		}
	}
	stats := reader.Stats()
	r.Rows, r.Records, r.Rejects = stats.Rows, stats.Records, stats.Rejects
	for reason, rows := range reasons {
		reason.Rows = rows
		r.Reasons = append(r.Reasons, reason)
	}
	slices.SortFunc(r.Reasons, func(a, b reasonCount) int {
		if a.Rows != b.Rows {
			return b.Rows - a.Rows
		}
		return strings.Compare(a.Column+a.Reason, b.Column+b.Reason)
	})
	return nil
}

func show(row books.Row) sampleRow {
	if row.Reject != nil {
		return sampleRow{Line: row.Line, Lender: row.Lender, Column: row.Reject.Column, Reason: row.Reject.Reason}
	}
	return sampleRow{
		Line: row.Line, Account: row.Account, Identity: row.Subject, Kind: row.SubjectKind.String(), Lender: row.Lender, Record: row.Record,
	}
}

func (r *mappingResult) print(w io.Writer) {
	for _, problem := range r.Problems {
		_, _ = fmt.Fprintln(w, problem)
	}
	if r.Valid {
		_, _ = fmt.Fprintf(w, "%s can be used\n", r.Mapping)
	}
	for _, row := range r.Sample {
		_, _ = fmt.Fprintf(w, "\nline %d", row.Line)
		if row.Reason != "" {
			_, _ = fmt.Fprintf(w, " rejected: %s %s\n", row.Column, row.Reason)
			continue
		}
		_, _ = fmt.Fprintf(w, ": account %s of %s %s, lender %s\n", row.Account, row.Kind, row.Identity, row.Lender)
		table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
		for _, name := range slices.Sorted(maps.Keys(row.Record)) {
			_, _ = fmt.Fprintf(table, "  %s\t%s\n", name, row.Record[name])
		}
		_ = table.Flush() // an output that is closed is the reader's wish
	}
	if r.Rows > 0 {
		_, _ = fmt.Fprintf(w, "\n%d rows: %d records, %d rejects\n", r.Rows, r.Records, r.Rejects)
	}
	for _, reason := range r.Reasons {
		_, _ = fmt.Fprintf(w, "%8d  %s %s\n", reason.Rows, reason.Column, reason.Reason)
	}
}
