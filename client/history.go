package client

import (
	"bytes"
	"context"
	"fmt"

	sdk "github.com/cosmos/cosmos-sdk/types"
	querytypes "github.com/cosmos/cosmos-sdk/types/query"
	txtypes "github.com/cosmos/cosmos-sdk/types/tx"

	credittypes "github.com/creditd/creditd/x/credit/types"
)

// Reports are those of one institution that came onto the chain in one block.
type Reports struct {
	Height     int64
	Tradelines []Reported // that were reported for the first time
	Pruned     bool       // the node has no longer that block, so that some are not known
}

// Reported is a tradeline with its subject.
type Reported struct{ Subject, Tradeline [32]byte }

// WalkReports calls visit for every block in which an institution furnished tradelines, oldest first. The heights are from
// the institution's trail in the chain's state; what was reported is in the blocks, of which the node must have all.
func (c *Client) WalkReports(ctx context.Context, institution string, visit func(Reports) error) error {
	request := &credittypes.QueryInstitutionTrailRequest{Institution: institution, Pagination: &querytypes.PageRequest{Limit: pageSize}}
	var now Reports
	var inBlock bool // the trail names what several reports have in common, and the block each
	end := func() error {
		if now.Height == 0 {
			return nil
		}
		if inBlock {
			if err := c.readReports(ctx, institution, &now); err != nil {
				return err
			}
		}
		return visit(now)
	}
	for {
		answer, err := c.Credit.InstitutionTrail(ctx, request)
		if err != nil {
			return query("trail of "+institution, err)
		}
		for _, line := range answer.Entries {
			if line.Kind != credittypes.TRAIL_KIND_FURNISHED {
				continue
			}
			if line.Height != now.Height {
				if err := end(); err != nil {
					return err
				}
				now, inBlock = Reports{Height: line.Height}, false
			}
			if bytes.Equal(line.Subject, line.Ref) || len(line.Subject) != 32 {
				inBlock = true
			} else {
				now.add(line.Subject, line.Ref)
			}
		}
		if answer.Pagination == nil || len(answer.Pagination.NextKey) == 0 {
			return end()
		}
		request.Pagination.Key = answer.Pagination.NextKey
	}
}

func (r *Reports) add(subject, tradeline []byte) {
	if len(subject) == 32 && len(tradeline) == 32 {
		r.Tradelines = append(r.Tradelines, Reported{[32]byte(subject), [32]byte(tradeline)})
	}
}

// readReports adds what is in the block itself.
func (c *Client) readReports(ctx context.Context, institution string, into *Reports) error {
	block, err := c.node.Block(ctx, &into.Height)
	if pruned(err) || (err == nil && block.Block == nil) {
		into.Pruned = true
		return nil
	}
	if err != nil {
		return fmt.Errorf("block %d: %w", into.Height, err)
	}
	results, err := c.node.BlockResults(ctx, &into.Height)
	if err != nil {
		return fmt.Errorf("results of block %d: %w", into.Height, err)
	}
	if len(results.TxsResults) != len(block.Block.Txs) {
		return fmt.Errorf("block %d has %d transactions and %d results: ask another node", into.Height, len(block.Block.Txs), len(results.TxsResults))
	}
	address, err := sdk.AccAddressFromBech32(institution)
	if err != nil {
		return err
	}
	into.Tradelines = nil // the block has those that the trail names too
	for i, raw := range block.Block.Txs {
		if results.TxsResults[i].Code != 0 {
			continue
		}
		reports, err := reportsIn(raw, institution)
		if err != nil {
			return fmt.Errorf("transaction %d of block %d: %w", i, into.Height, err)
		}
		for _, report := range reports {
			tradeline := credittypes.TradelineID(address, report.Subject, report.Account)
			into.add(report.Subject, tradeline[:])
		}
	}
	return nil
}

// reportsIn takes an institution's first reports of tradelines out of a transaction.
func reportsIn(raw []byte, institution string) ([]credittypes.Report, error) {
	var tx txtypes.TxRaw
	if err := tx.Unmarshal(raw); err != nil {
		return nil, err
	}
	var body txtypes.TxBody
	if err := body.Unmarshal(tx.BodyBytes); err != nil {
		return nil, err
	}
	var all []credittypes.Report
	for _, message := range body.Messages {
		switch message.TypeUrl {
		case sdk.MsgTypeURL(&credittypes.MsgFurnish{}):
			var m credittypes.MsgFurnish
			if err := m.Unmarshal(message.Value); err != nil {
				return nil, err
			}
			if m.Furnisher == institution {
				all = append(all, m.Report)
			}
		case sdk.MsgTypeURL(&credittypes.MsgFurnishBatch{}):
			var m credittypes.MsgFurnishBatch
			if err := m.Unmarshal(message.Value); err != nil {
				return nil, err
			}
			if m.Furnisher == institution {
				all = append(all, m.Reports...)
			}
		}
	}
	return all, nil
}
