package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/erasure"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/store"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

type shredResult struct {
	Tradelines []erasure.Result `json:"tradelines"`
	LogHead    string           `json:"log_head"` // last hash of the shred log, whose chain was checked
	Again      *int             `json:"again,omitempty"`
	Seconds    float64          `json:"seconds"`
}

type shredFlags struct {
	tradelines []string
	subject    string
	erasures   bool
	again      bool
}

func newShredCmd() *cobra.Command {
	var f shredFlags
	cmd := &cobra.Command{
		Use:   "shred",
		Short: "Destroy what the vault has of a tradeline, and attest it on the chain",
		Long: `Destroy the keys, the seeds and the ciphertexts of all versions of a tradeline, in the store, its logs and in every copy of them
wherever it is, and then leave the institution's word for it on the chain. docs/vault-erasure.md says why nothing can be read
afterwards, and what it does not reach. THERE IS NO WAY BACK.

Destroyed is only what the chain lets be destroyed: what its subject asked for (--erasures finds the requests), or what is past
its retention; not what is disputed or under a legal hold. Requests that this institution has answered with a refusal are not among
those that --erasures finds. Each destruction is in the shred log, whose entries are hash-chained, and the entry's hash is the evidence on the chain. It can be interrupted or
killed: run it again and it goes on.

With --again it destroys anew what the shred log has, in a key bag that had to be restored from an older copy. That needs no node.

JSON: tradelines [tradeline, outcome (destroyed, already, refused, owed), versions, evidence, reason], log_head, again, seconds.
It exits with 0 when nothing was refused and nothing is owed to the chain.`,
		Example: example(
			"creditd vault shred --home ~/.creditd-devnet/bank-a --erasures",
			"creditd vault shred --home ~/.creditd-devnet/bank-a --again"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			e, err := newEnvironment(cmd)
			if err != nil {
				return err
			}
			ctx, cancel := interruptible(cmd)
			defer cancel()
			start := time.Now()
			result, err := e.shred(ctx, f)
			if err != nil {
				return err
			}
			result.Seconds = time.Since(start).Seconds()
			if err := e.print(result, result.print); err != nil {
				return err
			}
			return result.failed()
		},
	}
	cmd.Flags().StringArrayVar(&f.tradelines, "tradeline", nil, "Id of a tradeline; may be repeated")
	cmd.Flags().StringVar(&f.subject, "subject", "", "Pseudonym of its subject; only needed if the vault has nothing of the tradeline any more")
	cmd.Flags().BoolVar(&f.erasures, "erasures", false, "All tradelines of this institution whose subjects asked for it on the chain")
	cmd.Flags().BoolVar(&f.again, "again", false, "Destroy anew what the shred log has, after the key bag was restored from an older copy")
	cmd.MarkFlagsOneRequired("tradeline", "erasures", "again")
	cmd.MarkFlagsMutuallyExclusive("tradeline", "erasures", "again")
	return cmd
}

func (r *shredResult) print(w io.Writer) {
	if r.Again != nil {
		_, _ = fmt.Fprintf(w, "%d keys that had come back are destroyed anew\n", *r.Again)
		return
	}
	for _, t := range r.Tradelines {
		_, _ = fmt.Fprintf(w, "%s  %s, %d versions", t.Tradeline, t.Outcome, t.Versions)
		if t.Reason != "" {
			_, _ = fmt.Fprintf(w, ": %s", t.Reason)
		}
		_, _ = fmt.Fprintln(w)
	}
	_, _ = fmt.Fprintf(w, "%d tradelines. Shred log: %s (whole)\n", len(r.Tradelines), r.LogHead)
	if slices.ContainsFunc(r.Tradelines, func(t erasure.Result) bool { return t.Outcome != erasure.Refused }) {
		_, _ = fmt.Fprintln(w, "Replace every backup of the key bag by a new one now: an old copy still has the keys.")
	}
}

func (r *shredResult) failed() error {
	refused, owed := 0, 0
	for _, t := range r.Tradelines {
		switch t.Outcome {
		case erasure.Refused:
			refused++
		case erasure.Owed:
			owed++
		case erasure.Destroyed, erasure.Already:
		}
	}
	if refused+owed == 0 {
		return nil
	}
	return fmt.Errorf("%d tradelines may not be destroyed now, %d are destroyed and not attested yet: see the reasons above, and run the command again when they are gone", refused, owed)
}

func (e *environment) shred(ctx context.Context, f shredFlags) (_ *shredResult, err error) {
	if f.again {
		return e.shredAgain(ctx)
	}
	v, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, v.close()) }()
	var targets []erasure.Target
	var asked *requests
	if f.erasures {
		if asked, err = findRequests(ctx, v); err != nil {
			return nil, err
		}
		targets = asked.targets
	} else if targets, err = findTargets(ctx, v.store, f); err != nil {
		return nil, err
	}
	progress := newLine(e.cmd.ErrOrStderr())
	results, err := erasure.Run(ctx, erasure.Config{
		Furnisher: v.sender.Address(), Chain: erasureChain{v.chain, v.sender}, Store: v.store, Keys: v.ring,
		Progress: func(done int) { progress.show("%d of %d tradelines", done, len(targets)) },
	}, targets)
	if err != nil {
		return nil, err
	}
	if asked != nil {
		if err := asked.remember(ctx, v.store, results); err != nil {
			return nil, err
		}
	}
	head, err := store.VerifyShredLog(ctx, v.store, nil)
	if err != nil {
		return nil, err
	}
	return &shredResult{Tradelines: results, LogHead: fmt.Sprintf("%x", head)}, nil
}

