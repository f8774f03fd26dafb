// Package nodehome writes the folder that 'creditd start --home' runs from.
package nodehome

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/template"
	"time"

	cmtconfig "github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/crypto"
	"github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/cometbft/cometbft/crypto/mldsa65"
	cmtjson "github.com/cometbft/cometbft/libs/json"
	"github.com/cometbft/cometbft/p2p"

	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	srvconfig "github.com/cosmos/cosmos-sdk/server/config"
	"github.com/cosmos/cosmos-sdk/x/genutil"
	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"

	"github.com/creditd/creditd/api"
	"github.com/creditd/creditd/app"
)

// Kinds of consensus key.
const (
	Ed25519 = ed25519.KeyType
	MLDSA65 = mldsa65.KeyType
)

// queryGasLimit bounds what one query may read: a page of 100 entries costs about a tenth of it.
const queryGasLimit = 50_000_000

// restWriteTimeout in seconds; the SDK's default waits for ever for a client that does not read.
const restWriteTimeout = 30

// restMaxBody is what the SDK reads of a body before [rest] max-body-bytes is looked at.
const restMaxBody = 4 << 20

// Ports that a node listens on. Zero switches the REST or gRPC server off.
type Ports struct{ P2P, RPC, GRPC, REST int }

// PortsFrom numbers a node's ports upwards.
func PortsFrom(first int) Ports {
	return Ports{P2P: first, RPC: first + 1, GRPC: first + 2, REST: first + 3}
}

// Settings of one node.
type Settings struct {
	Home      string
	Moniker   string
	ChainID   string
	Listen    string // address that peers connect to; RPC, gRPC and REST stay on loopback
	Ports     Ports
	Peers     []string      // id@host:port
	Loopback  bool          // all peers are on this machine
	BlockTime time.Duration // pause after a block; DefaultPause if 0
	IdleTime  time.Duration // without transactions; DefaultIdle if 0
	Explorer  bool          // serve /ui/
	Genesis   *genutiltypes.AppGenesis
}

// Init makes the keys of a new node: that of its place in the network and that it signs blocks with.
func Init(home, consensusKey string) (nodeID string, pubKey cryptotypes.PubKey, err error) {
	if consensusKey != Ed25519 && consensusKey != MLDSA65 {
		return "", nil, fmt.Errorf("consensus key type %q is not known; use %s or %s", consensusKey, Ed25519, MLDSA65)
	}
	cfg := cmtconfig.DefaultConfig().SetRoot(home)
	if _, err := os.Stat(cfg.PrivValidatorKeyFile()); err == nil {
		return "", nil, fmt.Errorf("%s holds the keys of a node; give another folder, or move that file away", cfg.PrivValidatorKeyFile())
	}
	for _, dir := range []string{"config", "data"} {
		if err := os.MkdirAll(filepath.Join(home, dir), 0o700); err != nil {
			return "", nil, err
		}
	}
	return genutil.InitializeNodeValidatorFilesFromMnemonicWithKeyType(cfg, "", consensusKey)
}

// Peer is how others dial the node.
func Peer(nodeID, host string, port int) string {
	return nodeID + "@" + net.JoinHostPort(host, strconv.Itoa(port))
}

// Write writes the configuration files and the genesis.
func Write(s Settings) error {
	config := filepath.Join(s.Home, "config")
	if err := os.MkdirAll(config, 0o700); err != nil {
		return err
	}
	cmtconfig.WriteConfigFile(filepath.Join(config, "config.toml"), s.comet())
	if err := s.writeApplication(filepath.Join(config, "app.toml")); err != nil {
		return err
	}
	if err := WriteClient(s.Home, s.ChainID, "http://"+loopback(s.Ports.RPC), loopback(s.Ports.GRPC)); err != nil {
		return err
	}
	if s.Genesis == nil {
		return nil
	}
	return s.Genesis.SaveAs(filepath.Join(config, "genesis.json"))
}

// WriteClient writes client.toml: commands with this home talk to that node and sign with the keyring 'test'.
func WriteClient(home, chainID, rpc, grpc string) error {
	path := filepath.Join(home, "config", "client.toml")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	text := fmt.Sprintf("chain-id = %q\nkeyring-backend = %q\noutput = \"text\"\nnode = %q\ngrpc-address = %q\nbroadcast-mode = \"sync\"\n",
		chainID, keyring.BackendTest, rpc, grpc)
	return os.WriteFile(path, []byte(text), 0o600)
}

