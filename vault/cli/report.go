package cli

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hpke"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/vault/report"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// NewReportCmd is 'creditd report'.
func NewReportCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Get a credit report, with proofs",
		Long: `Get a credit report on a subject and check it against the chain. Each line says in the column PROOF what that gave:

  verified             what a licensed furnisher committed to on the chain, and what counts now
  disputed             the same, and the subject disputes it
  suppressed           it may not be shown any more (only in 'report verify'; a new report counts such records as hidden)
  withheld             the chain has it and the furnisher's vault did not give it
  bad-clock            its date of first delinquency is not what the furnisher committed to, or moved forward, or it is
                       shown for longer than the furnisher's profile allows
  mismatch             what the vault gave is not what the chain has
  issuer-not-licensed  the furnisher's licence was suspended or ended since; the reason says when
  superseded           a later version has replaced it (only in 'report verify')

The exit code is 0 only if every line is verified.`,
		PersistentPreRunE: noNodeConfig,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceUsage:      true,
	}
	addSharedFlags(cmd)
	cmd.PersistentFlags().Lookup(flagOutput).Usage = "Output format (text|json; get and verify: html as well)"
	cmd.AddCommand(newReportDeskCmd(), newReportGetCmd(), newReportRebaseCmd(), newReportTrailCmd(), newReportVerifyCmd())
	return cmd
}

type reportFlags struct {
	subject, identity, kind, purpose, consent, inquiry, save, proofs string

	trustedHeight int64
}

func newReportGetCmd() *cobra.Command {
	var f reportFlags
	cmd := &cobra.Command{
		Use:   "get",
		Short: "Open an inquiry, fetch the records, check them and leave the receipt",
		Long: `Open an inquiry on the chain, fetch the records from the vault of each furnisher that the chain names, check every
one against its commitment there and leave the receipt. A furnisher that does not answer, or whose answer is
false, is listed with the reason.

Without --consent the live consent that the chain has for this data user and purpose is used. The command needs
the data user's own vault (made with 'creditd vault init'): the records are sealed to its key. A subject gets its own
report with 'creditd wallet report'.

The report is shown before its receipt is left, which takes a block; as JSON it is written after that. With
--save-proofs the report is also written into one file that 'creditd report verify' checks without any node, years
later: docs/report.md.

JSON (--output json, --save) is described by docs/api/report.schema.json. What is saved or printed holds credit data:
keep it like the records themselves.`,
		Example: example(
			"creditd report get --home ~/.creditd-devnet/lender --identity SYN000000001 --kind firm --purpose legal-order --save report.json",
			"creditd report get --home ~/.creditd-devnet/lender --subject PSEUDONYM --output html > report.html",
			"creditd report get --home ~/.creditd-devnet/lender --subject PSEUDONYM --consent ID --save-proofs report.proofs"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			e, err := newReportEnvironment(cmd)
			if err != nil {
				return err
			}
			ctx, cancel := interruptible(cmd)
			defer cancel()
			return e.getReport(ctx, f)
		},
	}
	cmd.Flags().StringVar(&f.subject, "subject", "", "Pseudonym of the subject, 64 hexadecimal digits")
	cmd.Flags().StringVar(&f.identity, "identity", "", "Identity number of the subject instead of --subject, or - to read it from standard input; needs the consortium's key")
	cmd.Flags().StringVar(&f.kind, "kind", "", "With --identity: person or firm")
	cmd.Flags().StringVar(&f.purpose, "purpose", "credit-application",
		"Permissible purpose (credit-application|account-review|collection|employment|legal-order|supervision)")
	cmd.Flags().StringVar(&f.consent, "consent", "", "Id of the consent")
	cmd.Flags().StringVar(&f.inquiry, "inquiry", "", "Id of an open inquiry of your own to use instead of a new one")
	cmd.Flags().StringVar(&f.save, "save", "", "File to save the report in as JSON")
	cmd.Flags().StringVar(&f.proofs, "save-proofs", "", "File to save the report in with its proofs, for 'creditd report verify' without a node")
	cmd.Flags().Int64Var(&f.trustedHeight, "trusted-height", 0, "With --save-proofs: height of the header that the reader of the file trusts; default: that of the state")
	return cmd
}

// reportEnvironment writes reports as HTML, too.
type reportEnvironment struct {
	*environment
	html bool
}

func newReportEnvironment(cmd *cobra.Command) (*reportEnvironment, error) {
	html := text(cmd, flagOutput) == "html"
	if html { // what is not the report is text
		if err := cmd.Flags().Set(flagOutput, "text"); err != nil {
			return nil, err
		}
	}
	e, err := newEnvironment(cmd)
	return &reportEnvironment{e, html}, err
}

func (e *reportEnvironment) show(r *report.Report) error {
	if e.html {
		return r.HTML(e.cmd.OutOrStdout())
	}
	var failed error
	if err := e.print(r, func(w io.Writer) { failed = r.Print(w) }); err != nil {
		return err
	}
	return failed
}

