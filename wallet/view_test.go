package wallet

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/schemas"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

const testDay = 24 * time.Hour

// aFile is the mySubject of the wallet with a life behind it.
func aFile(w *Wallet) *fakeChain {
	definition, _ := schemas.ByName(schemas.TradelineFirm)
	schema := definition.ID()
	due, lifted := testNow.Add(5*testDay), testNow.Add(testDay)
	consent := func(first byte, until time.Time, status credittypes.ConsentStatus) credittypes.Consent {
		return credittypes.Consent{
			Id: id(first), Subject: mySubject[:], Grantee: lender, Purpose: credittypes.PURPOSE_CREDIT_APPLICATION, SchemaIds: [][]byte{schema[:]},
			Mode: credittypes.CONSENT_MODE_VIEW, UsesLeft: 2, ValidFrom: testNow.Add(-testDay), ValidUntil: until, Status: status,
			StatusSince: testNow.Add(-testDay), Fetch: credittypes.CONSENT_FETCH_ONE_TIME,
		}
	}
	return &fakeChain{
		subject: &credittypes.Subject{
			Pseudonym: mySubject[:], Kind: credittypes.SUBJECT_KIND_LEGAL_ENTITY, EnrolledBy: bank, Controller: w.Address,
			Freeze:     &credittypes.Freeze{Since: testNow.Add(-testDay), LiftedUntil: &lifted, LiftedFor: lender},
			FraudAlert: &credittypes.FraudAlert{Since: testNow, Until: testNow.Add(365 * testDay), Extended: true},
		},
		consents: []credittypes.Consent{
			consent(0xc0, testNow.Add(-time.Second), credittypes.CONSENT_STATUS_LIVE), // over, and not marked yet
			consent(0xc1, testNow.Add(30*testDay), credittypes.CONSENT_STATUS_LIVE),
			consent(0xc2, testNow.Add(3*testDay), credittypes.CONSENT_STATUS_LIVE),
			consent(0xc3, testNow.Add(3*testDay), credittypes.CONSENT_STATUS_WITHDRAWN),
		},
		disputes: []credittypes.Dispute{
			{Id: id(0xd0), TradelineId: id(0xa0), Furnisher: bank, Reason: credittypes.DISPUTE_REASON_AMOUNT, Status: credittypes.DISPUTE_STATUS_OPEN, OpenedAt: testNow, DueAt: due},
			{Id: id(0xd1), TradelineId: id(0xa1), Furnisher: bank, Reason: credittypes.DISPUTE_REASON_DATE, Status: credittypes.DISPUTE_STATUS_CLOSED, Outcome: credittypes.DISPUTE_OUTCOME_VERIFIED, OpenedAt: testNow.Add(-testDay)},
		},
		lines: []credittypes.Tradeline{
			{Id: id(0xa0), Furnisher: bank, State: credittypes.RECORD_STATE_DISPUTED, ShowUntil: testNow.Add(testDay), FurnishedAt: testNow.Add(-testDay)},
			{Id: id(0xa1), Furnisher: bank, State: credittypes.RECORD_STATE_SUPPRESSED, ShowUntil: testNow.Add(testDay), FurnishedAt: testNow},
			{Id: id(0xa2), Furnisher: bank, State: credittypes.RECORD_STATE_ACTIVE, ShowUntil: testNow, FurnishedAt: testNow},
		},
		change: &credittypes.SubjectChange{Kind: credittypes.CHANGE_KIND_RECOVERY, Controller: lender, ProposedBy: bank, ProposedAt: testNow},
		looks: map[[32]byte]credittypes.Inquiry{
			[32]byte(id(0xe0)): {Id: id(0xe0), DataUser: lender, Kind: credittypes.INQUIRY_KIND_HARD, Status: credittypes.INQUIRY_STATUS_FULFILLED, ConsentId: id(0xc1)},
			[32]byte(id(0xe1)): {Id: id(0xe1), DataUser: w.Address, Kind: credittypes.INQUIRY_KIND_OWN, Status: credittypes.INQUIRY_STATUS_OPEN},
		},
		receipts: map[[32]byte][]credittypes.Receipt{[32]byte(id(0xe0)): {{Institution: bank, Records: 3}, {Institution: lender, Records: 3}}},
		trail: []credittypes.TrailEntry{
			{Kind: credittypes.TRAIL_KIND_ENROLLED, Actor: bank},
			{Kind: credittypes.TRAIL_KIND_INQUIRY_OPENED, Actor: lender, Ref: id(0xe0), Purpose: credittypes.PURPOSE_CREDIT_APPLICATION, Time: testNow.Add(-testDay), Height: 8},
			{Kind: credittypes.TRAIL_KIND_ADVERSE_ACTION, Actor: lender, Ref: id(0xe0)},
			{Kind: credittypes.TRAIL_KIND_INQUIRY_OPENED, Actor: w.Address, Ref: id(0xe1), Purpose: credittypes.PURPOSE_OWN_REQUEST, Time: testNow, Height: 9},
		},
	}
}

