package keeper_test

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/exposure"
	"github.com/creditd/creditd/x/attestation/testutil"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	committeetypes "github.com/creditd/creditd/x/committee/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	"github.com/creditd/creditd/x/exposure/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

func TestExposure(t *testing.T) {
	f := setup(t)
	id := f.open(types.KIND_EXPOSURE)
	f.next(time.Second)
	round, parts := f.round(id)
	require.Equal(t, types.STATUS_SUBMITTING, round.Status)
	require.Len(t, parts, members)
	require.Len(t, parts[0].AttestationIds, 2)
	require.Equal(t, make([]byte, 32), parts[4].Attested, "who attested nothing submits zero")
	f.submit(id, 0, 1, 2, 3)
	round, _ = f.round(id)
	require.Equal(t, types.STATUS_SUBMITTING, round.Status)
	f.submit(id, 4)
	round, _ = f.round(id)
	require.Equal(t, types.STATUS_OPENING, round.Status, "the last submission ends the phase in its block")
	f.next(time.Second)
	f.give(id, 4, 1)
	round, _ = f.round(id)
	require.Equal(t, types.STATUS_OPENING, round.Status, "two shares of three")
	f.give(id, 0)
	require.EqualValues(t, 1000+2000+3000+4000+4*7, f.read(id))
	round, _ = f.round(id)
	require.EqualValues(t, round.OpenedHeight+2, round.EndedHeight, "asked, submitted, opened: three blocks")
	require.Equal(t, []credittypes.TrailKind{credittypes.TRAIL_KIND_QUESTION_ASKED, credittypes.TRAIL_KIND_QUESTION_ANSWERED}, f.credit.trail)
	_, err := f.giveBytes(id, 2, f.share(id, 0))
	require.ErrorIs(t, err, types.ErrWrongPhase, "nothing is opened twice")
}

func TestCountAndSector(t *testing.T) {
	f := setup(t)
	for _, c := range []struct {
		kind types.Kind
		want uint64
	}{{types.KIND_COUNT, 5}, {types.KIND_SECTOR, 500}} {
		id := f.open(c.kind)
		f.submit(id, 0, 1, 2, 3, 4)
		f.give(id, 0, 1, 2)
		require.Equal(t, c.want, f.read(id))
	}
	require.Len(t, f.credit.trail, 2, "a sector is no subject's trail")
}

