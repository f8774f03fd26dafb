package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/creditd/creditd/vault/exchange"
	"github.com/creditd/creditd/vault/lightchain"
	"github.com/creditd/creditd/vault/report"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// reportsInRound are made one after the other.
const reportsInRound = 40

// creditReports measures what 'report get' does between the block of its inquiry and the checked report: it reads the
// chain with proofs, asks two vaults over new connections, opens what they give and computes each commitment again. The block before
// and the receipt after are not in it.
type creditReports struct {
	*vaults
	next int
}

func (*creditReports) name() string { return CreditReport }
func (*creditReports) unit() string { return "reports" }
func (*creditReports) about() string {
	return fmt.Sprintf("'report get' from the committed inquiry to the checked report: %d tradelines at two furnishers, one after the other", reportLines)
}

func (c *creditReports) open(ctx context.Context) error { return c.prepare(ctx) }

// round gets reports as the command does, each with connections of its own.
func (c *creditReports) round(ctx context.Context) (besideSample, error) {
	taken := make([]time.Duration, 0, reportsInRound)
	var sum time.Duration
	for range reportsInRound {
		one, err := c.one(ctx)
		if err != nil {
			return besideSample{}, err
		}
		taken = append(taken, one)
		sum += one
	}
	return besideSample{count: len(taken), elapsed: sum, phases: []phase{
		{"p50", percentile(taken, 50)}, {"p99", percentile(taken, 99)}, {"slowest", slices.Max(taken)},
	}}, nil
}

func (c *creditReports) one(ctx context.Context) (_ time.Duration, err error) {
	chain, err := c.dial(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, chain.Close()) }()
	node, err := lightchain.Dial(c.run.network.nodes[0].RPC, chain.Conn())
	if err != nil {
		return 0, err
	}
	proven, err := lightchain.Open(ctx, lightchain.Config{ChainID: chain.ChainID(), Node: node, Codec: chain.Codec(), Store: c.store, Again: true})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, proven.Close()) }()
	getter := &report.Getter{
		ChainID: chain.ChainID(), DataUser: c.signer.Address(), Chain: proven, History: chain, Send: chain.NewSender(c.signer).Send, Now: time.Now,
		Vaults: &exchange.Fetcher{ChainID: chain.ChainID(), Signer: c.signer, Key: c.ring.HPKE(), Codec: chain.Codec().GRPCCodec(), Keys: proven},
	}
	defer func() { err = errors.Join(err, getter.Close()) }()
	subject := c.reported[c.next%len(c.reported)]
	c.next++
	r, err := getter.Look(ctx, report.Request{Subject: subject, Purpose: credittypes.PURPOSE_LEGAL_ORDER})
	if err != nil {
		return 0, err
	}
	if err := whole(r); err != nil {
		return 0, err
	}
	return time.Duration(r.Millis) * time.Millisecond, getter.Acknowledge(ctx, r)
}

// whole refuses a report that is fast because something is missing.
func whole(r *report.Report) error {
	if !r.Complete || len(r.Lines) != reportLines || r.Verified != reportLines {
		return fmt.Errorf("the report has %d lines, %d of them verified: %d were to be: %s", len(r.Lines), r.Verified, reportLines, wrongWith(r))
	}
	return nil
}

func wrongWith(r *report.Report) string {
	for i := range r.Lines {
		if r.Lines[i].Proof != report.Verified {
			return r.Lines[i].Reason
		}
	}
	return "lines are missing"
}
