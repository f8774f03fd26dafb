package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/wallet"
	"github.com/creditd/creditd/wallet/text"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

const (
	flagTo           = "to"
	flagFor          = "for"
	flagData         = "data"
	flagMode         = "mode"
	flagTimes        = "times"
	flagDays         = "days"
	flagUntil        = "until"
	flagEvery        = "every"
	flagKeep         = "keep"
	flagRecordsFrom  = "records-from"
	flagRecordsUntil = "records-until"
	flagRenews       = "renews"

	// loans are the tradelines of the kind of subject that the file is of.
	loans       = "loans"
	defaultDays = 30
	oneDay      = 24 * time.Hour
)

func (c commands) consents() *cobra.Command {
	return about(c.command(helpConsents, cobra.NoArgs, func(ctx context.Context, s *session, _ []string) error {
		file, v, err := s.look(ctx)
		if err != nil {
			return err
		}
		list, err := v.Consents(ctx, file.Subject)
		if err != nil {
			return err
		}
		return s.print(list, func(p printer) {
			if len(list) == 0 {
				p(text.NoConsents)
			}
			for i := range list {
				p(text.ConsentLine, s.id(list[i].ID), s.consentText(&list[i]))
			}
		})
	}))
}

func (s *session) consentText(c *wallet.Consent) string {
	if !c.Live(now()) {
		status, since := c.Status, c.Since
		if status == "live" { // over, and the chain has not marked it yet
			status, since = "expired", c.Until
		}
		return fmt.Sprintf(text.ConsentOver, s.who(c.To), wordOf(text.Purposes, c.Purpose), wordOf(text.ConsentStates, status), moment(since))
	}
	uses := fmt.Sprintf(text.UsesLeft, c.UsesLeft)
	if c.Every > 0 {
		uses = fmt.Sprintf(text.UsesEvery, c.UsesLeft, span(c.Every))
	}
	return fmt.Sprintf(text.ConsentText, s.who(c.To), modeText(c.Mode, c.Keep), wordOf(text.Purposes, c.Purpose), kindsOf(c.Data), uses, moment(c.Until)) +
		recordsText(c.RecordsFrom, c.RecordsUntil)
}

func modeText(mode string, keep time.Duration) string {
	words := wordOf(text.Modes, mode)
	if keep > 0 {
		return fmt.Sprintf(words, span(keep))
	}
	return words
}

func recordsText(from, until *time.Time) (sentence string) {
	if from != nil {
		sentence += fmt.Sprintf(text.SayFrom, day(*from))
	}
	if until != nil {
		sentence += fmt.Sprintf(text.SayUntil, day(*until))
	}
	return sentence
}

func (c commands) consent() *cobra.Command {
	cmd := &cobra.Command{
		Use: helpConsent.use, Short: helpConsent.short, Long: helpConsent.long,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.give(), c.withdraw())
	return cmd
}

func (c commands) give() *cobra.Command {
	cmd := c.command(helpGive, cobra.NoArgs, func(ctx context.Context, s *session, _ []string) error {
		file, v, err := s.look(ctx)
		if err != nil {
			return err
		}
		terms, err := s.terms(ctx, v, file)
		if err != nil {
			return err
		}
		act, err := s.wallet.Consent(file.Subject, terms, now())
		if err != nil {
			return err
		}
		return s.signedAct(ctx, act, s.consentSentence(file, &terms))
	})
	f := cmd.Flags()
	f.String(flagTo, "", helpFlags[flagTo])
	f.String(flagFor, "credit-application", helpFlags[flagFor])
	f.StringSlice(flagData, []string{loans}, helpFlags[flagData])
	f.String(flagMode, "view", helpFlags[flagMode])
	f.Uint32(flagTimes, 1, helpFlags[flagTimes])
	f.Int(flagDays, defaultDays, helpFlags[flagDays])
	f.String(flagUntil, "", helpFlags[flagUntil])
	f.Duration(flagEvery, 0, helpFlags[flagEvery])
	f.Duration(flagKeep, 0, helpFlags[flagKeep])
	f.String(flagRecordsFrom, "", helpFlags[flagRecordsFrom])
	f.String(flagRecordsUntil, "", helpFlags[flagRecordsUntil])
	f.String(flagRenews, "", helpFlags[flagRenews])
	return signing(about(cmd))
}

