// Package clock reads the retention clock of a record from the record's own fields. Furnishers use it when they report,
// and whoever gets a report uses it to check that they did: the chain, which sees no field, can hold a record to the
// longest retention of a profile only.
package clock

import (
	"errors"
	"fmt"
	"time"

	"github.com/creditd/creditd/x/attestation/commitment"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// ErrOver: the law does not let the record be shown any more.
var ErrOver = errors.New("its retention is over")

// Fields of the built-in schemas that a clock is read from.
const (
	fieldStatus    = "status"
	fieldFirst     = "date_first_delinquency"
	fieldChargeOff = "charge_off_date"
	fieldClosed    = "closed"
	fieldAsOf      = "reported_as_of"
)

// daysLate of the account status codes that say how late an account is (Metro 2 field 17A).
var daysLate = map[string]int{"71": 30, "78": 60, "80": 90, "82": 120, "83": 150, "84": 180}

// Reading is what a record's fields say.
type Reading struct {
	Event credittypes.RetentionEvent
	// First is the date of first delinquency; zero when nothing counts against the subject.
	First time.Time
	// Stated: the record has that date. Otherwise it is the latest that its other fields allow.
	Stated bool
	// End of the delinquency; zero while it lasts.
	End time.Time
}

// Negative tells whether the record counts against its subject.
func (r Reading) Negative() bool { return r.Event != credittypes.RETENTION_EVENT_NONE }

// Read a record. An account that is paid as agreed has no date of first delinquency, whatever its payment history says:
// Metro 2 zero-fills the field once the account is current again.
func Read(values commitment.Record) (Reading, error) {
	var dates [4]time.Time
	for i, name := range []string{fieldFirst, fieldChargeOff, fieldClosed, fieldAsOf} {
		text := values[name]
		if text == "" {
			continue
		}
		date, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return Reading{}, fmt.Errorf("%s is no date", name)
		}
		dates[i] = date
	}
	stated, chargedOff, closed, asOf := dates[0], dates[1], dates[2], dates[3]
	if closed.IsZero() {
		closed = asOf // it was over by then
	}
	r := Reading{Event: credittypes.RETENTION_EVENT_NONE}
	status := values[fieldStatus]
	days, late := daysLate[status]
	switch {
	case late:
		r.Event, r.First = credittypes.RETENTION_EVENT_DELINQUENCY, before(asOf, days)
	case status == "93" || status == "97":
		r.Event, r.First = credittypes.RETENTION_EVENT_CHARGE_OFF, earliest(chargedOff, asOf)
	case status == "64":
		r.Event, r.First, r.End = credittypes.RETENTION_EVENT_CHARGE_OFF, earliest(chargedOff, closed), closed
	case status == "61" || status == "62" || status == "63" || status == "65":
		r.Event, r.First, r.End = credittypes.RETENTION_EVENT_DELINQUENCY, closed, closed
	case !stated.IsZero():
		r.Event, r.End = credittypes.RETENTION_EVENT_DELINQUENCY, closed
	}
	if !stated.IsZero() {
		r.First, r.Stated = stated, true
	}
	if r.Negative() && r.First.IsZero() {
		return Reading{}, fmt.Errorf("status %s counts against the subject, and no field says since when: give %s", status, fieldFirst)
	}
	return r, nil
}

// countedFor is the reading as the profile counts it for that kind of subject: where the law protects natural persons alone, nothing
// in a legal entity's record starts a clock.
func (r Reading) countedFor(profile credittypes.Profile, kind credittypes.SubjectKind) Reading {
	if profile.RetentionOfPersonsOnly && kind == credittypes.SUBJECT_KIND_LEGAL_ENTITY {
		return Reading{Event: credittypes.RETENTION_EVENT_NONE}
	}
	return r
}

// Limit is the last moment at which the profile lets the record be shown, about a subject of that kind and reported at the time at.
func (r Reading) Limit(profile credittypes.Profile, kind credittypes.SubjectKind, at time.Time) (time.Time, error) {
	return r.countedFor(profile, kind).limit(profile, at)
}

func (r Reading) limit(profile credittypes.Profile, at time.Time) (time.Time, error) {
	rule, err := ruleOf(profile, r.Event)
	if err != nil {
		return time.Time{}, err
	}
	date := at // nothing counts against the subject, or what does has not ended
	switch {
	case !r.Negative():
	case rule.FromEnd && !r.End.IsZero():
		date = earliest(r.End, at)
	case rule.FromEnd:
	case r.Stated || r.Event != credittypes.RETENTION_EVENT_CHARGE_OFF:
		date = r.First
	default:
		// The clock starts so many days after the delinquency began, and that began before the charge-off, whose date alone is
		// known: it started on that date at the latest (FCRA s. 605(c)).
		date = r.First.AddDate(0, 0, -int(rule.StartDays))
	}
	until, _ := profile.ShowUntil(r.Event, date)
	return until, nil
}

// shortestShown: a record whose time ends sooner is not worth a transaction, and might be refused when its block comes.
const shortestShown = 24 * time.Hour

// ShowUntil is what a furnisher reports: the start of the month of the limit, so that many records share it. A record that
// does not count against its subject gets the shortest retention of the profile and not its own, which would tell it apart.
func (r Reading) ShowUntil(profile credittypes.Profile, kind credittypes.SubjectKind, at time.Time) (time.Time, error) {
	r = r.countedFor(profile, kind)
	limit, err := r.limit(profile, at)
	if err != nil {
		return time.Time{}, err
	}
	if !r.Negative() {
		for _, rule := range profile.Retention {
			if until, _ := profile.ShowUntil(rule.Event, at); until.Before(limit) {
				limit = until
			}
		}
	}
	limit = limit.UTC()
	year, month, day := limit.Date()
	for _, until := range []time.Time{time.Date(year, month, 1, 0, 0, 0, 0, time.UTC), time.Date(year, month, day, 0, 0, 0, 0, time.UTC)} {
		if until.After(at.Add(shortestShown)) {
			return until, nil
		}
	}
	return time.Time{}, fmt.Errorf("%w: profile %s let it be shown until %s", ErrOver, profile.Code, limit.Format(time.DateOnly))
}

func ruleOf(profile credittypes.Profile, event credittypes.RetentionEvent) (credittypes.RetentionRule, error) {
	for _, rule := range profile.Retention {
		if rule.Event == event {
			return rule, nil
		}
	}
	return credittypes.RetentionRule{}, fmt.Errorf("profile %s has no retention for %s: the members add it by vote", profile.Code, event)
}

// earliest of two dates, of which one may be zero.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

func before(date time.Time, days int) time.Time {
	if date.IsZero() {
		return date
	}
	return date.AddDate(0, 0, -days)
}
