package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/credential"
	"github.com/creditd/creditd/wallet"
	"github.com/creditd/creditd/wallet/text"
	"github.com/creditd/creditd/x/attestation/commitment"
)

const (
	flagFields   = "fields"
	flagAudience = "audience"
	flagNonce    = "nonce"
)

func (c commands) credential() *cobra.Command {
	cmd := &cobra.Command{
		Use: helpCredential.use, Short: helpCredential.short, Long: helpCredential.long,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.credentialKey(), c.credentialAdd(), c.credentialList(), c.credentialShow(), c.credentialPresent(), c.credentialForget())
	return cmd
}

func (c commands) credentialKey() *cobra.Command {
	cmd := c.command(helpCredentialKey, cobra.NoArgs, func(_ context.Context, s *session, _ []string) error {
		secret, err := s.unlock()
		if err != nil {
			return err
		}
		key, err := s.wallet.NextHolderKey(secret)
		if err != nil {
			return err
		}
		raw, err := json.Marshal(key.JWK())
		if err != nil {
			return err
		}
		if path := s.text(flagOut); path != "" {
			return wallet.SaveNew(path, append(raw, '\n'))
		}
		_, err = fmt.Fprintf(s.cmd.OutOrStdout(), text.HolderKey, raw)
		return err
	})
	cmd.Flags().String(flagOut, "", helpFlags["key-out"])
	return cmd
}

// credentialView is a credential as people read it.
type credentialView struct {
	ID          string          `json:"id"`
	What        string          `json:"schema_name"`
	Issuer      wallet.Party    `json:"issuer"`
	Attestation commitment.Hash `json:"attestation"`
	Received    time.Time       `json:"received"`
	Fields      []string        `json:"fields"` // that can be shown
	State       string          `json:"state"`  // in words
	Good        bool            `json:"good"`   // now, by the chain
	Checked     bool            `json:"checked"`
	Values      []wallet.Value  `json:"values,omitempty"`
	Yours       bool            `json:"about_your_file"`
}

func (c commands) credentialAdd() *cobra.Command {
	return c.command(helpCredentialAdd, cobra.ExactArgs(1), func(ctx context.Context, s *session, args []string) error {
		token, err := wallet.ReadToken(args[0])
		if err != nil {
			return err
		}
		secret, err := s.unlock()
		if err != nil {
			return err
		}
		chain, err := s.dial(ctx)
		if err != nil {
			return err
		}
		received, err := s.wallet.Receive(ctx, secret, chain.Credentials(), token, now())
		if err != nil {
			return err
		}
		view, err := s.credentialView(ctx, received)
		if err != nil {
			return err
		}
		return s.print(view, func(p printer) {
			p(text.Received, wordOf(text.Schemas, view.What), s.who(view.Issuer), view.ID[:shortID])
			p(text.CredFields, strings.Join(view.Fields, ", "))
			if !view.Yours {
				p(text.CredNotYours)
			}
		})
	})
}

// credentialView checks a credential against the chain as it is now. A node that is away leaves it unchecked.
func (s *session) credentialView(ctx context.Context, c *wallet.Credential) (credentialView, error) {
	names, err := c.Names()
	if err != nil {
		return credentialView{}, err
	}
	view := credentialView{
		ID: c.ID, What: c.Schema, Issuer: wallet.Party{Address: c.Issuer}, Attestation: c.Attestation,
		Received: c.Received, Fields: names,
	}
	for _, file := range s.wallet.Files {
		view.Yours = view.Yours || file.Subject == c.Subject
	}
	chain, err := s.dial(ctx)
	if err != nil {
		view.State = fmt.Sprintf(text.CredUnchecked, err)
		return view, ctx.Err()
	}
	if institution, err := chain.GetInstitution(ctx, c.Issuer); err == nil {
		view.Issuer.Name = institution.Institution.Name
	}
	report, err := c.Now(ctx, chain.Credentials(), now())
	switch {
	case errors.Is(err, credential.ErrTime):
		view.State, view.Checked = text.CredOver, true
	case err != nil:
		view.State = fmt.Sprintf(text.CredUnchecked, err)
	default:
		view.State, view.Checked, view.Good = text.CredentialState(report), true, report.Good()
	}
	return view, ctx.Err()
}

