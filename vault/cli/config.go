// Package cli is the command line of the vault and of credit reports. The program's root command mounts
// NewVaultCmd and NewReportCmd.
package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/rotation"
	"github.com/creditd/creditd/vault/store"
)

// Flags that all commands share.
const (
	flagHome          = "home"
	flagBackend       = "keyring-backend"
	flagFrom          = "from"
	flagKeyFile       = "key-file"
	flagChainID       = "chain-id"
	flagNode          = "node"
	flagGRPC          = "grpc-addr"
	flagConsortiumKey = "consortium-key-file"
	flagOutput        = "output"
	flagAdminListen   = "admin-listen"
	flagLogLevel      = "log-level"
	flagStopWithin    = "stop-within"
)

const (
	defaultNode = "tcp://127.0.0.1:26657"
	defaultGRPC = "127.0.0.1:9090"
	settingCLI  = "cli.config" // in the store: what init remembers
)

// settings are what 'vault init' remembers, so that later commands need only --home. Flags come first.
type settings struct {
	ChainID  string `json:"chain_id"`
	Node     string `json:"node"`
	GRPC     string `json:"grpc"`
	Backend  string `json:"keyring_backend"`
	From     string `json:"from"`
	Operator string `json:"operator"`
	Endpoint string `json:"endpoint"`
}

// of is what init remembered of a setting, "" for none.
func (s settings) of(name string) string {
	return map[string]string{
		flagChainID: s.ChainID, flagNode: s.Node, flagGRPC: s.GRPC, flagBackend: s.Backend, flagFrom: s.From,
	}[name]
}

func addSharedFlags(cmd *cobra.Command) {
	f := cmd.PersistentFlags()
	f.String(flagHome, defaultHome(), "Folder of the institution: its keyring, and its vault in the folder vault")
	f.String(flagBackend, "", "Keyring backend (os|file|test); default: as at 'vault init', else os")
	f.String(flagFrom, "", "Name or address of the operator's key; default: as at 'vault init'")
	f.String(flagKeyFile, "", "File with the operator's key in hexadecimal, instead of a keyring")
	f.String(flagChainID, "", "Id of the chain; default: as at 'vault init', else that of config/client.toml")
	f.String(flagNode, "", "CometBFT RPC of a node; default: as at 'vault init', else that of config/client.toml, else "+defaultNode)
	f.String(flagGRPC, "", "gRPC of the same node; default: as at 'vault init', else that of config/client.toml, else "+defaultGRPC)
	addSecretFlags(f)
	f.String(flagConsortiumKey, "", "File with the consortium's pseudonym key (default HOME/consortium.key)")
	f.StringP(flagOutput, "o", "text", "Output format (text|json)")
}

// noNodeConfig keeps the root command from writing a node's configuration into an institution's home.
func noNodeConfig(*cobra.Command, []string) error { return nil }

func defaultHome() string {
	if home := os.Getenv("CREDITD_HOME"); home != "" {
		return home
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ".creditd"
	}
	return filepath.Join(home, ".creditd")
}

// environment is what a command runs in.
type environment struct {
	cmd      *cobra.Command
	home     string
	settings settings          // what init remembered; after resolve, how the chain is reached
	file     map[string]string // HOME/vault/vault.toml
}

func text(cmd *cobra.Command, name string) string {
	value, _ := cmd.Flags().GetString(name) // every command has the shared flags
	return value
}

// newEnvironment gives the flags that were not passed what environment and configuration file have for them.
func newEnvironment(cmd *cobra.Command) (*environment, error) {
	if output := text(cmd, flagOutput); output != "text" && output != "json" {
		return nil, fmt.Errorf("--output %q: use text or json", output)
	}
	e := &environment{cmd: cmd, home: text(cmd, flagHome)}
	return e, e.applySettings()
}

func (e *environment) storePath() string { return filepath.Join(e.home, "vault", "store.db") }

