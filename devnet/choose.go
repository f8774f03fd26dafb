package devnet

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/creditd/creditd/vault/books"
)

// mostLenders of a book are looked at for the demo: those with most loans.
const mostLenders = 10

// choice of what a demo imports from a book and whom it follows.
type choice struct {
	lenders  []string // one for each of three banks
	loans    int      // of all three
	borrower string   // identity number of one with loans at two of them
	at       []int    // which lenders it has loans at, by index
}

// lenderLoans is what a book holds of one lender.
type lenderLoans struct {
	name      string
	records   int
	borrowers map[string]int // loans by identity number
}

// choose finds the three lenders with the fewest loans, but at least so many, that share a borrower.
func choose(path string, loans int) (choice, error) {
	lenders, err := readLenders(path)
	if err != nil {
		return choice{}, err
	}
	best := choice{loans: -1}
	for a := range lenders {
		for b := a + 1; b < len(lenders); b++ {
			for c := b + 1; c < len(lenders); c++ {
				three := []lenderLoans{lenders[a], lenders[b], lenders[c]}
				total := three[0].records + three[1].records + three[2].records
				if total < loans || best.loans >= 0 && total >= best.loans {
					continue
				}
				if borrower, at := shared(three); borrower != "" {
					best = choice{
						loans: total, borrower: borrower, at: at,
						lenders: []string{three[0].name, three[1].name, three[2].name},
					}
				}
			}
		}
	}
	if best.loans < 0 {
		return choice{}, fmt.Errorf("%s: no three of its %d largest lenders have %d loans together and a borrower in common; "+
			"give a larger book with --data, or fewer --loans", path, mostLenders, loans)
	}
	return best, nil
}

// chooseAmong takes lenders that are given.
func chooseAmong(path string, names []string) (choice, error) {
	found, err := readLenders(path)
	if err != nil {
		return choice{}, err
	}
	c := choice{lenders: names}
	var lenders []lenderLoans
	for _, name := range names {
		index := slices.IndexFunc(found, func(l lenderLoans) bool { return strings.EqualFold(l.name, strings.TrimSpace(name)) })
		if index < 0 {
			return choice{}, fmt.Errorf("%s: lender %q is not among its %d largest", path, name, mostLenders)
		}
		lenders = append(lenders, found[index])
		c.loans += found[index].records
	}
	if c.borrower, c.at = shared(lenders); c.borrower == "" {
		return choice{}, fmt.Errorf("%s: no borrower has loans at two of %q", path, names)
	}
	return c, nil
}

func readLenders(path string) ([]lenderLoans, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("loan book: %w", err)
	}
	defer file.Close()
	reader, err := books.NewReader(file, books.FormatSBA, books.Options{})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	found := map[string]*lenderLoans{}
	for {
		row, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if row.Reject != nil {
			continue
		}
		key := strings.ToUpper(strings.TrimSpace(row.Lender))
		if found[key] == nil {
			found[key] = &lenderLoans{name: strings.Clone(row.Lender), borrowers: map[string]int{}}
		}
		found[key].records++
		found[key].borrowers[strings.Clone(row.Subject)]++
	}
	lenders := make([]lenderLoans, 0, len(found))
	for _, l := range found {
		lenders = append(lenders, *l)
	}
	slices.SortFunc(lenders, func(a, b lenderLoans) int {
		return cmp.Or(cmp.Compare(b.records, a.records), cmp.Compare(a.name, b.name))
	})
	return lenders[:min(len(lenders), mostLenders)], nil
}

// shared returns the borrower at two or more of the lenders with most loans there.
func shared(lenders []lenderLoans) (borrower string, at []int) {
	loans, where := map[string]int{}, map[string][]int{}
	for index, l := range lenders {
		for id, count := range l.borrowers {
			loans[id] += count
			where[id] = append(where[id], index)
		}
	}
	most := 0
	for _, id := range slices.Sorted(maps.Keys(where)) { // sorted: the same book gives the same choice
		if len(where[id]) > 1 && loans[id] > most {
			borrower, at, most = id, where[id], loans[id]
		}
	}
	return borrower, at
}