func (e *environment) shredAgain(ctx context.Context) (_ *shredResult, err error) {
	s, err := e.openStore(ctx)
	if err != nil {
		return nil, err
	}
	defer closing(&err, "the store", s)
	secret, err := e.secret("", e.passphrasePath())
	if err != nil {
		return nil, err
	}
	defer clear(secret)
	ring, err := keys.OpenOlder(ctx, s, e.bagPath(), keys.WithSecret(secret))
	if err != nil {
		return nil, err
	}
	defer closing(&err, "the key ring", ring)
	n, err := erasure.Again(ctx, s, ring)
	if err != nil {
		return nil, err
	}
	head, err := store.VerifyShredLog(ctx, s, nil)
	return &shredResult{Tradelines: []erasure.Result{}, LogHead: fmt.Sprintf("%x", head), Again: &n}, err
}

// erasureChain gives erasure what it needs of the client.
type erasureChain struct {
	*client.Client
	sender *client.Sender
}

func (c erasureChain) Attest(ctx context.Context, msg *credittypes.MsgAttestDestruction) error {
	_, err := c.sender.Send(ctx, msg)
	return err
}

// findTargets finds the subjects of tradelines in the store, or in the shred log of an earlier run.
func findTargets(ctx context.Context, s store.Store, f shredFlags) ([]erasure.Target, error) {
	ids := make([][32]byte, len(f.tradelines))
	for i, text := range f.tradelines {
		var err error
		if ids[i], err = parseID("--tradeline", text); err != nil {
			return nil, err
		}
	}
	latest, err := s.Latest(ctx, ids)
	if err != nil {
		return nil, err
	}
	shredded := map[[32]byte][32]byte{}
	if _, err := store.VerifyShredLog(ctx, s, func(entry store.Shredding) { shredded[entry.Tradeline] = entry.Subject }); err != nil {
		return nil, err
	}
	targets := make([]erasure.Target, len(ids))
	for i, id := range ids {
		targets[i].Tradeline = id
		known, there := latest[id]
		subject, done := shredded[id]
		switch {
		case there:
			targets[i].Subject = known.Subject
		case done:
			targets[i].Subject = subject
		case f.subject != "":
			if targets[i].Subject, err = parseID("--subject", f.subject); err != nil {
				return nil, err
			}
		default:
			return nil, fmt.Errorf("this vault has nothing of tradeline %x and never destroyed it: check the id, or pass --subject to attest that there is nothing", id)
		}
	}
	return targets, nil
}

// requests for erasure that the chain has for this institution.
type requests struct {
	targets []erasure.Target
	heights []int64
	newest  int64 // height of the newest line that was read
}

const settingShred = "cli.shred.height"

// findRequests reads the institution's trail down to where everything was dealt with.
func findRequests(ctx context.Context, v *vault) (*requests, error) {
	var above int64
	data, err := v.store.Setting(ctx, settingShred)
	if err != nil {
		return nil, err
	}
	if data != nil {
		if err := json.Unmarshal(data, &above); err != nil {
			return nil, fmt.Errorf("settings of the vault: %w", err)
		}
	}
	r := &requests{newest: above}
	seen := map[[32]byte]bool{}
	newest, err := v.chain.ErasuresAsked(ctx, v.sender.Address(), above, func(subject, tradeline [32]byte, height int64) error {
		if seen[tradeline] {
			return nil
		}
		seen[tradeline] = true
		asked, err := v.chain.Erasure(ctx, tradeline)
		if err != nil {
			return err
		}
		if asked.Status == credittypes.ERASURE_STATUS_REQUESTED || asked.Status == credittypes.ERASURE_STATUS_SILENT {
			r.targets = append(r.targets, erasure.Target{Tradeline: tradeline, Subject: subject})
			r.heights = append(r.heights, height)
		}
		return nil
	})
	r.newest = max(r.newest, newest)
	return r, err
}

// remember keeps how far everything was dealt with, so that the next run need not read it again. The newest block may not have
// been read whole, and a request that could not be met is looked at again.
func (r *requests) remember(ctx context.Context, s store.Store, results []erasure.Result) error {
	height := r.newest - 1
	for i := range results {
		if results[i].Outcome == erasure.Refused || results[i].Outcome == erasure.Owed {
			height = min(height, r.heights[i]-1)
		}
	}
	if height <= 0 {
		return nil
	}
	data, err := json.Marshal(height)
	if err != nil {
		return err
	}
	return s.SetSettings(ctx, map[string][]byte{settingShred: data})
}
