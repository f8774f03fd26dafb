package committee

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/gtank/ristretto255"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/privacy/threshold"
	"github.com/creditd/creditd/vault/agent"
	"github.com/creditd/creditd/vault/internal/crash"
	"github.com/creditd/creditd/x/committee/types"
)

// Names of the secrets of a committee.
const (
	nameTransport = "transport" // secret of the transport key
	nameShare     = "share"     // index and share of the key
	nameSeed      = "seed"      // of the dealing, in a scope of its own: it is destroyed first
)

func scopeOf(chainID string, id uint64) string      { return fmt.Sprintf("committee/%s/%d", chainID, id) }
func dealingScope(chainID string, id uint64) string { return scopeOf(chainID, id) + "/dealing" }

// Share is the institution's share of a committee's key, for other duties. It is there soon after the committee became
// active; agent.ErrNoSecret before, agent.ErrDestroyed when it is gone.
func Share(ctx context.Context, secrets agent.Secrets, chainID string, id uint64) (threshold.Share, error) {
	stored, err := secrets.Get(ctx, scopeOf(chainID, id), nameShare)
	if err != nil {
		return threshold.Share{}, err
	}
	defer clear(stored)
	if len(stored) != 4+threshold.Size {
		return threshold.Share{}, errors.New("the stored share is damaged")
	}
	s, err := threshold.ParseSecret(stored[4:])
	return threshold.Share{Index: binary.BigEndian.Uint32(stored), Scalar: s}, err
}

// work on one committee at one block.
type work struct {
	*Duty
	chain agent.Chain
	q     types.QueryClient
	c     *types.Committee
}

// due does what needs no transaction and returns the message that is to be sent, nil for none.
func (w *work) due(ctx context.Context) (sdk.Msg, error) {
	member, isMember := w.c.Member(w.chain.Operator())
	if w.c.Status == types.STATUS_JOINING && isMember {
		if member.State != types.MEMBER_STATE_CALLED {
			return nil, nil //nolint:nilnil // it joined
		}
		return w.join(ctx)
	}
	if w.c.Status == types.STATUS_CONFIRMING && isMember && member.State == types.MEMBER_STATE_JOINED {
		if msg := w.confirmTold(ctx, member); msg != nil {
			return msg, nil
		}
	}
	known, err := w.prove(ctx)
	if err != nil || !known {
		return nil, err
	}
	return w.dueProven(ctx)
}

// prove puts the committee as it is proven in place of the one that the node told of; false if none is.
func (w *work) prove(ctx context.Context) (bool, error) {
	if err := w.proven.WaitFor(ctx, w.chain.Height()-1); err != nil {
		return false, err
	}
	c, err := w.proven.Committee(ctx, w.c.Id)
	if errors.Is(err, client.ErrNotFound) {
		return false, nil
	}
	w.c = &c
	return err == nil, err
}

// dueProven is what is due of a committee that is proven, one block after the node tells of it.
func (w *work) dueProven(ctx context.Context) (sdk.Msg, error) {
	operator := w.chain.Operator()
	member, isMember := w.c.Member(operator)
	dealer, isDealer := w.c.Dealer(operator)
	switch {
	case w.c.Status == types.STATUS_DEALING && isDealer && dealer.State == types.DEALER_STATE_EXPECTED:
		return w.deal(ctx, dealer)
	case w.c.Status == types.STATUS_CONFIRMING && isMember && member.State == types.MEMBER_STATE_JOINED:
		return w.confirm(ctx, member)
	case w.c.MayDestroy(operator) && w.c.Owes(operator):
		return w.destroy(ctx)
	case w.c.Serves() && isMember && member.State == types.MEMBER_STATE_HOLDER:
		return nil, w.keep(ctx, member)
	}
	return nil, nil //nolint:nilnil // nothing is due
}

// secretOf returns a secret of the committee, made now if there is none. It is durable when this returns.
func (w *work) secretOf(ctx context.Context, scope, name string, create func() ([]byte, error)) ([]byte, error) {
	known, err := w.secrets.Get(ctx, scope, name)
	if !errors.Is(err, agent.ErrNoSecret) {
		return known, err
	}
	made, err := create()
	if err != nil {
		return nil, err
	}
	err = w.secrets.Put(ctx, scope, name, made)
	crash.Point(name + " stored")
	return made, err
}

