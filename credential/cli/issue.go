package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/credential"
	"github.com/creditd/creditd/x/attestation/commitment"
)

// Names of the formats on the command line.
var formats = map[string]string{"sd-jwt-vc": credential.TypeSDJWTVC, "w3c": credential.TypeW3C}

const maxRecordBytes = 1 << 20

// record is what a vault gives out of an attestation. Other members are ignored, so that a line of a saved report is
// one, too.
type record struct {
	Attestation string            `json:"attestation"`
	Seed        string            `json:"seed"`
	Values      commitment.Record `json:"values"`
}

type issueResult struct {
	Format      string   `json:"format"`
	Attestation string   `json:"attestation"`
	KeyID       string   `json:"kid"`
	Disclosable []string `json:"disclosable"`
	Credential  string   `json:"credential,omitempty"`
	File        string   `json:"file,omitempty"`
}

type issueFlags struct {
	key, holder, format, list, out string
}

// NewIssueCmd is 'creditd credential issue'.
func NewIssueCmd(connect Connect) *cobra.Command {
	var f issueFlags
	cmd := &cobra.Command{
		Use:   "issue RECORD",
		Short: "Issue one's own attestation as a credential",
		Long: `Issue an attestation as a credential: each field that its schema allows to be shown on its own, and that has a value,
can be disclosed by the holder. Before it signs, the command checks that the record is the one that the chain has the
commitment to, and that the chain knows the key.

RECORD is JSON with attestation and seed (64 hexadecimal digits each) and values (field to canonical text), or - for
standard input. It holds credit data and the seed: keep it like the records themselves.

JSON (--output json): format, attestation, kid, disclosable [field names], credential or file.`,
		Example: example(
			"creditd credential issue record.json --key issuer.jwk --holder holder.pub.jwk --out credential.txt",
			"creditd credential issue record.json --key issuer.jwk --format w3c --output json"),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return with(cmd, connect, func(ctx context.Context, chain Chain) error { return f.run(ctx, cmd, chain, args[0]) })
		},
	}
	cmd.Flags().StringVar(&f.key, "key", "", "The issuer's private key, a JWK")
	cmd.Flags().StringVar(&f.holder, "holder", "", "The holder's public key, a JWK, that the credential is bound to; none: whoever has it can present it")
	cmd.Flags().StringVar(&f.format, "format", "sd-jwt-vc", "Format (sd-jwt-vc|w3c)")
	cmd.Flags().StringVar(&f.list, "status-list-url", "", "Where the status list credential is published; its URN if not given")
	cmd.Flags().StringVar(&f.out, "out", "", "File to write the credential to instead of standard output")
	return command(cmd)
}

func (f issueFlags) run(ctx context.Context, cmd *cobra.Command, chain Chain, path string) error {
	typ, ok := formats[f.format]
	if !ok {
		return fmt.Errorf("--format is sd-jwt-vc or w3c, not %q", f.format)
	}
	key, err := readKey(cmd, f.key)
	if err != nil {
		return err
	}
	export, err := f.export(ctx, cmd, chain, path)
	if err != nil {
		return err
	}
	if err := checkKey(ctx, chain, export.Issuer, key.Public()); err != nil {
		return err
	}
	issue := export.SDJWTVC
	if typ == credential.TypeW3C {
		issue = export.W3C
	}
	token, err := issue(key)
	if err != nil {
		return err
	}
	names, err := credential.Disclosable(token)
	if err != nil {
		return err
	}
	result := issueResult{
		Format: f.format, Attestation: fmt.Sprintf("%x", export.Attestation), KeyID: key.Public().KeyID(), Disclosable: names, File: f.out,
	}
	if f.out == "" {
		result.Credential = token
	}
	return deliver(cmd, f.out, token, result)
}

func (f issueFlags) export(ctx context.Context, cmd *cobra.Command, chain Chain, path string) (credential.Export, error) {
	var none credential.Export
	data, err := read(cmd, path, maxRecordBytes)
	if err != nil {
		return none, err
	}
	var r record
	if err := json.Unmarshal(data, &r); err != nil {
		return none, fmt.Errorf("%s is not a record: JSON with attestation, seed and values", path)
	}
	id, err := identifier("attestation", r.Attestation, 32)
	if err != nil {
		return none, fmt.Errorf("%s: %w", path, err)
	}
	seed, err := identifier("seed", r.Seed, 32)
	if err != nil {
		return none, fmt.Errorf("%s: %w", path, err)
	}
	on, err := chain.Attestation(ctx, [32]byte(id))
	if err != nil {
		return none, fmt.Errorf("attestation %s: %w", r.Attestation, err)
	}
	schema, err := chain.Schema(ctx, on.Schema)
	if err != nil {
		return none, fmt.Errorf("schema %x: %w", on.Schema, err)
	}
	committed, err := commitment.Commit(schema.Layout, r.Values, commitment.Seed(seed))
	if err != nil {
		return none, fmt.Errorf("%s: %w", path, err)
	}
	if committed != on.Commitment {
		return none, fmt.Errorf("%s: values and seed are not what the chain has the commitment to: %w", path, credential.ErrCommitment)
	}
	export := credential.Export{
		ChainID: chain.ChainID(), Issuer: on.Issuer, Attestation: [32]byte(id), Schema: schema, Record: r.Values,
		Seed: commitment.Seed(seed), ValidFrom: on.ValidFrom, ExpiresAt: on.ExpiresAt, IssuedAt: now(), StatusList: f.list,
	}
	if f.holder != "" {
		text, err := read(cmd, f.holder, 1<<16)
		if err != nil {
			return none, err
		}
		if export.Holder, err = credential.ParsePublicJWK(text); err != nil {
			return none, fmt.Errorf("%s: %w", f.holder, err)
		}
	}
	return export, nil
}

// checkKey refuses to sign what nobody could verify.
func checkKey(ctx context.Context, chain Chain, issuer string, key credential.PublicKey) error {
	on, err := chain.Key(ctx, issuer, key.Thumbprint())
	if errors.Is(err, credential.ErrNotFound) {
		return fmt.Errorf("key %s is not registered for %s: register it on the chain first: %w", key.KeyID(), issuer, err)
	}
	if err != nil {
		return err
	}
	if !on.RetiredAt.IsZero() {
		return fmt.Errorf("key %s: %w since %s: use another", key.KeyID(), credential.ErrKeyRetired, on.RetiredAt.UTC().Format(time.RFC3339))
	}
	return nil
}