func (c commands) credentialList() *cobra.Command {
	return c.command(helpCredentialList, cobra.NoArgs, func(ctx context.Context, s *session, _ []string) error {
		secret, err := s.unlock()
		if err != nil {
			return err
		}
		all, err := s.wallet.Credentials(secret)
		if err != nil {
			return err
		}
		views := make([]credentialView, 0, len(all))
		for i := range all {
			view, err := s.credentialView(ctx, &all[i])
			if err != nil {
				return err
			}
			views = append(views, view)
		}
		return s.print(views, func(p printer) {
			if len(views) == 0 {
				p(text.NoCredentials)
			}
			for i := range views {
				s.printCredential(p, &views[i])
			}
		})
	})
}

func (s *session) printCredential(p printer, v *credentialView) {
	id := v.ID[:shortID]
	if s.flag(flagVerbose) {
		id = v.ID
	}
	p(text.CredLine, id, wordOf(text.Schemas, v.What), s.who(v.Issuer), day(v.Received), v.State)
	p(text.CredFields, strings.Join(v.Fields, ", "))
	if !v.Yours {
		p(text.CredNotYours)
	}
}

// pickCredential opens the wallet and finds one.
func (s *session) pickCredential(which string) (*wallet.Secret, *wallet.Credential, error) {
	secret, err := s.unlock()
	if err != nil {
		return nil, nil, err
	}
	found, err := s.wallet.PickCredential(secret, which)
	return secret, found, err
}

func (c commands) credentialShow() *cobra.Command {
	return c.command(helpCredentialShow, cobra.ExactArgs(1), func(ctx context.Context, s *session, args []string) error {
		_, found, err := s.pickCredential(args[0])
		if err != nil {
			return err
		}
		view, err := s.credentialView(ctx, found)
		if err != nil {
			return err
		}
		view.Values = found.Values
		return s.print(view, func(p printer) {
			s.printCredential(p, &view)
			for _, field := range view.Values {
				p(text.CredValue, strings.ReplaceAll(field.Name, "_", " "), field.Value)
			}
		})
	})
}

func (c commands) credentialPresent() *cobra.Command {
	cmd := c.command(helpCredentialPresent, cobra.ExactArgs(1), func(_ context.Context, s *session, args []string) error {
		fields, _ := s.cmd.Flags().GetStringSlice(flagFields) // defined below
		secret, found, err := s.pickCredential(args[0])
		if err != nil {
			return err
		}
		presentation, err := found.Present(secret, fields, s.text(flagAudience), s.text(flagNonce), now())
		if err != nil {
			return err
		}
		path := s.text(flagOut)
		if path == "" {
			_, err = fmt.Fprintln(s.cmd.OutOrStdout(), presentation)
			return err
		}
		if err := wallet.SaveNew(path, []byte(presentation+"\n")); err != nil {
			return err
		}
		result := struct {
			File     string   `json:"file"`
			Shown    []string `json:"shown"`
			Audience string   `json:"audience"`
		}{path, fields, s.text(flagAudience)}
		return s.print(result, func(p printer) { p(text.Presented, path, strings.Join(fields, ", "), result.Audience) })
	})
	cmd.Flags().StringSlice(flagFields, nil, helpFlags[flagFields])
	cmd.Flags().String(flagAudience, "", helpFlags[flagAudience])
	cmd.Flags().String(flagNonce, "", helpFlags[flagNonce])
	cmd.Flags().String(flagOut, "", helpFlags["present-out"])
	return cmd
}

func (c commands) credentialForget() *cobra.Command {
	return c.command(helpCredentialForget, cobra.ExactArgs(1), func(_ context.Context, s *session, args []string) error {
		_, found, err := s.pickCredential(args[0])
		if err != nil {
			return err
		}
		if err := s.wallet.Forget(found); err != nil {
			return err
		}
		return s.print(struct {
			ID string `json:"id"`
		}{found.ID}, func(p printer) { p(text.Forgotten) })
	})
}
