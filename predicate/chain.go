package predicate

import (
	"context"
	"encoding/hex"
	"fmt"

	sdkquery "github.com/cosmos/cosmos-sdk/types/query"

	"github.com/creditd/creditd/client"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	"github.com/creditd/creditd/x/predicate/types"
)

// Chain is what is asked of a node.
type Chain interface {
	ChainID() string
	Setup(ctx context.Context) (types.Setup, error)
	Circuits(ctx context.Context) ([]types.Circuit, error)
	Circuit(ctx context.Context, id [32]byte) (types.Circuit, error)
	Ask(ctx context.Context, inquiry [32]byte) (types.Ask, error)
	Answers(ctx context.Context, inquiry [32]byte) ([]types.Answer, error)
	Path(ctx context.Context, attestation [32]byte) (types.QueryPathResponse, error)
	Schema(ctx context.Context, id [32]byte) (attestationtypes.Schema, error)
	GetAttestation(ctx context.Context, id [32]byte) (attestationtypes.Attestation, error)
	GetInquiry(ctx context.Context, id [32]byte) (credittypes.Inquiry, error)
}

// Node is a Chain over gRPC.
type Node struct {
	*client.Client
	query types.QueryClient
}

// NewNode asks through a client.
func NewNode(c *client.Client) Node { return Node{Client: c, query: types.NewQueryClient(c.Conn())} }

// Setup implements Chain.
func (n Node) Setup(ctx context.Context) (types.Setup, error) {
	answer, err := n.query.Setup(ctx, &types.QuerySetupRequest{})
	if err != nil {
		return types.Setup{}, fmt.Errorf("the setup that the chain agreed: %w", err)
	}
	return answer.Setup, nil
}

// Circuits implements Chain: all that were ever registered.
func (n Node) Circuits(ctx context.Context) (all []types.Circuit, err error) {
	page := &sdkquery.PageRequest{Limit: 100}
	for {
		answer, err := n.query.Circuits(ctx, &types.QueryCircuitsRequest{Pagination: page})
		if err != nil {
			return nil, fmt.Errorf("the chain's circuits: %w", err)
		}
		all = append(all, answer.Circuits...)
		if answer.Pagination == nil || len(answer.Pagination.NextKey) == 0 {
			return all, nil
		}
		page = &sdkquery.PageRequest{Key: answer.Pagination.NextKey, Limit: 100}
	}
}

// Circuit implements Chain.
func (n Node) Circuit(ctx context.Context, id [32]byte) (types.Circuit, error) {
	answer, err := n.query.Circuit(ctx, &types.QueryCircuitRequest{Id: hex.EncodeToString(id[:])})
	if err != nil {
		return types.Circuit{}, fmt.Errorf("circuit %x: %w", id, err)
	}
	return answer.Circuit, nil
}

// Ask implements Chain.
func (n Node) Ask(ctx context.Context, inquiry [32]byte) (types.Ask, error) {
	answer, err := n.query.Ask(ctx, &types.QueryAskRequest{InquiryId: hex.EncodeToString(inquiry[:])})
	if err != nil {
		return types.Ask{}, fmt.Errorf("what was asked under inquiry %x: %w", inquiry, err)
	}
	return answer.Ask, nil
}

// Answers implements Chain: at most as many as predicates, which one page holds.
func (n Node) Answers(ctx context.Context, inquiry [32]byte) ([]types.Answer, error) {
	answer, err := n.query.Answers(ctx, &types.QueryAnswersRequest{InquiryId: hex.EncodeToString(inquiry[:])})
	if err != nil {
		return nil, fmt.Errorf("answers to inquiry %x: %w", inquiry, err)
	}
	return answer.Answers, nil
}

// Path implements Chain.
func (n Node) Path(ctx context.Context, attestation [32]byte) (types.QueryPathResponse, error) {
	answer, err := n.query.Path(ctx, &types.QueryPathRequest{AttestationId: hex.EncodeToString(attestation[:])})
	if err != nil {
		return types.QueryPathResponse{}, fmt.Errorf("attestation %x in the tree of active ones: %w", attestation, err)
	}
	return *answer, nil
}

// Schema implements Chain.
func (n Node) Schema(ctx context.Context, id [32]byte) (attestationtypes.Schema, error) {
	answer, err := n.Attestation.Schema(ctx, &attestationtypes.QuerySchemaRequest{Id: hex.EncodeToString(id[:])})
	if err != nil {
		return attestationtypes.Schema{}, fmt.Errorf("schema %x: %w", id, err)
	}
	return answer.Schema, nil
}

// GetInquiry implements Chain.
func (n Node) GetInquiry(ctx context.Context, id [32]byte) (credittypes.Inquiry, error) {
	inquiry, _, err := n.Inquiry(ctx, id)
	return inquiry, err
}
