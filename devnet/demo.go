package devnet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// DemoOptions of a demo.
type DemoOptions struct {
	Home     string // of the network; by default a new folder that is deleted at the end
	Book     string // loan book in format sba; by default one is made up
	Loans    int    // to import at least
	BasePort int
	Keep     bool // leave the network running
	Binary   string
	Out      io.Writer
}

// madeUpLoans is how many rows a made-up book has for each loan that is to be imported: some rows are dirt, some
// are of a fourth lender.
const madeUpLoans = 2

// lendersShown is how much of the list of lenders is shown, with its header: real books have hundreds.
const lendersShown = 9

// demoLooks are what the borrower consents to.
const demoLooks = 2

// demo is one run.
type demo struct {
	narrator
	options DemoOptions
	book    string
	choice  choice
	subject Subject
	consent string
	her     holder
}

// act is one step with what it is for.
type act struct {
	title, why string
	do         func(context.Context) error
}

// Demo follows one borrower from the lenders' loan books to a verified report and its withdrawal, and another who answers a
// lender's questions and shows it no record. It fails if any step does not do what it says.
func Demo(ctx context.Context, options DemoOptions) (err error) {
	temporary := options.Home == ""
	if temporary {
		if options.Home, err = os.MkdirTemp("", "creditd-demo-"); err != nil {
			return err
		}
	}
	d := &demo{narrator: narrator{out: options.Out, began: time.Now()}, options: options}
	defer func() {
		if d.net != nil && (!options.Keep || err != nil) {
			err = errors.Join(err, d.net.Stop())
			switch {
			case temporary && err == nil:
				err = os.RemoveAll(options.Home)
			case err != nil:
				err = fmt.Errorf("%w\nits files and logs are left in %s", err, options.Home)
			}
		}
	}()
	fmt.Fprint(d.out, "creditd: licensed institutions run a chain together that says who reported what about whom, who may\n"+
		"look, and who looked. The data itself stays encrypted in the institutions' vaults.\n\n"+
		"Below, '$' is what you could type yourself, '|' is what came out.\n")
	fmt.Fprintf(d.out, "D=%s\n", options.Home)
	if err := d.play(ctx); err != nil {
		return err
	}
	d.end()
	return nil
}

func (d *demo) play(ctx context.Context) error {
	acts := []act{
		{"Four institutions start a chain", "Their licences make them its validators: four processes that agree on every block, " +
			"as long as three of them work. Each also runs a vault. A fifth, a lender, only asks.", d.up},
		{"A loan book", "Each bank has the loans of one lender in this book. Real books are dirty; rows that cannot be " +
			"read are set aside with line and reason.", d.lookAtBook},
		{"Three banks report their loans", "The records are encrypted into each bank's vault. The chain gets a salted " +
			"commitment per loan and a pseudonym per borrower, from which neither can be told.", d.imports},
		{"A borrower takes control of its file", "The bank that knows the borrower offers control to the borrower's own key; " +
			"the borrower accepts.", d.control},
		{"A lender asks without consent", "It must be refused, by the chain itself.", d.refused},
		{"The borrower consents", "To this lender, for this purpose, for these schemas and for two looks.", d.grant},
		{"The lender gets a report", "The inquiry goes onto the chain first. The vaults check it there and seal the records for " +
			"this lender alone; the lender recomputes every commitment.", d.report},
		{"The borrower withdraws its consent", "It works from the next block on.", d.withdraw},
		{"The lender asks again", "One look of the two was left, but the consent is gone.", d.refusedAgain},
		{"Who looked?", "Everything that happened to the borrower's file, from the chain's state.", d.trail},
	}
	for _, act := range append(acts, d.privacyActs()...) {
		if err := d.step(ctx, act.title, act.why, func() error { return act.do(ctx) }); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) up(ctx context.Context) (err error) {
	fmt.Fprintf(d.out, "   $ creditd devnet up --seed-records 0 --circuits %s --home $D\n", strings.Join(demoCircuits(), ","))
	d.net, err = Start(ctx, Options{
		Home: d.options.Home, BasePort: d.options.BasePort, Binary: d.options.Binary, Detached: d.options.Keep, Circuits: demoCircuits(),
	})
	if err != nil {
		return err
	}
	_, err = d.command(ctx, "devnet", "status", "--home", d.net.Home)
	return err
}

func (d *demo) lookAtBook(ctx context.Context) (err error) {
	d.book = d.options.Book
	if d.book == "" {
		d.book = filepath.Join(d.net.Home, "loans.csv")
		if _, err := d.command(ctx, d.net.generateArgs(d.book, int(float64(d.options.Loans)*madeUpLoans))...); err != nil {
			return err
		}
	}
	if err := d.firstLines(ctx, lendersShown, "vault", "lenders", d.book); err != nil {
		return err
	}
	if d.choice, err = choose(d.book, d.options.Loans); err != nil {
		return err
	}
	d.say("Imported are those of %q, %q and %q: at least %d loans together, and a borrower with loans at two of them.",
		d.choice.lenders[0], d.choice.lenders[1], d.choice.lenders[2], d.options.Loans)
	return nil
}

func (d *demo) imports(ctx context.Context) error {
	for n, lender := range d.choice.lenders {
		if _, err := d.command(ctx, d.net.importArgs(&d.net.Institutions[n], d.book, lender)...); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) control(ctx context.Context) (err error) {
	d.subject, err = d.net.takeControl(ctx, d.quiet, "borrower", d.choice)
	return err
}

func (d *demo) refused(ctx context.Context) error {
	return d.mustFail(ctx, "no consent", d.net.reportArgs(d.subject)...)
}

func (d *demo) grant(ctx context.Context) (err error) {
	d.consent, err = d.net.grant(ctx, d.quiet, d.subject, demoLooks)
	return err
}

func (d *demo) report(ctx context.Context) error {
	_, err := d.command(ctx, d.net.reportArgs(d.subject)...)
	return err
}

func (d *demo) withdraw(ctx context.Context) error {
	return d.net.withdraw(ctx, d.quiet, d.subject, d.consent)
}

func (d *demo) refusedAgain(ctx context.Context) error {
	return d.mustFail(ctx, "withdrawn", append(d.net.reportArgs(d.subject), "--consent", d.consent)...)
}

func (d *demo) trail(ctx context.Context) error {
	_, err := d.command(ctx, "report", "trail", d.subject.Pseudonym, "--home", d.subject.Home)
	return err
}

func (d *demo) end() {
	fmt.Fprintf(d.out, "\nDone in %.1f s with %s on the chain.\n\nWhere to look next:\n", time.Since(d.began).Seconds(), plural(d.txs, "transaction"))
	if d.options.Keep {
		fmt.Fprint(d.out, d.net.Where())
		return
	}
	fmt.Fprint(d.out, `  make demo KEEP=1            the same, and leaves the network running for you to look around
  creditd devnet up           a network of your own; 'creditd devnet status', 'creditd devnet down'
  docs/                       how to run a node, a vault, and get a report
`)
}
