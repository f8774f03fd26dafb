package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/wallet"
	"github.com/creditd/creditd/wallet/text"
)

const flagOff = "off"

func (c commands) freeze() *cobra.Command {
	return signing(about(c.command(helpFreeze, cobra.NoArgs, func(ctx context.Context, s *session, _ []string) error {
		file, err := s.file()
		if err != nil {
			return err
		}
		return s.signedAct(ctx, s.wallet.Freeze(file.Subject), fmt.Sprintf(text.SayFreeze, file.Name))
	})))
}

func (c commands) unfreeze() *cobra.Command {
	return signing(about(c.command(helpUnfreeze, cobra.NoArgs, func(ctx context.Context, s *session, _ []string) error {
		file, err := s.file()
		if err != nil {
			return err
		}
		return s.signedAct(ctx, s.wallet.Lift(file.Subject, nil, ""), fmt.Sprintf(text.SayUnfreeze, file.Name))
	})))
}

func (c commands) lift() *cobra.Command {
	cmd := c.command(helpLift, cobra.NoArgs, func(ctx context.Context, s *session, _ []string) error {
		file, err := s.file()
		if err != nil {
			return err
		}
		days, _ := s.cmd.Flags().GetInt(flagDays) // defined below
		until := now().Add(time.Duration(days) * oneDay).UTC().Truncate(time.Second)
		if given, err := parseDay(flagUntil, s.text(flagUntil)); err != nil {
			return err
		} else if given != nil {
			until = given.UTC()
		}
		if !until.After(now()) {
			return fmt.Errorf(text.ErrLater, flagUntil)
		}
		only, whom := "", text.Everyone
		if to := s.text(flagTo); to != "" {
			chain, err := s.dial(ctx)
			if err != nil {
				return err
			}
			lender, err := wallet.FindInstitution(ctx, chain, to)
			if err != nil {
				return err
			}
			only, whom = lender.Operator, lender.Name
		}
		sentence := fmt.Sprintf(text.SayLift, file.Name, moment(until), whom)
		return s.signedAct(ctx, s.wallet.Lift(file.Subject, &until, only), sentence)
	})
	cmd.Flags().Int(flagDays, 3, helpFlags["lift-days"])
	cmd.Flags().String(flagUntil, "", helpFlags[flagUntil])
	cmd.Flags().String(flagTo, "", helpFlags["lift-to"])
	return signing(about(cmd))
}

func (c commands) alert() *cobra.Command {
	cmd := c.command(helpAlert, cobra.NoArgs, func(ctx context.Context, s *session, _ []string) error {
		file, err := s.file()
		if err != nil {
			return err
		}
		if s.flag(flagOff) {
			return s.signedAct(ctx, s.wallet.LiftAlert(file.Subject), fmt.Sprintf(text.SayAlertOff, file.Name))
		}
		says := text.SayAlert
		if s.text(flagFacts) != "" {
			says = text.SayAlertLong
		}
		return s.notedAct(ctx, fmt.Sprintf(says, file.Name), text.Everyone, func(evidence *wallet.Note) wallet.Act {
			return s.wallet.PlaceAlert(file.Subject, evidence)
		})
	})
	cmd.Flags().Bool(flagOff, false, helpFlags[flagOff])
	return signing(about(noted(cmd)))
}

func (c commands) erase() *cobra.Command {
	return signing(about(c.command(helpErase, cobra.ExactArgs(1), func(ctx context.Context, s *session, args []string) error {
		file, v, err := s.look(ctx)
		if err != nil {
			return err
		}
		record, err := v.PickRecord(ctx, file.Subject, args[0])
		if err != nil {
			return err
		}
		if record.State == "erased" {
			return errors.New(text.ErrErased)
		}
		sentence := fmt.Sprintf(text.SayErase, s.who(record.Furnisher), s.id(record.ID))
		return s.signedAct(ctx, s.wallet.Erase(file.Subject, record.ID), sentence)
	})))
}
