package committee_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	"github.com/gtank/ristretto255"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/cosmos-sdk/codec/address"
	codectestutil "github.com/cosmos/cosmos-sdk/codec/testutil"
	"github.com/cosmos/cosmos-sdk/runtime"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdktestutil "github.com/cosmos/cosmos-sdk/testutil"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/privacy/threshold"
	"github.com/creditd/creditd/vault/agent"
	"github.com/creditd/creditd/vault/agent/committee"
	"github.com/creditd/creditd/vault/internal/crash"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/x/committee/keeper"
	"github.com/creditd/creditd/x/committee/types"
	"github.com/creditd/creditd/x/institution/testutil"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

const chainID = "test-1"

// world is a chain with committees and the agents of its institutions.
type world struct {
	t      *testing.T
	ctx    sdk.Context
	k      *keeper.Keeper
	msg    types.MsgServer
	conn   *baseapp.QueryServiceTestHelper
	agents []*member
	now    int // whose turn it is
}

// member is one institution: what a kill leaves of it is its secrets.
type member struct {
	w        *world
	operator string
	settings memory
	keys     shredder
	secrets  agent.Secrets
	duty     *committee.Duty
	liar     *liar // the node, if it lies
}

func newWorld(t *testing.T, n int) *world {
	t.Helper()
	testutil.SetPrefix()
	registry := codectestutil.CodecOptions{AccAddressPrefix: testutil.Prefix}.NewInterfaceRegistry()
	types.RegisterInterfaces(registry)
	institutiontypes.RegisterInterfaces(registry)
	key := storetypes.NewKVStoreKey(types.StoreKey)
	w := &world{t: t}
	w.ctx = sdktestutil.DefaultContextWithDB(t, key, storetypes.NewTransientStoreKey("transient")).Ctx.
		WithBlockHeader(cmtproto.Header{Height: 1, Time: testutil.Start, ChainID: chainID}).WithChainID(chainID)
	w.k = keeper.NewKeeper(codec.NewProtoCodec(registry), runtime.NewKVStoreService(key), address.NewBech32Codec(testutil.Prefix), everybody{},
		authtypes.NewModuleAddress("gov").String())
	state := types.DefaultGenesis()
	state.Params.ReviewInterval, state.Params.PhaseDuration = time.Second, 10*time.Second
	for i := range state.Params.Policies {
		state.Params.Policies[i].MinMembers = uint32(n)
	}
	require.NoError(t, w.k.InitGenesis(w.ctx, state))
	w.msg = keeper.NewMsgServer(w.k)
	w.conn = baseapp.NewQueryServerTestHelper(w.ctx, registry)
	types.RegisterQueryServer(w.conn, keeper.NewQueryServer(w.k))
	institutiontypes.RegisterQueryServer(w.conn, &licences{})
	for i := range n {
		m := &member{w: w, operator: testutil.Operator(i).String(), settings: memory{}, keys: shredder{}}
		m.start()
		w.agents = append(w.agents, m)
	}
	return w
}

// everybody may be a member.
type everybody struct{}

func (everybody) RequireRole(context.Context, sdk.AccAddress, ...institutiontypes.Role) (institutiontypes.Institution, error) {
	return institutiontypes.Institution{}, nil
}

func (everybody) HasVault(context.Context, sdk.AccAddress) (bool, error) { return true, nil }

type licences struct {
	institutiontypes.UnimplementedQueryServer
}

func (licences) Institution(_ context.Context, req *institutiontypes.QueryInstitutionRequest) (*institutiontypes.QueryInstitutionResponse, error) {
	institution := testutil.Institution(0, 0).Institution
	institution.Operator = req.Operator
	return &institutiontypes.QueryInstitutionResponse{Institution: institutiontypes.InstitutionView{Institution: institution, Vault: &institutiontypes.Vault{}}}, nil
}

// start the agent, as after a kill: nothing is in memory.
func (m *member) start() {
	m.secrets = agent.NewSecrets(m.settings, m.keys)
	m.duty = committee.New(m.secrets, truth{m.w}, slog.New(slog.DiscardHandler))
}

func (m *member) ID() string       { return chainID }
func (m *member) Operator() string { return m.operator }
func (m *member) Height() int64    { return m.w.ctx.BlockHeight() }
func (m *member) Time() time.Time  { return m.w.ctx.BlockTime() }
func (m *member) Conn() grpc.ClientConnInterface {
	if m.liar != nil {
		return m.liar
	}
	return m.w.conn
}

// truth is what the chain has, as it is proven.
type truth struct{ w *world }

func (truth) WaitFor(context.Context, int64) error { return nil }

func (t truth) Committee(_ context.Context, id uint64) (types.Committee, error) {
	c, err := t.w.k.Get(t.w.ctx, id)
	if err != nil {
		return c, fmt.Errorf("%w: %w", client.ErrNotFound, err)
	}
	return c, nil
}

func (t truth) Dealings(_ context.Context, id uint64) ([]types.Dealing, error) {
	answer, err := keeper.NewQueryServer(t.w.k).Dealings(t.w.ctx, &types.QueryDealingsRequest{Id: id})
	if err != nil {
		return nil, err
	}
	return answer.Dealings, nil
}

