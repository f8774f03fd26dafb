package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// maxReportBytes of a report that is read back.
const maxReportBytes = 16 << 20

// figures are those to reach, as far as the run measured what they are of.
func figures(r Report, states []samples) []Figure {
	last := states[len(states)-1]
	all := []Figure{}
	add := func(figure Figure, measured ...bool) {
		for _, m := range measured {
			if !m {
				return
			}
		}
		all = append(all, figure)
	}
	has := func(load string) bool { return len(last.loads[load]) > 0 }
	attest, batch := last.loads[Attest], last.loads[AttestBatch]
	add(Figure{
		Name:  "single attest tx/s / bank send tx/s",
		Value: eachRatio(attest, sample.txRate, last.loads[BankSend], sample.txRate), Floor: 0.8, Aim: 1,
	}, has(Attest))
	add(Figure{
		Name:  fmt.Sprintf("attestations/s in batches of %d / single", r.Load.BatchSize),
		Value: eachRatio(batch, sample.recordRate, attest, sample.recordRate), Floor: 15, Aim: 40,
	}, has(Attest), has(AttestBatch))
	for _, load := range []string{Inquiry, Consent} {
		add(Figure{
			Name:  load + " tx/s / bank send tx/s",
			Value: eachRatio(last.loads[load], sample.txRate, last.loads[BankSend], sample.txRate), Floor: 0.8, Aim: 1,
		}, has(load))
	}
	rows := last.beside[Postgres]
	add(Figure{
		Name:  fmt.Sprintf("attestations/s in batches of %d / PostgreSQL durable single-row inserts/s", r.Load.BatchSize),
		Value: eachRatio(batch, sample.recordRate, rows, besideSample.rate), Floor: 1, Aim: 4,
	}, has(AttestBatch), len(rows) > 0)
	anchored := last.beside[Anchor]
	add(Figure{
		Name:  "attestations/s through an anchor, with proofs",
		Value: each(anchored, besideSample.rate), Floor: 50_000, Aim: 200_000,
	}, len(anchored) > 0)
	for _, w := range r.Workloads {
		add(Figure{
			Name:  "store writes per single attestation",
			Value: over(w.StoreWritesPerRecord), Floor: 4, Aim: 2, Less: true,
		}, w.Name == Attest)
	}
	add(Figure{
		Name:  "predicate proofs committed/s",
		Value: each(last.loads[Predicate], sample.txRate), Floor: 50, Aim: 200,
	}, has(Predicate))
	added := last.beside[Sum]
	add(Figure{
		Name:  fmt.Sprintf("exposure sum over %d institutions, from the inquiry to the answer, blocks", r.Chain.Validators),
		Value: each(added, func(s besideSample) float64 { return float64(s.blocks) }), Floor: 12, Aim: 4, Less: true,
	}, len(added) > 0)
	add(Figure{
		Name:  fmt.Sprintf("key generation by %d institutions, blocks", r.Chain.Validators),
		Value: over(last.keys...), Floor: 20, Aim: 6, Less: true,
	}, len(last.keys) > 0)
	verified := last.beside[Verify]
	add(Figure{
		Name:  "verify a bundle offline, ms",
		Value: each(verified, func(s besideSample) float64 { return quotient(1000, s.rate()) }), Floor: 5, Aim: 1, Less: true,
	}, len(verified) > 0)
	for i, bound := range []struct {
		name       string
		floor, aim float64
	}{{"p50", 300, 60}, {"p99", 1000, 200}} {
		reports := last.beside[CreditReport]
		add(Figure{
			Name:  fmt.Sprintf("report get, two furnishers, %d tradelines, %s after the inquiry is committed, ms", reportLines, bound.name),
			Value: each(reports, func(s besideSample) float64 { return milliseconds(s.phases[i].taken) }),
			Floor: bound.floor, Aim: bound.aim, Less: true,
		}, len(reports) > 0)
	}
	orders := last.beside[VaultRead]
	add(Figure{
		Name:  "vault reads/s with proof checks / PostgreSQL point reads/s by the same client",
		Value: eachRatio(orders, besideSample.rate, last.beside[postgresRead], besideSample.rate), Floor: 0.2, Aim: 0.5,
	}, len(orders) > 0)
	p99 := func(s besideSample) float64 { return milliseconds(s.phases[1].taken) }
	rest := last.beside[RestRead]
	add(Figure{
		Name:  "REST point read p99 / PostgreSQL point select p99 by the same client",
		Value: eachRatio(rest, p99, last.beside[restPostgres], p99), Floor: 3, Aim: 2, Less: true,
	}, len(rest) > 0)
	first := states[0]
	for _, load := range []struct{ name, words string }{{Attest, "single attest tx/s"}, {AttestListed, "single attest tx/s, listed by subject,"}} {
		add(Figure{
			Name:  fmt.Sprintf("%s with %s attestations in state / with %s", load.words, grouped(last.before), grouped(first.before)),
			Value: eachRatio(last.loads[load.name], sample.txRate, first.loads[load.name], sample.txRate), Floor: 0.7, Aim: 0.9,
		}, has(load.name), len(states) > 1)
	}
	return all
}

