package cli

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/creditd/creditd/vault/importer"
	"github.com/creditd/creditd/vault/lightchain"
	"github.com/creditd/creditd/vault/operate"
)

// setting is what an institution may fix once instead of passing it to every command. One name is that of the flag, of
// the key in HOME/vault/vault.toml and, in capitals after CREDITD_VAULT_, of the environment variable. A new flag becomes
// a setting by a line in settingsTable: newEnvironment fills in its value before the command runs.
type setting struct {
	name      string
	otherwise string // what it is when nobody says; "" where that depends on the command or there is nothing
	valid     string // as an error says it
	check     func(value string) error
}

const (
	envPrefix = "CREDITD_VAULT_"
	// settingOff switches off what has an address by default.
	settingOff = "off"
	pathValid  = "the path of a file"
)

func (s setting) env() string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(s.name, "-", "_"))
}

// settings of all commands, by name.
func settingsTable() []setting {
	return []setting{
		{name: flagAdminListen, otherwise: defaultAdminListen, valid: "host:port of this machine alone, as 127.0.0.1:9191, or off", check: adminAddress},
		{name: flagAgent, otherwise: settingOn, valid: "on or off", check: oneOf(settingOn, settingOff)},
		{name: flagAnchorEvery, otherwise: defaultAnchorEvery.String(), valid: "1m0s to 24h0m0s, or off", check: orOff(duration(time.Minute, 24*time.Hour))},
		{name: "batch", otherwise: strconv.Itoa(defaultBatch), valid: "1 to 1000", check: number(1, 1000)},
		{name: flagChainID, valid: "1 to 50 letters, digits, dots, hyphens and underscores", check: pattern(`^[A-Za-z0-9._-]{1,50}$`)},
		{name: "concurrent", otherwise: "32", valid: "1 to 10000", check: number(1, 10_000)},
		{name: "concurrent-of-account", otherwise: "8", valid: "1 to 10000", check: number(1, 10_000)},
		{name: flagConsortiumKey, valid: pathValid, check: path},
		{name: flagFrom, valid: "the name or the address of a key", check: pattern(`^[^\s]{1,128}$`)},
		{name: flagGRPC, otherwise: defaultGRPC, valid: "host:port, as 127.0.0.1:9090", check: hostPort},
		{name: "in-flight", otherwise: strconv.Itoa(importer.DefaultInFlight), valid: "1 to 256", check: number(1, 256)},
		{name: flagKeyFile, valid: pathValid, check: path},
		{name: flagBackend, otherwise: "os", valid: "os, file or test", check: oneOf("os", "file", "test")},
		{name: "listen", otherwise: defaultListen, valid: "host:port, as 127.0.0.1:9190", check: hostPort},
		{name: flagLogLevel, otherwise: "info", valid: "debug, info, warn or error", check: oneOf("debug", "info", "warn", "error")},
		{name: "max-state-age", otherwise: lightchain.DefaultMaxAge.String(), valid: "1s to 10m0s", check: duration(time.Second, 10*time.Minute)},
		{name: flagNode, otherwise: defaultNode, valid: "an address like tcp://127.0.0.1:26657", check: nodeAddress},
		{name: "orders-per-day", otherwise: "100000", valid: "1 to 1000000000", check: number(1, 1_000_000_000)},
		{name: "orders-per-second", otherwise: "20", valid: "0.01 to 1000000", check: decimal(0.01, 1_000_000)},
		{name: flagPassphrase, valid: pathValid, check: path},
		{name: flagPseudonyms, otherwise: pseudonymsHMAC, valid: "hmac or oprf", check: oneOf(pseudonymsHMAC, pseudonymsOPRF)},
		{name: "records-per-day", otherwise: "1000000", valid: "1 to 1000000000", check: number(1, 1_000_000_000)},
		{name: flagStopWithin, otherwise: defaultStopWithin.String(), valid: "1s to 5m0s", check: duration(time.Second, 5*time.Minute)},
	}
}

// find returns the setting of a name.
func findSetting(name string) (setting, bool) {
	all := settingsTable()
	i := slices.IndexFunc(all, func(s setting) bool { return s.name == name })
	if i < 0 {
		return setting{}, false
	}
	return all[i], true
}

// verify says what is wrong with a value, and from where it is.
func (s setting) verify(value, from string) error {
	err := s.check(value)
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s (%s): %q is not valid: give %s: %w", s.name, from, shown(value), s.valid, err)
}

// shown is a value without the password that an address may have.
func shown(value string) string {
	if address, err := url.Parse(value); err == nil && address.User != nil {
		return address.Redacted()
	}
	return value
}

func pattern(expression string) func(string) error {
	compiled := regexp.MustCompile(expression)
	return func(value string) error {
		if !compiled.MatchString(value) {
			return fmt.Errorf("it does not match %s", expression)
		}
		return nil
	}
}

func oneOf(values ...string) func(string) error {
	return func(value string) error {
		if !slices.Contains(values, value) {
			return fmt.Errorf("it is none of %s", strings.Join(values, ", "))
		}
		return nil
	}
}

func number(low, high int) func(string) error {
	return func(value string) error {
		n, err := strconv.Atoi(value)
		if err != nil {
			return fmt.Errorf("it is no whole number")
		}
		if n < low || n > high {
			return fmt.Errorf("it is not from %d to %d", low, high)
		}
		return nil
	}
}

func decimal(low, high float64) func(string) error {
	return func(value string) error {
		n, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return fmt.Errorf("it is no number")
		}
		if !(n >= low && n <= high) { // nor NaN
			return fmt.Errorf("it is not from %g to %g", low, high)
		}
		return nil
	}
}

func duration(low, high time.Duration) func(string) error {
	return func(value string) error {
		d, err := time.ParseDuration(value)
		if err != nil {
			return fmt.Errorf("it is no time: write it like %s", low)
		}
		if d < low || d > high {
			return fmt.Errorf("it is not from %s to %s", low, high)
		}
		return nil
	}
}

// orOff also takes off.
func orOff(check func(string) error) func(string) error {
	return func(value string) error {
		if value == settingOff {
			return nil
		}
		return check(value)
	}
}

func hostPort(value string) error {
	_, port, err := net.SplitHostPort(strings.TrimPrefix(value, "tcp://"))
	if err != nil {
		return err
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("port %q is not from 0 to 65535", port)
	} else if n == 0 && port != "0" {
		return fmt.Errorf("port %q is no number", port)
	}
	return nil
}

func nodeAddress(value string) error {
	address, err := url.Parse(value)
	if err != nil {
		return fmt.Errorf("it is no URL") // the error of Parse repeats it
	}
	if !slices.Contains([]string{"tcp", "http", "https"}, address.Scheme) || address.Host == "" {
		return fmt.Errorf("it has no scheme tcp, http or https with a host")
	}
	return nil
}

func adminAddress(value string) error {
	if value == settingOff {
		return nil
	}
	if err := hostPort(value); err != nil {
		return err
	}
	return operate.CheckLoopback(value)
}

func path(value string) error {
	if value == "" || strings.ContainsRune(value, 0) {
		return fmt.Errorf("it is empty")
	}
	return nil
}

// readable is a check of what a path names, which only 'config check' makes: other commands say it when they use it.
func readable(value string) error {
	file, err := os.Open(value) //nolint:gosec // the operator names the file
	if err != nil {
		return err
	}
	return file.Close()
}
