// Package client is the Go client of a creditd chain: typed queries, signing, and sending with a known
// outcome. It knows the chain by its protos and the modules' types alone and links neither the application
// nor a keeper. What it does when a node is away or full is described in this folder's README.
package client

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	rpchttp "github.com/cometbft/cometbft/rpc/client/http"
	ctypes "github.com/cometbft/cometbft/rpc/core/types"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/cosmos/gogoproto/proto"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/cosmos/cosmos-sdk/client/grpc/cmtservice"
	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/cosmos-sdk/codec/address"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/std"
	sdk "github.com/cosmos/cosmos-sdk/types"
	txtypes "github.com/cosmos/cosmos-sdk/types/tx"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	"github.com/cosmos/cosmos-sdk/x/tx/signing"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	committeetypes "github.com/creditd/creditd/x/committee/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

const (
	rpcTimeoutSeconds = 10
	// maxAnswerBytes bounds one gRPC answer; the largest pages have well under 1 MiB.
	maxAnswerBytes = 16 << 20
)

// Config says which chain to talk to and through which node. Both addresses should be of one node: what was
// just committed is then also what is read.
type Config struct {
	GRPC    string // host:port of the node's gRPC
	RPC     string // URL of its CometBFT RPC, tcp://host:port or http://host:port
	ChainID string // chain that the node must be on
}

// Client is a connection to one node. It is safe for concurrent use.
type Client struct {
	Institution institutiontypes.QueryClient
	Attestation attestationtypes.QueryClient
	Credit      credittypes.QueryClient
	Committee   committeetypes.QueryClient
	Auth        authtypes.QueryClient
	Tx          txtypes.ServiceClient

	config  Config
	codec   *codec.ProtoCodec
	conn    *grpc.ClientConn
	node    node
	tracker *tracker
}

// node is what is used of CometBFT's RPC.
type node interface {
	Status(context.Context) (*ctypes.ResultStatus, error)
	ABCIInfo(context.Context) (*ctypes.ResultABCIInfo, error)
	Block(ctx context.Context, height *int64) (*ctypes.ResultBlock, error)
	BlockResults(ctx context.Context, height *int64) (*ctypes.ResultBlockResults, error)
	BroadcastTxSync(ctx context.Context, tx cmttypes.Tx) (*ctypes.ResultBroadcastTx, error)
}

var _ node = (*rpchttp.HTTP)(nil)

type execResult = abci.ExecTxResult

// NewCodec returns a codec that knows the interfaces in the chain's answers and in keyrings. It reads the
// SDK's address prefixes, so the caller sets those first.
func NewCodec() (*codec.ProtoCodec, error) {
	config := sdk.GetConfig()
	registry, err := codectypes.NewInterfaceRegistryWithOptions(codectypes.InterfaceRegistryOptions{
		ProtoFiles: proto.HybridResolver,
		SigningOptions: signing.Options{
			AddressCodec:          address.NewBech32Codec(config.GetBech32AccountAddrPrefix()),
			ValidatorAddressCodec: address.NewBech32Codec(config.GetBech32ValidatorAddrPrefix()),
		},
	})
	if err != nil {
		return nil, fmt.Errorf("codec: %w", err)
	}
	std.RegisterInterfaces(registry)
	authtypes.RegisterInterfaces(registry)
	institutiontypes.RegisterInterfaces(registry)
	attestationtypes.RegisterInterfaces(registry)
	credittypes.RegisterInterfaces(registry)
	committeetypes.RegisterInterfaces(registry)
	return codec.NewProtoCodec(registry), nil
}

// Dial connects and checks that both addresses are of a node on the chain asked for.
func Dial(ctx context.Context, config Config) (*Client, error) {
	if config.ChainID == "" || config.GRPC == "" || config.RPC == "" {
		return nil, errors.New("the chain to talk to is not fully named: set --chain-id, --node and --grpc-addr")
	}
	rpc, err := rpchttp.NewWithTimeout(config.RPC, "/websocket", rpcTimeoutSeconds)
	if err != nil {
		return nil, fmt.Errorf("node address %q: %w: write it like tcp://127.0.0.1:26657", config.RPC, err)
	}
	cdc, err := NewCodec()
	if err != nil {
		return nil, err
	}
	conn, err := grpc.NewClient(strings.TrimPrefix(config.GRPC, "tcp://"),
		grpc.WithTransportCredentials(insecure.NewCredentials()), // a node's own port on loopback or behind the operator's TLS
		grpc.WithNoProxy(),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(cdc.GRPCCodec()), grpc.MaxCallRecvMsgSize(maxAnswerBytes)),
	)
	if err != nil {
		return nil, fmt.Errorf("gRPC address %q: %w: write it like 127.0.0.1:9090", config.GRPC, err)
	}
	client := newClient(config, cdc, conn, rpc)
	if err := client.checkChain(ctx); err != nil {
		return nil, errors.Join(err, client.Close())
	}
	return client, nil
}

func newClient(config Config, cdc *codec.ProtoCodec, conn *grpc.ClientConn, rpc node) *Client {
	return &Client{
		Institution: institutiontypes.NewQueryClient(conn),
		Attestation: attestationtypes.NewQueryClient(conn),
		Credit:      credittypes.NewQueryClient(conn),
		Committee:   committeetypes.NewQueryClient(conn),
		Auth:        authtypes.NewQueryClient(conn),
		Tx:          txtypes.NewServiceClient(conn),
		config:      config,
		codec:       cdc,
		conn:        conn,
		node:        rpc,
		tracker:     newTracker(rpc, pollInterval),
	}
}

func (c *Client) checkChain(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, rpcTimeoutSeconds*time.Second)
	defer cancel()
	if err := checkNetwork(ctx, c.node, c.config); err != nil {
		return err
	}
	info, err := cmtservice.NewServiceClient(c.conn).GetNodeInfo(ctx, &cmtservice.GetNodeInfoRequest{})
	if err != nil {
		return fmt.Errorf("no answer from %s: check that the node runs with gRPC enabled and that --grpc-addr is right: %w", c.config.GRPC, err)
	}
	if found := info.GetDefaultNodeInfo().GetNetwork(); found != c.config.ChainID {
		return &WrongChainError{Address: c.config.GRPC, Found: found, Wanted: c.config.ChainID}
	}
	return nil
}

func checkNetwork(ctx context.Context, rpc node, config Config) error {
	status, err := rpc.Status(ctx)
	if err != nil {
		return fmt.Errorf("no answer from the node at %s: check that it runs and that --node is right: %w", config.RPC, err)
	}
	if found := status.NodeInfo.Network; found != config.ChainID {
		return &WrongChainError{Address: config.RPC, Found: found, Wanted: config.ChainID}
	}
	return nil
}

// ChainID is the chain that the client is on.
func (c *Client) ChainID() string { return c.config.ChainID }

// Conn is the gRPC connection, for services that have no field here.
func (c *Client) Conn() *grpc.ClientConn { return c.conn }

// Codec reads the interfaces in the chain's answers.
func (c *Client) Codec() *codec.ProtoCodec { return c.codec }

// Close ends the connection. Transactions that are waited for get ErrOutcomeUnknown.
func (c *Client) Close() error {
	c.tracker.close()
	return c.conn.Close()
}
