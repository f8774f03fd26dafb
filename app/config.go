package app

import (
	"fmt"
	"os"
	"path/filepath"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

const (
	// Name of the application and of its binary.
	Name = "creditd"
	// Bech32Prefix of account addresses; operators and consensus keys add the SDK's usual suffixes.
	Bech32Prefix = "credit"
	// BaseDenom is the unit that x/bank and x/gov need to name one. It is not traded, buys nothing and
	// no fee is asked in it (docs/adr/0008).
	BaseDenom = "ucredit"
)

// IndexedEvents are what a node's own index finds transactions by, unless app.toml says otherwise: who signed, which message, who
// sent to whom, which proposal. The rest of our events has an id in every attribute; an index of them takes twice the disk
// (docs/figures.md), and would find all transactions about a pseudonym for whoever asks a node. State answers what people need (trails, histories), and hashes and heights are always found.
func IndexedEvents() []string {
	return []string{
		"message.action", "message.module", "message.sender",
		"transfer.recipient", "transfer.sender",
		"submit_proposal.proposal_id", "proposal_vote.proposal_id",
	}
}

// DefaultNodeHome is where a node keeps its files unless --home says otherwise: $HOME/.creditd.
var DefaultNodeHome = defaultNodeHome()

func defaultNodeHome() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return "." + Name // no home folder: stay in the working folder rather than fail at start
	}
	return filepath.Join(home, "."+Name)
}

// The SDK keeps prefixes and denomination in package variables that its own modules read at any time,
// so they are set as soon as this package is linked.
func init() {
	// Without a name for them, the SDK makes one out of this program's path and the host's name, with two system calls,
	// whenever it reads or writes an address: 7 % of a validator's time.
	if os.Getenv(sdk.EnvConfigScope) == "" { //determinism:ok it names where the SDK keeps the settings below, whatever the name
		if err := os.Setenv(sdk.EnvConfigScope, Name); err != nil {
			panic(fmt.Errorf("creditd cannot start: %w", err))
		}
	}
	cfg := sdk.GetConfig()
	cfg.SetBech32PrefixForAccount(Bech32Prefix, Bech32Prefix+sdk.PrefixPublic)
	cfg.SetBech32PrefixForValidator(
		Bech32Prefix+sdk.PrefixValidator+sdk.PrefixOperator,
		Bech32Prefix+sdk.PrefixValidator+sdk.PrefixOperator+sdk.PrefixPublic,
	)
	cfg.SetBech32PrefixForConsensusNode(
		Bech32Prefix+sdk.PrefixValidator+sdk.PrefixConsensus,
		Bech32Prefix+sdk.PrefixValidator+sdk.PrefixConsensus+sdk.PrefixPublic,
	)
	sdk.DefaultBondDenom = BaseDenom
}
