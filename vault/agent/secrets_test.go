package agent_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/vault/agent"
	"github.com/creditd/creditd/vault/internal/testvault"
	"github.com/creditd/creditd/vault/store"
)

// Secrets rest sealed in the store; each has one value; what is destroyed stays destroyed.
func TestSecrets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "vault", "store.db")
	s, err := store.Open(t.Context(), path, store.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	ring := testvault.NewRing(t, s, filepath.Join(filepath.Dir(path), "keybag"))
	secrets := agent.NewSecrets(s, ring)
	ctx := t.Context()

	_, err = secrets.Get(ctx, "committee/a/1", "share")
	require.ErrorIs(t, err, agent.ErrNoSecret)
	require.NoError(t, secrets.Put(ctx, "committee/a/1", "share", []byte("secret")))
	require.NoError(t, secrets.Put(ctx, "committee/a/1", "share", []byte("secret")), "again is no harm")
	require.Error(t, secrets.Put(ctx, "committee/a/1", "share", []byte("other")), "nothing is overwritten")
	got, err := agent.NewSecrets(s, ring).Get(ctx, "committee/a/1", "share")
	require.NoError(t, err)
	require.Equal(t, "secret", string(got))

	sealed, err := s.Setting(ctx, "agent.secret/committee/a/1:share")
	require.NoError(t, err)
	require.NotContains(t, string(sealed), "secret")
	require.NoError(t, s.SetSettings(ctx, map[string][]byte{"agent.secret/committee/a/2:share": sealed}))
	_, err = secrets.Get(ctx, "committee/a/2", "share")
	require.Error(t, err, "it was moved")

	require.NoError(t, secrets.Put(ctx, "committee/a/3", "share", []byte("kept")))
	require.NoError(t, secrets.Destroy(ctx, "committee/a/1"))
	require.NoError(t, secrets.Destroy(ctx, "committee/a/1"))
	_, err = secrets.Get(ctx, "committee/a/1", "share")
	require.ErrorIs(t, err, agent.ErrDestroyed)
	require.ErrorIs(t, secrets.Put(ctx, "committee/a/1", "share", []byte("new")), agent.ErrDestroyed)
	got, err = secrets.Get(ctx, "committee/a/3", "share")
	require.NoError(t, err)
	require.Equal(t, "kept", string(got))

	for _, bad := range []string{"", "a b", "ä", string(make([]byte, 200))} {
		require.Error(t, secrets.Put(ctx, bad, "share", []byte("x")))
		require.Error(t, secrets.Put(ctx, "scope", bad, []byte("x")))
		require.Error(t, secrets.Destroy(ctx, bad))
	}
	require.Error(t, secrets.Put(ctx, "scope", "name", nil))
	require.Error(t, secrets.Put(ctx, "scope", "name", make([]byte, agent.MaxSecret+1)))
}
