// Package erasure destroys what a vault has of a tradeline and leaves the furnisher's word for it on the chain.
//
// For each tradeline, in this order, and each step durable before the next:
//
//  1. The chain is asked whether it may be destroyed: its subject asked, or its retention is over; no dispute, no legal hold.
//  2. Its key is destroyed in the key bag. From here on no copy of its records, wherever it is, can be read.
//  3. Its rows are deleted from the store and the shred log says so, in one transaction.
//  4. The store's own logs are cleared of what was deleted.
//  5. The destruction is attested on the chain, with the hash of the log's entry as evidence.
//
// Each step finds what an earlier run did and does not do it twice, so a run that was killed is simply run again.
package erasure

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/internal/crash"
	"github.com/creditd/creditd/vault/store"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// Chain is what erasure asks and tells the chain. Readers return an error that wraps client.ErrNotFound if it has no such thing.
type Chain interface {
	Tradeline(ctx context.Context, subject, id [32]byte) (credittypes.Tradeline, error)
	Erasure(ctx context.Context, tradeline [32]byte) (credittypes.Erasure, error)
	Subject(ctx context.Context, pseudonym [32]byte) (credittypes.Subject, error)
	Holds(ctx context.Context, subject [32]byte) ([]credittypes.LegalHold, error)
	Dispute(ctx context.Context, id [32]byte) (credittypes.Dispute, error)
	// Attest returns when the message is in a block.
	Attest(ctx context.Context, msg *credittypes.MsgAttestDestruction) error
}

// Keys are destroyed for good; keys.Ring is one.
type Keys interface {
	Erase(ctx context.Context, tradelines [][32]byte) (int, error)
}

// Target is one tradeline.
type Target struct {
	Tradeline, Subject [32]byte
}

// Outcome of one tradeline.
type Outcome string

// The outcomes.
const (
	Destroyed Outcome = "destroyed" // and the chain has the furnisher's word
	Already   Outcome = "already"   // the chain had it before
	Refused   Outcome = "refused"   // it may not be destroyed now; it was not touched
	Owed      Outcome = "owed"      // destroyed, and the chain did not take the attestation yet: run it again
)

// Result of one tradeline.
type Result struct {
	Tradeline string  `json:"tradeline"`
	Outcome   Outcome `json:"outcome"`
	Versions  uint32  `json:"versions"`           // that the store had, of all runs' last
	Evidence  string  `json:"evidence,omitempty"` // hash of the shred log's entry, which the chain has
	Reason    string  `json:"reason,omitempty"`   // of refused and owed
}

// Config of a Shredder.
type Config struct {
	Furnisher string
	Chain     Chain
	Store     store.KeyStore
	Keys      Keys
	Now       func() time.Time // time.Now if nil
	Progress  func(done int)   // after each tradeline; may be nil, must not block
}

// Run destroys tradelines and returns what became of each, in order. An error means that it could not go on; what was done
// before it is done, and running it again goes on.
func Run(ctx context.Context, config Config, targets []Target) ([]Result, error) {
	if config.Now == nil {
		config.Now = time.Now
	}
	results := make([]Result, len(targets))
	var due []int
	var ids [][32]byte
	for i, target := range targets {
		results[i].Tradeline = fmt.Sprintf("%x", target.Tradeline)
		outcome, reason, err := config.judge(ctx, target)
		if err != nil {
			return nil, err
		}
		results[i].Outcome, results[i].Reason = outcome, reason
		if outcome == Refused {
			continue
		}
		due = append(due, i)
		ids = append(ids, target.Tradeline)
	}
	if len(due) == 0 {
		return results, nil
	}
	// One write of the bag for all of them.
	if _, err := config.Keys.Erase(ctx, ids); err != nil {
		return nil, err
	}
	crash.Point("keys erased")
	entries := make([]store.Shredding, len(targets))
	for _, i := range due {
		entry, err := config.Store.Shred(ctx, store.Shredding{Time: config.Now(), Tradeline: targets[i].Tradeline, Subject: targets[i].Subject})
		if err != nil {
			return nil, err
		}
		crash.Point("rows deleted")
		entries[i] = entry
		results[i].Versions, results[i].Evidence = entry.Versions, fmt.Sprintf("%x", entry.Hash)
	}
	if err := config.Store.Scrub(ctx); err != nil {
		return nil, err
	}
	crash.Point("store scrubbed")
	for n, i := range due {
		if results[i].Outcome == Destroyed {
			if err := config.attest(ctx, entries[i], &results[i]); err != nil {
				return results, err
			}
		}
		if config.Progress != nil {
			config.Progress(n + 1)
		}
	}
	return results, nil
}

