package bench

import (
	"time"
)

// sample is what one workload did in one round.
type sample struct {
	txs, records, bytes, blocks int
	sentAgain                   int64
	elapsed                     time.Duration
	paced, loaded               []time.Duration // latencies
	validators, client          time.Duration   // processor time
}

func (s sample) txRate() float64     { return quotient(float64(s.txs), s.elapsed.Seconds()) }
func (s sample) recordRate() float64 { return quotient(float64(s.records), s.elapsed.Seconds()) }

func (s sample) cpuPerTx() float64 { return quotient(milliseconds(s.validators), float64(s.txs)) }
func (s sample) cpuPerRecord() float64 {
	return quotient(milliseconds(s.validators), float64(s.records))
}

// sampled puts together what the two bursts of a round gave.
func (r *run) sampled(load workload, txs []*transaction, paced, loaded outcome, cpu, own time.Duration) (sample, error) {
	s := sample{
		txs: len(txs), records: len(txs) * load.records, blocks: loaded.blocks, sentAgain: loaded.sentAgain,
		elapsed: loaded.elapsed, paced: paced.latencies, loaded: loaded.latencies,
	}
	for _, tx := range txs {
		s.bytes += len(tx.bytes)
	}
	now, err := cpuOf(r.network.pids())
	if err != nil {
		return s, err
	}
	s.validators = now - cpu
	if now, err = ownCPU(); err != nil {
		return s, err
	}
	s.client = now - own
	return s, nil
}

// summary puts all rounds side by side.
func (r *run) summary(states []samples) Report {
	last := states[len(states)-1]
	report := Report{
		Version: ReportVersion, Chain: r.chain,
		Load: Load{
			Rounds: r.Rounds, Txs: r.Txs, Batches: r.Batches, BatchSize: r.BatchSize, PacedTxs: r.PacedTxs,
			PacedRate: r.PacedRate, Outstanding: r.Outstanding, Connections: r.generator.connections,
			Signers: len(r.network.accounts), Subjects: r.Subjects,
		},
		Beside: []Beside{}, States: []State{},
	}
	reference := r.loads[0].name
	for _, load := range r.loads {
		w := summarize(load, last.loads[load.name], r.costs[load.name])
		w.Outstanding = r.inFlight(load.name)
		w.ToReference = ratios(last.loads[load.name], last.loads[reference])
		report.Workloads = append(report.Workloads, w)
	}
	for i := range report.Workloads {
		w, of := &report.Workloads[i], report.Workloads[0]
		w.ToReference.BytesPerRecord = quotient(w.BytesPerRecord, of.BytesPerRecord)
		w.ToReference.StoreWritesPerRecord = quotient(w.StoreWritesPerRecord, of.StoreWritesPerRecord)
	}
	for _, b := range r.beside {
		report.Beside = append(report.Beside, summarizeBeside(b, last.beside[b.name()]))
	}
	for _, s := range states {
		state := State{
			Attestations: s.before, After: s.after, Rates: []Rate{},
			MemoryMB: megabytes(s.memory), DiskMB: megabytes(s.disk),
		}
		for _, load := range r.loads {
			state.Rates = append(state.Rates, Rate{load.name, each(s.loads[load.name], sample.txRate)})
		}
		report.States = append(report.States, state)
	}
	report.Figures = figures(report, states)
	return report
}

// each gives a figure of every round.
func each[S any](rounds []S, figure func(S) float64) Range {
	values := make([]float64, len(rounds))
	for i, s := range rounds {
		values[i] = figure(s)
	}
	return over(values...)
}

// eachRatio gives the ratio of two figures in every round, so that what else the machine did in a round is in both.
func eachRatio[S, T any](of []S, figure func(S) float64, to []T, other func(T) float64) Range {
	values := make([]float64, min(len(of), len(to)))
	for i := range values {
		values[i] = quotient(figure(of[i]), other(to[i]))
	}
	return over(values...)
}

// summarize the rounds of one workload.
func summarize(load workload, rounds []sample, c cost) Workload {
	of := func(figure func(sample) float64) Range { return each(rounds, figure) }
	latency := func(waits func(sample) []time.Duration) Latency {
		at := func(percent float64) Range {
			return of(func(s sample) float64 { return milliseconds(percentile(waits(s), percent)) })
		}
		return Latency{P50: at(50), P99: at(99)}
	}
	var bytes, txs int
	for _, s := range rounds {
		bytes, txs = bytes+s.bytes, txs+s.txs
	}
	records := float64(load.records)
	w := Workload{
		Name: load.name, Message: load.url, RecordsPerTx: load.records, TxsPerRound: txs / max(len(rounds), 1),
		TxsPerSecond:     of(sample.txRate),
		RecordsPerSecond: of(sample.recordRate),
		PacedMs:          latency(func(s sample) []time.Duration { return s.paced }),
		LoadedMs:         latency(func(s sample) []time.Duration { return s.loaded }),
		TxsPerBlock:      of(func(s sample) float64 { return quotient(float64(s.txs), float64(s.blocks)) }),
		SentAgain:        of(func(s sample) float64 { return float64(s.sentAgain) }),

		BytesPerTx: quotient(float64(bytes), float64(txs)),
		GasPerTx:   c.gas, GasPerRecord: quotient(float64(c.gas), records),
		StoreWritesPerTx: len(c.writes), StoreWritesPerRecord: quotient(float64(len(c.writes)), records),

		ValidatorCPUMsPerTx:     of(sample.cpuPerTx),
		ValidatorCPUMsPerRecord: of(sample.cpuPerRecord),
		ClientCPUMsPerTx:        of(func(s sample) float64 { return quotient(milliseconds(s.client), float64(s.txs)) }),
	}
	w.BytesPerRecord = quotient(w.BytesPerTx, records)
	return w
}

// ratios of a workload to the reference, round by round.
func ratios(of, reference []sample) Ratios {
	to := func(figure func(sample) float64) Range { return eachRatio(of, figure, reference, figure) }
	return Ratios{
		TxsPerSecond:          to(sample.txRate),
		RecordsPerSecond:      to(sample.recordRate),
		ValidatorCPUPerTx:     to(sample.cpuPerTx),
		ValidatorCPUPerRecord: to(sample.cpuPerRecord),
	}
}
