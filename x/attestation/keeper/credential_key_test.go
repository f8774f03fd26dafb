package keeper_test

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

func base64url(t *testing.T, text string) []byte {
	bz, err := base64.RawURLEncoding.DecodeString(text)
	require.NoError(t, err)
	return bz
}

// p256 is the uncompressed point of a secret.
func p256(t *testing.T, secret string) []byte {
	key, err := ecdh.P256().NewPrivateKey(testutil.Bytes("%s", secret))
	require.NoError(t, err)
	return key.PublicKey().Bytes()
}

func ed(secret string) []byte {
	return ed25519.NewKeyFromSeed(testutil.Bytes("%s", secret)).Public().(ed25519.PublicKey)
}

func TestThumbprint(t *testing.T) {
	// RFC 8037 A.1 and A.3.
	kid := types.Thumbprint(types.KEY_ALGORITHM_EDDSA, base64url(t, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"))
	require.Equal(t, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", base64.RawURLEncoding.EncodeToString(kid[:]))
	// RFC 9449 s.4.1 and s.6.1.
	point := append([]byte{4}, base64url(t, "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs")...)
	point = append(point, base64url(t, "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA")...)
	require.NoError(t, types.CheckCredentialKey(types.KEY_ALGORITHM_ES256, point))
	kid = types.Thumbprint(types.KEY_ALGORITHM_ES256, point)
	require.Equal(t, "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I", base64.RawURLEncoding.EncodeToString(kid[:]))
}

func TestRegisterCredentialKey(t *testing.T) {
	f := newRights(t)
	for algorithm, publicKey := range map[types.KeyAlgorithm][]byte{types.KEY_ALGORITHM_ES256: p256(t, "a"), types.KEY_ALGORITHM_EDDSA: ed("a")} {
		msg := &types.MsgRegisterCredentialKey{Issuer: desk.String(), Algorithm: algorithm, PublicKey: publicKey}
		f.store.Writes = 0
		kid := granted(f, f.msg.RegisterCredentialKey, msg).Kid
		require.Equal(t, 1, f.store.Writes)
		wantEvent(t, f.ctx, &types.EventCredentialKeyRegistered{Issuer: desk.String(), Kid: types.ID(kid).String()})
		key, err := f.k.GetCredentialKey(f.ctx, desk, types.ID(kid))
		require.NoError(t, err)
		require.Equal(t, types.CredentialKey{
			Issuer: desk.String(), Kid: kid, Algorithm: algorithm, PublicKey: publicKey, RegisteredAt: testutil.Now,
		}, key)
		require.NoError(t, key.Validate())
		_, err = deliver(f, f.msg.RegisterCredentialKey, msg)
		require.ErrorIs(t, err, types.ErrKeyExists)
		msg.Issuer = office.String()
		require.Equal(t, kid, granted(f, f.msg.RegisterCredentialKey, msg).Kid, "the kid is the key's, the entry the issuer's")
	}
}

func TestRegisterCredentialKeyRefuses(t *testing.T) {
	f := newRights(t)
	es256, eddsa := p256(t, "a"), ed("a")
	x, y := elliptic.UnmarshalCompressed(elliptic.P256(), elliptic.MarshalCompressed(elliptic.P256(), elliptic.P256().Params().Gx, elliptic.P256().Params().Gy))
	offCurve := append([]byte{}, es256...)
	offCurve[64] ^= 1
	beyond := append([]byte{4}, []byte(strings.Repeat("\xff", 64))...)
	hybrid := append([]byte{6}, es256[1:]...)
	small := func(low byte) []byte { return append([]byte{low}, make([]byte, 31)...) }
	// y = 2^255-18 is 1 modulo the prime: a second encoding of the identity.
	notCanonical := append([]byte{0xee}, []byte(strings.Repeat("\xff", 30)+"\x7f")...)
	minusZero := append([]byte{1}, []byte(strings.Repeat("\x00", 30)+"\x80")...)
	for name, c := range map[string]struct {
		issuer    string
		algorithm types.KeyAlgorithm
		key       []byte
		want      error
	}{
		"issuer":             {"x", types.KEY_ALGORITHM_ES256, es256, types.ErrInvalidAddress},
		"no institution":     {nobody.String(), types.KEY_ALGORITHM_ES256, es256, institutiontypes.ErrNotLicensed},
		"no algorithm":       {desk.String(), 0, es256, types.ErrInvalidKey},
		"unknown algorithm":  {desk.String(), 3, es256, types.ErrInvalidKey},
		"negative algorithm": {desk.String(), -1, es256, types.ErrInvalidKey},
		"no key":             {desk.String(), types.KEY_ALGORITHM_ES256, nil, types.ErrInvalidKey},
		"the other's key":    {desk.String(), types.KEY_ALGORITHM_ES256, eddsa, types.ErrInvalidKey},
		"the other's too":    {desk.String(), types.KEY_ALGORITHM_EDDSA, es256, types.ErrInvalidKey},
		"long key":           {desk.String(), types.KEY_ALGORITHM_EDDSA, make([]byte, 1e6), types.ErrInvalidKey},
		"compressed":         {desk.String(), types.KEY_ALGORITHM_ES256, elliptic.MarshalCompressed(elliptic.P256(), x, y), types.ErrInvalidKey},
		"hybrid":             {desk.String(), types.KEY_ALGORITHM_ES256, hybrid, types.ErrInvalidKey},
		"off the curve":      {desk.String(), types.KEY_ALGORITHM_ES256, offCurve, types.ErrInvalidKey},
		"beyond the prime":   {desk.String(), types.KEY_ALGORITHM_ES256, beyond, types.ErrInvalidKey},
		"infinity":           {desk.String(), types.KEY_ALGORITHM_ES256, make([]byte, 65), types.ErrInvalidKey},
		"no point":           {desk.String(), types.KEY_ALGORITHM_EDDSA, small(2), types.ErrInvalidKey},
		"identity":           {desk.String(), types.KEY_ALGORITHM_EDDSA, small(1), types.ErrInvalidKey},
		"small order":        {desk.String(), types.KEY_ALGORITHM_EDDSA, small(0), types.ErrInvalidKey},
		"not canonical":      {desk.String(), types.KEY_ALGORITHM_EDDSA, notCanonical, types.ErrInvalidKey},
		"sign of zero":       {desk.String(), types.KEY_ALGORITHM_EDDSA, minusZero, types.ErrInvalidKey},
	} {
		t.Run(name, func(t *testing.T) {
			f.store.Writes = 0
			_, err := deliver(f, f.msg.RegisterCredentialKey, &types.MsgRegisterCredentialKey{Issuer: c.issuer, Algorithm: c.algorithm, PublicKey: c.key})
			require.ErrorIs(t, err, c.want)
			require.Zero(t, f.store.Writes)
		})
	}
	f.institutions.Suspend(desk)
	_, err := deliver(f, f.msg.RegisterCredentialKey, &types.MsgRegisterCredentialKey{Issuer: desk.String(), Algorithm: types.KEY_ALGORITHM_ES256, PublicKey: es256})
	require.ErrorIs(t, err, institutiontypes.ErrNotLicensed)
}

// A point whose y is below 19 has a second encoding, y plus the prime: it would give one key two kids.
func TestEd25519HasOneEncoding(t *testing.T) {
	found := 0
	for y := byte(2); y < 19; y++ {
		canonical := append([]byte{y}, make([]byte, 31)...)
		if types.CheckCredentialKey(types.KEY_ALGORITHM_EDDSA, canonical) != nil {
			continue // no point, or one of small order
		}
		found++
		other := append([]byte{0xed + y}, []byte(strings.Repeat("\xff", 30)+"\x7f")...)
		require.ErrorIs(t, types.CheckCredentialKey(types.KEY_ALGORITHM_EDDSA, other), types.ErrInvalidKey, y)
	}
	require.NotZero(t, found)
}

func TestRetireCredentialKey(t *testing.T) {
	f := newRights(t)
	register := &types.MsgRegisterCredentialKey{Issuer: desk.String(), Algorithm: types.KEY_ALGORITHM_ES256, PublicKey: p256(t, "a")}
	kid := granted(f, f.msg.RegisterCredentialKey, register).Kid
	f.pass(time.Hour)
	for name, c := range map[string]struct {
		issuer string
		kid    []byte
		want   error
	}{
		"issuer":    {"x", kid, types.ErrInvalidAddress},
		"kid":       {desk.String(), kid[:31], types.ErrInvalidID},
		"unknown":   {desk.String(), testutil.Bytes("x"), types.ErrUnknownKey},
		"another's": {office.String(), kid, types.ErrUnknownKey},
	} {
		_, err := deliver(f, f.msg.RetireCredentialKey, &types.MsgRetireCredentialKey{Issuer: c.issuer, Kid: c.kid})
		require.ErrorIs(t, err, c.want, name)
	}
	f.institutions.Suspend(desk) // who leaked a key may say so even then
	granted(f, f.msg.RetireCredentialKey, &types.MsgRetireCredentialKey{Issuer: desk.String(), Kid: kid})
	wantEvent(t, f.ctx, &types.EventCredentialKeyRetired{Issuer: desk.String(), Kid: types.ID(kid).String()})
	key, err := f.k.GetCredentialKey(f.ctx, desk, types.ID(kid))
	require.NoError(t, err)
	require.Equal(t, f.ctx.BlockTime(), *key.RetiredAt)
	require.Equal(t, testutil.Now, key.RegisteredAt)
	require.Equal(t, register.PublicKey, key.PublicKey, "what was signed before stays verifiable")

	_, err = deliver(f, f.msg.RetireCredentialKey, &types.MsgRetireCredentialKey{Issuer: desk.String(), Kid: kid})
	require.ErrorIs(t, err, types.ErrKeyRetired)
	f.institutions.License(desk, institutiontypes.ROLE_FURNISHER)
	_, err = deliver(f, f.msg.RegisterCredentialKey, register)
	require.ErrorIs(t, err, types.ErrKeyRetired, "a retired key does not come back")
}

func TestCredentialKeyQueries(t *testing.T) {
	f := newRights(t)
	kids := map[string]bool{}
	for _, secret := range []string{"a", "b", "c"} {
		kid := granted(f, f.msg.RegisterCredentialKey, &types.MsgRegisterCredentialKey{
			Issuer: desk.String(), Algorithm: types.KEY_ALGORITHM_EDDSA, PublicKey: ed(secret),
		}).Kid
		kids[types.ID(kid).String()] = true
		one, err := f.query.CredentialKey(f.ctx, &types.QueryCredentialKeyRequest{Issuer: desk.String(), Kid: types.ID(kid).String()})
		require.NoError(t, err)
		require.Equal(t, ed(secret), one.Key.PublicKey)
	}
	granted(f, f.msg.RegisterCredentialKey, &types.MsgRegisterCredentialKey{Issuer: office.String(), Algorithm: types.KEY_ALGORITHM_EDDSA, PublicKey: ed("d")})
	var before string
	for page := (&query.PageRequest{Limit: 2}); ; {
		res, err := f.query.CredentialKeys(f.ctx, &types.QueryCredentialKeysRequest{Issuer: desk.String(), Pagination: page})
		require.NoError(t, err)
		require.LessOrEqual(t, len(res.Keys), 2)
		for _, key := range res.Keys {
			kid := types.ID(key.Kid).String()
			require.Equal(t, desk.String(), key.Issuer)
			require.NoError(t, key.Validate())
			require.True(t, kids[kid])
			require.Less(t, before, kid)
			delete(kids, kid)
			before = kid
		}
		if page.Key = res.Pagination.NextKey; page.Key == nil {
			break
		}
	}
	require.Empty(t, kids)

	for _, req := range []*types.QueryCredentialKeyRequest{nil, {Issuer: "x"}, {Issuer: desk.String(), Kid: "x"}} {
		_, err := f.query.CredentialKey(f.ctx, req)
		require.Equal(t, codes.InvalidArgument, status.Code(err), err)
	}
	_, err := f.query.CredentialKey(f.ctx, &types.QueryCredentialKeyRequest{Issuer: office.String(), Kid: before})
	require.Equal(t, codes.NotFound, status.Code(err))
	for _, req := range []*types.QueryCredentialKeysRequest{nil, {Issuer: "x"}, {Issuer: desk.String(), Pagination: &query.PageRequest{Offset: 1}}} {
		_, err := f.query.CredentialKeys(f.ctx, req)
		require.Equal(t, codes.InvalidArgument, status.Code(err), err)
	}
}
