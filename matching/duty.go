package matching

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/agent"
	pseudonymtypes "github.com/creditd/creditd/x/pseudonym/types"
)

// Duty ends sessions for the institution: it records the server's transcript after the client has recorded its own, and destroys the
// secrets of sessions that are over. Until then a client that lost an answer may ask again. That one is over is proven: a node that
// lies makes the vault destroy nothing.
type Duty struct {
	Secrets  agent.Secrets
	Sessions *Sessions
	Proven   Matches
	Now      func() time.Time // time.Now if nil

	missed map[[32]byte]time.Time // since when the chain is known not to have a session
	looked int64                  // height at which sessions were looked at that the node does not tell of
}

// lookEvery so many blocks: a session that is not on the chain yet costs a wait for the next header.
const lookEvery = 20

// missedFor so long, by the vault's own clock, a session is not on the chain: its transaction, which is good for ten minutes at most
// (x/auth, unordered ones), will not come any more.
const missedFor = time.Hour

var _ agent.Duty = (*Duty)(nil)

// Name implements agent.Duty.
func (*Duty) Name() string { return "matching" }

// Block implements agent.Duty.
func (d *Duty) Block(ctx context.Context, chain agent.Chain) error {
	live := map[[32]byte]bool{}
	queries := pseudonymtypes.NewQueryClient(chain.Conn())
	var errs []error
	for page := (&query.PageRequest{}); ; {
		found, err := queries.Matches(ctx, &pseudonymtypes.QueryMatchesRequest{Institution: chain.Operator(), Pagination: page})
		if err != nil {
			return err
		}
		for i := range found.Matches {
			match := &found.Matches[i]
			if len(match.Id) == 32 {
				live[[32]byte(match.Id)] = true
				errs = append(errs, d.Sessions.Add(ctx, [32]byte(match.Id)), d.conclude(ctx, chain, match))
			}
		}
		if found.Pagination == nil || len(found.Pagination.NextKey) == 0 {
			break
		}
		page = &query.PageRequest{Key: found.Pagination.NextKey}
	}
	if d.looked != 0 && chain.Height() < d.looked+lookEvery {
		return errors.Join(errs...)
	}
	d.looked = chain.Height()
	known, err := d.Sessions.All(ctx)
	errs = append(errs, err)
	for _, id := range known {
		if !live[id] {
			errs = append(errs, d.end(ctx, chain.ID(), id))
		}
	}
	return errors.Join(errs...)
}

// end destroys the secrets of a session that is over, or that never began.
func (d *Duty) end(ctx context.Context, chainID string, id [32]byte) error {
	match, err := d.Proven.Match(ctx, id)
	switch {
	case errors.Is(err, client.ErrNotFound):
		if !d.neverCame(id) {
			return nil
		}
	case err != nil:
		return err
	case !match.Over():
		delete(d.missed, id)
		return nil
	}
	delete(d.missed, id)
	if err := d.Secrets.Destroy(ctx, scope(chainID, id)); err != nil {
		return err
	}
	return d.Sessions.Remove(ctx, id)
}

// neverCame says whether a session that the chain does not have will not be there any more. Until then it may be about to come. The time
// counts from when this process first missed it, so that a restart waits anew.
func (d *Duty) neverCame(id [32]byte) bool {
	now := time.Now
	if d.Now != nil {
		now = d.Now
	}
	since, known := d.missed[id]
	if !known {
		if d.missed == nil {
			d.missed = map[[32]byte]time.Time{}
		}
		d.missed[id] = now()
		return false
	}
	return now().Sub(since) >= missedFor
}

// conclude records the server's transcript.
func (d *Duty) conclude(ctx context.Context, chain agent.Chain, match *pseudonymtypes.Match) error {
	if match.Server != chain.Operator() || len(match.ClientTranscript) == 0 || len(match.ServerTranscript) != 0 {
		return nil
	}
	transcript, err := d.Secrets.Get(ctx, scope(chain.ID(), [32]byte(match.Id)), nameTranscript)
	if errors.Is(err, agent.ErrNoSecret) || errors.Is(err, agent.ErrDestroyed) {
		return nil // this vault did not answer: what the client recorded stays alone
	}
	if err != nil {
		return err
	}
	return chain.Send(ctx, &pseudonymtypes.MsgCloseMatch{Institution: chain.Operator(), Id: bytes.Clone(match.Id), Transcript: transcript})
}
