package keeper_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/crypto/keys/ed25519"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

func (f *fixture) signAttest(issuer sdk.AccAddress, msg *types.MsgAttestDelegated) *types.MsgAttestDelegated {
	f.t.Helper()
	return signed(f, issuer, types.AttestSignBytes(chainID, issuer, msg), msg, &msg.Signature)
}

func (f *fixture) signRevoke(issuer sdk.AccAddress, msg *types.MsgRevokeDelegated) *types.MsgRevokeDelegated {
	f.t.Helper()
	return signed(f, issuer, types.RevokeSignBytes(chainID, issuer, msg), msg, &msg.Signature)
}

func signed[M any](f *fixture, issuer sdk.AccAddress, payload []byte, msg M, into *[]byte) M {
	f.t.Helper()
	signature, err := keyOf(issuer).Sign(payload)
	require.NoError(f.t, err)
	*into = signature
	return msg
}

func (f *fixture) delegated(commitment string) *types.MsgAttestDelegated {
	return &types.MsgAttestDelegated{
		Submitter: outsider.String(), Issuer: bank.String(), SchemaId: f.schema, Statements: statements(2, commitment),
		Deadline: f.ctx.BlockTime().Add(day), Nonce: testutil.Bytes("nonce")[:types.NonceSize],
	}
}

func TestAttestDelegated(t *testing.T) {
	f := setup(t)
	msg := f.signAttest(bank, f.delegated("c"))
	var res *types.MsgAttestDelegatedResponse
	writes, _ := f.costs(func() { res = must(f, f.msg.AttestDelegated, msg) })
	require.Equal(t, 2, writes, "the batch and the nonce")
	require.Equal(t, types.BatchID(f.schema, bank, nil, msg.Statements).Bytes(), res.BatchId)
	require.Equal(t, bank.String(), f.attestation(types.ContainerID(res.BatchId).Item(1).Bytes()).Issuer)
	_, err := send(f, f.msg.AttestDelegated, msg)
	require.ErrorIs(t, err, types.ErrNonceUsed)
}

// The signature binds every field but the submitter.
func TestAttestDelegatedBinds(t *testing.T) {
	f := setup(t)
	f.k.AddResolver("none", &guard{})
	other := f.createSchema("lender.score", func(*types.MsgCreateSchema) {})
	refuse(f, f.msg.AttestDelegated, func() *types.MsgAttestDelegated { return f.signAttest(bank, f.delegated("c")) },
		[]refusal[*types.MsgAttestDelegated]{
			{"issuer", func(m *types.MsgAttestDelegated) { m.Issuer = utility.String() }, types.ErrWrongSignature},
			{"schema", func(m *types.MsgAttestDelegated) { m.SchemaId = other }, types.ErrWrongSignature},
			{"accreditation", func(m *types.MsgAttestDelegated) { m.AccreditationId = testutil.Bytes("a") }, types.ErrWrongSignature},
			{"a statement less", func(m *types.MsgAttestDelegated) { m.Statements = m.Statements[:1] }, types.ErrWrongSignature},
			{"order", func(m *types.MsgAttestDelegated) { slices.Reverse(m.Statements) }, types.ErrWrongSignature},
			{"subject", func(m *types.MsgAttestDelegated) { m.Statements[0].Subject = testutil.Bytes("bob") }, types.ErrWrongSignature},
			{"commitment", func(m *types.MsgAttestDelegated) { m.Statements[1].Commitment = testutil.Bytes("x") }, types.ErrWrongSignature},
			{"expiry", func(m *types.MsgAttestDelegated) { m.Statements[0].ExpiresAt = in(f.ctx, day) }, types.ErrWrongSignature},
			{"beginning", func(m *types.MsgAttestDelegated) { m.Statements[0].ValidFrom = in(f.ctx, day) }, types.ErrWrongSignature},
			{"reference", func(m *types.MsgAttestDelegated) { m.Statements[0].Reference = testutil.Bytes("r") }, types.ErrWrongSignature},
			{"circuit", func(m *types.MsgAttestDelegated) { m.Statements[0].CircuitCommitment = testutil.Bytes("r") }, types.ErrWrongSignature},
			{"amount", func(m *types.MsgAttestDelegated) { m.Statements[0].AmountCommitments = [][]byte{testutil.Bytes("r")} }, types.ErrWrongSignature},
			{"deadline", func(m *types.MsgAttestDelegated) { m.Deadline = m.Deadline.Add(time.Nanosecond) }, types.ErrWrongSignature},
			{"nonce", func(m *types.MsgAttestDelegated) { m.Nonce = testutil.Bytes("other")[:16] }, types.ErrWrongSignature},
			{"signature", func(m *types.MsgAttestDelegated) { m.Signature[9] ^= 1 }, types.ErrWrongSignature},
			{"longer signature", func(m *types.MsgAttestDelegated) { m.Signature = append(m.Signature, 0) }, types.ErrWrongSignature},
			{"mirrored signature", func(m *types.MsgAttestDelegated) { mirror(m.Signature) }, types.ErrWrongSignature},
		})
	f.ctx = f.ctx.WithChainID("creditd-other-1")
	_, err := send(f, f.msg.AttestDelegated, f.signAttest(bank, f.delegated("c")))
	require.ErrorIs(t, err, types.ErrWrongSignature, "signed for another chain")
}