func (w *work) transport(ctx context.Context) (*ristretto255.Scalar, error) {
	bz, err := w.secrets.Get(ctx, scopeOf(w.chain.ID(), w.c.Id), nameTransport)
	if err != nil {
		return nil, err
	}
	defer clear(bz)
	return threshold.ParseSecret(bz)
}

func (w *work) join(ctx context.Context) (sdk.Msg, error) {
	bz, err := w.secretOf(ctx, scopeOf(w.chain.ID(), w.c.Id), nameTransport, func() ([]byte, error) {
		secret, err := threshold.NewTransportKey()
		if err != nil {
			return nil, err
		}
		return secret.Bytes(), nil
	})
	if err != nil {
		return nil, err
	}
	defer clear(bz)
	secret, err := threshold.ParseSecret(bz)
	if err != nil {
		return nil, err
	}
	proof, err := threshold.ProveTransportKey(rand.Reader, w.c.TransportContext(w.chain.ID(), w.chain.Operator()), secret)
	if err != nil {
		return nil, err
	}
	key := ristretto255.NewIdentityElement().ScalarBaseMult(secret).Bytes()
	return &types.MsgJoin{Operator: w.chain.Operator(), Id: w.c.Id, TransportKey: key, Proof: proof}, nil
}

func (w *work) deal(ctx context.Context, dealer *types.Dealer) (sdk.Msg, error) {
	seed, err := w.secretOf(ctx, dealingScope(w.chain.ID(), w.c.Id), nameSeed, func() ([]byte, error) {
		seed := make([]byte, threshold.Size)
		_, err := rand.Read(seed)
		return seed, err
	})
	if err != nil {
		return nil, err
	}
	defer clear(seed)
	var secret *ristretto255.Scalar // nil: a new one
	if w.c.Predecessor != 0 {
		share, err := Share(ctx, w.secrets, w.chain.ID(), w.c.Predecessor)
		if err != nil {
			return nil, fmt.Errorf("share in committee %d: %w", w.c.Predecessor, err)
		}
		secret = share.Scalar
	}
	sharing, err := w.c.Sharing(w.chain.ID())
	if err != nil {
		return nil, err
	}
	if len(seed) != threshold.Size {
		return nil, errors.New("the stored seed is damaged")
	}
	content, err := threshold.Deal(rand.Reader, sharing, dealer.Index, [threshold.Size]byte(seed), secret)
	if err != nil {
		return nil, err
	}
	return &types.MsgDeal{Operator: w.chain.Operator(), Id: w.c.Id, Dealing: content}, nil
}

// source of dealings.
type source func(ctx context.Context, id uint64) ([]types.Dealing, error)

// told are the dealings by the node's word.
func (w *work) told(ctx context.Context, id uint64) ([]types.Dealing, error) {
	answer, err := w.q.Dealings(ctx, &types.QueryDealingsRequest{Id: id})
	if err != nil {
		return nil, err
	}
	return answer.Dealings, nil
}

