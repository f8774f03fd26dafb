package matching

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"github.com/creditd/creditd/vault/agent"
	pseudonymtypes "github.com/creditd/creditd/x/pseudonym/types"
)

// node tells the bank's agent of matches; with silent it says that there are none.
type node struct {
	*chain
	silent bool
}

func (node) ID() string                       { return "test" }
func (node) Operator() string                 { return bank.String() }
func (node) Height() int64                    { return 5 }
func (node) Time() time.Time                  { return time.Now() }
func (n node) Conn() grpc.ClientConnInterface { return n }

func (n node) Invoke(_ context.Context, _ string, _, reply any, _ ...grpc.CallOption) error {
	if n.silent || n.match.Over() {
		return nil
	}
	reply.(*pseudonymtypes.QueryMatchesResponse).Matches = []pseudonymtypes.Match{n.match}
	return nil
}

func (node) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	panic("not used")
}

// Secrets of a session go when it is over, and proven to be: by a duty that was started since, and not for a node's word.
func TestSecretsGoWithTheSession(t *testing.T) {
	f := setup(t)
	kept := settings{}
	f.theirs.Sessions = &Sessions{Settings: kept, ChainID: "test"}
	id := f.agreed(false, items(0, 5), items(3, 9))
	has := func() bool {
		_, err := f.theirs.Secrets.Get(t.Context(), scope("test", id), nameKey)
		if err != nil {
			require.ErrorIs(t, err, agent.ErrNoSecret)
		}
		return err == nil
	}
	restarted := func() *Duty {
		return &Duty{Secrets: f.theirs.Secrets, Sessions: &Sessions{Settings: kept, ChainID: "test"}, Proven: f.chain}
	}
	require.NoError(t, restarted().Block(t.Context(), node{chain: f.chain}))
	require.True(t, has())
	require.NoError(t, restarted().Block(t.Context(), node{chain: f.chain, silent: true}))
	require.True(t, has(), "a node that hides the match")
	waiting := [32]byte{9} // opened, and not yet in a block
	require.NoError(t, f.theirs.Sessions.Add(t.Context(), waiting))
	f.chain.match.Status = pseudonymtypes.MATCH_STATUS_EXPIRED
	require.NoError(t, restarted().Block(t.Context(), node{chain: f.chain}))
	require.False(t, has())
	all, err := f.theirs.Sessions.All(t.Context())
	require.NoError(t, err)
	require.Equal(t, [][32]byte{waiting}, all)

	kept[sessionsSetting+"test"] = []byte("damaged")
	require.ErrorContains(t, restarted().Block(t.Context(), node{chain: f.chain}), "damaged")
}

// A session whose transaction never arrives is waited for, and then forgotten with its secrets.
func TestASessionThatNeverCameIsForgotten(t *testing.T) {
	f := setup(t)
	id, at := [32]byte{9}, time.Now()
	require.NoError(t, f.theirs.Sessions.Add(t.Context(), id))
	require.NoError(t, f.theirs.Secrets.Put(t.Context(), scope("test", id), nameKey, []byte("secret")))
	duty := &Duty{Secrets: f.theirs.Secrets, Sessions: f.theirs.Sessions, Proven: f.chain, Now: func() time.Time { return at }}
	kept := func(later time.Duration) bool {
		at, duty.looked = at.Add(later), 0
		require.NoError(t, duty.Block(t.Context(), node{chain: f.chain, silent: true}))
		all, err := f.theirs.Sessions.All(t.Context())
		require.NoError(t, err)
		_, err = f.theirs.Secrets.Get(t.Context(), scope("test", id), nameKey)
		require.Equal(t, len(all) == 1, err == nil)
		return err == nil
	}
	require.True(t, kept(0))
	require.True(t, kept(missedFor-time.Second))
	require.False(t, kept(time.Second))
}

// The server records its transcript when the client has.
func TestTheServerConcludes(t *testing.T) {
	f := setup(t)
	id := f.agreed(false, items(0, 5), items(3, 9))
	_, err := f.mine.Run(t.Context(), id, items(0, 5), f.conn(lender))
	require.NoError(t, err)
	duty := &Duty{Secrets: f.theirs.Secrets, Sessions: f.theirs.Sessions, Proven: f.chain}
	require.NoError(t, duty.Block(t.Context(), node{chain: f.chain}))
	require.NotEmpty(t, f.chain.closed)
	require.Equal(t, f.chain.match.ClientTranscript, f.chain.closed)
}