// mirror turns (r, s) into (r, n-s), which textbook ECDSA accepts as well.
func mirror(signature []byte) {
	order, _ := hex.DecodeString("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")
	borrow := 0
	for i := 31; i >= 0; i-- {
		digit := int(order[i]) - int(signature[32+i]) - borrow
		borrow = 0
		if digit < 0 {
			digit, borrow = digit+256, 1
		}
		signature[32+i] = byte(digit)
	}
}

func TestAttestDelegatedRefuses(t *testing.T) {
	f := setup(t)
	fresh, hardware := testutil.Address("fresh"), testutil.Address("hardware")
	for _, operator := range []sdk.AccAddress{fresh, hardware, outsider} {
		f.institutions.License(operator, institutiontypes.ROLE_FURNISHER)
	}
	f.accounts[fresh.String()] = nil
	f.accounts[hardware.String()] = ed25519.GenPrivKeyFromSecret([]byte("hardware")).PubKey()
	again := func(change func(*types.MsgAttestDelegated)) func(*types.MsgAttestDelegated) {
		return func(m *types.MsgAttestDelegated) {
			change(m)
			issuer, err := sdk.AccAddressFromBech32(m.Issuer)
			require.NoError(t, err)
			f.signAttest(issuer, m)
		}
	}
	refuse(f, f.msg.AttestDelegated, func() *types.MsgAttestDelegated { return f.signAttest(bank, f.delegated("c")) },
		[]refusal[*types.MsgAttestDelegated]{
			{"bad issuer", func(m *types.MsgAttestDelegated) { m.Issuer = "x" }, types.ErrInvalidAddress},
			{"no statements", again(func(m *types.MsgAttestDelegated) { m.Statements = nil }), types.ErrBatchSize},
			{"too many", again(func(m *types.MsgAttestDelegated) { m.Statements = statements(101, "x") }), types.ErrBatchSize},
			{"short schema id", func(m *types.MsgAttestDelegated) { m.SchemaId = []byte{1} }, types.ErrUnknownSchema},
			{"unknown schema", again(func(m *types.MsgAttestDelegated) { m.SchemaId = testutil.Bytes("x") }), types.ErrUnknownSchema},
			{"long accreditation", func(m *types.MsgAttestDelegated) { m.AccreditationId = make([]byte, 1e6) }, types.ErrInvalidAccreditation},
			{"bad statement", func(m *types.MsgAttestDelegated) { m.Statements[0].Subject = make([]byte, 1e6) }, types.ErrInvalidStatement},
			{"short nonce", again(func(m *types.MsgAttestDelegated) { m.Nonce = m.Nonce[:15] }), types.ErrInvalidDelegation},
			{"no signature", func(m *types.MsgAttestDelegated) { m.Signature = nil }, types.ErrInvalidDelegation},
			{"long signature", func(m *types.MsgAttestDelegated) { m.Signature = make([]byte, 257) }, types.ErrInvalidDelegation},
			{"past", again(func(m *types.MsgAttestDelegated) { m.Deadline = testutil.Now.Add(-time.Nanosecond) }), types.ErrDelegationExpired},
			{"no deadline", again(func(m *types.MsgAttestDelegated) { m.Deadline = time.Time{} }), types.ErrDelegationExpired},
			{"far", again(func(m *types.MsgAttestDelegated) { m.Deadline = testutil.Now.Add(7*day + time.Nanosecond) }), types.ErrInvalidDelegation},
			{"end of time", func(m *types.MsgAttestDelegated) { m.Deadline = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) }, types.ErrInvalidDelegation},
			{"no account", again(func(m *types.MsgAttestDelegated) { m.Issuer = outsider.String() }), types.ErrInvalidDelegation},
			{"no key", again(func(m *types.MsgAttestDelegated) { m.Issuer = fresh.String() }), types.ErrInvalidDelegation},
			{"other key", again(func(m *types.MsgAttestDelegated) { m.Issuer = hardware.String() }), types.ErrInvalidDelegation},
			{"wrong role", again(func(m *types.MsgAttestDelegated) { m.Issuer = lender.String() }), institutiontypes.ErrWrongRole},
		})
	f.institutions.Suspend(bank)
	_, err := send(f, f.msg.AttestDelegated, f.signAttest(bank, f.delegated("c")))
	require.ErrorIs(t, err, institutiontypes.ErrNotLicensed, "a delegation gives no right that its issuer lost")
}

