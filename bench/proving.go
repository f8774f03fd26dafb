package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/creditd/creditd/privacy/setup"
	predicatetypes "github.com/creditd/creditd/x/predicate/types"
)

// circuitsFor are those that a network needs for what is measured.
func circuitsFor(workloads []string) []string {
	if slices.Contains(workloads, Predicate) {
		return []string{provenCircuit}
	}
	return nil
}

// proving makes the keys of the chain's circuit from the setup that the network agreed.
func (n *network) proving(ctx context.Context, r *run) (*proving, error) {
	if n.manifest.Predicates == nil {
		return nil, fmt.Errorf("%s needs a network that bench starts: leave --against out", Predicate)
	}
	s, err := setup.ReadFile(n.manifest.Predicates.File)
	if err != nil {
		return nil, err
	}
	r.say("making the keys of circuit %s", provenCircuit)
	made, err := newProving(s)
	if err != nil {
		return nil, err
	}
	params, err := predicatetypes.NewQueryClient(n.client.Conn()).Params(ctx, &predicatetypes.QueryParamsRequest{})
	if err != nil {
		return nil, fmt.Errorf("parameters of x/predicate: %w", err)
	}
	r.maxProofs = int(params.Params.MaxProofsPerBlock)
	return made, nil
}

// subjectsOfProofs is how many subjects are asked about, so that no account runs out of proofs: in each round there are two bursts, and
// the accounts take turns in each.
func (r *run) subjectsOfProofs() int {
	accounts := len(r.network.accounts)
	ofAccount := r.Rounds * max(len(r.State), 1) * (upward(r.Proofs, accounts) + upward(r.PacedTxs, accounts))
	return accounts * upward(ofAccount, questionsEach)
}

func upward(n, by int) int { return (n + by - 1) / by }

// answer asks questions about the subjects that are under control, and proves the answers: what is sent later is ready then.
func (r *run) answer(ctx context.Context) error {
	if len(r.maker.controlled) == 0 {
		return errors.New("no account controls a subject")
	}
	steps, err := r.maker.ask(r.proofs)
	if err != nil {
		return err
	}
	r.say("asking %d questions", len(steps[2])*questionsEach)
	if err := r.carryOut(ctx, steps); err != nil {
		return err
	}
	began := time.Now()
	expiry := func(ctx context.Context, id [32]byte) (time.Time, error) {
		inquiry, _, err := r.network.client.Inquiry(ctx, id)
		return inquiry.ExpiresAt, err
	}
	err = r.maker.prove(ctx, r.proofs, expiry, func(done, all int) {
		if done%(questionsEach*100) == 0 {
			r.say("proving: %d of %d", done, all)
		}
	})
	r.say("proven in %s", time.Since(began).Round(time.Second))
	return err
}
