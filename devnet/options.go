// Package devnet runs a whole network on one machine: validators with real p2p on loopback, a vault for each
// institution, and a lender that is no validator. 'creditd devnet', the demo, the end-to-end tests and the
// benchmarks run on it.
//
// Its keys lie unencrypted in its home and its identity numbers are made up: it is for trying out, not for data.
package devnet

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/creditd/creditd/devnet/nodehome"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	exposuretypes "github.com/creditd/creditd/x/exposure/types"
	"github.com/creditd/creditd/x/institution/types"
	pseudonymtypes "github.com/creditd/creditd/x/pseudonym/types"
)

// Defaults of the command line.
const (
	DefaultChainID     = "creditd-devnet"
	DefaultValidators  = 4
	DefaultSeedRecords = 200
	// DefaultBlockTime is the pause after a block.
	DefaultBlockTime = nodehome.DefaultPause
	// idleTime is short enough to wait for, and leaves two cores that run four nodes most of their time.
	idleTime            = 300 * time.Millisecond
	DefaultVotingPeriod = 8 * time.Second
	maxValidators       = 50
)

// Options of a network. The zero value of a field takes the default.
type Options struct {
	Home         string // every file is below it
	ChainID      string
	Validators   int
	ConsensusKey string // nodehome.Ed25519 or nodehome.MLDSA65
	BasePort     int    // 0 finds free ports
	Binary       string // creditd; by default this very program
	SeedRecords  int    // made-up loans to import at the first start; 0 for none
	BlockTime    time.Duration
	VotingPeriod time.Duration
	// Circuits that predicates are proven by from the start, by name, and with them a setup; none for no predicates.
	Circuits []string

	// WithoutVaults leaves the data plane out, for tests of consensus.
	WithoutVaults bool
	// Desk starts the lender's.
	Desk bool
	// Detached processes go on when this program ends.
	Detached bool
	// Institution changes parameters of x/institution in the genesis.
	Institution func(*types.Params)
	// Attestation changes what x/attestation begins with.
	Attestation func(*attestationtypes.GenesisState)
	// Exposure changes parameters of x/exposure in the genesis, as the time that institutions have to submit.
	Exposure func(*exposuretypes.Params)
	// Pseudonym changes parameters of x/pseudonym in the genesis.
	Pseudonym func(*pseudonymtypes.Params)
	// LicenceEnds shortens licences, by name, as a time from the start.
	LicenceEnds map[string]time.Duration
	// Progress is told what happens; nil for nobody.
	Progress io.Writer
}

// DefaultHome is $HOME/.creditd-devnet.
func DefaultHome() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ".creditd-devnet"
	}
	return filepath.Join(home, ".creditd-devnet")
}

// complete fills in defaults and finds what cannot be.
func (o Options) complete() (Options, error) {
	if o.Home == "" {
		o.Home = DefaultHome()
	}
	home, err := filepath.Abs(o.Home)
	if err != nil {
		return o, err
	}
	o.Home = home
	if o.ChainID == "" {
		o.ChainID = DefaultChainID
	}
	if o.Validators == 0 {
		o.Validators = DefaultValidators
	}
	if o.Validators < 1 || o.Validators > maxValidators {
		return o, fmt.Errorf("--validators %d: give 1 to %d", o.Validators, maxValidators)
	}
	if o.ConsensusKey == "" {
		o.ConsensusKey = nodehome.Ed25519
	}
	if o.ConsensusKey != nodehome.Ed25519 && o.ConsensusKey != nodehome.MLDSA65 {
		return o, fmt.Errorf("--consensus-key %q: give %s or %s", o.ConsensusKey, nodehome.Ed25519, nodehome.MLDSA65)
	}
	if o.BlockTime == 0 {
		o.BlockTime = DefaultBlockTime
	}
	if o.VotingPeriod == 0 {
		o.VotingPeriod = DefaultVotingPeriod
	}
	if o.SeedRecords < 0 {
		return o, fmt.Errorf("--seed-records %d: give 0 or more", o.SeedRecords)
	}
	if o.Binary == "" {
		if o.Binary, err = os.Executable(); err != nil {
			return o, err
		}
	}
	return o, nil
}

// role is a part in the play.
type role struct {
	name, title, licence string
	roles                []types.Role
}

// Lender is the name of the data user that is no validator, Bureau that of who states scores; it has neither node nor vault.
const (
	Lender = "lender"
	Bureau = "bureau"
)

// withPorts is how many institutions have ports: all but the bureau.
func withPorts(validators int) int { return validators + 1 }

// cast returns who takes part: validators first, then the lender, then the bureau. Names and licence numbers are made up.
func cast(validators int) []role {
	bank := []types.Role{types.ROLE_FURNISHER, types.ROLE_DATA_USER, types.ROLE_VALIDATOR}
	parts := []role{
		{"bank-a", "Aldermoor Bank", "DEV-BANK-A", bank},
		{"bank-b", "Birchgate Bank", "DEV-BANK-B", bank},
		{"bank-c", "Cinderford Bank", "DEV-BANK-C", bank},
		{"tax-office", "Dunmere Tax Office", "DEV-TAX", []types.Role{types.ROLE_FURNISHER, types.ROLE_VALIDATOR, types.ROLE_SUPERVISOR}},
	}
	for n := len(parts); n < validators; n++ {
		number := fmt.Sprintf("%02d", n)
		parts = append(parts, role{"bank-" + number, "Bank Number " + number, "DEV-BANK-" + number, bank})
	}
	return append(parts[:validators:validators],
		role{Lender, "Everhill Lending", "DEV-LENDER", []types.Role{types.ROLE_DATA_USER}},
		role{Bureau, "Fernhollow Bureau", "DEV-BUREAU", []types.Role{types.ROLE_BUREAU}})
}