func (m *member) Send(_ context.Context, msgs ...sdk.Msg) error {
	ctx, write := m.w.ctx.CacheContext()
	for _, msg := range msgs {
		var err error
		switch msg := msg.(type) {
		case *types.MsgEnlist:
			_, err = m.w.msg.Enlist(ctx, msg)
		case *types.MsgJoin:
			_, err = m.w.msg.Join(ctx, msg)
		case *types.MsgDeal:
			_, err = m.w.msg.Deal(ctx, msg)
		case *types.MsgConfirm:
			_, err = m.w.msg.Confirm(ctx, msg)
		case *types.MsgAttestDestruction:
			_, err = m.w.msg.AttestDestruction(ctx, msg)
		default:
			err = fmt.Errorf("an agent sends no %T", msg)
		}
		if err != nil {
			return err
		}
	}
	write()
	return nil
}

// turns lets every agent, from the present one on, do what is due, and ends the block.
func (w *world) turns() {
	w.t.Helper()
	for ; w.now < len(w.agents); w.now++ {
		m := w.agents[w.now]
		require.NoError(w.t, m.duty.Block(w.t.Context(), m))
	}
	w.now = 0
	w.end(time.Second)
}

func (w *world) end(after time.Duration) {
	w.t.Helper()
	require.NoError(w.t, w.k.EndBlock(w.ctx))
	require.NoError(w.t, w.k.Invariants(w.ctx))
	w.ctx = w.ctx.WithBlockHeight(w.ctx.BlockHeight() + 1).WithBlockTime(w.ctx.BlockTime().Add(after))
	w.conn.Ctx = w.ctx
}

func (w *world) committee(id uint64) types.Committee {
	w.t.Helper()
	c, err := w.k.Get(w.ctx, id)
	require.NoError(w.t, err)
	return c
}

// check that every member's share is the one of the chain, and that together they give the key.
func (w *world) check(id uint64) {
	w.t.Helper()
	c := w.committee(id)
	require.Equal(w.t, types.STATUS_ACTIVE, c.Status)
	var shares []threshold.Share
	for i, m := range c.Members {
		require.Equal(w.t, types.MEMBER_STATE_HOLDER, m.State)
		share, err := committee.Share(w.t.Context(), w.agents[i].secrets, chainID, id)
		require.NoError(w.t, err)
		require.Equal(w.t, m.PublicShare, share.Public().Bytes())
		shares = append(shares, share)
	}
	secret, err := threshold.CombineShares(shares[:c.Threshold])
	require.NoError(w.t, err)
	require.Equal(w.t, c.PublicKey, ristretto255.NewIdentityElement().ScalarBaseMult(secret).Bytes())
}

// Agents alone make both keys, keep their shares, and destroy them when the epoch is over.
func TestAgentsDoIt(t *testing.T) {
	w := newWorld(t, 4)
	for range 8 {
		w.turns()
	}
	w.check(1)
	w.check(2)
	for _, m := range w.agents {
		_, err := m.secrets.Get(t.Context(), "committee/test-1/1/dealing", "seed")
		require.ErrorIs(t, err, agent.ErrDestroyed, "what a dealing was made from goes as soon as the key is there")
	}
	c := w.committee(1)
	w.end(c.Deadline.Sub(w.ctx.BlockTime()))
	for range 3 {
		w.turns()
	}
	c = w.committee(1)
	require.Equal(t, types.STATUS_ENDED, c.Status)
	for i, m := range c.Members {
		require.NotNil(t, m.DestroyedAt)
		_, err := committee.Share(t.Context(), w.agents[i].secrets, chainID, 1)
		require.ErrorIs(t, err, agent.ErrDestroyed)
	}
}

// Killed at any point and started again, the agents make the same keys, and nobody is found absent or at fault.
func TestKilledAgents(t *testing.T) {
	died := "begin"
	points := map[string]bool{}
	for n := 0; died != ""; n++ {
		w := newWorld(t, 3)
		died, _ = crash.At(n, func() error {
			for range 8 {
				w.turns()
			}
			return nil
		})
		points[died] = true
		if died != "" {
			w.agents[w.now].start()
		}
		for range 10 {
			w.turns()
		}
		w.check(1)
		w.check(2)
		for _, m := range w.committee(1).Members {
			require.Equal(t, types.FAULT_UNSPECIFIED, m.Fault)
		}
	}
	for _, point := range []string{"transport stored", "seed stored", "share stored", "messages sent", "scope erased"} {
		require.True(t, points[point], point)
	}
}

// memory is a store that survives a kill.
type memory map[string][]byte

func (m memory) Setting(_ context.Context, name string) ([]byte, error) { return m[name], nil }

func (m memory) SetSettings(_ context.Context, values map[string][]byte) error {
	for name, value := range values {
		m[name] = append([]byte(nil), value...)
	}
	return nil
}

// shredder is a key bag that only knows what was erased.
type shredder map[[32]byte]bool

func (s shredder) SealSecret(value []byte, scope [32]byte, place []byte) ([]byte, error) {
	if s[scope] {
		return nil, keys.ErrErased
	}
	return append(append([]byte{byte(len(place))}, place...), value...), nil
}

func (s shredder) OpenSecret(sealed []byte, scope [32]byte, place []byte) ([]byte, error) {
	if s[scope] {
		return nil, keys.ErrErased
	}
	if n := len(place); len(sealed) < 1+n || string(sealed[1:1+n]) != string(place) {
		return nil, errors.New("another place")
	}
	return append([]byte(nil), sealed[1+len(place):]...), nil
}

func (s shredder) Erase(_ context.Context, scopes [][32]byte) (int, error) {
	for _, scope := range scopes {
		s[scope] = true
	}
	return len(scopes), nil
}
