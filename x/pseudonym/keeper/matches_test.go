package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/oprf"
	"github.com/creditd/creditd/x/attestation/testutil"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
	"github.com/creditd/creditd/x/pseudonym/types"
)

func open(client, server sdk.AccAddress, count uint32, nonce string) *types.MsgOpenMatch {
	return &types.MsgOpenMatch{
		Client: client.String(), Server: server.String(), Nonce: testutil.Bytes("%s", nonce)[:types.NonceSize], Count: count, Root: testutil.Bytes("root"),
	}
}

func (f *fixture) opened(nonce string) []byte {
	f.t.Helper()
	res, err := f.msg.OpenMatch(f.ctx, open(lender, bank, 10, nonce))
	require.NoError(f.t, err)
	return res.Id
}

func (f *fixture) accept(by sdk.AccAddress, match, key []byte) error {
	_, err := f.msg.AcceptMatch(f.ctx, &types.MsgAcceptMatch{Server: by.String(), Id: match, ServerKey: key})
	return err
}

func (f *fixture) closed(by sdk.AccAddress, match []byte, transcript string) (types.MatchStatus, error) {
	res, err := f.msg.CloseMatch(f.ctx, &types.MsgCloseMatch{Institution: by.String(), Id: match, Transcript: testutil.Bytes("%s", transcript)})
	if err != nil {
		return 0, err
	}
	return res.Status, nil
}

func key() []byte {
	public := oprf.GenerateKey().Public()
	return public[:]
}

func TestAMatchFromItsOpeningToItsEnd(t *testing.T) {
	for transcript, ends := range map[string]types.MatchStatus{"same": types.MATCH_STATUS_CLOSED, "other": types.MATCH_STATUS_DIFFERS} {
		f := setup(t)
		match := f.opened("nonce")
		require.Equal(t, types.MatchID(lender, bank, testutil.Bytes("nonce")[:16]).Bytes(), match)
		_, err := f.closed(lender, match, "same")
		require.ErrorIs(t, err, types.ErrMatchStatus)
		require.NoError(t, f.accept(bank, match, key()))
		require.ErrorIs(t, f.accept(bank, match, key()), types.ErrMatchStatus)
		status, err := f.closed(lender, match, "same")
		require.NoError(t, err)
		require.Equal(t, types.MATCH_STATUS_ACCEPTED, status)
		_, err = f.closed(lender, match, "same")
		require.ErrorIs(t, err, types.ErrTranscriptRecorded)
		live, err := f.query.Matches(f.ctx, &types.QueryMatchesRequest{Institution: bank.String()})
		require.NoError(t, err)
		require.Len(t, live.Matches, 1)
		_, err = f.closed(utility, match, "same")
		require.ErrorIs(t, err, types.ErrNotParty)
		status, err = f.closed(bank, match, transcript)
		require.NoError(t, err)
		require.Equal(t, ends, status)
		live, err = f.query.Matches(f.ctx, &types.QueryMatchesRequest{Institution: bank.String()})
		require.NoError(t, err)
		require.Empty(t, live.Matches)
		_, err = f.closed(bank, match, transcript)
		require.ErrorIs(t, err, types.ErrMatchExpired)
		f.next(types.DefaultParams().MatchLifetime)
		found, err := f.query.Match(f.ctx, &types.QueryMatchRequest{Id: types.ID(match).String()})
		require.NoError(t, err)
		require.Equal(t, ends, found.Match.Status)
	}
}

