package cli

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/spf13/cobra"

	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/wallet"
	"github.com/creditd/creditd/wallet/text"
	"github.com/creditd/creditd/x/attestation/commitment"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

const (
	flagVia     = "via"
	flagSubmit  = "submit"
	flagGranter = "fee-granter"
	flagGoodFor = "good-for"
	flagYes     = "yes"

	stdout = "-"
	// defaultGoodFor is within what a new chain allows (max_order_lifetime).
	defaultGoodFor = 24 * time.Hour
)

// signing adds the flags of a command that signs.
func signing(cmd *cobra.Command) *cobra.Command {
	f := cmd.Flags()
	f.String(flagVia, stdout, helpFlags[flagVia])
	f.Bool(flagSubmit, false, helpFlags[flagSubmit])
	f.String(flagGranter, "", helpFlags[flagGranter])
	f.Duration(flagGoodFor, defaultGoodFor, helpFlags[flagGoodFor])
	f.Bool(flagYes, false, helpFlags[flagYes])
	return cmd
}

// about adds the flag that says about which credit file.
func about(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().String(flagFile, "", helpFlags[flagFile])
	return cmd
}

// signed is the result of an act.
type signed struct {
	Says     string           `json:"says"`
	ID       *commitment.Hash `json:"id,omitempty"` // of what it makes: a consent, a dispute, an inquiry
	Order    string           `json:"order_file,omitempty"`
	Deadline *time.Time       `json:"deadline,omitempty"`
	TxHash   string           `json:"txhash,omitempty"`
	Height   int64            `json:"height,omitempty,string"`
	Note     string           `json:"note_file,omitempty"`
}

// act shows what is agreed to in one sentence, signs it and hands it on. What is signed is made once it is agreed to.
func (s *session) act(ctx context.Context, sentence string, make func() (wallet.Act, error)) (signed, error) {
	result := signed{Says: sentence}
	if err := s.checkRoute(); err != nil {
		return result, err
	}
	if err := s.agree(sentence); err != nil {
		return result, err
	}
	secret, err := s.unlock()
	if err != nil {
		return result, err
	}
	act, err := make()
	if err != nil {
		return result, err
	}
	if act.Made != (commitment.Hash{}) {
		result.ID = &act.Made
	}
	if s.flag(flagSubmit) {
		return s.submit(ctx, secret, act, result)
	}
	return s.order(secret, act, result)
}

func (s *session) checkRoute() error {
	granter := s.text(flagGranter)
	switch {
	case s.flag(flagSubmit) && s.cmd.Flags().Changed(flagVia):
		return errors.New(text.ErrViaSubmit)
	case granter != "" && !s.flag(flagSubmit):
		return errors.New(text.ErrGranter)
	case granter != "":
		if _, err := sdk.AccAddressFromBech32(granter); err != nil {
			return fmt.Errorf(text.ErrAddress, granter)
		}
	}
	if goodFor, _ := s.cmd.Flags().GetDuration(flagGoodFor); goodFor <= 0 {
		return errors.New(text.ErrDeadline)
	}
	return nil
}

func (s *session) agree(sentence string) error {
	s.say(text.Agree, sentence)
	if s.flag(flagYes) {
		return nil
	}
	s.say(text.AgreeAsk)
	answer, err := readLine(s.cmd.InOrStdin())
	if err != nil {
		s.say("\n")
		return errors.New(text.ErrYes)
	}
	if answer = strings.ToLower(answer); answer != "y" && answer != "yes" {
		return errors.New(text.ErrNotAgreed)
	}
	return nil
}

// submit sends a transaction of the account's own.
func (s *session) submit(ctx context.Context, secret *wallet.Secret, act wallet.Act, result signed) (signed, error) {
	chain, err := s.dial(ctx)
	if err != nil {
		return result, err
	}
	var granter sdk.AccAddress
	if text := s.text(flagGranter); text != "" {
		if granter, err = sdk.AccAddressFromBech32(text); err != nil {
			return result, err
		}
	}
	sent, err := chain.Send(ctx, secret.Signer(), granter, act.Msg)
	if err != nil {
		return result, err
	}
	result.TxHash, result.Height = sent.Hash, sent.Height
	return result, nil
}

// order writes a signed order for an institution to submit.
func (s *session) order(secret *wallet.Secret, act wallet.Act, result signed) (signed, error) {
	goodFor, _ := s.cmd.Flags().GetDuration(flagGoodFor) // checked before
	deadline := now().Add(goodFor).UTC().Truncate(time.Second)
	order, err := secret.Order(s.wallet.ChainID, act, deadline)
	if err != nil {
		return result, err
	}
	encoded, err := orderJSON(order)
	if err != nil {
		return result, err
	}
	result.Deadline, result.Order = &deadline, s.text(flagVia)
	if result.Order != stdout {
		return result, wallet.SaveNew(result.Order, append(encoded, '\n'))
	}
	_, err = fmt.Fprintln(s.cmd.OutOrStdout(), string(encoded))
	return result, err
}

// orderJSON is what 'creditd tx credit submit-signed' reads.
func orderJSON(order *credittypes.MsgSubmitSigned) ([]byte, error) {
	registry := codectypes.NewInterfaceRegistry()
	credittypes.RegisterInterfaces(registry)
	return codec.NewProtoCodec(registry).MarshalInterfaceJSON(order)
}

// signedAct acts and says what came of it. With the order on standard output, what is said goes to standard error.
func (s *session) signedAct(ctx context.Context, act wallet.Act, sentence string) error {
	result, err := s.act(ctx, sentence, func() (wallet.Act, error) { return act, nil })
	if err != nil {
		return err
	}
	return s.finish(result)
}

func (s *session) finish(result signed) error {
	onStdout := result.Order == stdout
	if onStdout {
		s.say(text.SignedOut, moment(*result.Deadline))
		if result.ID != nil {
			s.say(text.MadeID, hex.EncodeToString(result.ID[:shortID/2]))
		}
		return nil
	}
	return s.print(result, func(p printer) {
		if result.TxHash != "" {
			p(text.Sent, result.Height)
		} else {
			p(text.Signed, result.Order, moment(*result.Deadline), result.Order)
		}
		if result.ID != nil {
			p(text.MadeID, s.id(*result.ID))
		}
	})
}

// note makes a note of a file, keeps it, and writes what is to be handed over. Without a file there is none.
func (s *session) note(path, handOver, to string) (*wallet.Note, error) {
	if path == "" {
		return nil, nil //nolint:nilnil // none
	}
	note, err := wallet.NewNote(path, now())
	if err != nil {
		return nil, err
	}
	raw, err := note.Encode()
	if err != nil {
		return nil, err
	}
	if handOver == "" {
		handOver = path + ".note.json"
	}
	if err := wallet.SaveNew(handOver, raw); err != nil {
		return nil, err
	}
	if err := s.wallet.KeepNote(note); err != nil {
		return nil, errors.Join(err, os.Remove(handOver))
	}
	s.say(text.NoteSaved, handOver, to)
	return note, nil
}