func TestOpenRoundRefusals(t *testing.T) {
	f := setup(t)
	other := testutil.Bytes("of another")
	look := f.credit.looks[string(inquiry)]
	look.DataUser = outsider
	f.credit.looks[string(other)] = look
	for name, c := range map[string]struct {
		kind   types.Kind
		change func(*types.MsgOpenRound)
		want   error
	}{
		"asker":                {types.KIND_EXPOSURE, func(m *types.MsgOpenRound) { m.Asker = "x" }, types.ErrInvalidAddress},
		"no kind":              {types.KIND_EXPOSURE, func(m *types.MsgOpenRound) { m.Kind = 0 }, types.ErrInvalidField},
		"a kind there is not":  {types.KIND_EXPOSURE, func(m *types.MsgOpenRound) { m.Kind = 9 }, types.ErrInvalidField},
		"a sector's subject":   {types.KIND_SECTOR, func(m *types.MsgOpenRound) { m.InquiryId = inquiry }, types.ErrInvalidField},
		"a subject's sector":   {types.KIND_COUNT, func(m *types.MsgOpenRound) { m.Sector = 44 }, types.ErrInvalidField},
		"sector":               {types.KIND_SECTOR, func(m *types.MsgOpenRound) { m.Sector = 1_000_000 }, types.ErrInvalidField},
		"inquiry":              {types.KIND_EXPOSURE, func(m *types.MsgOpenRound) { m.InquiryId = inquiry[:31] }, types.ErrInvalidField},
		"unknown inquiry":      {types.KIND_EXPOSURE, func(m *types.MsgOpenRound) { m.InquiryId = testutil.Bytes("none") }, credittypes.ErrUnknownInquiry},
		"another's inquiry":    {types.KIND_EXPOSURE, func(m *types.MsgOpenRound) { m.InquiryId = other }, types.ErrNotAsker},
		"a bank's sector":      {types.KIND_SECTOR, func(m *types.MsgOpenRound) { m.Asker = f.banks[0].String() }, institutiontypes.ErrWrongRole},
		"short key":            {types.KIND_EXPOSURE, func(m *types.MsgOpenRound) { m.AskerKey = m.AskerKey[:31] }, types.ErrInvalidKey},
		"identity key":         {types.KIND_EXPOSURE, func(m *types.MsgOpenRound) { m.AskerKey = make([]byte, 32) }, types.ErrInvalidKey},
		"key off the group":    {types.KIND_EXPOSURE, func(m *types.MsgOpenRound) { m.AskerKey[31] = 0xff }, types.ErrInvalidKey},
		"no possession":        {types.KIND_EXPOSURE, func(m *types.MsgOpenRound) { m.Possession = nil }, types.ErrInvalidKey},
		"false possession":     {types.KIND_EXPOSURE, func(m *types.MsgOpenRound) { m.Possession[0] ^= 1 }, types.ErrInvalidKey},
		"possession for other": {types.KIND_EXPOSURE, func(m *types.MsgOpenRound) { m.Kind = types.KIND_COUNT }, types.ErrInvalidKey},
	} {
		msg := f.asks(c.kind)
		c.change(msg)
		_, err := f.msg.OpenRound(f.ctx, msg)
		require.ErrorIs(t, err, c.want, name)
	}
	f.credit.refused = errWithdrawn
	_, err := f.msg.OpenRound(f.ctx, f.asks(types.KIND_EXPOSURE))
	require.ErrorIs(t, err, errWithdrawn)
	f.credit.refused = nil
	f.committees.active = 0
	_, err = f.msg.OpenRound(f.ctx, f.asks(types.KIND_EXPOSURE))
	require.ErrorIs(t, err, committeetypes.ErrNoCommittee)
}

// TestTooFewMembers: of three members one of which asks, two others would not hide each other.
func TestTooFewMembers(t *testing.T) {
	f := setup(t)
	f.institutions.License(lender, institutiontypes.ROLE_DATA_USER, institutiontypes.ROLE_FURNISHER)
	f.form(2, f.banks[0], f.banks[1], lender)
	_, err := f.msg.OpenRound(f.ctx, f.asks(types.KIND_EXPOSURE))
	require.ErrorIs(t, err, types.ErrTooFewMembers)
	f.form(3, f.banks[:4]...)
	_, err = f.msg.OpenRound(f.ctx, f.asks(types.KIND_SECTOR))
	require.ErrorIs(t, err, types.ErrTooFewMembers, "a sector asks for a group of five")
	f.open(types.KIND_EXPOSURE)
}

