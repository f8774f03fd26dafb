// Package synthetic writes loan books of made-up borrowers in the formats of package books: the same header
// as the real files, the same kinds of dirt at about the same rates, several lenders, and borrowers with
// loans at more than one of them. It is what demo and tests run on where there is no real book.
package synthetic

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/creditd/creditd/vault/books"
)

// IDPrefix starts every identity and account number that is made up, so that a search for it in blocks, logs
// or reports finds any that leaked. No register gives out such numbers.
const IDPrefix = "SYN"

// Options say how large a book is. The same options give the same bytes, in this version of the package.
type Options struct {
	Rows    int    // rows below the header, at least 0
	Seed    uint64 // of the random numbers
	Lenders int    // lenders in an sba book, 1 to MaxLenders; 0 is 4; a card book has one furnisher anyway
}

// Write writes a book. It fails for a format that does not exist, for options out of range, and when w does.
func Write(w io.Writer, format books.Format, options Options) error {
	if options.Rows < 0 {
		return fmt.Errorf("a book has 0 or more rows, not %d", options.Rows)
	}
	if options.Lenders == 0 {
		options.Lenders = 4
	}
	if options.Lenders < 0 || options.Lenders > MaxLenders {
		return fmt.Errorf("a book has 1 to %d lenders, not %d", MaxLenders, options.Lenders)
	}
	g := generator{rand: rand.New(rand.NewPCG(options.Seed, uint64(len(format)))), lenders: options.Lenders}
	var header string
	var row func(n int) []string
	switch format {
	case books.FormatSBA:
		header, row = sbaHeader, g.loan
	case books.FormatCard:
		header, row = cardHeader, g.card
	default:
		return fmt.Errorf("unknown book format %q: use %s or %s", format, books.FormatSBA, books.FormatCard)
	}
	// A bufio.Writer keeps its first error and returns it from Flush.
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, header)
	for n := range options.Rows {
		fmt.Fprintln(out, strings.Join(row(n), ","))
	}
	return out.Flush()
}

// generator holds what rows share.
type generator struct {
	rand    *rand.Rand
	lenders int
	firms   []firm // borrowers so far, for those who borrow again
}

// chance is true with a probability of perMyriad in 10,000: the rates of dirt are that small.
func (g *generator) chance(perMyriad int) bool { return g.rand.IntN(10_000) < perMyriad }

// between returns a number from low to high, both included.
func (g *generator) between(low, high int) int { return low + g.rand.IntN(high-low+1) }

// pick returns one of the values, each as likely as the number of times it is there.
func (g *generator) pick(values ...string) string { return values[g.rand.IntN(len(values))] }

// id makes a number that is recognisable as made up.
func id(n int) string { return fmt.Sprintf("%s%09d", IDPrefix, n) }

// slashDate and dashDate are the two ways in which the real file writes dates.
func slashDate(t time.Time) string { return t.Format("1/2/2006") }
func dashDate(t time.Time) string  { return t.Format("2-Jan-06") }