func (s Settings) comet() *cmtconfig.Config {
	cfg := cmtconfig.DefaultConfig().SetRoot(s.Home)
	cfg.Moniker = s.Moniker
	cfg.LogLevel = "info"
	cfg.RPC.ListenAddress = "tcp://" + loopback(s.Ports.RPC)
	cfg.P2P.ListenAddress = "tcp://" + net.JoinHostPort(s.Listen, strconv.Itoa(s.Ports.P2P))
	cfg.P2P.PersistentPeers = strings.Join(s.Peers, ",")
	cfg.Instrumentation.Prometheus = false
	if s.Loopback {
		cfg.P2P.AllowDuplicateIP = true
		cfg.P2P.AddrBookStrict = false
		cfg.P2P.PexReactor = false // all peers are listed
		// A node that comes back is dialled soon, not after minutes of backing off.
		cfg.P2P.PersistentPeersMaxDialPeriod = time.Second
		// What a peer is behind in is looked for this often; at 100 ms it would be most of a block's time.
		cfg.Consensus.PeerGossipSleepDuration = 10 * time.Millisecond
	}
	Pace(cfg.Consensus, DefaultPause, cmp.Or(s.IdleTime, DefaultIdle))
	if s.BlockTime > 0 {
		cfg.Consensus.TimeoutCommit = s.BlockTime
		cfg.Consensus.TimeoutPropose = max(s.BlockTime*4, time.Second)
		cfg.Consensus.TimeoutPrevote = max(s.BlockTime, 500*time.Millisecond)
		cfg.Consensus.TimeoutPrecommit = max(s.BlockTime, 500*time.Millisecond)
	}
	return cfg
}

// applicationTemplate is app.toml: the SDK's sections and ours.
var applicationTemplate = template.Must(template.New("app.toml").Parse(srvconfig.DefaultConfigTemplate + api.ConfigTemplate))

func (s Settings) writeApplication(path string) error {
	values := struct {
		srvconfig.Config
		Rest api.Config
	}{*s.application(), api.DefaultConfig()}
	values.Rest.Explorer = s.Explorer
	var text bytes.Buffer
	if err := applicationTemplate.Execute(&text, values); err != nil {
		return err
	}
	return os.WriteFile(path, text.Bytes(), 0o600)
}

func (s Settings) application() *srvconfig.Config {
	cfg := srvconfig.DefaultConfig()
	cfg.MinGasPrices = "0" + app.BaseDenom
	cfg.QueryGasLimit = queryGasLimit
	cfg.IndexEvents = app.IndexedEvents()
	cfg.InterBlockCache = false // a cache over IAVL's own that has split AppHashes
	cfg.API.Enable = s.Ports.REST != 0
	cfg.API.Address = "tcp://" + loopback(s.Ports.REST)
	cfg.GRPC.Enable = s.Ports.GRPC != 0
	cfg.GRPC.Address = loopback(s.Ports.GRPC)
	cfg.API.Swagger = true
	cfg.API.RPCWriteTimeout = restWriteTimeout
	cfg.API.RPCMaxBodyBytes = restMaxBody
	cfg.GRPCWeb.Enable = s.Ports.GRPC != 0 && s.Ports.REST != 0
	cfg.Telemetry.Enabled = false //nolint:staticcheck // still read, and on it would take a port
	return cfg
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// ConsensusPubKey reads the public half of a node's consensus key.
func ConsensusPubKey(home string) (cryptotypes.PubKey, error) {
	path := cmtconfig.DefaultConfig().SetRoot(home).PrivValidatorKeyFile()
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("consensus key: %w; make it with 'creditd init --home %s'", err, home)
	}
	var file struct {
		PubKey json.RawMessage `json:"pub_key"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var key crypto.PubKey
	if err := cmtjson.Unmarshal(file.PubKey, &key); err != nil {
		return nil, fmt.Errorf("%s: pub_key: %w", path, err)
	}
	return cryptocodec.FromCmtPubKeyInterface(key)
}

// NodeID reads the node's name in the network, which its peers dial it by.
func NodeID(home string) (string, error) {
	key, err := p2p.LoadNodeKey(cmtconfig.DefaultConfig().SetRoot(home).NodeKeyFile())
	if err != nil {
		return "", fmt.Errorf("node key: %w; make it with 'creditd init --home %s'", err, home)
	}
	return string(key.ID()), nil
}
