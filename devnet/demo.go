package devnet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
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
const madeUpLoans = 1.6

// lendersShown is how much of the list of lenders is shown, with its header: real books have hundreds.
const lendersShown = 9

// demo is one run.
type demo struct {
	narrator
	options DemoOptions
	book    string
	choice  choice
	subject Subject
	consent string
}

// Demo follows one borrower from the lenders' loan books to a verified report and its withdrawal. It fails if any
// step does not do what it says.
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
			if temporary && err == nil {
				err = os.RemoveAll(options.Home)
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
	d.end(temporary)
	return nil
}

func (d *demo) play(ctx context.Context) error {
	for _, act := range []struct {
		title, why string
		do         func(context.Context) error
	}{
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
	} {
		if err := d.step(ctx, act.title, act.why, func() error { return act.do(ctx) }); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) up(ctx context.Context) (err error) {
	fmt.Fprintln(d.out, "   $ creditd devnet up --seed-records 0 --home $D")
	d.net, err = Start(ctx, Options{
		Home: d.options.Home, BasePort: d.options.BasePort, Binary: d.options.Binary, Detached: d.options.Keep,
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
	d.consent, err = d.net.grant(ctx, d.quiet, d.subject)
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

// trail prints the audit trail with the institutions' names: JSON is for programs.
func (d *demo) trail(ctx context.Context) error {
	out, err := d.quiet(ctx, append(d.net.trailArgs(d.subject), "--output", "json")...)
	if err != nil {
		return err
	}
	var answer struct {
		Entries []struct {
			Height  string    `json:"height"`
			Time    time.Time `json:"time"`
			Kind    string    `json:"kind"`
			Actor   string    `json:"actor"`
			Purpose string    `json:"purpose"`
		} `json:"entries"`
	}
	if err := decode(out, &answer); err != nil {
		return err
	}
	var text bytes.Buffer
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "HEIGHT\tTIME\tWHAT\tBY\tPURPOSE")
	for _, e := range answer.Entries {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", e.Height, e.Time.Format(time.TimeOnly), words("TRAIL_KIND_", e.Kind),
			d.name(e.Actor), words("PURPOSE_", e.Purpose))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	d.indent(text.Bytes())
	return nil
}

// name of an account that takes part.
func (d *demo) name(address string) string {
	for _, i := range d.net.Institutions {
		if i.Operator == address {
			return i.Title
		}
	}
	if address == d.subject.Address {
		return "the borrower"
	}
	return address
}

// words makes a constant's name readable.
func words(prefix, constant string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(constant, prefix), "_", " "))
}

func (d *demo) end(temporary bool) {
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
