package cmd

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/version"

	"github.com/creditd/creditd/app"
)

// Formats of chain-info.
const (
	registryFormat = "registry"
	keplrFormat    = "keplr"
	pingpubFormat  = "pingpub"
)

const (
	// coinType is that of Cosmos in SLIP-44, which all wallets derive keys of such chains with.
	coinType = 118
	// denomExponent: a credit is 10^6 ucredit.
	denomExponent = 6
	displayDenom  = "CREDIT"
)

// chainInfo is what the files are made of.
type chainInfo struct {
	chainID, name, network string
	rpc, rest, grpc        string
}

func newChainInfoCmd() *cobra.Command {
	var info chainInfo
	var format string
	cmd := &cobra.Command{
		Use:   "chain-info",
		Short: "Print the file that a wallet, an explorer or the chain registry describes this chain with",
		Long: `Print the description of the chain in the form of others: 'registry' is chain.json of cosmos/chain-registry, 'keplr' what
experimentalSuggestChain of Keplr takes, 'pingpub' a file of chains/mainnet of ping.pub. No fee is asked on this chain, so
gas prices are 0.`,
		Example: `creditd chain-info --format keplr --chain-id creditd-1 --rpc-url https://rpc.example.org --rest-url https://api.example.org`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if info.chainID == "" {
				info.chainID = client.GetClientContextFromCmd(cmd).ChainID
			}
			file, err := info.file(format)
			if err != nil {
				return err
			}
			text, err := json.MarshalIndent(file, "", "  ")
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), string(text))
			return err
		},
	}
	f := cmd.Flags()
	f.StringVar(&format, "format", registryFormat, "Form of the file: "+strings.Join(chainInfoFormats, ", "))
	f.StringVar(&info.chainID, flags.FlagChainID, "", "Id of the chain; by default that of client.toml")
	f.StringVar(&info.name, "name", "creditd", "Name of the chain, in lower case letters and digits")
	f.StringVar(&info.network, "network", "testnet", "Kind of network: mainnet, testnet or devnet")
	f.StringVar(&info.rpc, "rpc-url", "http://127.0.0.1:26657", "Address of a node's CometBFT RPC")
	f.StringVar(&info.rest, "rest-url", "http://127.0.0.1:1317", "Address of a node's REST server")
	f.StringVar(&info.grpc, "grpc-url", "127.0.0.1:9090", "Address of a node's gRPC server")
	return cmd
}

var chainInfoFormats = []string{registryFormat, keplrFormat, pingpubFormat}

var chainName = regexp.MustCompile(`^[a-z0-9]+$`)

func (c chainInfo) validate() error {
	if c.chainID == "" {
		return fmt.Errorf("the chain has no id; give --%s, or --home of a node or client that knows it", flags.FlagChainID)
	}
	if !chainName.MatchString(c.name) {
		return fmt.Errorf("--name is %q; give lower case letters and digits", c.name)
	}
	if !slices.Contains([]string{"mainnet", "testnet", "devnet"}, c.network) {
		return fmt.Errorf("--network is %q; give mainnet, testnet or devnet", c.network)
	}
	for flag, address := range map[string]string{"rpc-url": c.rpc, "rest-url": c.rest} {
		if u, err := url.Parse(address); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return fmt.Errorf("--%s is %q; give an address as https://host", flag, address)
		}
	}
	return nil
}

func (c chainInfo) file(format string) (any, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	switch format {
	case registryFormat:
		return c.registry(), nil
	case keplrFormat:
		return c.keplr(), nil
	case pingpubFormat:
		return c.pingpub(), nil
	}
	return nil, fmt.Errorf("--format is %q; give one of %s", format, strings.Join(chainInfoFormats, ", "))
}

type object = map[string]any

// registry is chain.json under chain.schema.json of cosmos/chain-registry.
func (c chainInfo) registry() object {
	schema := "../chain.schema.json"
	if c.network != "mainnet" {
		schema = "../../chain.schema.json" // test networks have a folder of their own
	}
	endpoint := func(address string) []object { return []object{{"address": address}} }
	codebase := object{"language": object{"type": "go"}, "sdk": object{"type": "cosmos"}, "consensus": object{"type": "cometbft"}}
	if regexp.MustCompile(`^v?\d+(\.\d+){0,2}$`).MatchString(version.Version) {
		codebase["recommended_version"] = version.Version
	}
	return object{
		"$schema": schema, "chain_name": c.name, "chain_type": "cosmos", "chain_id": c.chainID, "pretty_name": c.name,
		"status": "live", "network_type": c.network, "bech32_prefix": app.Bech32Prefix, "daemon_name": app.Name,
		"node_home": "$HOME/." + app.Name, "key_algos": []string{"secp256k1"}, "slip44": coinType,
		"description": "A BFT chain on which licensed institutions keep credit data honest.",
		"fees": object{"fee_tokens": []object{{
			"denom": app.BaseDenom, "fixed_min_gas_price": 0, "low_gas_price": 0, "average_gas_price": 0, "high_gas_price": 0,
		}}},
		"codebase": codebase,
		"apis":     object{"rpc": endpoint(c.rpc), "rest": endpoint(c.rest), "grpc": endpoint(c.grpc), "grpc-web": endpoint(c.rest)},
	}
}

// keplr is ChainInfo of @keplr-wallet/types. It asks for a staking currency of every chain, and finds no stake.
func (c chainInfo) keplr() object {
	currency := object{"coinDenom": displayDenom, "coinMinimalDenom": app.BaseDenom, "coinDecimals": denomExponent}
	cfg := sdk.GetConfig()
	return object{
		"chainId": c.chainID, "chainName": c.name, "rpc": c.rpc, "rest": c.rest, "bip44": object{"coinType": coinType},
		"bech32Config": object{
			"bech32PrefixAccAddr": cfg.GetBech32AccountAddrPrefix(), "bech32PrefixAccPub": cfg.GetBech32AccountPubPrefix(),
			"bech32PrefixValAddr": cfg.GetBech32ValidatorAddrPrefix(), "bech32PrefixValPub": cfg.GetBech32ValidatorPubPrefix(),
			"bech32PrefixConsAddr": cfg.GetBech32ConsensusAddrPrefix(), "bech32PrefixConsPub": cfg.GetBech32ConsensusPubPrefix(),
		},
		"currencies": []object{currency}, "stakeCurrency": currency,
		"feeCurrencies": []object{{
			"coinDenom": displayDenom, "coinMinimalDenom": app.BaseDenom, "coinDecimals": denomExponent,
			"gasPriceStep": object{"low": 0, "average": 0, "high": 0},
		}},
		"features": []string{},
	}
}

// pingpub is a file of chains/ in ping.pub's explorer.
func (c chainInfo) pingpub() object {
	return object{
		"chain_name": c.name, "coin_type": fmt.Sprint(coinType), "api": []string{c.rest}, "rpc": []string{c.rpc}, "sdk_version": "0.55.0",
		"min_tx_fee": "0", "addr_prefix": app.Bech32Prefix, "logo": "", "keplr_features": []string{},
		"assets": []object{{
			"base": app.BaseDenom, "symbol": displayDenom, "exponent": fmt.Sprint(denomExponent), "coingecko_id": "", "logo": "",
		}},
	}
}
