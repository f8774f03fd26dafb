package matching

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/privacy/oprf"
	"github.com/creditd/creditd/privacy/psi"
	"github.com/creditd/creditd/vault/agent"
	"github.com/creditd/creditd/vault/exchange"
	"github.com/creditd/creditd/vault/types"
	pseudonymtypes "github.com/creditd/creditd/x/pseudonym/types"
)

var (
	lender = sdk.AccAddress(bytes.Repeat([]byte{1}, 20))
	bank   = sdk.AccAddress(bytes.Repeat([]byte{2}, 20))
	other  = sdk.AccAddress(bytes.Repeat([]byte{3}, 20))
)

// secrets in memory.
type secrets struct {
	mu  sync.Mutex
	all map[string][]byte
}

func (s *secrets) Put(_ context.Context, scope, name string, value []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if before, there := s.all[scope+" "+name]; there && !bytes.Equal(before, value) {
		return errors.New("another value")
	}
	if len(value) > agent.MaxSecret {
		return errors.New("too large")
	}
	s.all[scope+" "+name] = bytes.Clone(value)
	return nil
}

func (s *secrets) Get(_ context.Context, scope, name string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	value, there := s.all[scope+" "+name]
	if !there {
		return nil, agent.ErrNoSecret
	}
	return bytes.Clone(value), nil
}

func (s *secrets) Destroy(_ context.Context, scope string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name := range s.all {
		if bytes.HasPrefix([]byte(name), []byte(scope+" ")) {
			delete(s.all, name)
		}
	}
	return nil
}

// settings in memory.
type settings map[string][]byte

func (s settings) Setting(_ context.Context, name string) ([]byte, error) { return s[name], nil }

func (s settings) SetSettings(_ context.Context, values map[string][]byte) error {
	for name, value := range values {
		s[name] = bytes.Clone(value)
	}
	return nil
}

// chain has one match, as x/pseudonym would.
type chain struct {
	mu     sync.Mutex
	match  pseudonymtypes.Match
	closed []byte // the server's transcript
}

func (c *chain) Match(_ context.Context, id [32]byte) (pseudonymtypes.Match, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !bytes.Equal(c.match.Id, id[:]) {
		return pseudonymtypes.Match{}, fmt.Errorf("match: %w", client.ErrNotFound)
	}
	return c.match, nil
}

func (c *chain) Send(_ context.Context, msgs ...sdk.Msg) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch msg := msgs[0].(type) {
	case *pseudonymtypes.MsgOpenMatch:
		id := pseudonymtypes.MatchID(sdk.MustAccAddressFromBech32(msg.Client), sdk.MustAccAddressFromBech32(msg.Server), msg.Nonce)
		c.match = pseudonymtypes.Match{
			Id: id.Bytes(), Client: msg.Client, Server: msg.Server, SizeOnly: msg.SizeOnly, Count: msg.Count, Root: msg.Root,
			Status: pseudonymtypes.MATCH_STATUS_OPEN, ExpiresAt: time.Now().Add(time.Hour),
		}
	case *pseudonymtypes.MsgAcceptMatch:
		c.match.Status, c.match.ServerKey = pseudonymtypes.MATCH_STATUS_ACCEPTED, msg.ServerKey
	case *pseudonymtypes.MsgCloseMatch:
		if msg.Institution == c.match.Server {
			c.closed = msg.Transcript
			break
		}
		c.match.ClientTranscript = msg.Transcript
	}
	return nil
}

// asPeer answers as if TLS had proven that account.
type asPeer struct {
	*Server
	peer string
}

func (a asPeer) Match(stream types.Matching_MatchServer) error { return a.answer(stream, a.peer) }

type fixture struct {
	t            *testing.T
	chain        *chain
	mine, theirs *Side
	server       *Server
}

