// Package audit compares a vault with the chain, record by record, in both directions.
package audit

import (
	"context"
	"encoding/hex"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/store"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// Chain is what an audit asks the chain.
type Chain interface {
	Tradelines(ctx context.Context, subject [32]byte) ([]credittypes.Tradeline, error)
	Versions(ctx context.Context, subject, id [32]byte) ([]credittypes.TradelineVersion, error)
	GetAttestation(ctx context.Context, id [32]byte) (attestationtypes.Attestation, error)
}

// History is all that the chain ever took from a furnisher. Without it, an audit finds what is missing of the subjects
// that the vault knows, and not those that it has lost altogether.
type History interface {
	WalkReports(ctx context.Context, institution string, visit func(client.Reports) error) error
}

// Store is the part of a store that an audit reads.
type Store interface {
	Subjects(ctx context.Context, after *[32]byte, limit int) ([][32]byte, error)
	OfSubject(ctx context.Context, subject [32]byte, limit int) ([]store.Record, error)
}

// Problem names what is wrong with one record.
type Problem string

// The problems.
const (
	Unreadable Problem = "unreadable" // a bit was changed, or the key is another
	Altered    Problem = "altered"    // it does not hash to the commitment on the chain
	Foreign    Problem = "foreign"    // the chain does not have it, or from another furnisher
	Stale      Problem = "stale"      // the chain has a later version
	Missing    Problem = "missing"    // the chain has a version that the vault does not
	Erased     Problem = "erased"     // its destruction is attested, and here it is
	Unsettled  Problem = "unsettled"  // staged; the next import settles it
	Unseen     Problem = "unseen"     // the node no longer has a block with reports
)

// Finding is one problem.
type Finding struct {
	Problem     Problem `json:"problem"`
	Tradeline   string  `json:"tradeline"`
	Attestation string  `json:"attestation"`
	Detail      string  `json:"detail"`
}

// Result of an audit.
type Result struct {
	Records  int             `json:"records"`
	Sound    int             `json:"sound"`
	Subjects int             `json:"subjects"` // of the vault's records
	Blocks   int             `json:"blocks"`   // with reports, that were compared with the vault; 0 without a history
	Problems map[Problem]int `json:"problems"` // all findings by kind
	Findings []Finding       `json:"findings"` // the first MaxFindings
	Omitted  int             `json:"omitted"`  // findings beyond those
}

// Options of an audit.
type Options struct {
	Furnisher string // operator whose vault it is
	History   History
	Progress  func(done, total int64) // records; total is Records
	Records   int64                   // in the store, as far as known
}

const (
	// MaxFindings that a result lists: a store that is wrong altogether should not fill the memory.
	MaxFindings = 10_000
	// page of subjects that are checked at once, by workers that wait for the node most of the time.
	page    = 64
	workers = 8
	// maxOfSubject bounds the records of one subject, which are in memory together.
	maxOfSubject = 10_000
)

// Run checks every record of a vault. It returns an error only if it could not go through to the end; what is wrong with
// records is in the result. Its memory does not grow with the store.
func Run(ctx context.Context, s Store, provider keys.Provider, chain Chain, options Options) (Result, error) {
	a := &auditor{store: s, provider: provider, chain: chain, furnisher: options.Furnisher}
	a.result.Findings, a.result.Problems = []Finding{}, map[Problem]int{}
	var after *[32]byte
	for {
		subjects, err := s.Subjects(ctx, after, page)
		if err != nil {
			return a.result, err
		}
		if err := a.checkAll(ctx, subjects); err != nil {
			return a.result, err
		}
		if options.Progress != nil {
			options.Progress(int64(a.result.Records), max(options.Records, int64(a.result.Records)))
		}
		if len(subjects) < page {
			break
		}
		after = &subjects[len(subjects)-1]
	}
	if options.History == nil {
		return a.result, nil
	}
	return a.result, a.checkHistory(ctx, options.History)
}

type auditor struct {
	store     Store
	provider  keys.Provider
	chain     Chain
	furnisher string
	result    Result
}

// checkAll checks some subjects at once and adds what is found in their order.
func (a *auditor) checkAll(ctx context.Context, subjects [][32]byte) error {
	checked := make([]*subjectCheck, len(subjects))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	for i := range subjects {
		group.Go(func() error {
			check, err := a.check(ctx, subjects[i])
			checked[i] = check
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for i := range checked {
		a.result.Subjects++
		a.result.Records += len(checked[i].records)
		a.result.Sound += len(checked[i].records) - len(checked[i].flagged)
		for _, finding := range checked[i].findings {
			a.add(finding)
		}
	}
	return nil
}

// check checks a subject; one with findings a second time, since an import that runs meanwhile changes both sides.
func (a *auditor) check(ctx context.Context, subject [32]byte) (*subjectCheck, error) {
	for again := false; ; again = true {
		c := &subjectCheck{auditor: a, subject: subject, flagged: map[[32]byte]bool{}}
		if err := c.run(ctx); err != nil || len(c.findings) == 0 || again {
			return c, err
		}
	}
}

func (a *auditor) add(finding Finding) {
	a.result.Problems[finding.Problem]++
	if len(a.result.Findings) < MaxFindings {
		a.result.Findings = append(a.result.Findings, finding)
	} else {
		a.result.Omitted++
	}
}

// checkHistory goes through all blocks in which the furnisher reported something, for subjects that the vault has
// nothing of. Those that it has something of are checked already.
func (a *auditor) checkHistory(ctx context.Context, history History) error {
	return history.WalkReports(ctx, a.furnisher, func(reports client.Reports) error {
		if reports.Pruned {
			a.add(Finding{Problem: Unseen, Detail: fmt.Sprintf("the node no longer has block %d, in which reports of %s are: "+
				"name a node that keeps all blocks with --node, or leave the history out with --known-subjects-only", reports.Height, a.furnisher)})
		} else {
			a.result.Blocks++
		}
		for _, reported := range reports.Tradelines {
			known, err := a.store.Subjects(ctx, before(reported.Subject), 1)
			if err != nil {
				return err
			}
			if len(known) == 1 && known[0] == reported.Subject {
				continue
			}
			if err := a.checkLost(ctx, reported); err != nil {
				return err
			}
		}
		return nil
	})
}

// checkLost checks a tradeline of a subject of which the vault has no record. A tradeline is reported for the first time
// once, and so it is found once.
func (a *auditor) checkLost(ctx context.Context, reported client.Reported) error {
	check, err := a.check(ctx, reported.Subject)
	if err != nil {
		return err
	}
	for _, finding := range check.findings {
		if finding.Tradeline == hex.EncodeToString(reported.Tradeline[:]) {
			a.add(finding)
		}
	}
	return nil
}

// before is the id that comes just before another one; nil before the first.
func before(id [32]byte) *[32]byte {
	for i := len(id) - 1; i >= 0; i-- {
		id[i]--
		if id[i] != 0xff {
			return &id
		}
	}
	return nil
}
