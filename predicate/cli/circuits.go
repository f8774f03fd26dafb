package cli

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/predicate"
	circuits "github.com/creditd/creditd/privacy/predicate"
	"github.com/creditd/creditd/privacy/predicate/circuit"
	"github.com/creditd/creditd/x/predicate/types"
)

const (
	flagCompare    = "compare"
	flagProposal   = "proposal"
	flagTranscript = "transcript"
)

// circuitResult is one circuit, as it compiles here and as the chain has it.
type circuitResult struct {
	Name        string `json:"name"`
	ID          string `json:"id"`
	Constraints int    `json:"constraints"`
	Rows        int    `json:"rows"`
	Public      int    `json:"public_inputs"`
	Key         string `json:"verifying_key,omitempty"` // hexadecimal
	KeySHA256   string `json:"verifying_key_sha256,omitempty"`
	OnChain     string `json:"on_chain,omitempty"` // same, different, not registered, retired
	ChainID     string `json:"registered_id,omitempty"`
	Version     uint32 `json:"version,omitempty"`
}

func newCircuitsCmd(connect Connect) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "circuits [NAME...]",
		Short: "Compile circuits, make their keys, and compare them with the chain's",
		Long: `List the circuits for the schemas that a chain has from the start, or those that are named: kind, circuit fields of the
schema, and whether the attestation is hidden, like range-1, count-6x3 or history-6-hidden.

With a setup their verifying keys are made; --out writes them into a folder, NAME.vk each, for the votes that register them.
With --proposal a proposal is written, for ` + "`creditd tx gov submit-proposal`" + `, that agrees the setup and registers the circuits
in their first version; --transcript is the hash that ` + "`setup check`" + ` or ` + "`setup seal`" + ` printed.

With --compare they are held against those that the chain registered: without names, all of the chain's are compiled. The
command fails if one differs.`,
		Example: `creditd privacy circuits
creditd privacy circuits range-1 history-6-hidden --setup kzg10-bn254-ignition-32768.bin --out keys
creditd privacy circuits range-1 --setup kzg10-bn254-ignition-32768.bin --proposal circuits.json \
  --transcript adfc7e882e487656ce92f4a0542a74c4c92022497fd6e29d70d22e74f5a229fe
creditd privacy circuits --compare --setup kzg10-bn254-ignition-32768.bin`,
		RunE: func(cmd *cobra.Command, args []string) error {
			var chosen []circuits.Circuit
			for _, name := range args {
				c, err := circuits.ParseCircuit(name)
				if err != nil {
					return err
				}
				chosen = append(chosen, c)
			}
			if compare, _ := cmd.Flags().GetBool(flagCompare); compare {
				return compareCircuits(cmd, connect, chosen)
			}
			if len(chosen) == 0 {
				chosen = circuits.Standard()
			}
			return listCircuits(cmd, chosen)
		},
	}
	addKeys(cmd)
	cmd.Flags().String(flagOut, "", "Folder to write the verifying keys to")
	cmd.Flags().String(flagProposal, "", "File to write a proposal to that agrees the setup and registers the circuits")
	cmd.Flags().String(flagTranscript, "", "With --proposal: hash of the setup's transcript, 64 hexadecimal digits")
	cmd.Flags().Bool(flagCompare, false, "Compare with what the chain has registered")
	connect.Flags(cmd, false)
	return cmd
}

func listCircuits(cmd *cobra.Command, chosen []circuits.Circuit) error {
	made, err := keysIfAny(cmd)
	if err != nil {
		return err
	}
	var results []circuitResult
	var registered []registration
	for i, c := range chosen {
		say(cmd)("%d of %d: %s\n", i+1, len(chosen), c.Name())
		result, key, err := compile(c, made)
		if err != nil {
			return err
		}
		if out := flag(cmd, flagOut); out != "" && key != nil {
			if err := os.MkdirAll(out, 0o750); err != nil {
				return err
			}
			if err := replace(filepath.Join(out, c.Name()+".vk"), key, 0o644); err != nil {
				return err
			}
		}
		results, registered = append(results, result), append(registered, registration{c, key})
	}
	if file := flag(cmd, flagProposal); file != "" {
		if err := writeProposal(file, made, flag(cmd, flagTranscript), registered); err != nil {
			return err
		}
	}
	return show(cmd, results, func(w io.Writer) { printCircuits(w, results) })
}

