package cmd

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

// registrySchema says of chain.schema.json (cosmos/chain-registry) what concerns the members that we write.
const registrySchema = `{
	"type": "object", "additionalProperties": false, "required": ["$schema", "chain_name", "chain_type", "chain_id", "bech32_prefix"],
	"properties": {
		"$schema": {"pattern": "^(\\.\\./)+chain\\.schema\\.json$"}, "chain_name": {"pattern": "^[a-z0-9]+$"}, "chain_type": {"const": "cosmos"},
		"chain_id": {"type": "string", "minLength": 1}, "pretty_name": {"type": "string"}, "status": {"enum": ["live", "upcoming", "killed"]},
		"network_type": {"enum": ["mainnet", "testnet", "devnet"]}, "bech32_prefix": {"type": "string", "minLength": 1},
		"daemon_name": {"type": "string"}, "node_home": {"type": "string"}, "slip44": {"type": "number"},
		"description": {"type": "string", "maxLength": 3000},
		"key_algos": {"type": "array", "items": {"enum": ["secp256k1", "ethsecp256k1", "ed25519", "sr25519", "bn254"]}},
		"fees": {"type": "object", "required": ["fee_tokens"], "additionalProperties": false, "properties": {"fee_tokens": {"items": {
			"required": ["denom"], "additionalProperties": false, "properties": {"denom": {"type": "string"},
			"fixed_min_gas_price": {"type": "number"}, "low_gas_price": {"type": "number"},
			"average_gas_price": {"type": "number"}, "high_gas_price": {"type": "number"}}}}}},
		"codebase": {"type": "object", "additionalProperties": false, "properties": {
			"recommended_version": {"type": "string"}, "language": {"properties": {"type": {"enum": ["go", "rust", "solidity", "other"]}}},
			"sdk": {"properties": {"type": {"enum": ["cosmos", "penumbra", "other"]}}},
			"consensus": {"properties": {"type": {"enum": ["tendermint", "cometbft", "sei-tendermint"]}}}}},
		"apis": {"type": "object", "propertyNames": {"enum": ["rpc", "rest", "grpc", "wss", "grpc-web", "evm-http-jsonrpc"]},
			"additionalProperties": {"items": {"required": ["address"], "additionalProperties": false, "properties": {"address": {"minLength": 1}}}}}
	}
}`

func printChainInfo(t *testing.T, args ...string) (string, error) {
	t.Helper()
	cmd := newChainInfoCmd()
	var out strings.Builder
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	cmd.SetArgs(append([]string{"--chain-id", "creditd-1"}, args...))
	err := cmd.Execute()
	return out.String(), err
}

func TestChainInfoForTheRegistry(t *testing.T) {
	for _, network := range []string{"mainnet", "testnet", "devnet"} {
		text, err := printChainInfo(t, "--network", network)
		require.NoError(t, err)
		schema, err := jsonschema.UnmarshalJSON(strings.NewReader(registrySchema))
		require.NoError(t, err)
		compiler := jsonschema.NewCompiler()
		require.NoError(t, compiler.AddResource("chain.schema.json", schema))
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		require.NoError(t, err)
		require.NoError(t, compiler.MustCompile("chain.schema.json").Validate(value))
	}
}

func TestChainInfoForWalletsAndExplorers(t *testing.T) {
	text, err := printChainInfo(t, "--format", "keplr", "--rest-url", "https://api.example.org")
	require.NoError(t, err)
	var keplr struct {
		ChainID       string            `json:"chainId"`
		Rest          string            `json:"rest"`
		Bech32Config  map[string]string `json:"bech32Config"`
		FeeCurrencies []struct {
			CoinMinimalDenom string         `json:"coinMinimalDenom"`
			GasPriceStep     map[string]int `json:"gasPriceStep"`
		} `json:"feeCurrencies"`
	}
	require.NoError(t, json.Unmarshal([]byte(text), &keplr))
	require.Equal(t, "creditd-1", keplr.ChainID)
	require.Equal(t, "https://api.example.org", keplr.Rest)
	require.Equal(t, map[string]string{
		"bech32PrefixAccAddr": "credit", "bech32PrefixAccPub": "creditpub", "bech32PrefixValAddr": "creditvaloper",
		"bech32PrefixValPub": "creditvaloperpub", "bech32PrefixConsAddr": "creditvalcons", "bech32PrefixConsPub": "creditvalconspub",
	}, keplr.Bech32Config)
	require.Equal(t, "ucredit", keplr.FeeCurrencies[0].CoinMinimalDenom)
	require.Equal(t, map[string]int{"low": 0, "average": 0, "high": 0}, keplr.FeeCurrencies[0].GasPriceStep)

	text, err = printChainInfo(t, "--format", "pingpub")
	require.NoError(t, err)
	var pingpub map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &pingpub))
	require.Equal(t, "credit", pingpub["addr_prefix"])
	require.Equal(t, []any{"http://127.0.0.1:1317"}, pingpub["api"])
}

func TestChainInfoRefuses(t *testing.T) {
	for flag, value := range map[string]string{"--format": "xml", "--name": "My Chain", "--network": "moonnet", "--rpc-url": "tcp://x:1", "--rest-url": "nowhere"} {
		_, err := printChainInfo(t, flag, value)
		require.ErrorContains(t, err, value)
	}
	_, err := printChainInfo(t, "--chain-id", "")
	require.ErrorContains(t, err, "--chain-id")
}
