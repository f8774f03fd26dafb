// Package exposure is the duty of an institution that is asked for its part in a sum (x/exposure): it encrypts its number, and
// when the sum is fixed it gives its share of the opening.
//
// Everything follows from the chain's state, the vault's records and the share of the committee's key that the duty of
// committees keeps. Nothing has to be remembered between the two messages: an encryption that was sent and forgotten is
// never needed again, and one that was made and not sent is made anew. So the duty may be killed anywhere and goes on.
//
// Of the institution's node it believes which rounds wait for it. A number is encrypted to the key of a committee that is proven
// (vault/lightchain), whatever the node says of the round, so that nobody but a threshold of that committee can open it; and a share
// is given for a sum that is proven, to the key that is proven, which costs one block.
package exposure

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/privacy/exposure"
	"github.com/creditd/creditd/privacy/threshold"
	"github.com/creditd/creditd/vault/agent"
	"github.com/creditd/creditd/vault/agent/committee"
	"github.com/creditd/creditd/vault/internal/crash"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/store"
	committeetypes "github.com/creditd/creditd/x/committee/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	"github.com/creditd/creditd/x/exposure/types"
)

// maxRounds that the duty works on at one block. More wait for the next.
const maxRounds = 16

// Records is the part of the vault's store that the duty reads.
type Records interface {
	// OfSubject returns all versions of all tradelines of a subject; more than limit is an error.
	OfSubject(ctx context.Context, subject [32]byte, limit int) ([]store.Record, error)
	// Records returns up to limit records after one, in the order in which they were staged; nil starts.
	Records(ctx context.Context, after *[32]byte, limit int) ([]store.Record, error)
}

// Proven is the chain as it is proven and not as a node tells it; lightchain.Chain is one. What is not there is an error that
// wraps client.ErrNotFound.
type Proven interface {
	// WaitFor waits until the state that a block left is proven.
	WaitFor(ctx context.Context, height int64) error
	// Committee by id.
	Committee(ctx context.Context, id uint64) (committeetypes.Committee, error)
	// Round by id.
	Round(ctx context.Context, id [32]byte) (types.Round, error)
	// Part of a round that the member of an index has.
	Part(ctx context.Context, round [32]byte, index uint32) (types.Part, error)
}

// Duty of one institution.
type Duty struct {
	secrets agent.Secrets
	proven  Proven
	records Records
	keys    keys.Provider
	log     *slog.Logger
}

var _ agent.Duty = (*Duty)(nil)

// New duty.
func New(secrets agent.Secrets, proven Proven, records Records, provider keys.Provider, log *slog.Logger) *Duty {
	return &Duty{secrets: secrets, proven: proven, records: records, keys: provider, log: log}
}

// Name implements agent.Duty.
func (*Duty) Name() string { return "exposure" }

// Block implements agent.Duty.
func (d *Duty) Block(ctx context.Context, chain agent.Chain) error {
	answer, err := types.NewQueryClient(chain.Conn()).Duties(ctx, &types.QueryDutiesRequest{Member: chain.Operator()})
	if err != nil {
		return fmt.Errorf("sums that wait for %s: %w", chain.Operator(), err)
	}
	var failed error
	var msgs []sdk.Msg
	for i, due := range answer.Duties {
		if i == maxRounds {
			break
		}
		msg, err := d.answer(ctx, chain, due)
		if err != nil { // the others are not to wait for this one
			failed = errors.Join(failed, fmt.Errorf("round %x: %w", due.Round.Id, err))
		}
		if msg != nil {
			msgs = append(msgs, msg)
		}
	}
	return errors.Join(failed, d.send(ctx, chain, msgs))
}

// answer is the message that a round waits for; nil when its time is over, or not there.
func (d *Duty) answer(ctx context.Context, chain agent.Chain, due types.Duty) (sdk.Msg, error) {
	if err := wellFormed(due); err != nil {
		return nil, err
	}
	if !chain.Time().Before(due.Round.Due()) {
		return nil, nil //nolint:nilnil // too late
	}
	if due.Round.Status == types.STATUS_OPENING {
		return d.open(ctx, chain, due)
	}
	return d.submit(ctx, chain, due)
}

// submit the institution's number, encrypted to the committee's key.
func (d *Duty) submit(ctx context.Context, chain agent.Chain, due types.Duty) (sdk.Msg, error) {
	committee, err := d.proven.Committee(ctx, due.Round.CommitteeId)
	if err != nil {
		return nil, fmt.Errorf("committee %d: %w", due.Round.CommitteeId, err)
	}
	if committee.Purpose != committeetypes.PURPOSE_EXPOSURE || committee.Epoch != due.Round.Epoch ||
		!bytes.Equal(committee.PublicKey, due.Round.CommitteeKey) {
		return nil, fmt.Errorf("%w: the key of the round is not that of committee %d", errLies, due.Round.CommitteeId)
	}
	by, statement, err := statementOf(chain, due.Round)
	if err != nil {
		return nil, err
	}
	opening, err := d.number(ctx, chain, due)
	if err != nil {
		return nil, err
	}
	bz, err := exposure.Submit(rand.Reader, statement, by, due.Part.AttestedOf(due.Round.Kind), opening)
	if err != nil {
		return nil, err
	}
	return &types.MsgSubmit{Member: chain.Operator(), RoundId: due.Round.Id, Submission: bz}, nil
}

