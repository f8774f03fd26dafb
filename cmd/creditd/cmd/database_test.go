package cmd

import (
	"path/filepath"
	"testing"

	dbm "github.com/cosmos/cosmos-db"
	"github.com/stretchr/testify/require"
)

// Exports, snapshots and rollbacks open the database with the SDK's settings, and so does an earlier creditd.
func TestStateIsReadWithAnySettings(t *testing.T) {
	home := t.TempDir()
	for i, open := range []func() (dbm.DB, error){
		func() (dbm.DB, error) {
			return dbm.NewDB("application", dbm.GoLevelDBBackend, filepath.Join(home, "data"))
		},
		func() (dbm.DB, error) { return openState(home, dbm.GoLevelDBBackend) },
	} {
		db, err := open()
		require.NoError(t, err)
		require.NoError(t, db.SetSync([]byte{byte(i)}, []byte("written")))
		for earlier := range i + 1 {
			value, err := db.Get([]byte{byte(earlier)})
			require.NoError(t, err)
			require.Equal(t, []byte("written"), value)
		}
		require.NoError(t, db.Close())
	}
	db, err := dbm.NewDB("application", dbm.GoLevelDBBackend, filepath.Join(home, "data"))
	require.NoError(t, err)
	value, err := db.Get([]byte{1})
	require.NoError(t, err)
	require.Equal(t, []byte("written"), value)
	require.NoError(t, db.Close())
}
