package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/credential"
)

// ErrNotGood is wrapped when a credential is genuine and yet not to be relied on.
var ErrNotGood = errors.New("genuine, but not to be relied on now")

type verifyResult struct {
	*credential.Report
	Good bool `json:"good"`
}

type verifyFlags struct {
	audience, nonce string
	age, skew       time.Duration
	disclosure      string
}

// NewVerifyCmd is 'creditd credential verify'.
func NewVerifyCmd(connect Connect) *cobra.Command {
	var f verifyFlags
	cmd := &cobra.Command{
		Use:   "verify PRESENTATION",
		Short: "Check a presented credential against the chain",
		Long: `Check a presentation and answer in four lines: integrity (what was shown, and that it is what the issuer committed to
on the chain), issuer and its standing, status, and of which block that is true. The exit code is 0 only if the
attestation is active, within its validity and of an issuer in good standing.

With --aud and --nonce the holder must have signed for this verifier and this request; without them a presentation that
is bound to a verifier is refused. PRESENTATION is a file, or - for standard input.

JSON (--output json): integrity [type, attestation, schema, schema_name, subject, commitment, fields [index, name, kind,
value, salt], hidden, holder_bound, bound_at], issuer [address, standing, since, algorithm, kid, key_retired_at, signed_at],
status [status, since, reason, superseded_by, validity], freshness [chain, height, time], good.`,
		Example: example(
			"creditd credential verify presentation.txt --aud https://lender.example --nonce n-0S6_WzA2Mj",
			"creditd credential verify presentation.txt --aud https://lender.example --nonce n-0S6_WzA2Mj --disclosure disclosure.json --output json"),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return with(cmd, connect, func(ctx context.Context, chain Chain) error { return f.run(ctx, cmd, chain, args[0]) })
		},
	}
	cmd.Flags().StringVar(&f.audience, "aud", "", "This verifier, as it was called in the request")
	cmd.Flags().StringVar(&f.nonce, "nonce", "", "The nonce of the request")
	cmd.Flags().DurationVar(&f.age, "max-age", 5*time.Minute, "How old the holder's signature may be")
	cmd.Flags().StringVar(&f.disclosure, "disclosure", "", "File to write what was shown to, as a disclosure (docs/commitment-format.md)")
	cmd.Flags().DurationVar(&f.skew, "skew", 30*time.Second, "How far clocks may differ")
	return command(cmd)
}

func (f verifyFlags) run(ctx context.Context, cmd *cobra.Command, chain Chain, path string) error {
	token, err := readToken(cmd, path)
	if err != nil {
		return err
	}
	policy := credential.Policy{Now: now(), Skew: f.skew}
	if policy.Type, err = credential.TypeOf(token); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if (f.audience == "") != (f.nonce == "") {
		return errors.New("--aud and --nonce go together")
	}
	if f.audience != "" {
		policy.Binding = &credential.Binding{Audience: f.audience, Nonce: f.nonce, MaxAge: f.age}
	}
	report, err := credential.VerifyAttestation(ctx, token, chain, policy)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if f.disclosure != "" {
		if err := writeDisclosure(f.disclosure, report); err != nil {
			return err
		}
	}
	if err := printResult(cmd, verifyResult{report, report.Good()}, func(w io.Writer) { printReport(w, report) }); err != nil {
		return err
	}
	if !report.Good() {
		return fmt.Errorf("%s: %w", path, ErrNotGood)
	}
	return nil
}

func writeDisclosure(path string, report *credential.Report) error {
	disclosure, err := report.Integrity.Disclosure()
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(disclosure, "", "  ")
	if err != nil {
		return err
	}
	return write(path, append(text, '\n'))
}

func printReport(w io.Writer, r *credential.Report) {
	bound := "not bound to a holder"
	if r.Integrity.HolderBound {
		bound = "signed by its holder " + stamp(r.Integrity.BoundAt)
	}
	fmt.Fprintf(w, "integrity  good: attestation %x, %s, %d fields shown, %d hidden, %s\n",
		r.Integrity.Attestation, r.Integrity.SchemaName, len(r.Integrity.Fields), r.Integrity.Hidden, bound)
	fmt.Fprintf(w, "issuer     %s, standing %s%s, signed %s with %s key %s%s\n", r.Issuer.Address, standing(r.Issuer.Standing),
		since(r.Issuer.Since), stamp(r.Issuer.SignedAt), r.Issuer.Algorithm, r.Issuer.KeyID, retired(r.Issuer.KeyRetiredAt))
	reason := ""
	if r.Status.Reason != "" {
		reason = " (" + r.Status.Reason + ")"
	}
	if r.Status.Status == credential.Superseded {
		reason = fmt.Sprintf(" by %x", r.Status.SupersededBy)
	}
	fmt.Fprintf(w, "status     %s%s%s, %s\n", r.Status.Status, reason, since(r.Status.Since), r.Status.Validity)
	fmt.Fprintf(w, "freshness  true at height %d of %s, %s\n", r.Freshness.Height, r.Freshness.Chain, stamp(r.Freshness.Time))
	for _, field := range r.Integrity.Fields {
		fmt.Fprintf(w, "  %s %q\n", field.Name, field.Value)
	}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func since(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return " since " + stamp(t)
}

func retired(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return " (retired " + stamp(t) + ")"
}

func standing(s credential.Standing) string {
	if s == "" {
		return "unknown"
	}
	return string(s)
}
