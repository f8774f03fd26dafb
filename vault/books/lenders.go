package books

import (
	"cmp"
	"errors"
	"io"
	"slices"
	"strings"
)

// LenderCount is what a book holds of one lender.
type LenderCount struct {
	Name      string
	Rows      int // all rows that name the lender
	Rejects   int // of them, those that cannot be furnished
	Borrowers int // distinct borrowers in the others
}

// Lenders is LendersOf for a book in format sba.
func Lenders(r io.Reader) ([]LenderCount, error) {
	mapping, err := BuiltIn(FormatSBA)
	if err != nil {
		return nil, err
	}
	return LendersOf(r, mapping)
}

// LendersOf reads a whole book and counts its lenders, those with most rows first, so that an
// operator can choose which of them to furnish for. Names that differ in case only are one lender. Memory grows
// with the number of distinct pairs of lender and borrower, some 100 bytes each.
func LendersOf(r io.Reader, mapping *Mapping) ([]LenderCount, error) {
	reader, err := NewMappedReader(r, mapping, Options{})
	if err != nil {
		return nil, err
	}
	type pair struct{ lender, borrower string }
	counts, seen := map[string]*LenderCount{}, map[pair]bool{}
	for {
		row, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if row.Lender == "" {
			continue
		}
		key := fold(row.Lender)
		count := counts[key]
		if count == nil {
			count = &LenderCount{Name: strings.Clone(row.Lender)}
			counts[key] = count
		}
		count.Rows++
		if row.Reject != nil {
			count.Rejects++
			continue
		}
		if p := (pair{key, row.Subject}); !seen[p] {
			// The row's strings share its line's memory: keep copies.
			seen[pair{key, strings.Clone(row.Subject)}] = true
			count.Borrowers++
		}
	}
	lenders := make([]LenderCount, 0, len(counts))
	for _, count := range counts {
		lenders = append(lenders, *count)
	}
	slices.SortFunc(lenders, func(a, b LenderCount) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Name, b.Name))
	})
	return lenders, nil
}
