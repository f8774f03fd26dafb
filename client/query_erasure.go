package client

import (
	"context"
	"encoding/hex"
	"fmt"

	querytypes "github.com/cosmos/cosmos-sdk/types/query"

	credittypes "github.com/creditd/creditd/x/credit/types"
)

// Erasure reads the erasure of a tradeline: asked for, refused or done.
func (c *Client) Erasure(ctx context.Context, tradeline [32]byte) (credittypes.Erasure, error) {
	answer, err := c.Credit.Erasure(ctx, &credittypes.QueryErasureRequest{Id: hex.EncodeToString(tradeline[:])})
	if err != nil {
		return credittypes.Erasure{}, query(fmt.Sprintf("erasure of tradeline %x", tradeline), err)
	}
	return answer.Erasure, nil
}

// Holds reads all legal holds on a subject's records, those that are over too while the chain has them.
func (c *Client) Holds(ctx context.Context, subject [32]byte) ([]credittypes.LegalHold, error) {
	var all []credittypes.LegalHold
	request := &credittypes.QueryHoldsRequest{Subject: hex.EncodeToString(subject[:]), Pagination: &querytypes.PageRequest{Limit: pageSize}}
	for {
		answer, err := c.Credit.Holds(ctx, request)
		if err != nil {
			return nil, query(fmt.Sprintf("holds on subject %x", subject), err)
		}
		all = append(all, answer.Holds...)
		if answer.Pagination == nil || len(answer.Pagination.NextKey) == 0 {
			return all, nil
		}
		request.Pagination.Key = answer.Pagination.NextKey
	}
}

// Dispute reads one dispute.
func (c *Client) Dispute(ctx context.Context, id [32]byte) (credittypes.Dispute, error) {
	answer, err := c.Credit.Dispute(ctx, &credittypes.QueryDisputeRequest{Id: hex.EncodeToString(id[:])})
	if err != nil {
		return credittypes.Dispute{}, query(fmt.Sprintf("dispute %x", id), err)
	}
	return answer.Dispute, nil
}

// ErasuresAsked reads from an institution's trail the requests for erasure of its tradelines, those of a block above a height, and
// calls each, newest first, until it fails. It returns the height of the newest line of the trail; 0 for an empty one.
func (c *Client) ErasuresAsked(ctx context.Context, institution string, above int64, each func(subject, tradeline [32]byte, height int64) error) (newest int64, err error) {
	request := &credittypes.QueryInstitutionTrailRequest{
		Institution: institution, Pagination: &querytypes.PageRequest{Limit: pageSize, Reverse: true},
	}
	for {
		answer, err := c.Credit.InstitutionTrail(ctx, request)
		if err != nil {
			return newest, query("trail of "+institution, err)
		}
		for i := range answer.Entries {
			e := &answer.Entries[i]
			newest = max(newest, e.Height)
			if e.Height <= above {
				return newest, nil
			}
			if e.Kind != credittypes.TRAIL_KIND_ERASURE_REQUESTED || len(e.Subject) != 32 || len(e.Ref) != 32 {
				continue
			}
			if err := each([32]byte(e.Subject), [32]byte(e.Ref), e.Height); err != nil {
				return newest, err
			}
		}
		if answer.Pagination == nil || len(answer.Pagination.NextKey) == 0 {
			return newest, nil
		}
		request.Pagination.Key = answer.Pagination.NextKey
	}
}
