package devnet

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
)

// seed imports a made-up book at the first start and gives one borrower control of its file.
func (n *Net) seed(ctx context.Context) error {
	if n.Seed != nil || n.options.SeedRecords == 0 || n.validators() < lendersInPlay {
		return nil
	}
	book := filepath.Join(n.Home, "seed.csv")
	if _, err := n.Run(ctx, n.generateArgs(book, n.options.SeedRecords)...); err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	c, err := choose(book, 0)
	if err != nil {
		return fmt.Errorf("seed: %w; give more --seed-records, or 0 for none", err)
	}
	for index, lender := range c.lenders {
		if _, err := n.Run(ctx, n.importArgs(&n.Institutions[index], book, lender)...); err != nil {
			return fmt.Errorf("seed: import of %s: %w", n.Institutions[index].Name, err)
		}
	}
	if _, err := n.takeControl(ctx, n.Run, "borrower", c); err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	n.Seed = &Seed{Book: book, Records: c.loans}
	n.say("%d made-up loans are reported", c.loans)
	return n.save()
}

// lendersInPlay is how many banks report the loans of a lender each.
const lendersInPlay = 3

func (n *Net) generateArgs(book string, rows int) []string {
	return []string{"vault", "generate", "--format", "sba", "--rows", strconv.Itoa(rows), "--out", book}
}

func (n *Net) importArgs(i *Institution, book, lender string) []string {
	return []string{"vault", "import", book, "--format", "sba", "--lender", lender, "--home", i.Home}
}

// reportArgs asks for a report as the lender.
func (n *Net) reportArgs(s Subject) []string {
	return []string{"report", "get", "--identity", s.Identity, "--kind", s.Kind, "--home", n.Find(Lender).Home}
}
