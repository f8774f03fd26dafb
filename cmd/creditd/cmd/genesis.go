package cmd

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/server"
	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"

	"github.com/creditd/creditd/app"
	"github.com/creditd/creditd/devnet/genesis"
)

// Flags of the genesis commands.
const (
	flagGenesisTime  = "genesis-time"
	flagVotingPeriod = "voting-period"
	flagOutputFile   = "output-document"
)

// NewGenesisCmd builds the commands with which institutions found a chain.
func NewGenesisCmd(txConfig client.TxConfig) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "genesis",
		Short: "Found a chain: from the founders' licences to the genesis file",
		Long: `Found a chain of several institutions, none of which has to trust another with its keys:

  1. each institution, on its own machine:   creditd init, creditd vault init, creditd genesis institution-file
  2. the files are exchanged; they hold no secret
  3. each institution, on its own machine:   creditd genesis collect DIR --chain-id ID --genesis-time TIME
  4. all compare the hash that it prints: the same files, id and time give the same genesis everywhere
  5. each institution:                       creditd start`,
		RunE: client.ValidateCmd,
	}
	cmd.AddCommand(newGenesisNewCmd(), newAddInstitutionCmd(), newInstitutionFileCmd(), newCollectCmd(), newValidateCmd(txConfig))
	return cmd
}

// encodingOf the command's client.
func encodingOf(ctx client.Context) app.EncodingConfig {
	return app.EncodingConfig{
		InterfaceRegistry: ctx.InterfaceRegistry, Codec: ctx.Codec, TxConfig: ctx.TxConfig, Amino: ctx.LegacyAmino,
	}
}

func newGenesisNewCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "new",
		Short:   "Write a genesis without institutions, with the parameters of a creditd chain",
		Example: "creditd genesis new --chain-id credit-1 --genesis-time 2030-01-01T12:00:00Z",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			enc := encodingOf(client.GetClientContextFromCmd(cmd))
			options, err := genesisOptions(cmd)
			if err != nil {
				return err
			}
			b, err := genesis.New(enc, options)
			if err != nil {
				return err
			}
			doc, err := b.Draft()
			if err != nil {
				return err
			}
			return saveGenesis(cmd, doc)
		},
	}
	addGenesisOptions(cmd)
	return cmd
}

func newCollectCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "collect DIR",
		Short: "Make the genesis from the institutions' files in DIR",
		Long: `Check every file's signature and make the genesis of them. The same files, chain id and time give the same
genesis on every machine: every founder runs this and compares the hash.`,
		Example: "creditd genesis collect ./founders --chain-id credit-1 --genesis-time 2030-01-01T12:00:00Z",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			enc := encodingOf(client.GetClientContextFromCmd(cmd))
			options, err := genesisOptions(cmd)
			if err != nil {
				return err
			}
			entries, err := genesis.ReadEntries(args[0])
			if err != nil {
				return err
			}
			b, err := genesis.New(enc, options)
			if err != nil {
				return err
			}
			if err := b.Collect(enc.Codec, entries); err != nil {
				return err
			}
			doc, err := b.Document(enc)
			if err != nil {
				return err
			}
			if err := saveGenesis(cmd, doc); err != nil {
				return err
			}
			return printGenesis(cmd, doc, genesis.Peers(entries))
		},
	}
	addGenesisOptions(cmd)
	return cmd
}

func newValidateCmd(client.TxConfig) *cobra.Command {
	return &cobra.Command{
		Use:     "validate [FILE]",
		Short:   "Check a genesis file and print its hash",
		Long:    "Check a genesis file, by default that of --home, and print the SHA-256 of its canonical JSON.",
		Example: "creditd genesis validate genesis.json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			file := server.GetServerContextFromCmd(cmd).Config.GenesisFile()
			if len(args) == 1 {
				file = args[0]
			}
			doc, err := genutiltypes.AppGenesisFromFile(file)
			if err != nil {
				return fmt.Errorf("%w; make the file with 'creditd genesis collect' or 'creditd genesis new'", err)
			}
			if err := genesis.Validate(encodingOf(client.GetClientContextFromCmd(cmd)), doc); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			return printGenesis(cmd, doc, nil)
		},
	}
}

func printGenesis(cmd *cobra.Command, doc *genutiltypes.AppGenesis, peers []string) error {
	sum, err := genesis.Hash(doc)
	if err != nil {
		return err
	}
	result := struct {
		ChainID string   `json:"chain_id"`
		Time    string   `json:"genesis_time"`
		SHA256  string   `json:"sha256"`
		Peers   []string `json:"peers,omitempty"`
	}{doc.ChainID, doc.GenesisTime.UTC().Format(time.RFC3339), hex.EncodeToString(sum), peers}
	text := "chain   %s\nstart   %s\nsha256  %s\n"
	args := []any{result.ChainID, result.Time, result.SHA256}
	for _, peer := range peers {
		text += "peer    %s\n"
		args = append(args, peer)
	}
	return printResult(cmd, result, text, args...)
}

// printResult prints as --output asks: JSON, or the text.
func printResult(cmd *cobra.Command, value any, format string, args ...any) error {
	if output, err := cmd.Flags().GetString(flags.FlagOutput); err == nil && output == flags.OutputFormatJSON {
		raw, err := json.Marshal(value)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(cmd.OutOrStdout(), string(raw))
		return err
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), format, args...)
	return err
}

func addGenesisOptions(cmd *cobra.Command) {
	cmd.Flags().String(flags.FlagChainID, "", "Id of the chain")
	cmd.Flags().String(flagGenesisTime, "", "Time at which the chain starts, RFC 3339; all founders use the same")
	cmd.Flags().Duration(flagVotingPeriod, 0, "Time that members have to vote; 0 for the module's default")
	cmd.Flags().String(flagOutputFile, "", "File to write; by default config/genesis.json of --home")
}

func genesisOptions(cmd *cobra.Command) (genesis.Options, error) {
	chainID, err := chainIDFromFlags(cmd)
	if err != nil {
		return genesis.Options{}, err
	}
	options := genesis.Options{ChainID: chainID}
	options.VotingPeriod, _ = cmd.Flags().GetDuration(flagVotingPeriod)
	text, _ := cmd.Flags().GetString(flagGenesisTime)
	if text == "" {
		return options, nil // the builder says what is missing
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return options, &genesis.FieldError{Field: flagGenesisTime, Wrong: err.Error(), Fix: "give a time like 2030-01-01T12:00:00Z"}
	}
	options.Time = at
	return options, nil
}

func saveGenesis(cmd *cobra.Command, doc *genutiltypes.AppGenesis) error {
	file, _ := cmd.Flags().GetString(flagOutputFile)
	if file == "" {
		file = server.GetServerContextFromCmd(cmd).Config.GenesisFile()
	}
	if err := doc.SaveAs(file); err != nil {
		return err
	}
	_, err := fmt.Fprintln(cmd.ErrOrStderr(), "written: "+file)
	return err
}

// chainIDFromFlags is --chain-id, or that of client.toml.
func chainIDFromFlags(cmd *cobra.Command) (string, error) {
	if id, err := cmd.Flags().GetString(flags.FlagChainID); err == nil && id != "" {
		return id, nil
	}
	if id := client.GetClientContextFromCmd(cmd).ChainID; id != "" {
		return id, nil
	}
	return "", &genesis.FieldError{Field: flags.FlagChainID, Wrong: "is missing", Fix: "give the id that the founders agreed on"}
}
