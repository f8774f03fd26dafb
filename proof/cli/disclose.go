package cli

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
)

// maxRecordBytes is more than the largest record of 64 strings.
const maxRecordBytes = 512 << 10

// record is a payload with the seed of its salts.
type record struct {
	Schema      string            `json:"schema"` // name or id of a built-in schema
	Attestation *commitment.Hash  `json:"attestation,omitempty"`
	Values      map[string]string `json:"values"`
	Seed        commitment.Hash   `json:"seed"`
}

func newDiscloseCmd() *cobra.Command {
	var fields []string
	cmd := &cobra.Command{
		Use:   "disclose RECORD",
		Short: "Open some fields of a record, for a bundle to show",
		Long: `Write the named fields of a record with their salts and paths, for 'creditd attestation prove --disclose'; the others
stay hidden. RECORD is JSON with the members schema (name or id of a built-in one), values and seed, which a line of a saved
credit report has. It is as secret as the record: whoever has the seed can open every field.

The commitment that the record has is printed: it is what the attestation states.`,
		Example: Example("creditd attestation disclose record.json --fields balance,currency -o shown.json"),
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := requireOut(cmd); err != nil {
				return err
			}
			raw, err := ReadFile(cmd, args[0], maxRecordBytes)
			if err != nil {
				return err
			}
			layout, r, err := parseRecord(raw)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			root, err := commitment.Commit(layout, r.Values, commitment.Seed(r.Seed))
			if err != nil {
				return err
			}
			disclosure, err := commitment.Disclose(layout, r.Values, commitment.Seed(r.Seed), fields...)
			if err != nil {
				return fmt.Errorf("--fields: %w", err)
			}
			shown, err := json.Marshal(disclosure)
			if err != nil {
				return err
			}
			path, _ := cmd.Flags().GetString(flagOut)
			if err := WriteFile(cmd, path, append(shown, '\n')); err != nil || path == "-" {
				return err
			}
			return Print(cmd, struct {
				File       string          `json:"file"`
				Schema     commitment.Hash `json:"schema"`
				Commitment commitment.Hash `json:"commitment"`
			}{path, layout.SchemaID, root}, func(w io.Writer) {
				fmt.Fprintf(w, "%s opens %d fields of commitment %x\n", path, len(disclosure.Fields), root)
			})
		},
	}
	cmd.Flags().StringSliceVar(&fields, "fields", nil, "Names of the fields to open, with commas between")
	cmd.Flags().StringP(flagOut, "o", "", "File to write, or - for standard output")
	AddOutput(cmd)
	return cmd
}

func parseRecord(raw []byte) (commitment.Layout, record, error) {
	layout, r, err := parseUnsalted(raw)
	if err == nil && r.Seed == (commitment.Hash{}) {
		err = errors.New("seed: give the 64 hexadecimal digits of the record's seed")
	}
	return layout, r, err
}

// parseUnsalted reads a record that need not have a seed.
func parseUnsalted(raw []byte) (commitment.Layout, record, error) {
	var r record
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&r); err != nil {
		return commitment.Layout{}, r, err
	}
	all := schemas.All()
	i := slices.IndexFunc(all, func(d schemas.Definition) bool {
		id := d.ID()
		return r.Schema == d.Name || r.Schema == hex.EncodeToString(id[:])
	})
	if i < 0 {
		return commitment.Layout{}, r, fmt.Errorf("schema %.80q is not built in: give its name or id", r.Schema)
	}
	return all[i].Layout(), r, nil
}
