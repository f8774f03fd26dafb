package importer

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/creditd/creditd/vault/books"
	"github.com/creditd/creditd/vault/clock"
	"github.com/creditd/creditd/vault/records"
	"github.com/creditd/creditd/vault/store"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// prepared is a row with its identifiers, before it is known whether it is new.
type prepared struct {
	line      int
	plain     records.Plain
	layout    commitment.Layout
	subject   [32]byte
	account   [32]byte
	tradeline [32]byte
	digest    [32]byte
	reading   clock.Reading
	showUntil time.Time
	notice    *books.Notice
	raw       []string // for a reject
}

// prepare computes a row's identifiers. The identity number goes no further than this.
func (im *Importer) prepare(row books.Row) (prepared, error) {
	definition, ok := schemas.ByName(row.Schema)
	if !ok {
		return prepared{}, fmt.Errorf("is of schema %q, which is not built in", row.Schema)
	}
	kind, err := subjectKind(row.SubjectKind)
	if err != nil {
		return prepared{}, err
	}
	subject, err := im.config.Pseudonyms.Pseudonym(kind, row.Subject)
	if err != nil {
		return prepared{}, err
	}
	reading, err := clock.Read(row.Record)
	if err != nil {
		return prepared{}, err
	}
	showUntil, err := reading.ShowUntil(im.config.Profile, kind, im.now())
	if err != nil {
		return prepared{}, err
	}
	p := prepared{
		reading: reading, showUntil: showUntil, notice: row.Notice, raw: row.Raw,
		line:    row.Line,
		plain:   records.Plain{Kind: kind, Lender: row.Lender, Account: row.Account, Values: row.Record},
		layout:  definition.Layout(),
		subject: subject,
		account: im.account(row.Lender, row.Account),
	}
	p.tradeline = credittypes.TradelineID(im.config.Furnisher, p.subject[:], p.account[:])
	p.digest = im.config.Keys.Digest(records.Canonical(p.layout.SchemaID, row.Record)...)
	return p, nil
}

// account blinds the account's number. Lenders' names are compared as package books does it, without case.
func (im *Importer) account(lender, number string) [32]byte {
	return im.config.Keys.Account(strings.ToUpper(strings.TrimSpace(lender)), number)
}

// subjectKind translates: the numbers of the two differ.
func subjectKind(kind books.SubjectKind) (credittypes.SubjectKind, error) {
	switch kind {
	case books.LegalEntity:
		return credittypes.SUBJECT_KIND_LEGAL_ENTITY, nil
	case books.NaturalPerson:
		return credittypes.SUBJECT_KIND_NATURAL_PERSON, nil
	}
	return 0, fmt.Errorf("has a borrower that is %s", kind)
}

// changed returns, encrypted and ready to be staged, the rows that the chain has to be told of.
func (im *Importer) changed(ctx context.Context, rows []prepared, rejects Rejects) ([]item, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	tradelines := make([][32]byte, len(rows))
	for i := range rows {
		tradelines[i] = rows[i].tradeline
	}
	latest, err := im.config.Store.Latest(ctx, tradelines)
	if err != nil {
		return nil, err
	}
	var items []item
	for i := range rows {
		row := &rows[i]
		known, exists := latest[row.tradeline]
		again := im.again(row.tradeline)
		switch {
		case exists && known.Digest == row.digest:
			im.run.Counts.Unchanged++
			continue
		case again:
			// One account cannot be in two states. Which row is right only the lender knows.
			if err := im.reject(&books.Reject{Line: row.line, Raw: row.raw, Reason: "has an account that an earlier row of the book has with other content"}, rejects); err != nil {
				return nil, err
			}
			continue
		case exists && known.State == store.Staged:
			// What came before was refused by the chain and must be settled first.
			im.waiting(row)
			continue
		}
		if err := im.wind(row, known, exists); err != nil {
			if err := im.reject(&books.Reject{Line: row.line, Raw: row.raw, Reason: err.Error()}, rejects); err != nil {
				return nil, err
			}
			continue
		}
		it, err := im.seal(row, known.Version+1)
		if err != nil {
			return nil, err
		}
		latest[row.tradeline] = it.record
		items = append(items, it)
	}
	return items, nil
}

// again tells whether the book had the account before. 16 bytes keep a million accounts in 40 MB.
func (im *Importer) again(tradeline [32]byte) bool {
	key := [16]byte(tradeline[:16])
	_, seen := im.seen[key]
	im.seen[key] = struct{}{}
	return seen
}

func (im *Importer) waiting(row *prepared) {
	im.mu.Lock()
	defer im.mu.Unlock()
	im.summary.Refused++
	if len(im.summary.Refusals) < maxRefusals {
		im.summary.Refusals = append(im.summary.Refusals,
			fmt.Sprintf("tradeline %x: an earlier version waits to be accepted, this one was not sent", row.tradeline))
	}
}

// seal draws the record's seed, commits to it and encrypts it.
func (im *Importer) seal(row *prepared, version uint32) (item, error) {
	row.plain.Seed = commitment.NewSeed()
	statement, err := records.Statement(row.layout, row.subject, row.plain)
	if err != nil {
		return item{}, fmt.Errorf("line %d: %w", row.line, err)
	}
	record := store.Record{
		Attestation: attestationtypes.AttestationID(row.layout.SchemaID[:], im.config.Furnisher, statement),
		Tradeline:   row.tradeline,
		Schema:      row.layout.SchemaID,
		Subject:     row.subject,
		Version:     version,
		Digest:      row.digest,
		Import:      im.run.ID,
	}
	if err := records.Seal(im.config.Keys, row.plain, &record); err != nil {
		return item{}, err
	}
	return newItem(record, row.plain, row.account, statement)
}

// restore makes of a staged record again what the chain is told of it.
func (im *Importer) restore(record store.Record) (item, error) {
	plain, err := records.Open(im.config.Keys, &record)
	if err != nil {
		return item{}, err
	}
	layout, err := records.Layout(record.Schema)
	if err != nil {
		return item{}, err
	}
	statement, err := records.Statement(layout, record.Subject, plain)
	if err != nil {
		return item{}, fmt.Errorf("staged record %x: %w", record.Attestation, err)
	}
	return newItem(record, plain, im.account(plain.Lender, plain.Account), statement)
}

func newItem(record store.Record, plain records.Plain, account [32]byte, statement attestationtypes.Statement) (item, error) {
	it := item{record: record, kind: plain.Kind, correct: record.Version > 1, report: credittypes.NewReport(account, statement)}
	if plain.Clock == (records.Clock{}) {
		return item{}, fmt.Errorf("staged record %x has no clock: settle it with the program that staged it, or restore an older backup", record.Attestation)
	}
	delinquency, err := plain.Clock.Commitment()
	if err != nil {
		return item{}, err
	}
	it.report.Delinquency, it.report.ShowUntil = delinquency.Bytes(), plain.Clock.ShowUntil
	if plain.Notice != nil {
		notice, err := plain.Notice.Commitment()
		if err != nil {
			return item{}, err
		}
		it.notice = notice.Bytes()
	}
	return it, nil
}
