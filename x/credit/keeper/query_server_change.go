package keeper

import (
	"context"

	"github.com/creditd/creditd/x/credit/types"
)

// SubjectChange implements types.QueryServer.
func (s queryServer) SubjectChange(ctx context.Context, req *types.QuerySubjectChangeRequest) (*types.QuerySubjectChangeResponse, error) {
	id, err := types.ParseID("subject", req.GetSubject())
	if err != nil {
		return nil, err
	}
	change, err := s.GetChange(ctx, id)
	if err != nil {
		return nil, err
	}
	return &types.QuerySubjectChangeResponse{Change: change}, nil
}
