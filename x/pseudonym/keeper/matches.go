package keeper

import (
	"bytes"
	"context"

	"cosmossdk.io/collections"

	institutiontypes "github.com/creditd/creditd/x/institution/types"
	"github.com/creditd/creditd/x/pseudonym/types"
)

// matchers are the roles of institutions that have lists of subjects.
var matchers = []institutiontypes.Role{institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_BUREAU, institutiontypes.ROLE_DATA_USER}

// openMatch commits a client to its set before the server evaluates anything.
func (k *Keeper) openMatch(ctx context.Context, by, server actor, msg *types.MsgOpenMatch) (types.ID, error) {
	if by.addr.Equals(server.addr) {
		return types.ID{}, types.ErrSameInstitution.Wrap("name the institution whose set yours is compared with")
	}
	for _, each := range []actor{by, server} {
		if _, err := k.institutions.RequireRole(ctx, each.addr, matchers...); err != nil {
			return types.ID{}, err
		}
	}
	if err := types.ValidateNonce(msg.Nonce); err != nil {
		return types.ID{}, err
	}
	if err := types.ValidateHash("root", msg.Root); err != nil {
		return types.ID{}, err
	}
	params, err := k.GetParams(ctx)
	if err != nil {
		return types.ID{}, err
	}
	if msg.Count < 1 || msg.Count > params.MaxMatchCount {
		return types.ID{}, types.ErrCount.Wrapf("%d items: a match has 1 to %d", msg.Count, params.MaxMatchCount)
	}
	id := types.MatchID(by.addr, server.addr, msg.Nonce)
	if there, err := k.matches.Has(ctx, id); err != nil || there {
		if err == nil {
			err = types.ErrDuplicate.Wrapf("match %s is on the chain: draw another nonce for another one", id)
		}
		return types.ID{}, err
	}
	if err := k.countItems(ctx, by, server, params, msg.Count); err != nil {
		return types.ID{}, err
	}
	now := blockTime(ctx)
	match := types.Match{
		Id: id.Bytes(), Client: by.text, Server: server.text, SizeOnly: msg.SizeOnly, Count: msg.Count, Root: msg.Root,
		Status: types.MATCH_STATUS_OPEN, OpenedAt: now, ExpiresAt: now.Add(params.MatchLifetime),
	}
	if err := k.addMatch(ctx, match); err != nil {
		return types.ID{}, err
	}
	return id, emit(ctx, types.NewEventMatchOpened(match))
}

// countItems bounds what a client learns of one server's set: it could ask for everybody otherwise.
func (k *Keeper) countItems(ctx context.Context, by, server actor, params types.Params, count uint32) error {
	window := params.WindowOf(blockTime(ctx))
	key := collections.Join3(by.addr, server.addr, window)
	items, err := k.matchUsages.Get(ctx, key)
	if err != nil && !notFound(err) {
		return err
	}
	items += uint64(count)
	if items > params.MaxMatchItems {
		return types.ErrMatchLimited.Wrapf("%d with %s since %s, at most %d: wait until %s",
			items, server.text, rfc3339(window), params.MaxMatchItems, rfc3339(window.Add(params.Window)))
	}
	return k.matchUsages.Set(ctx, key, items)
}

// acceptMatch gives the server's key for the session. It is how a server consents.
func (k *Keeper) acceptMatch(ctx context.Context, by actor, msg *types.MsgAcceptMatch) error {
	if _, err := k.institutions.RequireRole(ctx, by.addr, matchers...); err != nil {
		return err
	}
	match, err := k.liveMatch(ctx, msg.Id)
	if err != nil {
		return err
	}
	if match.Server != by.text {
		return types.ErrNotParty.Wrapf("%s is the server of match %x", match.Server, match.Id)
	}
	if match.Status != types.MATCH_STATUS_OPEN {
		return types.ErrMatchStatus.Wrapf("match %x is %s: it was accepted before", match.Id, match.Status)
	}
	chargeGas(ctx, gasPerKey, "key of a session")
	if err := types.ValidateKey("server_key", msg.ServerKey); err != nil {
		return err
	}
	match.Status, match.ServerKey = types.MATCH_STATUS_ACCEPTED, msg.ServerKey
	if err := k.setMatch(ctx, match); err != nil {
		return err
	}
	return emit(ctx, types.NewEventMatchAccepted(match))
}

