package bench

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// WriteTable prints the report for people.
func (r Report) WriteTable(w io.Writer) error {
	m, c, l := r.Machine, r.Chain, r.Load
	fmt.Fprintf(w, "machine  %d cores, %s, %s/%s, %s, tags %s, cgo %t, creditd %s\n",
		m.Cores, orNone(m.CPU), m.OS, m.Arch, m.Go, orNone(m.BuildTags), m.Cgo, orNone(m.Version))
	fmt.Fprintf(w, "chain    %s: %d validators on loopback, timeout_commit %s, block %d bytes / %d gas, budget %d gas per institution and block\n",
		c.ChainID, c.Validators, c.TimeoutCommit, c.MaxBlockBytes, c.MaxBlockGas, c.InstitutionGasPerBlock)
	fmt.Fprintf(w, "nodes    submitted to %s, read from %s\n", strings.Join(c.SubmittedTo, " "), c.ReadFrom)
	fmt.Fprintf(w, "load     %d rounds, %d signers, %d subjects, %d connections; paced: %d txs at %s a second\n",
		l.Rounds, l.Signers, l.Subjects, l.Connections, l.PacedTxs, number(l.PacedRate))
	fmt.Fprintf(w, "taken    %s, in %s; figures are the median (lowest..highest) of the rounds\n\n",
		r.TakenAt.Format(time.RFC3339), time.Duration(r.Seconds*float64(time.Second)).Round(time.Second))

	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range r.rows() {
		fmt.Fprintln(table, strings.Join(row, "\t"))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, b := range r.Beside {
		fmt.Fprintf(w, "\n%s (%d %s a round)\n  %s\n  %s/s  %s\n", b.Name, b.PerRound, b.Unit, b.About, b.Unit, b.PerSecond)
		for _, p := range b.Phases {
			fmt.Fprintf(w, "  %s ms  %s\n", p.Name, p.Ms)
		}
	}
	for _, f := range r.Figures {
		fmt.Fprintf(w, "\n%s\n  %s  (floor %s, aim %s)\n", f.Name, f.Value, plain(f.Floor), plain(f.Aim))
	}
	return nil
}

// rows are lines of cells, one column a workload.
func (r Report) rows() [][]string {
	var rows [][]string
	add := func(name string, cell func(Workload) string) {
		row := []string{name}
		for _, load := range r.Workloads {
			row = append(row, cell(load))
		}
		rows = append(rows, row)
	}
	add("", func(w Workload) string { return w.Name })
	add("txs a round", func(w Workload) string { return strconv.Itoa(w.TxsPerRound) })
	add("most in flight", func(w Workload) string { return strconv.Itoa(w.Outstanding) })
	add("txs/s committed", func(w Workload) string { return w.TxsPerSecond.String() })
	add("  to reference", func(w Workload) string { return times(w.ToReference.TxsPerSecond) })
	add("records/s committed", func(w Workload) string { return w.RecordsPerSecond.String() })
	add("  to reference", func(w Workload) string { return times(w.ToReference.RecordsPerSecond) })
	add("paced: p50 ms", func(w Workload) string { return w.PacedMs.P50.String() })
	add("paced: p99 ms", func(w Workload) string { return w.PacedMs.P99.String() })
	add("loaded: p50 ms", func(w Workload) string { return w.LoadedMs.P50.String() })
	add("loaded: p99 ms", func(w Workload) string { return w.LoadedMs.P99.String() })
	add("txs/block", func(w Workload) string { return w.TxsPerBlock.String() })
	add("sent again", func(w Workload) string { return w.SentAgain.String() })
	add("bytes/tx", func(w Workload) string { return number(w.BytesPerTx) })
	add("bytes/record", func(w Workload) string { return number(w.BytesPerRecord) })
	add("gas/tx", func(w Workload) string { return strconv.FormatUint(w.GasPerTx, 10) })
	add("gas/record", func(w Workload) string { return number(w.GasPerRecord) })
	add("store writes/tx", func(w Workload) string { return strconv.Itoa(w.StoreWritesPerTx) })
	add("store writes/record", func(w Workload) string { return number(w.StoreWritesPerRecord) })
	add("validators' CPU ms/tx", func(w Workload) string { return w.ValidatorCPUMsPerTx.String() })
	add("  to reference", func(w Workload) string { return times(w.ToReference.ValidatorCPUPerTx) })
	add("validators' CPU ms/record", func(w Workload) string { return w.ValidatorCPUMsPerRecord.String() })
	add("  to reference", func(w Workload) string { return times(w.ToReference.ValidatorCPUPerRecord) })
	add("client's CPU ms/tx", func(w Workload) string { return w.ClientCPUMsPerTx.String() })
	return rows
}

// String is like 512 (498..530).
func (r Range) String() string {
	if r.Min == r.Max {
		return number(r.Median)
	}
	return fmt.Sprintf("%s (%s..%s)", number(r.Median), number(r.Min), number(r.Max))
}

func times(r Range) string { return "x " + r.String() }

// number keeps three digits: no figure here is known better.
func number(f float64) string {
	switch {
	case f == 0:
		return "0"
	case f >= 100:
		return strconv.FormatFloat(f, 'f', 0, 64)
	case f >= 10:
		return strconv.FormatFloat(f, 'f', 1, 64)
	case f >= 1:
		return strconv.FormatFloat(f, 'f', 2, 64)
	}
	return strconv.FormatFloat(f, 'f', 3, 64)
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
