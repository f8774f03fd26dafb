package types

import "fmt"

// The checks below are about what records count of each other.

const secondsOfDay = 24 * 60 * 60

// checkCounts compares the days of institutions with their looks and with the lines of their trails, uses of consents with
// the looks under them, and versions with the lines that corrections left.
func (r records) checkCounts(gs GenesisState) error {
	if err := r.checkDays(gs); err != nil {
		return err
	}
	used := make(map[string]uint32) // asked, never walked
	for _, inquiry := range gs.Inquiries {
		used[key(inquiry.Subject, inquiry.ConsentId)]++
	}
	err := each("consent", gs.Consents, func(c Consent) error {
		if spent := used[key(c.Subject, c.Id)]; spent+c.UsesLeft > MaxUses {
			return ErrInvalidConsent.Wrapf("%d uses spent and %d left", spent, c.UsesLeft)
		}
		return nil
	})
	if err != nil {
		return err
	}
	corrections := make(map[string]uint32) // asked, never walked
	for _, entry := range gs.Trail {
		if entry.Kind == TRAIL_KIND_CORRECTED || entry.Kind == TRAIL_KIND_UPDATED {
			corrections[key(entry.Ref)]++
		}
	}
	return each("tradeline", gs.Tradelines, func(t Tradeline) error {
		if lines := corrections[key(t.Id)]; lines >= t.Version {
			return ErrInvalidReport.Wrapf("version %d after %d corrections", t.Version, lines)
		}
		return nil
	})
}

// checkDays checks that a day's counts are those of the looks that began on it, and of the silences in the trail.
func (r records) checkDays(gs GenesisState) error {
	looks, lines, silences := make(map[string]uint32), make(map[string]uint32), make(map[string]uint32) // asked, never walked
	total := 0
	for _, inquiry := range gs.Inquiries {
		looks[fmt.Sprint(inquiry.DataUser, inquiry.OpenedAt.Unix()/secondsOfDay, " ", inquiry.Purpose)]++
		total++
	}
	for _, line := range gs.InstitutionTrail {
		day := line.Entry.Time.Unix() / secondsOfDay
		switch line.Entry.Kind {
		case TRAIL_KIND_SILENCE:
			silences[fmt.Sprint(line.Institution, day)]++
		case TRAIL_KIND_INQUIRY_OPENED:
			lines[fmt.Sprint(line.Institution, day, " ", line.Entry.Purpose)]++
		default:
		}
	}
	err := each("institution day", gs.InstitutionDays, func(d InstitutionDay) error {
		for _, of := range d.Inquiries {
			total -= int(of.Count)
			at := fmt.Sprint(d.Institution, d.Day, " ", of.Purpose)
			own := of.Purpose == PURPOSE_OWN_REQUEST // which is in the subject's trail alone
			if looks[at] != of.Count || (!own && lines[at] != of.Count) {
				return ErrBudgetSpent.Wrapf("%s: %d for %s, where %d looks and %d lines of the trail began on day %d",
					d.Institution, of.Count, of.Purpose, looks[at], lines[at], d.Day)
			}
		}
		if lines := silences[fmt.Sprint(d.Institution, d.Day)]; lines != d.Silences {
			return ErrInvalidGenesis.Wrapf("%s: %d silences and %d lines of the trail on day %d", d.Institution, d.Silences, lines, d.Day)
		}
		return nil
	})
	if err == nil && total != 0 {
		err = ErrInvalidGenesis.Wrapf("institution days: %d looks are not counted", total)
	}
	return err
}