// getReport shows the report as soon as it is there. The receipt comes after, and then what is saved, which has it.
func (e *reportEnvironment) getReport(ctx context.Context, f reportFlags) (err error) {
	request, err := f.request()
	if err != nil {
		return err
	}
	v, err := e.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.close()) }()
	if f.identity != "" {
		if request.Subject, err = e.pseudonym(f.kind, f.identity); err != nil {
			return err
		}
	}
	if request.Consent == nil && request.Inquiry == nil {
		if request.Subject, err = report.Survivor(ctx, v.chain, request.Subject); err != nil {
			return err
		}
		if request.Consent, err = report.LiveConsent(ctx, v.chain, v.sender.Address(), request, time.Now()); err != nil {
			return err
		}
	}
	getter, done, err := e.getter(ctx, v)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	r, err := getter.Look(ctx, request)
	if err != nil {
		return err
	}
	return e.deliver(ctx, getter, r, f)
}

// registeredKey is the one of the vault's keys that the chain has, which the vaults of others seal to: while the key is being
// rotated it is not the newest.
func registeredKey(ctx context.Context, v *vault) (hpke.PrivateKey, error) {
	view, err := v.chain.GetInstitution(ctx, v.signer.Address().String())
	if err != nil {
		return nil, err
	}
	for _, key := range v.ring.HPKEs() {
		if view.Vault != nil && bytes.Equal(view.Vault.EncryptionKey, key.PublicKey().Bytes()) {
			return key, nil
		}
	}
	return nil, errors.New("the chain has none of this vault's keys: run 'creditd vault init --register' first")
}

// deliver shows, acknowledges, saves and judges a report. Whatever fails, the rest is done.
func (e *reportEnvironment) deliver(ctx context.Context, getter *report.Getter, r *report.Report, f reportFlags) error {
	var errs []error
	wait := text(e.cmd, flagOutput) == "json" // has the receipt
	if !wait {
		errs = append(errs, e.show(r))
	}
	errs = append(errs, getter.Acknowledge(ctx, r))
	if wait {
		errs = append(errs, e.show(r))
	} else if r.Receipt != nil && !e.html {
		_, _ = fmt.Fprintf(e.cmd.OutOrStdout(), "Receipt left at height %d.\n", r.Receipt.Height)
	}
	if f.save != "" {
		errs = append(errs, r.Save(f.save))
	}
	if f.proofs != "" {
		errs = append(errs, e.saveProofs(ctx, r, f))
	}
	return errors.Join(append(errs, r.Check())...)
}

// request reads the flags that need no key.
func (f reportFlags) request() (request report.Request, err error) {
	given := 0
	for _, flag := range []string{f.subject, f.identity} {
		if flag != "" {
			given++
		}
	}
	if given > 1 || (given == 0 && f.inquiry == "") {
		return request, errors.New("say about whom: --subject PSEUDONYM, or --identity NUMBER with --kind person|firm")
	}
	purpose, ok := credittypes.Purpose_value["PURPOSE_"+strings.ToUpper(strings.ReplaceAll(f.purpose, "-", "_"))]
	if !ok || purpose == 0 {
		return request, fmt.Errorf("--purpose %q: use one of those that 'creditd report get --help' lists", f.purpose)
	}
	request.Purpose = credittypes.Purpose(purpose)
	if f.subject != "" {
		if request.Subject, err = parseID("--subject", f.subject); err != nil {
			return request, err
		}
	}
	for flag, into := range map[string]struct {
		text string
		id   **[32]byte
	}{"--consent": {f.consent, &request.Consent}, "--inquiry": {f.inquiry, &request.Inquiry}} {
		if into.text == "" {
			continue
		}
		id, err := parseID(flag, into.text)
		if err != nil {
			return request, err
		}
		*into.id = &id
	}
	return request, nil
}

func parseID(flag, text string) ([32]byte, error) {
	bytes, err := hex.DecodeString(text)
	if err != nil || len(bytes) != 32 {
		return [32]byte{}, fmt.Errorf("%s: write 64 hexadecimal digits", flag)
	}
	return [32]byte(bytes), nil
}

func (e *environment) pseudonym(kind, identity string) ([32]byte, error) {
	known, ok := subjectKinds[kind]
	if !ok {
		return [32]byte{}, fmt.Errorf("--kind %q: use person or firm", kind)
	}
	consortium, err := e.consortium()
	if err != nil {
		return [32]byte{}, err
	}
	if identity == "-" { // other users of the machine see a command's arguments
		line, err := bufio.NewReader(io.LimitReader(e.cmd.InOrStdin(), 1<<10)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return [32]byte{}, fmt.Errorf("--identity -: %w", err)
		}
		identity = line
	}
	return consortium.Pseudonym(known, identity)
}
