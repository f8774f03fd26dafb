// Package bench loads a network of validators on this machine and measures what comes out: how much it commits,
// how soon, and what that costs. README.md says how to read the figures.
package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	rpchttp "github.com/cometbft/cometbft/rpc/client/http"

	"github.com/creditd/creditd/devnet"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// Defaults of the command line: a run of two to three minutes on two cores.
const (
	DefaultRounds      = 5
	DefaultTxs         = 2000
	DefaultBatches     = 100
	DefaultBatchSize   = 100
	DefaultOutstanding = 2000
	DefaultProofs      = 400
	DefaultConnections = 16
	DefaultPacedTxs    = 40
	DefaultPacedRate   = 20
	DefaultSubjects    = 10_000
	DefaultRoundLimit  = time.Minute
)

const (
	// maxRoundLimit is as long as a transaction may live (x/auth takes unordered ones of up to ten minutes).
	maxRoundLimit = 9 * time.Minute
	// enrolmentBatch is what the chain's default parameters take in one message.
	enrolmentBatch = 100
	// gasMargin over what the same transaction used in an empty chain, in percent: keys get longer.
	gasMargin = 120
	// maxState is what fits into an evening.
	maxState = 100_000_000
	// preloadInFlight batches of a thousand: more would make blocks of many seconds.
	preloadInFlight = 24
	// batchPace is how many times fewer batches are sent when paced, and more slowly: nothing is to queue.
	batchPace = 5
	// budgetShare of the gas budgets that may be in flight, in percent: the node that is submitted to may be a
	// block behind the one that is read from.
	budgetShare = 80
)

// Options of a run. Zero fields take the defaults.
type Options struct {
	Home       string        // of the network it starts; a temporary one if empty
	Against    string        // devnet.json of a network that runs already
	Validators int           // of the network it starts
	BlockTime  time.Duration // of the network it starts
	GasBudget  uint64        // institution_gas_per_block of the network it starts; the chain's default if 0
	Binary     string        // that the validators run; this very program if empty

	// Workloads to measure beside the reference; the usual ones if empty.
	Workloads []string
	// State is how many attestations the chain holds before the rounds; with several numbers, ascending, there are
	// rounds at each. None: as many as the rounds themselves make.
	State []int
	// Book is the file, in format sba, that workload import brings in; a made-up one if empty.
	Book string
	// PostgresBin is the folder of PostgreSQL's programs; looked for if empty.
	PostgresBin string

	Rounds      int
	Txs         int // of one message, in a round
	Batches     int // of a batch, in a round
	BatchSize   int
	Outstanding int
	Connections int
	Proofs      int // of workload predicate, in a round
	PacedTxs    int
	PacedRate   float64
	Subjects    int
	Spread      bool // submit to all nodes but the one that is read from
	RoundLimit  time.Duration

	Progress io.Writer // nil for nobody
}

func (o Options) complete() (Options, error) {
	for _, number := range []struct {
		flag       string
		value      *int
		usual, max int
	}{
		{"validators", &o.Validators, devnet.DefaultValidators, 50},
		{"rounds", &o.Rounds, DefaultRounds, 1000},
		{"txs", &o.Txs, DefaultTxs, 1_000_000},
		{"batches", &o.Batches, DefaultBatches, 100_000},
		{"batch-size", &o.BatchSize, DefaultBatchSize, 1000},
		{"outstanding", &o.Outstanding, DefaultOutstanding, 100_000},
		{"proofs", &o.Proofs, DefaultProofs, 100_000},
		{"connections", &o.Connections, DefaultConnections, 500},
		{"paced-txs", &o.PacedTxs, DefaultPacedTxs, 100_000},
		{"subjects", &o.Subjects, DefaultSubjects, 1_000_000},
	} {
		if *number.value == 0 {
			*number.value = number.usual
		}
		if *number.value < 1 || *number.value > number.max {
			return o, fmt.Errorf("--%s %d: give 1 to %d", number.flag, *number.value, number.max)
		}
	}
	if o.PacedRate == 0 {
		o.PacedRate = DefaultPacedRate
	}
	if o.RoundLimit == 0 {
		o.RoundLimit = DefaultRoundLimit
	}
	switch {
	case o.PacedRate < 0.1 || o.PacedRate > 10_000:
		return o, fmt.Errorf("--paced-rate %g: give 0.1 to 10000 transactions a second", o.PacedRate)
	case o.RoundLimit < time.Second || o.RoundLimit > maxRoundLimit:
		return o, fmt.Errorf("--round-limit %s: give 1s to %s", o.RoundLimit, maxRoundLimit)
	case o.Subjects < o.BatchSize:
		return o, fmt.Errorf("--subjects %d: give at least --batch-size (%d)", o.Subjects, o.BatchSize)
	case o.GasBudget != 0 && (o.GasBudget < institutiontypes.MinGasPerBlock || o.GasBudget > institutiontypes.MaxGasPerBlock):
		return o, fmt.Errorf("--gas-budget %d: give %d to %d", o.GasBudget, institutiontypes.MinGasPerBlock, int64(institutiontypes.MaxGasPerBlock))
	case o.Against != "" && o.Home != "":
		return o, errors.New("--home is of a network that is started, --against of one that runs: give one of them")
	case o.Against != "" && len(o.State) > 0:
		return o, errors.New("--state fills a network that is started for it: give it without --against")
	}
	if len(o.Workloads) == 0 {
		o.Workloads = UsualWorkloads()
	}
	for _, name := range o.Workloads {
		if !slices.Contains(AllWorkloads(), name) {
			return o, fmt.Errorf("--workloads %q: give some of %s", name, strings.Join(AllWorkloads(), ","))
		}
	}
	for i, state := range o.State {
		if state < 1 || state > maxState || i > 0 && state <= o.State[i-1] {
			return o, fmt.Errorf("--state %d: give ascending numbers of 1 to %d", state, maxState)
		}
	}
	return o, nil
}

