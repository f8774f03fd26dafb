package clock

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/commitment"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

const person = credittypes.SUBJECT_KIND_NATURAL_PERSON

func day(t *testing.T, text string) time.Time {
	t.Helper()
	if text == "" {
		return time.Time{}
	}
	date, err := time.Parse(time.DateOnly, text)
	require.NoError(t, err)
	return date
}

func TestRead(t *testing.T) {
	const (
		none       = credittypes.RETENTION_EVENT_NONE
		delinquent = credittypes.RETENTION_EVENT_DELINQUENCY
		chargeOff  = credittypes.RETENTION_EVENT_CHARGE_OFF
	)
	for name, test := range map[string]struct {
		record     commitment.Record
		event      credittypes.RetentionEvent
		first, end string
		stated     bool
	}{
		"nothing":           {commitment.Record{}, none, "", "", false},
		"current":           {commitment.Record{"status": "11", "payment_history": "110000000000000000000000", "reported_as_of": "2026-10-31"}, none, "", "", false},
		"paid":              {commitment.Record{"status": "13", "closed": "2026-01-31"}, none, "", "", false},
		"30 days late":      {commitment.Record{"status": "71", "reported_as_of": "2026-10-31"}, delinquent, "2026-10-01", "", false},
		"180 days late":     {commitment.Record{"status": "84", "reported_as_of": "2026-10-31"}, delinquent, "2026-05-04", "", false},
		"since a day":       {commitment.Record{"status": "84", "reported_as_of": "2026-10-31", "date_first_delinquency": "2026-01-15"}, delinquent, "2026-01-15", "", true},
		"charged off":       {commitment.Record{"status": "97", "charge_off_date": "2026-03-31", "reported_as_of": "2026-10-31"}, chargeOff, "2026-03-31", "", false},
		"charged off since": {commitment.Record{"status": "97", "charge_off_date": "2026-03-31", "date_first_delinquency": "2025-09-30"}, chargeOff, "2025-09-30", "", true},
		"collections":       {commitment.Record{"status": "93", "reported_as_of": "2026-10-31"}, chargeOff, "2026-10-31", "", false},
		"paid charge-off":   {commitment.Record{"status": "64", "charge_off_date": "2025-03-31", "closed": "2026-06-30"}, chargeOff, "2025-03-31", "2026-06-30", false},
		"paid late":         {commitment.Record{"status": "62", "reported_as_of": "2026-06-30"}, delinquent, "2026-06-30", "2026-06-30", false},
		"cured":             {commitment.Record{"status": "11", "date_first_delinquency": "2025-09-30", "reported_as_of": "2026-06-30"}, delinquent, "2025-09-30", "2026-06-30", true},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Read(test.record)
			require.NoError(t, err)
			require.Equal(t, Reading{Event: test.event, First: day(t, test.first), Stated: test.stated, End: day(t, test.end)}, r)
		})
	}
	_, err := Read(commitment.Record{"status": "97"})
	require.ErrorContains(t, err, "date_first_delinquency")
	_, err = Read(commitment.Record{"closed": "soon"})
	require.ErrorContains(t, err, "closed is no date")
}

// The numbers are those of the glossary.
func TestLimit(t *testing.T) {
	us, cn := credittypes.AmericaProfile(), credittypes.ChinaProfile()
	for name, test := range map[string]struct {
		profile credittypes.Profile
		record  commitment.Record
		limit   string
	}{
		"US, nothing negative":                {us, commitment.Record{"status": "11"}, "2036-11-21"},
		"US, seven years of the delinquency":  {us, commitment.Record{"status": "71", "date_first_delinquency": "2026-01-15"}, "2033-01-15"},
		"US, charge-off from 180 days after":  {us, commitment.Record{"status": "97", "date_first_delinquency": "2025-09-30"}, "2033-03-29"},
		"US, charge-off of unknown beginning": {us, commitment.Record{"status": "97", "charge_off_date": "2026-03-31"}, "2033-03-31"},
		"CN, five years of the end":           {cn, commitment.Record{"status": "62", "closed": "2026-06-30"}, "2031-06-30"},
		"CN, it lasts":                        {cn, commitment.Record{"status": "84", "date_first_delinquency": "2020-01-15"}, "2031-11-21"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Read(test.record)
			require.NoError(t, err)
			limit, err := r.Limit(test.profile, person, now)
			require.NoError(t, err)
			require.Equal(t, test.limit, limit.Format(time.DateOnly))
			until, err := r.ShowUntil(test.profile, person, now)
			require.NoError(t, err)
			require.Equal(t, 1, until.Day(), "many records share it")
			require.False(t, until.After(limit))
			require.False(t, until.After(test.profile.LatestShowUntil(now)), "or the chain would refuse it")
		})
	}
}

func TestShowUntil(t *testing.T) {
	us := credittypes.AmericaProfile()
	until := func(first string) (time.Time, error) {
		r, err := Read(commitment.Record{"status": "84", "date_first_delinquency": first})
		require.NoError(t, err)
		return r.ShowUntil(us, person, now)
	}
	at, err := until("2019-11-30")
	require.NoError(t, err)
	require.Equal(t, day(t, "2026-11-30"), at, "the start of the month is over, the day is not")
	for _, first := range []string{"2019-11-22", "2019-11-21", "2001-01-01"} {
		_, err := until(first)
		require.ErrorIs(t, err, ErrOver)
		require.ErrorContains(t, err, "profile US")
	}
	current, err := Reading{Event: credittypes.RETENTION_EVENT_NONE}.ShowUntil(us, person, now)
	require.NoError(t, err)
	require.Equal(t, day(t, "2033-11-01"), current, "as long as a delinquency that begins today, so that it tells nothing")
	_, err = Reading{Event: credittypes.RETENTION_EVENT_BANKRUPTCY}.ShowUntil(credittypes.Profile{Code: "XX"}, person, now)
	require.ErrorContains(t, err, "no retention")
}

// The clocks protect natural persons; a firm's record is shown as long as one without anything negative.
func TestLegalEntities(t *testing.T) {
	us := credittypes.AmericaProfile()
	r, err := Read(commitment.Record{"status": "97", "date_first_delinquency": "2001-01-01"})
	require.NoError(t, err)
	_, err = r.ShowUntil(us, person, now)
	require.ErrorIs(t, err, ErrOver)

	limit, err := r.Limit(us, credittypes.SUBJECT_KIND_LEGAL_ENTITY, now)
	require.NoError(t, err)
	require.Equal(t, now.AddDate(10, 0, 0), limit)
	until, err := r.ShowUntil(us, credittypes.SUBJECT_KIND_LEGAL_ENTITY, now)
	require.NoError(t, err)
	clean, err := Reading{Event: credittypes.RETENTION_EVENT_NONE}.ShowUntil(us, person, now)
	require.NoError(t, err)
	require.Equal(t, clean, until, "so that it tells nothing")

	us.RetentionOfPersonsOnly = false
	_, err = r.ShowUntil(us, credittypes.SUBJECT_KIND_LEGAL_ENTITY, now)
	require.ErrorIs(t, err, ErrOver)
}
