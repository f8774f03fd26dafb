package matching

import (
	"bytes"
	"context"
	"errors"

	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/creditd/creditd/vault/agent"
	pseudonymtypes "github.com/creditd/creditd/x/pseudonym/types"
)

// Duty ends sessions for the institution: it records the server's transcript after the client has recorded its own, and destroys the
// secrets of sessions that are over. Until then a client that lost an answer may ask again.
type Duty struct {
	Secrets agent.Secrets

	live map[[32]byte]bool // at the last block
}

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
				errs = append(errs, d.conclude(ctx, chain, match))
			}
		}
		if found.Pagination == nil || len(found.Pagination.NextKey) == 0 {
			break
		}
		page = &query.PageRequest{Key: found.Pagination.NextKey}
	}
	for id := range d.live {
		if live[id] {
			continue
		}
		if err := d.Secrets.Destroy(ctx, scope(chain.ID(), id)); err != nil {
			errs = append(errs, err)
			live[id] = true // again at the next block
		}
	}
	d.live = live
	return errors.Join(errs...)
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
