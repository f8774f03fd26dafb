package cli

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/audit"
	"github.com/creditd/creditd/proof"
	proofcli "github.com/creditd/creditd/proof/cli"
	"github.com/creditd/creditd/wallet"
	"github.com/creditd/creditd/wallet/text"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

const (
	flagLimit   = "limit"
	flagProve   = "prove"
	flagOut     = "out"
	flagTrusted = "trusted-height"

	defaultLooks = 50
	// forever: the node is asked for headers, and how old one may be is for whoever verifies the bundle to say.
	forever = 100 * 365 * 24 * time.Hour
)

func (c commands) looks() *cobra.Command {
	cmd := about(c.command(helpLooks, cobra.NoArgs, func(ctx context.Context, s *session, _ []string) error {
		if s.text(flagProve) != "" {
			return s.prove(ctx)
		}
		file, v, err := s.look(ctx)
		if err != nil {
			return err
		}
		limit, _ := s.cmd.Flags().GetInt(flagLimit) // defined below
		looks, more, err := v.Looks(ctx, file.Subject, max(limit, 1))
		if err != nil {
			return err
		}
		result := struct {
			Looks []wallet.Look `json:"looks"`
			More  bool          `json:"more"`
		}{looks, more}
		return s.print(result, func(p printer) {
			if len(looks) == 0 {
				p(text.NoLooks)
			}
			for i := range looks {
				s.printLook(p, &looks[i])
			}
			if more {
				p(text.LooksMore)
			}
		})
	}))
	cmd.Flags().Int(flagLimit, defaultLooks, helpFlags[flagLimit])
	cmd.Flags().String(flagProve, "", helpFlags[flagProve])
	cmd.Flags().String(flagOut, "looks.json", helpFlags["looks-out"])
	cmd.Flags().Int64(flagTrusted, 0, helpFlags[flagTrusted])
	return cmd
}

func (s *session) printLook(p printer, look *wallet.Look) {
	line := fmt.Sprintf(text.LookLine, moment(look.Time), s.who(look.By), wordOf(text.Purposes, look.Purpose))
	if look.Kind != "own" {
		if isZero(look.Consent) {
			line += text.LookNoConsent
		} else {
			line += fmt.Sprintf(text.LookConsent, s.id(look.Consent))
		}
	}
	p("%s\n", line)
	p(text.LookState, wordOf(text.LookKinds, look.Kind), wordOf(text.LookStates, look.Status))
	for _, gave := range look.Gave {
		p(text.LookGave, gave.Records, s.who(gave.Furnisher))
	}
	if len(look.Gave) == 0 && look.Status != "open" {
		p(text.LookNothing)
	}
	switch {
	case look.Notified:
		p(text.LookNotified)
	case look.Declined:
		p(text.LookDeclined)
	}
	if s.flag(flagVerbose) {
		p("    %x, block %d\n", look.Inquiry[:], look.Height)
	}
}

var heightRange = regexp.MustCompile(`^(\d{1,18})-(\d{1,18})$`)

// prove writes all lines of a range of heights, with the proof that there is no other.
func (s *session) prove(ctx context.Context) error {
	file, err := s.file()
	if err != nil {
		return err
	}
	parts := heightRange.FindStringSubmatch(s.text(flagProve))
	if parts == nil {
		return errors.New(text.ErrRange)
	}
	from, _ := strconv.ParseInt(parts[1], 10, 64) // digits, and few enough
	to, _ := strconv.ParseInt(parts[2], 10, 64)
	trusted, _ := s.cmd.Flags().GetInt64(flagTrusted)
	address := s.text(flagNode)
	if address == "" {
		address = s.wallet.Node
	}
	node, err := proofcli.Dial(address)
	if err != nil {
		return err
	}
	subject := credittypes.ID(file.Subject)
	bundle, err := audit.Export(ctx, node, audit.Request{Subject: &subject, From: from, To: to, TrustedHeight: trusted})
	if err != nil {
		return err
	}
	encoded, err := bundle.Encode()
	if err != nil {
		return err
	}
	start, err := bundle.Blocks[0].Trusted()
	if err != nil {
		return err
	}
	verdict, err := audit.Verify(encoded, start, proof.Options{Now: now(), TrustingPeriod: forever})
	if err != nil {
		return err
	}
	path := s.text(flagOut)
	if err := wallet.SaveNew(path, encoded); err != nil {
		return err
	}
	result := struct {
		File          string `json:"file"`
		Looks         int    `json:"looks"`
		From          int64  `json:"from_height,string"`
		To            int64  `json:"to_height,string"`
		TrustedHeight int64  `json:"trusted_height,string"`
	}{path, len(verdict.Inquiries), bundle.From, bundle.To, start.Height}
	return s.print(result, func(p printer) {
		p(text.Proven, result.Looks, result.From, result.To, path, path, start.Height, start.Height)
	})
}