// TestWhatIsAttested: only balances that are shown, in scope, active and on the chain itself are added up.
func TestWhatIsAttested(t *testing.T) {
	f := setup(t)
	now := f.ctx.BlockTime()
	past := now.Add(-time.Hour)
	for name, change := range map[string]func(*credittypes.Tradeline, *attestationtypes.Attestation, *credittypes.Look){
		"suppressed": func(l *credittypes.Tradeline, _ *attestationtypes.Attestation, _ *credittypes.Look) {
			l.State = credittypes.RECORD_STATE_SUPPRESSED
		},
		"past retention": func(l *credittypes.Tradeline, _ *attestationtypes.Attestation, _ *credittypes.Look) {
			l.ShowUntil = now
		},
		"of no member": func(l *credittypes.Tradeline, _ *attestationtypes.Attestation, _ *credittypes.Look) {
			l.Furnisher = outsider.String()
		},
		"revoked": func(_ *credittypes.Tradeline, a *attestationtypes.Attestation, _ *credittypes.Look) {
			a.Status = attestationtypes.STATUS_REVOKED
		},
		"expired": func(_ *credittypes.Tradeline, a *attestationtypes.Attestation, _ *credittypes.Look) {
			a.ExpiresAt = &now
		},
		"anchored": func(_ *credittypes.Tradeline, a *attestationtypes.Attestation, _ *credittypes.Look) {
			a.Anchored = true
		},
		"of no amounts": func(_ *credittypes.Tradeline, a *attestationtypes.Attestation, _ *credittypes.Look) {
			a.AmountCommitments = a.AmountCommitments[:1]
		},
		"out of the consent's schemas": func(_ *credittypes.Tradeline, _ *attestationtypes.Attestation, l *credittypes.Look) {
			l.SchemaIds = [][]byte{testutil.Bytes("other")}
		},
		"out of the consent's time": func(_ *credittypes.Tradeline, _ *attestationtypes.Attestation, l *credittypes.Look) {
			l.RecordsUntil = &past
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := setup(t)
			line := &f.credit.tradelines[0]
			attestation, look := f.attestations[string(line.AttestationId)], f.credit.looks[string(inquiry)]
			change(line, &attestation, &look)
			f.attestations[string(line.AttestationId)], f.credit.looks[string(inquiry)] = attestation, look
			_, parts := f.round(f.open(types.KIND_EXPOSURE))
			require.NotContains(t, parts[0].AttestationIds, line.AttestationId)
		})
	}
	for i := range 257 {
		f.credit.tradelines = append(f.credit.tradelines, credittypes.Tradeline{Furnisher: outsider.String(), State: credittypes.RecordState(i % 2)})
	}
	_, err := f.msg.OpenRound(f.ctx, f.asks(types.KIND_EXPOSURE))
	require.ErrorIs(t, err, types.ErrTooManyRecords)
}

func TestSubmissionRefusals(t *testing.T) {
	f := setup(t)
	id := f.open(types.KIND_EXPOSURE)
	round, parts := f.round(id)
	good := f.submission(id, 0)
	lie := f.openings[0]
	lie.Value++
	_, err := exposure.Submit(rand.Reader, f.statement(round), f.banks[0], parts[0].Attested, lie)
	require.ErrorIs(t, err, exposure.ErrRecords, "an honest program does not even make it")
	unlinked, err := exposure.Submit(rand.Reader, f.statement(round), f.banks[0], parts[4].Attested, exposure.Opening{})
	require.NoError(t, err, "of nothing, though it attested something")
	for name, bz := range map[string][]byte{
		"nothing":        nil,
		"short":          good[:len(good)-1],
		"long":           append(good[:len(good):len(good)], 0),
		"zeros":          make([]byte, len(good)),
		"wrong amount":   unlinked,
		"changed C1":     flip(good, 0),
		"changed C2":     flip(good, 32),
		"changed proof":  flip(good, 96),
		"changed range":  flip(good, len(good)-32),
		"another's":      f.submission(id, 1),
		"an identity C1": append(make([]byte, 32), good[32:]...),
	} {
		require.ErrorIs(t, f.submitBytes(id, 0, bz), types.ErrInvalidSubmission, name)
	}
	require.NoError(t, f.submitBytes(id, 0, good))
	require.ErrorIs(t, f.submitBytes(id, 0, good), types.ErrDoneBefore)
	_, err = f.msg.Submit(f.ctx, &types.MsgSubmit{Member: outsider.String(), RoundId: id.Bytes(), Submission: good})
	require.ErrorIs(t, err, types.ErrNotMember)
	_, err = f.msg.Submit(f.ctx, &types.MsgSubmit{Member: f.banks[1].String(), RoundId: id.Bytes(), Submission: good})
	require.ErrorIs(t, err, types.ErrInvalidSubmission, "a copy in one's own name")
	require.ErrorIs(t, f.submitBytes(types.ID(inquiry), 1, good), types.ErrUnknownRound)
	_, err = f.giveBytes(id, 0, f.share(id, 0))
	require.ErrorIs(t, err, types.ErrWrongPhase)

	// Another round about another subject takes nothing of this one.
	f.look(testutil.Bytes("second"), testutil.Bytes("bob"))
	f.credit.looks[string(inquiry)] = f.credit.looks[string(testutil.Bytes("second"))]
	f.newKey()
	again := f.open(types.KIND_EXPOSURE)
	require.ErrorIs(t, f.submitBytes(again, 0, good), types.ErrInvalidSubmission, "a replay")
}

