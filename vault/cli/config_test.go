package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

func writeConfig(t *testing.T, home, text string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Join(home, "vault"), 0o700))
	require.NoError(t, os.WriteFile(configPath(home), []byte(text), 0o600))
}

func shownAt(t *testing.T, home string, more ...string) map[string]shownSetting {
	t.Helper()
	out, err := run(t, append([]string{"vault", "config", "show", "--home", home, "-o", "json"}, more...)...)
	require.NoError(t, err)
	var list []shownSetting
	require.NoError(t, json.Unmarshal([]byte(out), &list))
	found := map[string]shownSetting{}
	for _, s := range list {
		found[s.Name] = s
	}
	return found
}

// A flag goes before the environment, that before the file, the file before what init remembered, that before
// client.toml, and all before the default.
func TestOrderOfSettings(t *testing.T) {
	home := initHome(t)
	require.NoError(t, os.MkdirAll(filepath.Join(home, "config"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(home, "config", "client.toml"), []byte("chain-id = \"client-1\"\n"), 0o600))
	of := func(more ...string) (string, source) {
		s := shownAt(t, home, more...)[flagChainID]
		return s.Value, s.From
	}
	expect := func(value string, from source, more ...string) {
		t.Helper()
		gotValue, gotFrom := of(more...)
		require.Equal(t, value, gotValue)
		require.Equal(t, from, gotFrom)
	}
	expect("test-1", fromInit)
	writeConfig(t, home, "chain-id = \"file-1\"\nbatch = 7\n")
	expect("file-1", fromFile)
	require.Equal(t, "7", shownAt(t, home)["batch"].Value)
	t.Setenv("CREDITD_VAULT_CHAIN_ID", "env-1")
	expect("env-1", fromEnvironment)
	expect("flag-1", fromFlag, "--chain-id", "flag-1")

	require.Equal(t, fromDefault, shownAt(t, home)[flagLogLevel].From)
	require.Equal(t, filepath.Join(home, "vault.passphrase"), shownAt(t, home)[flagPassphrase].Value)

	other := newHome(t)
	require.NoError(t, os.MkdirAll(filepath.Join(other, "config"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(other, "config", "client.toml"), []byte("node = \"tcp://10.0.0.1:1\"\n"), 0o600))
	require.Equal(t, fromClient, shownAt(t, other)[flagNode].From)
}

// What a command runs with is what 'config show' says.
func TestSettingsReachTheCommand(t *testing.T) {
	home := initHome(t)
	writeConfig(t, home, "node = \"tcp://127.0.0.1:2\"\n")
	_, err := run(t, "vault", "serve", "--home", home)
	require.ErrorContains(t, err, "127.0.0.1:2", "of the file")
	t.Setenv("CREDITD_VAULT_NODE", "tcp://127.0.0.1:3")
	_, err = run(t, "vault", "serve", "--home", home)
	require.ErrorContains(t, err, "127.0.0.1:3", "of the environment")
	_, err = run(t, "vault", "serve", "--home", home, "--node", "tcp://127.0.0.1:4")
	require.ErrorContains(t, err, "127.0.0.1:4", "of the flag")
	_, err = run(t, "vault", "init", "--home", home)
	require.NoError(t, err)
	require.NoError(t, os.Unsetenv("CREDITD_VAULT_NODE"))
	require.NoError(t, os.Remove(configPath(home)))
	require.Equal(t, "tcp://127.0.0.1:1", shownAt(t, home)[flagNode].Value, "init remembers what was passed, not what the file says")
}

// Every mistake in the file is found by every command, and the error says what is valid.
func TestMistakesInTheConfig(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"misspelt key":        {"log-leve = \"info\"\n", []string{`unknown key "log-leve"`, `"log-level"`}},
		"table":               {"[serve]\nlisten = \"127.0.0.1:1\"\n", []string{`unknown key "serve.listen"`, `"listen"`}},
		"not TOML":            {"log-level: info\n", []string{"vault.toml", "write lines like"}},
		"level":               {"log-level = \"loud\"\n", []string{"loud", "debug, info, warn or error"}},
		"batch of none":       {"batch = 0\n", []string{"1 to 1000"}},
		"batch too large":     {"batch = 1001\n", []string{"1 to 1000"}},
		"batch as text":       {"batch = \"many\"\n", []string{"1 to 1000", "whole number"}},
		"in flight":           {"in-flight = -1\n", []string{"1 to 256"}},
		"list":                {"listen = [\"127.0.0.1:1\"]\n", []string{"host:port", "one text"}},
		"address":             {"listen = \"9190\"\n", []string{"host:port"}},
		"port":                {"listen = \"127.0.0.1:99999\"\n", []string{"0 to 65535"}},
		"admin for everybody": {"admin-listen = \"0.0.0.0:9191\"\n", []string{"this machine alone"}},
		"admin by name":       {"admin-listen = \"bank.example:9191\"\n", []string{"this machine alone"}},
		"node":                {"node = \"127.0.0.1:26657\"\n", []string{"tcp://127.0.0.1:26657"}},
		"time to stop":        {"stop-within = \"1h\"\n", []string{"1s to 5m0s"}},
		"no time":             {"stop-within = \"soon\"\n", []string{"1s to 5m0s", "write it like"}},
		"backend":             {"keyring-backend = \"pass\"\n", []string{"os, file or test"}},
		"chain":               {"chain-id = \"a chain\"\n", []string{"1 to 50"}},
		"empty path":          {"key-file = \"\"\n", []string{"path of a file"}},
		"two at once":         {"batch = 0\nlog-level = \"loud\"\n", []string{"1 to 1000", "debug, info"}},
	} {
		t.Run(name, func(t *testing.T) {
			home := initHome(t)
			writeConfig(t, home, test.text)
			for _, command := range [][]string{{"vault", "config", "check"}, {"vault", "status"}, {"vault", "serve"}, {"report", "trail", "ab"}} {
				_, err := run(t, append(command, "--home", home)...)
				for _, want := range test.want {
					require.ErrorContains(t, err, want, command)
				}
			}
		})
	}
}

func TestFlagsAndEnvironmentAreChecked(t *testing.T) {
	home := initHome(t)
	_, err := run(t, "vault", "serve", "--home", home, "--admin-listen", "0.0.0.0:9191")
	require.ErrorContains(t, err, "this machine alone")
	t.Setenv("CREDITD_VAULT_LOG_LEVEL", "loud")
	_, err = run(t, "vault", "serve", "--home", home)
	require.ErrorContains(t, err, "CREDITD_VAULT_LOG_LEVEL")
	require.NoError(t, os.Unsetenv("CREDITD_VAULT_LOG_LEVEL"))
	t.Setenv("CREDITD_VAULT_LOGLEVEL", "info")
	_, err = run(t, "vault", "config", "check", "--home", home)
	require.ErrorContains(t, err, "did you mean CREDITD_VAULT_LOG_LEVEL")
}

func TestConfigCheck(t *testing.T) {
	home := initHome(t)
	out, err := run(t, "vault", "config", "check", "--home", home)
	require.NoError(t, err, "a file is not needed")
	require.Contains(t, out, "none is needed")
	writeConfig(t, home, "log-level = \"debug\"\n")
	out, err = run(t, "vault", "config", "check", "--home", home, "-o", "json")
	require.NoError(t, err)
	require.Contains(t, out, `"keys": 1`)

	writeConfig(t, home, "passphrase-file = \"/nowhere/vault.passphrase\"\n")
	_, err = run(t, "vault", "config", "check", "--home", home)
	require.ErrorContains(t, err, "no such file")

	writeConfig(t, home, "log-level = \"debug\"\n")
	require.NoError(t, os.Chmod(configPath(home), 0o622))
	_, err = run(t, "vault", "config", "check", "--home", home)
	require.ErrorContains(t, err, "chmod go-w")

	writeConfig(t, home, strings.Repeat("#", maxConfigBytes+1))
	require.NoError(t, os.Chmod(configPath(home), 0o600))
	_, err = run(t, "vault", "config", "check", "--home", home)
	require.ErrorContains(t, err, "no configuration of a vault")
}

// Each setting is a flag of some command, with the default that the table has.
func TestSettingsAreFlags(t *testing.T) {
	found := map[string]string{}
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) { found[f.Name] = f.DefValue })
		cmd.PersistentFlags().VisitAll(func(f *pflag.Flag) { found[f.Name] = f.DefValue })
		for _, child := range cmd.Commands() {
			walk(child)
		}
	}
	walk(NewVaultCmd())
	last := ""
	for _, s := range settingsTable() {
		otherwise, ok := found[s.name]
		require.True(t, ok, s.name)
		if otherwise != "" {
			require.Equal(t, otherwise, s.otherwise, s.name)
		}
		if s.otherwise != "" {
			require.NoError(t, s.check(s.otherwise), s.name)
		}
		require.NotEmpty(t, s.valid, s.name)
		require.Less(t, last, s.name, "in order")
		last = s.name
	}
}

