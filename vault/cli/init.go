package cli

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/store"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// NewVaultCmd is 'creditd vault'.
func NewVaultCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "vault",
		Short: "Keep an institution's records, encrypted, and give them to who may have them",
		Long: `Run an institution's vault: the encrypted store of the records that it furnished, and the service that answers
the inquiries of others. The records never leave it in the clear; the chain has their commitments.`,
		PersistentPreRunE: noNodeConfig,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceUsage:      true,
	}
	addSharedFlags(cmd)
	cmd.AddCommand(newBackupCmd(), newConfigCmd(), newGenerateCmd(), newImportCmd(), newInitCmd(), newLendersCmd(), newLogCmd(), newMappingCmd(), newRecordsCmd(), newRestoreCmd(), newRotateCmd(),
		newServeCmd(), newShredCmd(), newStatusCmd(), newVerifyCmd())
	return cmd
}

// passphraseCost of new vaults. Tests, which protect nothing, lower it.
var passphraseCost = keys.DefaultCost

type initResult struct {
	Store         string `json:"store"`
	Created       bool   `json:"created"` // false: it was there
	Operator      string `json:"operator,omitempty"`
	EncryptionKey string `json:"encryption_key"` // HPKE public key, hexadecimal
	Endpoint      string `json:"endpoint,omitempty"`
	Registered    bool   `json:"registered"`
	Transaction   string `json:"transaction,omitempty"`
}

func newInitCmd() *cobra.Command {
	var where, endpoint string
	var register bool
	var trust trustFlags
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Make a vault: its store and its keys",
		Long: `Make the store and the keys of a vault and print its public encryption key. What is passed of --from, --node,
--grpc-addr, --chain-id and --keyring-backend is remembered for the other commands. With --register the key and
the endpoint are put on the chain, where other institutions look them up. It can be run again: a vault that is
there keeps its keys, and its store: --store is remembered in HOME/vault/store.toml.

--trust-height and --trust-hash name a header that you know to be the chain's: from another institution's node, an
explorer, a gazette. From there on the vault believes nothing that the validators did not sign.`,
		Example: example(
			"(umask 077; mkdir -p ~/mybank; openssl rand -hex 32 > ~/mybank/vault.passphrase)",
			"creditd vault init --home ~/mybank",
			"creditd vault init --home ~/mybank --store 'postgres://vault@localhost/vault?sslmode=verify-full&sslrootcert=ca.pem'",
			"creditd vault init --home ~/.creditd-devnet/lender --endpoint 127.0.0.1:9190 --register"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			e, err := newEnvironment(cmd)
			if err != nil {
				return err
			}
			ctx, cancel := interruptible(cmd)
			defer cancel()
			result, err := e.init(ctx, where, endpoint, register, trust)
			if err != nil {
				return err
			}
			return e.print(result, result.print)
		},
	}
	cmd.Flags().StringVar(&where, flagStore, "", storeUsage)
	cmd.Flags().StringVar(&endpoint, "endpoint", "", "host:port at which other institutions reach 'vault serve'")
	addCustodianFlags(cmd, "")
	cmd.Flags().BoolVar(&register, "register", false, "Put endpoint and key on the chain")
	trust.add(cmd)
	return cmd
}

func (r *initResult) print(w io.Writer) {
	verb := "is there already"
	if r.Created {
		verb = "is made"
	}
	_, _ = fmt.Fprintf(w, "The vault %s: %s\nEncryption key: %s\n", verb, r.Store, r.EncryptionKey)
	if r.Registered {
		_, _ = fmt.Fprintf(w, "On the chain for %s, endpoint %s\n", r.Operator, r.Endpoint)
	}
	_, _ = fmt.Fprintln(w, "Keep a copy of the passphrase file away from this machine: without it every record is lost.")
}

func (e *environment) init(ctx context.Context, where, endpoint string, register bool, trust trustFlags) (result *initResult, err error) {
	s, err := e.makeStore(ctx, where)
	if err != nil {
		return nil, err
	}
	defer closing(&err, "the store", s)
	result = &initResult{Store: s.Where()}
	ring, created, err := e.createRing(ctx, s)
	if err != nil {
		return nil, err
	}
	defer closing(&err, "the key ring", ring)
	result.Created = created
	public := ring.HPKE().PublicKey().Bytes()
	result.EncryptionKey = hex.EncodeToString(public)
	if err := e.remember(ctx, s, endpoint); err != nil {
		return nil, err
	}
	if err := trust.keep(ctx, s, e.settings.ChainID); err != nil {
		return nil, err
	}
	result.Operator, result.Endpoint = e.settings.Operator, e.settings.Endpoint
	if !register {
		return result, nil
	}
	return result, e.register(ctx, result, public)
}

// remember keeps what was passed, so that later commands need only --home.
func (e *environment) remember(ctx context.Context, s *store.SQL, endpoint string) error {
	before, err := s.Setting(ctx, settingCLI)
	if err != nil {
		return err
	}
	if before != nil {
		if err := json.Unmarshal(before, &e.settings); err != nil {
			return fmt.Errorf("settings of the vault: %w", err)
		}
	}
	for flag, into := range map[string]*string{
		flagChainID: &e.settings.ChainID, flagNode: &e.settings.Node, flagGRPC: &e.settings.GRPC,
		flagBackend: &e.settings.Backend, flagFrom: &e.settings.From,
	} {
		if given := e.passed(flag); given != "" {
			*into = given
		}
	}
	if endpoint != "" {
		e.settings.Endpoint = endpoint
	}
	if e.settings.From != "" || text(e.cmd, flagFrom) != "" || text(e.cmd, flagKeyFile) != "" {
		kept := e.settings // signer fills in defaults, which are not to be remembered
		signer, err := e.signer()
		if err != nil {
			return err
		}
		e.settings = kept
		e.settings.Operator = signer.Address().String()
	}
	data, err := json.Marshal(e.settings)
	if err != nil {
		return err
	}
	return s.SetSettings(ctx, map[string][]byte{settingCLI: data})
}

// register puts endpoint and key on the chain, unless it has them.
func (e *environment) register(ctx context.Context, result *initResult, public []byte) (err error) {
	if result.Endpoint == "" {
		return errors.New("--register needs --endpoint: the host:port at which other institutions reach this vault")
	}
	signer, err := e.signer()
	if err != nil {
		return err
	}
	chain, err := e.dial(ctx)
	if err != nil {
		return err
	}
	defer closing(&err, "the connection", chain)
	result.Operator = signer.Address().String()
	view, err := chain.GetInstitution(ctx, result.Operator)
	if errors.Is(err, client.ErrNotFound) {
		return fmt.Errorf("%w: the members must register the institution first", err)
	}
	if err != nil {
		return err
	}
	if view.Vault == nil || view.Vault.Endpoint != result.Endpoint || !bytes.Equal(view.Vault.EncryptionKey, public) {
		sent, err := chain.NewSender(signer).Send(ctx, &institutiontypes.MsgUpdateProfile{
			Operator: result.Operator, Vault: &institutiontypes.Vault{Endpoint: result.Endpoint, EncryptionKey: public},
		})
		if err != nil {
			return fmt.Errorf("registering the vault: %w", err)
		}
		result.Transaction = sent.Hash
	}
	result.Registered = true
	return nil
}