// terms reads the flags.
func (s *session) terms(ctx context.Context, v *wallet.Viewer, file wallet.CreditFile) (t wallet.Terms, err error) {
	f := s.cmd.Flags()
	to := s.text(flagTo)
	if to == "" {
		return t, fmt.Errorf(text.ErrMissingFlag, flagTo, helpFlags[flagTo])
	}
	if t.Purpose = credittypes.Purpose(credittypes.Purpose_value[wallet.Enum("PURPOSE_", s.text(flagFor))]); !t.Purpose.OfDataUser() {
		return t, fmt.Errorf("%s", text.ErrPurpose)
	}
	if t.Mode = credittypes.ConsentMode(credittypes.ConsentMode_value[wallet.Enum("CONSENT_MODE_", s.text(flagMode))]); !t.Mode.Known() {
		return t, fmt.Errorf("%s", text.ErrMode)
	}
	t.Uses, _ = f.GetUint32(flagTimes) // defined above, as the following
	t.Every, _ = f.GetDuration(flagEvery)
	t.Keep, _ = f.GetDuration(flagKeep)
	days, _ := f.GetInt(flagDays)
	t.Until = now().Add(time.Duration(days) * oneDay).Truncate(time.Second)
	until, err := parseDay(flagUntil, s.text(flagUntil))
	if err != nil {
		return t, err
	}
	if until != nil {
		t.Until = *until
	}
	if t.RecordsFrom, err = parseDay(flagRecordsFrom, s.text(flagRecordsFrom)); err != nil {
		return t, err
	}
	if t.RecordsUntil, err = parseDay(flagRecordsUntil, s.text(flagRecordsUntil)); err != nil {
		return t, err
	}
	if which := s.text(flagRenews); which != "" {
		renewed, err := v.PickConsent(ctx, file.Subject, which)
		if err != nil {
			return t, err
		}
		t.Renews = &renewed.ID
	}
	if t.To, err = wallet.FindInstitution(ctx, s.chain, to); err != nil {
		return t, err
	}
	t.Data, err = s.data(ctx, file)
	return t, err
}

// data names schemas; 'loans' are those of the file's kind.
func (s *session) data(ctx context.Context, file wallet.CreditFile) ([]string, error) {
	given, _ := s.cmd.Flags().GetStringSlice(flagData) // defined above
	var names []string
	for _, name := range given {
		if name == loans {
			subject, err := s.chain.Subject(ctx, file.Subject)
			if err != nil {
				return nil, err
			}
			name = schemas.TradelinePerson
			if subject.Kind == credittypes.SUBJECT_KIND_LEGAL_ENTITY {
				name = schemas.TradelineFirm
			}
		}
		names = append(names, name)
	}
	return names, nil
}

func (s *session) consentSentence(file wallet.CreditFile, t *wallet.Terms) string {
	uses := text.SayOnce
	switch {
	case t.Every > 0:
		uses = fmt.Sprintf(text.SayEvery, t.Uses, span(t.Every))
	case t.Uses > 1:
		uses = fmt.Sprintf(text.SayTimes, t.Uses)
	}
	more := recordsText(t.RecordsFrom, t.RecordsUntil)
	if t.Renews != nil {
		more += fmt.Sprintf(text.SayRenews, s.id(*t.Renews))
	}
	return fmt.Sprintf(text.SayConsent, s.who(wallet.Party{Address: t.To.Operator, Name: t.To.Name}), kindsOf(t.Data), file.Name,
		wordOf(text.Purposes, wallet.Word(t.Purpose.String(), "PURPOSE_")),
		modeText(wallet.Word(t.Mode.String(), "CONSENT_MODE_"), t.Keep), uses, moment(t.Until), more)
}

func (c commands) withdraw() *cobra.Command {
	return signing(about(c.command(helpWithdraw, cobra.ExactArgs(1), func(ctx context.Context, s *session, args []string) error {
		file, v, err := s.look(ctx)
		if err != nil {
			return err
		}
		found, err := v.PickConsent(ctx, file.Subject, args[0])
		if err != nil {
			return err
		}
		if !found.Live(now()) {
			return fmt.Errorf(text.ErrNotLive, s.consentText(found))
		}
		sentence := fmt.Sprintf(text.SayWithdraw, s.id(found.ID), s.who(found.To), wordOf(text.Purposes, found.Purpose))
		return s.signedAct(ctx, s.wallet.Withdraw(file.Subject, found.ID), sentence)
	})))
}

func isZero(h commitment.Hash) bool { return h == commitment.Hash{} }
