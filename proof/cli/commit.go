package cli

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/commitment/full"
	"github.com/creditd/creditd/x/attestation/types"
)

const (
	flagSubject = "subject"
	flagIssuer  = "issuer"
	flagExpires = "expires-at"
)

// statement as 'creditd tx attestation attest --statement' reads it: bytes in base64.
type statement struct {
	Subject           string   `json:"subject"`
	Commitment        string   `json:"commitment"`
	CircuitCommitment string   `json:"circuit_commitment,omitempty"`
	AmountCommitments []string `json:"amount_commitments,omitempty"`
	ExpiresAt         string   `json:"expires_at,omitempty"`
}

// committed is what the command prints.
type committed struct {
	File        string          `json:"file"`
	Schema      commitment.Hash `json:"schema"`
	Attestation commitment.Hash `json:"attestation"` // id that it will have, if it is stated alone and without accreditation
	Statement   statement       `json:"statement"`
}

func newCommitCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "commit RECORD",
		Short: "Make the statement of a record: all its commitments, for the issuer to attest",
		Long: `Make every commitment that the record's schema asks for: to its fields, for predicate proofs, and for sums. What is printed goes into
'creditd tx attestation attest'. RECORD is JSON with the members schema (name or id of a built-in one) and values; the seed of the
salts is drawn, unless the record has one.

The record with its seed and the id of the attestation is written to --out, for its subject: 'creditd privacy prove' and 'creditd
attestation disclose' read it. Who has it can open every field. The issuer keeps it too: without the seed nothing can be proven.`,
		Example: Example("creditd attestation commit score.json --subject 9ab288f015c30afd542e58c17554e37423300b69bd33bfd6e6bfb7c639866c23 \\\n" +
			"  --issuer credit1f65h9m5aaknmk6x5x0zyd74m6jnwdxs9plqthh -o score.record.json --output json"),
		Args: cobra.ExactArgs(1),
		RunE: commit,
	}
	f := cmd.Flags()
	f.String(flagSubject, "", "Pseudonym of the subject, 64 hexadecimal digits")
	f.String(flagIssuer, "", "Account of the issuer")
	f.String(flagExpires, "", "When the attestation ends, as 2027-01-31T00:00:00Z")
	f.StringP(flagOut, "o", "", "File to write the record with its seed to")
	AddOutput(cmd)
	for _, name := range []string{flagSubject, flagIssuer, flagOut} {
		_ = cmd.MarkFlagRequired(name)
	}
	return cmd
}

func commit(cmd *cobra.Command, args []string) error {
	text := func(name string) string { value, _ := cmd.Flags().GetString(name); return value }
	raw, err := ReadFile(cmd, args[0], maxRecordBytes)
	if err != nil {
		return err
	}
	layout, r, err := parseUnsalted(raw)
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	if r.Seed == (commitment.Hash{}) {
		_, _ = rand.Read(r.Seed[:]) // never fails, see the doc of crypto/rand.Read
	}
	subject, err := hex.DecodeString(text(flagSubject))
	if err != nil || len(subject) != types.IDSize {
		return fmt.Errorf("--%s: write 64 hexadecimal digits", flagSubject)
	}
	issuer, err := sdk.AccAddressFromBech32(text(flagIssuer))
	if err != nil {
		return fmt.Errorf("--%s: %w", flagIssuer, err)
	}
	made, err := full.CommitAll(layout, [32]byte(subject), r.Values, commitment.Seed(r.Seed))
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	states := types.Statement{
		Subject: subject, Commitment: made.Root[:], CircuitCommitment: made.Circuit, AmountCommitments: made.Amounts,
	}
	if end := text(flagExpires); end != "" {
		at, err := time.Parse(time.RFC3339, end)
		if err != nil {
			return fmt.Errorf("--%s %.40q: write it as 2027-01-31T00:00:00Z", flagExpires, end)
		}
		states.ExpiresAt = &at
	}
	result := committed{File: text(flagOut), Schema: layout.SchemaID, Statement: statementOf(states)}
	result.Attestation = commitment.Hash(types.AttestationID(layout.SchemaID[:], issuer, states))
	r.Attestation = &result.Attestation
	kept, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if result.File == "-" {
		return errors.New("-o -: name a file: the record is not to be mixed with what is printed")
	}
	if err := WriteFile(cmd, result.File, append(kept, '\n')); err != nil {
		return err
	}
	return Print(cmd, result, result.print)
}

func statementOf(s types.Statement) statement {
	encode := base64.StdEncoding.EncodeToString
	out := statement{Subject: encode(s.Subject), Commitment: encode(s.Commitment), CircuitCommitment: encode(s.CircuitCommitment)}
	for _, amount := range s.AmountCommitments {
		out.AmountCommitments = append(out.AmountCommitments, encode(amount))
	}
	if s.ExpiresAt != nil {
		out.ExpiresAt = s.ExpiresAt.UTC().Format(time.RFC3339Nano)
	}
	return out
}

func (c committed) print(w io.Writer) {
	encoded, err := json.Marshal(c.Statement)
	if err != nil {
		return // strings alone
	}
	fmt.Fprintf(w, "attestation %x\n%s has the record with its seed\nNext:\n  creditd tx attestation attest %x --statement '%s' --from ISSUER\n",
		c.Attestation, c.File, c.Schema, encoded)
}
