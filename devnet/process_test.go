package devnet

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// child is a process that writes a line and then waits for its end; trap says what it does on SIGTERM.
func child(t *testing.T, trap string) *Process {
	t.Helper()
	home := t.TempDir()
	log := filepath.Join(home, "logs", "child.log")
	p, err := spawn("child", home, log, true, "/bin/sh", "-c", trap+` echo ready; while :; do sleep 0.05; done # `+home)
	require.NoError(t, err)
	t.Cleanup(p.kill)
	require.Eventually(t, func() bool { return strings.Contains(Tail(log, 1), "ready") }, 10*time.Second, 10*time.Millisecond)
	return p
}

func TestStopAllLeavesNothing(t *testing.T) {
	p := child(t, "")
	require.True(t, p.Alive())
	require.NoError(t, stopAll([]*Process{p, nil, {Name: "never started"}}))
	require.False(t, p.Alive())
}

func TestAProcessThatDoesNotStopIsKilled(t *testing.T) {
	p := child(t, "trap '' TERM;")
	p.signal(syscall.SIGTERM)
	require.False(t, p.waitEnd(200*time.Millisecond))
	p.kill()
	require.False(t, p.Alive())
}

func TestAProcessOfAnEarlierRunIsFoundByItsHome(t *testing.T) {
	p := child(t, "")
	earlier := &Process{Name: p.Name, PID: p.PID, Home: p.Home}
	require.True(t, earlier.Alive())
	require.False(t, (&Process{PID: p.PID, Home: "/another/home"}).Alive(), "a process id alone is not enough")
	require.NoError(t, stopAll([]*Process{earlier}))
	require.False(t, earlier.Alive())
}

func TestEndedShowsTheLog(t *testing.T) {
	home := t.TempDir()
	log := filepath.Join(home, "child.log")
	p, err := spawn("child", home, log, true, "/bin/sh", "-c", "echo the reason; exit 3")
	require.NoError(t, err)
	require.True(t, p.waitEnd(10*time.Second))
	require.ErrorContains(t, p.ended(), "the reason")
}

func TestTail(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log")
	require.NoError(t, os.WriteFile(file, []byte("one\ntwo\nthree\n"), 0o600))
	require.Equal(t, "  two\n  three", Tail(file, 2))
	require.Equal(t, "  one\n  two\n  three", Tail(file, 9))
	require.Contains(t, Tail(file+".none", 1), "no such file")
}

func TestOneCommandAtATime(t *testing.T) {
	home := t.TempDir()
	unlock, err := lock(home)
	require.NoError(t, err)
	_, err = lock(home)
	require.ErrorContains(t, err, "another 'creditd devnet' command")
	unlock()
	unlock, err = lock(home)
	require.NoError(t, err)
	unlock()
}

func TestReservedPortsDoNotOverlap(t *testing.T) {
	first, releaseFirst, err := ReservePorts(5)
	require.NoError(t, err)
	defer releaseFirst()
	second, releaseSecond, err := ReservePorts(19)
	require.NoError(t, err)
	defer releaseSecond()
	require.NotEqual(t, first, second)
	require.NoError(t, checkPorts(first, 5))
	_, _, err = ReservePorts(200)
	require.ErrorContains(t, err, "give a first port")
}

func TestATakenPortIsNamed(t *testing.T) {
	base, release, err := ReservePorts(2)
	require.NoError(t, err)
	defer release()
	taken := base + portStep + 1
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(taken)))
	require.NoError(t, err)
	defer listener.Close()
	err = checkPorts(base, 2)
	require.ErrorContains(t, err, strconv.Itoa(taken))
	require.ErrorContains(t, err, "RPC of institution 1")
	require.ErrorContains(t, err, "--base-port")
}

func TestPortsOutOfRange(t *testing.T) {
	require.ErrorContains(t, checkPorts(80, 1), "--base-port 80")
	require.ErrorContains(t, checkPorts(65530, 5), "give 1024 to")
}

func TestOptions(t *testing.T) {
	for name, test := range map[string]struct {
		options Options
		says    string
	}{
		"validators":    {Options{Validators: -1}, "--validators -1"},
		"many":          {Options{Validators: 51}, "give 1 to 50"},
		"consensus key": {Options{ConsensusKey: "rsa"}, `--consensus-key "rsa": give ed25519 or ml_dsa_65`},
		"records":       {Options{SeedRecords: -1}, "--seed-records"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := test.options.complete()
			require.ErrorContains(t, err, test.says)
		})
	}
	o, err := Options{}.complete()
	require.NoError(t, err)
	require.True(t, filepath.IsAbs(o.Home))
	require.Equal(t, DefaultValidators, o.Validators)
}

func TestAHomeThatHoldsSomethingElseIsLeftAlone(t *testing.T) {
	home := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(home, "precious"), nil, 0o600))
	require.ErrorContains(t, onlyLock(home), "not empty")
	_, err := Down(home)
	require.ErrorContains(t, err, "creditd devnet up")
	require.ErrorContains(t, Reset(home), "holds no devnet")
	require.FileExists(t, filepath.Join(home, "precious"))
}
