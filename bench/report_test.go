package bench

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// fixed is a report of rounds that were made up, so that every figure can be checked by hand.
func fixed() Report {
	r := &run{
		Options: Options{
			Rounds: 3, Txs: 100, Batches: 10, BatchSize: 100, PacedTxs: 2, PacedRate: 20, Outstanding: 50, Subjects: 1000,
		},
		chain: Chain{
			ChainID: "creditd-bench", Validators: 4, TimeoutCommit: "300ms", MaxBlockBytes: 4194304, MaxBlockGas: 1_000_000_000,
			InstitutionGasPerBlock: 200_000_000, SubmittedTo: []string{"http://127.0.0.1:1"}, ReadFrom: "http://127.0.0.1:2",
		},
		network:   &network{accounts: make([]account, 4)},
		generator: &generator{connections: 16},
		loads:     chosen(Options{BatchSize: 100, Workloads: UsualWorkloads()}),
		costs:     map[string]cost{},
	}
	s := samples{loads: map[string][]sample{}, beside: map[string][]besideSample{}, before: 1000, after: 4000, memory: 2e9, disk: 3e9}
	for i, load := range r.loads {
		writes := map[storeKey]bool{}
		for n := range 3 + 100*i {
			writes[storeKey{"credit", string(rune(n))}] = true
		}
		r.costs[load.name] = cost{gas: uint64(60_000 * load.records), writes: writes}
		for round := range 3 {
			txs := r.count(load)
			s.loads[load.name] = append(s.loads[load.name], sample{
				txs: txs, records: txs * load.records, bytes: txs * (300 + 90*load.records), blocks: 2, sentAgain: int64(round),
				elapsed:    time.Duration(i+round+1) * 500 * time.Millisecond,
				paced:      []time.Duration{200 * time.Millisecond, 400 * time.Millisecond},
				loaded:     []time.Duration{time.Second, 2 * time.Second, time.Duration(round+3) * time.Second},
				validators: time.Duration(i+1) * 300 * time.Millisecond, client: 50 * time.Millisecond,
			})
		}
	}
	r.beside = []beside{&anchors{run: r}, &postgres{version: "15.1"}, &verifier{}}
	for round := range 3 {
		s.beside[Anchor] = append(s.beside[Anchor], besideSample{
			count: 1000, elapsed: time.Duration(round+1) * time.Second,
			phases: []phase{{"tree", 200 * time.Millisecond}, {"proofs", time.Duration(round+1)*time.Second - 200*time.Millisecond}},
		})
		s.beside[Postgres] = append(s.beside[Postgres], besideSample{count: 100, elapsed: time.Second})
		s.beside[Verify] = append(s.beside[Verify], besideSample{count: 500, elapsed: time.Second})
	}
	empty := samples{loads: map[string][]sample{BankSend: s.loads[BankSend], Attest: s.loads[BankSend]}, before: 100, after: 1000}
	report := r.summary([]samples{empty, s})
	report.Machine = Machine{OS: "linux", Arch: "amd64", CPU: "AMD EPYC", Cores: 2, Go: "go1.26.8", BuildTags: "pebbledb", Cgo: true, Version: "dev"}
	report.TakenAt, report.Seconds = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC), 125.4
	return report
}

// golden compares with a file; UPDATE_GOLDEN=1 writes it anew.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile(path, got, 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

// Programs read this: a change of a name or a meaning raises ReportVersion.
func TestReportJSON(t *testing.T) {
	raw, err := json.MarshalIndent(fixed(), "", "  ")
	require.NoError(t, err)
	golden(t, "report.json", append(raw, '\n'))

	var back Report
	require.NoError(t, json.Unmarshal(raw, &back))
	require.Equal(t, fixed(), back)
}

func TestReportTable(t *testing.T) {
	var table bytes.Buffer
	require.NoError(t, fixed().WriteTable(&table))
	golden(t, "report.txt", table.Bytes())
	for _, line := range strings.Split(table.String(), "\n") {
		require.Equal(t, strings.TrimRight(line, " "), line, "no blanks at the end")
	}
}

// Reports are read back and their figures printed; of one that two reports have, the first counts.
func TestFiguresOfReports(t *testing.T) {
	raw, err := json.Marshal(fixed())
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "report.json")
	require.NoError(t, os.WriteFile(file, raw, 0o600))
	reports, err := ReadReports(file)
	require.NoError(t, err)
	var tables bytes.Buffer
	require.NoError(t, WriteMarkdown(&tables, reports...))
	golden(t, "figures.md", tables.Bytes())

	later := fixed()
	later.Figures[0].Value = over(7)
	require.NoError(t, WriteMarkdown(&tables, fixed(), later))
	require.NotContains(t, tables.String(), "| 7.00 |")

	for _, bad := range []string{"no JSON", `{"version": 7}`} {
		require.NoError(t, os.WriteFile(file, []byte(bad), 0o600))
		_, err = ReadReports(file)
		require.ErrorContains(t, err, "creditd bench --output json")
	}
}