func setup(t *testing.T) *fixture {
	c := &chain{}
	f := &fixture{
		t: t, chain: c,
		mine:   &Side{ChainID: "test", Operator: lender, Chain: c, Secrets: &secrets{all: map[string][]byte{}}, Sessions: &Sessions{Settings: settings{}, ChainID: "test"}},
		theirs: &Side{ChainID: "test", Operator: bank, Chain: c, Secrets: &secrets{all: map[string][]byte{}}, Sessions: &Sessions{Settings: settings{}, ChainID: "test"}},
	}
	f.server = &Server{ChainID: "test", Operator: bank.String(), Chain: c, Secrets: f.theirs.Secrets, Log: slog.New(slog.DiscardHandler)}
	return f
}

// conn to the server's vault, as that account.
func (f *fixture) conn(peer sdk.AccAddress) grpc.ClientConnInterface {
	f.t.Helper()
	known, err := client.NewCodec()
	require.NoError(f.t, err)
	listener, codec := bufconn.Listen(1<<16), known.GRPCCodec()
	rpc := grpc.NewServer(grpc.ForceServerCodec(codec))
	types.RegisterMatchingServer(rpc, asPeer{f.server, peer.String()})
	go func() { _ = rpc.Serve(listener) }()
	f.t.Cleanup(rpc.Stop)
	conn, err := grpc.NewClient("passthrough:vault", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(codec)))
	require.NoError(f.t, err)
	f.t.Cleanup(func() { require.NoError(f.t, conn.Close()) })
	return conn
}

func items(from, to int) [][]byte {
	all := make([][]byte, 0, to-from)
	for i := from; i < to; i++ {
		all = append(all, fmt.Appendf(nil, "%09d", i))
	}
	return all
}

func (f *fixture) agreed(sizeOnly bool, mine, theirs [][]byte) [32]byte {
	f.t.Helper()
	id, err := f.mine.Open(f.t.Context(), bank, sizeOnly, mine)
	require.NoError(f.t, err)
	_, err = f.theirs.Accept(f.t.Context(), id, theirs)
	require.NoError(f.t, err)
	return id
}

func TestTwoVaultsMatch(t *testing.T) {
	for _, sizeOnly := range []bool{false, true} {
		f := setup(t)
		id := f.agreed(sizeOnly, items(0, 600), items(590, 1200))
		conn := f.conn(lender)
		result, err := f.mine.Run(t.Context(), id, items(0, 600), conn)
		require.NoError(t, err)
		require.Equal(t, 10, result.Common)
		require.Equal(t, 610, result.ServerSize)
		if sizeOnly {
			require.Nil(t, result.Positions)
		} else {
			require.Equal(t, []int{590, 591, 592, 593, 594, 595, 596, 597, 598, 599}, result.Positions)
		}
		require.Equal(t, result.Transcript[:], f.chain.match.ClientTranscript)
		kept, err := f.theirs.Secrets.Get(t.Context(), scope("test", id), nameTranscript)
		require.NoError(t, err)
		require.Equal(t, result.Transcript[:], kept)
		// A client that lost the answer asks again and gets the same.
		again, err := f.mine.Run(t.Context(), id, items(0, 600), conn)
		require.NoError(t, err)
		require.Equal(t, result, again)
	}
}