// open gives the institution's share for the sum that is proven; nil while none is.
func (d *Duty) open(ctx context.Context, chain agent.Chain, told types.Duty) (sdk.Msg, error) {
	if err := d.proven.WaitFor(ctx, chain.Height()-1); err != nil {
		return nil, err
	}
	due, id := types.Duty{}, [32]byte(told.Round.Id)
	round, err := d.proven.Round(ctx, id)
	if err == nil {
		due.Round = round
		due.Part, err = d.proven.Part(ctx, id, told.Part.Index)
	}
	if errors.Is(err, client.ErrNotFound) || (err == nil && due.Round.Status != types.STATUS_OPENING) {
		return nil, nil //nolint:nilnil // its sum is not fixed, or in the newest block
	}
	if err != nil {
		return nil, err
	}
	if due.Part.Member != chain.Operator() {
		return nil, fmt.Errorf("%w: part %d is of another institution", errLies, told.Part.Index)
	}
	by, statement, err := statementOf(chain, due.Round)
	if err != nil {
		return nil, err
	}
	share, err := d.share(ctx, chain, due)
	if err != nil {
		return nil, err
	}
	bz, err := exposure.GiveShare(rand.Reader, statement, by, due.Round.Sum, share.Scalar)
	if err != nil {
		return nil, err
	}
	return &types.MsgGiveShare{Member: chain.Operator(), RoundId: due.Round.Id, Share: bz}, nil
}

// errLies is wrapped when the node says what the chain does not have.
var errLies = errors.New("the node's answer is not what the chain has: use another node")

// wellFormed refuses what no honest node says, before it is used.
func wellFormed(due types.Duty) error {
	r := due.Round
	fixed := [][]byte{r.Id, r.Cohort, r.CommitteeKey, r.AskerKey}
	if r.Kind.OfSubject() {
		fixed = append(fixed, r.Subject)
	}
	for _, field := range append(fixed, due.Part.AttestationIds...) {
		if len(field) != 32 {
			return fmt.Errorf("%w: a field of %d bytes", errLies, len(field))
		}
	}
	return nil
}

// statementOf is what the proofs of the institution are bound to.
func statementOf(chain agent.Chain, round types.Round) (by sdk.AccAddress, statement exposure.Round, err error) {
	if by, err = sdk.AccAddressFromBech32(chain.Operator()); err != nil {
		return nil, statement, err
	}
	asker, err := sdk.AccAddressFromBech32(round.Asker)
	if err != nil {
		return nil, statement, fmt.Errorf("%w: asker: %w", errLies, err)
	}
	return by, round.Statement(chain.ID(), asker), nil
}

// share of the committee's key; it must be the one that the round knows the public half of, else the chain would put a lie on
// record that is none.
func (d *Duty) share(ctx context.Context, chain agent.Chain, due types.Duty) (threshold.Share, error) {
	share, err := committee.Share(ctx, d.secrets, chain.ID(), due.Round.CommitteeId)
	if err != nil {
		return share, fmt.Errorf("share of the key of committee %d: %w", due.Round.CommitteeId, err)
	}
	if share.Index != due.Part.Index || string(share.Public().Bytes()) != string(due.Part.PublicShare) {
		return share, fmt.Errorf("the vault's share of the key of committee %d is not the one that the chain knows", due.Round.CommitteeId)
	}
	return share, nil
}

// number that the round asks for.
func (d *Duty) number(ctx context.Context, chain agent.Chain, due types.Duty) (exposure.Opening, error) {
	switch due.Round.Kind {
	case types.KIND_EXPOSURE:
		subjects, err := pseudonyms(ctx, chain, due.Round.Subject)
		if err != nil {
			return exposure.Opening{}, err
		}
		return d.balance(ctx, subjects, due.Part.AttestationIds)
	case types.KIND_COUNT:
		subjects, err := pseudonyms(ctx, chain, due.Round.Subject)
		if err != nil {
			return exposure.Opening{}, err
		}
		lent, err := d.lentSince(ctx, subjects, chain.Time().Add(-countWindow), chain.Time())
		if err != nil || !lent {
			return exposure.Opening{}, err
		}
		return exposure.Opening{Value: 1}, nil
	case types.KIND_SECTOR:
		total, err := d.sector(ctx, due.Round.Sector)
		return exposure.Opening{Value: total}, err
	}
	return exposure.Opening{}, fmt.Errorf("kind %s is not known to this program: use a newer one", due.Round.Kind)
}

// pseudonyms under which the vault may have records of the subject.
func pseudonyms(ctx context.Context, chain agent.Chain, subject []byte) ([][32]byte, error) {
	answer, err := credittypes.NewQueryClient(chain.Conn()).Subject(ctx, &credittypes.QuerySubjectRequest{Subject: fmt.Sprintf("%x", subject)})
	if err != nil {
		return nil, fmt.Errorf("subject of the round: %w", err)
	}
	list := [][32]byte{[32]byte(subject)}
	for _, alias := range answer.Subject.Aliases {
		if len(alias) != 32 {
			return nil, fmt.Errorf("%w: a pseudonym of %d bytes", errLies, len(alias))
		}
		list = append(list, [32]byte(alias))
	}
	return list, nil
}

// send all in one transaction; if the chain refuses that, each alone.
func (d *Duty) send(ctx context.Context, chain agent.Chain, msgs []sdk.Msg) error {
	if len(msgs) == 0 {
		return nil
	}
	err := chain.Send(ctx, msgs...)
	crash.Point("messages sent")
	if err == nil {
		for _, msg := range msgs {
			d.log.Info("an answer to a sum is on the chain", "message", sdk.MsgTypeURL(msg))
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
	if errors.Is(err, types.ErrDoneBefore) || errors.Is(err, types.ErrWrongPhase) {
		return nil
	}
	return err
}

// countWindow is how far back a count of lenders looks.
const countWindow = 30 * 24 * time.Hour