// attest leaves the furnisher's word. What the chain refuses stays owed; a node that is away ends the run.
func (c *Config) attest(ctx context.Context, entry store.Shredding, result *Result) error {
	err := c.Chain.Attest(ctx, &credittypes.MsgAttestDestruction{
		Furnisher: c.Furnisher, Subject: entry.Subject[:], TradelineId: entry.Tradeline[:], Evidence: entry.Hash[:],
	})
	crash.Point("destruction attested")
	switch {
	case err == nil:
		return nil
	case client.Refused(err):
		result.Outcome, result.Reason = Owed, err.Error()
		return nil
	}
	return fmt.Errorf("the records are destroyed and the chain does not know yet: run the same command again: %w", err)
}

// judge asks the chain whether a tradeline may be destroyed, by the rules of x/credit (erasure.go there). They are checked
// before anything is destroyed: the chain can refuse a word, and cannot bring a record back.
func (c *Config) judge(ctx context.Context, target Target) (Outcome, string, error) {
	tradeline, err := c.Chain.Tradeline(ctx, target.Subject, target.Tradeline)
	if errors.Is(err, client.ErrNotFound) {
		return Refused, "the chain has no such tradeline of that subject", nil
	}
	if err != nil {
		return "", "", err
	}
	if tradeline.Furnisher != c.Furnisher {
		return Refused, "it was furnished by " + tradeline.Furnisher, nil
	}
	if tradeline.State == credittypes.RECORD_STATE_ERASED {
		return Already, "", nil
	}
	if reason, err := c.disputed(ctx, &tradeline); reason != "" || err != nil {
		return Refused, reason, err
	}
	if reason, err := c.held(ctx, target); reason != "" || err != nil {
		return Refused, reason, err
	}
	_, err = c.Chain.Erasure(ctx, target.Tradeline) // one that was refused at first may be done after all
	if errors.Is(err, client.ErrNotFound) && tradeline.State != credittypes.RECORD_STATE_EXPIRED {
		return Refused, "its subject has not asked for it, and its retention ends at " + tradeline.ShowUntil.UTC().Format(time.RFC3339), nil
	}
	if err != nil && !errors.Is(err, client.ErrNotFound) {
		return "", "", err
	}
	return Destroyed, "", nil
}

func (c *Config) disputed(ctx context.Context, tradeline *credittypes.Tradeline) (string, error) {
	if tradeline.State != credittypes.RECORD_STATE_DISPUTED && len(tradeline.DisputeId) == 0 {
		return "", nil
	}
	if tradeline.State != credittypes.RECORD_STATE_DISPUTED {
		dispute, err := c.Chain.Dispute(ctx, [32]byte(tradeline.DisputeId))
		if err != nil {
			return "", err
		}
		switch dispute.Status {
		case credittypes.DISPUTE_STATUS_OPEN, credittypes.DISPUTE_STATUS_SILENT, credittypes.DISPUTE_STATUS_ESCALATED, credittypes.DISPUTE_STATUS_ORDERED:
		default:
			return "", nil
		}
	}
	return fmt.Sprintf("it is disputed: wait until dispute %x is over", tradeline.DisputeId), nil
}

func (c *Config) held(ctx context.Context, target Target) (string, error) {
	subject, err := c.Chain.Subject(ctx, target.Subject)
	if err != nil {
		return "", err
	}
	pseudonyms := [][32]byte{target.Subject}
	if len(subject.MergedInto) == 32 {
		pseudonyms = append(pseudonyms, [32]byte(subject.MergedInto))
	}
	for _, pseudonym := range pseudonyms {
		holds, err := c.Chain.Holds(ctx, pseudonym)
		if err != nil {
			return "", err
		}
		for i := range holds {
			h := &holds[i]
			if c.Now().Before(h.Until) && (len(h.TradelineId) == 0 || string(h.TradelineId) == string(target.Tradeline[:])) {
				return fmt.Sprintf("order %x of %s keeps it until %s", h.Id, h.PlacedBy, h.Until.UTC().Format(time.RFC3339)), nil
			}
		}
	}
	return "", nil
}

// Again destroys anew, in a bag that was restored from an older copy, the keys of all that the shred log has. It says how many
// had come back.
func Again(ctx context.Context, s store.KeyStore, keys Keys) (int, error) {
	var ids [][32]byte
	if _, err := store.VerifyShredLog(ctx, s, func(e store.Shredding) { ids = append(ids, e.Tradeline) }); err != nil {
		return 0, err
	}
	return keys.Erase(ctx, ids)
}
