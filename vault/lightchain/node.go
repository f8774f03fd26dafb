package lightchain

import (
	"context"
	"fmt"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/libs/bytes"
	cmtcrypto "github.com/cometbft/cometbft/proto/tendermint/crypto"
	rpcclient "github.com/cometbft/cometbft/rpc/client"
	rpchttp "github.com/cometbft/cometbft/rpc/client/http"
	ctypes "github.com/cometbft/cometbft/rpc/core/types"
	"google.golang.org/grpc"

	"github.com/cosmos/cosmos-sdk/client/grpc/cmtservice"

	"github.com/creditd/creditd/proof"
)

const rpcSeconds = 10

// dialled asks a node for headers over CometBFT's RPC, and for entries over gRPC, which is cheaper than JSON and not bound to
// one question at a time.
type dialled struct {
	*rpchttp.HTTP
	entries cmtservice.ServiceClient
}

var _ proof.Node = dialled{}

// Dial makes a Node of a node's two addresses: the URL of its RPC, and a connection to its gRPC.
func Dial(rpc string, conn grpc.ClientConnInterface) (proof.Node, error) {
	http, err := rpchttp.NewWithTimeout(rpc, "/websocket", rpcSeconds)
	if err != nil {
		return nil, fmt.Errorf("node address %q: %w: write it like tcp://127.0.0.1:26657", rpc, err)
	}
	return dialled{http, cmtservice.NewServiceClient(conn)}, nil
}

// ABCIQueryWithOptions implements proof.Node.
func (d dialled) ABCIQueryWithOptions(ctx context.Context, path string, data bytes.HexBytes, o rpcclient.ABCIQueryOptions) (*ctypes.ResultABCIQuery, error) {
	answer, err := d.entries.ABCIQuery(ctx, &cmtservice.ABCIQueryRequest{Path: path, Data: data, Height: o.Height, Prove: o.Prove})
	if err != nil {
		return nil, err
	}
	result := &ctypes.ResultABCIQuery{Response: abci.ResponseQuery{Code: answer.Code, Log: answer.Log, Height: answer.Height}}
	if answer.ProofOps == nil {
		return result, nil
	}
	result.Response.ProofOps = new(cmtcrypto.ProofOps)
	for _, op := range answer.ProofOps.Ops {
		result.Response.ProofOps.Ops = append(result.Response.ProofOps.Ops, cmtcrypto.ProofOp{Type: op.Type, Key: op.Key, Data: op.Data})
	}
	return result, nil
}
