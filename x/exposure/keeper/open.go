package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/exposure"
	committeetypes "github.com/creditd/creditd/x/committee/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	"github.com/creditd/creditd/x/exposure/types"
)

// maxRoundsOfScope bounds how many rounds about one subject or sector there are at a time: those that came to nothing and may
// be tried again, and one that did not.
const maxRoundsOfScope = 16

// openRound asks the active committee's institutions for a sum. What it rests on is fixed here: cohort, key, and the sum of
// the commitments of each member.
func (k *Keeper) openRound(ctx context.Context, asker actor, msg *types.MsgOpenRound) (types.ID, error) {
	round, err := readOpenRound(asker, msg)
	if err != nil {
		return types.ID{}, err
	}
	look, err := k.requireAsker(ctx, asker, msg.Kind, msg.InquiryId)
	if err != nil {
		return types.ID{}, err
	}
	if msg.Kind.OfSubject() {
		round.Subject = look.Inquiry.Subject
	}
	if err := k.requirePossession(ctx, asker, round, msg.Possession); err != nil {
		return types.ID{}, err
	}
	parts, err := k.callCohort(ctx, &round)
	if err != nil {
		return types.ID{}, err
	}
	if err := k.requireFirst(ctx, round, parts); err != nil {
		return types.ID{}, err
	}
	if msg.Kind == types.KIND_EXPOSURE {
		if err := k.attest(ctx, look, parts); err != nil {
			return types.ID{}, err
		}
	}
	if err := k.setTimes(ctx, &round, look); err != nil {
		return types.ID{}, err
	}
	if err := k.writeRound(ctx, round, parts); err != nil {
		return types.ID{}, err
	}
	if msg.Kind.OfSubject() {
		if err := k.credit.RecordQuestion(ctx, look, credittypes.TRAIL_KIND_QUESTION_ASKED, asker.addr); err != nil {
			return types.ID{}, err
		}
	}
	countStatus(ctx, round)
	return types.ID(round.Id), emit(ctx, types.NewEventRoundOpened(round))
}

// readOpenRound checks the shape of the message and begins the round.
func readOpenRound(asker actor, msg *types.MsgOpenRound) (types.Round, error) {
	round := types.Round{
		Kind: msg.Kind, Asker: asker.text, AskerKey: msg.AskerKey, InquiryId: msg.InquiryId, Sector: msg.Sector,
		Status: types.STATUS_SUBMITTING,
	}
	switch {
	case !msg.Kind.Valid():
		return round, types.ErrInvalidField.Wrapf("kind %d: choose KIND_EXPOSURE, KIND_COUNT or KIND_SECTOR", msg.Kind)
	case msg.Kind.OfSubject() && msg.Sector != 0:
		return round, types.ErrInvalidField.Wrap("sector: leave it out for a question about a subject")
	case msg.Kind == types.KIND_SECTOR && len(msg.InquiryId) != 0:
		return round, types.ErrInvalidField.Wrap("inquiry_id: leave it out for a question about a sector")
	case msg.Kind == types.KIND_SECTOR && !types.ValidSector(msg.Sector):
		return round, types.ErrInvalidField.Wrapf("sector %d: give a NAICS code of two to six digits", msg.Sector)
	case len(msg.AskerKey) != 32 || len(msg.Possession) != exposure.PossessionSize:
		return round, types.ErrInvalidKey.Wrapf("%d bytes with a proof of %d: a key has 32, its proof of possession %d",
			len(msg.AskerKey), len(msg.Possession), exposure.PossessionSize)
	}
	if msg.Kind.OfSubject() {
		if _, err := types.IDFromBytes("inquiry_id", msg.InquiryId); err != nil {
			return round, err
		}
	}
	empty := exposure.Empty()
	round.Sum = empty[:]
	round.Id = types.RoundID(asker.addr, round.Kind, round.About(), round.AskerKey).Bytes()
	return round, nil
}

// requirePossession refuses a key that the asker did not show to know.
func (k *Keeper) requirePossession(ctx context.Context, asker actor, round types.Round, proof []byte) error {
	chargeGas(ctx, types.GasPossession, "proof of possession")
	statement := exposure.Possession{
		ChainID: sdk.UnwrapSDKContext(ctx).ChainID(), Asker: asker.addr, Kind: exposure.Kind(round.Kind), About: round.About(),
	}
	if err := statement.Verify(round.AskerKey, proof); err != nil {
		return types.ErrInvalidKey.Wrap(err.Error())
	}
	return nil
}

// callCohort fixes who is asked: the members of the active committee that hold a share and a licence.
func (k *Keeper) callCohort(ctx context.Context, round *types.Round) ([]types.Part, error) {
	params, err := k.GetParams(ctx)
	if err != nil {
		return nil, err
	}
	committee, err := k.committees.Active(ctx, committeetypes.PURPOSE_EXPOSURE)
	if err != nil {
		return nil, err
	}
	var parts []types.Part
	var addresses []sdk.AccAddress
	var others uint32
	for _, holder := range committee.Holders() {
		member, err := k.parseActor("member", holder.Operator)
		if err != nil {
			return nil, err
		}
		parts = append(parts, types.Part{RoundId: round.Id, Index: holder.Index, Member: member.text, PublicShare: holder.PublicShare})
		addresses = append(addresses, member.addr)
		if member.text != round.Asker {
			others++
		}
	}
	if others < params.Others(round.Kind) || len(parts) < int(committee.Threshold) || len(parts) > types.MaxMembers {
		return nil, types.ErrTooFewMembers.Wrapf("committee %d has %d members besides the asker: a sum of this kind needs %d",
			committee.Id, others, params.Others(round.Kind))
	}
	round.CommitteeId, round.Epoch, round.CommitteeKey = committee.Id, committee.Epoch, committee.PublicKey
	round.Members, round.Threshold = uint32(len(parts)), committee.Threshold
	round.Cohort = types.CohortID(committee.Id, parts, addresses).Bytes()
	return parts, nil
}

