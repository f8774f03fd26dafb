package bench

import "time"

// ReportVersion is raised when a field of Report changes its name or meaning. New fields do not raise it.
const ReportVersion = 1

// Report is one run. Its JSON is an interface: README.md describes every field, testdata/report.json pins them.
type Report struct {
	Version   int        `json:"version"`
	TakenAt   time.Time  `json:"taken_at"`
	Seconds   float64    `json:"seconds"`
	Machine   Machine    `json:"machine"`
	Chain     Chain      `json:"chain"`
	Load      Load       `json:"load"`
	Workloads []Workload `json:"workloads"`
	// Beside the chain's workloads, in the same rounds.
	Beside []Beside `json:"beside"`
	// States are the sizes of the state at which there were rounds; Workloads and Beside are of the last.
	States  []State  `json:"states"`
	Figures []Figure `json:"figures"`
}

// Beside is something else that was measured in the rounds.
type Beside struct {
	Name      string  `json:"name"`
	About     string  `json:"about"`
	Unit      string  `json:"unit"`
	PerRound  int     `json:"per_round"`
	PerSecond Range   `json:"per_second"`
	Phases    []Phase `json:"phases"`
}

// Phase is a part of the time of a round.
type Phase struct {
	Name string `json:"name"`
	Ms   Range  `json:"ms"`
}

// State is how fast the chain was while it held so many attestations.
type State struct {
	Attestations int    `json:"attestations"` // when the rounds began
	After        int    `json:"after"`        // when they were over
	Rates        []Rate `json:"rates"`
	// Of the validator with the most: memory at its highest since it was started, and the files of its data.
	MemoryMB float64 `json:"memory_mb"`
	DiskMB   float64 `json:"disk_mb"`
}

// Rate of one workload.
type Rate struct {
	Name         string `json:"name"`
	TxsPerSecond Range  `json:"txs_per_second"`
}

// Figure is one that was to be reached.
type Figure struct {
	Name  string  `json:"name"`
	Value Range   `json:"value"`
	Floor float64 `json:"floor"` // at least
	Aim   float64 `json:"aim"`
	// Less is better.
	Less bool `json:"less"`
}

// Chain is the network that was measured.
type Chain struct {
	ChainID                string   `json:"chain_id"`
	Validators             int      `json:"validators"`
	TimeoutCommit          string   `json:"timeout_commit"`
	MaxBlockBytes          int64    `json:"max_block_bytes"`
	MaxBlockGas            int64    `json:"max_block_gas"`
	InstitutionGasPerBlock uint64   `json:"institution_gas_per_block"`
	SubmittedTo            []string `json:"submitted_to"`
	ReadFrom               string   `json:"read_from"`
}

// Load is how the network was loaded.
type Load struct {
	Rounds      int     `json:"rounds"`
	Txs         int     `json:"txs"`
	Batches     int     `json:"batches"`
	BatchSize   int     `json:"batch_size"`
	PacedTxs    int     `json:"paced_txs"`
	PacedRate   float64 `json:"paced_rate"`
	Outstanding int     `json:"outstanding"`
	Connections int     `json:"connections"`
	Signers     int     `json:"signers"`
	Subjects    int     `json:"subjects"`
}

// Workload is what was measured of one kind of transaction.
type Workload struct {
	Name             string  `json:"name"`
	Message          string  `json:"message"`
	RecordsPerTx     int     `json:"records_per_tx"`
	TxsPerRound      int     `json:"txs_per_round"`
	Outstanding      int     `json:"outstanding"`
	TxsPerSecond     Range   `json:"txs_per_second"`
	RecordsPerSecond Range   `json:"records_per_second"`
	PacedMs          Latency `json:"paced_ms"`
	LoadedMs         Latency `json:"loaded_ms"`
	TxsPerBlock      Range   `json:"txs_per_block"`
	// SentAgain are transactions that a node refused for the present block only (gas budget, full mempool).
	SentAgain Range `json:"sent_again"`

	BytesPerTx           float64 `json:"bytes_per_tx"`
	BytesPerRecord       float64 `json:"bytes_per_record"`
	GasPerTx             uint64  `json:"gas_per_tx"`
	GasPerRecord         float64 `json:"gas_per_record"`
	StoreWritesPerTx     int     `json:"store_writes_per_tx"`
	StoreWritesPerRecord float64 `json:"store_writes_per_record"`

	// ValidatorCPU is of all validator processes together.
	ValidatorCPUMsPerTx     Range `json:"validator_cpu_ms_per_tx"`
	ValidatorCPUMsPerRecord Range `json:"validator_cpu_ms_per_record"`
	ClientCPUMsPerTx        Range `json:"client_cpu_ms_per_tx"`

	ToReference Ratios `json:"to_reference"`
}

// Latency from before a transaction is submitted to one node until another node says that its block is
// committed, in milliseconds. Percentiles are of the transactions of a round.
type Latency struct {
	P50 Range `json:"p50"`
	P99 Range `json:"p99"`
}

// Ratios to the reference workload. Those that are ranges are taken within each round, so that what else the
// machine did in a round is in both.
type Ratios struct {
	TxsPerSecond          Range   `json:"txs_per_second"`
	RecordsPerSecond      Range   `json:"records_per_second"`
	ValidatorCPUPerTx     Range   `json:"validator_cpu_per_tx"`
	ValidatorCPUPerRecord Range   `json:"validator_cpu_per_record"`
	BytesPerRecord        float64 `json:"bytes_per_record"`
	StoreWritesPerRecord  float64 `json:"store_writes_per_record"`
}
