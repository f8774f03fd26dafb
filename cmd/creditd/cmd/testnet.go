package cmd

import (
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/crypto/hd"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"

	"github.com/creditd/creditd/app"
	"github.com/creditd/creditd/devnet/genesis"
	"github.com/creditd/creditd/devnet/nodehome"
	"github.com/creditd/creditd/x/institution/types"
)

const (
	flagValidators       = "validators"
	flagConsensusKeyType = "consensus-key"
	flagHosts            = "hosts"
	flagFirstPort        = "first-port"
	flagPortStep         = "port-step"
	flagBlockTime        = "block-time"
)

// NewTestnetCmd builds the commands that prepare test networks for operators.
func NewTestnetCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "testnet",
		Short: "Prepare the nodes of a test network",
		RunE:  client.ValidateCmd,
		// The nodes' homes are written below --output-dir; the home of who runs this is left alone.
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
	}
	cmd.AddCommand(newInitFilesCmd())
	return cmd
}

// testnetOptions are the flags of init-files.
type testnetOptions struct {
	validators      int
	consensusKey    string
	outputDir       string
	chainID         string
	hosts           []string
	firstPort, step int
	blockTime       time.Duration
	votingPeriod    time.Duration
}

func newInitFilesCmd() *cobra.Command {
	var o testnetOptions
	cmd := &cobra.Command{
		Use:   "init-files",
		Short: "Write complete homes for the validators of a test network",
		Long: `Write one home per validator: keys, config.toml with its peers, app.toml and the common genesis. With --hosts the
homes are for several machines, one per host and all on the same ports; without, all run on this one, and each
has its own ports. Keys lie in the keyring backend 'test', unencrypted: for test networks only.`,
		Example: `creditd testnet init-files --validators 4 --output-dir ./net
creditd testnet init-files --validators 3 --hosts 10.0.0.1,10.0.0.2,10.0.0.3 --output-dir ./net`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			homes, sum, err := initFiles(o)
			if err != nil {
				return err
			}
			text := "chain   %s\nsha256  %s\n"
			args := []any{o.chainID, sum}
			for _, home := range homes {
				text += "start   creditd start --home %s\n"
				args = append(args, home)
			}
			return printResult(cmd, struct {
				ChainID string   `json:"chain_id"`
				SHA256  string   `json:"genesis_sha256"`
				Homes   []string `json:"homes"`
			}{o.chainID, sum, homes}, text, args...)
		},
	}
	f := cmd.Flags()
	f.IntVar(&o.validators, flagValidators, 4, "Number of validators")
	f.StringVar(&o.consensusKey, flagConsensusKeyType, nodehome.Ed25519, "Kind of consensus key: "+nodehome.Ed25519+" or "+nodehome.MLDSA65)
	f.StringVar(&o.outputDir, flagOutputDir, "testnet", "Folder to write to")
	f.StringVar(&o.chainID, flags.FlagChainID, "creditd-testnet", "Id of the chain")
	f.StringSliceVar(&o.hosts, flagHosts, nil, "Addresses of the machines, one per validator; none: all on this machine")
	f.IntVar(&o.firstPort, flagFirstPort, 26656, "First port of the first validator: p2p; RPC, gRPC and REST are the next three")
	f.IntVar(&o.step, flagPortStep, 10, "Distance between the ports of two validators on this machine")
	f.DurationVar(&o.blockTime, flagBlockTime, nodehome.DefaultPause, "Pause after a block; without transactions there is one a second")
	f.DurationVar(&o.votingPeriod, flagVotingPeriod, 10*time.Minute, "Time that members have to vote")
	f.StringP(flags.FlagOutput, "o", flags.OutputFormatText, "Output format (text|json)")
	return cmd
}