func TestStatus(t *testing.T) {
	w, _ := newWallet(t)
	chain := aFile(w)
	s, err := NewViewer(chain, w, testNow).Status(t.Context(), 7*testDay)
	require.NoError(t, err)
	require.Len(t, s.Files, 1)
	f := s.Files[0]
	require.True(t, f.Known)
	require.Equal(t, "legal-entity", f.Kind)
	require.Equal(t, ControlYours, f.Control)
	require.Equal(t, "Aldermoor Bank", f.EnrolledBy.Name)
	require.Equal(t, "Everhill Lending", f.Freeze.LiftedFor.Name)
	require.True(t, f.Alert.Extended)
	require.Equal(t, "recovery", f.Change.Kind)
	require.False(t, f.Change.ToYou)
	require.Equal(t, 1, f.Shown)
	require.Equal(t, 2, f.Hidden, "one is suppressed, the time of the other is over")
	require.Len(t, f.Open, 2)
	require.Len(t, f.Ending, 1)
	require.EqualValues(t, id(0xc2), f.Ending[0].ID[:])
	require.Len(t, f.Disputes, 1)
	require.Equal(t, testNow.Add(5*testDay), *f.Disputes[0].Due)

	later := NewViewer(chain, w, testNow.Add(2*testDay))
	s, err = later.Status(t.Context(), 0)
	require.NoError(t, err)
	require.Nil(t, s.Files[0].Freeze.LiftedUntil, "the lift is over")

	chain.subject.Controller, chain.subject.OfferedTo = "", w.Address
	chain.subject.FraudAlert, chain.subject.Freeze, chain.change = nil, nil, nil
	s, err = later.Status(t.Context(), 0)
	require.NoError(t, err)
	require.Equal(t, ControlOffered, s.Files[0].Control)
	require.Nil(t, s.Files[0].Alert)
	require.Nil(t, s.Files[0].Change)
	chain.subject.OfferedTo = ""
	s, err = later.Status(t.Context(), 0)
	require.NoError(t, err)
	require.Equal(t, ControlNone, s.Files[0].Control)
	chain.subject.Controller = lender
	s, err = later.Status(t.Context(), 0)
	require.NoError(t, err)
	require.Equal(t, ControlOther, s.Files[0].Control)
	chain.subject = nil
	s, err = later.Status(t.Context(), 0)
	require.NoError(t, err)
	require.False(t, s.Files[0].Known)
}

func TestConsentsAndPicking(t *testing.T) {
	w, _ := newWallet(t)
	v := NewViewer(aFile(w), w, testNow)
	list, err := v.Consents(t.Context(), mySubject)
	require.NoError(t, err)
	require.Len(t, list, 4)
	require.True(t, list[0].Live(testNow) && list[1].Live(testNow), "those in force come first")
	require.False(t, list[2].Live(testNow) || list[3].Live(testNow))
	require.Equal(t, []string{schemas.TradelineFirm}, list[0].Data)

	found, err := v.PickConsent(t.Context(), mySubject, "C20000")
	require.NoError(t, err)
	require.EqualValues(t, id(0xc2), found.ID[:])
	for which, want := range map[string]string{"c2": "at least 6 digits", "c90000": "no consent begins", "": "at least"} {
		_, err := v.PickConsent(t.Context(), mySubject, which)
		require.ErrorContains(t, err, want)
	}
	both := []Consent{{ID: hash(id(1))}, {ID: hash(id(1))}}
	_, err = pick("consent", "010000", both, func(c *Consent) []byte { return c.ID[:] })
	require.ErrorContains(t, err, "more digits")
	dispute, err := v.PickDispute(t.Context(), mySubject, shortHex(id(0xd1)))
	require.NoError(t, err)
	require.Equal(t, "verified", dispute.Outcome)
	require.Nil(t, dispute.Due)
	record, err := v.PickRecord(t.Context(), mySubject, shortHex(id(0xa1)))
	require.NoError(t, err)
	require.Equal(t, "suppressed", record.State)
}

func TestLooks(t *testing.T) {
	w, _ := newWallet(t)
	chain := aFile(w)
	v := NewViewer(chain, w, testNow)
	looks, more, err := v.Looks(t.Context(), mySubject, 10)
	require.NoError(t, err)
	require.False(t, more)
	require.Len(t, looks, 2)
	own, lenders := looks[0], looks[1]
	require.True(t, own.By.You, "newest first")
	require.Equal(t, "own", own.Kind)
	require.Equal(t, "Everhill Lending", lenders.By.Name)
	require.Equal(t, "credit-application", lenders.Purpose)
	require.EqualValues(t, id(0xc1), lenders.Consent[:])
	require.Equal(t, []Gave{{Party{Address: bank, Name: "Aldermoor Bank"}, 3}}, lenders.Gave)
	require.EqualValues(t, 3, *lenders.Got)
	require.True(t, lenders.Declined)
	require.False(t, lenders.Notified)

	looks, more, err = v.Looks(t.Context(), mySubject, 1)
	require.NoError(t, err)
	require.True(t, more)
	require.Len(t, looks, 1)
	chain.looks = nil
	looks, _, err = v.Looks(t.Context(), mySubject, 10)
	require.NoError(t, err)
	require.Len(t, looks, 2, "the trail alone says that somebody looked")
}

func TestFindInstitution(t *testing.T) {
	chain := &fakeChain{}
	for _, which := range []string{lender, "everhill lending", " Everhill Lending "} {
		found, err := FindInstitution(t.Context(), chain, which)
		require.NoError(t, err)
		require.Equal(t, lender, found.Operator)
	}
	_, err := FindInstitution(t.Context(), chain, "Nobody")
	require.ErrorContains(t, err, "no licensed institution")
	_, err = FindInstitution(t.Context(), chain, "twin")
	require.ErrorContains(t, err, "2 licensed institutions")
	w, _ := newWallet(t)
	_, err = FindInstitution(t.Context(), chain, w.Address)
	require.ErrorContains(t, err, "no licensed institution")
}
