package exchange

import (
	"context"
	"errors"
	"fmt"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/store"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// Receipts on the chain are what the access log is anchored by: each carries the digest of the answer that its entry has, and
// the institution's trail names every one of them. So entries of what was given can neither be changed nor be cut off after
// the fact, by the vault's owner either. Entries of refusals are only chained.

// Anchors are the receipts that an institution left; lightchain.Chain proves them.
type Anchors interface {
	// Receipt of an institution for an inquiry.
	Receipt(ctx context.Context, inquiry [32]byte, institution string) (credittypes.Receipt, error)
	// Given calls each for every inquiry that the institution left a furnisher's receipt for, in the order of blocks.
	Given(ctx context.Context, institution string, each func(inquiry [32]byte) error) error
}

// AccessLog is the part of a store that LogCheck reads.
type AccessLog interface {
	AccessLog(ctx context.Context, after int64, limit int) ([]store.Access, error)
}

// LogCheck says how the access log compares with the receipts on the chain.
type LogCheck struct {
	Entries  int      `json:"entries"`
	Given    int      `json:"given"`    // entries of answers to others
	Anchored int      `json:"anchored"` // of these, that the chain has the receipt of
	Findings []string `json:"findings"` // what does not fit; none in a log that is whole
}

// logPage of entries that are read at once, and maxFindings that are kept.
const (
	logPage     = 1000
	maxFindings = 100
)

func (c *LogCheck) find(format string, args ...any) {
	if len(c.Findings) < maxFindings {
		c.Findings = append(c.Findings, fmt.Sprintf(format, args...))
	}
}

// CheckLog compares the log with the chain in both directions. That the log's own hashes are right is store.VerifyAccessLog's
// to say. An answer whose receipt is not there yet, or came after the inquiry's end, is no finding.
func CheckLog(ctx context.Context, log AccessLog, chain Anchors, institution string) (LogCheck, error) {
	c := LogCheck{Findings: []string{}}
	answered := map[[32]byte]bool{} // by inquiry: whether the receipt's entry was found
	for after := int64(0); ; {
		entries, err := log.AccessLog(ctx, after, logPage)
		if err != nil {
			return c, err
		}
		for i := range entries {
			after = entries[i].Seq
			c.Entries++
			if err := c.entry(ctx, chain, institution, &entries[i], answered); err != nil {
				return c, err
			}
		}
		if len(entries) < logPage {
			break
		}
	}
	return c, chain.Given(ctx, institution, func(inquiry [32]byte) error {
		found, known := answered[inquiry]
		switch {
		case !known:
			c.find("the chain has a receipt for inquiry %x and the log has no entry of it: entries were cut off, or this is another vault's log", inquiry)
		case !found:
			c.find("the receipt on the chain for inquiry %x is of another answer than the log has", inquiry)
		}
		return nil
	})
}

func (c *LogCheck) entry(ctx context.Context, chain Anchors, institution string, entry *store.Access, answered map[[32]byte]bool) error {
	if entry.Outcome != given || entry.Requester == institution {
		return nil // to itself an institution owes no receipt as a furnisher
	}
	c.Given++
	receipt, err := chain.Receipt(ctx, entry.Inquiry, institution)
	if err != nil && !errors.Is(err, client.ErrNotFound) {
		return err
	}
	same := err == nil && string(receipt.Digest) == string(entry.Digest[:]) && receipt.Records == entry.Records
	if same {
		c.Anchored++
	}
	answered[entry.Inquiry] = answered[entry.Inquiry] || same
	return nil
}