// TestGasBeforeWork: who cannot pay for the check gets none.
func TestGasBeforeWork(t *testing.T) {
	f := setup(t)
	id := f.open(types.KIND_EXPOSURE)
	bz := f.submission(id, 0)
	ctx := f.ctx
	f.ctx = ctx.WithGasMeter(newLimit(types.GasSubmission(types.KIND_EXPOSURE)))
	require.Panics(t, func() { _ = f.submitBytes(id, 0, bz) }, "out of gas is the SDK's own panic")
	f.ctx = ctx
	before := ctx.GasMeter().GasConsumed()
	require.Error(t, f.submitBytes(id, 0, flip(bz, 0)))
	require.Greater(t, ctx.GasMeter().GasConsumed()-before, types.GasSubmission(types.KIND_EXPOSURE))
}

func TestWrongShares(t *testing.T) {
	f := setup(t)
	id := f.open(types.KIND_EXPOSURE)
	f.submit(id, 0, 1, 2, 3, 4)
	good := f.share(id, 0)
	for name, bz := range map[string][]byte{
		"nothing": nil, "short": good[:159], "long": append(good[:160:160], 0), "zeros": make([]byte, 160),
		"an identity U": append(make([]byte, 32), good[32:]...),
	} {
		_, err := f.giveBytes(id, 0, bz)
		require.ErrorIs(t, err, types.ErrInvalidShare, name)
	}
	// A well-formed share that does not verify is put on record.
	lie, err := exposure.GiveShare(rand.Reader, f.statement(first(f.round(id))), f.banks[0], make([]byte, 64), f.secrets[0])
	require.NoError(t, err)
	for i, bz := range [][]byte{lie, f.share(id, 1), lie} {
		accepted, err := f.giveBytes(id, 0, bz)
		require.NoError(t, err)
		require.False(t, accepted)
		require.Equal(t, i+1, f.events("EventWrongShare"))
	}
	_, err = f.giveBytes(id, 0, good)
	require.ErrorIs(t, err, types.ErrTooManyWrong, "three lies, and the round does without it")
	res, err := f.query.Conduct(f.ctx, &types.QueryConductRequest{})
	require.NoError(t, err)
	require.Equal(t, []types.Conduct{{Member: f.banks[0].String(), WrongShares: 3}}, res.Conduct)
	f.give(id, 1)
	_, err = f.giveBytes(id, 1, f.share(id, 1))
	require.ErrorIs(t, err, types.ErrDoneBefore)
	f.give(id, 2, 3)
	require.EqualValues(t, 10_028, f.read(id))
}

func first(round types.Round, _ []types.Part) types.Round { return round }

