package wallet

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/credential"
)

const audience, nonce = "https://lender.example", "n-0S6_WzA2Mj"

// verify is what a lender does.
func verify(t *testing.T, chain *fakeChain, presentation, audience, nonce string, now time.Time) (*credential.Report, error) {
	t.Helper()
	return credential.VerifyAttestation(t.Context(), presentation, chain.Credentials(), credential.Policy{
		Type: credential.TypeSDJWTVC, Now: now, Skew: time.Second,
		Binding: &credential.Binding{Audience: audience, Nonce: nonce, MaxAge: time.Minute},
	})
}

func TestReceiveAndPresent(t *testing.T) {
	w, secret := newWallet(t)
	chain := &fakeChain{}
	first, err := w.NextHolderKey(secret)
	require.NoError(t, err)
	second, err := w.NextHolderKey(secret)
	require.NoError(t, err)
	require.NotEqual(t, first, second, "each key is handed out once")
	token := chain.issue(t, second)
	c, err := w.Receive(t.Context(), secret, chain.Credentials(), token, testNow)
	require.NoError(t, err)
	require.Equal(t, 1, c.Holder)

	reopened, err := Open(w.Home())
	require.NoError(t, err)
	require.Equal(t, 2, reopened.HolderKeys)
	found, err := reopened.PickCredential(secret, c.ID[:8])
	require.NoError(t, err)
	names, err := found.Names()
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"balance", "currency"}, names)

	presentation, err := found.Present(secret, []string{"currency"}, audience, nonce, testNow)
	require.NoError(t, err)
	report, err := verify(t, chain, presentation, audience, nonce, testNow)
	require.NoError(t, err)
	require.True(t, report.Good())
	require.True(t, report.Integrity.HolderBound)
	require.Len(t, report.Integrity.Fields, 1)
	require.Equal(t, "USD", report.Integrity.Fields[0].Value)

	disclosures := strings.Split(token, "~")[1:]
	shown := 0
	for _, disclosure := range disclosures {
		if disclosure != "" && strings.Contains(presentation, disclosure) {
			shown++
		}
	}
	require.Equal(t, 1, shown, "what is withheld is not in the bytes")
	for name, bad := range map[string]struct {
		audience, nonce string
		now             time.Time
	}{
		"another lender":  {"https://other.example", nonce, testNow},
		"another request": {audience, "n-other", testNow},
		"later":           {audience, nonce, testNow.Add(time.Hour)},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := verify(t, chain, presentation, bad.audience, bad.nonce, bad.now)
			require.ErrorIs(t, err, credential.ErrKeyBinding)
		})
	}
	_, err = found.Present(secret, nil, audience, nonce, testNow)
	require.ErrorContains(t, err, "--fields")
	_, err = found.Present(secret, []string{"income"}, audience, nonce, testNow)
	require.ErrorContains(t, err, "no field \"income\"")
	_, err = found.Present(secret, []string{"balance"}, "", nonce, testNow)
	require.ErrorContains(t, err, "--audience")

	chain.attestation.Status, chain.attestation.StatusSince = credential.Revoked, testNow
	now, err := found.Now(t.Context(), chain.Credentials(), testNow)
	require.NoError(t, err)
	require.False(t, now.Good())
	require.Contains(t, found.Values, Value{"balance", "120000"})

	require.NoError(t, reopened.Forget(found))
	all, err := reopened.Credentials(secret)
	require.NoError(t, err)
	require.Empty(t, all)
}

// A wallet made again from its words has handed out no key that it knows of, and takes what is bound to earlier ones.
func TestReceiveAfterRestore(t *testing.T) {
	_, secret := newWallet(t)
	again, same := newWallet(t)
	chain := &fakeChain{}
	key, err := secret.HolderKey(5)
	require.NoError(t, err)
	c, err := again.Receive(t.Context(), same, chain.Credentials(), chain.issue(t, key.Public()), testNow)
	require.NoError(t, err)
	require.Equal(t, 5, c.Holder)
	require.Equal(t, 6, again.HolderKeys, "the next one is new")
}

func TestReceiveRefuses(t *testing.T) {
	w, secret := newWallet(t)
	own, err := w.NextHolderKey(secret)
	require.NoError(t, err)
	foreign, err := credential.GenerateKey(credential.EdDSA)
	require.NoError(t, err)
	for name, test := range map[string]struct {
		holder credential.PublicKey
		change func(c *fakeChain, token string) string
		want   string
	}{
		"no credential":     {own, func(*fakeChain, string) string { return "hello" }, "no credential"},
		"bound to another":  {foreign.Public(), nil, "not bound to a key of this wallet"},
		"bound to nobody":   {credential.PublicKey{}, nil, "not bound to a key of this wallet"},
		"another signature": {own, func(_ *fakeChain, token string) string { return flipSignature(token) }, "does not stand up"},
		"an unknown key":    {own, func(c *fakeChain, token string) string { c.keys = nil; return token }, "does not stand up"},
		"another commitment": {own, func(c *fakeChain, token string) string {
			c.attestation.Commitment[0] ^= 1
			return token
		}, "does not stand up"},
		"revoked": {own, func(c *fakeChain, token string) string {
			c.attestation.Status = credential.Revoked
			return token
		}, "REVOKED"},
		"of an issuer without licence": {own, func(c *fakeChain, token string) string {
			c.attestation.Standing = credential.StandingLicence
			return token
		}, "may not issue any more"},
	} {
		t.Run(name, func(t *testing.T) {
			chain := &fakeChain{}
			token := chain.issue(t, test.holder)
			if test.change != nil {
				token = test.change(chain, token)
			}
			_, err := w.Receive(t.Context(), secret, chain.Credentials(), token, testNow)
			require.ErrorContains(t, err, test.want)
			files, err := w.credentialFiles()
			require.NoError(t, err)
			require.Empty(t, files, "nothing is kept of what is refused")
		})
	}
}

func flipSignature(token string) string {
	at := strings.IndexByte(token, '~') - 10
	other := byte('A')
	if token[at] == other {
		other = 'B'
	}
	return token[:at] + string(other) + token[at+1:]
}

func TestDamagedCredentials(t *testing.T) {
	w, secret := newWallet(t)
	chain := &fakeChain{}
	key, err := w.NextHolderKey(secret)
	require.NoError(t, err)
	c, err := w.Receive(t.Context(), secret, chain.Credentials(), chain.issue(t, key), testNow)
	require.NoError(t, err)
	path := filepath.Join(w.Home(), credentialsDir, c.ID+sealed)
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	raw[len(raw)-1] ^= 1
	require.NoError(t, os.WriteFile(path, raw, 0o600))
	_, err = w.Credentials(secret)
	require.ErrorContains(t, err, "damaged")
	require.NoError(t, os.Truncate(path, maxCredentialFile+1))
	_, err = w.Credentials(secret)
	require.ErrorContains(t, err, "at most")
}

func FuzzWallet(f *testing.F) {
	f.Add([]byte(`{"format":"creditd/wallet/v1","chain_id":"c","address":"cosmos1r5v5srda7xfth3hn2s26txvrcrntldjumt8mhl","files":[]}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		home := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(home, stateFile), raw, 0o600))
		w, err := Open(home)
		if err != nil {
			return
		}
		require.NoError(t, w.save())
		again, err := Open(home)
		require.NoError(t, err)
		require.Equal(t, w.State, again.State)
	})
}
