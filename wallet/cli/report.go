package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	sdk "github.com/cosmos/cosmos-sdk/types"

	proofcli "github.com/creditd/creditd/proof/cli"
	"github.com/creditd/creditd/vault/report"
	"github.com/creditd/creditd/wallet"
	"github.com/creditd/creditd/wallet/text"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

const (
	flagSave    = "save"
	flagProofs  = "save-proofs"
	flagHTML    = "html"
	flagInquiry = "inquiry"
)

func (c commands) report() *cobra.Command {
	cmd := about(c.command(helpReport, cobra.NoArgs, func(ctx context.Context, s *session, _ []string) error {
		file, err := s.file()
		if err != nil {
			return err
		}
		own := wallet.Own{Subject: file.Subject}
		if own.Inquiry, err = s.inquiry(); err != nil {
			return err
		}
		if granter := s.text(flagGranter); granter != "" {
			if own.Granter, err = sdk.AccAddressFromBech32(granter); err != nil {
				return fmt.Errorf(text.ErrAddress, granter)
			}
		}
		if err := s.agree(fmt.Sprintf(text.SayReport, file.Name)); err != nil {
			return err
		}
		secret, err := s.unlock()
		if err != nil {
			return err
		}
		own.Signer = secret.Signer()
		chain, err := s.dial(ctx)
		if err != nil {
			return err
		}
		r, err := chain.OwnReport(ctx, own)
		if r == nil {
			return err
		}
		return errors.Join(err, s.deliver(ctx, r), r.Check())
	}))
	f := cmd.Flags()
	f.String(flagSave, "", helpFlags[flagSave])
	f.String(flagProofs, "", helpFlags[flagProofs])
	f.String(flagHTML, "", helpFlags[flagHTML])
	f.String(flagInquiry, "", helpFlags[flagInquiry])
	f.String(flagGranter, "", helpFlags["report-granter"])
	f.Bool(flagYes, false, helpFlags[flagYes])
	return cmd
}

func (s *session) inquiry() (*[32]byte, error) {
	which := s.text(flagInquiry)
	if which == "" {
		return nil, nil //nolint:nilnil // a new one
	}
	id, err := credittypes.ParseID("--"+flagInquiry, which)
	if err != nil {
		return nil, err
	}
	return (*[32]byte)(&id), nil
}

// deliver prints and saves a report. Whatever fails, the rest is done: the look was counted.
func (s *session) deliver(ctx context.Context, r *report.Report) error {
	var errs []error
	if s.text(flagOutput) == "json" {
		encoder := json.NewEncoder(s.cmd.OutOrStdout())
		encoder.SetIndent("", "  ")
		errs = append(errs, encoder.Encode(r))
	} else {
		errs = append(errs, r.Print(s.cmd.OutOrStdout()))
	}
	if path := s.text(flagSave); path != "" {
		errs = append(errs, r.Save(path))
	}
	if path := s.text(flagHTML); path != "" {
		errs = append(errs, saveWith(path, r.HTML))
	}
	if path := s.text(flagProofs); path != "" {
		errs = append(errs, s.saveProofs(ctx, path, r))
	}
	return errors.Join(errs...)
}

func saveWith(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the user names the file
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Close())
}

// saveProofs writes the report as one file that anybody checks offline.
func (s *session) saveProofs(ctx context.Context, path string, r *report.Report) error {
	address := s.text(flagNode)
	if address == "" {
		address = s.wallet.Node
	}
	node, err := proofcli.Dial(address)
	if err != nil {
		return err
	}
	proofs, err := r.Prove(ctx, node, report.ProveOptions{})
	if err != nil {
		return err
	}
	start, err := proofs.Start()
	if err != nil {
		return err
	}
	s.say(text.ProofsSaved, path, path, start.Height, start.Height)
	return proofs.Save(path)
}
