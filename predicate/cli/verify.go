package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/predicate"
	"github.com/creditd/creditd/privacy/plonk"
)

const flagKey = "key"

func newVerifyCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify PROOF.json",
		Short: "Check a proof again, without any node",
		Long: `Check that a proof which ` + "`creditd privacy prove --save`" + ` wrote proves the statement beside it. With --setup the circuit is
compiled anew, so that nobody's key is trusted; with --key the key in that file is, such as ` + "`creditd privacy circuits --out`" + `
wrote it or the chain has it (its bytes, or hexadecimal digits).

This says that the statement is true of the commitment, or of some leaf under the roots. That the commitment is of an
attestation that stands, and the roots are the chain's, only the chain says.`,
		Example: `creditd privacy verify proof.json --setup kzg10-bn254-ignition-32768.bin
creditd privacy verify proof.json --key keys/range-1.vk`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			saved, err := readSaved(args[0])
			if err != nil {
				return err
			}
			statement, err := saved.Statement()
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			var key *plonk.VerifyingKey
			if file := flag(cmd, flagKey); file != "" {
				key, err = readKey(file)
			} else {
				var made predicate.Keys
				if made, err = keys(cmd); err == nil {
					prover, failed := made.Prover(statement.Circuit)
					if err = failed; err == nil {
						key = prover.VerifyingKey()
					}
				}
			}
			if err != nil {
				return err
			}
			if err := saved.Verify(key); err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			result := map[string]any{
				"verified": true, "chain_id": saved.ChainID, "circuit": saved.Circuit, "schema": saved.Schema, "subject": saved.Subject,
				"inquiry": saved.Inquiry, "verifier": saved.Verifier, "expiry": saved.Expiry, "terms": saved.Terms, "setup": digits(key.Setup()),
			}
			return show(cmd, result, func(w io.Writer) {
				fmt.Fprintf(w, "the proof holds\ncircuit   %s\nchain     %s\nschema    %s\nsubject   %s\ninquiry   %s, until %s\nsetup     %s\n",
					saved.Circuit, saved.ChainID, saved.Schema, saved.Subject, saved.Inquiry,
					time.Unix(saved.Expiry, 0).UTC().Format(time.RFC3339), digits(key.Setup()))
			})
		},
	}
	addKeys(cmd)
	cmd.Flags().String(flagKey, "", "File of the circuit's verifying key, instead of a setup")
	return cmd
}

func readSaved(path string) (predicate.Saved, error) {
	f, err := os.Open(path) //nolint:gosec // the user names the file
	if err != nil {
		return predicate.Saved{}, err
	}
	bz, err := io.ReadAll(io.LimitReader(f, predicate.MaxSavedBytes+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return predicate.Saved{}, err
	}
	saved, err := predicate.ParseSaved(bz)
	if err != nil {
		return saved, fmt.Errorf("%s: %w", path, err)
	}
	return saved, nil
}

func readKey(path string) (*plonk.VerifyingKey, error) {
	bz, err := os.ReadFile(path) //nolint:gosec // the user names the file
	if err != nil {
		return nil, err
	}
	if len(bz) != plonk.KeySize {
		if bz, err = bytesOf(bz); err != nil {
			return nil, fmt.Errorf("%s is not a verifying key: neither %d bytes nor hexadecimal digits", path, plonk.KeySize)
		}
	}
	key, err := plonk.ParseVerifyingKey(bz)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return key, nil
}
