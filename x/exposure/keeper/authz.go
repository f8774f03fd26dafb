package keeper

import (
	"context"

	"github.com/creditd/creditd/x/exposure/types"

	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// requireAuthority lets only the members' vote through. sdk.ValidateAuthority is not used: it prefers an authority that
// the consensus parameters may name, which would be an administrator key.
func (k *Keeper) requireAuthority(signer string) error {
	if signer != k.authority {
		return types.ErrUnauthorized.Wrapf("authority is %.128q: put the message into a proposal with authority %s and let the members vote",
			signer, k.authority)
	}
	return nil
}

// requireAsker lets only the data user of a live inquiry ask about a subject, and only supervisors about a sector.
func (k *Keeper) requireAsker(ctx context.Context, asker actor, kind types.Kind, inquiryID []byte) (credittypes.Look, error) {
	if kind == types.KIND_SECTOR {
		_, err := k.institutions.RequireRole(ctx, asker.addr, institutiontypes.ROLE_SUPERVISOR)
		return credittypes.Look{}, err
	}
	look, err := k.credit.GetLook(ctx, inquiryID)
	if err == nil && !look.DataUser.Equals(asker.addr) {
		err = types.ErrNotAsker.Wrap("only the data user of the inquiry asks under it: open one of your own")
	}
	return look, err
}

// requireLive refuses to go on with a round whose inquiry or asker has lost its right: consent withdrawn, file frozen, licence
// ended. Every member's message asks, so that a round stops where it is, whenever that happens.
func (k *Keeper) requireLive(ctx context.Context, round types.Round) (credittypes.Look, error) {
	asker, err := k.parseActor("asker", round.Asker)
	if err != nil {
		return credittypes.Look{}, err
	}
	return k.requireAsker(ctx, asker, round.Kind, round.InquiryId)
}

// requireMember lets only a member through whose licence gives rights, while its committee may use its key.
func (k *Keeper) requireMember(ctx context.Context, by actor, round types.Round) error {
	if _, err := k.institutions.RequireRole(ctx, by.addr); err != nil {
		return err
	}
	committee, err := k.committees.Get(ctx, round.CommitteeId)
	if err != nil {
		return err
	}
	if !committee.Serves() {
		return types.ErrWrongPhase.Wrapf("committee %d is %s: the asker opens a round under the next", committee.Id, committee.Status)
	}
	if _, holds := committee.Holder(by.text); !holds {
		return types.ErrNotMember.Wrapf("%s holds no share of the key of committee %d any more", by.text, committee.Id)
	}
	return nil
}
