package devnet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	// stopBound is how long a process may take to stop by itself before it is killed.
	stopBound = 10 * time.Second
	// pollEvery is the pace of looking at processes and nodes.
	pollEvery = 50 * time.Millisecond
	// tailLines of a log are shown when a process ends by itself.
	tailLines = 12
)

// Process is a child that runs on its own: a node or a vault.
type Process struct {
	Name string `json:"name"`
	PID  int    `json:"pid"`
	Home string `json:"home"` // is in its command line: a process id alone may by now be another's
	Log  string `json:"log"`
	// exited is closed when a child of this very program has ended; nil for those of an earlier run.
	exited chan struct{}
}

// spawn starts a child in a process group of its own. Tied children are killed when this program dies, so that
// an aborted test leaves nothing behind; the others go on.
func spawn(name, home, log string, tied bool, command ...string) (*Process, error) {
	if err := os.MkdirAll(filepath.Dir(log), 0o700); err != nil {
		return nil, err
	}
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = groupAttributes(tied)
	if err := start(cmd); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	p := &Process{Name: name, PID: cmd.Process.Pid, Home: home, Log: log, exited: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // how it ended is in its log
		close(p.exited)
	}()
	return p, nil
}

// spawner starts all children from one thread that never ends: the kernel ties a child to the thread that
// started it (prctl(2), PR_SET_PDEATHSIG), and the runtime may end any other thread.
var spawner = newSpawner()

type spawnRequest struct {
	cmd  *exec.Cmd
	done chan error
}

func start(cmd *exec.Cmd) error {
	request := spawnRequest{cmd, make(chan error, 1)}
	spawner() <- request
	return <-request.done
}

// Alive tells whether the process runs.
func (p *Process) Alive() bool {
	if p == nil || p.PID == 0 {
		return false
	}
	if p.exited != nil {
		select {
		case <-p.exited:
			return false
		default:
			return true
		}
	}
	return runs(p.PID, p.Home)
}

// Signal reaches the process and all that it started.
func (p *Process) signal(s syscall.Signal) { _ = syscall.Kill(-p.PID, s) }

// Kill ends the process at once, as a power cut would.
func (p *Process) kill() {
	if p.Alive() {
		p.signal(syscall.SIGKILL)
		p.waitEnd(stopBound)
	}
}

// waitEnd returns whether the process ended within the bound.
func (p *Process) waitEnd(bound time.Duration) bool {
	for deadline := time.Now().Add(bound); p.Alive(); time.Sleep(pollEvery) {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}

// stopAll asks all to stop, waits, and kills those that do not. Not one is left when it returns nil.
func stopAll(processes []*Process) error {
	for _, p := range processes {
		if p.Alive() {
			p.signal(syscall.SIGTERM)
		}
	}
	deadline := time.Now().Add(stopBound)
	var left []string
	for _, p := range processes {
		if !p.waitEnd(time.Until(deadline)) {
			p.kill()
		}
		if p.Alive() {
			left = append(left, fmt.Sprintf("%s (pid %d)", p.Name, p.PID))
		}
	}
	if len(left) > 0 {
		return fmt.Errorf("still running after SIGKILL: %s; look at them with 'ps'", strings.Join(left, ", "))
	}
	return nil
}

// ended describes a process that ended by itself.
func (p *Process) ended() error {
	return fmt.Errorf("%s ended; the end of its log %s:\n%s", p.Name, p.Log, Tail(p.Log, tailLines))
}

// Tail returns the last lines of a file.
func Tail(path string, lines int) string {
	const window = 16 << 10
	f, err := os.Open(path)
	if err != nil {
		return err.Error()
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Size() > window {
		if _, err := f.Seek(-window, io.SeekEnd); err != nil {
			return err.Error()
		}
	}
	raw, err := io.ReadAll(f)
	if err != nil {
		return err.Error()
	}
	all := bytes.Split(bytes.TrimRight(raw, "\n"), []byte("\n"))
	if len(all) > lines {
		all = all[len(all)-lines:]
	}
	return "  " + string(bytes.Join(all, []byte("\n  ")))
}

// lock keeps two commands from changing one home at the same time.
func lock(home string) (release func(), err error) {
	path := filepath.Join(home, "devnet.lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("another 'creditd devnet' command works on %s; wait until it is done", home)
		}
		return nil, err
	}
	return func() { f.Close() }, nil
}
