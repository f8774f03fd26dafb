package importer

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/creditd/creditd/vault/books"
	"github.com/creditd/creditd/vault/clock"
	"github.com/creditd/creditd/vault/keys"
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

	unfit error // why it cannot be furnished
	unset error // why its clock cannot be set
}

// prepare computes a row's identifiers. The identity number goes no further than this.
func (im *Importer) prepare(row books.Row) prepared {
	p, err := im.identify(row)
	p.unfit = err
	return p
}

func (im *Importer) identify(row books.Row) (prepared, error) {
	layout, ok := schemas.LayoutByName(row.Schema)
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
		layout:  layout,
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

// known is what the vault had of an account before a row.
type known struct {
	record  store.Record
	exists  bool
	staging bool // it is of this run and on its way to the store
}

// decide returns, encrypted and ready to be staged, what the chain has to be told of a group of rows. The work of each row is
// done by all processors at once; what depends on the rows before it is not much, and done in order.
func (im *Importer) decide(ctx context.Context, rows []books.Row, rejects Rejects) ([]item, error) {
	all := make([]prepared, len(rows))
	parallel(len(rows), func(i int) {
		if rows[i].Reject == nil {
			all[i] = im.prepare(rows[i])
		}
	})
	before, err := im.before(ctx, rows, all)
	if err != nil {
		return nil, err
	}
	failures := make([]error, len(rows))
	parallel(len(rows), func(i int) {
		row := &all[i]
		if rows[i].Reject == nil && row.unfit == nil && before[i].record.Digest != row.digest && !before[i].staging {
			failures[i] = im.wind(row, before[i].record, before[i].exists)
		}
	})
	if err := errors.Join(failures...); err != nil {
		return nil, err
	}
	var wanted []*prepared
	var versions []uint32
	for i := range rows {
		im.run.Counts.Rows++
		im.run.Position = rows[i].Line
		keep, err := im.judge(&rows[i], &all[i], before[i], rejects)
		if err != nil {
			return nil, err
		}
		if keep {
			wanted = append(wanted, &all[i])
			versions = append(versions, before[i].record.Version+1)
		}
	}
	items := make([]item, len(wanted))
	failures = make([]error, len(wanted))
	parallel((len(wanted)+sealTogether-1)/sealTogether, func(part int) {
		from, to := part*sealTogether, min((part+1)*sealTogether, len(wanted))
		im.seal(wanted[from:to], versions[from:to], items[from:to], failures[from:to])
	})
	sealed := items[:0]
	for i := range items {
		switch {
		case errors.Is(failures[i], keys.ErrErased):
			if err := im.reject(&books.Reject{Line: wanted[i].line, Reason: reasonErased, Raw: wanted[i].raw}, rejects); err != nil {
				return nil, err
			}
			continue
		case failures[i] != nil:
			return nil, failures[i]
		case items[i].correct:
			im.run.Counts.Corrected++
		default:
			im.run.Counts.Furnished++
		}
		sealed = append(sealed, items[i])
	}
	return sealed, nil
}

// reasonErased: a vault cannot encrypt for a tradeline whose key it destroyed, and must not report it again.
const reasonErased = "is of an account whose record was erased at its subject's request: take it out of the book"

// before looks up what the vault has of each account. The group before this one may not be in the store yet.
func (im *Importer) before(ctx context.Context, rows []books.Row, all []prepared) ([]known, error) {
	var tradelines [][32]byte
	for i := range all {
		if rows[i].Reject == nil && all[i].unfit == nil {
			tradelines = append(tradelines, all[i].tradeline)
		}
	}
	found := make([]known, len(all))
	if len(tradelines) == 0 {
		return found, nil
	}
	latest, err := im.config.Store.Latest(ctx, tradelines)
	if err != nil {
		return nil, err
	}
	for i := range all {
		found[i].record, found[i].exists = latest[all[i].tradeline]
		if digest, staging := im.staging[all[i].tradeline]; staging {
			found[i] = known{record: store.Record{Digest: digest}, exists: true, staging: true}
		}
	}
	return found, nil
}

// judge tells whether a row is to be staged; if not it is counted as what it is.
func (im *Importer) judge(row *books.Row, p *prepared, before known, rejects Rejects) (bool, error) {
	if row.Reject != nil {
		return false, im.reject(row.Reject, rejects)
	}
	if p.unfit != nil {
		if errors.Is(p.unfit, clock.ErrOver) {
			im.expired++
		}
		return false, im.reject(&books.Reject{Line: row.Line, Reason: p.unfit.Error(), Raw: row.Raw}, rejects)
	}
	earlier, again := im.group[p.tradeline]
	again = im.seen.again(p.tradeline) || again
	switch {
	case again && earlier == p.digest, before.exists && before.record.Digest == p.digest:
		im.run.Counts.Unchanged++
		return false, nil
	case again:
		// One account cannot be in two states. Which row is right only the lender knows.
		return false, im.reject(&books.Reject{Line: row.Line, Raw: row.Raw, Reason: "has an account that an earlier row of the book has with other content"}, rejects)
	case before.exists && before.record.State == store.Staged:
		// What came before was refused by the chain and must be settled first.
		im.waiting(p)
		return false, nil
	case p.unset != nil:
		return false, im.reject(&books.Reject{Line: row.Line, Raw: row.Raw, Reason: p.unset.Error()}, rejects)
	}
	im.group[p.tradeline] = p.digest
	return true, nil
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

// sealTogether rows are committed to together, which is faster.
const sealTogether = 64

// seal draws the records' seeds, commits to them and encrypts them.
func (im *Importer) seal(rows []*prepared, versions []uint32, items []item, failures []error) {
	for from, to := 0, 0; from < len(rows); from = to { // a run of rows of one schema
		for to < len(rows) && rows[to].layout.SchemaID == rows[from].layout.SchemaID {
			to++
		}
		subjects, plains := make([][32]byte, to-from), make([]*records.Plain, to-from)
		for i, row := range rows[from:to] {
			row.plain.Seed = commitment.NewSeed()
			subjects[i], plains[i] = row.subject, &row.plain
		}
		statements, failed := records.Statements(rows[from].layout, subjects, plains)
		for i, row := range rows[from:to] {
			if failures[from+i] = failed[i]; failed[i] != nil {
				failures[from+i] = fmt.Errorf("line %d: %w", row.line, failed[i])
				continue
			}
			items[from+i], failures[from+i] = im.sealOne(row, versions[from+i], statements[i])
		}
	}
}

func (im *Importer) sealOne(row *prepared, version uint32, statement attestationtypes.Statement) (item, error) {
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
