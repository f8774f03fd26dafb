package bench

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestOptions(t *testing.T) {
	o, err := Options{}.complete()
	require.NoError(t, err)
	require.Equal(t, []int{4, DefaultRounds, DefaultTxs, DefaultBatches, DefaultBatchSize, DefaultSubjects},
		[]int{o.Validators, o.Rounds, o.Txs, o.Batches, o.BatchSize, o.Subjects})

	for want, o := range map[string]Options{
		"--rounds":      {Rounds: -1},
		"--txs":         {Txs: 1_000_001},
		"--batch-size":  {BatchSize: 1001},
		"--validators":  {Validators: 51},
		"--paced-rate":  {PacedRate: -1},
		"--round-limit": {RoundLimit: time.Hour},
		"--subjects":    {Subjects: 99},
		"--gas-budget":  {GasBudget: 1},
		"--against":     {Against: "devnet.json", Home: "home"},
		"--workloads":   {Workloads: []string{Attest, "attests"}},
		"--state":       {State: []int{1000, 1000}},
		"--state 0":     {State: []int{0}},
		"--state fills": {State: []int{1000}, Against: "devnet.json"},
	} {
		_, err := o.complete()
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, "give")
	}
}

// The reference is always there: without it there is nothing to compare with.
func TestChosen(t *testing.T) {
	names := func(o Options) (all []string) {
		o, err := o.complete()
		require.NoError(t, err)
		for _, load := range chosen(o) {
			all = append(all, load.name)
		}
		for _, b := range (&run{Options: o}).chosenBeside() {
			all = append(all, b.name())
		}
		return all
	}
	require.Equal(t, UsualWorkloads(), names(Options{}))
	require.Equal(t, []string{BankSend, AttestBatch}, names(Options{Workloads: []string{AttestBatch}}))
	require.Equal(t, []string{BankSend, Attest, Anchor, Postgres}, names(Options{Workloads: []string{Postgres, Anchor, Attest}}))
}

// What is in flight must fit into the budgets, or the node would refuse it.
func TestInFlight(t *testing.T) {
	r := &run{
		Options: Options{Outstanding: 2000},
		chain:   Chain{InstitutionGasPerBlock: 1_000_000},
		network: &network{accounts: make([]account, 4)},
		costs:   map[string]cost{"small": {gas: 1000}, "large": {gas: 100_000}, "huge": {gas: 10_000_000}},
	}
	require.Equal(t, 2000, r.inFlight("small"))
	require.Equal(t, 3_200_000/120_000, r.inFlight("large"))
	require.Equal(t, 1, r.inFlight("huge"))
}