func TestRevokeDelegatedRefuses(t *testing.T) {
	f := setup(t)
	id, other := f.attest(bank, "alice", "c1"), f.attest(bank, "alice", "c2")
	valid := func() *types.MsgRevokeDelegated {
		return f.signRevoke(bank, &types.MsgRevokeDelegated{
			Submitter: outsider.String(), Issuer: bank.String(), Id: id, Reason: types.REVOCATION_REASON_ERROR,
			Deadline: f.ctx.BlockTime().Add(day), Nonce: testutil.Bytes("nonce")[:types.NonceSize],
		})
	}
	refuse(f, f.msg.RevokeDelegated, valid, []refusal[*types.MsgRevokeDelegated]{
		{"bad issuer", func(m *types.MsgRevokeDelegated) { m.Issuer = "x" }, types.ErrInvalidAddress},
		{"bad id", func(m *types.MsgRevokeDelegated) { m.Id = []byte{1} }, types.ErrInvalidID},
		{"another attestation", func(m *types.MsgRevokeDelegated) { m.Id = other }, types.ErrWrongSignature},
		{"another reason", func(m *types.MsgRevokeDelegated) { m.Reason = types.REVOCATION_REASON_DISPUTE }, types.ErrWrongSignature},
		{"another deadline", func(m *types.MsgRevokeDelegated) { m.Deadline = m.Deadline.Add(-1) }, types.ErrWrongSignature},
		{"another nonce", func(m *types.MsgRevokeDelegated) { m.Nonce = testutil.Bytes("other")[:16] }, types.ErrWrongSignature},
		{"another issuer", func(m *types.MsgRevokeDelegated) { m.Issuer = utility.String() }, types.ErrWrongSignature},
		{"past", func(m *types.MsgRevokeDelegated) { m.Deadline = testutil.Now.Add(-1) }, types.ErrDelegationExpired},
		{"no reason", func(m *types.MsgRevokeDelegated) { m.Reason = 0; f.signRevoke(bank, m) }, types.ErrInvalidReason},
		{"not its own", func(m *types.MsgRevokeDelegated) { m.Issuer = utility.String(); f.signRevoke(utility, m) }, types.ErrNotIssuer},
	})
	must(f, f.msg.RevokeDelegated, valid())
	require.Equal(t, types.STATUS_REVOKED, f.attestation(id).Status)
	requireEvent(t, f.ctx, &types.EventRevoked{Id: types.ID(id).String(), Reason: types.REVOCATION_REASON_ERROR})
}