// closeMatch records what one side saw; the second one ends the session. A side may do it after its licence ended: it only says
// what happened before.
func (k *Keeper) closeMatch(ctx context.Context, by actor, msg *types.MsgCloseMatch) (types.MatchStatus, error) {
	if err := types.ValidateHash("transcript", msg.Transcript); err != nil {
		return 0, err
	}
	match, err := k.liveMatch(ctx, msg.Id)
	if err != nil {
		return 0, err
	}
	var mine, other *[]byte
	switch by.text {
	case match.Client:
		mine, other = &match.ClientTranscript, &match.ServerTranscript
	case match.Server:
		mine, other = &match.ServerTranscript, &match.ClientTranscript
	default:
		return 0, types.ErrNotParty.Wrapf("match %x is between %s and %s", match.Id, match.Client, match.Server)
	}
	if match.Status != types.MATCH_STATUS_ACCEPTED {
		return 0, types.ErrMatchStatus.Wrapf("match %x is %s: its server accepts it first", match.Id, match.Status)
	}
	if len(*mine) != 0 {
		return 0, types.ErrTranscriptRecorded.Wrapf("match %x", match.Id)
	}
	*mine = msg.Transcript
	if len(*other) != 0 {
		status := types.MATCH_STATUS_CLOSED
		if !bytes.Equal(*mine, *other) {
			status = types.MATCH_STATUS_DIFFERS
		}
		return status, k.endMatch(ctx, match, status)
	}
	return match.Status, k.setMatch(ctx, match)
}

// endMatch ends a session and takes it out of the queue.
func (k *Keeper) endMatch(ctx context.Context, match types.Match, status types.MatchStatus) error {
	match.Status = status
	if err := k.matchExpiry.Remove(ctx, collections.Join(match.ExpiresAt, types.ID(match.Id))); err != nil {
		return err
	}
	for _, side := range []string{match.Client, match.Server} {
		of, err := k.parseActor("side", side)
		if err != nil {
			return err
		}
		if err := k.liveMatches.Remove(ctx, collections.Join(of.addr, types.ID(match.Id))); err != nil {
			return err
		}
	}
	if err := k.setMatch(ctx, match); err != nil {
		return err
	}
	return emit(ctx, types.NewEventMatchEnded(match))
}

// liveMatch returns a match whose time is not over. The clock decides, not the queue.
func (k *Keeper) liveMatch(ctx context.Context, bz []byte) (types.Match, error) {
	id, err := types.IDFromBytes("id", bz)
	if err != nil {
		return types.Match{}, err
	}
	match, err := k.GetMatch(ctx, id)
	if err != nil {
		return match, err
	}
	if match.Over() || !blockTime(ctx).Before(match.ExpiresAt) {
		return match, types.ErrMatchExpired.Wrapf("match %s is %s, its time was until %s: open another", id, match.Status, rfc3339(match.ExpiresAt))
	}
	return match, nil
}

// GetMatch returns a match.
func (k *Keeper) GetMatch(ctx context.Context, id types.ID) (types.Match, error) {
	match, err := k.matches.Get(ctx, id)
	if notFound(err) {
		return match, types.ErrUnknownMatch.Wrapf("%s: check the id and that its transaction is committed", id)
	}
	match.Id = id.Bytes()
	return match, err
}

func (k *Keeper) setMatch(ctx context.Context, match types.Match) error {
	id := types.ID(match.Id)
	match.Id = nil
	return k.matches.Set(ctx, id, match)
}

// addMatch writes a new match, and where it is found while it is not over.
func (k *Keeper) addMatch(ctx context.Context, match types.Match) error {
	id := types.ID(match.Id)
	if !match.Over() {
		if err := k.matchExpiry.Set(ctx, collections.Join(match.ExpiresAt, id)); err != nil {
			return err
		}
		for _, side := range []string{match.Client, match.Server} {
			of, err := k.parseActor("side", side)
			if err != nil {
				return err
			}
			if err := k.liveMatches.Set(ctx, collections.Join(of.addr, id)); err != nil {
				return err
			}
		}
	}
	return k.setMatch(ctx, match)
}
