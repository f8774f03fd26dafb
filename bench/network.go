package bench

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	rpchttp "github.com/cometbft/cometbft/rpc/client/http"

	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"

	"github.com/creditd/creditd/app"
	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/devnet"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// network of validators that is measured.
type network struct {
	manifest *devnet.Manifest
	nodes    []*devnet.Node
	client   *client.Client // of the first node
	accounts []account
	running  *devnet.Net // nil for one that ran already
	stop     func() error
}

// startNetwork starts validators of its own, with vaults where those are measured, and removes a home that it made up itself.
func startNetwork(ctx context.Context, o Options, roles []institutiontypes.Role) (*network, error) {
	remove := func() error { return nil }
	if o.Home == "" {
		home, err := os.MkdirTemp("", "creditd-bench-")
		if err != nil {
			return nil, err
		}
		o.Home = home
		remove = func() error { return os.RemoveAll(home) }
	}
	running, err := devnet.Start(ctx, devnet.Options{
		Home: o.Home, ChainID: "creditd-bench", Validators: o.Validators, BlockTime: o.BlockTime, WithoutVaults: !needVaults(o.Workloads),
		Binary: o.Binary, Progress: o.Progress, Circuits: circuitsFor(o.Workloads),
		Institution: func(p *institutiontypes.Params) {
			if o.GasBudget != 0 {
				p.InstitutionGasPerBlock = o.GasBudget
			}
		},
		Attestation: func(gs *attestationtypes.GenesisState) {
			addSchemas(gs)
			if len(o.State) > 0 {
				allowPreload(gs)
			}
		},
	})
	if err != nil {
		return nil, errors.Join(err, remove())
	}
	stop := func() error { return errors.Join(running.Stop(), remove()) }
	n, err := attach(ctx, running.Manifest, roles)
	if err != nil {
		return nil, errors.Join(err, stop())
	}
	n.running, n.stop = running, stop
	return n, nil
}

// openNetwork uses one that runs already and is left running.
func openNetwork(ctx context.Context, manifest string, roles []institutiontypes.Role) (*network, error) {
	raw, err := os.ReadFile(manifest)
	if err != nil {
		return nil, fmt.Errorf("--against: %w: give the %s that 'creditd devnet up' wrote", err, devnet.ManifestName)
	}
	var m devnet.Manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, fmt.Errorf("--against %s: %w: give the %s that 'creditd devnet up' wrote", manifest, err, devnet.ManifestName)
	}
	n, err := attach(ctx, &m, roles)
	if err != nil {
		return nil, fmt.Errorf("--against %s: %w", manifest, err)
	}
	return n, nil
}

func attach(ctx context.Context, m *devnet.Manifest, roles []institutiontypes.Role) (*network, error) {
	n := &network{manifest: m, stop: func() error { return nil }}
	for _, i := range m.Institutions {
		if i.Node == nil {
			continue
		}
		for _, address := range []string{i.Node.RPC, i.Node.GRPC} {
			if err := requireLoopback(address); err != nil {
				return nil, fmt.Errorf("node of %s: %w", i.Name, err)
			}
		}
		n.nodes = append(n.nodes, i.Node)
	}
	if len(n.nodes) < 2 {
		return nil, fmt.Errorf("%d nodes: it takes two, one to submit to and another to read from: start a devnet with --validators 4", len(n.nodes))
	}
	var err error
	n.client, err = client.Dial(ctx, client.Config{GRPC: n.nodes[0].GRPC, RPC: n.nodes[0].RPC, ChainID: m.ChainID})
	if err != nil {
		return nil, fmt.Errorf("%w: see what runs with 'creditd devnet status --home %s'", err, m.Home)
	}
	if err := n.loadAccounts(ctx, roles); err != nil {
		return nil, errors.Join(err, n.client.Close())
	}
	return n, nil
}

