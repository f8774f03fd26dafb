package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/wallet"
	"github.com/creditd/creditd/wallet/text"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

const (
	flagReason   = "reason"
	flagFacts    = "facts"
	flagHandOver = "note"
)

func (c commands) records() *cobra.Command {
	return about(c.command(helpRecords, cobra.NoArgs, func(ctx context.Context, s *session, _ []string) error {
		file, v, err := s.look(ctx)
		if err != nil {
			return err
		}
		list, err := v.Records(ctx, file.Subject)
		if err != nil {
			return err
		}
		return s.print(list, func(p printer) {
			if len(list) == 0 {
				p(text.NoRecords)
			}
			for _, r := range list {
				p(text.RecordLine, s.id(r.ID), s.who(r.Furnisher), day(r.Reported), wordOf(text.RecordStates, r.State), day(r.ShownUntil))
			}
		})
	}))
}

func (c commands) disputes() *cobra.Command {
	return about(c.command(helpDisputes, cobra.NoArgs, func(ctx context.Context, s *session, _ []string) error {
		file, v, err := s.look(ctx)
		if err != nil {
			return err
		}
		list, err := v.Disputes(ctx, file.Subject)
		if err != nil {
			return err
		}
		return s.print(list, func(p printer) {
			if len(list) == 0 {
				p(text.NoDisputes)
			}
			for i := range list {
				d := &list[i]
				p(text.DisputeLine, s.id(d.ID), s.id(d.Record), s.who(d.Furnisher), day(d.Opened), wordOf(text.Reasons, d.Reason), disputeState(d))
				if d.Outcome != "" {
					p(text.DisputeAnswer, wordOf(text.Outcomes, d.Outcome))
				}
				if d.Statement {
					p(text.DisputeWords)
				}
			}
		})
	}))
}

// disputeState is its status, with the day on which that ends by itself.
func disputeState(d *wallet.Dispute) string {
	words := wordOf(text.DisputeStates, d.Status)
	if d.Due != nil {
		return fmt.Sprintf(words, moment(*d.Due))
	}
	return words
}

func (c commands) dispute() *cobra.Command {
	cmd := &cobra.Command{
		Use: helpDispute.use, Short: helpDispute.short, Long: helpDispute.long,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.disputeOpen(), c.disputeExtend(), c.disputeEscalate(), c.disputeStatement())
	return cmd
}

// noted adds the flags of a command that takes a note.
func noted(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().String(flagFacts, "", helpFlags[flagFacts])
	cmd.Flags().String(flagHandOver, "", helpFlags[flagHandOver])
	return cmd
}

func (c commands) disputeOpen() *cobra.Command {
	cmd := c.command(helpDisputeOpen, cobra.ExactArgs(1), func(ctx context.Context, s *session, args []string) error {
		file, v, err := s.look(ctx)
		if err != nil {
			return err
		}
		reason := credittypes.DisputeReason(credittypes.DisputeReason_value[wallet.Enum("DISPUTE_REASON_", s.text(flagReason))])
		if reason == credittypes.DISPUTE_REASON_UNSPECIFIED {
			return errors.New(text.ErrReason)
		}
		record, err := v.PickRecord(ctx, file.Subject, args[0])
		if err != nil {
			return err
		}
		sentence := fmt.Sprintf(text.SayDispute, s.id(record.ID), s.who(record.Furnisher), wordOf(text.Reasons, s.text(flagReason)))
		return s.notedAct(ctx, sentence, s.who(record.Furnisher), func(facts *wallet.Note) wallet.Act {
			return s.wallet.Dispute(file.Subject, record.ID, reason, facts)
		})
	})
	cmd.Flags().String(flagReason, "", helpFlags[flagReason])
	return signing(about(noted(cmd)))
}

// notedAct signs what may come with a note, which is made and kept once it is agreed to.
func (s *session) notedAct(ctx context.Context, sentence, to string, make func(*wallet.Note) wallet.Act) error {
	result, err := s.act(ctx, sentence, func() (wallet.Act, error) {
		note, err := s.note(s.text(flagFacts), s.text(flagHandOver), to)
		if err != nil {
			return wallet.Act{}, err
		}
		return make(note), nil
	})
	if err != nil {
		return err
	}
	return s.finish(result)
}

func (c commands) disputeExtend() *cobra.Command {
	return signing(about(noted(c.command(helpDisputeExtend, cobra.ExactArgs(1), func(ctx context.Context, s *session, args []string) error {
		d, err := s.theDispute(ctx, args[0])
		if err != nil {
			return err
		}
		if s.text(flagFacts) == "" {
			return fmt.Errorf(text.ErrMissingFlag, flagFacts, helpFlags[flagFacts])
		}
		sentence := fmt.Sprintf(text.SayExtend, s.id(d.ID), s.who(d.Furnisher))
		return s.notedAct(ctx, sentence, s.who(d.Furnisher), func(facts *wallet.Note) wallet.Act { return s.wallet.Extend(d.ID, facts) })
	}))))
}

func (s *session) theDispute(ctx context.Context, which string) (*wallet.Dispute, error) {
	file, v, err := s.look(ctx)
	if err != nil {
		return nil, err
	}
	return v.PickDispute(ctx, file.Subject, which)
}

func (c commands) disputeEscalate() *cobra.Command {
	cmd := c.command(helpDisputeEscalate, cobra.ExactArgs(1), func(ctx context.Context, s *session, args []string) error {
		d, err := s.theDispute(ctx, args[0])
		if err != nil {
			return err
		}
		if s.text(flagTo) == "" {
			return fmt.Errorf(text.ErrMissingFlag, flagTo, helpFlags["mediator"])
		}
		mediator, err := wallet.FindInstitution(ctx, s.chain, s.text(flagTo))
		if err != nil {
			return err
		}
		may := slices.Contains(mediator.Roles, institutiontypes.ROLE_BUREAU) || slices.Contains(mediator.Roles, institutiontypes.ROLE_SUPERVISOR)
		if !may || mediator.Operator == d.Furnisher.Address {
			return fmt.Errorf(text.ErrNotMediator, mediator.Name)
		}
		return s.signedAct(ctx, s.wallet.Escalate(d.ID, mediator.Operator),
			fmt.Sprintf(text.SayEscalate, mediator.Name, s.id(d.ID), s.who(d.Furnisher)))
	})
	cmd.Flags().String(flagTo, "", helpFlags["mediator"])
	return signing(about(cmd))
}

func (c commands) disputeStatement() *cobra.Command {
	return signing(about(noted(c.command(helpDisputeStatement, cobra.ExactArgs(1), func(ctx context.Context, s *session, args []string) error {
		d, err := s.theDispute(ctx, args[0])
		if err != nil {
			return err
		}
		switch {
		case s.text(flagFacts) == "":
			return fmt.Errorf(text.ErrMissingFlag, flagFacts, helpFlags[flagFacts])
		case d.Outcome == "" || d.Outcome == "deleted" || d.Outcome == "modified":
			return fmt.Errorf(text.ErrNotEnded, s.id(d.ID))
		}
		sentence := fmt.Sprintf(text.SayStatement, s.id(d.Record), s.who(d.Furnisher), s.id(d.ID))
		return s.notedAct(ctx, sentence, s.who(d.Furnisher), func(words *wallet.Note) wallet.Act { return s.wallet.Statement(d.ID, words) })
	}))))
}
