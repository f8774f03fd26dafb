package report

import (
	"cmp"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// describe shows what the chain has about the file beside its tradelines.
func (g *Getter) describe(r *Report, f *file) {
	r.alertsOf(f.subject, g.Now())
	r.Aliases = nil
	for _, alias := range f.subject.Aliases {
		r.Aliases = append(r.Aliases, hex.EncodeToString(alias))
	}
	r.Inquiries, r.InquiriesFrom = f.looks(r.Own), f.since
	r.Disputes = make([]Dispute, 0, len(f.disputes))
	for _, d := range f.disputes {
		dispute := disputeOf(d)
		dispute.Name = f.names[d.Furnisher].Institution.Name
		r.Disputes = append(r.Disputes, dispute)
	}
	slices.SortFunc(r.Disputes, func(a, b Dispute) int {
		return cmp.Or(b.OpenedAt.Compare(a.OpenedAt), cmp.Compare(a.ID, b.ID))
	})
}

// looks at the file, newest first. Lenders see those that tell that the subject applied for credit; the subject sees all.
func (f *file) looks(own bool) []Look {
	looks := []Look{}
	for _, line := range f.trail {
		if line.Kind != credittypes.TRAIL_KIND_INQUIRY_OPENED {
			continue
		}
		look := Look{
			Inquiry: hex.EncodeToString(line.Ref), By: line.Actor, Purpose: word(line.Purpose.String(), "PURPOSE_"),
			Kind: kindOf(line.Purpose, f.kinds[line.Actor]), Time: line.Time.UTC(),
		}
		switch {
		case look.Kind == kindOwn:
			look.Name = "the subject"
		default:
			look.Name = institutionName(f.names[line.Actor])
		}
		if own || look.Kind == kindHard {
			looks = append(looks, look)
		}
	}
	slices.SortStableFunc(looks, func(a, b Look) int { return b.Time.Compare(a.Time) })
	return looks
}

const (
	kindHard = "hard"
	kindSoft = "soft"
	kindOwn  = "own"
)

// kindOf a look is what the profile of the data user says of its purpose, as when the chain opens an inquiry.
func kindOf(purpose credittypes.Purpose, profile credittypes.Profile) string {
	if purpose == credittypes.PURPOSE_OWN_REQUEST {
		return kindOwn
	}
	for _, rule := range profile.Purposes {
		if rule.Purpose == purpose && rule.Kind == credittypes.INQUIRY_KIND_SOFT {
			return kindSoft
		}
	}
	return kindHard
}

// institutionName of one that the chain knows.
func institutionName(view institutiontypes.InstitutionView) string {
	return cmp.Or(view.Institution.Name, "unknown")
}

// alertsOf shows what the subject put on its file.
func (r *Report) alertsOf(subject credittypes.Subject, now time.Time) {
	r.Freeze, r.FraudAlert = nil, nil
	if f := subject.Freeze; f != nil {
		r.Freeze = &Freeze{Since: f.Since, LiftedUntil: f.LiftedUntil, LiftedFor: f.LiftedFor}
	}
	if a := subject.FraudAlert; a != nil && now.Before(a.Until) {
		r.FraudAlert = &FraudAlert{Since: a.Since, Until: a.Until, Extended: a.Extended}
	}
}

// word is the value of an enum as people write it.
func word(name, prefix string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(name, prefix)), "_", "-")
}
