package cli

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/vault/lightchain"
	"github.com/creditd/creditd/vault/proving"
	predicatetypes "github.com/creditd/creditd/x/predicate/types"
)

const flagOut = "out"

// recordsResult is what `vault records` prints; the records are in the file.
type recordsResult struct {
	Inquiry string `json:"inquiry"`
	Records int    `json:"records"`
	File    string `json:"file"`
}

func newRecordsCmd() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "records INQUIRY",
		Short: "Take the records that an inquiry asks about out of the vault, to prove for their subject",
		Long: `Write the records of this vault that the questions of an inquiry are about to a file, with the seeds that they were attested with:
'creditd privacy prove --record FILE' then proves for the subject and shows nobody a record. The inquiry must be open and rest on a
consent of the subject that holds; both are proven. The access log says that the records were taken.

The file has everything that is in the records. Only its owner may read it: delete it when the proofs are made. A subject that wants
to prove for itself needs none of this: its own report ('creditd wallet report') has the seeds.`,
		Example: example("creditd vault records "+exampleMatch+" --home ~/.creditd-devnet/bank-a --out records.json",
			"creditd privacy prove --inquiry "+exampleMatch+" --predicate 0 --record records.json --from bank-a --home ~/.creditd-devnet/bank-a --setup setup.bin"),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := newEnvironment(cmd)
			if err != nil {
				return err
			}
			inquiry, err := parseID("INQUIRY", args[0])
			if err != nil {
				return err
			}
			ctx, cancel := interruptible(cmd)
			defer cancel()
			return e.withChain(ctx, func(v *vault, proven *lightchain.Chain) error {
				result, err := takeRecords(ctx, v, proven, inquiry, out)
				if err != nil {
					return err
				}
				return e.print(result, func(w io.Writer) {
					_, _ = fmt.Fprintf(w, "%d records in %s: prove with 'creditd privacy prove', then delete it\n", result.Records, result.File)
				})
			})
		},
	}
	cmd.Flags().StringVar(&out, flagOut, "", "New file for the records")
	_ = cmd.MarkFlagRequired(flagOut)
	return cmd
}

func takeRecords(ctx context.Context, v *vault, proven *lightchain.Chain, inquiry [32]byte, out string) (_ *recordsResult, err error) {
	// What is asked is the node's word: it cannot widen what may be taken, which the proven consent bounds.
	asked, err := predicatetypes.NewQueryClient(v.chain.Conn()).Ask(ctx, &predicatetypes.QueryAskRequest{InquiryId: hex.EncodeToString(inquiry[:])})
	if err != nil {
		return nil, fmt.Errorf("what is asked under the inquiry: %w", err)
	}
	file, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("--%s: %w", flagOut, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(out))
		}
	}()
	from := proving.Vault{Operator: v.signer.Address().String(), Chain: proven, Store: v.store, Keys: v.ring, Now: time.Now}
	lines, err := from.Take(ctx, inquiry, asked.Ask.Predicates)
	if err == nil && len(lines) == 0 {
		err = errors.New("this vault has no record that the questions are about")
	}
	if err == nil {
		err = json.NewEncoder(file).Encode(map[string]any{"lines": lines})
	}
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return nil, err
	}
	return &recordsResult{Inquiry: hex.EncodeToString(inquiry[:]), Records: len(lines), File: out}, nil
}
