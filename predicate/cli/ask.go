package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/predicate"
	credittypes "github.com/creditd/creditd/x/credit/types"
	"github.com/creditd/creditd/x/predicate/types"
)

const (
	flagSubject = "subject"
	flagConsent = "consent"
	flagPurpose = "purpose"

	nonceSize = 16
)

func newAskCmd(connect Connect) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ask QUESTION...",
		Short: "Ask whether something is true of a subject's records, and see none of them",
		Long: `Open an inquiry and ask under it, in one transaction. All questions of an inquiry are asked at once, and each takes from the
budget of its field, so that nobody searches for a value. ` + "`creditd privacy answers`" + ` says which are proven. Forms of a question,
numbers in the field's unit (amounts in hundredths), dates as 2027-01-31:

  SCHEMA FIELD >= N                          also <=, and "in N..M"
  SCHEMA FIELD in A,B,C                      a code that is one of these
  SCHEMA FIELD <= P/Q of FIELD               a ratio, as of debt to income
  SCHEMA FIELD 60+ in 24 <= 0                months of a payment history that late; 30+ to 180+. "reported 12" at its end: of so
                                             many months there must be a report
  SCHEMA sum FIELD <= N                      of all the subject's live tradelines together

With "hidden" at the end (not of a sum) the answer does not say which attestation it rests on, nor whose. Each such question of one
inquiry rests on another attestation: ask once for each tradeline that the chain lists.`,
		Example: `creditd privacy ask --subject 9ab288f015c30afd542e58c17554e37423300b69bd33bfd6e6bfb7c639866c23 \
  --consent 492f9e2f949ff485712d3948774e658fcb452d5e1f7ab123ca82900f2977e861 --from lender \
  'creditd.score score >= 650' 'creditd.tradeline.person payment_history 60+ in 24 <= 0' 'creditd.tradeline.person sum balance <= 50000000'`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return ask(cmd, connect, args) },
	}
	f := cmd.Flags()
	f.String(flagSubject, "", "Pseudonym of the subject, 64 hexadecimal digits")
	f.String(flagConsent, "", "Consent of the subject, 64 hexadecimal digits; none for a purpose that needs none")
	f.String(flagPurpose, "credit-application", "Permissible purpose (credit-application|account-review|collection|employment|legal-order|supervision)")
	f.String(flagInquiry, "", "An open inquiry of your own to ask under, instead of a new one about --subject")
	connect.Flags(cmd, true)
	return cmd
}

type askResult struct {
	Inquiry     string   `json:"inquiry"`
	Questions   []string `json:"questions"`
	Transaction string   `json:"transaction"`
	Height      int64    `json:"height"`
}

func ask(cmd *cobra.Command, connect Connect, questions []string) (err error) {
	chain, end, err := connect.Chain(cmd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	result := askResult{Questions: questions}
	asked, err := choose(cmd.Context(), chain, questions)
	if err != nil {
		return err
	}
	sender, address, err := connect.Sender(cmd, chain)
	if err != nil {
		return err
	}
	msgs, inquiry, err := inquire(cmd, address)
	if err != nil {
		return err
	}
	sent, err := sender.Send(cmd.Context(), append(msgs, &types.MsgAsk{DataUser: address.String(), InquiryId: inquiry[:], Predicates: asked})...)
	if err != nil {
		return err
	}
	result.Inquiry, result.Transaction, result.Height = digits(inquiry), sent.Hash, sent.Height
	return show(cmd, result, func(w io.Writer) {
		fmt.Fprintf(w, "inquiry %s asks %d questions, in block %d\n", result.Inquiry, len(questions), result.Height)
	})
}

// choose the circuit of each question.
func choose(ctx context.Context, chain predicate.Chain, questions []string) ([]types.Predicate, error) {
	registered, err := chain.Circuits(ctx)
	if err != nil {
		return nil, err
	}
	asked := make([]types.Predicate, len(questions))
	for i, question := range questions {
		words, err := predicate.ParseWords(ctx, chain, question)
		if err != nil {
			return nil, err
		}
		if asked[i], err = words.Choose(registered); err != nil {
			return nil, err
		}
	}
	return asked, nil
}

// inquire returns the message that opens an inquiry, and the inquiry's id; no message for one that is open.
func inquire(cmd *cobra.Command, dataUser sdk.AccAddress) (msgs []sdk.Msg, inquiry [32]byte, err error) {
	if given := flag(cmd, flagInquiry); given != "" {
		inquiry, err = parseID("--"+flagInquiry, given)
		return nil, inquiry, err
	}
	subject, err := parseID("--"+flagSubject, flag(cmd, flagSubject))
	if err != nil {
		return nil, inquiry, err
	}
	purpose, known := credittypes.Purpose_value["PURPOSE_"+strings.ToUpper(strings.ReplaceAll(flag(cmd, flagPurpose), "-", "_"))]
	if !known {
		return nil, inquiry, fmt.Errorf("--%s %.40q: see --help", flagPurpose, flag(cmd, flagPurpose))
	}
	open := &credittypes.MsgOpenInquiry{
		DataUser: dataUser.String(), Subject: subject[:], Purpose: credittypes.Purpose(purpose), Nonce: make([]byte, nonceSize),
	}
	_, _ = rand.Read(open.Nonce) // never fails, see the doc of crypto/rand.Read
	if text := flag(cmd, flagConsent); text != "" {
		consent, err := parseID("--"+flagConsent, text)
		if err != nil {
			return nil, inquiry, err
		}
		open.ConsentId = consent[:]
	}
	return []sdk.Msg{open}, credittypes.InquiryID(dataUser, open.Subject, open.Nonce), nil
}