func TestSecondOpeningAndOverlap(t *testing.T) {
	f := setup(t)
	ask := func() error {
		f.newKey()
		_, err := f.msg.OpenRound(f.ctx, f.asks(types.KIND_EXPOSURE))
		return err
	}
	msg := f.asks(types.KIND_EXPOSURE)
	id := f.open(types.KIND_EXPOSURE)
	_, err := f.msg.OpenRound(f.ctx, msg)
	require.ErrorIs(t, err, types.ErrDuplicateRound)
	require.ErrorIs(t, ask(), types.ErrSecondOpening, "while the first is under way")
	f.newKey()
	f.open(types.KIND_COUNT) // another question
	f.submit(id, 0, 1, 2, 3, 4)
	f.give(id, 0, 1, 2)
	f.next(time.Hour)
	require.ErrorIs(t, ask(), types.ErrSecondOpening)

	all := f.banks
	f.form(2, all[:4]...)
	require.ErrorIs(t, ask(), types.ErrOverlap, "the same without one bank would give its number away")
	f.look(inquiry, testutil.Bytes("stays"))
	f.credit.aliases = [][]byte{alice}
	require.ErrorIs(t, ask(), types.ErrOverlap, "nor by the pseudonym into which it was merged")
	f.credit.aliases = nil
	f.look(inquiry, alice)

	f.next(8 * 24 * time.Hour)
	f.next(time.Second)
	f.look(inquiry, alice)
	require.NoError(t, ask(), "after the interval")
	_, err = f.query.Round(f.ctx, &types.QueryRoundRequest{Id: id.String()})
	require.ErrorIs(t, err, types.ErrUnknownRound, "and the first is forgotten with its ciphertexts")
}

func TestDropoutWhenSubmitting(t *testing.T) {
	f := setup(t)
	id := f.open(types.KIND_EXPOSURE)
	f.submit(id, 0, 1, 2, 3)
	late := f.submission(id, 4)
	f.next(10 * time.Minute)
	require.ErrorIs(t, f.submitBytes(id, 4, late), types.ErrWrongPhase)
	f.next(time.Second)
	require.Equal(t, types.STATUS_OPENING, first(f.round(id)).Status, "one silent member: a partial sum, which says so")
	f.give(id, 4, 0, 1) // who was silent may help
	require.EqualValues(t, 10_028, f.read(id))
	conduct, err := f.query.Conduct(f.ctx, &types.QueryConductRequest{})
	require.NoError(t, err)
	require.Equal(t, []types.Conduct{{Member: f.banks[4].String(), Silent: 1}}, conduct.Conduct)

	f.look(inquiry, testutil.Bytes("bob"))
	f.credit.tradelines = nil
	f.openings = make([]exposure.Opening, members)
	f.newKey()
	id = f.open(types.KIND_EXPOSURE)
	f.submit(id, 0, 1, 2)
	f.next(10 * time.Minute)
	f.next(time.Second)
	round := first(f.round(id))
	require.Equal(t, types.FAILURE_TOO_FEW_SUBMISSIONS, round.Failure, "two silent members are more than one")
	f.newKey()
	f.open(types.KIND_EXPOSURE) // nothing was opened: it may be tried again
}

func TestDropoutWhenOpening(t *testing.T) {
	f := setup(t)
	id := f.open(types.KIND_EXPOSURE)
	f.submit(id, 0, 1, 2, 3, 4)
	f.give(id, 0, 1)
	share := f.share(id, 2)
	f.next(20 * time.Minute)
	_, err := f.giveBytes(id, 2, share)
	require.ErrorIs(t, err, types.ErrWrongPhase, "late")
	f.next(time.Second)
	round := first(f.round(id))
	require.Equal(t, types.FAILURE_TOO_FEW_SHARES, round.Failure)
	require.Empty(t, round.Result)
	f.newKey()
	_, err = f.msg.OpenRound(f.ctx, f.asks(types.KIND_EXPOSURE))
	require.ErrorIs(t, err, types.ErrSecondOpening, "two shares are known: with one leaked, a second sum would be one too many")
	conduct, err := f.query.Conduct(f.ctx, &types.QueryConductRequest{})
	require.NoError(t, err)
	require.Len(t, conduct.Conduct, 3)
	require.EqualValues(t, 1, conduct.Conduct[0].Withheld)
}

