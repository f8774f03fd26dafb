// Package testpg gives tests a real PostgreSQL server, which it starts from the system's packages.
package testpg

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/internal/pgserver"
)

var schemas atomic.Int64

// Start starts a server for a test and those within it.
func Start(t testing.TB, options pgserver.Options) *pgserver.Server {
	t.Helper()
	server, err := pgserver.Start(t.Context(), options)
	require.NoError(t, err, "these tests need the Debian package postgresql-15: scripts/install-tools.sh installs it")
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	return server
}

// Store is the URL of a store that is not there yet: a schema of its own.
func Store(server *pgserver.Server) string {
	return server.URL(server.Superuser(), "postgres", "search_path", fmt.Sprintf("vault_%d", schemas.Add(1)))
}