// run is a measurement under way.
type run struct {
	Options
	network   *network
	chain     Chain
	generator *generator
	maker     *maker
	loads     []workload
	beside    []beside
	costs     map[string]cost
	proofs    *proving // nil unless proofs are measured
	// maxProofs that a block takes.
	maxProofs int
}

// samples of all rounds at one size of the state.
type samples struct {
	loads  map[string][]sample
	beside map[string][]besideSample
	// attestations on the chain before and after.
	before, after int
	// keys that institutions generated together: blocks that each took.
	keys []float64
	// of the validator with the most, in bytes.
	memory, disk int64
}

// Run measures. Its error wraps ErrFailed when the chain refused what was to succeed.
func Run(ctx context.Context, options Options) (report Report, err error) {
	o, err := options.complete()
	if err != nil {
		return Report{}, err
	}
	started := time.Now()
	r := &run{Options: o, loads: chosen(o)}
	r.beside = r.chosenBeside()
	if o.Against != "" {
		r.network, err = openNetwork(ctx, o.Against, rolesFor(r.loads))
	} else {
		r.network, err = startNetwork(ctx, o, rolesFor(r.loads))
	}
	if err != nil {
		return Report{}, err
	}
	defer func() { err = errors.Join(err, r.network.close()) }()
	if slices.Contains(o.Workloads, Predicate) {
		if r.proofs, err = r.network.proving(ctx, r); err != nil {
			return Report{}, err
		}
	}
	r.say("counting store writes in this process")
	if r.costs, err = measureCosts(slices.Concat(r.loads, r.helpers()), r.proofs); err != nil {
		return Report{}, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := r.prepare(ctx); err != nil {
		return Report{}, err
	}
	for _, b := range r.beside {
		if err := b.open(ctx); err != nil {
			return Report{}, fmt.Errorf("%s: %w", b.name(), err)
		}
		defer func() { err = errors.Join(err, b.close()) }()
	}
	all, err := r.states(ctx)
	if err != nil {
		return Report{}, err
	}
	report = r.summary(all)
	report.Machine = thisMachine()
	report.TakenAt, report.Seconds = started.UTC().Truncate(time.Second), time.Since(started).Round(time.Second/10).Seconds()
	return report, nil
}

// prepare connects to the nodes and enrols the subjects.
func (r *run) prepare(ctx context.Context) (err error) {
	if r.chain, err = r.network.describe(ctx); err != nil {
		return err
	}
	if err := r.connect(ctx); err != nil {
		return err
	}
	if r.maker, err = newMaker(r.chain.ChainID, r.network.accounts, r.Subjects); err != nil {
		return err
	}
	r.say("enrolling %d subjects", r.Subjects)
	if err := r.network.requireSchemas(ctx, r.loads); err != nil {
		return err
	}
	limit, err := r.network.client.MaxBatch(ctx)
	if err != nil {
		return err
	}
	if limit < r.BatchSize {
		return fmt.Errorf("--batch-size %d: the chain takes at most %d in a message", r.BatchSize, limit)
	}
	var txs []*transaction
	for n, msg := range r.maker.enrolments(min(limit, enrolmentBatch)) {
		tx, err := r.maker.sign(n, r.gas(enrolment), time.Now().Add(r.RoundLimit), msg)
		if err != nil {
			return err
		}
		txs = append(txs, tx)
	}
	_, err = r.generator.run(ctx, burst{txs: txs, outstanding: r.inFlight(enrolment), limit: r.RoundLimit})
	if err != nil {
		return fmt.Errorf("enrolment: %w", err)
	}
	if needControl(r.loads) {
		return r.control(ctx)
	}
	return nil
}

// control prepares subjects with controllers.
func (r *run) control(ctx context.Context) error {
	count := min(controlled, r.Subjects)
	if r.proofs != nil {
		r.maker.consentToScores()
		if count = r.subjectsOfProofs(); needConsents(r.loads) {
			count = max(count, controlled)
		}
	}
	steps, err := r.maker.control(count, time.Now())
	if err != nil {
		return err
	}
	r.say("giving accounts control of %d subjects", len(steps[0]))
	if err := r.carryOut(ctx, steps); err != nil || r.proofs == nil {
		return err
	}
	return r.answer(ctx)
}

// carryOut orders: those of a step when all of the step before are committed.
func (r *run) carryOut(ctx context.Context, steps [][]order) error {
	for _, orders := range steps {
		var txs []*transaction
		for _, o := range orders {
			tx, err := r.maker.sign(o.from, controlGas, time.Now().Add(r.RoundLimit), o.msg)
			if err != nil {
				return err
			}
			txs = append(txs, tx)
		}
		if _, err := r.generator.run(ctx, burst{txs: txs, outstanding: r.fitting(controlGas), limit: r.RoundLimit}); err != nil {
			return fmt.Errorf("preparing: %w", err)
		}
	}
	return nil
}

// connect to the nodes: the last is read from, the first or all others are submitted to.
func (r *run) connect(ctx context.Context) error {
	nodes := r.network.nodes
	targets, source := nodes[:1], nodes[len(nodes)-1]
	if r.Spread {
		targets = nodes[:len(nodes)-1]
	}
	r.generator = &generator{connections: max(r.Connections, len(targets))}
	for _, node := range targets {
		rpc, err := rpchttp.NewWithClient(node.RPC, "/websocket", loopbackHTTP(r.generator.connections))
		if err != nil {
			return fmt.Errorf("node %s: %w", node.RPC, err)
		}
		r.generator.nodes = append(r.generator.nodes, rpc)
		r.chain.SubmittedTo = append(r.chain.SubmittedTo, node.RPC)
	}
	rpc, err := rpchttp.NewWithClient(source.RPC, "/websocket", loopbackHTTP(1))
	if err != nil {
		return fmt.Errorf("node %s: %w", source.RPC, err)
	}
	heard, err := announcements(ctx, rpc)
	if err != nil {
		return err
	}
	r.chain.ReadFrom = source.RPC
	r.generator.follower = newFollower(rpc)
	go r.generator.follower.follow(ctx, heard)
	return nil
}

// states has rounds at each size of the state that was asked for.
func (r *run) states(ctx context.Context) ([]samples, error) {
	if len(r.State) == 0 {
		s, err := r.rounds(ctx)
		return []samples{s}, err
	}
	var all []samples
	for _, size := range r.State {
		if err := r.preload(ctx, size); err != nil {
			return nil, err
		}
		s, err := r.rounds(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// turn is one measurement of a round.
type turn struct {
	name string
	take func(context.Context) (result string, err error)
}

// rounds takes each turn once a round; each round begins with another, so that none is always first.
func (r *run) rounds(ctx context.Context) (samples, error) {
	all := samples{loads: map[string][]sample{}, beside: map[string][]besideSample{}, before: r.maker.stated}
	var turns []turn
	for _, load := range r.loads {
		turns = append(turns, turn{load.name, func(ctx context.Context) (string, error) {
			s, err := r.measure(ctx, load)
			all.loads[load.name] = append(all.loads[load.name], s)
			return fmt.Sprintf("%8.0f records/s  %6.2f ms CPU/record", s.recordRate(), s.cpuPerRecord()), err
		}})
	}
	for _, b := range r.beside {
		turns = append(turns, turn{b.name(), func(ctx context.Context) (string, error) {
			s, err := b.round(ctx)
			all.beside[b.name()] = append(all.beside[b.name()], s)
			return fmt.Sprintf("%8.0f %s/s", s.rate(), b.unit()), err
		}})
	}
	for round := range r.Rounds {
		for i := range turns {
			t := turns[(round+i)%len(turns)]
			result, err := t.take(ctx)
			if err != nil {
				return all, fmt.Errorf("round %d, %s: %w", round+1, t.name, err)
			}
			r.say("round %d of %d  %-14s %s", round+1, r.Rounds, t.name, result)
		}
	}
	all.after = r.maker.stated
	for _, b := range r.beside {
		if s, ok := b.(*sums); ok {
			all.keys = s.keys
		}
	}
	for _, of := range r.network.nodes {
		memory, err := peakMemory(of.PID)
		if err != nil {
			return all, err
		}
		disk, err := sizeOf(filepath.Join(of.Home, "data"))
		if err != nil {
			return all, err
		}
		all.memory, all.disk = max(all.memory, memory), max(all.disk, disk)
	}
	return all, nil
}

// preload states attestations until the chain holds so many.
func (r *run) preload(ctx context.Context, size int) error {
	const step = 50 // batches that are signed at once: what is signed must be committed within the limit of a round
	load := preloadLoad()
	for r.maker.stated < size {
		r.say("stating attestations: %d of %d", r.maker.stated, size)
		missing := (size - r.maker.stated + preloadBatch - 1) / preloadBatch
		txs, err := r.sign(load, min(missing, step))
		if err != nil {
			return err
		}
		_, err = r.generator.run(ctx, burst{txs: txs, outstanding: min(r.inFlight(preload), preloadInFlight), limit: r.RoundLimit})
		if err != nil {
			return fmt.Errorf("--state %d: %w", size, err)
		}
	}
	return nil
}

// measure one workload once: first paced, for what a transaction takes when nothing is in its way, then loaded.
func (r *run) measure(ctx context.Context, load workload) (sample, error) {
	var none sample
	paced, err := r.paced(ctx, load)
	if err != nil {
		return none, fmt.Errorf("paced: %w", err)
	}
	txs, err := r.sign(load, r.count(load))
	if err != nil {
		return none, err
	}
	cpu, err := cpuOf(r.network.pids())
	if err != nil {
		return none, err
	}
	own, err := ownCPU()
	if err != nil {
		return none, err
	}
	loaded, err := r.generator.run(ctx, burst{txs: txs, outstanding: r.inFlight(load.name), limit: r.RoundLimit})
	if err != nil {
		return none, err
	}
	return r.sampled(load, txs, paced, loaded, cpu, own)
}

func (r *run) paced(ctx context.Context, load workload) (outcome, error) {
	count, rate := r.PacedTxs, r.PacedRate
	if load.records > 1 {
		count, rate = max(count/batchPace, 1), rate/batchPace
	}
	txs, err := r.sign(load, count)
	if err != nil {
		return outcome{}, err
	}
	every := time.Duration(float64(time.Second) / rate)
	return r.generator.run(ctx, burst{txs: txs, outstanding: r.inFlight(load.name), every: every, limit: r.RoundLimit})
}

func (r *run) sign(load workload, count int) ([]*transaction, error) {
	return r.maker.batch(load, count, r.gas(load.name), time.Now(), r.RoundLimit)
}

func (r *run) count(load workload) int {
	switch {
	case load.name == Predicate:
		return r.Proofs
	case load.records > 1:
		return r.Batches
	}
	return r.Txs
}

// gas that a transaction of the workload asks for.
func (r *run) gas(name string) uint64 { return r.costs[name].gas * gasMargin / 100 }

// inFlight is how many may be submitted and not yet committed: as many as asked for, if the budgets of the
// accounts that sign allow it. A node counts what is in its mempool against them.
func (r *run) inFlight(name string) int {
	most := r.fitting(r.gas(name))
	if name == Predicate {
		return min(most, r.maxProofs) // one more in a block would fail there
	}
	return most
}

func (r *run) fitting(gas uint64) int {
	budget := r.chain.InstitutionGasPerBlock * uint64(len(r.network.accounts)) * budgetShare / 100
	return max(int(min(uint64(r.Outstanding), budget/gas)), 1)
}

func (r *run) say(format string, args ...any) {
	if r.Progress != nil {
		fmt.Fprintf(r.Progress, format+"\n", args...)
	}
}
