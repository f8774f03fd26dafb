package report

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"time"

	rpcclient "github.com/cometbft/cometbft/rpc/client"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/vault/records"
	"github.com/creditd/creditd/vault/types"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// scenes on the chain. What would take years, or a vote, is written into the state.
func (v *vectors) scenes() {
	v.silentFurnisher()
	v.disputes()
	v.suspended()
	v.hidden()
	v.clocks()
	v.wordsTakenBack()
	v.allSchemas()
	v.mergedAndOwn()
}

// now adds what a file of this moment says, from the header that proves it.
func (v *vectors) now(name string, s *provenScene, r *Report) {
	v.tb.Helper()
	encoded := s.prove(r, 0)
	start, err := s.parse(encoded).Start()
	require.NoError(v.tb, err)
	v.add(name, encoded, start, s.Now)
}

// change an entry of the state.
func change[T any, M interface {
	*T
	message
}](s *provenScene, store string, key []byte, change func(M),
) {
	s.tb.Helper()
	answer, err := s.ABCIQueryWithOptions(s.tb.Context(), "/store/"+store+"/key", key, rpcclient.ABCIQueryOptions{Height: s.Height()})
	require.NoError(s.tb, err)
	require.NotEmpty(s.tb, answer.Response.Value)
	into := M(new(T))
	require.NoError(s.tb, into.Unmarshal(answer.Response.Value))
	change(into)
	s.Write(store, key, into)
	s.Block()
}

func idOf(s *provenScene, text string) credittypes.ID {
	id, err := id32("id", text)
	require.NoError(s.tb, err)
	return id
}

// line changes the tradeline of a line.
func (s *provenScene) line(r *Report, i int, edit func(t *credittypes.Tradeline)) {
	s.tb.Helper()
	change(s, credittypes.StoreKey, credittypes.TradelineStateKey(subject, idOf(s, r.Lines[i].Tradeline)), edit)
}

func (s *provenScene) subject(edit func(f *credittypes.Subject)) {
	s.tb.Helper()
	change(s, credittypes.StoreKey, credittypes.SubjectStateKey(subject), edit)
}

func (s *provenScene) institution(i int, edit func(i *institutiontypes.Institution)) {
	s.tb.Helper()
	change(s, institutiontypes.StoreKey, institutiontypes.InstitutionStateKey(s.Operator(i)), edit)
}

func (v *vectors) silentFurnisher() {
	s := newProvenScene(v.tb)
	s.vaults.quiet[s.Operator(0).String()] = true
	record := &s.vaults.given[s.Operator(1).String()][0]
	set(record, "balance", "1")
	v.now("a silent furnisher, and a lying one", s, s.look())
}

func (v *vectors) disputes() {
	s := newProvenScene(v.tb)
	r := s.look()
	ids := make([]string, 3)
	for i := range ids {
		id := idOf(s, r.Lines[i].Tradeline)
		nonce := bytes.Repeat([]byte{byte(i)}, credittypes.NonceSize)
		s.Send(controller, &credittypes.MsgOpenDispute{
			Controller: s.Operator(controller).String(), Subject: subject[:], TradelineId: id[:], Reason: credittypes.DISPUTE_REASON_AMOUNT, Nonce: nonce,
		})
		dispute := credittypes.DisputeID(subject[:], id[:], nonce)
		ids[i] = hex.EncodeToString(dispute[:])
	}
	v.now("disputed", s, r)
	change(s, credittypes.StoreKey, credittypes.DisputeStateKey(idOf(s, ids[1])), func(d *credittypes.Dispute) {
		d.Status, d.Outcome, d.DueAt = credittypes.DISPUTE_STATUS_CLOSED, credittypes.DISPUTE_OUTCOME_VERIFIED, time.Unix(0, 0).UTC()
		d.Facts, d.Evidence, d.Statement = schemaOf(schemas.Score), schemaOf(schemas.Licence), schemaOf(schemas.TaxStanding)
		d.Reason = credittypes.DISPUTE_REASON_NOT_MINE
	})
	s.line(r, 1, func(t *credittypes.Tradeline) {
		t.State, t.StateReason, t.Compliance = credittypes.RECORD_STATE_ACTIVE, credittypes.STATE_REASON_DISPUTE, credittypes.COMPLIANCE_CODE_XC
		t.Annotations = []credittypes.Annotation{credittypes.ANNOTATION_STALE, credittypes.ANNOTATION_REVIEW}
	})
	until := s.Now.AddDate(0, 0, 3).Add(5 * time.Millisecond)
	s.subject(func(f *credittypes.Subject) {
		f.Freeze = &credittypes.Freeze{Since: s.Now.AddDate(0, -1, 0), LiftedUntil: &until, LiftedFor: s.Operator(2).String()}
		f.FraudAlert = &credittypes.FraudAlert{Since: s.Now.AddDate(0, -1, 0), Until: until, Extended: true}
	})
	v.now("disputes at all stages, alerts and annotations", s, r)
	s.subject(func(f *credittypes.Subject) { f.Freeze.LiftedFor, f.FraudAlert.Until = "", s.Now })
	v.now("a freeze that is lifted, an alert that is over", s, r)
}