// ReadReports reads what 'creditd bench --output json' wrote.
func ReadReports(files ...string) ([]Report, error) {
	reports := make([]Report, len(files))
	for i, file := range files {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		err = json.NewDecoder(io.LimitReader(f, maxReportBytes)).Decode(&reports[i])
		f.Close()
		if err == nil && reports[i].Version != ReportVersion {
			err = fmt.Errorf("version %d: this program reads version %d", reports[i].Version, ReportVersion)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w: give what 'creditd bench --output json' wrote", file, err)
		}
	}
	return reports, nil
}

// WriteMarkdown prints the figures of runs as tables. Of a figure that several runs have, the first counts.
func WriteMarkdown(w io.Writer, reports ...Report) error {
	var b strings.Builder
	b.WriteString("| what | median (lowest..highest) | floor | aim | reached |\n|---|---|---|---|---|\n")
	seen := map[string]bool{}
	for _, r := range reports {
		for _, f := range r.Figures {
			if !seen[f.Name] {
				fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", f.Name, f.Value, plain(f.Floor), plain(f.Aim), f.reached())
			}
			seen[f.Name] = true
		}
	}
	for _, r := range reports {
		r.markdown(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (f Figure) reached() string {
	meets := func(bound float64) bool {
		if f.Less {
			return f.Value.Median <= bound
		}
		return f.Value.Median >= bound
	}
	switch {
	case meets(f.Aim):
		return "aim"
	case meets(f.Floor):
		return "floor"
	}
	return "no"
}

// markdown of one run: what it was, and what each figure is made of.
func (r Report) markdown(b *strings.Builder) {
	m, c := r.Machine, r.Chain
	fmt.Fprintf(b, "\n%s, %d rounds, %.0f s: %d cores (%s), %s, tags `%s`, %d validators, `timeout_commit` %s.\n\n",
		r.TakenAt.Format("2006-01-02 15:04 MST"), r.Load.Rounds, r.Seconds, m.Cores, orNone(m.CPU), m.Go, orNone(m.BuildTags),
		c.Validators, c.TimeoutCommit)
	b.WriteString("| | committed/s | ms processor time of all validators per record | store writes per record | bytes per record |\n|---|---|---|---|---|\n")
	for _, w := range r.Workloads {
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", w.Name, w.RecordsPerSecond, w.ValidatorCPUMsPerRecord,
			number(w.StoreWritesPerRecord), number(w.BytesPerRecord))
	}
	for _, other := range r.Beside {
		fmt.Fprintf(b, "| %s | %s | | | |\n", other.Name, other.PerSecond)
	}
	for _, other := range r.Beside {
		fmt.Fprintf(b, "\n%s: %s.", other.Name, other.About)
		for i, p := range other.Phases {
			separator := ","
			if i == 0 {
				separator = " Milliseconds:"
			}
			fmt.Fprintf(b, "%s %s %s", separator, p.Name, p.Ms)
		}
		b.WriteString("\n")
	}
	if len(r.States) < 2 {
		return
	}
	b.WriteString("\n| attestations in state, before and after the rounds |")
	for _, rate := range r.States[0].Rates {
		fmt.Fprintf(b, " %s txs/s |", rate.Name)
	}
	b.WriteString(" memory of a validator, MB | its data on disk, MB |\n|---|---|---|" + strings.Repeat("---|", len(r.States[0].Rates)) + "\n")
	for _, s := range r.States {
		fmt.Fprintf(b, "| %s..%s |", grouped(s.Attestations), grouped(s.After))
		for _, rate := range s.Rates {
			fmt.Fprintf(b, " %s |", rate.TxsPerSecond)
		}
		fmt.Fprintf(b, " %s | %s |\n", number(s.MemoryMB), number(s.DiskMB))
	}
}

// plain is a bound as people write it.
func plain(f float64) string {
	if f >= 1000 {
		return grouped(int(f))
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", f), ".0")
}

// grouped puts a comma after each three digits.
func grouped(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
