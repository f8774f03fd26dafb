package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/wallet"
	"github.com/creditd/creditd/wallet/text"
	"github.com/creditd/creditd/x/attestation/commitment"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

const (
	flagName = "name"
	flagSoon = "soon"
	// defaultSoon is when a consent is said to end soon.
	defaultSoon = 14 * 24 * time.Hour
)

func (c commands) status() *cobra.Command {
	cmd := c.command(helpStatus, cobra.NoArgs, func(ctx context.Context, s *session, _ []string) error {
		v, err := s.viewer(ctx)
		if err != nil {
			return err
		}
		soon, _ := s.cmd.Flags().GetDuration(flagSoon) // defined below
		status, err := v.Status(ctx, soon)
		if err != nil {
			return err
		}
		return s.print(status, func(p printer) { s.printStatus(p, status) })
	})
	cmd.Flags().Duration(flagSoon, defaultSoon, helpFlags[flagSoon])
	return cmd
}

func (s *session) printStatus(p printer, status *wallet.Status) {
	p(text.StatusHead, status.Address, status.ChainID, status.Credentials)
	if len(status.Files) == 0 {
		p(text.StatusNoFiles)
	}
	for i := range status.Files {
		f := &status.Files[i]
		name := f.Name
		if s.flag(flagVerbose) {
			name = fmt.Sprintf("%s %x", f.Name, f.Subject[:])
		}
		if !f.Known {
			p(text.StatusUnknown, name)
			continue
		}
		p(text.StatusFile, name, wordOf(text.Kinds, f.Kind), s.who(f.EnrolledBy))
		s.printControl(p, f)
		s.printProtection(p, f)
		s.printDealings(p, f)
	}
}

func (s *session) printControl(p printer, f *wallet.FileStatus) {
	switch f.Control {
	case wallet.ControlYours:
		p(text.StatusYours)
	case wallet.ControlOffered:
		p(text.StatusOffered, fmt.Sprintf("%x", f.Subject[:]))
	case wallet.ControlOther:
		p(text.StatusOther)
	default:
		p(text.StatusNone, s.who(f.EnrolledBy))
	}
	if f.HandingOver != "" {
		p(text.StatusHanding, f.HandingOver)
	}
	if f.MergedInto != (commitment.Hash{}) {
		p(text.StatusMerged)
	}
	if f.Aliases > 0 {
		p(text.StatusAliases, f.Aliases)
	}
	if change := f.Change; change != nil {
		what := wordOf(text.Changes, change.Kind)
		more := ""
		if change.ToYou {
			more += text.StatusChangeToMe
		}
		if change.ReadyAt != nil {
			more += fmt.Sprintf(text.StatusChangeAt, moment(*change.ReadyAt))
		}
		p(text.StatusChange, day(change.ProposedAt), s.who(change.ProposedBy), what, more)
	}
}

func (s *session) printProtection(p printer, f *wallet.FileStatus) {
	switch z := f.Freeze; {
	case z == nil:
		p(text.StatusNoFreeze)
	case z.LiftedUntil == nil:
		p(text.StatusFreeze, day(z.Since))
	default:
		whom := text.Everyone
		if z.LiftedFor != nil {
			whom = s.who(*z.LiftedFor)
		}
		p(text.StatusLifted, day(z.Since), moment(*z.LiftedUntil), whom)
	}
	switch a := f.Alert; {
	case a == nil:
		p(text.StatusNoAlert)
	case a.Extended:
		p(text.StatusAlertLong, day(a.Until))
	default:
		p(text.StatusAlert, day(a.Until))
	}
}

func (s *session) printDealings(p printer, f *wallet.FileStatus) {
	p(text.StatusRecords, f.Shown, f.Hidden)
	p(text.StatusConsents, len(f.Open))
	for i := range f.Ending {
		p(text.StatusEnding, s.id(f.Ending[i].ID), s.who(f.Ending[i].To), moment(f.Ending[i].Until))
	}
	if len(f.Disputes) == 0 {
		p(text.StatusNoDispute)
	}
	for i := range f.Disputes {
		p(text.StatusDispute, s.id(f.Disputes[i].ID), s.who(f.Disputes[i].Furnisher), disputeState(&f.Disputes[i]))
	}
}

func (c commands) claim() *cobra.Command {
	cmd := c.command(helpClaim, cobra.ExactArgs(1), func(ctx context.Context, s *session, args []string) error {
		id, err := credittypes.ParseID("SUBJECT", args[0])
		if err != nil {
			return errors.New(text.ErrSubject)
		}
		chain, err := s.dial(ctx)
		if err != nil {
			return err
		}
		subject, err := chain.Subject(ctx, id)
		if errors.Is(err, client.ErrNotFound) {
			return errors.New(text.ErrUnknownSubject)
		}
		if err != nil {
			return err
		}
		enroller, err := wallet.FindInstitution(ctx, chain, subject.EnrolledBy)
		if err != nil {
			return err
		}
		if subject.OfferedTo != s.wallet.Address && subject.Controller != s.wallet.Address {
			if subject.Controller != "" {
				return fmt.Errorf(text.ErrOtherHas, s.wallet.Address)
			}
			return fmt.Errorf(text.ErrNotOffered, s.wallet.Address, enroller.Name)
		}
		file, err := s.wallet.Propose(id, s.text(flagName))
		if err != nil {
			return err
		}
		if subject.Controller != s.wallet.Address {
			kind := wordOf(text.Kinds, wallet.Word(subject.Kind.String(), "SUBJECT_KIND_"))
			sentence := fmt.Sprintf(text.SayClaim, kind, enroller.Name, file.Name)
			if err := s.signedAct(ctx, s.wallet.Claim(id), sentence); err != nil {
				return err
			}
		}
		if _, err := s.wallet.Remember(id, file.Name); err != nil {
			return err
		}
		s.say(text.Remembered, file.Name)
		if subject.Controller == s.wallet.Address {
			return s.print(file, func(p printer) { p(text.Yours) })
		}
		return nil
	})
	cmd.Flags().String(flagName, "", helpFlags[flagName])
	return signing(cmd)
}

func (c commands) handOver() *cobra.Command {
	return signing(about(c.command(helpHandOver, cobra.ExactArgs(1), func(ctx context.Context, s *session, args []string) error {
		file, err := s.file()
		if err != nil {
			return err
		}
		act, err := s.wallet.HandOver(file.Subject, args[0])
		if err != nil {
			return err
		}
		return s.signedAct(ctx, act, fmt.Sprintf(text.SayHandOver, file.Name, args[0]))
	})))
}

// object stops a change that institutions proposed.
func (c commands) object() *cobra.Command {
	return signing(about(c.command(helpObject, cobra.NoArgs, func(ctx context.Context, s *session, _ []string) error {
		file, v, err := s.look(ctx)
		if err != nil {
			return err
		}
		status, err := v.Status(ctx, 0)
		if err != nil {
			return err
		}
		for _, f := range status.Files {
			if f.Subject == file.Subject && f.Change != nil {
				sentence := fmt.Sprintf(text.SayCancel, file.Name, s.who(f.Change.ProposedBy), wordOf(text.Changes, f.Change.Kind))
				return s.signedAct(ctx, s.wallet.CancelChange(file.Subject), sentence)
			}
		}
		return fmt.Errorf(text.ErrNoChange, file.Name)
	})))
}