func TestFigures(t *testing.T) {
	all := fixed().Figures
	require.Len(t, all, 7)
	// In the three rounds bank sends took 0.5, 1 and 1.5 seconds and attests 1, 1.5 and 2, as many of each.
	require.InDelta(t, 1/1.5, all[0].Value.Median, 1e-9)
	require.Equal(t, "no", all[0].reached())
	// Batches of 100 took 1.5, 2 and 2.5 seconds, a tenth as many.
	require.InDelta(t, 10*1.5/2, all[1].Value.Median, 1e-9)
	require.InDelta(t, 500./100, all[2].Value.Median, 1e-9)
	require.Equal(t, "aim", all[2].reached())
	require.InDelta(t, 500, all[3].Value.Median, 1e-9)
	// 103 writes were made up: less is better.
	require.Equal(t, "no", all[4].reached())
	require.Equal(t, "aim", Figure{Value: over(2), Floor: 4, Aim: 2, Less: true}.reached())
	require.Equal(t, "floor", Figure{Value: over(3), Floor: 4, Aim: 2, Less: true}.reached())
	require.Equal(t, over(2, 2, 2), all[5].Value)
	require.Equal(t, "floor", all[5].reached())
	// At the first state attests were as fast as bank sends.
	require.InDelta(t, 1/1.5, all[6].Value.Median, 1e-9)
	require.Equal(t, "single attest tx/s with 1,000 attestations in state / with 100", all[6].Name)
}

// Every field of the JSON is described in the README.
func TestReportIsDocumented(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	raw, err := json.Marshal(fixed())
	require.NoError(t, err)
	var tree any
	require.NoError(t, json.Unmarshal(raw, &tree))
	for _, name := range names(tree) {
		require.Contains(t, string(readme), "`"+name+"`")
	}
}

func names(tree any) (all []string) {
	switch node := tree.(type) {
	case map[string]any:
		for name, child := range node {
			all = append(append(all, name), names(child)...)
		}
	case []any:
		for _, child := range node {
			all = append(all, names(child)...)
		}
	}
	return all
}

func TestSummary(t *testing.T) {
	report := fixed()
	reference, batch := report.Workloads[0], report.Workloads[4]
	require.Equal(t, BankSend, reference.Name)
	require.Equal(t, "/cosmos.bank.v1beta1.MsgSend", reference.Message)
	// 100 transactions in 0.5, 1 and 1.5 seconds.
	require.Equal(t, over(200, 100, 100/1.5), reference.TxsPerSecond)
	require.Equal(t, reference.TxsPerSecond, reference.RecordsPerSecond)
	require.Equal(t, over(1, 1, 1), reference.ToReference.TxsPerSecond)
	require.Equal(t, over(3, 3, 3), reference.ValidatorCPUMsPerTx)
	require.Equal(t, over(0.5, 0.5, 0.5), reference.ClientCPUMsPerTx)
	require.Equal(t, over(200, 200, 200), reference.PacedMs.P50)
	require.Equal(t, over(3000, 4000, 5000), reference.LoadedMs.P99)

	require.Equal(t, "/creditd.credit.v1.MsgFurnishBatch", batch.Message)
	require.Equal(t, 100, batch.RecordsPerTx)
	// 10 transactions of 100 records in 2.5, 3 and 3.5 seconds; in the same rounds the reference had 200, 100, 66.7.
	require.Equal(t, over(400, 1000/3., 1000/3.5), batch.RecordsPerSecond)
	require.InDelta(t, 1000/3./100, batch.ToReference.RecordsPerSecond.Median, 1e-9)
	require.InDelta(t, 2, batch.ToReference.RecordsPerSecond.Min, 1e-9)
	require.InDelta(t, 0.5, batch.ToReference.ValidatorCPUPerRecord.Median, 1e-9)
	require.InDelta(t, 93, batch.BytesPerRecord, 1e-9)
	require.InDelta(t, 4.03, batch.StoreWritesPerRecord, 1e-9)
	// 80 percent of four budgets of 200 million hold 88 batches that ask for 7.2 million; 50 were asked for.
	require.Equal(t, 50, batch.Outstanding)
}

func TestNumber(t *testing.T) {
	for f, want := range map[float64]string{0: "0", 0.0456: "0.046", 1.234: "1.23", 12.34: "12.3", 123.4: "123", 5900: "5900"} {
		require.Equal(t, want, number(f))
	}
}
