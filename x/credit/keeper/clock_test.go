package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// tradeline of bank about alice.
func (f *fixture) tradeline(account string) types.Tradeline {
	f.t.Helper()
	id := types.TradelineID(bank, subject, testutil.Bytes("%s", account))
	tradeline, err := f.k.GetTradeline(f.ctx, types.ID(subject), id)
	require.NoError(f.t, err)
	return tradeline
}

func (f *fixture) jurisdiction(code string) {
	f.institutions.Amend(bank, func(i *institutiontypes.Institution) { i.Jurisdiction = code })
}

func notices(accounts ...string) *types.MsgGiveNotices {
	msg := &types.MsgGiveNotices{Furnisher: bank.String(), Kind: types.NOTICE_KIND_NEGATIVE_REPORTING}
	for _, account := range accounts {
		msg.Notices = append(msg.Notices, types.GivenNotice{
			Subject: subject, Account: testutil.Bytes("%s", account), Commitment: testutil.Bytes("told of %s", account),
		})
	}
	return msg
}

// What every report is held to, first or later.
func TestShowUntil(t *testing.T) {
	f := enrolled(t)
	latest := types.AmericaProfile().LatestShowUntil(f.ctx.BlockTime())
	require.Equal(t, f.ctx.BlockTime().AddDate(10, 0, 0), latest)
	until := func(at time.Time) func(*types.MsgFurnish) {
		return func(m *types.MsgFurnish) { m.Report.ShowUntil = at }
	}
	refuse(f, f.msg.Furnish, f.furnishMsg, []refusal[*types.MsgFurnish]{
		{"never", until(time.Time{}), types.ErrShowUntil},
		{"now", until(f.ctx.BlockTime()), types.ErrShowUntil},
		{"too long", until(latest.Add(1)), types.ErrShowUntil},
		{"no delinquency", func(m *types.MsgFurnish) { m.Report.Delinquency = nil }, types.ErrInvalidCommitment},
		{"short delinquency", func(m *types.MsgFurnish) { m.Report.Delinquency = subject[1:] }, types.ErrInvalidCommitment},
		{"zero delinquency", func(m *types.MsgFurnish) { m.Report.Delinquency = make([]byte, 32) }, types.ErrInvalidCommitment},
	})
	f.jurisdiction("CN")
	refuse(f, f.msg.Furnish, f.furnishMsg, []refusal[*types.MsgFurnish]{
		{"of another profile", until(latest), types.ErrShowUntil},
	})
	f.jurisdiction("ZZ")
	refuse(f, f.msg.Furnish, f.furnishMsg, []refusal[*types.MsgFurnish]{{"no profile", func(*types.MsgFurnish) {}, types.ErrNoProfile}})
	f.jurisdiction("US")
	for account, at := range map[string]time.Time{"short": f.ctx.BlockTime().Add(1), "long": latest} {
		msg := f.furnishMsg()
		msg.Report = report(account, "of "+account)
		msg.Report.ShowUntil = at
		must(f, f.msg.Furnish, msg)
		require.Equal(t, at, f.tradeline(account).ShowUntil)
	}
}

// Re-aging: the delinquency stays, the end of the retention moves later. Correction, update and the answer to a dispute are
// refused alike.
func TestReaging(t *testing.T) {
	f := enrolled(t)
	must(f, f.msg.Furnish, f.furnishMsg())
	first := f.tradeline("account")
	ways := map[string]func(types.Report) error{
		"correct": func(r types.Report) error {
			msg := f.correction()
			msg.Report = r
			_, err := send(f, f.msg.Correct, msg)
			return err
		},
		"update": func(r types.Report) error {
			_, err := send(f, f.msg.UpdateBatch, &types.MsgUpdateBatch{Furnisher: bank.String(), SchemaId: f.schema, Reports: []types.Report{r}})
			return err
		},
		"dispute": func(r types.Report) error {
			ctx, write := f.ctx.CacheContext()
			_, err := f.k.NewVersion(ctx, bank, f.schema, r, types.CORRECTION_REASON_DISPUTE)
			if err == nil {
				write()
			}
			return err
		},
	}
	version := uint32(1)
	for name, send := range ways {
		f.next(time.Hour)
		later := report("account", name+" later")
		later.ShowUntil = later.ShowUntil.Add(1)
		require.ErrorIs(t, send(later), types.ErrReaging, name)
		same := report("account", name)
		require.NoError(t, send(same), name)
		version++
		got := f.tradeline("account")
		require.Equal(t, version, got.Version)
		require.Equal(t, first.DelinquencySince, got.DelinquencySince, "the clock goes on")
		require.Equal(t, first.ShowUntil, got.ShowUntil)
	}
	// Earlier is always allowed, and there is no way back.
	sooner := report("account", "sooner")
	sooner.ShowUntil = f.ctx.BlockTime().Add(time.Hour)
	require.NoError(t, ways["update"](sooner))
	require.Equal(t, sooner.ShowUntil, f.tradeline("account").ShowUntil)
	require.ErrorIs(t, ways["update"](report("account", "back")), types.ErrReaging)
	// A new delinquency starts a new clock.
	anew := report("account", "anew")
	anew.Delinquency = testutil.Bytes("another date")
	require.NoError(t, ways["update"](anew))
	got := f.tradeline("account")
	require.Equal(t, f.ctx.BlockTime(), got.DelinquencySince)
	require.Equal(t, anew.Delinquency, got.Delinquency)
	require.Equal(t, anew.ShowUntil, got.ShowUntil)
	retention, _, _, err := f.k.RecordIndexes(f.ctx)
	require.NoError(t, err)
	require.Equal(t, 1, retention, "one place in the queue, however often it moved")
}

