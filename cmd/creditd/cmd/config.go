package cmd

import (
	cmtcfg "github.com/cometbft/cometbft/config"

	serverconfig "github.com/cosmos/cosmos-sdk/server/config"

	"github.com/creditd/creditd/app"
	"github.com/creditd/creditd/devnet/nodehome"
)

// queryGasLimit bounds what one query of an untrusted client may cost; 0 would be unbounded. A page of 100
// tradelines takes well under a tenth of it.
const queryGasLimit = 50_000_000

// nodeConfig is the app.toml of a new node.
func nodeConfig() (template string, config *serverconfig.Config) {
	cfg := serverconfig.DefaultConfig()
	cfg.MinGasPrices = "0" + app.BaseDenom // who may pay is ruled by licence, not by price
	cfg.InterBlockCache = false            // on, it has split AppHashes
	cfg.QueryGasLimit = queryGasLimit
	cfg.IndexEvents = app.IndexedEvents()
	return serverconfig.DefaultConfigTemplate, cfg
}

// cometConfig is the config.toml of a new node.
func cometConfig() *cmtcfg.Config {
	cfg := cmtcfg.DefaultConfig()
	nodehome.Pace(cfg.Consensus, nodehome.DefaultPause, nodehome.DefaultIdle)
	return cfg
}
