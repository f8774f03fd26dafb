package indexer_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/creditd/creditd/internal/pgserver"
)

// shared is one server for all tests of the package; each has schemas of its own.
var shared *pgserver.Server

func TestMain(m *testing.M) {
	code, err := testMain(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func testMain(m *testing.M) (code int, err error) {
	if shared, err = pgserver.Start(context.Background(), pgserver.Options{}); err != nil {
		return 0, fmt.Errorf("these tests need the Debian package postgresql-15 (scripts/install-tools.sh installs it): %w", err)
	}
	defer func() { err = errors.Join(err, shared.Stop()) }()
	return m.Run(), nil
}
