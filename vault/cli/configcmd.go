package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/viper"
)

func newConfigCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Check and show the settings of a vault",
		Long: `What is the same for every command may be written once into HOME/vault/vault.toml: one line for each flag, under the
flag's name. A flag goes before an environment variable, that before the file, the file before what 'vault init' was
given, and that before config/client.toml. The variable of a flag is its name in capitals after CREDITD_VAULT_, with _
for each hyphen: CREDITD_VAULT_LOG_LEVEL is --log-level.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newConfigCheckCmd(), newConfigShowCmd())
	return cmd
}

type checkResult struct {
	File  string `json:"file"`
	There bool   `json:"there"` // false: no file, which is no mistake
	Keys  int    `json:"keys"`
}

func newConfigCheckCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Check the configuration file and the environment",
		Long: `Read HOME/vault/vault.toml and the environment as every command does, and check more: that files named there can be
read, and that there is no variable CREDITD_VAULT_... that nothing reads. It exits with 0 only if all is well; run it
before a restart.`,
		Example: example("creditd vault config check --home ~/.creditd-devnet/bank-a"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			e, err := newEnvironment(cmd)
			if err != nil {
				return errors.Join(append([]error{err}, unknownEnvironment(os.Environ())...)...)
			}
			wrong := unknownEnvironment(os.Environ())
			for _, s := range settingsTable() {
				value, from, err := e.configured(s)
				if err == nil && from != "" && s.valid == pathValid {
					err = readable(value)
				}
				if err != nil {
					wrong = append(wrong, fmt.Errorf("%s (%s): %w", s.name, from, err))
				}
			}
			if len(wrong) > 0 {
				return errors.Join(wrong...)
			}
			_, err = os.Stat(configPath(e.home))
			result := checkResult{File: configPath(e.home), There: err == nil, Keys: len(e.file)}
			return e.print(result, func(w io.Writer) {
				if !result.There {
					_, _ = fmt.Fprintf(w, "There is no %s, and none is needed. The environment is in order.\n", result.File)
					return
				}
				_, _ = fmt.Fprintf(w, "%s is in order: %d keys\n", result.File, result.Keys)
			})
		},
	}
}

// shownSetting is one line of 'config show'.
type shownSetting struct {
	Name     string `json:"name"`
	Value    string `json:"value"`
	From     source `json:"from"` // flag, environment, file, init, client.toml or default
	Variable string `json:"variable"`
	Valid    string `json:"valid"`
}

func newConfigShowCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "show",
		Short: "Show every setting, its value and where that is from",
		Long: `Show every setting, its value, where that is from and what is valid. A password in an address is not shown.

JSON (--output json): a list of [name, value, from, variable, valid].`,
		Example: example("creditd vault config show --home ~/.creditd-devnet/bank-a"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			e, err := newEnvironment(cmd)
			if err != nil {
				return err
			}
			ctx, cancel := interruptible(cmd)
			defer cancel()
			list, err := e.show(ctx)
			if err != nil {
				return err
			}
			return e.print(list, func(w io.Writer) {
				table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
				_, _ = fmt.Fprintln(table, "SETTING\tVALUE\tFROM\tVALID")
				for _, s := range list {
					_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", s.Name, s.Value, s.From, s.Valid)
				}
				_ = table.Flush() // an output that is closed is the reader's wish
			})
		},
	}
}

func (e *environment) show(ctx context.Context) ([]shownSetting, error) {
	if err := e.recall(ctx); err != nil {
		return nil, err
	}
	var list []shownSetting
	for _, s := range settingsTable() {
		value, from, err := e.effective(s)
		if err != nil {
			return nil, err
		}
		list = append(list, shownSetting{Name: s.name, Value: shown(value), From: from, Variable: s.env(), Valid: s.valid})
	}
	return list, nil
}

// effective is what a command would take for a setting, and from where.
func (e *environment) effective(s setting) (string, source, error) {
	if e.cmd.Flags().Changed(s.name) {
		return e.cmd.Flags().Lookup(s.name).Value.String(), fromFlag, nil
	}
	if value, from, err := e.configured(s); from != "" || err != nil {
		return value, from, err
	}
	if value := e.settings.of(s.name); value != "" {
		return value, fromInit, nil
	}
	if key := clientKeys[s.name]; key != "" {
		if value := e.clientToml().GetString(key); value != "" {
			return value, fromClient, nil
		}
	}
	switch s.name {
	case flagPassphrase:
		return filepath.Join(e.home, "vault.passphrase"), fromDefault, nil
	case flagConsortiumKey:
		return filepath.Join(e.home, "consortium.key"), fromDefault, nil
	}
	return s.otherwise, fromDefault, nil
}

// clientKeys are the keys of a node's config/client.toml that settings may come from.
var clientKeys = map[string]string{
	flagChainID: "chain-id", flagNode: "node", flagGRPC: "grpc-address", flagBackend: "keyring-backend",
}

// clientToml is empty where there is none.
func (e *environment) clientToml() *viper.Viper {
	file := viper.New()
	file.SetConfigFile(filepath.Join(e.home, "config", "client.toml"))
	_ = file.ReadInConfig() // it need not be there
	return file
}