func (v *vectors) suspended() {
	s := newProvenScene(v.tb)
	r := s.look()
	s.institution(0, func(i *institutiontypes.Institution) {
		i.Status, i.StatusSince = institutiontypes.LICENCE_STATUS_SUSPENDED, s.Now.Add(123*time.Millisecond)
	})
	s.institution(1, func(i *institutiontypes.Institution) { i.ValidUntil = s.Now.Add(-time.Second) })
	v.now("issuers suspended since", s, r)
	s.institution(0, func(i *institutiontypes.Institution) {
		i.Status, i.ValidFrom = institutiontypes.LICENCE_STATUS_ACTIVE, s.Now.Add(time.Hour)
	})
	v.now("a licence that has not begun", s, r)
}

func (v *vectors) hidden() {
	s := newProvenScene(v.tb)
	r := s.look()
	s.line(r, 0, func(t *credittypes.Tradeline) {
		t.State, t.StateReason = credittypes.RECORD_STATE_SUPPRESSED, credittypes.STATE_REASON_REPAIR
	})
	v.now("suppressed", s, r)
	s.line(r, 1, func(t *credittypes.Tradeline) { t.State = credittypes.RECORD_STATE_ERASED })
	s.line(r, 2, func(t *credittypes.Tradeline) { t.ShowUntil = s.Now }) // the chain is behind
	v.now("suppressed, erased and expired", s, r)
	from := s.Now
	change(s, credittypes.StoreKey, credittypes.ConsentStateKey(subject, idOf(s, r.Consent)), func(c *credittypes.Consent) { c.RecordsFrom = &from })
	for id := range r.given.records {
		delete(r.given.records, id)
	}
	v.now("out of scope", s, r)
}

// clocks: the retention of records of a natural person.
func (v *vectors) clocks() {
	s := newProvenScene(v.tb)
	r := s.look()
	s.subject(func(f *credittypes.Subject) { f.Kind = credittypes.SUBJECT_KIND_NATURAL_PERSON })
	late := func(first, status string) commitment.Record {
		return commitment.Record{"currency": "USD", "status": status, "date_first_delinquency": first, "reported_as_of": "2025-12-31", "balance": "5"}
	}
	earlier := func(dates ...string) []string { return dates }
	s.put(r, 0, "reaged", schemas.TradelinePerson, late("2025-06-01", "78"), placed{first: "2025-06-01", earlier: earlier("2024-01-01")})
	s.put(r, 0, "cured", schemas.TradelinePerson, late("2025-06-01", "78"), placed{first: "2025-06-01", earlier: earlier("2024-01-01", "")})
	s.put(r, 0, "moved and back", schemas.TradelinePerson, late("2025-06-01", "97"), placed{first: "2025-06-01", earlier: earlier("2025-06-01", "2025-08-01")})
	s.put(r, 0, "another date", schemas.TradelinePerson, late("2025-06-01", "78"), placed{first: "2025-06-02"})
	s.put(r, 0, "none committed to", schemas.TradelinePerson, late("2025-06-01", "78"), placed{first: ""})
	s.put(r, 0, "too long", schemas.TradelinePerson, late("2025-06-01", "78"), placed{first: "2025-06-01", until: s.Now.AddDate(8, 0, 0)})
	s.put(r, 1, "charged off", schemas.TradelinePerson, commitment.Record{"status": "97", "charge_off_date": "2025-03-31"}, placed{first: "2025-03-31"})
	s.put(r, 1, "paid late", schemas.TradelinePerson, commitment.Record{"status": "62", "closed": "2025-03-31"}, placed{first: "2025-03-31"})
	s.put(r, 1, "since when", schemas.TradelinePerson, commitment.Record{"status": "93"}, placed{first: "2025-03-31"})
	s.put(r, 1, "paid charge-off", schemas.TradelinePerson, commitment.Record{"status": "64", "closed": "2025-03-31", "charge_off_date": "2024-02-29"}, placed{first: "2024-02-29"})
	s.scope(r)
	v.now("clocks of a person", s, r)
	s.institution(0, func(i *institutiontypes.Institution) { i.Jurisdiction = "CN" })
	s.institution(1, func(i *institutiontypes.Institution) { i.Jurisdiction = "XX" }) // no profile names it
	v.now("profiles of other jurisdictions", s, r)
}

