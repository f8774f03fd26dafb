package bench

import (
	"context"
	"slices"
	"time"
)

// Names of what is measured beside the chain's workloads, in the same rounds.
const (
	Anchor   = "anchor"
	Postgres = "postgres"
	Verify   = "verify"
	// CreditReport and VaultRead need vaults.
	CreditReport = "report"
	VaultRead    = "vault-read"

	// postgresRead is what VaultRead is compared with.
	postgresRead = "postgres-read"
)

// beside is measured in the rounds, but is not one kind of transaction after another.
type beside interface {
	name() string
	unit() string // of what is counted, in the plural
	about() string
	open(context.Context) error
	round(context.Context) (besideSample, error)
	close() error
}

// besideSample is what came of one round.
type besideSample struct {
	count   int
	elapsed time.Duration
	blocks  int64   // that it took; 0 where that is not what is measured
	phases  []phase // what the time went into; none if it is all one
}

type phase struct {
	name  string
	taken time.Duration
}

func (s besideSample) rate() float64 { return quotient(float64(s.count), s.elapsed.Seconds()) }

// chosenBeside are those that the options name.
func (r *run) chosenBeside() []beside {
	var all []beside
	shared := &vaults{run: r}
	for _, b := range []beside{
		&anchors{run: r}, &postgres{bin: r.PostgresBin, rows: r.Txs}, &verifier{run: r}, &importing{run: r, book: r.Book},
		&creditReports{vaults: shared}, &vaultReads{shared}, &restReads{run: r}, &sums{run: r},
	} {
		if slices.Contains(r.Workloads, b.name()) {
			all = append(all, b)
		}
	}
	if slices.Contains(r.Workloads, VaultRead) {
		all = append(all, &postgresReads{postgres: postgres{bin: r.PostgresBin}})
	}
	if slices.Contains(r.Workloads, RestRead) {
		all = append(all, &restPostgresReads{postgresReads{postgres: postgres{bin: r.PostgresBin}}})
	}
	return all
}

// helpers are the workloads that are sent, but not measured.
func (r *run) helpers() []workload {
	loads := []workload{enrolmentLoad()}
	if len(r.State) > 0 {
		loads = append(loads, preloadLoad())
	}
	if slices.Contains(r.Workloads, Anchor) {
		loads = append(loads, anchorLoad())
	}
	if slices.Contains(r.Workloads, Verify) && !slices.Contains(r.Workloads, Attest) {
		loads = append(loads, workloads(r.BatchSize)[1])
	}
	return loads
}

// summarizeBeside puts the rounds together.
func summarizeBeside(b beside, rounds []besideSample) Beside {
	summary := Beside{Name: b.name(), About: b.about(), Unit: b.unit(), PerSecond: each(rounds, besideSample.rate), Phases: []Phase{}}
	if len(rounds) == 0 {
		return summary
	}
	summary.PerRound = rounds[0].count
	for i, p := range rounds[0].phases {
		ms := each(rounds, func(s besideSample) float64 { return milliseconds(s.phases[i].taken) })
		summary.Phases = append(summary.Phases, Phase{Name: p.name, Ms: ms})
	}
	return summary
}
