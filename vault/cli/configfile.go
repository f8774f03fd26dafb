package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/viper"
)

// maxConfigBytes of a configuration file.
const maxConfigBytes = 64 << 10

// source of a value, the strongest first.
type source string

const (
	fromFlag        source = "flag"
	fromEnvironment source = "environment"
	fromFile        source = "file"
	fromInit        source = "init"
	fromClient      source = "client.toml"
	fromDefault     source = "default"
)

func configPath(home string) string { return filepath.Join(home, "vault", "vault.toml") }

// readConfig reads a configuration file and checks all of it: every key is known and every value valid. A file that is
// not there is empty.
func readConfig(file string) (map[string]string, error) {
	raw, err := openConfig(file)
	if err != nil || raw == nil {
		return nil, err
	}
	parser := viper.New()
	parser.SetConfigType("toml")
	if err := parser.ReadConfig(bytes.NewReader(raw)); err != nil {
		return nil, fmt.Errorf("%s: %w: write lines like log-level = \"info\"", file, err)
	}
	values, wrong := map[string]string{}, []error{}
	keys := parser.AllKeys()
	slices.Sort(keys)
	for _, key := range keys {
		s, known := findSetting(key)
		if !known {
			wrong = append(wrong, fmt.Errorf("%s: unknown key %q: did you mean %q? 'creditd vault config show' lists all", file, key, nearest(key)))
			continue
		}
		text, err := scalar(parser.Get(key))
		if err == nil {
			err = s.verify(text, "key of the file")
		} else {
			err = fmt.Errorf("%s: give %s: %w", key, s.valid, err)
		}
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", file, err))
			continue
		}
		values[key] = text
	}
	return values, errors.Join(wrong...)
}

// openConfig reads the bytes, nil where there is no file. Who can write it can send the vault's questions elsewhere.
func openConfig(file string) ([]byte, error) {
	f, err := os.Open(file) //nolint:gosec // in the operator's own home
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	if info.Mode().Perm()&0o022 != 0 {
		return nil, fmt.Errorf("%s can be written by others than its owner: run 'chmod go-w %s'", file, file)
	}
	raw, err := io.ReadAll(io.LimitReader(f, maxConfigBytes+1))
	if err == nil && len(raw) > maxConfigBytes {
		err = fmt.Errorf("%s is larger than %d bytes: it is no configuration of a vault", file, maxConfigBytes)
	}
	return raw, err
}

// scalar writes a value of TOML as a flag has it.
func scalar(value any) (string, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case bool:
		return strconv.FormatBool(v), nil
	}
	return "", errors.New("it is neither one text nor one number")
}

// nearest is the known name with the fewest letters to change (Levenshtein's distance). Tables have no part in it.
func nearest(name string) string {
	name = name[strings.LastIndex(name, ".")+1:]
	best, least := "", len(name)+1<<10
	for _, s := range settingsTable() {
		if d := distance(name, s.name); d < least {
			best, least = s.name, d
		}
	}
	return best
}

func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}

// unknownEnvironment names variables that nothing reads, most likely misspelt.
func unknownEnvironment(environ []string) (wrong []error) {
	for _, variable := range environ {
		name, _, _ := strings.Cut(variable, "=")
		rest, ours := strings.CutPrefix(name, envPrefix)
		if !ours {
			continue
		}
		key := strings.ToLower(strings.ReplaceAll(rest, "_", "-"))
		if _, known := findSetting(key); !known {
			near, _ := findSetting(nearest(key))
			wrong = append(wrong, fmt.Errorf("environment: unknown variable %s: did you mean %s?", name, near.env()))
		}
	}
	return wrong
}

// value of a setting by environment and file.
func (e *environment) configured(s setting) (value string, from source, err error) {
	if value, ok := os.LookupEnv(s.env()); ok {
		return value, fromEnvironment, s.verify(value, s.env()+" of the environment")
	}
	if value, ok := e.file[s.name]; ok {
		return value, fromFile, nil // checked when the file was read
	}
	return "", "", nil
}

// applySettings gives each flag of the command that was not passed the value that environment or file have for it, and
// checks all of them.
func (e *environment) applySettings() (err error) {
	if e.file, err = readConfig(configPath(e.home)); err != nil {
		return err
	}
	var wrong []error
	for _, s := range settingsTable() {
		flag := e.cmd.Flags().Lookup(s.name)
		if flag == nil || s.name == flagPassphrase && e.cmd.Flags().Changed(flagPassphraseFD) { // which is passed instead
			continue
		}
		if flag.Changed {
			if value := flag.Value.String(); value != "" {
				wrong = append(wrong, s.verify(value, "flag --"+s.name))
			}
			continue
		}
		value, from, err := e.configured(s)
		if err == nil && from != "" {
			err = flag.Value.Set(value)
		}
		wrong = append(wrong, err)
	}
	return errors.Join(wrong...)
}

// passed is what was given on the command line, for what is to be remembered: what is in the file stays there.
func (e *environment) passed(name string) string {
	if !e.cmd.Flags().Changed(name) {
		return ""
	}
	return text(e.cmd, name)
}