// A natural person is told before its account is reported, and before a new delinquency is.
func TestNoticeBeforeReport(t *testing.T) {
	f := enrolled(t)
	f.jurisdiction("DE")
	lead := 14 * day
	none := []refusal[*types.MsgFurnish]{{"no notice", func(*types.MsgFurnish) {}, types.ErrNoNotice}}
	refuse(f, f.msg.Furnish, f.furnishMsg, none)
	other := notices("account")
	other.Kind = types.NOTICE_KIND_REINSERTION
	must(f, f.msg.GiveNotices, other)
	must(f, f.msg.GiveNotices, notices("another account"))
	refuse(f, f.msg.Furnish, f.furnishMsg, none)
	must(f, f.msg.GiveNotices, notices("account"))
	f.next(lead - 1)
	refuse(f, f.msg.Furnish, f.furnishMsg, none)
	f.next(1)
	must(f, f.msg.Furnish, f.furnishMsg())

	// The same delinquency needs no further notice, a new one needs one given since.
	f.next(time.Hour)
	must(f, f.msg.Correct, f.correction())
	anew := func() *types.MsgCorrect {
		msg := f.correction()
		msg.Report = report("account", "v3")
		msg.Report.Delinquency, msg.Report.ShowUntil = testutil.Bytes("another date"), f.ctx.BlockTime().AddDate(3, 0, 0)
		return msg
	}
	late := []refusal[*types.MsgCorrect]{{"new date", func(*types.MsgCorrect) {}, types.ErrNoNotice}}
	refuse(f, f.msg.Correct, anew, late)
	must(f, f.msg.GiveNotices, notices("account"))
	f.next(lead - 1)
	refuse(f, f.msg.Correct, anew, late)
	f.next(1)
	must(f, f.msg.Correct, anew())
	require.Equal(t, f.ctx.BlockTime(), f.tradeline("account").DelinquencySince)
}

// The notice for a new delinquency is given after the one before it was reported, not in the same block.
func TestNoticeAfterDelinquency(t *testing.T) {
	f := enrolled(t)
	f.jurisdiction("CN") // no lead
	must(f, f.msg.GiveNotices, notices("account"))
	must(f, f.msg.Furnish, f.furnishMsg())
	anew := func() *types.MsgCorrect {
		msg := f.correction()
		msg.Report.Delinquency = testutil.Bytes("another date")
		return msg
	}
	must(f, f.msg.GiveNotices, notices("account"))
	refuse(f, f.msg.Correct, anew, []refusal[*types.MsgCorrect]{{"same block", func(*types.MsgCorrect) {}, types.ErrNoNotice}})
	f.next(1)
	must(f, f.msg.GiveNotices, notices("account"))
	must(f, f.msg.Correct, anew())
}

// Firms are told nothing, and persons only where the profile says so.
func TestNoticeNotRequired(t *testing.T) {
	f := enrolled(t)
	firm := testutil.Bytes("firm")
	must(f, f.msg.EnrolSubjects, &types.MsgEnrolSubjects{Institution: bank.String(), Subjects: []types.Enrolment{
		{Pseudonym: firm, Kind: types.SUBJECT_KIND_LEGAL_ENTITY},
	}})
	must(f, f.msg.Furnish, f.furnishMsg())
	f.jurisdiction("CN")
	msg := f.furnishMsg()
	msg.Report = report("account", "of the firm")
	msg.Report.Subject = firm
	must(f, f.msg.Furnish, msg)
}
