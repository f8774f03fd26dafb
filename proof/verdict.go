package proof

import (
	"fmt"
	"io"
	"time"

	"github.com/creditd/creditd/x/attestation/commitment"
)

// Exit codes of a verification, one for each line that can be wrong, the first that applies.
const (
	ExitGood    = 0
	ExitInvalid = 2 // integrity; 1 is any other failure, such as a file that is not there
	ExitIssuer  = 3 // the issuer or its accreditation is not in force
	ExitStatus  = 4 // revoked, suspended, superseded, expired or not yet valid
	ExitAbsent  = 5 // there is no such attestation; with Options.Absent: there is one
	ExitStale   = 6 // older than was asked for
)

// Verdict is what a valid bundle proves, in four lines.
type Verdict struct {
	Good      bool      `json:"good"` // all four lines are
	ExitCode  int       `json:"exit_code"`
	Integrity Integrity `json:"integrity"`
	Issuer    Issuer    `json:"issuer"`
	Status    Status    `json:"status"`
	Freshness Freshness `json:"freshness"`
}

// Line is what every line has.
type Line struct {
	OK   bool   `json:"ok"`
	Text string `json:"text"`
}

// Integrity says what was attested, and that it is what the chain has.
type Integrity struct {
	Line
	ChainID            string      `json:"chain_id"`
	Attestation        string      `json:"attestation"`
	Anchored           bool        `json:"anchored"`
	Schema             string      `json:"schema,omitempty"`
	SchemaName         string      `json:"schema_name,omitempty"`
	SchemaVersion      uint32      `json:"schema_version,omitempty"`
	SchemaDeprecatedAt *time.Time  `json:"schema_deprecated_at,omitempty"`
	Subject            string      `json:"subject,omitempty"`
	Commitment         string      `json:"commitment,omitempty"`
	Reference          string      `json:"reference,omitempty"`
	Disclosed          []Disclosed `json:"disclosed,omitempty"`
	TrustedHeight      int64       `json:"trusted_height,string"`
	Headers            int         `json:"headers"`
}

// Disclosed is one opened field.
type Disclosed struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	Present bool   `json:"present"`
	Value   string `json:"value"`
}

// Issuer says who attested, and whether it still may.
type Issuer struct {
	Line
	Operator      string     `json:"operator,omitempty"`
	Name          string     `json:"name,omitempty"`
	LicenceNumber string     `json:"licence_number,omitempty"`
	Jurisdiction  string     `json:"jurisdiction,omitempty"`
	LicenceStatus string     `json:"licence_status,omitempty"`
	Standing      string     `json:"standing,omitempty"`
	Since         *time.Time `json:"since,omitempty"`         // since when the standing is not good
	Accreditation string     `json:"accreditation,omitempty"` // that gave the right
	Node          string     `json:"node,omitempty"`          // accreditation that is not in force, it or one above it
}

// Status says what became of the attestation.
type Status struct {
	Line
	State        string     `json:"state"` // active, revoked, suspended, superseded, expired, not-yet-valid or absent
	Since        *time.Time `json:"since,omitempty"`
	Reason       string     `json:"reason,omitempty"`
	SupersededBy string     `json:"superseded_by,omitempty"`
	StatedAt     *time.Time `json:"stated_at,omitempty"`
	ValidFrom    *time.Time `json:"valid_from,omitempty"`
	ExpiresAt    *time.Time `json:"expires_at,omitempty"`
}

// Freshness says when all of this was true.
type Freshness struct {
	Line
	Height     int64     `json:"height,string"` // of the state
	Time       time.Time `json:"time"`          // of the header that proves it, the next one
	AgeSeconds int64     `json:"age_seconds"`
}

// Print writes the four lines.
func (v *Verdict) Print(w io.Writer) {
	for _, line := range []struct {
		name string
		Line
	}{{"integrity", v.Integrity.Line}, {"issuer", v.Issuer.Line}, {"status", v.Status.Line}, {"freshness", v.Freshness.Line}} {
		mark := "ok  "
		if !line.OK {
			mark = "NOT "
		}
		fmt.Fprintf(w, "%-10s %s %s\n", line.name, mark, line.Text)
	}
}

// Wrong is the text of the line that the exit code is of, empty when all are good.
func (v *Verdict) Wrong() string {
	switch v.ExitCode {
	case ExitGood:
		return ""
	case ExitInvalid:
		return v.Integrity.Text
	case ExitIssuer:
		return v.Issuer.Text
	case ExitStale:
		return v.Freshness.Text
	default:
		return v.Status.Text
	}
}

// judge turns evidence into a verdict.
func judge(e *evidence, disclosure *commitment.Disclosure, chain []lightBlock, o Options) *Verdict {
	last := chain[len(chain)-1]
	at := o.Now
	if at.Before(last.Time) {
		at = last.Time
	}
	v := &Verdict{
		Integrity: e.integrity(disclosure, chain),
		Issuer:    e.standing(at),
		Status:    e.state(at),
		Freshness: freshness(last, at, o.MaxAge),
	}
	if o.Absent { // absence is the good news, and has no issuer
		v.Status.OK = e.absent != ""
		v.Issuer.OK = v.Status.OK
	}
	switch {
	case (e.absent != "") != o.Absent:
		v.ExitCode = ExitAbsent
	case o.Absent:
	case !v.Status.OK:
		v.ExitCode = ExitStatus
	case !v.Issuer.OK:
		v.ExitCode = ExitIssuer
	}
	if v.ExitCode == ExitGood && !v.Freshness.OK {
		v.ExitCode = ExitStale
	}
	v.Good = v.ExitCode == ExitGood
	return v
}

// InvalidVerdict is the verdict on a bundle that Verify refused: nothing is known but why.
func InvalidVerdict(err error) *Verdict {
	unknown := Line{Text: "not known: the bundle proves nothing"}
	return &Verdict{
		ExitCode:  ExitInvalid,
		Integrity: Integrity{Line: Line{Text: err.Error()}},
		Issuer:    Issuer{Line: unknown},
		Status:    Status{Line: unknown, State: "unknown"},
		Freshness: Freshness{Line: unknown},
	}
}