func (v *vectors) wordsTakenBack() {
	s := newProvenScene(v.tb)
	r := s.look()
	status := func(i int, entry attestationtypes.StatusEntry) {
		entry.Since = s.Now
		s.Write(attestationtypes.StoreKey, attestationtypes.StatusStateKey(idOf(s, r.Lines[i].Attestation)), &entry)
	}
	status(0, attestationtypes.StatusEntry{Status: attestationtypes.STATUS_REVOKED, Reason: attestationtypes.REVOCATION_REASON_ERROR})
	status(1, attestationtypes.StatusEntry{Status: attestationtypes.STATUS_SUPERSEDED, SupersededBy: schemaOf(schemas.Score)})
	ended := s.Now.Add(-time.Second)
	s.put(r, 1, "ended", schemas.TradelineFirm, commitment.Record{"status": "11"}, placed{expires: &ended})
	s.put(r, 1, "of another schema", "", commitment.Record{"status": "11"}, placed{})
	s.put(r, 1, "other amounts", schemas.TradelineFirm, commitment.Record{"balance": "7"}, placed{edit: func(a *attestationtypes.Statement) {
		a.AmountCommitments[0] = bytes.Repeat([]byte{9}, 32)
	}})
	s.put(r, 1, "another circuit commitment", schemas.TradelineFirm, commitment.Record{"balance": "7"}, placed{edit: func(a *attestationtypes.Statement) {
		a.CircuitCommitment[31] ^= 1
	}})
	s.scope(r)
	v.now("words taken back, and other commitments", s, r)
}

// allSchemas and all that is counted.
func (v *vectors) allSchemas() {
	s := newProvenScene(v.tb)
	r := s.look()
	history := "0123456EGHJKLBD000000000"
	for i, status := range []string{"11", "13", "61", "71", "78", "80", "82", "83", "84", "93", "97", "64"} {
		s.put(r, i%2, status, schemas.TradelineFirm, commitment.Record{
			"status": status, "currency": []string{"USD", "JPY", "BHD"}[i%3], "balance": fmt.Sprint(1000 * i), "credit_limit": fmt.Sprint(7 * i * i), "past_due": fmt.Sprint(i),
			"opened": fmt.Sprintf("20%02d-0%d-2%d", 10+i, 1+i%9, i%9), "payment_history": history[i:], "reported_as_of": "2025-12-31", "date_first_delinquency": "2025-07-31",
		}, placed{first: "2025-07-31"})
	}
	s.put(r, 0, "least", schemas.TradelineFirm, commitment.Record{
		"currency": "EUR", "balance": "-9223372036854775808", "past_due": "-5", "opened": "2025-07-02",
	}, placed{})
	s.put(r, 0, "most", schemas.TradelineFirm, commitment.Record{"currency": "EUR", "past_due": "-9223372036854775808", "balance": "-1", "opened": "2025-07-03"}, placed{})
	s.put(r, 0, "without a currency", schemas.TradelinePerson, commitment.Record{"balance": "3", "credit_limit": "3", "last_payment": "1"}, placed{})
	s.put(r, 1, "tax", schemas.TaxStanding, commitment.Record{"standing": "DELINQUENT", "jurisdiction": "US", "outstanding": "12", "currency": "USD"}, placed{})
	s.put(r, 1, "licence", schemas.Licence, commitment.Record{"status": "REVOKED", "number": "L-1", "issued": "2020-02-29"}, placed{})
	s.put(r, 1, "bill", schemas.UtilityPayment, commitment.Record{"service": "WATER", "status": "LATE", "months_late": "2", "past_due": "7"}, placed{})
	s.put(r, 1, "score", schemas.Score, commitment.Record{"model": "M.1", "score": "700"}, placed{})
	s.scope(r)
	v.now("records of all schemas", s, r)
}