// What was signed for one type of message is no signature for another, not even with the same nonce.
func TestDelegationDomains(t *testing.T) {
	f := setup(t)
	id := f.attest(bank, "alice", "c1")
	attest := f.delegated("c")
	revoke := &types.MsgRevokeDelegated{
		Submitter: outsider.String(), Issuer: bank.String(), Id: id, Reason: types.REVOCATION_REASON_ERROR,
		Deadline: attest.Deadline, Nonce: attest.Nonce,
	}
	revoke.Signature = f.signAttest(bank, attest).Signature
	_, err := send(f, f.msg.RevokeDelegated, revoke)
	require.ErrorIs(t, err, types.ErrWrongSignature)
	must(f, f.msg.AttestDelegated, attest)
	_, err = send(f, f.msg.RevokeDelegated, f.signRevoke(bank, revoke))
	require.ErrorIs(t, err, types.ErrNonceUsed)
}

// A delegation is good until the block whose time is its deadline, and its nonce is remembered as long: in no block is
// it accepted a second time, whatever the queue has forgotten.
func TestDelegationReplay(t *testing.T) {
	f := setup(t)
	params := types.DefaultParams()
	params.MaxExpiriesPerBlock = 1
	require.NoError(t, f.k.SetParams(f.ctx, params))
	valid := func(nonce byte, deadline time.Time) *types.MsgAttestDelegated {
		msg := f.delegated("c" + string('0'+nonce))
		msg.Deadline, msg.Nonce = deadline, append(make([]byte, 15), nonce)
		return f.signAttest(bank, msg)
	}
	deadline := f.ctx.BlockTime().Add(time.Minute)
	msgs := []*types.MsgAttestDelegated{valid(1, deadline), valid(2, deadline), valid(3, deadline)}
	for _, msg := range msgs {
		must(f, f.msg.AttestDelegated, msg)
	}
	f.next(time.Minute) // the deadline itself
	must(f, f.msg.AttestDelegated, valid(4, deadline))
	for i := range 12 {
		for _, msg := range msgs {
			_, err := send(f, f.msg.AttestDelegated, msg)
			if f.ctx.BlockTime().After(deadline) {
				require.ErrorIs(t, err, types.ErrDelegationExpired)
			} else {
				require.ErrorIs(t, err, types.ErrNonceUsed)
			}
		}
		f.next(time.Duration(i / 4)) // block times may stand still
	}
	require.Zero(t, f.nonces(), "all are forgotten")
}

func (f *fixture) nonces() (count int) {
	for key := range f.state() {
		if key[0] == types.UsedNoncesPrefix.Bytes()[0] {
			count++
		}
	}
	return count
}

// Even without nonces nothing could be repeated: a batch has the id of its content, and a revocation is final.
func TestDelegationReplayWithoutNonces(t *testing.T) {
	f := setup(t)
	attest := f.signAttest(bank, f.delegated("c"))
	id := types.ContainerID(must(f, f.msg.AttestDelegated, attest).BatchId).Item(0).Bytes()
	require.NoError(t, change["suspend"](f, bank, id, nil))
	require.NoError(t, change["reinstate"](f, bank, id, nil))
	revoke := f.signRevoke(bank, &types.MsgRevokeDelegated{
		Submitter: outsider.String(), Issuer: bank.String(), Id: id, Reason: types.REVOCATION_REASON_ERROR,
		Deadline: attest.Deadline, Nonce: testutil.Bytes("revoke")[:types.NonceSize],
	})
	must(f, f.msg.RevokeDelegated, revoke)
	store := f.store.OpenKVStore(f.ctx)
	for key := range f.state() {
		if key[0] == types.UsedNoncesPrefix.Bytes()[0] {
			require.NoError(t, store.Delete([]byte(key)))
		}
	}
	_, err := send(f, f.msg.AttestDelegated, attest)
	require.ErrorIs(t, err, types.ErrDuplicate)
	_, err = send(f, f.msg.RevokeDelegated, revoke)
	require.ErrorIs(t, err, types.ErrNotActive)
	require.ErrorIs(t, change["reinstate"](f, bank, id, nil), types.ErrNotSuspended)
}

