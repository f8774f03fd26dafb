package client

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	querytypes "github.com/cosmos/cosmos-sdk/types/query"

	credittypes "github.com/creditd/creditd/x/credit/types"
)

const maxDisputes = 1_000

// Trail reads the lines of a subject's trail since a time, newest first. At most limit are read; more says that there are older
// ones in that time, which were not.
func (c *Client) Trail(ctx context.Context, subject [32]byte, since time.Time, limit int) (lines []credittypes.TrailEntry, more bool, err error) {
	request := &credittypes.QueryTrailRequest{
		Subject: hex.EncodeToString(subject[:]), Pagination: &querytypes.PageRequest{Limit: pageSize, Reverse: true},
	}
	for {
		answer, err := c.Credit.Trail(ctx, request)
		if err != nil {
			return nil, false, query(fmt.Sprintf("trail of %x", subject), err)
		}
		for _, line := range answer.Entries {
			if line.Time.Before(since) {
				return lines, false, nil
			}
			if len(lines) == limit {
				return lines, true, nil
			}
			lines = append(lines, line)
		}
		if answer.Pagination == nil || len(answer.Pagination.NextKey) == 0 {
			return lines, false, nil
		}
		request.Pagination.Key = answer.Pagination.NextKey
	}
}

// Disputes reads the disputes of a subject.
func (c *Client) Disputes(ctx context.Context, subject [32]byte) ([]credittypes.Dispute, error) {
	var all []credittypes.Dispute
	request := &credittypes.QueryDisputesRequest{
		Subject: hex.EncodeToString(subject[:]), Pagination: &querytypes.PageRequest{Limit: pageSize},
	}
	for {
		answer, err := c.Credit.Disputes(ctx, request)
		if err != nil {
			return nil, query(fmt.Sprintf("disputes of %x", subject), err)
		}
		all = append(all, answer.Disputes...)
		if answer.Pagination == nil || len(answer.Pagination.NextKey) == 0 || len(all) >= maxDisputes {
			return all, nil
		}
		request.Pagination.Key = answer.Pagination.NextKey
	}
}
