package audit

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/credit/types"
)

// Verdict is what a valid bundle proves.
type Verdict struct {
	Integrity Integrity `json:"integrity"`
	// Subject or Institution whose trail it is.
	Subject     *commitment.Hash `json:"subject,omitempty"`
	Institution string           `json:"institution,omitempty"`
	From        int64            `json:"from_height,string"`
	To          int64            `json:"to_height,string"`
	// Lines of the range, all of them, in the order of their heights.
	Lines []Line `json:"lines"`
	// Kinds counts them, the kinds in the order of their numbers.
	Kinds []KindCount `json:"kinds"`
	// Inquiries that were opened in the range: of a subject all looks at it, of an institution all its looks.
	Inquiries []Line `json:"inquiries"`
}

// Integrity says that this is what the chain has, and until when.
type Integrity struct {
	proof.Line
	ChainID       string    `json:"chain_id,omitempty"`
	Height        int64     `json:"height,string"` // of the state
	Time          time.Time `json:"time"`          // of the header that proves it, the next one
	TrustedHeight int64     `json:"trusted_height,string"`
	Headers       int       `json:"headers"`
}

// Line of a trail.
type Line struct {
	Height  int64     `json:"height,string"`
	Time    time.Time `json:"time"`
	Kind    string    `json:"kind"`
	Actor   string    `json:"actor,omitempty"` // who did it, in a subject's trail
	About   string    `json:"about,omitempty"` // the subject, or what names a batch of many, in an institution's
	Ref     string    `json:"ref"`
	Purpose string    `json:"purpose,omitempty"`

	kind types.TrailKind
}

// KindCount counts lines of one kind.
type KindCount struct {
	Kind  string `json:"kind"`
	Count int    `json:"count"`
}

func (b *Bundle) judge(path proof.Path, lines []Line) *Verdict {
	v := &Verdict{
		Integrity: Integrity{
			Line: proof.Line{OK: true, Text: fmt.Sprintf("the state of %s at height %d, of %s, is proven, %s",
				path.ChainID, path.Height-1, path.Time.UTC().Format(time.RFC3339), path.How)},
			ChainID: path.ChainID, Height: path.Height - 1, Time: path.Time.UTC(), TrustedHeight: path.Trusted, Headers: path.Headers,
		},
		Subject: b.Subject, Institution: b.Institution, From: b.From, To: b.To, Lines: lines, Kinds: []KindCount{}, Inquiries: []Line{},
	}
	counts := map[types.TrailKind]int{}
	var kinds []types.TrailKind
	for _, line := range lines {
		if counts[line.kind]++; counts[line.kind] == 1 {
			kinds = append(kinds, line.kind)
		}
		if line.kind == types.TRAIL_KIND_INQUIRY_OPENED {
			v.Inquiries = append(v.Inquiries, line)
		}
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		v.Kinds = append(v.Kinds, KindCount{word(kind.String(), "TRAIL_KIND_"), counts[kind]})
	}
	return v
}

// InvalidVerdict is the verdict on a bundle that Verify refused: nothing is known but why.
func InvalidVerdict(err error) *Verdict {
	return &Verdict{Integrity: Integrity{Line: proof.Line{Text: err.Error()}}, Lines: []Line{}, Kinds: []KindCount{}, Inquiries: []Line{}}
}

// Print writes the verdict as text.
func (v *Verdict) Print(w io.Writer) {
	if !v.Integrity.OK {
		fmt.Fprintf(w, "integrity  NOT  %s\n", v.Integrity.Text)
		return
	}
	fmt.Fprintf(w, "integrity  ok   %s\n", v.Integrity.Text)
	of := "institution " + v.Institution
	if v.Subject != nil {
		of = fmt.Sprintf("subject %x", v.Subject[:])
	}
	fmt.Fprintf(w, "trail      %s\n", of)
	fmt.Fprintf(w, "range      height %d to %d: %d lines, and no other\n", v.From, v.To, len(v.Lines))
	for _, count := range v.Kinds {
		fmt.Fprintf(w, "  %6d  %s\n", count.Count, count.Kind)
	}
	if len(v.Inquiries) == 0 {
		fmt.Fprintln(w, "inquiries  no inquiry in this range")
		return
	}
	fmt.Fprintf(w, "inquiries  %d in this range\n", len(v.Inquiries))
	for _, line := range v.Inquiries {
		who := "by " + line.Actor
		if line.Actor == "" {
			who = "of " + line.About
		}
		fmt.Fprintf(w, "  height %d  %s  %s  %s  inquiry %s\n", line.Height, line.Time.Format(time.RFC3339), line.Purpose, who, line.Ref)
	}
}

// word is the value of an enum as people write it.
func word(name, prefix string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(name, prefix)), "_", "-")
}