// requireFirst refuses a round about whom or what another is or was, in this interval, by a cohort with a member in common:
// of two sums whose cohorts differ by one member, the difference is that member's number. Rounds that came to nothing
// before their sum was fixed do not count.
func (k *Keeper) requireFirst(ctx context.Context, round types.Round, parts []types.Part) error {
	exists, err := k.rounds.Has(ctx, types.ID(round.Id))
	if err != nil {
		return err
	}
	if exists {
		return types.ErrDuplicateRound.Wrapf("%s: it needs no opening again; another round needs another key", types.ID(round.Id))
	}
	scopes, err := k.pseudonyms(ctx, round)
	if err != nil {
		return err
	}
	for _, scope := range scopes {
		rounds, err := k.roundsOf(ctx, round.Kind, scope)
		if err != nil {
			return err
		}
		if len(rounds) >= maxRoundsOfScope {
			return types.ErrTooManyRounds.Wrapf("%d that came to nothing: wait until %s", len(rounds), rfc3339(rounds[0].ForgetAt))
		}
		for _, other := range rounds {
			if other.Hides() {
				continue
			}
			if err := k.requireApart(ctx, other, round, parts); err != nil {
				return err
			}
		}
	}
	return nil
}

// requireApart refuses two rounds whose cohorts have a member in common.
func (k *Keeper) requireApart(ctx context.Context, other, round types.Round, parts []types.Part) error {
	if string(other.Cohort) == string(round.Cohort) {
		return types.ErrSecondOpening.Wrapf("by round %s: come back after %s", types.ID(other.Id), rfc3339(other.ForgetAt))
	}
	members := make(map[string]struct{}, len(parts)) // asked, never walked
	for _, part := range parts {
		members[part.Member] = struct{}{}
	}
	before, err := k.getParts(ctx, types.ID(other.Id))
	if err != nil {
		return err
	}
	for _, part := range before {
		if _, both := members[part.Member]; both {
			return types.ErrOverlap.Wrapf("round %s asked another cohort with %s in it: come back after %s",
				types.ID(other.Id), part.Member, rfc3339(other.ForgetAt))
		}
	}
	return nil
}

// pseudonyms are the scopes under which the same could have been asked: of a subject, those merged into it too.
func (k *Keeper) pseudonyms(ctx context.Context, round types.Round) ([]types.ID, error) {
	scopes := []types.ID{round.Scope()}
	if !round.Kind.OfSubject() {
		return scopes, nil
	}
	subject, err := k.credit.GetSubject(ctx, types.ID(round.Subject))
	if err != nil {
		return nil, err
	}
	for _, alias := range subject.Aliases {
		scopes = append(scopes, types.ID(alias))
	}
	return scopes, nil
}

// roundsOf returns the rounds about one subject or sector that are not forgotten.
func (k *Keeper) roundsOf(ctx context.Context, kind types.Kind, scope types.ID) ([]types.Round, error) {
	var ids []types.ID
	of := collections.NewSuperPrefixedTripleRange[uint32, types.ID, types.ID](uint32(kind), scope)
	err := k.scopes.Walk(ctx, of, func(key scopeKey) (bool, error) {
		ids = append(ids, key.K3())
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	rounds := make([]types.Round, len(ids))
	for i, id := range ids {
		if rounds[i], err = k.GetRound(ctx, id); err != nil {
			return nil, err
		}
	}
	return rounds, nil
}

// setTimes gives the round its times; those about a subject end with their inquiry.
func (k *Keeper) setTimes(ctx context.Context, round *types.Round, look credittypes.Look) error {
	params, err := k.GetParams(ctx)
	if err != nil {
		return err
	}
	now := blockTime(ctx)
	round.SubmitUntil = now.Add(params.SubmitDuration)
	round.ExpiresAt = round.SubmitUntil.Add(params.ShareDuration)
	if round.Kind.OfSubject() {
		round.ExpiresAt = earlier(round.ExpiresAt, look.Inquiry.ExpiresAt)
		round.SubmitUntil = earlier(round.SubmitUntil, round.ExpiresAt)
	}
	round.ForgetAt = round.ExpiresAt.Add(params.Interval)
	round.OpenedHeight = sdk.UnwrapSDKContext(ctx).BlockHeight()
	return nil
}

func (k *Keeper) writeRound(ctx context.Context, round types.Round, parts []types.Part) error {
	id := types.ID(round.Id)
	if err := k.setRound(ctx, round); err != nil {
		return err
	}
	if err := k.scopes.Set(ctx, collections.Join3(uint32(round.Kind), round.Scope(), id)); err != nil {
		return err
	}
	if err := k.queue.Set(ctx, collections.Join(round.Due(), id)); err != nil {
		return err
	}
	for _, part := range parts {
		if err := k.setPart(ctx, part); err != nil {
			return err
		}
	}
	return k.addDuties(ctx, parts, func(types.Part) bool { return true })
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func rfc3339(t time.Time) string { return t.UTC().Format(time.RFC3339) }
