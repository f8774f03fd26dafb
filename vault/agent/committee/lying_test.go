package committee_test

import (
	"context"
	"slices"
	"testing"

	"github.com/gtank/ristretto255"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"github.com/creditd/creditd/privacy/threshold"
	"github.com/creditd/creditd/vault/agent/committee"
	"github.com/creditd/creditd/x/committee/types"
)

// liar is a node that alters what it tells of committees.
type liar struct {
	grpc.ClientConnInterface
	duties   func([]types.Committee) []types.Committee
	dealings func([]types.Dealing)
}

func (l *liar) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	if err := l.ClientConnInterface.Invoke(ctx, method, args, reply, opts...); err != nil {
		return err
	}
	switch answer := reply.(type) {
	case *types.QueryDutiesResponse:
		if l.duties != nil {
			answer.Committees = l.duties(answer.Committees)
		}
	case *types.QueryDealingsResponse:
		if l.dealings != nil {
			l.dealings(answer.Dealings)
		}
	}
	return nil
}

// altered lets the node of the first institution say something else of each committee.
func (w *world) altered(alter func(*types.Committee)) {
	w.agents[0].liar = &liar{ClientConnInterface: w.conn, duties: func(all []types.Committee) []types.Committee {
		for i := range all {
			all[i].Members, all[i].Dealers = slices.Clone(all[i].Members), slices.Clone(all[i].Dealers)
			alter(&all[i])
		}
		return all
	}}
}

// A node that shows keys of its own for those of the members gets no share of what its institution deals, new or kept.
func TestLyingNodeGetsNoDealing(t *testing.T) {
	w := newWorld(t, 3)
	secret, err := threshold.NewTransportKey()
	require.NoError(t, err)
	key := ristretto255.NewIdentityElement().ScalarBaseMult(secret).Bytes()
	w.altered(func(c *types.Committee) {
		for i := range c.Members {
			if len(c.Members[i].TransportKey) > 0 {
				c.Members[i].TransportKey = key
			}
		}
	})
	var dealings []types.Dealing
	for range 8 {
		w.turns()
		all, err := truth{w}.Dealings(t.Context(), 1)
		require.NoError(t, err)
		dealings = append(dealings, all...)
	}
	w.check(1)
	w.check(2)
	c := w.committee(1)
	sharing, err := c.Sharing(chainID)
	require.NoError(t, err)
	of := slices.IndexFunc(dealings, func(d types.Dealing) bool { return d.Dealer == 1 })
	require.GreaterOrEqual(t, of, 0)
	dealing, err := threshold.VerifyDealing(sharing, 1, dealings[of].Content)
	require.NoError(t, err, "what the institution dealt is for the keys that the chain has")
	for _, m := range c.Members {
		_, err := threshold.Open(sharing, 1, dealing, m.Index, secret)
		require.ErrorIs(t, err, threshold.ErrShare)
	}
}

// A node that makes a committee up, or says that one is over, gets nothing and destroys nothing.
func TestLyingNodeDestroysNothing(t *testing.T) {
	w := newWorld(t, 3)
	for range 8 {
		w.turns()
	}
	w.check(1)
	w.altered(func(c *types.Committee) { c.Status = types.STATUS_ENDED })
	w.turns()
	w.altered(func(c *types.Committee) {
		c.Id += 100
		c.Status = types.STATUS_DEALING
		c.Predecessor = 1
		c.Dealers = []types.Dealer{{Operator: w.agents[0].operator, Index: 1, State: types.DEALER_STATE_EXPECTED}}
	})
	w.turns()
	w.check(1)
	w.check(2)
	require.Nil(t, w.committee(1).Members[0].DestroyedAt)
}

// A node that shows a false dealing does not make its institution complain, which would reveal what the true share was encrypted
// with; nor is a false share kept.
func TestLyingNodeGetsNoComplaint(t *testing.T) {
	w := newWorld(t, 3)
	told := 0
	w.agents[0].liar = &liar{ClientConnInterface: w.conn, dealings: func(all []types.Dealing) {
		for i := range all {
			c := w.committee(all[i].CommitteeId)
			sharing, err := c.Sharing(chainID)
			require.NoError(t, err)
			all[i].Content, err = threshold.Misdeal(sharing, all[i].Dealer, [threshold.Size]byte{1}, 1)
			require.NoError(t, err)
			told++
		}
	}}
	for range 8 {
		w.turns()
	}
	w.check(1)
	w.check(2)
	require.NotZero(t, told)
	c := w.committee(1)
	require.Len(t, c.Qualified(), 3)
	for _, m := range c.Members {
		require.Equal(t, types.FAULT_UNSPECIFIED, m.Fault)
	}
	_, err := committee.Share(t.Context(), w.agents[0].secrets, chainID, 1)
	require.NoError(t, err)
}
