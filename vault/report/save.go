package report

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/creditd/creditd/proof"
)

const maxFileBytes = 64 << 20

// Save writes the report as JSON, with all that is needed to check it against the chain again. It holds credit data, so only
// its owner may read the file.
func (r *Report) Save(path string) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(path, append(data, '\n'))
}

// Save writes the file with proofs, for its owner alone.
func (p *Proofs) Save(path string) error {
	encoded, err := p.Encode()
	if err != nil {
		return err
	}
	return writeFile(path, encoded)
}

// writeFile puts a file there whole or not at all, readable by its owner alone even where there was one that others could read.
func writeFile(path string, data []byte) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".report-*") // mode 0600
	if err != nil {
		return fmt.Errorf("saving the report: %w", err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("saving the report: %w", errors.Join(err, os.Remove(file.Name())))
		}
	}()
	if _, err = file.Write(data); err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// Load reads a report that Save wrote as JSON.
func Load(path string) (*Report, error) {
	r, encoded, err := LoadAny(path)
	if err == nil && encoded != nil {
		err = fmt.Errorf("%s is a report with proofs: check it with 'creditd report verify'", path)
	}
	return r, err
}

// LoadAny reads a file that either Save wrote: the report, or the bytes of a file with proofs.
func LoadAny(path string) (*Report, []byte, error) {
	file, err := os.Open(path) //nolint:gosec // the user names the file
	if err != nil {
		return nil, nil, fmt.Errorf("saved report: %w", err)
	}
	defer func() { _ = file.Close() }() // it was only read
	data, err := io.ReadAll(io.LimitReader(file, maxFileBytes+1))
	if err != nil {
		return nil, nil, fmt.Errorf("saved report: %w", err)
	}
	if len(data) > maxFileBytes {
		return nil, nil, fmt.Errorf("saved report %s has more than %d bytes, more than any report", path, maxFileBytes)
	}
	if bytes.HasPrefix(data, []byte(`{"format":`)) {
		return nil, data, nil
	}
	var r Report
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, nil, fmt.Errorf("%s is not a report that 'creditd report get --save' wrote: %w", path, err)
	}
	return &r, nil, nil
}

// Rebase returns the same report with other headers: those from another trusted height to the proven one. The node need not
// have the state of that height any more.
func Rebase(ctx context.Context, node proof.Node, encoded []byte, trustedHeight int64) (*Proofs, error) {
	p, err := ParseProofs(encoded)
	if err != nil {
		return nil, err
	}
	if len(p.Blocks) == 0 {
		return nil, fmt.Errorf("%w: no blocks", proof.ErrInvalid)
	}
	tip, err := p.Blocks[len(p.Blocks)-1].Trusted()
	if err != nil {
		return nil, err
	}
	rebased := *p
	var path proof.Path
	if rebased.Blocks, path, err = proof.Lead(ctx, node, tip.Height, trustedHeight, false); err != nil {
		return nil, err
	}
	start, err := rebased.Start()
	if err != nil {
		return nil, err
	}
	again, err := rebased.Encode()
	if err != nil {
		return nil, err
	}
	if _, err := VerifyProofs(again, start, proof.Options{Now: path.Time, TrustingPeriod: forever}); err != nil {
		return nil, fmt.Errorf("what the node answered does not hold: %w", err)
	}
	return &rebased, nil
}