// The example that operators copy is in order.
func TestConfigOfTheDocs(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "vault-operations.md"))
	require.NoError(t, err)
	blocks := regexp.MustCompile("(?s)```toml\n(.*?)```").FindAllSubmatch(doc, -1)
	require.NotEmpty(t, blocks)
	for _, block := range blocks {
		home := t.TempDir()
		writeConfig(t, home, string(block[1]))
		values, err := readConfig(configPath(home))
		require.NoError(t, err)
		require.NotEmpty(t, values)
	}
}

func TestPasswordsAreNotShown(t *testing.T) {
	home := initHome(t)
	writeConfig(t, home, "node = \"https://vault:geheim@node.example:443\"\n")
	out, err := run(t, "vault", "config", "show", "--home", home)
	require.NoError(t, err)
	require.NotContains(t, out, "geheim")
	writeConfig(t, home, "node = \"ftp://vault:geheim@node.example:443\"\n")
	_, err = run(t, "vault", "config", "show", "--home", home)
	require.ErrorContains(t, err, "tcp://127.0.0.1:26657")
	require.NotContains(t, err.Error(), "geheim")
}

func TestNearest(t *testing.T) {
	require.Equal(t, "log-level", nearest("loglevel"))
	require.Equal(t, "listen", nearest("lisen"))
	require.Equal(t, 3, distance("kitten", "sitting"))
	require.Equal(t, 4, distance("", "abcd"))
}
