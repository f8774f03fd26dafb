// Package cli has the commands for delegated messages (docs/delegation.md).
package cli

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/client/tx"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"

	"github.com/creditd/creditd/delegation"
	"github.com/creditd/creditd/x/attestation/types"
)

// maxFileBytes is longer than any transaction of the chain.
const maxFileBytes = 8 << 20

// NewSignCmd signs a delegated message with the issuer's key. It needs no node.
func NewSignCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "delegate FILE",
		Short: "Sign attestations or a revocation for somebody else to submit",
		Long: `Reads a MsgAttestDelegated or MsgRevokeDelegated as JSON ("-" is standard input), signs it with the key of --from and
prints it with its signature, ready for "creditd attestation submit". A nonce is drawn when there is none. No node is asked.`,
		Example: `echo '{"@type":"/creditd.attestation.v1.MsgRevokeDelegated","id":"BASE64","reason":"REVOCATION_REASON_ERROR","deadline":"2027-01-08T12:00:00Z"}' |
  creditd attestation delegate - --from bank --chain-id creditd-1 > signed.json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			clientCtx, err := client.GetClientTxContext(cmd)
			if err != nil {
				return err
			}
			msg, err := read(cmd, clientCtx, args[0])
			if err != nil {
				return err
			}
			if clientCtx.FromName == "" {
				return errors.New("no key named: pass --from with the name of a key that 'creditd keys list' shows")
			}
			sign := func(payload []byte) ([]byte, error) {
				signature, _, err := clientCtx.Keyring.Sign(clientCtx.FromName, payload, signing.SignMode_SIGN_MODE_DIRECT)
				return signature, err
			}
			from := clientCtx.FromAddress
			if err := delegation.Sign(msg, clientCtx.ChainID, from, from.String(), sign); err != nil {
				return err
			}
			text, err := clientCtx.Codec.MarshalInterfaceJSON(msg)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), string(text))
			return err
		},
	}
	cmd.Flags().String(flags.FlagFrom, "", "Name or address of the issuer's key")
	cmd.Flags().String(flags.FlagChainID, "", "Chain that the signature is for")
	flags.AddKeyringFlags(cmd.Flags())
	return cmd
}

// NewSubmitCmd submits what an issuer signed, and pays for it.
func NewSubmitCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "submit FILE",
		Short:   "Submit what an issuer signed with \"creditd attestation delegate\"",
		Example: `creditd attestation submit signed.json --from courier`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			clientCtx, err := client.GetClientTxContext(cmd)
			if err != nil {
				return err
			}
			msg, err := read(cmd, clientCtx, args[0])
			if err != nil {
				return err
			}
			submitter := clientCtx.FromAddress.String()
			switch m := msg.(type) {
			case *types.MsgAttestDelegated:
				m.Submitter = submitter
			case *types.MsgRevokeDelegated:
				m.Submitter = submitter
			default:
				return fmt.Errorf("a %s is not delegated: submit what \"creditd attestation delegate\" printed", sdk.MsgTypeURL(msg))
			}
			return tx.GenerateOrBroadcastTxCLI(clientCtx, cmd.Flags(), msg)
		},
	}
	flags.AddTxFlagsToCmd(cmd)
	return cmd
}

// read a message from a file, or from standard input for "-".
func read(cmd *cobra.Command, clientCtx client.Context, path string) (sdk.Msg, error) {
	source := cmd.InOrStdin()
	if path != "-" {
		file, err := os.Open(path) //nolint:gosec // the operator names the file
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
		return nil, fmt.Errorf("%s is longer than any transaction: split the batch", path)
	}
	var msg sdk.Msg
	if err := clientCtx.Codec.UnmarshalInterfaceJSON(text, &msg); err != nil {
		return nil, fmt.Errorf("%s is no message in JSON with its \"@type\": %w", path, err)
	}
	return msg, nil
}
