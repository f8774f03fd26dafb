package pseudonym

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/privacy/oprf"
	"github.com/creditd/creditd/vault/blinded"
	"github.com/creditd/creditd/vault/exchange"
	"github.com/creditd/creditd/vault/types"
	committeetypes "github.com/creditd/creditd/x/committee/types"
	pseudonymtypes "github.com/creditd/creditd/x/pseudonym/types"
)

type chain struct {
	evaluation pseudonymtypes.Evaluation
	committee  committeetypes.Committee
	epoch      pseudonymtypes.KeyEpoch
	away       error
}

func (c *chain) Evaluation(_ context.Context, id [32]byte) (pseudonymtypes.Evaluation, error) {
	if c.away != nil || string(id[:]) != string(c.evaluation.Id) {
		return pseudonymtypes.Evaluation{}, errors.Join(c.away, absent(c.away))
	}
	return c.evaluation, nil
}

func absent(away error) error {
	if away != nil {
		return nil
	}
	return fmt.Errorf("request: %w", client.ErrNotFound)
}

func (c *chain) Committee(_ context.Context, id uint64) (committeetypes.Committee, error) {
	if id != c.committee.Id {
		return c.committee, fmt.Errorf("committee: %w", client.ErrNotFound)
	}
	return c.committee, nil
}

func (c *chain) KeyEpoch(context.Context, uint64) (pseudonymtypes.KeyEpoch, error) {
	return c.epoch, nil
}

// share of one institution.
type share struct{ secret [32]byte }

func (s *share) Share(context.Context, uint64) ([32]byte, error) { return s.secret, nil }

// asPeer answers as if TLS had proven that account.
type asPeer struct {
	*Server
	peer string
}

func (a asPeer) Evaluate(stream types.Pseudonyms_EvaluateServer) error {
	return a.evaluate(stream, a.peer)
}

type fixture struct {
	t      *testing.T
	chain  *chain
	key    *oprf.Key
	share  *share
	config Config
	client *oprf.Client
}

func setup(t *testing.T) *fixture {
	key := oprf.GenerateKey()
	public := key.Public()
	requester, err := oprf.Blind([][]byte{[]byte("a"), []byte("b")})
	require.NoError(t, err)
	hash := oprf.RequestHash(requester.Blinded())
	id := [32]byte{1}
	f := &fixture{t: t, key: key, share: &share{key.Secret()}, client: requester, chain: &chain{
		evaluation: pseudonymtypes.Evaluation{
			Id: id[:], Institution: "lender", Epoch: 1, Count: 2, Hash: hash[:], ExpiresAt: time.Now().Add(time.Hour),
		},
		committee: committeetypes.Committee{
			Id: 7, Epoch: 1, Purpose: committeetypes.PURPOSE_PSEUDONYM, Status: committeetypes.STATUS_ACTIVE, PublicKey: public[:],
			Members: []committeetypes.Member{{Operator: "bank", Index: 1, State: committeetypes.MEMBER_STATE_HOLDER, PublicShare: public[:]}},
		},
		epoch: pseudonymtypes.KeyEpoch{Epoch: 1, PublicKey: public[:]},
	}}
	f.config = Config{Operator: "bank", Chain: f.chain, Shares: f.share, Log: slog.New(slog.DiscardHandler)}
	return f
}

// ask an institution's vault as a peer; requests are sent as they are.
func (f *fixture) ask(server *Server, peer string, requests ...*types.EvaluateRequest) ([]oprf.Element, []oprf.Proof, exchange.Reason) {
	f.t.Helper()
	known, err := client.NewCodec()
	require.NoError(f.t, err)
	listener, codec := bufconn.Listen(1<<16), known.GRPCCodec()
	rpc := grpc.NewServer(grpc.ForceServerCodec(codec))
	types.RegisterPseudonymsServer(rpc, asPeer{server, peer})
	go func() { _ = rpc.Serve(listener) }()
	defer rpc.Stop()
	conn, err := grpc.NewClient("passthrough:vault", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(codec)))
	require.NoError(f.t, err)
	defer func() { require.NoError(f.t, conn.Close()) }()
	stream, err := types.NewPseudonymsClient(conn).Evaluate(f.t.Context())
	require.NoError(f.t, err)
	for _, request := range requests {
		_ = stream.Send(request) // Recv says what came of it
	}
	_ = stream.CloseSend()
	var elements []oprf.Element
	var proofs []oprf.Proof
	for {
		response, err := stream.Recv()
		if err != nil {
			return elements, proofs, exchange.ReasonOf(err)
		}
		elements, err = blinded.Append(elements, response.Elements, 2)
		require.NoError(f.t, err)
		proofs = append(proofs, oprf.Proof(response.Proof))
	}
}

