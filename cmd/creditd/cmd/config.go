package cmd

import (
	cmtcfg "github.com/cometbft/cometbft/config"

	serverconfig "github.com/cosmos/cosmos-sdk/server/config"

	"github.com/creditd/creditd/api"
	"github.com/creditd/creditd/app"
	"github.com/creditd/creditd/devnet/nodehome"
)

const (
	// queryGasLimit bounds what one query of an untrusted client may cost; 0 would be unbounded. A page of 100
	// tradelines takes well under a tenth of it.
	queryGasLimit = 50_000_000
	// restWriteTimeout, in seconds, is longer than any query may take; the SDK's default of 0 waits for a client that
	// does not read for ever.
	restWriteTimeout = 30
	// restMaxBody is what the SDK's server reads of a body before ours, which allows less ([rest] max-body-bytes), sees it.
	restMaxBody = 4 << 20
)

// nodeSettings is app.toml: the SDK's sections and ours.
type nodeSettings struct {
	serverconfig.Config `mapstructure:",squash"`

	Rest api.Config `mapstructure:"rest"`
}

// nodeConfig is the app.toml of a new node.
func nodeConfig() (template string, config *nodeSettings) {
	cfg := serverconfig.DefaultConfig()
	cfg.MinGasPrices = "0" + app.BaseDenom // who may pay is ruled by licence, not by price
	cfg.InterBlockCache = false            // on, it has split AppHashes
	cfg.QueryGasLimit = queryGasLimit
	cfg.IndexEvents = app.IndexedEvents()
	cfg.API.Swagger = true
	cfg.API.RPCWriteTimeout = restWriteTimeout
	cfg.API.RPCMaxBodyBytes = restMaxBody
	return serverconfig.DefaultConfigTemplate + api.ConfigTemplate, &nodeSettings{Config: *cfg, Rest: api.DefaultConfig()}
}

// cometConfig is the config.toml of a new node.
func cometConfig() *cmtcfg.Config {
	cfg := cmtcfg.DefaultConfig()
	nodehome.Pace(cfg.Consensus, nodehome.DefaultPause, nodehome.DefaultIdle)
	return cfg
}
