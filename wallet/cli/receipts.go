package cli

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/subject"
	"github.com/creditd/creditd/wallet"
	"github.com/creditd/creditd/wallet/text"
)

const flagAll = "all"

func (c commands) receipts() *cobra.Command {
	cmd := about(c.command(helpReceipts, cobra.MaximumNArgs(1), func(ctx context.Context, s *session, args []string) error {
		file, v, err := s.look(ctx)
		if err != nil {
			return err
		}
		folder := s.text(flagAll)
		if (folder == "") == (len(args) == 0) {
			return fmt.Errorf(text.ErrMissingFlag, flagAll, helpFlags[flagAll])
		}
		if folder == "" {
			found, err := v.PickConsent(ctx, file.Subject, args[0])
			if err != nil {
				return err
			}
			receipt, err := s.receipt(ctx, file, found)
			if err != nil {
				return err
			}
			_, err = s.cmd.OutOrStdout().Write(receipt)
			return err
		}
		return s.allReceipts(ctx, v, file, folder)
	}))
	cmd.Flags().String(flagAll, "", helpFlags[flagAll])
	return cmd
}

func (s *session) receipt(ctx context.Context, file wallet.CreditFile, c *wallet.Consent) ([]byte, error) {
	receipt, err := subject.NewReceipt(ctx, s.chain, s.wallet.ChainID, file.Subject, c.ID, now())
	if err != nil {
		return nil, err
	}
	raw, err := json.MarshalIndent(receipt, "", "  ")
	return append(raw, '\n'), err
}

func (s *session) allReceipts(ctx context.Context, v *wallet.Viewer, file wallet.CreditFile, folder string) error {
	all, err := v.Consents(ctx, file.Subject)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	written := []string{}
	for i := range all {
		receipt, err := s.receipt(ctx, file, &all[i])
		if err != nil {
			return err
		}
		path := filepath.Join(folder, hex.EncodeToString(all[i].ID[:])+".json")
		if err := wallet.SaveNew(path, receipt); err != nil {
			return err
		}
		written = append(written, path)
	}
	return s.print(struct {
		Files []string `json:"files"`
	}{written}, func(p printer) { p(text.ReceiptsIn, len(written), folder) })
}
