package cli

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/predicate"
	"github.com/creditd/creditd/x/predicate/types"
)

func newAnswersCmd(connect Connect) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "answers INQUIRY",
		Short: "Say what was asked under an inquiry, and what of it is proven",
		Long: `Say what was asked, and what the chain found proven. "true" was checked by every validator. "not proven" says nothing: the
subject may not have answered, or it is not so; nobody can put "false" on the chain.`,
		Example: "creditd privacy answers 8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			inquiry, err := parseID("INQUIRY", args[0])
			if err != nil {
				return err
			}
			chain, end, err := connect.Chain(cmd)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, end()) }()
			result, err := readAnswers(cmd.Context(), chain, inquiry)
			if err != nil {
				return err
			}
			return show(cmd, result, result.print)
		},
	}
	connect.Flags(cmd, false)
	return cmd
}

type answersResult struct {
	Inquiry   string       `json:"inquiry"`
	DataUser  string       `json:"data_user"`
	Subject   string       `json:"subject"`
	Questions []answerLine `json:"questions"`
}

type answerLine struct {
	Question     string   `json:"question"`
	Proven       bool     `json:"proven"`
	Height       int64    `json:"height,omitempty"`
	Prover       string   `json:"prover,omitempty"`
	Attestations []string `json:"attestations,omitempty"` // none of a hidden one and of a sum
	Issuers      []string `json:"issuers,omitempty"`      // of these
	Nullifier    string   `json:"nullifier,omitempty"`    // of a hidden one
	Records      uint32   `json:"records,omitempty"`      // that a sum added up
	Disputed     bool     `json:"disputed,omitempty"`
}

func readAnswers(ctx context.Context, chain predicate.Chain, inquiry [32]byte) (answersResult, error) {
	result := answersResult{Inquiry: digits(inquiry)}
	asked, err := chain.Ask(ctx, inquiry)
	if err != nil {
		return result, err
	}
	look, err := chain.GetInquiry(ctx, inquiry)
	if err != nil {
		return result, err
	}
	result.DataUser, result.Subject = look.DataUser, hex.EncodeToString(look.Subject)
	for _, p := range asked.Predicates {
		line := answerLine{}
		if line.Question, err = predicate.Describe(ctx, chain, p); err != nil {
			return result, err
		}
		result.Questions = append(result.Questions, line)
	}
	answers, err := chain.Answers(ctx, inquiry)
	if err != nil {
		return result, err
	}
	for _, answer := range answers {
		if int64(answer.Predicate) >= int64(len(result.Questions)) {
			return result, errors.New("the node answers what was not asked: use another node")
		}
		if err := result.Questions[answer.Predicate].fill(ctx, chain, answer); err != nil {
			return result, err
		}
	}
	return result, nil
}

func (l *answerLine) fill(ctx context.Context, chain predicate.Chain, answer types.Answer) error {
	l.Proven, l.Height, l.Prover = true, answer.Height, answer.Prover
	l.Nullifier, l.Records, l.Disputed = hex.EncodeToString(answer.Nullifier), answer.Records, answer.Disputed
	for _, id := range answer.AttestationIds {
		if len(id) != 32 {
			return errors.New("the node's answer names no attestation: use another node")
		}
		attestation, err := chain.GetAttestation(ctx, [32]byte(id))
		if err != nil {
			return err
		}
		l.Attestations, l.Issuers = append(l.Attestations, hex.EncodeToString(id)), append(l.Issuers, attestation.Issuer)
	}
	return nil
}

func (r answersResult) print(out io.Writer) {
	fmt.Fprintf(out, "inquiry %s about %s\n", r.Inquiry, r.Subject)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for i, line := range r.Questions {
		fmt.Fprintf(w, "%d\t%s\t%s\n", i, line.Question, line.says())
	}
	_ = w.Flush()
}

func (l answerLine) says() string {
	if !l.Proven {
		return "not proven"
	}
	text := fmt.Sprintf("true, in block %d", l.Height)
	for _, issuer := range l.Issuers {
		text += ", on the word of " + issuer
	}
	switch {
	case l.Nullifier != "":
		text += ", of a hidden attestation " + l.Nullifier[:8]
	case len(l.Issuers) == 0:
		text += fmt.Sprintf(", over tradelines: %d", l.Records)
	}
	if l.Disputed {
		text += ", which the subject disputes"
	}
	return text
}
