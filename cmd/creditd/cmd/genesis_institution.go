package cmd

import (
	"encoding/hex"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/server"
	sdk "github.com/cosmos/cosmos-sdk/types"
	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"

	"github.com/creditd/creditd/devnet/genesis"
	"github.com/creditd/creditd/devnet/nodehome"
)

// Flags that describe an institution.
const (
	flagName          = "name"
	flagLicenceNumber = "licence-number"
	flagJurisdiction  = "jurisdiction"
	flagRoles         = "roles"
	flagValidUntil    = "valid-until"
	flagPower         = "power"
	flagConsensusKey  = "consensus-pubkey"
	flagFromHome      = "from-home"
	flagVaultEndpoint = "vault-endpoint"
	flagVaultKey      = "vault-key"
	flagPeerAddress   = "peer-address"
	flagOutputDir     = "output-dir"
)

func newAddInstitutionCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "add-institution OPERATOR",
		Short: "Add an institution and its operator's account to the genesis file of --home",
		Example: `creditd genesis add-institution credit1... --name "Bank A" --licence-number BA-1 --jurisdiction US \
  --roles FURNISHER,DATA_USER,VALIDATOR --valid-until 2035-12-31T00:00:00Z --power 10 --from-home $HOME/.creditd`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := client.GetClientContextFromCmd(cmd)
			operator, err := operatorAddress(ctx, args[0])
			if err != nil {
				return err
			}
			institution, err := institutionFromFlags(cmd, ctx, operator)
			if err != nil {
				return err
			}
			file := server.GetServerContextFromCmd(cmd).Config.GenesisFile()
			doc, err := genutiltypes.AppGenesisFromFile(file)
			if err != nil {
				return fmt.Errorf("%w; make the file with 'creditd genesis new'", err)
			}
			b, err := genesis.Open(encodingOf(ctx), doc)
			if err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			if err := b.Add(institution); err != nil {
				return err
			}
			if doc, err = b.Draft(); err != nil {
				return err
			}
			return doc.SaveAs(file)
		},
	}
	addInstitutionFlags(cmd)
	flags.AddKeyringFlags(cmd.Flags())
	return cmd
}

func newInstitutionFileCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "institution-file KEY",
		Short: "Write and sign what this institution brings into the genesis",
		Long: `Write DIR/<operator address>.json, signed with the key of the institution's operator. It holds the licence, the
public keys of node and vault and the node's address: nothing in it is secret. KEY is a single key of the keyring;
an operator that is a multisig account is added with 'creditd genesis add-institution'.`,
		Example: `creditd genesis institution-file operator --chain-id credit-1 --name "Bank A" --licence-number BA-1 \
  --jurisdiction US --roles FURNISHER,DATA_USER,VALIDATOR --valid-until 2035-12-31T00:00:00Z --power 10 \
  --from-home $HOME/.creditd --peer-address node.bank-a.example:26656`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := client.GetClientContextFromCmd(cmd)
			operator, err := operatorAddress(ctx, args[0])
			if err != nil {
				return err
			}
			institution, err := institutionFromFlags(cmd, ctx, operator)
			if err != nil {
				return err
			}
			if err := institution.Validate(time.Now()); err != nil {
				return err
			}
			chainID, err := chainIDFromFlags(cmd)
			if err != nil {
				return err
			}
			peer, err := peerFromFlags(cmd)
			if err != nil {
				return err
			}
			entry, err := genesis.Sign(ctx.Codec, ctx.Keyring, args[0], chainID, peer, institution)
			if err != nil {
				return err
			}
			dir, _ := cmd.Flags().GetString(flagOutputDir)
			path, err := entry.Write(dir)
			if err != nil {
				return err
			}
			return printResult(cmd, struct {
				File string `json:"file"`
			}{path}, "%s\n", path)
		},
	}
	addInstitutionFlags(cmd)
	flags.AddKeyringFlags(cmd.Flags())
	cmd.Flags().String(flags.FlagChainID, "", "Id of the chain to be founded")
	cmd.Flags().String(flagOutputDir, ".", "Folder to write to")
	cmd.Flags().String(flagPeerAddress, "", "host:port at which the other nodes reach this one; with --from-home")
	return cmd
}

func addInstitutionFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.String(flagName, "", "Name of the organisation")
	f.String(flagLicenceNumber, "", "Number of its licence")
	f.String(flagJurisdiction, "", "ISO 3166-1 alpha-2 code of the licence")
	f.String(flagRoles, "", "Comma-separated: FURNISHER, DATA_USER, BUREAU, VALIDATOR, SUPERVISOR")
	f.String(flagValidUntil, "", "End of the licence, RFC 3339")
	f.Int64(flagPower, 0, "Voting power, 1 to 1000; with the role VALIDATOR")
	f.String(flagConsensusKey, "", "Consensus key as 'creditd comet show-validator' prints it; with the role VALIDATOR")
	f.String(flagFromHome, "", "Read the consensus key from this node's home instead")
	f.String(flagVaultEndpoint, "", "host:port of the institution's vault")
	f.String(flagVaultKey, "", "HPKE public key of the vault, hexadecimal")
	cmd.MarkFlagsMutuallyExclusive(flagConsensusKey, flagFromHome)
}

// operatorAddress reads an address or the name of a key.
func operatorAddress(ctx client.Context, text string) (sdk.AccAddress, error) {
	if address, err := sdk.AccAddressFromBech32(text); err == nil {
		return address, nil
	}
	record, err := ctx.Keyring.Key(text)
	if err != nil {
		return nil, &genesis.FieldError{
			Field: "operator", Wrong: fmt.Sprintf("%q is neither an address of this chain nor a key of the keyring", text),
			Fix: "list the keys with 'creditd keys list'",
		}
	}
	return record.GetAddress()
}

func institutionFromFlags(cmd *cobra.Command, ctx client.Context, operator sdk.AccAddress) (genesis.Institution, error) {
	text := func(flag string) string { value, _ := cmd.Flags().GetString(flag); return value }
	i := genesis.Institution{
		Operator: operator, Name: text(flagName), LicenceNumber: text(flagLicenceNumber),
		Jurisdiction: text(flagJurisdiction), VaultEndpoint: text(flagVaultEndpoint),
	}
	i.Power, _ = cmd.Flags().GetInt64(flagPower)
	var err error
	if i.Roles, err = genesis.ParseRoles(text(flagRoles)); err != nil {
		return i, err
	}
	if i.ValidUntil, err = time.Parse(time.RFC3339, text(flagValidUntil)); err != nil {
		return i, &genesis.FieldError{Field: flagValidUntil, Wrong: err.Error(), Fix: "give a time like 2035-12-31T00:00:00Z"}
	}
	if i.VaultKey, err = hex.DecodeString(text(flagVaultKey)); err != nil {
		return i, &genesis.FieldError{Field: flagVaultKey, Wrong: err.Error(), Fix: "give the key in hexadecimal"}
	}
	switch home := text(flagFromHome); {
	case home != "":
		i.ConsensusPubKey, err = nodehome.ConsensusPubKey(home)
	case text(flagConsensusKey) != "":
		i.ConsensusPubKey, err = genesis.ParseConsensusKey(ctx.Codec, []byte(text(flagConsensusKey)))
	}
	return i, err
}

func peerFromFlags(cmd *cobra.Command) (string, error) {
	address, _ := cmd.Flags().GetString(flagPeerAddress)
	home, _ := cmd.Flags().GetString(flagFromHome)
	if address == "" {
		return "", nil
	}
	if home == "" {
		return "", &genesis.FieldError{Field: flagPeerAddress, Wrong: "needs the node's key", Fix: "give the node's home with --from-home"}
	}
	id, err := nodehome.NodeID(home)
	if err != nil {
		return "", err
	}
	return id + "@" + address, nil
}
