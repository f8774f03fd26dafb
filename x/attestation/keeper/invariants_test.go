package keeper_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/types"
)

// A state from which any entry is missing, or whose indexes have one too much, is found out.
func TestInvariantsNotice(t *testing.T) {
	f := setup(t)
	f.history()
	state, err := f.k.ExportGenesis(f.ctx)
	require.NoError(t, err)
	f.withRights(state)
	fresh := setup(t)
	fresh.ctx = f.ctx.WithMultiStore(fresh.ctx.MultiStore())
	require.NoError(t, fresh.k.InitGenesis(fresh.ctx, state))

	const index, container = true, false
	for prefix, each := range map[byte]struct {
		name  string
		index bool
	}{
		0x03: {"by subject", index},
		0x04: {"batches", container},
		0x05: {"statuses", container},
		0x06: {"status lists", index},
		0x07: {"expiries", index},
		0x08: {"anchors", container},
		0x09: {"anchors by issuer", index},
		0x0a: {"checkpoints", index},
		0x0b: {"accreditations", container},
		0x0c: {"accreditations by parent", index},
		0x0d: {"accreditations by grantee", index},
		0x10: {"versions of schemas", index},
	} {
		t.Run(each.name, func(t *testing.T) {
			ctx, _ := fresh.ctx.CacheContext()
			store := fresh.store.OpenKVStore(ctx)
			entries, err := store.Iterator([]byte{prefix}, []byte{prefix + 1})
			require.NoError(t, err)
			require.True(t, entries.Valid())
			key, value := bytes.Clone(entries.Key()), bytes.Clone(entries.Value())
			require.NoError(t, entries.Close())

			require.NoError(t, store.Delete(key))
			require.ErrorIs(t, fresh.k.Invariants(ctx), types.ErrInvariant)
			require.NoError(t, store.Set(key, value))
			require.NoError(t, fresh.k.Invariants(ctx))
			if each.index {
				key = bytes.Clone(key)
				key[len(key)-1] ^= 0x55
				require.NoError(t, store.Set(key, value))
				require.ErrorIs(t, fresh.k.Invariants(ctx), types.ErrInvariant)
			}
		})
	}
	t.Run("status list bits", func(t *testing.T) {
		ctx, _ := fresh.ctx.CacheContext()
		store := fresh.store.OpenKVStore(ctx)
		entries, err := store.Iterator([]byte{0x06}, []byte{0x07})
		require.NoError(t, err)
		key, value := bytes.Clone(entries.Key()), bytes.Clone(entries.Value())
		require.NoError(t, entries.Close())
		value[len(value)-1] ^= 0b11
		require.NoError(t, store.Set(key, value))
		require.ErrorIs(t, fresh.k.Invariants(ctx), types.ErrInvariant)
	})
}
