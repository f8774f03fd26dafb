package importer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/creditd/creditd/vault/records"
	"github.com/creditd/creditd/vault/store"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// blockLag is how far the chain's time may be behind ours: retention is counted from that, so that it is not too long there.
const blockLag = time.Hour

// renewedAfter is by how much the time to show a record that does not count against its subject has to grow for a new
// commitment, without which the chain lets it end.
const renewedAfter = 365 * 24 * time.Hour

var errReaged = errors.New("says that the delinquency began later than was reported before: the date of first delinquency does not move forward")

func (im *Importer) now() time.Time { return im.config.Now().Add(-blockLag) }

// wind sets a row's clock: that of the version before as long as the date is the same, so that nobody can tell from the
// chain what changed. Why it cannot set one goes into unset; its error is of the vault.
func (im *Importer) wind(row *prepared, known store.Record, exists bool) error {
	var before records.Clock
	if exists {
		plain, err := records.Open(im.config.Keys, &known)
		if err != nil {
			return err
		}
		before = plain.Clock
	}
	first := row.reading.First
	switch {
	case before.First.IsZero() || first.IsZero() || !first.After(before.First):
	case row.reading.Stated:
		row.unset = errReaged
		return nil
	default: // the latest that the record's other fields allow, and more was known before
		first = before.First
	}
	fresh := before == (records.Clock{}) || !first.Equal(before.First) ||
		!row.reading.Negative() && row.showUntil.Sub(before.ShowUntil) >= renewedAfter
	if fresh {
		row.plain.Clock = records.NewClock(first, row.showUntil)
		row.unset = im.tell(row)
		return nil
	}
	row.plain.Clock = before
	if row.showUntil.Before(before.ShowUntil) {
		row.plain.Clock.ShowUntil = row.showUntil
	}
	return nil
}

// tell sets the notice that goes before a new clock of a natural person, where the profile wants one. Everybody's account
// gets one, so that the chain does not show who owes.
func (im *Importer) tell(row *prepared) error {
	if row.plain.Kind != credittypes.SUBJECT_KIND_NATURAL_PERSON || !im.config.Profile.NoticeRequired {
		return nil
	}
	switch {
	case row.notice != nil:
		row.plain.Notice = records.NewNotice(row.notice.Given, row.notice.Digest)
	case row.reading.Negative():
		return fmt.Errorf("counts against a natural person, and profile %s wants a notice before: give it, and its day and SHA-256 in columns NOTICE_DATE and NOTICE_SHA256",
			im.config.Profile.Code)
	default:
		row.plain.Notice = records.NewNotice(time.Time{}, nil)
	}
	return nil
}

// ripe returns what may be reported now. Where the profile wants days between notice and report, notices that the chain has
// not are given, and what they are for waits, staged, for a later run.
func (im *Importer) ripe(ctx context.Context, items []item) ([]item, error) {
	lead := time.Duration(im.config.Profile.NoticeLeadDays) * 24 * time.Hour
	if lead == 0 {
		return items, nil
	}
	var ready, untold []item
	waiting := 0
	for _, it := range items {
		if it.notice == nil {
			ready = append(ready, it)
			continue
		}
		given, err := im.given(ctx, it)
		if err != nil {
			return nil, err
		}
		switch {
		case given.IsZero():
			untold = append(untold, it)
			waiting++
		case im.now().Before(given.Add(lead)):
			waiting++
		default:
			it.notice = nil // given already
			ready = append(ready, it)
		}
	}
	if len(untold) > 0 {
		if err := im.config.Chain.Send(ctx, im.preparations(untold)...); err != nil {
			return nil, fmt.Errorf("giving the notices: %w", err)
		}
	}
	im.mu.Lock()
	defer im.mu.Unlock()
	im.summary.Waiting += waiting
	return ready, nil
}

// given is when the chain got the notice of an item; zero if it has not.
func (im *Importer) given(ctx context.Context, it item) (time.Time, error) {
	notices, err := im.config.Chain.Notices(ctx, it.record.Tradeline)
	if err != nil {
		return time.Time{}, err
	}
	for _, notice := range notices {
		if notice.Kind == credittypes.NOTICE_KIND_NEGATIVE_REPORTING && string(notice.Commitment) == string(it.notice) {
			return notice.GivenAt, nil
		}
	}
	return time.Time{}, nil
}
