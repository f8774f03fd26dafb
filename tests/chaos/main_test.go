// Package chaos kills the vault's processes at random points, as power cuts would, and shows after each kill that
// running again loses and doubles nothing.
//
// KILLS is how many (5), SEED where the random points come from; both are printed.
package chaos

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// the binary under test: that of CREDITD, or one built here as releases are.
var creditd string

func TestMain(m *testing.M) {
	code, err := testMain(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func testMain(m *testing.M) (int, error) {
	if creditd = os.Getenv("CREDITD"); creditd != "" {
		absolute, err := filepath.Abs(creditd)
		if err != nil {
			return 0, err
		}
		creditd = absolute
		return m.Run(), nil
	}
	dir, err := os.MkdirTemp("", "creditd-chaos")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	creditd = filepath.Join(dir, "creditd")
	build := exec.Command("go", "build", "-tags", "libsecp256k1_sdk pebbledb", "-o", creditd, "github.com/creditd/creditd/cmd/creditd")
	if out, err := build.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("build: %w\n%s", err, out)
	}
	return m.Run(), nil
}