func TestAVaultAnswersItsSessionsAlone(t *testing.T) {
	f := setup(t)
	id := f.agreed(false, items(0, 5), items(3, 9))
	reason := func(peer sdk.AccAddress, id [32]byte, elements []oprf.Element) exchange.Reason {
		t.Helper()
		// By hand, since a Side refuses before it sends.
		mine := &psiClient{elements}
		_, err := mine.send(t.Context(), id[:], f.conn(peer))
		return exchange.ReasonOf(errors.Unwrap(err))
	}
	seed, err := f.mine.Secrets.Get(t.Context(), scope("test", id), nameSeed)
	require.NoError(t, err)
	blind := func(n int) []oprf.Element {
		c, err := psi.NewClient(psi.Session{ID: id}, [32]byte(seed), items(0, n))
		require.NoError(t, err)
		return c.Blinded()
	}
	require.Equal(t, exchange.OtherParty, reason(other, id, blind(5)))
	require.Equal(t, exchange.NotRequested, reason(lender, [32]byte{9}, blind(5)))
	require.Equal(t, exchange.NotCommitted, reason(lender, id, blind(6))) // a larger set
	require.Equal(t, exchange.NotCommitted, reason(lender, id, blind(4)))
	swapped := blind(5)
	swapped[0], swapped[1] = swapped[1], swapped[0]
	require.Equal(t, exchange.NotCommitted, reason(lender, id, swapped))
	f.chain.match.ExpiresAt = time.Now()
	require.Equal(t, exchange.NotRequested, reason(lender, id, blind(5)))
	f.chain.match.ExpiresAt = time.Now().Add(time.Hour)
	require.Empty(t, reason(lender, id, blind(5)))
	require.NoError(t, f.theirs.Secrets.Destroy(t.Context(), scope("test", id)))
	require.Equal(t, exchange.NoShare, reason(lender, id, blind(5)))
}

// psiClient sends elements and nothing else.
type psiClient struct{ elements []oprf.Element }

func (c *psiClient) send(ctx context.Context, id []byte, conn grpc.ClientConnInterface) (int, error) {
	stream, err := types.NewMatchingClient(conn).Match(ctx)
	if err != nil {
		return 0, fmt.Errorf("%w", err)
	}
	message := &types.MatchRequest{Id: id}
	for _, e := range c.elements {
		message.Elements = append(message.Elements, e[:]...)
	}
	_ = stream.Send(message)
	_ = stream.CloseSend()
	parts := 0
	for {
		if _, err := stream.Recv(); err != nil {
			return parts, fmt.Errorf("%w", err)
		}
		parts++
	}
}

func TestASideRefusesWhatIsNotItsOwn(t *testing.T) {
	f := setup(t)
	id, err := f.mine.Open(t.Context(), bank, false, items(0, 5))
	require.NoError(t, err)
	_, err = f.mine.Run(t.Context(), id, items(0, 5), f.conn(lender))
	require.ErrorContains(t, err, "has not accepted")
	_, err = f.mine.Accept(t.Context(), id, items(0, 5))
	require.ErrorContains(t, err, "is asked to accept")
	_, err = f.theirs.Accept(t.Context(), id, items(0, 5))
	require.NoError(t, err)
	_, err = f.theirs.Accept(t.Context(), id, items(0, 5))
	require.ErrorContains(t, err, "already")
	_, err = f.mine.Run(t.Context(), id, items(0, 6), f.conn(lender))
	require.ErrorContains(t, err, "not those that the match was opened with")
	_, err = f.theirs.Run(t.Context(), id, items(0, 5), f.conn(lender))
	require.ErrorContains(t, err, "opened the match")
	f.chain.match.ServerKey[0] ^= 1 // the chain has another key than the server answers with
	_, err = f.mine.Run(t.Context(), id, items(0, 5), f.conn(lender))
	require.Error(t, err)
}

// Of a server's key an answer under another one is found by the proofs.
func TestAnAnswerUnderAnotherKeyIsRefused(t *testing.T) {
	f := setup(t)
	id := f.agreed(false, items(0, 5), items(3, 9))
	session := psi.Session{ID: id}
	liar, err := psi.NewServer(session, oprf.GenerateKey(), items(3, 9))
	require.NoError(t, err)
	public := f.chain.match.ServerKey
	client, err := f.mine.resume(t.Context(), &f.chain.match, items(0, 5))
	require.NoError(t, err)
	answer, err := liar.Evaluate(client.Commitment(), client.Blinded())
	require.NoError(t, err)
	answer.Public = oprf.Element(public)
	_, err = f.mine.conclude(&f.chain.match, client, answer)
	require.ErrorIs(t, err, oprf.ErrProof)
}
