package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/credential"
)

type presentResult struct {
	Disclosed    []string `json:"disclosed"`
	Bound        bool     `json:"holder_bound"`
	Presentation string   `json:"presentation,omitempty"`
	File         string   `json:"file,omitempty"`
}

type presentFlags struct {
	disclose             []string
	audience, nonce, key string
	out                  string
}

// NewPresentCmd is 'creditd credential present'.
func NewPresentCmd() *cobra.Command {
	var f presentFlags
	cmd := &cobra.Command{
		Use:   "present CREDENTIAL",
		Short: "Show some fields of a credential to a verifier",
		Long: `Make a presentation that shows the named fields of a credential and no others. With --aud, --nonce and --holder-key the
holder signs it for one verifier and one request, so that nobody else can use it again. CREDENTIAL is a file, or - for
standard input. Nothing is asked of a chain.

JSON (--output json): disclosed [field names], holder_bound, presentation or file.`,
		Example: example(
			"creditd credential present credential.txt --disclose status,balance --aud https://lender.example --nonce n-0S6_WzA2Mj --holder-key holder.jwk --out presentation.txt",
			"creditd credential present credential.txt --disclose status --output json"),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0]) },
	}
	cmd.Flags().StringSliceVar(&f.disclose, "disclose", nil, "Names of the fields to show, separated by commas")
	cmd.Flags().StringVar(&f.audience, "aud", "", "The verifier, as it calls itself")
	cmd.Flags().StringVar(&f.nonce, "nonce", "", "The verifier's nonce for this request")
	cmd.Flags().StringVar(&f.key, "holder-key", "", "The holder's private key, a JWK")
	cmd.Flags().StringVar(&f.out, "out", "", "File to write the presentation to instead of standard output")
	return command(cmd)
}

func (f presentFlags) run(cmd *cobra.Command, path string) error {
	token, err := readToken(cmd, path)
	if err != nil {
		return err
	}
	names, err := credential.Disclosable(token)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for _, name := range f.disclose {
		if !slices.Contains(names, name) {
			return fmt.Errorf("--disclose: the credential has no field %q to show; it has %s", name, strings.Join(names, ", "))
		}
	}
	p := credential.Presentation{Keep: credential.Fields(f.disclose...), Audience: f.audience, Nonce: f.nonce, Now: now()}
	given := f.audience != "" || f.nonce != "" || f.key != ""
	if given {
		if f.audience == "" || f.nonce == "" || f.key == "" {
			return errors.New("--aud, --nonce and --holder-key go together")
		}
		key, err := readKey(cmd, f.key)
		if err != nil {
			return err
		}
		p.Holder = &key
	}
	presentation, err := credential.Present(token, p)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	result := presentResult{Disclosed: append([]string{}, f.disclose...), Bound: given, File: f.out}
	if f.out == "" {
		result.Presentation = presentation
	}
	return deliver(cmd, f.out, presentation, result)
}