// openStore opens a store that exists and reads what init remembered.
func (e *environment) openStore(ctx context.Context) (*store.SQL, error) {
	if !e.storePresent() {
		return nil, fmt.Errorf("no vault in %s: run 'creditd vault init --home %s' first, or pass the right --home", e.home, e.home)
	}
	s, err := e.makeStore(ctx, "")
	if err != nil {
		return nil, err
	}
	remembered, err := s.Setting(ctx, settingCLI)
	if err == nil && remembered != nil {
		err = json.Unmarshal(remembered, &e.settings)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// recall reads what init remembered, for commands that need no vault: a home without one is as good.
func (e *environment) recall(ctx context.Context) error {
	if !e.storePresent() {
		return nil
	}
	s, err := e.openStore(ctx)
	if err != nil {
		return err
	}
	return s.Close()
}

func (e *environment) consortium() (keys.Consortium, error) {
	path := cmp.Or(text(e.cmd, flagConsortiumKey), filepath.Join(e.home, "consortium.key"))
	key, err := keys.ReadConsortium(path)
	if errors.Is(err, os.ErrNotExist) {
		return key, fmt.Errorf("no consortium key: ask the consortium for its key file and put it at %s, or pass --consortium-key-file: %w", path, err)
	}
	return key, err
}

// choose takes what is given first: flag (with what environment and file have for it), memory of init, client.toml,
// default.
func (e *environment) choose(flag, remembered, otherwise string) string {
	if given := cmp.Or(text(e.cmd, flag), remembered); given != "" {
		return given
	}
	return cmp.Or(e.clientToml().GetString(clientKeys[flag]), otherwise)
}

// resolve fills in how the chain is reached.
func (e *environment) resolve() {
	s := &e.settings
	s.ChainID = e.choose(flagChainID, s.ChainID, "")
	s.Node = e.choose(flagNode, s.Node, defaultNode)
	s.GRPC = e.choose(flagGRPC, s.GRPC, defaultGRPC)
	s.Backend = e.choose(flagBackend, s.Backend, "os")
	s.From = cmp.Or(text(e.cmd, flagFrom), s.From)
}

func (e *environment) dial(ctx context.Context) (*client.Client, error) {
	e.resolve()
	return client.Dial(ctx, client.Config{ChainID: e.settings.ChainID, RPC: e.settings.Node, GRPC: e.settings.GRPC})
}

func (e *environment) signer() (client.Signer, error) {
	e.resolve()
	if path := text(e.cmd, flagKeyFile); path != "" {
		return client.KeyFileSigner(path)
	}
	cdc, err := client.NewCodec()
	if err != nil {
		return nil, err
	}
	return client.KeyringSigner(cdc, client.KeyringConfig{
		Home: e.home, Backend: e.settings.Backend, From: e.settings.From, Input: e.cmd.InOrStdin(),
	})
}

// vault is an institution's open vault with its connection to the chain.
type vault struct {
	store  store.Store
	ring   *keys.Ring
	signer client.Signer
	chain  *client.Client
	sender *client.Sender
}

// open opens all of it; the caller closes it.
func (e *environment) open(ctx context.Context) (_ *vault, err error) {
	v := &vault{}
	defer func() {
		if err != nil {
			err = errors.Join(err, v.close())
		}
	}()
	opened, err := e.openStore(ctx)
	if err != nil {
		return nil, err
	}
	v.store = opened
	if v.ring, err = e.openRing(ctx, v.store); err != nil {
		return nil, err
	}
	v.store = rotation.Staging(v.store, v.ring)
	if v.signer, err = e.signer(); err != nil {
		return nil, err
	}
	if operator := v.signer.Address().String(); e.settings.Operator != "" && e.settings.Operator != operator {
		return nil, fmt.Errorf("this vault is that of %s and --from is %s: pass the key of the vault's operator, or another --home", e.settings.Operator, operator)
	}
	if v.chain, err = e.dial(ctx); err != nil {
		return nil, err
	}
	v.sender = v.chain.NewSender(v.signer)
	return v, nil
}

func (v *vault) close() error {
	var errs []error
	if v.chain != nil {
		errs = append(errs, v.chain.Close())
	}
	if v.ring != nil {
		errs = append(errs, v.ring.Close())
	}
	if v.store != nil {
		errs = append(errs, v.store.Close())
	}
	return errors.Join(errs...)
}