// The signature is paid for before it is looked at, and a refused message does not use up the nonce.
func TestDelegationGas(t *testing.T) {
	f := setup(t)
	wrong := f.signAttest(utility, f.delegated("c"))
	meter := storetypes.NewInfiniteGasMeter()
	_, err := f.msg.AttestDelegated(f.ctx.WithGasMeter(meter), wrong)
	require.ErrorIs(t, err, types.ErrWrongSignature)
	require.GreaterOrEqual(t, meter.GasConsumed(), uint64(1000+2*200))
	require.Panics(t, func() {
		_, _ = f.msg.AttestDelegated(f.ctx.WithGasMeter(storetypes.NewGasMeter(meter.GasConsumed()-1)), wrong)
	})
	require.Zero(t, f.nonces())
	must(f, f.msg.AttestDelegated, f.signAttest(bank, f.delegated("c")))
	require.Equal(t, 1, f.nonces())
}

// The vectors of docs/delegation.md. They never change: issuers' own programs rely on them.
func TestDelegationVectors(t *testing.T) {
	var vectors struct {
		ChainID    string `json:"chain_id"`
		PrivateKey string `json:"private_key"`
		PublicKey  string `json:"public_key"`
		Issuer     string `json:"issuer"`
		Attest     struct {
			SchemaID        string `json:"schema_id"`
			AccreditationID string `json:"accreditation_id"`
			Statements      []struct {
				Subject    string     `json:"subject"`
				Commitment string     `json:"commitment"`
				ValidFrom  *time.Time `json:"valid_from"`
				ExpiresAt  *time.Time `json:"expires_at"`
				Reference  string     `json:"reference"`
				Digest     string     `json:"digest"`
			} `json:"statements"`
			Deadline  time.Time `json:"deadline"`
			Nonce     string    `json:"nonce"`
			Payload   string    `json:"payload"`
			Signature string    `json:"signature"`
		} `json:"attest"`
		Revoke struct {
			ID        string    `json:"id"`
			Reason    int32     `json:"reason"`
			Deadline  time.Time `json:"deadline"`
			Nonce     string    `json:"nonce"`
			Payload   string    `json:"payload"`
			Signature string    `json:"signature"`
		} `json:"revoke"`
	}
	file, err := os.ReadFile("testdata/delegation.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(file, &vectors))
	bz := func(text string) []byte {
		decoded, err := hex.DecodeString(text)
		require.NoError(t, err)
		return decoded
	}
	key := &secp256k1.PrivKey{Key: bz(vectors.PrivateKey)}
	issuer := sdk.AccAddress(bz(vectors.Issuer))
	require.Equal(t, vectors.PublicKey, hex.EncodeToString(key.PubKey().Bytes()))
	require.Equal(t, vectors.Issuer, hex.EncodeToString(key.PubKey().Address()))

	attest := &types.MsgAttestDelegated{
		SchemaId: bz(vectors.Attest.SchemaID), AccreditationId: bz(vectors.Attest.AccreditationID),
		Deadline: vectors.Attest.Deadline, Nonce: bz(vectors.Attest.Nonce),
	}
	for _, each := range vectors.Attest.Statements {
		said := types.Statement{
			Subject: bz(each.Subject), Commitment: bz(each.Commitment), ValidFrom: each.ValidFrom, ExpiresAt: each.ExpiresAt,
			Reference: bz(each.Reference),
		}
		digest := said.Digest()
		require.Equal(t, each.Digest, hex.EncodeToString(digest[:]))
		attest.Statements = append(attest.Statements, said)
	}
	revoke := &types.MsgRevokeDelegated{
		Id: bz(vectors.Revoke.ID), Reason: types.RevocationReason(vectors.Revoke.Reason),
		Deadline: vectors.Revoke.Deadline, Nonce: bz(vectors.Revoke.Nonce),
	}
	for _, each := range []struct {
		payload         []byte
		want, signature string
	}{
		{types.AttestSignBytes(vectors.ChainID, issuer, attest), vectors.Attest.Payload, vectors.Attest.Signature},
		{types.RevokeSignBytes(vectors.ChainID, issuer, revoke), vectors.Revoke.Payload, vectors.Revoke.Signature},
	} {
		require.Equal(t, each.want, hex.EncodeToString(each.payload))
		require.True(t, key.PubKey().VerifySignature(each.payload, bz(each.signature)))
		signature, err := key.Sign(each.payload) // RFC 6979: there is one
		require.NoError(t, err)
		require.Equal(t, each.signature, hex.EncodeToString(signature))
	}
}
