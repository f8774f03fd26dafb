// Package predicate is the client's side of predicates (x/predicate): it reads what was asked from a chain and the record
// from what its subject holds, makes the proof, sends it, and checks proofs again without a chain.
package predicate

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/creditd/creditd/x/attestation/commitment"
)

// maxRecordBytes of a file of records: a report has kilobytes.
const maxRecordBytes = 64 << 20

// Record is what an attestation was made of: its values and the seed of its salts.
type Record struct {
	Attestation [32]byte
	Values      commitment.Record
	Seed        commitment.Seed
}

// Format keeps a record out of every log line and error message, whatever the verb.
func (Record) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "Record(redacted)") }

// recordLine is a record as a line of a report has it (`creditd report get`, `creditd wallet report`).
type recordLine struct {
	Attestation string            `json:"attestation"`
	Values      commitment.Record `json:"values"`
	Seed        string            `json:"seed"`
}

// ReadRecords reads a report in JSON, of which it takes the lines that have values and a seed, or one such line by itself.
func ReadRecords(path string) ([]Record, error) {
	f, err := os.Open(path) //nolint:gosec // the user names the file
	if err != nil {
		return nil, err
	}
	bz, err := io.ReadAll(io.LimitReader(f, maxRecordBytes+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	if len(bz) > maxRecordBytes {
		return nil, fmt.Errorf("%s has more than %d bytes: it is no report", path, maxRecordBytes)
	}
	records, err := ParseRecords(bz)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return records, nil
}

// ParseRecords is ReadRecords of bytes. No error quotes a value.
func ParseRecords(bz []byte) ([]Record, error) {
	var file struct {
		recordLine
		Lines []recordLine `json:"lines"`
	}
	if err := json.Unmarshal(bz, &file); err != nil {
		return nil, errors.New("not JSON: give what `creditd report get --output json` printed") // the error could quote it
	}
	lines := file.Lines
	if file.Seed != "" {
		lines = append(lines, file.recordLine)
	}
	var records []Record
	for i, line := range lines {
		if line.Seed == "" || len(line.Values) == 0 {
			continue // not shown, or not verified
		}
		attestation, err := id32(line.Attestation)
		if err != nil {
			return nil, fmt.Errorf("line %d: attestation: %w", i, err)
		}
		seed, err := id32(line.Seed)
		if err != nil {
			return nil, fmt.Errorf("line %d: seed: %w", i, err)
		}
		records = append(records, Record{Attestation: attestation, Values: line.Values, Seed: seed})
	}
	if len(records) == 0 {
		return nil, errors.New("it has no record with its values and seed: get a report with `creditd report get` or `creditd wallet report`")
	}
	return records, nil
}

func id32(text string) (id [32]byte, err error) {
	bz, err := hex.DecodeString(text)
	if err != nil || len(bz) != len(id) {
		return id, errors.New("write 64 hexadecimal digits")
	}
	return [32]byte(bz), nil
}
