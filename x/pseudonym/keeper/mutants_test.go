package keeper_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/oprf"
	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/pseudonym/types"
)

// message is what generated messages have.
type message interface {
	sdk.Msg
	Marshal() ([]byte, error)
	Unmarshal([]byte) error
}

// format is a message of the module: a good one, an empty one to decode into, and its handler.
type format struct {
	good  message
	empty func() message
	serve func(context.Context, message) error
}

func handled[M any, P interface {
	*M
	message
}, R any](good P, serve func(context.Context, P) (R, error)) format {
	return format{good, func() message { return P(new(M)) }, func(ctx context.Context, m message) error {
		_, err := serve(ctx, m.(P))
		return err
	}}
}

// formats of the module, with a state in which nearly every good one is taken.
func formats(t testing.TB) (*fixture, []format) {
	t.Helper()
	f := setup(t)
	nonce := bytes.Repeat([]byte{1}, types.NonceSize)
	key := oprf.GenerateKey().Public()
	opened, err := f.msg.OpenMatch(f.ctx, &types.MsgOpenMatch{Client: lender.String(), Server: bank.String(), Nonce: nonce, Count: 2, Root: testutil.Bytes("root")})
	require.NoError(t, err)
	accepted, err := f.msg.OpenMatch(f.ctx, &types.MsgOpenMatch{
		Client: lender.String(), Server: bank.String(), Nonce: bytes.Repeat([]byte{2}, types.NonceSize), Count: 2, Root: testutil.Bytes("root"),
	})
	require.NoError(t, err)
	_, err = f.msg.AcceptMatch(f.ctx, &types.MsgAcceptMatch{Server: bank.String(), Id: accepted.Id, ServerKey: key[:]})
	require.NoError(t, err)
	old, moved := id("old"), id("moved")
	f.credit.known[old], f.credit.known[moved] = []sdk.AccAddress{bank, utility}, []sdk.AccAddress{bank, utility}
	stopped := &types.MsgMigrate{Institution: bank.String(), Epoch: 1, Links: []types.Link{{Old: moved.Bytes(), New: testutil.Bytes("new of moved")}}}
	_, err = f.msg.Migrate(f.ctx, stopped)
	require.NoError(t, err)
	f.committees.form(2, 2)
	f.committees.active = 1
	params, err := f.k.GetParams(f.ctx)
	require.NoError(t, err)
	return f, []format{
		handled(&types.MsgRequestEvaluations{Institution: bank.String(), Epoch: 1, Count: 2, Hash: testutil.Bytes("hash")}, f.msg.RequestEvaluations),
		handled(&types.MsgOpenMatch{Client: lender.String(), Server: bank.String(), Nonce: bytes.Repeat([]byte{3}, types.NonceSize), Count: 2, Root: testutil.Bytes("root")}, f.msg.OpenMatch),
		handled(&types.MsgAcceptMatch{Server: bank.String(), Id: opened.Id, ServerKey: key[:]}, f.msg.AcceptMatch),
		handled(&types.MsgCloseMatch{Institution: bank.String(), Id: accepted.Id, Transcript: testutil.Bytes("transcript")}, f.msg.CloseMatch),
		handled(&types.MsgMigrate{Institution: bank.String(), Epoch: 1, Links: []types.Link{{Old: old.Bytes(), New: testutil.Bytes("new")}}}, f.msg.Migrate),
		handled(&types.MsgStopMigration{Signer: bank.String(), Old: moved.Bytes()}, f.msg.StopMigration),
		handled(&types.MsgAdoptKey{Authority: authority.String(), CommitteeId: 1}, f.msg.AdoptKey),
		handled(&types.MsgUpdateParams{Authority: authority.String(), Params: params}, f.msg.UpdateParams),
	}
}

// try a message on a copy of the state: it is refused with a registered error, or, which is looked at if whole, the state it leaves could
// be a genesis.
func (f *fixture) try(t *testing.T, format format, bz []byte, whole bool) error {
	t.Helper()
	msg := format.empty()
	if err := msg.Unmarshal(bz); err != nil {
		return err
	}
	ctx, _ := f.ctx.CacheContext()
	if err := format.serve(ctx, msg); err != nil {
		codespace, code, _ := errorsmod.ABCIInfo(err, false)
		require.NotEqual(t, uint32(1), code, "%s: %v is not registered", codespace, err)
		return err
	}
	if whole {
		require.NoError(t, f.k.Invariants(ctx), "%T %x", msg, bz)
	}
	return nil
}

// 20,000 mutants of each message: none panics. Those that are taken say something else that may be said (another hash, another
// number), and leave a state that holds together.
func TestMutantsOfMessages(t *testing.T) {
	f, all := formats(t)
	for _, format := range all {
		t.Run(fmt.Sprintf("%T", format.good), func(t *testing.T) {
			good, err := format.good.Marshal()
			require.NoError(t, err)
			r := rand.New(rand.NewPCG(1, 2))
			refused := 0
			for i := range 20_000 {
				m := bytes.Clone(good)
				at := r.IntN(len(m))
				switch {
				case i%20 == 0: // these may be taken
					m[at] ^= 1 << r.IntN(8)
				case i%4 == 0:
					m = m[:at]
				case i%4 == 1:
					m = append(m[:at:at], m[min(at+1+r.IntN(40), len(m)):]...)
				case i%4 == 2:
					copy(m[at:], bytes.Repeat([]byte{0xff}, 1+r.IntN(64)))
				default:
					m = append(m[:at:at], bytes.Repeat(m[at:], 1+r.IntN(100))...)
				}
				if f.try(t, format, m, i%20 == 0) != nil {
					refused++
				}
			}
			require.Greater(t, refused, 10_000)
		})
	}
}

// FuzzMessages: the first byte says which message the rest is.
func FuzzMessages(f *testing.F) {
	fixture, all := formats(f)
	for i, format := range all {
		bz, err := format.good.Marshal()
		require.NoError(f, err)
		f.Add(append([]byte{byte(i)}, bz...))
	}
	f.Fuzz(func(t *testing.T, bz []byte) {
		if len(bz) > 0 {
			_ = fixture.try(t, all[int(bz[0])%len(all)], bz[1:], true)
		}
	})
}