// TestRightsEndInMidRound: at each step, a withdrawn consent, a revoked member and an ended committee stop it.
func TestRightsEndInMidRound(t *testing.T) {
	f := setup(t)
	id := f.open(types.KIND_EXPOSURE)
	bz := f.submission(id, 0)
	steps := func(want string) {
		t.Helper()
		round := first(f.round(id))
		var err error
		if round.Status == types.STATUS_SUBMITTING {
			err = f.submitBytes(id, 0, bz)
		} else {
			_, err = f.giveBytes(id, 0, f.share(id, 0))
		}
		require.ErrorContains(t, err, want)
	}
	check := func() {
		t.Helper()
		f.credit.refused = errWithdrawn
		steps("consent withdrawn")
		f.credit.refused = nil

		f.institutions.Suspend(f.banks[0])
		steps("licen")
		f.institutions.License(f.banks[0], institutiontypes.ROLE_FURNISHER)

		committee := f.committees.byID[1]
		committee.Members[0].State = committeetypes.MEMBER_STATE_LEFT
		steps("holds no share")
		committee.Members[0].State = committeetypes.MEMBER_STATE_HOLDER
		committee.Status = committeetypes.STATUS_ENDED
		f.committees.byID[1] = committee
		steps("the asker opens a round under the next")
		committee.Status = committeetypes.STATUS_RETIRING
		f.committees.byID[1] = committee
	}
	check()
	f.submit(id, 0, 1, 2, 3, 4)
	check()
	f.give(id, 0, 1, 2)
	require.EqualValues(t, 10_028, f.read(id), "what began under a retiring committee ends")
}

func TestUpdateParams(t *testing.T) {
	f := setup(t)
	params := types.DefaultParams()
	params.MaxSilent = 0
	_, err := f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: lender.String(), Params: params})
	require.ErrorIs(t, err, types.ErrUnauthorized)
	_, err = f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: authority.String(), Params: params})
	require.NoError(t, err)
	for _, change := range []func(*types.Params){
		func(p *types.Params) { p.MinOthers = 2 }, func(p *types.Params) { p.MinGroup = 2 },
		func(p *types.Params) { p.Interval = 0 }, func(p *types.Params) { p.SubmitDuration = 0 },
		func(p *types.Params) { p.ShareDuration = 25 * time.Hour }, func(p *types.Params) { p.MaxSilent = 65 },
		func(p *types.Params) { p.MaxPerBlock = 0 },
	} {
		bad := params
		change(&bad)
		_, err = f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: authority.String(), Params: bad})
		require.ErrorIs(t, err, types.ErrInvalidParams)
	}
	id := f.open(types.KIND_COUNT)
	f.submit(id, 0, 1, 2, 3)
	f.next(10 * time.Minute)
	f.next(time.Second)
	require.Equal(t, types.FAILURE_TOO_FEW_SUBMISSIONS, first(f.round(id)).Failure, "all must answer when the members vote so")
}

func TestDutiesAndPages(t *testing.T) {
	f := setup(t)
	id := f.open(types.KIND_COUNT)
	duties := func(bank sdk.AccAddress) []types.Duty {
		res, err := f.query.Duties(f.ctx, &types.QueryDutiesRequest{Member: bank.String()})
		require.NoError(t, err)
		return res.Duties
	}
	require.Len(t, duties(f.banks[0]), 1)
	require.Equal(t, f.banks[0].String(), duties(f.banks[0])[0].Part.Member)
	f.submit(id, 0)
	require.Empty(t, duties(f.banks[0]))
	f.submit(id, 1, 2, 3, 4)
	require.Len(t, duties(f.banks[0]), 1, "its share")
	f.give(id, 0, 1, 2)
	require.Empty(t, duties(f.banks[4]))
	res, err := f.query.Rounds(f.ctx, &types.QueryRoundsRequest{})
	require.NoError(t, err)
	require.Len(t, res.Rounds, 1)
	_, err = f.query.Params(f.ctx, &types.QueryParamsRequest{})
	require.NoError(t, err)
}