func (f *fixture) request() *types.EvaluateRequest {
	return &types.EvaluateRequest{Id: f.chain.evaluation.Id, CommitteeId: 7, Elements: blinded.Messages(f.client.Blinded())[0]}
}

func TestAVaultEvaluatesWhatWasRequested(t *testing.T) {
	f := setup(t)
	evaluated, proofs, reason := f.ask(NewServer(f.config), "lender", f.request())
	require.Empty(t, reason)
	require.NoError(t, oprf.Verify(f.key.Public(), f.client.Blinded(), evaluated, proofs))
	outputs, err := f.client.Finalize(evaluated)
	require.NoError(t, err)
	direct, err := f.key.Output([]byte("a"))
	require.NoError(t, err)
	require.Equal(t, direct, outputs[0])
}

func TestAVaultEvaluatesNothingElse(t *testing.T) {
	for _, of := range []struct {
		name   string
		spoil  func(*fixture, *types.EvaluateRequest)
		reason exchange.Reason
	}{
		{"unknown request", func(_ *fixture, r *types.EvaluateRequest) { r.Id = make([]byte, 32) }, exchange.NotRequested},
		{"no id", func(_ *fixture, r *types.EvaluateRequest) { r.Id = nil }, exchange.Malformed},
		{"another's request", func(f *fixture, _ *types.EvaluateRequest) { f.chain.evaluation.Institution = "other" }, exchange.OtherParty},
		{"over", func(f *fixture, _ *types.EvaluateRequest) { f.chain.evaluation.ExpiresAt = time.Now() }, exchange.NotRequested},
		{"node away", func(f *fixture, _ *types.EvaluateRequest) { f.chain.away = errors.New("away") }, exchange.ChainAway},
		{"other elements", func(_ *fixture, r *types.EvaluateRequest) { r.Elements[3] ^= 1 }, exchange.NotCommitted},
		{"other order", func(_ *fixture, r *types.EvaluateRequest) {
			r.Elements = append(append([]byte{}, r.Elements[32:]...), r.Elements[:32]...)
		}, exchange.NotCommitted},
		{"fewer", func(_ *fixture, r *types.EvaluateRequest) { r.Elements = r.Elements[:32] }, exchange.NotCommitted},
		{"more", func(_ *fixture, r *types.EvaluateRequest) { r.Elements = append(r.Elements, make([]byte, 32)...) }, exchange.NotCommitted},
		{"identity", func(f *fixture, r *types.EvaluateRequest) {
			clear(r.Elements)
			hash := oprf.RequestHash(make([]oprf.Element, 2))
			f.chain.evaluation.Hash = hash[:]
		}, exchange.Malformed},
		{"another committee", func(_ *fixture, r *types.EvaluateRequest) { r.CommitteeId = 8 }, exchange.NotRequested},
		{"another purpose", func(f *fixture, _ *types.EvaluateRequest) {
			f.chain.committee.Purpose = committeetypes.PURPOSE_EXPOSURE
		}, exchange.NoShare},
		{"another epoch", func(f *fixture, _ *types.EvaluateRequest) { f.chain.committee.Epoch = 2 }, exchange.NoShare},
		{"ended", func(f *fixture, _ *types.EvaluateRequest) { f.chain.committee.Status = committeetypes.STATUS_ENDED }, exchange.NoShare},
		{"no holder", func(f *fixture, _ *types.EvaluateRequest) {
			f.chain.committee.Members[0].State = committeetypes.MEMBER_STATE_LEFT
		}, exchange.NoShare},
		{"another share", func(f *fixture, _ *types.EvaluateRequest) { f.share.secret = oprf.GenerateKey().Secret() }, exchange.NoShare},
		{"damaged share", func(f *fixture, _ *types.EvaluateRequest) { f.share.secret = [32]byte{} }, exchange.NoShare},
	} {
		f := setup(t)
		request := f.request()
		of.spoil(f, request)
		elements, _, reason := f.ask(NewServer(f.config), "lender", request)
		require.Equal(t, of.reason, reason, of.name)
		require.Empty(t, elements, of.name)
	}
}

// The vault's own limit holds whatever the chain allows.
func TestAVaultLimitsItself(t *testing.T) {
	f := setup(t)
	now := time.Now()
	f.config.PerDay, f.config.Now = 3, func() time.Time { return now }
	f.chain.evaluation.ExpiresAt = now.Add(48 * time.Hour)
	server := NewServer(f.config)
	_, _, reason := f.ask(server, "lender", f.request())
	require.Empty(t, reason)
	_, _, reason = f.ask(server, "lender", f.request())
	require.Equal(t, exchange.QuotaExhausted, reason)
	now = now.Add(24 * time.Hour)
	_, _, reason = f.ask(server, "lender", f.request())
	require.Empty(t, reason)
}
