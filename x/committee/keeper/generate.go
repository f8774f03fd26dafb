package keeper

import (
	"context"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	"github.com/creditd/creditd/privacy/threshold"
	"github.com/creditd/creditd/x/committee/types"
)

// join notes a member's transport key.
func (k *Keeper) join(ctx context.Context, msg *types.MsgJoin) error {
	c, err := k.inPhase(ctx, msg.Id, msg.Operator, types.STATUS_JOINING)
	if err != nil {
		return err
	}
	member, ok := c.Member(msg.Operator)
	if !ok {
		return notMember(&c, msg.Operator)
	}
	if member.State != types.MEMBER_STATE_CALLED {
		return errorsmod.Wrapf(types.ErrDoneBefore, "%s has joined committee %d", msg.Operator, c.Id)
	}
	charge(ctx, types.GasJoin, "transport key")
	key, err := threshold.ParsePoint(msg.TransportKey)
	if err != nil {
		return errorsmod.Wrap(types.ErrInvalidKey, err.Error())
	}
	if err := threshold.VerifyTransportKey(c.TransportContext(chainID(ctx), msg.Operator), key, msg.Proof); err != nil {
		return errorsmod.Wrapf(types.ErrInvalidKey, "proof of possession: %s", err)
	}
	member.TransportKey, member.State = msg.TransportKey, types.MEMBER_STATE_JOINED
	if err := k.hurry(ctx, &c, c.Waits(types.MEMBER_STATE_CALLED)); err != nil {
		return err
	}
	return emit(ctx, &types.EventJoined{Id: c.Id, Operator: msg.Operator})
}

// deal takes a dealing after all checks that anybody can make.
func (k *Keeper) deal(ctx context.Context, msg *types.MsgDeal) error {
	c, err := k.inPhase(ctx, msg.Id, msg.Operator, types.STATUS_DEALING)
	if err != nil {
		return err
	}
	dealer, ok := c.Dealer(msg.Operator)
	if !ok {
		return notMember(&c, msg.Operator)
	}
	if dealer.State != types.DEALER_STATE_EXPECTED {
		return errorsmod.Wrapf(types.ErrDoneBefore, "%s has dealt in committee %d", msg.Operator, c.Id)
	}
	if len(msg.Dealing) > threshold.MaxDealing {
		return errorsmod.Wrapf(types.ErrInvalidDealing, "%d bytes; the largest has %d", len(msg.Dealing), threshold.MaxDealing)
	}
	charge(ctx, types.GasDeal(uint64(c.Threshold), uint64(len(c.Members))), "dealing")
	sharing, err := c.Sharing(chainID(ctx))
	if err != nil {
		return err
	}
	dealing, err := threshold.VerifyDealing(sharing, dealer.Index, msg.Dealing)
	if err != nil {
		return errorsmod.Wrap(types.ErrInvalidDealing, err.Error())
	}
	if err := k.requireOwnShare(ctx, &c, msg.Operator, dealing); err != nil {
		return err
	}
	stored := types.Dealing{CommitteeId: c.Id, Dealer: dealer.Index, Content: msg.Dealing}
	if err := k.Dealings.Set(ctx, collections.Join(c.Id, dealer.Index), stored); err != nil {
		return err
	}
	dealer.State = types.DEALER_STATE_DEALT
	if err := k.hurry(ctx, &c, c.WaitsForDealers()); err != nil {
		return err
	}
	return emit(ctx, &types.EventDealt{Id: c.Id, Operator: msg.Operator})
}

// requireOwnShare: where the key is kept, a dealer shares out the share that it holds and nothing else.
func (k *Keeper) requireOwnShare(ctx context.Context, c *types.Committee, operator string, dealing *threshold.Dealing) error {
	if c.Predecessor == 0 {
		return nil
	}
	before, err := k.Get(ctx, c.Predecessor)
	if err != nil {
		return err
	}
	holder, ok := before.Member(operator)
	if !ok {
		return notMember(&before, operator)
	}
	if string(dealing.Polynomial[0].Bytes()) != string(holder.PublicShare) {
		return errorsmod.Wrapf(types.ErrInvalidDealing, "what is dealt is not the share of %s in committee %d", operator, before.Id)
	}
	return nil
}

