package client

import (
	"context"

	"golang.org/x/sync/errgroup"

	querytypes "github.com/cosmos/cosmos-sdk/types/query"

	credittypes "github.com/creditd/creditd/x/credit/types"
)

const (
	// maxTrailPages of an institution's trail are searched for its inquiries: 2,000 lines.
	maxTrailPages = 20
	readAtOnce    = 8
)

// InquiryView is an inquiry with the receipts that were left for it.
type InquiryView struct {
	Inquiry  credittypes.Inquiry
	Receipts []credittypes.Receipt
}

// Inquiries reads those that an institution opened, newest first, at most limit. Those behind the newest 2,000 lines of its
// trail are not found.
func (c *Client) Inquiries(ctx context.Context, institution string, limit int) ([]InquiryView, error) {
	ids, err := c.inquiryIDs(ctx, institution, limit)
	if err != nil {
		return nil, err
	}
	views := make([]InquiryView, len(ids))
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(readAtOnce)
	for i, id := range ids {
		group.Go(func() (err error) {
			views[i].Inquiry, views[i].Receipts, err = c.Inquiry(within, id)
			return err
		})
	}
	return views, group.Wait()
}

func (c *Client) inquiryIDs(ctx context.Context, institution string, limit int) (ids [][32]byte, err error) {
	request := &credittypes.QueryInstitutionTrailRequest{
		Institution: institution, Pagination: &querytypes.PageRequest{Limit: pageSize, Reverse: true},
	}
	for range maxTrailPages {
		answer, err := c.Credit.InstitutionTrail(ctx, request)
		if err != nil {
			return nil, query("trail of "+institution, err)
		}
		for _, line := range answer.Entries {
			if line.Kind != credittypes.TRAIL_KIND_INQUIRY_OPENED || line.Actor != institution || len(line.Ref) != 32 {
				continue
			}
			if ids = append(ids, [32]byte(line.Ref)); len(ids) == limit {
				return ids, nil
			}
		}
		if answer.Pagination == nil || len(answer.Pagination.NextKey) == 0 {
			break
		}
		request.Pagination.Key = answer.Pagination.NextKey
	}
	return ids, nil
}