// loadAccounts takes the keys of all institutions with these roles.
func (n *network) loadAccounts(ctx context.Context, roles []institutiontypes.Role) error {
	for _, i := range n.manifest.Institutions {
		if slices.ContainsFunc(roles, func(role institutiontypes.Role) bool {
			return !slices.Contains(i.Roles, strings.TrimPrefix(role.String(), "ROLE_"))
		}) {
			continue
		}
		signer, err := client.KeyringSigner(n.client.Codec(), client.KeyringConfig{
			Home: i.Home, Backend: n.manifest.Keyring, From: i.Name,
		})
		if err != nil {
			return err
		}
		if signer.Address().String() != i.Operator {
			return fmt.Errorf("key %q in %s is of %s, not of the operator %s: the manifest is of another home", i.Name, i.Home, signer.Address(), i.Operator)
		}
		number, err := n.accountNumber(ctx, i.Operator)
		if err != nil {
			return err
		}
		n.accounts = append(n.accounts, account{signer, i.Operator, number})
	}
	if len(n.accounts) == 0 {
		return fmt.Errorf("no institution of %s has %v: nobody may send what is measured", n.manifest.ChainID, roles)
	}
	return nil
}

// accountNumber of an operator that has what the bank sends will move.
func (n *network) accountNumber(ctx context.Context, operator string) (uint64, error) {
	info, err := n.client.Auth.AccountInfo(ctx, &authtypes.QueryAccountInfoRequest{Address: operator})
	if err != nil {
		return 0, fmt.Errorf("account %s: %w", operator, err)
	}
	balance, err := banktypes.NewQueryClient(n.client.Conn()).Balance(ctx, &banktypes.QueryBalanceRequest{Address: operator, Denom: app.BaseDenom})
	if err != nil {
		return 0, fmt.Errorf("balance of %s: %w", operator, err)
	}
	if balance.Balance == nil || !balance.Balance.IsPositive() {
		return 0, fmt.Errorf("%s has no %s to send around: measure a devnet of this version of creditd", operator, app.BaseDenom)
	}
	return info.Info.AccountNumber, nil
}

// requireSchemas finds what the workloads state under.
func (n *network) requireSchemas(ctx context.Context, loads []workload) error {
	needed := slices.ContainsFunc(loads, func(w workload) bool { return strings.HasPrefix(w.name, Attest) || w.name == Predicate })
	if !needed {
		return nil
	}
	id := hex.EncodeToString(unlistedSchema.Id)
	_, err := attestationtypes.NewQueryClient(n.client.Conn()).Schema(ctx, &attestationtypes.QuerySchemaRequest{Id: id})
	if err != nil {
		return fmt.Errorf("schema %s, which only networks that bench starts have: leave %s* and %s out of --workloads: %w", unlistedSchema.Name, Attest, Predicate, err)
	}
	return nil
}

// describe the chain, as its own nodes report it.
func (n *network) describe(ctx context.Context) (Chain, error) {
	rpc, err := rpchttp.NewWithClient(n.nodes[0].RPC, "/websocket", loopbackHTTP(1))
	if err != nil {
		return Chain{}, err
	}
	status, err := rpc.Status(ctx)
	if err != nil {
		return Chain{}, fmt.Errorf("height: %w", err)
	}
	// Of that block: those of the next, which the node gives unasked, may not be there yet.
	params, err := rpc.ConsensusParams(ctx, &status.SyncInfo.LatestBlockHeight)
	if err != nil {
		return Chain{}, fmt.Errorf("consensus parameters: %w", err)
	}
	institution, err := n.client.Institution.Params(ctx, &institutiontypes.QueryParamsRequest{})
	if err != nil {
		return Chain{}, fmt.Errorf("parameters of x/institution: %w", err)
	}
	return Chain{
		ChainID: n.manifest.ChainID, Validators: len(n.nodes), TimeoutCommit: n.manifest.BlockTime,
		MaxBlockBytes: params.ConsensusParams.Block.MaxBytes, MaxBlockGas: params.ConsensusParams.Block.MaxGas,
		InstitutionGasPerBlock: institution.Params.InstitutionGasPerBlock,
	}, nil
}

// pids of the validators.
func (n *network) pids() []int {
	pids := make([]int, len(n.nodes))
	for i, node := range n.nodes {
		pids[i] = node.PID
	}
	return pids
}

func (n *network) close() error { return errors.Join(n.client.Close(), n.stop()) }