// confirm takes a member's word that it checked all dealings, and decides its complaints.
func (k *Keeper) confirm(ctx context.Context, msg *types.MsgConfirm) error {
	c, err := k.inPhase(ctx, msg.Id, msg.Operator, types.STATUS_CONFIRMING)
	if err != nil {
		return err
	}
	member, ok := c.Member(msg.Operator)
	if !ok || len(member.TransportKey) == 0 {
		return notMember(&c, msg.Operator)
	}
	if member.State != types.MEMBER_STATE_JOINED {
		return errorsmod.Wrapf(types.ErrDoneBefore, "%s is %s in committee %d", msg.Operator, member.State, c.Id)
	}
	if len(msg.Complaints) > len(c.Dealers) {
		return errorsmod.Wrapf(types.ErrInvalidComplaint, "%d complaints about %d dealers", len(msg.Complaints), len(c.Dealers))
	}
	charge(ctx, types.GasConfirm(uint64(c.Threshold)), "public share")
	member.State = types.MEMBER_STATE_CONFIRMED
	for i := range msg.Complaints {
		if i > 0 && msg.Complaints[i].Dealer <= msg.Complaints[i-1].Dealer {
			return errorsmod.Wrap(types.ErrInvalidComplaint, "give complaints by dealer, ascending, one for each")
		}
		if err := k.complaint(ctx, &c, member, &msg.Complaints[i]); err != nil {
			return err
		}
	}
	if err := k.hurry(ctx, &c, c.Waits(types.MEMBER_STATE_JOINED)); err != nil {
		return err
	}
	return emit(ctx, &types.EventConfirmed{Id: c.Id, Operator: msg.Operator, Complaints: uint32(len(msg.Complaints))})
}

// complaint is decided here, by the evidence alone: either the dealer is disqualified or the complaint is held against its
// maker. One whose evidence proves nothing is refused.
func (k *Keeper) complaint(ctx context.Context, c *types.Committee, member *types.Member, complaint *types.Complaint) error {
	dealer, ok := c.DealerAt(complaint.Dealer)
	if !ok || (dealer.State != types.DEALER_STATE_DEALT && dealer.State != types.DEALER_STATE_DISQUALIFIED) {
		return errorsmod.Wrapf(types.ErrInvalidComplaint, "dealer %d has dealt nothing in committee %d", complaint.Dealer, c.Id)
	}
	charge(ctx, types.GasComplaint(uint64(c.Threshold), uint64(len(c.Members))), "complaint")
	stored, err := k.Dealings.Get(ctx, collections.Join(c.Id, complaint.Dealer))
	if err != nil {
		return err
	}
	dealing, err := threshold.ParseDealing(stored.Content)
	if err != nil {
		return errorsmod.Wrapf(types.ErrBroken, "dealing %d of committee %d: %s", complaint.Dealer, c.Id, err)
	}
	sharing, err := c.Sharing(chainID(ctx))
	if err != nil {
		return err
	}
	wrong, err := threshold.Judge(sharing, complaint.Dealer, dealing, member.Index, complaint.Secret, complaint.Proof)
	if err != nil {
		return errorsmod.Wrapf(types.ErrInvalidComplaint, "about dealer %d: %s", complaint.Dealer, err)
	}
	if !wrong {
		member.State, member.Fault = types.MEMBER_STATE_FAULTY, types.FAULT_FALSE_COMPLAINT
		return k.fault(ctx, c, member.Operator, types.FAULT_FALSE_COMPLAINT, dealer.Operator)
	}
	if dealer.State == types.DEALER_STATE_DISQUALIFIED {
		return nil // was proven before
	}
	dealer.State, dealer.Accuser = types.DEALER_STATE_DISQUALIFIED, member.Index
	if liar, ok := c.Member(dealer.Operator); ok {
		liar.State, liar.Fault = types.MEMBER_STATE_FAULTY, types.FAULT_WRONG_SHARE
	}
	return k.fault(ctx, c, dealer.Operator, types.FAULT_WRONG_SHARE, member.Operator)
}

// fault is public, and whoever it is proven against is not called again until it enlists anew.
func (k *Keeper) fault(ctx context.Context, c *types.Committee, operator string, fault types.Fault, other string) error {
	address, err := k.operatorOf(operator)
	if err != nil {
		return err
	}
	if err := k.strike(ctx, c.Purpose, address); err != nil {
		return err
	}
	return emit(ctx, &types.EventFault{Id: c.Id, Operator: operator, Fault: fault, Other: other})
}
