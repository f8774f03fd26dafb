package committee

import (
	"context"
	"fmt"
	"slices"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/creditd/creditd/vault/agent"
	"github.com/creditd/creditd/x/committee/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// own is the agent's institution at a block.
type own struct {
	view institutiontypes.InstitutionView
	at   time.Time
}

// institutionOf reads it; nil if the account has no licence.
func institutionOf(ctx context.Context, chain agent.Chain) (*own, error) {
	answer, err := institutiontypes.NewQueryClient(chain.Conn()).Institution(ctx, &institutiontypes.QueryInstitutionRequest{Operator: chain.Operator()})
	if status.Code(err) == codes.NotFound {
		return nil, nil //nolint:nilnil // none
	}
	if err != nil {
		return nil, fmt.Errorf("institution %s: %w", chain.Operator(), err)
	}
	return &own{answer.Institution, chain.Time()}, nil
}

// may tells whether the chain would take its enlistment.
func (o *own) may(policy types.Policy) bool {
	institution := o.view.Institution
	return institution.ActiveAt(o.at) && o.view.Vault != nil && slices.ContainsFunc(policy.Roles, institution.HasRole)
}
