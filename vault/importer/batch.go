package importer

import (
	"context"
	"errors"
	"fmt"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/store"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// item is one staged record with what the chain is told of it.
type item struct {
	record  store.Record
	kind    credittypes.SubjectKind
	report  credittypes.Report
	notice  []byte // commitment to the notice to give before; nil for none
	correct bool   // a new version of a tradeline that the chain has
}

// settle sends a batch until the chain has all of it. A refusal because of what the chain has already is
// resolved by reading the chain; one because of a single record is narrowed down to it, so that it does not
// hold up the others. What cannot be settled stays staged.
func (im *Importer) settle(ctx context.Context, items []item) error {
	items, err := im.ripe(ctx, items)
	if err != nil {
		return err
	}
	for len(items) > 0 {
		err := im.config.Chain.Send(ctx, im.messages(items)...)
		if err == nil {
			return im.commit(ctx, items)
		}
		if !client.Refused(err) {
			return fmt.Errorf("sending to the chain: %w: run the same command again, it goes on where it stopped", err)
		}
		rest, changed, queried := im.reconcile(ctx, items)
		switch {
		case queried != nil:
			return queried
		case len(rest) == 0:
			return nil
		case changed:
			items = rest
		case !ofRecord(err):
			return err
		case len(rest) == 1:
			im.refused(rest[0], err)
			return nil
		default:
			half := len(rest) / 2
			if err := im.settle(ctx, rest[:half]); err != nil {
				return err
			}
			items = rest[half:]
		}
	}
	return nil
}

// ofRecord tells whether a refusal is about one record, as opposed to the furnisher or the whole message.
func ofRecord(err error) bool {
	for _, registered := range recordErrors {
		if errors.Is(err, registered) {
			return true
		}
	}
	return false
}

var recordErrors = []error{
	attestationtypes.ErrDuplicate, attestationtypes.ErrInvalidStatement, attestationtypes.ErrNotActive,
	attestationtypes.ErrNotIssuer, attestationtypes.ErrInvalidSupersede,
	credittypes.ErrAlreadyFurnished, credittypes.ErrTradelineExists, credittypes.ErrUnknownTradeline,
	credittypes.ErrUnknownSubject, credittypes.ErrInvalidSubjectKind, credittypes.ErrInvalidReport, credittypes.ErrNotCorrectable,
	credittypes.ErrShowUntil, credittypes.ErrReaging, credittypes.ErrNoNotice, credittypes.ErrInvalidNotice, credittypes.ErrInvalidCommitment,
	credittypes.ErrMerged, credittypes.ErrTooManyFurnishers, credittypes.ErrUnlawfulTransition, credittypes.ErrRefusedByContract,
}

// messages enrols the subjects, gives the notices and reports the tradelines in one transaction: nothing can come between,
// and no transaction depends on another.
func (im *Importer) messages(items []item) []sdk.Msg {
	furnisher := im.config.Furnisher.String()
	var first, updates []sdk.Msg
	for _, run := range bySchema(items) {
		schema := run[0].record.Schema
		var reports []credittypes.Report
		for _, it := range run {
			reports = append(reports, it.report)
		}
		if run[0].correct {
			updates = append(updates, &credittypes.MsgUpdateBatch{Furnisher: furnisher, SchemaId: schema[:], Reports: reports})
		} else {
			first = append(first, &credittypes.MsgFurnishBatch{Furnisher: furnisher, SchemaId: schema[:], Reports: reports})
		}
	}
	return append(append(im.preparations(items), first...), updates...)
}

// bySchema puts reports and updates of one schema together, in the order of the items.
func bySchema(items []item) (runs [][]item) {
	type kind struct {
		schema  [32]byte
		correct bool
	}
	at := map[kind]int{}
	for _, it := range items {
		k := kind{it.record.Schema, it.correct}
		place, known := at[k]
		if !known {
			place = len(runs)
			at[k] = place
			runs = append(runs, nil)
		}
		runs[place] = append(runs[place], it)
	}
	return runs
}

// preparations are what has to be on the chain before the reports: the subjects, and the notices to natural persons.
func (im *Importer) preparations(items []item) (msgs []sdk.Msg) {
	furnisher := im.config.Furnisher.String()
	enrol := &credittypes.MsgEnrolSubjects{Institution: furnisher}
	notices := &credittypes.MsgGiveNotices{Furnisher: furnisher, Kind: credittypes.NOTICE_KIND_NEGATIVE_REPORTING}
	enrolled := map[[32]byte]bool{}
	for _, it := range items {
		if !it.correct && !enrolled[it.record.Subject] {
			enrolled[it.record.Subject] = true
			enrol.Subjects = append(enrol.Subjects, credittypes.Enrolment{Pseudonym: it.report.Subject, Kind: it.kind})
		}
		if it.notice != nil {
			notices.Notices = append(notices.Notices, credittypes.GivenNotice{
				Subject: it.report.Subject, Account: it.report.Account, Commitment: it.notice,
			})
		}
	}
	if len(enrol.Subjects) > 0 {
		msgs = append(msgs, enrol)
	}
	if len(notices.Notices) > 0 {
		msgs = append(msgs, notices)
	}
	return msgs
}

// reconcile asks the chain about each record: those that it has are marked, the others are returned, each as
// what it now has to be sent as. changed says that sending again may have another outcome.
func (im *Importer) reconcile(ctx context.Context, items []item) (rest []item, changed bool, err error) {
	var there []item
	for _, it := range items {
		tradeline, err := im.config.Chain.Tradeline(ctx, it.record.Subject, it.record.Tradeline)
		correct := err == nil
		if err != nil && !errors.Is(err, client.ErrNotFound) {
			return nil, false, err
		}
		if correct && [32]byte(tradeline.AttestationId) == it.record.Attestation {
			there = append(there, it)
			continue
		}
		// A tradeline that the chain has in a version unknown to us was furnished from a store that was lost:
		// ours becomes its next version.
		changed = changed || correct != it.correct
		it.correct = correct
		rest = append(rest, it)
	}
	if len(there) == 0 {
		return rest, changed, nil
	}
	return rest, true, im.commit(ctx, there)
}

func (im *Importer) commit(ctx context.Context, items []item) error {
	ids := make([][32]byte, len(items))
	for i := range items {
		ids[i] = items[i].record.Attestation
	}
	if err := im.marker.mark(ctx, ids); err != nil {
		return err
	}
	im.mu.Lock()
	defer im.mu.Unlock()
	im.committed += len(items)
	for i := range items {
		if items[i].record.Import != im.run.ID {
			im.summary.Resumed++
		}
	}
	return nil
}

func (im *Importer) refused(it item, err error) {
	im.mu.Lock()
	defer im.mu.Unlock()
	im.summary.Refused++
	if len(im.summary.Refusals) < maxRefusals {
		im.summary.Refusals = append(im.summary.Refusals, fmt.Sprintf("tradeline %x: %s", it.record.Tradeline, err))
	}
}

// resume settles what an earlier run staged and could not see onto the chain, many batches at once. The chain is asked first:
// most of it is usually there.
func (im *Importer) resume(ctx context.Context) error {
	var after *[32]byte
	for {
		staged, err := im.config.Store.Staged(ctx, after, im.config.BatchSize)
		if err != nil || len(staged) == 0 {
			return err
		}
		if err := im.fly(ctx, func() error { return im.settleAgain(ctx, staged) }); err != nil {
			return err
		}
		if err := im.failed(); err != nil {
			return nil //nolint:nilerr // land reports it
		}
		after = &staged[len(staged)-1].Attestation
	}
}

func (im *Importer) settleAgain(ctx context.Context, staged []store.Record) (err error) {
	items := make([]item, len(staged))
	for i := range staged {
		if items[i], err = im.restore(staged[i]); err != nil {
			return err
		}
	}
	rest, _, err := im.reconcile(ctx, items)
	if err != nil || len(rest) == 0 {
		return err
	}
	return im.settle(ctx, rest)
}