// opened are the shares that the dealers gave, and complaints about those that are wrong.
func (w *work) opened(ctx context.Context, member *types.Member, dealings source) (parts []*ristretto255.Scalar, complaints []types.Complaint, err error) {
	transport, err := w.transport(ctx)
	if err != nil {
		return nil, nil, err
	}
	sharing, err := w.c.Sharing(w.chain.ID())
	if err != nil {
		return nil, nil, err
	}
	list, err := dealings(ctx, w.c.Id)
	if err != nil {
		return nil, nil, fmt.Errorf("dealings: %w", err)
	}
	contents := map[uint32][]byte{}
	for _, d := range list {
		contents[d.Dealer] = d.Content
	}
	for _, index := range w.c.Qualified() {
		dealing, err := threshold.VerifyDealing(sharing, index, contents[index])
		if err != nil {
			return nil, nil, fmt.Errorf("a dealing of dealer %d that the chain would refuse: %w", index, err)
		}
		part, err := threshold.Open(sharing, index, dealing, member.Index, transport)
		if errors.Is(err, threshold.ErrShare) {
			secret, proof, err := threshold.Complain(rand.Reader, sharing, index, dealing, member.Index, transport)
			if err != nil {
				return nil, nil, err
			}
			complaints = append(complaints, types.Complaint{Dealer: index, Secret: secret, Proof: proof})
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		parts = append(parts, part)
	}
	return parts, complaints, nil
}

// confirmTold confirms by the node's word, which gives nothing away and saves a block; nil if a dealing of that word is wrong.
func (w *work) confirmTold(ctx context.Context, member *types.Member) sdk.Msg {
	_, complaints, err := w.opened(ctx, member, w.told)
	if err != nil || len(complaints) > 0 {
		return nil // what is proven says whether that is the dealer's fault or the node's
	}
	return &types.MsgConfirm{Operator: w.chain.Operator(), Id: w.c.Id}
}

// confirm or complain about dealings that are proven: a complaint reveals what the dealer encrypted the share with.
func (w *work) confirm(ctx context.Context, member *types.Member) (sdk.Msg, error) {
	_, complaints, err := w.opened(ctx, member, w.proven.Dealings)
	if err != nil {
		return nil, err
	}
	for _, c := range complaints {
		w.log.Warn("a dealer gave a wrong share: the chain is told", "committee", w.c.Id, "dealer", c.Dealer)
	}
	return &types.MsgConfirm{Operator: w.chain.Operator(), Id: w.c.Id, Complaints: complaints}, nil
}

// keep puts the share into the vault once the key is there, and destroys what the dealing was made from.
func (w *work) keep(ctx context.Context, member *types.Member) error {
	if err := w.forget(ctx, dealingScope(w.chain.ID(), w.c.Id), nameSeed); err != nil {
		return err
	}
	scope := scopeOf(w.chain.ID(), w.c.Id)
	known, err := w.secrets.Get(ctx, scope, nameShare)
	if err == nil {
		clear(known)
		return nil
	}
	if !errors.Is(err, agent.ErrNoSecret) {
		return err
	}
	share, err := w.share(ctx, member)
	if err != nil {
		return err
	}
	stored := append(binary.BigEndian.AppendUint32(nil, share.Index), share.Scalar.Bytes()...)
	defer clear(stored)
	err = w.secrets.Put(ctx, scope, nameShare, stored)
	crash.Point("share stored")
	if err == nil {
		w.log.Info("the vault holds a share of a committee's key", "committee", w.c.Id, "purpose", w.c.Purpose.String(), "epoch", w.c.Epoch)
	}
	return err
}

func (w *work) share(ctx context.Context, member *types.Member) (threshold.Share, error) {
	parts, complaints, err := w.opened(ctx, member, w.proven.Dealings)
	if err != nil {
		return threshold.Share{}, err
	}
	if len(complaints) > 0 {
		return threshold.Share{}, threshold.ErrShare
	}
	share := threshold.NewShare(member.Index, parts)
	if w.c.Predecessor != 0 {
		if share, err = threshold.KeptShare(member.Index, w.c.Qualified(), parts); err != nil {
			return threshold.Share{}, err
		}
	}
	if string(share.Public().Bytes()) != string(member.PublicShare) {
		return threshold.Share{}, errors.New("the share is not the one that the chain has the public half of")
	}
	return share, nil
}

// forget destroys a scope that has a secret of that name.
func (w *work) forget(ctx context.Context, scope, name string) error {
	known, err := w.secrets.Get(ctx, scope, name)
	switch {
	case errors.Is(err, agent.ErrNoSecret) || errors.Is(err, agent.ErrDestroyed):
		return nil
	case err != nil:
		return err
	}
	clear(known)
	return w.secrets.Destroy(ctx, scope)
}

// destroy all of the committee and say so.
func (w *work) destroy(ctx context.Context) (sdk.Msg, error) {
	id := w.chain.ID()
	if err := w.forget(ctx, dealingScope(id, w.c.Id), nameSeed); err != nil {
		return nil, err
	}
	if err := w.forget(ctx, scopeOf(id, w.c.Id), nameTransport); err != nil {
		return nil, err
	}
	w.log.Info("what the vault had of a committee's key is destroyed", "committee", w.c.Id)
	return &types.MsgAttestDestruction{Operator: w.chain.Operator(), Id: w.c.Id}, nil
}
