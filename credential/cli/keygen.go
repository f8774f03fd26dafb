package cli

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/credential"
)

type keygenResult struct {
	Algorithm credential.Algorithm `json:"algorithm"`
	KeyID     string               `json:"kid"`
	Private   string               `json:"private"`
	Public    string               `json:"public"`
}

// NewKeygenCmd is 'creditd credential keygen'.
func NewKeygenCmd() *cobra.Command {
	var algorithm string
	cmd := &cobra.Command{
		Use:   "keygen NAME",
		Short: "Make a key for an issuer or a holder",
		Long: `Make a key and write NAME.jwk, which only its owner can read, and NAME.pub.jwk, which is public. Files that are there
are left alone. An issuer registers its public key on the chain before it issues; a holder gives it to the issuer.

JSON (--output json): algorithm, kid, private, public [file names].`,
		Example: example(
			"creditd credential keygen issuer",
			"creditd credential keygen holder --algorithm EdDSA --output json"),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			key, err := credential.GenerateKey(credential.Algorithm(algorithm))
			if err != nil {
				return fmt.Errorf("--algorithm: %w", err)
			}
			result := keygenResult{
				Algorithm: key.Public().Algorithm(), KeyID: key.Public().KeyID(), Private: args[0] + ".jwk", Public: args[0] + ".pub.jwk",
			}
			private, err := key.JWK()
			if err != nil {
				return err
			}
			if err := writeJWK(result.Private, private); err != nil {
				return err
			}
			if err := writeJWK(result.Public, key.Public().JWK()); err != nil {
				return err
			}
			return printResult(cmd, result, func(w io.Writer) {
				fmt.Fprintf(w, "kid %s (%s)\nprivate key in %s, public key in %s\n", result.KeyID, result.Algorithm, result.Private, result.Public)
			})
		},
	}
	cmd.Flags().StringVar(&algorithm, "algorithm", string(credential.ES256), "ES256 or EdDSA")
	return command(cmd)
}

func writeJWK(path string, jwk map[string]any) error {
	text, err := json.MarshalIndent(jwk, "", "  ")
	if err != nil {
		return err
	}
	return write(path, append(text, '\n'))
}