func (v *vectors) mergedAndOwn() {
	s := newProvenScene(v.tb)
	r := s.look()
	alias := [32]byte{0xa1}
	s.put(r, 1, "of the alias", schemas.TradelineFirm, commitment.Record{"balance": "1", "currency": "USD"}, placed{subject: &alias})
	s.subject(func(f *credittypes.Subject) { f.Aliases = [][]byte{alias[:]} })
	v.now("of merged subjects", s, r)
	change(s, credittypes.StoreKey, credittypes.InquiryStateKey(idOf(s, r.Inquiry)), func(i *credittypes.Inquiry) {
		i.Kind, i.Purpose, i.ConsentId, i.DataUser = credittypes.INQUIRY_KIND_OWN, credittypes.PURPOSE_OWN_REQUEST, nil, s.Operator(controller).String()
	})
	delete(r.given.parts, s.Operator(0).String())
	for _, record := range s.vaults.given[s.Operator(0).String()] {
		delete(r.given.records, hex.EncodeToString(record.TradelineId))
	}
	v.now("the subject's own, without one answer", s, r)
}

// scope lets the consent name all schemas.
func (s *provenScene) scope(r *Report) {
	s.tb.Helper()
	change(s, credittypes.StoreKey, credittypes.ConsentStateKey(subject, idOf(s, r.Consent)), func(c *credittypes.Consent) { c.SchemaIds = nil })
}

// placed is what is told the chain of a record that is written into the state.
type placed struct {
	subject *[32]byte // nil: the scene's
	first   string    // date of first delinquency
	earlier []string  // those of earlier versions
	until   time.Time // a year from now if zero
	expires *time.Time
	edit    func(a *attestationtypes.Statement)
}

// put a record of a built-in schema, or of one that nobody knows, into the state and among what the vaults gave.
func (s *provenScene) put(r *Report, bank int, account, schema string, values commitment.Record, p placed) {
	s.tb.Helper()
	about := subject
	if p.subject != nil {
		about = *p.subject
	}
	definition, known := schemas.ByName(schema)
	if !known {
		definition, _ = schemas.ByName(schemas.TradelineFirm)
		definition.Name = "somebodys.tradeline"
	}
	layout := definition.Layout()
	plain := records.Plain{Values: values, Seed: commitment.NewSeed()}
	statement, err := records.Statement(layout, about, plain)
	require.NoError(s.tb, err)
	statement.ExpiresAt = p.expires
	if p.edit != nil {
		p.edit(&statement)
	}
	operator := s.Operator(bank)
	attestation := attestationtypes.AttestationID(layout.SchemaID[:], operator, statement)
	container, _ := attestation.Container()
	s.Write(attestationtypes.StoreKey, attestationtypes.BatchStateKey(container), &attestationtypes.Batch{
		SchemaId: layout.SchemaID[:], Issuer: operator.String(), IssuedAt: s.Now, Statements: []attestationtypes.Statement{statement},
	})
	blinded := commitment.ID("account", []byte(account))
	tradeline := credittypes.TradelineID(operator, about[:], blinded[:])
	clock, said := s.clock(p.first)
	until := p.until
	if until.IsZero() {
		until = s.Now.AddDate(1, 0, 0)
	}
	s.Write(credittypes.StoreKey, credittypes.TradelineStateKey(about, tradeline), &credittypes.Tradeline{
		Furnisher: operator.String(), AttestationId: attestation.Bytes(), Version: uint32(len(p.earlier) + 1), State: credittypes.RECORD_STATE_ACTIVE,
		FurnishedAt: s.Now, Delinquency: said, DelinquencySince: s.Now, ShowUntil: until,
	})
	record := &types.Record{TradelineId: tradeline.Bytes(), AttestationId: attestation.Bytes(), SchemaId: layout.SchemaID[:], Seed: plain.Seed[:], Delinquency: clock}
	for i, date := range p.earlier {
		committed := said
		if date != p.first {
			var opening types.Opening
			opening, committed = s.clock(date)
			record.Earlier = append(record.Earlier, opening)
		}
		key := append(credittypes.VersionsStateKey(tradeline), 0, 0, 0, byte(i+1))
		s.Write(credittypes.StoreKey, key, &credittypes.TradelineVersion{AttestationId: attestation.Bytes(), Delinquency: committed, ShowUntil: until, SupersededAt: s.Now})
	}
	for _, field := range layout.Fields {
		if text, ok := values[field.Name]; ok {
			record.Values = append(record.Values, types.Value{Name: field.Name, Text: text})
		}
	}
	r.given.records[hex.EncodeToString(record.TradelineId)] = record
	s.Block()
}

// clock is the commitment to a date of first delinquency, and what opens it.
func (s *provenScene) clock(first string) (types.Opening, []byte) {
	date, err := records.ParseDate(first)
	require.NoError(s.tb, err)
	c := records.NewClock(date, time.Time{})
	said, err := c.Commitment()
	require.NoError(s.tb, err)
	return types.Opening{Salt: c.Salt[:], First: first}, said.Bytes()
}
