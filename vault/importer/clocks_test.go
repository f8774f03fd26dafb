package importer

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/vault/books"
	"github.com/creditd/creditd/vault/books/synthetic"
	"github.com/creditd/creditd/vault/clock"
	"github.com/creditd/creditd/vault/records"
	"github.com/creditd/creditd/vault/store"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// cards is a book of natural persons; with the columns of notices when notice is not empty.
func cards(t *testing.T, rows int, notice string) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, synthetic.Write(&out, books.FormatCard, synthetic.Options{Rows: rows, Seed: 3}))
	if notice == "" {
		return out.String()
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for i := range lines {
		lines[i] = strings.TrimSuffix(lines[i], "\r")
		if i == 0 {
			lines[i] += ",NOTICE_DATE,NOTICE_SHA256"
		} else {
			lines[i] += "," + notice
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

const told = "2026-09-15,9ab288f015c30afd542e58c17554e37423300b69bd33bfd6e6bfb7c639866c23"

func (b *bank) runCards(config Config, book string) (Summary, *rejects) {
	b.t.Helper()
	reader, err := books.NewReader(strings.NewReader(book), books.FormatCard, books.Options{AsOf: "2026-09-30"})
	require.NoError(b.t, err)
	im, err := New(config)
	require.NoError(b.t, err)
	set := &rejects{}
	summary, err := im.Run(b.t.Context(), "card", [32]byte{2}, reader, set)
	require.NoError(b.t, err)
	return summary, set
}

// at makes both clocks stand at one time.
func (b *bank) at(now time.Time, profile credittypes.Profile) Config {
	b.chain.Now = func() time.Time { return now }
	b.chain.State().Profile = profile
	config := b.config()
	config.Now = b.chain.Now
	return config
}

var october = time.Date(2026, 10, 5, 9, 0, 0, 0, time.UTC)

// Nobody sees from the chain which records count against their subjects: every one has a commitment, an update keeps it, and
// the vault opens it.
func TestClocksOfABook(t *testing.T) {
	b := newBank(t)
	text := book(t, 60)
	want, _ := readable(t, text)
	_, _, err := b.run(b.config(), text, "")
	require.NoError(t, err)
	before := map[[32]byte]credittypes.Tradeline{}
	for id, tradeline := range b.chain.State().Tradelines {
		require.Len(t, tradeline.Delinquency, 32)
		require.Equal(t, 1, tradeline.ShowUntil.Day(), "many records share it")
		before[id] = tradeline
	}
	_, _, err = b.run(b.config(), text, "2015-01-31")
	require.NoError(t, err)
	b.whole(want, 2)
	for id, tradeline := range b.chain.State().Tradelines {
		require.Equal(t, before[id].Delinquency, tradeline.Delinquency, "the same as long as the date is")
		require.False(t, tradeline.ShowUntil.After(before[id].ShowUntil))
		latest, err := b.store.Latest(t.Context(), [][32]byte{id})
		require.NoError(t, err)
		record := latest[id]
		plain, err := records.Open(b.ring, &record)
		require.NoError(t, err)
		said, err := plain.Clock.Commitment()
		require.NoError(t, err)
		require.Equal(t, tradeline.Delinquency, said.Bytes())
		require.True(t, plain.Clock.ShowUntil.Equal(tradeline.ShowUntil))
	}
}

// What may not be shown any more is set aside with the reason.
func TestRetentionIsOver(t *testing.T) {
	b := newBank(t)
	config := b.at(time.Date(2033, 12, 15, 0, 0, 0, 0, time.UTC), credittypes.AmericaProfile())
	summary, set := b.runCards(config, cards(t, 200, ""))
	require.Positive(t, summary.Furnished)
	over := 0
	for _, reject := range set.all {
		if strings.Contains(reject.Reason, clock.ErrOver.Error()) {
			over++
			require.NotEmpty(t, reject.Raw, "the row is in the rejects file")
		}
	}
	require.Positive(t, over, "what was late in 2026")
}

// Where the law wants a notice before anything negative is reported, it goes into the same transaction, for every account,
// and what counts against a person without one is set aside.
func TestNoticeGoesBefore(t *testing.T) {
	b := newBank(t)
	config := b.at(october, credittypes.ChinaProfile())
	summary, set := b.runCards(config, cards(t, 200, ""))
	require.Positive(t, summary.Furnished)
	untold := 0
	for _, reject := range set.all {
		if strings.Contains(reject.Reason, "NOTICE_DATE") {
			untold++
		}
	}
	require.Positive(t, untold)
	require.Len(t, b.chain.State().Notices, summary.Furnished, "also for what does not count against anybody")
	require.Len(t, b.chain.State().Tradelines, summary.Furnished)

	summary, set = b.runCards(b.at(october.AddDate(0, 0, 1), credittypes.ChinaProfile()), cards(t, 200, told))
	require.Equal(t, untold, summary.Furnished, "those whose subjects were told by now")
	for _, reject := range set.all {
		require.NotContains(t, reject.Reason, "NOTICE_DATE")
	}
	for id := range b.chain.State().Tradelines {
		latest, err := b.store.Latest(t.Context(), [][32]byte{id})
		require.NoError(t, err)
		record := latest[id]
		plain, err := records.Open(b.ring, &record)
		require.NoError(t, err)
		said, err := plain.Notice.Commitment()
		require.NoError(t, err)
		require.Equal(t, b.chain.State().Notices[id].Commitment, said.Bytes(), "the vault opens it")
	}
}

// With days between notice and report, the first run gives the notices and the record waits, staged, for a run after them.
func TestNoticeLeadDays(t *testing.T) {
	b := newBank(t)
	profile := credittypes.EuropeProfile()
	text := cards(t, 40, told)
	summary, _ := b.runCards(b.at(october, profile), text)
	require.Positive(t, summary.Waiting)
	require.Empty(t, b.chain.State().Tradelines)
	require.Len(t, b.chain.State().Notices, summary.Waiting)

	height := b.chain.Height
	again, _ := b.runCards(b.at(october.AddDate(0, 0, 13), profile), text)
	require.Equal(t, summary.Waiting, again.Waiting)
	require.Equal(t, height, b.chain.Height, "notices are given once")

	after, _ := b.runCards(b.at(october.AddDate(0, 0, 15), profile), text)
	require.Zero(t, after.Waiting)
	require.Equal(t, summary.Waiting, after.Resumed)
	require.Len(t, b.chain.State().Tradelines, summary.Waiting)
}

// wind a row over what was reported before.
func TestWind(t *testing.T) {
	b := newBank(t)
	config := b.at(october, credittypes.AmericaProfile())
	im, err := New(config)
	require.NoError(t, err)
	day := func(text string) time.Time {
		date, err := records.ParseDate(text)
		require.NoError(t, err)
		return date
	}
	known := func(first, until string) (store.Record, records.Clock) {
		clock := records.NewClock(day(first), day(until))
		record := store.Record{Attestation: [32]byte{1}}
		require.NoError(t, records.Seal(b.ring, records.Plain{Clock: clock}, &record))
		return record, clock
	}
	for name, test := range map[string]struct {
		before, until   string // reported before
		first, show     string // read now
		stated          bool
		kept            bool // the commitment
		wants, wantShow string
		err             error
	}{
		"the same date":              {"2025-01-10", "2032-01-01", "2025-01-10", "2032-01-01", true, true, "2025-01-10", "2032-01-01", nil},
		"never later":                {"2025-01-10", "2031-06-01", "2025-01-10", "2032-01-01", true, true, "2025-01-10", "2031-06-01", nil},
		"sooner":                     {"2025-01-10", "2032-01-01", "2025-01-10", "2031-06-01", true, true, "2025-01-10", "2031-06-01", nil},
		"moved forward":              {"2025-01-10", "2032-01-01", "2025-02-10", "2032-02-01", true, false, "", "", errReaged},
		"a later bound, not a date":  {"2025-01-10", "2032-01-01", "2025-01-12", "2032-01-01", false, true, "2025-01-10", "2032-01-01", nil},
		"corrected to be earlier":    {"2025-01-10", "2032-01-01", "2024-12-10", "2031-12-01", true, false, "2024-12-10", "2031-12-01", nil},
		"it becomes delinquent":      {"", "2032-01-01", "2026-09-01", "2033-09-01", true, false, "2026-09-01", "2033-09-01", nil},
		"it is cured":                {"2025-01-10", "2032-01-01", "", "2033-10-01", false, false, "", "2033-10-01", nil},
		"still current":              {"", "2033-01-01", "", "2033-10-01", false, true, "", "2033-01-01", nil},
		"still current, a year on":   {"", "2032-09-01", "", "2033-10-01", false, false, "", "2033-10-01", nil},
		"from before there were any": {"", "", "2026-09-01", "2033-09-01", true, false, "2026-09-01", "2033-09-01", nil},
	} {
		t.Run(name, func(t *testing.T) {
			record, before := known(test.before, test.until)
			if test.until == "" {
				before = records.Clock{}
				require.NoError(t, records.Seal(b.ring, records.Plain{}, &record))
			}
			event := credittypes.RETENTION_EVENT_DELINQUENCY
			if test.first == "" {
				event = credittypes.RETENTION_EVENT_NONE
			}
			row := &prepared{reading: clock.Reading{Event: event, First: day(test.first), Stated: test.stated}, showUntil: day(test.show)}
			require.NoError(t, im.wind(row, record, true))
			require.ErrorIs(t, row.unset, test.err)
			if test.err != nil {
				return
			}
			require.Equal(t, test.kept, row.plain.Clock.Salt == before.Salt)
			require.Equal(t, test.wants, records.DateText(row.plain.Clock.First))
			require.Equal(t, test.wantShow, records.DateText(row.plain.Clock.ShowUntil))
		})
	}
}
