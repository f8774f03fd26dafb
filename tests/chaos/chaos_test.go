package chaos

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/devnet"
)

const (
	defaultKills = 5
	// bound of one kill with all that follows; every wait inside is by state.
	bound = 3 * time.Minute
	// firstGuess of how long a command runs; what it really takes is learnt.
	firstGuess = 1500 * time.Millisecond
)

// victim is one kind of process that is killed.
type victim struct {
	name string
	// begin prepares new work and starts it. What ends it, and how it ended by itself, is in the run.
	begin func(ctx context.Context, t *testing.T, s *scene) run
	// again does what an operator does after the crash: run the same once more.
	again func(ctx context.Context, t *testing.T, s *scene)
}

// run is work under way.
type run struct {
	kill func()       // ends the process at once
	done <-chan error // the work ended, killed or not; the channel is closed after
}

// victims in their turns. A further command is one more line, with what it needs to check in scene.check.
func victims() []victim {
	return []victim{
		{"import", beginImport, again(importArgs)},
		{"serve", beginReport, reportAgain},
		{"rotate", beginRotate, rotateAgain},
		{"shred", beginShred, shredAgain},
		{"backup", beginBackup, backupAgain},
		{"rotate HPKE key", beginRotateHPKE, rotateHPKEAgain},
	}
}

// TestKills kills each victim in its turn.
func TestKills(t *testing.T) {
	kills, seed := fromEnvironment(t, "KILLS", defaultKills), uint64(fromEnvironment(t, "SEED", int(time.Now().UnixNano()%1_000_000)))
	t.Logf("%d kills, SEED=%d", kills, seed)
	random := rand.New(rand.NewPCG(seed, 0))
	s := newScene(t)
	typical := map[string]time.Duration{}
	turns := victims()
	for n := range kills {
		v := turns[n%len(turns)]
		if !t.Run(strconv.Itoa(n+1)+" "+v.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), bound)
			defer cancel()
			s.round++
			if typical[v.name] == 0 {
				typical[v.name] = firstGuess
			}
			for !s.killed(ctx, t, v, typical, random.Float64()) { // it was faster: now we know how fast
				s.check(ctx, t)
				s.round++
			}
			started := time.Now()
			v.again(ctx, t, s)
			typical[v.name] = max(typical[v.name], time.Since(started)) // the whole of it, so that it dies late too
			s.check(ctx, t)
		}) {
			return
		}
	}
}

// killed begins the victim's work and kills it at a point of its usual time. It returns false if the work ended before.
func (s *scene) killed(ctx context.Context, t *testing.T, v victim, typical map[string]time.Duration, point float64) bool {
	t.Helper()
	after := time.Duration(point * float64(typical[v.name]))
	started := time.Now()
	r := v.begin(ctx, t, s)
	timer := time.NewTimer(after)
	defer timer.Stop()
	select {
	case err := <-r.done:
		require.NoError(t, err, "it ended before it was killed, and badly")
		typical[v.name] = time.Since(started)
		t.Logf("%s ended after %s, before it was killed", v.name, typical[v.name].Round(time.Millisecond))
		return false
	case <-timer.C:
		r.kill()
		<-r.done
		t.Logf("%s was killed after %s", v.name, after.Round(time.Millisecond))
		return true
	}
}

func fromEnvironment(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	require.NoErrorf(t, err, "%s=%q is no number", name, text)
	return n
}

// scene is a bank with a vault on a chain of its own, and a lender who asks it.
type scene struct {
	net    *devnet.Net
	bank   *devnet.Institution
	lender *devnet.Institution
	ledger *ledger
	round  int
	book   string // of this round
	gone   gone
}

func newScene(t *testing.T) *scene {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), bound)
	defer cancel()
	net, err := devnet.Start(ctx, devnet.Options{Binary: creditd, Home: filepath.Join(t.TempDir(), "net"), Validators: 1})
	require.NoError(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(devnet.Tail(net.Institutions[0].Vault.Log, 30))
		}
		require.NoError(t, net.Stop())
	})
	s := &scene{net: net, bank: &net.Institutions[0], lender: net.Find(devnet.Lender), ledger: newLedger(net.Institutions[0].Node.RPC)}
	s.gone.subjects = map[[32]byte]bool{}
	s.book = s.newBook(ctx, t) // so that there is something to ask for
	s.must(ctx, t, importArgs(s)...)
	s.check(ctx, t)
	return s
}

// must runs a command that has to succeed.
func (s *scene) must(ctx context.Context, t *testing.T, args ...string) []byte {
	t.Helper()
	out, err := s.net.Run(ctx, args...)
	require.NoErrorf(t, err, "creditd %s\n%s", strings.Join(args, " "), out)
	return out
}

// command starts a creditd command that can be killed.
func command(ctx context.Context, t *testing.T, args ...string) run {
	t.Helper()
	var said strings.Builder
	child := exec.CommandContext(ctx, creditd, args...)
	child.Stderr = &said
	require.NoError(t, child.Start())
	done := make(chan error, 1)
	go func() {
		defer close(done)
		err := child.Wait()
		if err != nil {
			err = &devnet.CommandError{Args: args, Code: child.ProcessState.ExitCode(), Stderr: said.String()}
		}
		done <- err
	}()
	return run{done: done, kill: func() {
		_ = child.Process.Kill() // it may have ended in this instant
	}}
}

// again runs the command of a victim once more, to its end.
func again(args func(*scene) []string) func(context.Context, *testing.T, *scene) {
	return func(ctx context.Context, t *testing.T, s *scene) {
		t.Helper()
		s.must(ctx, t, args(s)...)
	}
}