func (o testnetOptions) validate() error {
	switch {
	case o.validators < 1 || o.validators > 100:
		return &genesis.FieldError{Field: flagValidators, Wrong: fmt.Sprintf("is %d", o.validators), Fix: "give 1 to 100"}
	case len(o.hosts) > 0 && len(o.hosts) != o.validators:
		return &genesis.FieldError{
			Field: flagHosts, Wrong: fmt.Sprintf("names %d machines for %d validators", len(o.hosts), o.validators),
			Fix: "name one machine per validator",
		}
	case o.step < 4 || o.firstPort < 1024 || o.firstPort+o.validators*o.step > 65535:
		return &genesis.FieldError{
			Field: flagFirstPort, Wrong: "does not leave room for four ports per validator",
			Fix: "give ports from 1024 to 65535 that are at least 4 apart",
		}
	}
	return nil
}

// node of a test network.
type testnetNode struct {
	home, host, peer string
	ports            nodehome.Ports
	founder          genesis.Institution
}

func initFiles(o testnetOptions) (homes []string, sum string, err error) {
	if err := o.validate(); err != nil {
		return nil, "", err
	}
	enc := app.NewEncodingConfig()
	b, err := genesis.New(enc, genesis.Options{
		ChainID: o.chainID, Time: time.Now().UTC().Truncate(time.Second), VotingPeriod: o.votingPeriod,
	})
	if err != nil {
		return nil, "", err
	}
	nodes := make([]testnetNode, o.validators)
	peers := make([]string, o.validators)
	for n := range nodes {
		if nodes[n], err = o.initNode(enc, n); err != nil {
			return nil, "", err
		}
		if err := b.Add(nodes[n].founder); err != nil {
			return nil, "", err
		}
		peers[n] = nodes[n].peer
	}
	doc, err := b.Document(enc)
	if err != nil {
		return nil, "", err
	}
	for n, node := range nodes {
		others := append(append([]string{}, peers[:n]...), peers[n+1:]...)
		err := nodehome.Write(nodehome.Settings{
			Home: node.home, Moniker: node.founder.Name, ChainID: o.chainID, Listen: node.host, Ports: node.ports,
			Peers: others, Loopback: len(o.hosts) == 0, BlockTime: o.blockTime, Genesis: doc,
		})
		if err != nil {
			return nil, "", err
		}
		homes = append(homes, node.home)
	}
	hash, err := genesis.Hash(doc)
	return homes, hex.EncodeToString(hash), err
}

func (o testnetOptions) initNode(enc app.EncodingConfig, n int) (testnetNode, error) {
	name := "validator-" + strconv.Itoa(n)
	node := testnetNode{home: filepath.Join(o.outputDir, name), host: "127.0.0.1", ports: nodehome.PortsFrom(o.firstPort + n*o.step)}
	dial := node.host
	if len(o.hosts) > 0 {
		node.host, dial, node.ports = net.IPv4zero.String(), o.hosts[n], nodehome.PortsFrom(o.firstPort)
	}
	if err := os.MkdirAll(node.home, 0o700); err != nil {
		return node, err
	}
	id, consensusKey, err := nodehome.Init(node.home, o.consensusKey)
	if err != nil {
		return node, err
	}
	node.peer = nodehome.Peer(id, dial, node.ports.P2P)
	keys, err := keyring.New(app.Name, keyring.BackendTest, node.home, nil, enc.Codec)
	if err != nil {
		return node, err
	}
	record, _, err := keys.NewMnemonic(name, keyring.English, "", keyring.DefaultBIP39Passphrase, hd.Secp256k1)
	if err != nil {
		return node, err
	}
	operator, err := record.GetAddress()
	if err != nil {
		return node, err
	}
	node.founder = genesis.Institution{
		Operator: operator, Name: name, LicenceNumber: fmt.Sprintf("TEST-%03d", n), Jurisdiction: "US",
		Roles:      []types.Role{types.ROLE_FURNISHER, types.ROLE_DATA_USER, types.ROLE_VALIDATOR},
		ValidUntil: time.Now().AddDate(10, 0, 0).UTC().Truncate(time.Second), Power: 10, ConsensusPubKey: consensusKey,
	}
	return node, nil
}
