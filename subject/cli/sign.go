// Package cli has the commands of subjects, and those of x/credit that read their message from a file.
package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/client/tx"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"

	"github.com/creditd/creditd/subject"
	"github.com/creditd/creditd/x/credit/types"
)

const (
	// maxFileBytes is longer than any message of the chain.
	maxFileBytes = 1 << 20
	flagDeadline = "deadline"
	// defaultDeadline is within what a new chain allows (max_order_lifetime).
	defaultDeadline = "24h"
)

// NewSignCmd signs an order with the subject's key. It needs no node.
func NewSignCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sign MESSAGE.json",
		Short: "Sign an order for somebody else to submit and pay: a consent, its withdrawal, a dispute, a freeze",
		Long: `Reads a message of x/credit as JSON ("-" is standard input), signs it with the key of --from as an order and prints the
order, ready for "creditd tx credit submit-signed". The controller and the nonce of the message are filled in where it
leaves them out. No node is asked. docs/orders.md lists the messages.

--deadline is a time (2027-01-31T00:00:00Z) or from now on (24h); after it the order is refused.`,
		Example: `echo '{"@type":"/creditd.credit.v1.MsgOpenDispute","subject":"BASE64","tradeline_id":"BASE64","reason":"DISPUTE_REASON_AMOUNT"}' |
  creditd subject sign - --from alice --chain-id creditd-1 --deadline 24h > order.json
creditd tx credit submit-signed order.json --from bank`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			clientCtx, err := client.GetClientTxContext(cmd)
			if err != nil {
				return err
			}
			order, err := sign(cmd, clientCtx, args[0])
			if err != nil {
				return err
			}
			text, err := clientCtx.Codec.MarshalInterfaceJSON(order)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), string(text))
			return err
		},
	}
	cmd.Flags().String(flags.FlagFrom, "", "Name or address of the subject's key")
	cmd.Flags().String(flags.FlagChainID, "", "Chain that the signature is for")
	cmd.Flags().String(flagDeadline, defaultDeadline, "Until when it may be submitted: a time, or a duration from now")
	flags.AddKeyringFlags(cmd.Flags())
	return cmd
}

func sign(cmd *cobra.Command, clientCtx client.Context, path string) (*types.MsgSubmitSigned, error) {
	if clientCtx.FromName == "" {
		return nil, errors.New("no key named: pass --from with the name of a key that 'creditd keys list' shows")
	}
	text, err := readFile(cmd, path)
	if err != nil {
		return nil, err
	}
	signer := clientCtx.FromAddress.String()
	if text, err = subject.Complete(text, signer); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var message sdk.Msg
	if err := clientCtx.Codec.UnmarshalInterfaceJSON(text, &message); err != nil {
		return nil, fmt.Errorf("%s is no message in JSON with its \"@type\": %w", path, err)
	}
	at, _ := cmd.Flags().GetString(flagDeadline) // defined above
	deadline, err := parseDeadline(at, time.Now())
	if err != nil {
		return nil, err
	}
	record, err := clientCtx.Keyring.Key(clientCtx.FromName)
	if err != nil {
		return nil, err
	}
	key, err := record.GetPubKey()
	if err != nil {
		return nil, err
	}
	return subject.Sign(message, clientCtx.ChainID, signer, deadline, key.Bytes(), func(payload []byte) ([]byte, error) {
		signature, _, err := clientCtx.Keyring.Sign(clientCtx.FromName, payload, signing.SignMode_SIGN_MODE_DIRECT)
		return signature, err
	})
}

func parseDeadline(text string, now time.Time) (time.Time, error) {
	if ahead, err := time.ParseDuration(text); err == nil {
		return now.Add(ahead).UTC().Truncate(time.Second), nil
	}
	deadline, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("--deadline %q: write a time as 2027-01-31T00:00:00Z, or a duration as 24h", text)
	}
	return deadline, nil
}

// NewSubmitSignedCmd is `creditd tx credit submit-signed`: it submits what a subject signed, and pays for it.
func NewSubmitSignedCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "submit-signed FILE",
		Short:   `Submit what a subject signed with "creditd subject sign", and pay for it`,
		Example: "creditd tx credit submit-signed order.json --from bank",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			clientCtx, err := client.GetClientTxContext(cmd)
			if err != nil {
				return err
			}
			text, err := readFile(cmd, args[0])
			if err != nil {
				return err
			}
			var message sdk.Msg
			if err := clientCtx.Codec.UnmarshalInterfaceJSON(text, &message); err != nil {
				return fmt.Errorf("%s is no message in JSON with its \"@type\": %w", args[0], err)
			}
			order, ok := message.(*types.MsgSubmitSigned)
			if !ok {
				return fmt.Errorf("a %s is no signed order: submit what \"creditd subject sign\" printed", sdk.MsgTypeURL(message))
			}
			if err := order.CheckSizes(); err != nil {
				return err
			}
			order.Submitter = clientCtx.FromAddress.String()
			return tx.GenerateOrBroadcastTxCLI(clientCtx, cmd.Flags(), order)
		},
	}
	flags.AddTxFlagsToCmd(cmd)
	return cmd
}

// NewProposeContractCmd is `creditd tx credit propose-contract`.
func NewProposeContractCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "propose-contract FILE",
		Short: "Propose a data contract to the members",
		Long: `Reads name, version and code of a data contract as JSON ("-" is standard input) and proposes it. Its condition is compiled
and checked at once; it runs when the members have approved it ("creditd tx credit approve-contract"). docs/contracts.md
describes the language.

  {"name": "stale-records", "version": 1, "code": {"trigger": "CONTRACT_TRIGGER_UPDATE", "condition": "true",
   "check_after_days": 90, "check": "...", "action": "CONTRACT_ACTION_ANNOTATE", "annotation": "ANNOTATION_STALE",
   "cost_limit": "1000"}}`,
		Example: "creditd tx credit propose-contract contract.json --from bank",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			clientCtx, err := client.GetClientTxContext(cmd)
			if err != nil {
				return err
			}
			text, err := readFile(cmd, args[0])
			if err != nil {
				return err
			}
			var proposal types.MsgProposeContract
			if err := clientCtx.Codec.UnmarshalJSON(text, &proposal); err != nil {
				return fmt.Errorf("%s is no data contract with name, version and code: %w", args[0], err)
			}
			if proposal.Name == "" || proposal.Version == 0 || proposal.Code.Condition == "" {
				return fmt.Errorf("%s lacks a name, a version from 1 or a condition: see --help for what it looks like", args[0])
			}
			proposal.Institution = clientCtx.FromAddress.String()
			return tx.GenerateOrBroadcastTxCLI(clientCtx, cmd.Flags(), &proposal)
		},
	}
	flags.AddTxFlagsToCmd(cmd)
	return cmd
}

// readFile reads a file, or standard input for "-".
func readFile(cmd *cobra.Command, path string) ([]byte, error) {
	source := cmd.InOrStdin()
	if path != "-" {
		file, err := os.Open(path) //nolint:gosec // the user names the file
		if err != nil {
			return nil, err
		}
		defer file.Close()
		source = file
	}
	text, err := io.ReadAll(io.LimitReader(source, maxFileBytes+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxFileBytes {
		return nil, fmt.Errorf("%s is longer than any message of the chain", path)
	}
	return text, nil
}