// keysIfAny is nil without a setup: circuits compile without one.
func keysIfAny(cmd *cobra.Command) (*predicate.Keys, error) {
	if flag(cmd, flagSetup) == "" && os.Getenv(setupVar) == "" {
		for _, name := range []string{flagOut, flagProposal} {
			if flag(cmd, name) != "" {
				return nil, fmt.Errorf("--%s needs --%s: keys are made with a setup", name, flagSetup)
			}
		}
		return nil, nil
	}
	made, err := keys(cmd)
	return &made, err
}

func compile(c circuits.Circuit, made *predicate.Keys) (circuitResult, []byte, error) {
	compiled, err := circuit.Compile(c)
	if err != nil {
		return circuitResult{}, nil, err
	}
	result := circuitResult{Name: c.Name(), ID: digits(c.ID()), Constraints: compiled.Constraints(), Rows: compiled.Rows(), Public: c.Public()}
	if made == nil {
		return result, nil, nil
	}
	prover, err := made.ProverOf(compiled)
	if err != nil {
		return result, nil, err
	}
	key := prover.VerifyingKey().Bytes()
	result.Key, result.KeySHA256 = hex.EncodeToString(key), digits(sha256.Sum256(key))
	return result, key, nil
}

func compareCircuits(cmd *cobra.Command, connect Connect, chosen []circuits.Circuit) (err error) {
	made, err := keys(cmd)
	if err != nil {
		return err
	}
	chain, end, err := connect.Chain(cmd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	agreed, err := chain.Setup(cmd.Context())
	if err != nil {
		return err
	}
	if digest := made.Setup.Digest(); !bytes.Equal(agreed.Digest, digest[:]) {
		return fmt.Errorf("the chain agreed on setup %x, and this file is setup %x", agreed.Digest, digest)
	}
	registered, err := chain.Circuits(cmd.Context())
	if err != nil {
		return err
	}
	results, different, err := compareAll(cmd, made, registered, chosen)
	if err != nil {
		return err
	}
	if err := show(cmd, results, func(w io.Writer) { printCircuits(w, results) }); err != nil {
		return err
	}
	if different > 0 {
		return fmt.Errorf("%d of the chain's circuits are not what this program compiles: do not trust proofs of them before it is known why", different)
	}
	return nil
}

func compareAll(cmd *cobra.Command, made predicate.Keys, registered []types.Circuit, chosen []circuits.Circuit) (results []circuitResult, different int, err error) {
	seen := map[circuits.Circuit]bool{}
	for _, r := range registered {
		c, err := r.Spec.Circuit()
		if err != nil {
			return nil, 0, fmt.Errorf("circuit %s of the chain: %w", r.Name, err)
		}
		if len(chosen) > 0 && !slices.Contains(chosen, c) {
			continue
		}
		seen[c] = true
		say(cmd)("compiling %s\n", c.Name())
		result, key, err := compile(c, &made)
		if err != nil {
			return nil, 0, err
		}
		result.OnChain, result.ChainID, result.Version = "same", hex.EncodeToString(r.Id), r.Version
		switch {
		case r.Status == types.CIRCUIT_STATUS_RETIRED:
			result.OnChain = "retired"
		case !bytes.Equal(key, r.VerifyingKey):
			result.OnChain = "different"
			different++
		}
		results = append(results, result)
	}
	for _, c := range chosen {
		if !seen[c] {
			result, _, err := compile(c, &made)
			if err != nil {
				return nil, 0, err
			}
			result.OnChain = "not registered"
			results = append(results, result)
		}
	}
	return results, different, nil
}

func printCircuits(out io.Writer, results []circuitResult) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tCONSTRAINTS\tROWS\tPUBLIC\tKEY (SHA-256)\tON THE CHAIN")
	for _, r := range results {
		key := "-"
		if r.KeySHA256 != "" {
			key = r.KeySHA256[:16]
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%s\t%s\n", r.Name, r.Constraints, r.Rows, r.Public, key, r.OnChain)
	}
	_ = w.Flush()
}
