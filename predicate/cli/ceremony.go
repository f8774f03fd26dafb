package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/creditd/creditd/privacy/setup"
)

// A ceremony is a folder: ceremony.json with its size, and the contributions, named by their place and who made them.

const (
	manifestFile     = "ceremony.json"
	ceremonyFormat   = "creditd/ceremony/v1"
	maxContributions = 1000
)

var nameOfInstitution = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

type manifest struct {
	Format string `json:"format"`
	Rows   int    `json:"rows"`
}

// ceremony is a folder whose contributions were all verified.
type ceremony struct {
	folder   string
	manifest manifest
	made     *setup.Ceremony
}

func beginCeremony(folder string, rows int) error {
	if _, err := setup.NewCeremony(rows); err != nil {
		return fmt.Errorf("--%s: %w", flagRows, err)
	}
	if err := os.Mkdir(folder, 0o750); err != nil {
		return fmt.Errorf("a ceremony begins in a new folder: %w", err)
	}
	bz, err := json.MarshalIndent(manifest{Format: ceremonyFormat, Rows: rows}, "", "  ")
	if err != nil {
		return err
	}
	return replace(filepath.Join(folder, manifestFile), append(bz, '\n'), 0o644)
}

// readCeremony reads and verifies all of it.
func readCeremony(folder string, say func(string, ...any)) (*ceremony, error) {
	bz, err := os.ReadFile(filepath.Join(folder, manifestFile)) //nolint:gosec // the user names the folder
	if err != nil {
		return nil, fmt.Errorf("%w: begin a ceremony with `creditd privacy setup begin`", err)
	}
	c := &ceremony{folder: folder}
	if err := json.Unmarshal(bz, &c.manifest); err != nil || c.manifest.Format != ceremonyFormat {
		return nil, fmt.Errorf("%s is not of a ceremony", filepath.Join(folder, manifestFile))
	}
	if c.made, err = setup.NewCeremony(c.manifest.Rows); err != nil {
		return nil, err
	}
	files, err := c.files()
	if err != nil {
		return nil, err
	}
	for i, file := range files {
		say("verifying contribution %d of %d: %s\n", i+1, len(files), filepath.Base(file))
		if err := c.add(file); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return c, nil
}

// files of the contributions in order. Each place has one.
func (c *ceremony) files() ([]string, error) {
	files, err := filepath.Glob(filepath.Join(c.folder, "[0-9][0-9][0-9][0-9]-*.bin"))
	if err != nil {
		return nil, err
	}
	slices.Sort(files)
	for i, file := range files {
		if want := fmt.Sprintf("%04d-", i+1); filepath.Base(file)[:len(want)] != want {
			return nil, fmt.Errorf("%s: contribution %d is missing, or there are two of another place", c.folder, i+1)
		}
	}
	return files, nil
}

func (c *ceremony) add(file string) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if info.Size() != int64(c.made.ContributionSize()) {
		return fmt.Errorf("a contribution to this ceremony has %d bytes, not %d", c.made.ContributionSize(), info.Size())
	}
	bz, err := os.ReadFile(file) //nolint:gosec // in the folder that the user names
	if err != nil {
		return err
	}
	return c.made.Add(bz)
}

// contribute adds a contribution of that institution and writes it.
func (c *ceremony) contribute(name string) (file string, hash [32]byte, err error) {
	if !nameOfInstitution.MatchString(name) {
		return "", hash, fmt.Errorf("--%s: 1 to 63 of a-z, 0-9 and '-'", flagName)
	}
	if len(c.made.Contributions()) >= maxContributions {
		return "", hash, errors.New("the ceremony is full")
	}
	contribution, err := c.made.Contribute()
	if err != nil {
		return "", hash, err
	}
	place := len(c.made.Contributions())
	file = filepath.Join(c.folder, fmt.Sprintf("%04d-%s.bin", place, name))
	return file, c.made.Contributions()[place-1], replace(file, contribution, 0o644)
}
