package report

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/creditd/creditd/vault/exchange"
	"github.com/creditd/creditd/vault/types"
)

// answered is one furnisher's answer.
type answered struct {
	answer exchange.Answer
	err    error
	millis int64
}

// asking is the vaults that are asked, each once.
type asking struct {
	getter  *Getter
	inquiry exchange.Opened
	group   sync.WaitGroup
	slots   chan struct{}
	asked   map[string]*Furnisher
	answers map[string]*answered
}

func (g *Getter) newAsking(inquiry exchange.Opened) *asking {
	return &asking{getter: g, inquiry: inquiry, slots: make(chan struct{}, parallel), asked: map[string]*Furnisher{}, answers: map[string]*answered{}}
}

// start asks the vault of every furnisher with a line that may be shown, unless it was asked before.
func (a *asking) start(ctx context.Context, found []evidence, now time.Time) {
	for i := range found {
		e := &found[i]
		operator := e.tradeline.Furnisher
		if !e.displayed(now) {
			continue
		}
		f := a.asked[operator]
		if f == nil {
			f, a.answers[operator] = &Furnisher{Operator: operator}, &answered{}
			a.asked[operator] = f
			if e.issuer.Vault != nil {
				f.Endpoint = e.issuer.Vault.Endpoint
			}
			order, into := *f, a.answers[operator]
			a.group.Go(func() { a.one(ctx, order, into) })
		}
		f.Name, f.Licensed = e.issuer.Institution.Name, licensed(e.issuer.Institution, now)
	}
}

func (a *asking) one(ctx context.Context, f Furnisher, into *answered) {
	a.slots <- struct{}{}
	defer func() { <-a.slots }()
	ctx, cancel := context.WithTimeout(ctx, vaultTimeout)
	defer cancel()
	start := time.Now()
	if f.Endpoint == "" {
		into.err = errors.New("the furnisher has no vault endpoint on the chain: it must run 'creditd vault init --register'")
	} else {
		into.answer, into.err = a.getter.Vaults.Fetch(ctx, a.inquiry, f.Operator, f.Endpoint)
	}
	into.millis = time.Since(start).Milliseconds()
}

// wait for all of them, and note in the report how each fared.
func (a *asking) wait(r *Report) map[string]answered {
	a.group.Wait()
	answers := map[string]answered{}
	r.Furnishers = make([]Furnisher, 0, len(a.asked))
	for operator, f := range a.asked {
		got := *a.answers[operator]
		answers[operator] = got
		f.Millis = got.millis
		if got.err != nil {
			f.Error = got.err.Error()
		} else {
			f.Answered, f.Records, f.Digest = true, len(got.answer.Records), hex.EncodeToString(got.answer.Digest[:])
		}
		r.Furnishers = append(r.Furnishers, *f)
	}
	slices.SortFunc(r.Furnishers, func(a, b Furnisher) int { return cmp.Compare(a.Operator, b.Operator) })
	return answers
}

type lineKey struct{ furnisher, tradeline string }

// sort what the vaults gave: a record for a line, or one too many.
func sortRecords(r *Report, found []evidence, answers map[string]answered, now time.Time) (given map[lineKey]*types.Record, extra []Line) {
	wanted := map[lineKey]bool{}
	for i := range found {
		if found[i].displayed(now) {
			wanted[lineKey{found[i].tradeline.Furnisher, hex.EncodeToString(found[i].tradeline.Id)}] = true
		}
	}
	given = map[lineKey]*types.Record{}
	for i := range r.Furnishers {
		operator := r.Furnishers[i].Operator
		for j := range answers[operator].answer.Records {
			record := &answers[operator].answer.Records[j]
			k := lineKey{operator, hex.EncodeToString(record.TradelineId)}
			if given[k] != nil || !wanted[k] {
				schema := hex.EncodeToString(record.SchemaId)
				extra = append(extra, Line{
					Tradeline: k.tradeline, Attestation: hex.EncodeToString(record.AttestationId), Furnisher: operator, Name: r.Furnishers[i].Name,
					Schema: schema, SchemaName: names()[schema], Section: sectionOf(schema), Proof: Mismatch,
					Reason: "the vault gave a record that the chain does not have, or gave it twice",
				})
				continue
			}
			given[k] = record
		}
	}
	return given, extra
}

// lines judges every tradeline that the chain has, and every record that it has not.
func (g *Getter) lines(ctx context.Context, r *Report, found []evidence, answers map[string]answered) {
	now := g.Now()
	given, extra := sortRecords(r, found, answers, now)
	r.Lines = make([]Line, 0, len(found)+len(extra))
	r.given.records, r.given.parts = map[string]*types.Record{}, map[string][]exchange.SignedPart{}
	for operator, a := range answers {
		if a.err == nil {
			r.given.parts[operator] = a.answer.Parts
		}
	}
	for i := range found {
		e := &found[i]
		if !e.displayed(now) {
			r.Hidden.hide(e.tradeline.State)
			continue
		}
		record := given[lineKey{e.tradeline.Furnisher, hex.EncodeToString(e.tradeline.Id)}]
		if record != nil && string(record.AttestationId) != string(e.tradeline.AttestationId) {
			g.refresh(ctx, e) // corrected between our reading and the vault's
		}
		line := e.line(r.Subject)
		switch a := answers[e.tradeline.Furnisher]; {
		case record != nil:
			line.Proof, line.Reason = e.judge(record, now)
			line.fill(record)
			r.given.records[line.Tradeline] = record
		case a.err != nil:
			line.Proof, line.Reason = Withheld, a.err.Error()
		default:
			line.Proof, line.Reason = Withheld, "the vault answered without this record"
		}
		r.Lines = append(r.Lines, line)
	}
	r.Lines = append(r.Lines, extra...)
	r.count()
}

// refresh reads one tradeline again. Where that fails, what was read before is judged.
func (g *Getter) refresh(ctx context.Context, e *evidence) {
	again := *e
	var err error
	if again.tradeline, err = g.Chain.Tradeline(ctx, e.subject, [32]byte(e.tradeline.Id)); err != nil || len(again.tradeline.AttestationId) != 32 {
		return
	}
	if g.evidence(ctx, &again) == nil && again.displayed(g.Now()) {
		*e = again
	}
}

// fill puts what the vault gave into the line.
func (l *Line) fill(record *types.Record) {
	l.Values, l.Seed = plainValues(record), hex.EncodeToString(record.Seed)
	l.History = historyOf(l.Values)
	opening := openingOf(record.Delinquency)
	l.Delinquency = &opening
	for _, earlier := range record.Earlier {
		l.Earlier = append(l.Earlier, openingOf(earlier))
	}
}

func plainValues(record *types.Record) map[string]string {
	values := make(map[string]string, len(record.Values))
	for _, value := range record.Values {
		values[value.Name] = value.Text
	}
	return values
}
