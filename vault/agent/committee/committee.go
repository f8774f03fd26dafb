// Package committee is the duty of an institution that is a member of committees (x/committee): it makes and shares out keys
// with the others, keeps the institution's shares, and destroys them when they are to be destroyed.
//
// Everything follows from the chain's state and from secrets that were stored before what commits to them was sent: a
// transport key before Join, the seed of a dealing before Deal. So the duty may be killed anywhere and goes on.
//
// Of the institution's node it believes only what gives nothing away: which committees to look at, that one is joined, and
// that dealings are right. What decides to whom a share is encrypted, what a complaint reveals, which share is kept and what is
// destroyed is read with proof (vault/lightchain), which comes a block later. So a node that lies can keep the institution out
// of a committee, and no more.
package committee

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/agent"
	"github.com/creditd/creditd/vault/internal/crash"
	"github.com/creditd/creditd/x/committee/types"
)

// enlistEvery so many blocks the duty looks whether its institution is enlisted.
const enlistEvery = 20

// Proven is the chain as it is proven and not as a node tells it; lightchain.Chain is one.
type Proven interface {
	// WaitFor waits until the state that a block left is proven.
	WaitFor(ctx context.Context, height int64) error
	// Committee by id; an error that wraps client.ErrNotFound if there is none.
	Committee(ctx context.Context, id uint64) (types.Committee, error)
	// Dealings of a committee, all of them.
	Dealings(ctx context.Context, id uint64) ([]types.Dealing, error)
}

// Duty of one institution.
type Duty struct {
	secrets  agent.Secrets
	proven   Proven
	log      *slog.Logger
	purposes []types.Purpose
	looked   int64 // height at which enlistments were looked at last
}

var _ agent.Duty = (*Duty)(nil)

// New duty, for committees of these purposes; with none, of all.
func New(secrets agent.Secrets, proven Proven, log *slog.Logger, purposes ...types.Purpose) *Duty {
	if len(purposes) == 0 {
		purposes = types.Purposes()
	}
	return &Duty{secrets: secrets, proven: proven, log: log, purposes: purposes}
}

// Name implements agent.Duty.
func (*Duty) Name() string { return "committee" }

// Block implements agent.Duty.
func (d *Duty) Block(ctx context.Context, chain agent.Chain) error {
	q := types.NewQueryClient(chain.Conn())
	var msgs []sdk.Msg
	var failed error
	for page := (*query.PageRequest)(nil); ; {
		answer, err := q.Duties(ctx, &types.QueryDutiesRequest{Operator: chain.Operator(), Pagination: page})
		if err != nil {
			return fmt.Errorf("duties of %s: %w", chain.Operator(), err)
		}
		for i := range answer.Committees {
			w := &work{Duty: d, chain: chain, q: q, c: &answer.Committees[i]}
			msg, err := w.due(ctx)
			if err != nil { // the others are not to wait for this one
				failed = errors.Join(failed, fmt.Errorf("committee %d: %w", w.c.Id, err))
			}
			if msg != nil {
				msgs = append(msgs, msg)
			}
		}
		if answer.Pagination == nil || len(answer.Pagination.NextKey) == 0 {
			break
		}
		page = &query.PageRequest{Key: answer.Pagination.NextKey}
	}
	enlist, err := d.enlistments(ctx, chain, q)
	return errors.Join(failed, err, d.send(ctx, chain, append(msgs, enlist...)))
}

// send all in one transaction, so that nobody waits a block for another committee; if the chain refuses that, each alone.
func (d *Duty) send(ctx context.Context, chain agent.Chain, msgs []sdk.Msg) error {
	if len(msgs) == 0 {
		return nil
	}
	err := chain.Send(ctx, msgs...)
	crash.Point("messages sent")
	if err == nil {
		for _, msg := range msgs {
			d.log.Info("a committee's message is on the chain", "message", sdk.MsgTypeURL(msg))
		}
		return nil
	}
	if !client.Refused(err) || len(msgs) == 1 {
		return passed(err)
	}
	var failed error
	for _, msg := range msgs {
		failed = errors.Join(failed, passed(chain.Send(ctx, msg)))
	}
	return failed
}

// passed is no error when what was sent came too late or twice: the state at the next block says what is due.
func passed(err error) error {
	for _, over := range []error{types.ErrDoneBefore, types.ErrWrongPhase, types.ErrEnlisted} {
		if errors.Is(err, over) {
			return nil
		}
	}
	return err
}

// enlistments are the messages by which the institution says that it is ready, where it may and has not.
func (d *Duty) enlistments(ctx context.Context, chain agent.Chain, q types.QueryClient) ([]sdk.Msg, error) {
	if d.looked != 0 && chain.Height() < d.looked+enlistEvery {
		return nil, nil
	}
	institution, err := institutionOf(ctx, chain)
	if err != nil {
		return nil, err
	}
	d.looked = chain.Height()
	if institution == nil {
		return nil, nil
	}
	params, err := q.Params(ctx, &types.QueryParamsRequest{})
	if err != nil {
		return nil, fmt.Errorf("parameters of committees: %w", err)
	}
	var msgs []sdk.Msg
	for _, purpose := range d.purposes {
		policy, err := params.Params.Policy(purpose)
		if err != nil {
			return nil, err
		}
		if !institution.may(policy) {
			continue
		}
		enlisted, err := isEnlisted(ctx, q, purpose, chain.Operator())
		if err != nil {
			return nil, err
		}
		if !enlisted {
			msgs = append(msgs, &types.MsgEnlist{Operator: chain.Operator(), Purpose: purpose})
		}
	}
	return msgs, nil
}

func isEnlisted(ctx context.Context, q types.QueryClient, purpose types.Purpose, operator string) (bool, error) {
	for page := (*query.PageRequest)(nil); ; {
		answer, err := q.Enlistments(ctx, &types.QueryEnlistmentsRequest{Purpose: purpose, Pagination: page})
		if err != nil {
			return false, fmt.Errorf("enlistments: %w", err)
		}
		for _, e := range answer.Enlistments {
			if e.Operator == operator {
				return true, nil
			}
		}
		if answer.Pagination == nil || len(answer.Pagination.NextKey) == 0 {
			return false, nil
		}
		page = &query.PageRequest{Key: answer.Pagination.NextKey}
	}
}