func TestMatchesAreRefused(t *testing.T) {
	f := setup(t)
	send := func(msg *types.MsgOpenMatch) error {
		_, err := f.msg.OpenMatch(f.ctx, msg)
		return err
	}
	require.ErrorIs(t, send(open(outsider, bank, 1, "a")), institutiontypes.ErrNotLicensed)
	require.ErrorIs(t, send(open(lender, outsider, 1, "a")), institutiontypes.ErrNotLicensed)
	require.ErrorIs(t, send(open(lender, validator, 1, "a")), institutiontypes.ErrWrongRole)
	require.ErrorIs(t, send(open(bank, bank, 1, "a")), types.ErrSameInstitution)
	require.ErrorIs(t, send(open(lender, bank, 0, "a")), types.ErrCount)
	require.ErrorIs(t, send(open(lender, bank, types.DefaultParams().MaxMatchCount+1, "a")), types.ErrCount)
	short := open(lender, bank, 1, "a")
	short.Nonce = short.Nonce[1:]
	require.ErrorIs(t, send(short), types.ErrInvalidNonce)
	rootless := open(lender, bank, 1, "a")
	rootless.Root = nil
	require.ErrorIs(t, send(rootless), types.ErrInvalidHash)
	require.NoError(t, send(open(lender, bank, 1, "a")))
	require.ErrorIs(t, send(open(lender, bank, 1, "a")), types.ErrDuplicate)

	match := f.opened("b")
	require.ErrorIs(t, f.accept(utility, match, key()), types.ErrNotParty)
	require.ErrorIs(t, f.accept(outsider, match, key()), institutiontypes.ErrNotLicensed)
	require.ErrorIs(t, f.accept(bank, testutil.Bytes("other"), key()), types.ErrUnknownMatch)
	require.ErrorIs(t, f.accept(bank, match[1:], key()), types.ErrInvalidID)
	for _, bad := range [][]byte{nil, make([]byte, 32), make([]byte, 33), testutil.Bytes("no element")} {
		require.ErrorIs(t, f.accept(bank, match, bad), types.ErrInvalidKey)
	}
	f.next(types.DefaultParams().MatchLifetime)
	require.ErrorIs(t, f.accept(bank, match, key()), types.ErrMatchExpired)
	found, err := f.query.Match(f.ctx, &types.QueryMatchRequest{Id: types.ID(match).String()})
	require.NoError(t, err)
	require.Equal(t, types.MATCH_STATUS_EXPIRED, found.Match.Status)
}

// A client could learn a server's whole set by matching again and again.
func TestItemsOfAPairAreLimited(t *testing.T) {
	f := setup(t)
	f.params(func(p *types.Params) { p.MaxMatchCount, p.MaxMatchItems = 60, 100 })
	send := func(client, server sdk.AccAddress, nonce string) error {
		_, err := f.msg.OpenMatch(f.ctx, open(client, server, 60, nonce))
		return err
	}
	require.NoError(t, send(lender, bank, "1"))
	require.ErrorIs(t, send(lender, bank, "2"), types.ErrMatchLimited)
	require.NoError(t, send(lender, utility, "1"))
	require.NoError(t, send(bank, lender, "1"))
	usages, err := f.query.MatchUsages(f.ctx, &types.QueryMatchUsagesRequest{Client: lender.String()})
	require.NoError(t, err)
	require.Len(t, usages.Usages, 2)
	f.next(types.DefaultParams().Window)
	require.NoError(t, send(lender, bank, "2"))
}

// What is due in one block beyond queue_cap is done in the next ones; the clock decides meanwhile.
func TestQueuesAreBounded(t *testing.T) {
	f := setup(t)
	f.params(func(p *types.Params) { p.QueueCap = 2 })
	for _, nonce := range []string{"1", "2", "3"} {
		f.opened(nonce)
	}
	f.ctx = f.ctx.WithBlockTime(f.ctx.BlockTime().Add(types.DefaultParams().MatchLifetime))
	expired := func() (n int) {
		require.NoError(t, f.k.EndBlock(f.ctx))
		all, err := f.query.Matches(f.ctx, &types.QueryMatchesRequest{})
		require.NoError(t, err)
		for _, m := range all.Matches {
			if m.Status == types.MATCH_STATUS_EXPIRED {
				n++
			}
		}
		return n
	}
	require.Equal(t, 2, expired())
	require.Equal(t, 3, expired())
	f.next(time.Second)
}
