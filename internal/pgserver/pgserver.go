// Package pgserver runs a PostgreSQL server of one's own, in a temporary folder, for benchmarks and tests. It is the
// real server from the system's packages with the settings that it comes with (fsync and synchronous_commit on).
package pgserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	// superuser of the server, and the system's user that runs it when this program is root, as which PostgreSQL
	// refuses to run.
	superuser = "postgres"
	// startTime and stopTime bound how long the server may take.
	startTime = 60 * time.Second
	stopTime  = 30 * time.Second
)

// Server is running until Stop.
type Server struct {
	bin string
	dir string
	as  *syscall.Credential // nil for the user of this program
}

// Options of a server. The zero value is one with a socket in its folder, on no port.
type Options struct {
	Bin      string   // folder of the server's programs; empty finds them
	Settings []string // more of postgresql.conf, as name=value
	HBA      string   // content of pg_hba.conf; empty trusts everybody who can open the socket
	// Prepare is called with the folder of the database before it starts, and puts files there.
	Prepare func(data string) error
}

// Start starts a server.
func Start(ctx context.Context, options Options) (_ *Server, err error) {
	s := &Server{}
	if s.bin, err = findBin(options.Bin); err != nil {
		return nil, err
	}
	if s.as, err = notRoot(); err != nil {
		return nil, err
	}
	if s.dir, err = os.MkdirTemp("", "creditd-pg-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Stop())
		}
	}()
	if err := s.own(s.dir); err != nil {
		return nil, err
	}
	if err := s.command(ctx, "initdb", "-D", s.data(), "-U", superuser, "-A", "trust", "-E", "UTF8", "--no-locale"); err != nil {
		return nil, err
	}
	if err := s.configure(options); err != nil {
		return nil, err
	}
	if err := s.Run(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Server) configure(options Options) error {
	if options.HBA != "" {
		if err := os.WriteFile(filepath.Join(s.data(), "pg_hba.conf"), []byte(options.HBA), 0o600); err != nil {
			return err
		}
	}
	if options.Prepare != nil {
		if err := options.Prepare(s.data()); err != nil {
			return err
		}
	}
	// The server includes no other file, so what comes last counts.
	settings := append([]string{"listen_addresses=''", "unix_socket_directories='" + s.dir + "'"}, options.Settings...)
	path := filepath.Join(s.data(), "postgresql.auto.conf")
	if err := os.WriteFile(path, []byte(strings.Join(settings, "\n")+"\n"), 0o600); err != nil {
		return err
	}
	return filepath.Walk(s.data(), func(path string, _ os.FileInfo, err error) error {
		return errors.Join(err, s.own(path))
	})
}

func (s *Server) own(path string) error {
	if s.as == nil {
		return nil
	}
	return os.Lchown(path, int(s.as.Uid), int(s.as.Gid))
}

// Run starts a server that was halted.
func (s *Server) Run(ctx context.Context) error {
	return s.command(ctx, "pg_ctl", "start", "-w", "-t", strconv.Itoa(int(startTime/time.Second)), "-D", s.data(), "-l", filepath.Join(s.dir, "log"))
}

// Halt stops the server at once and keeps its data, as a loss of power would.
func (s *Server) Halt(ctx context.Context) error {
	return s.command(ctx, "pg_ctl", "stop", "-w", "-m", "immediate", "-D", s.data())
}

// Stop stops the server and removes its folder.
func (s *Server) Stop() error {
	var err error
	ctx, cancel := context.WithTimeout(context.Background(), stopTime) // also when the caller was interrupted
	defer cancel()
	if _, missing := os.Stat(filepath.Join(s.data(), "postmaster.pid")); missing == nil {
		err = s.command(ctx, "pg_ctl", "stop", "-w", "-m", "fast", "-D", s.data())
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

// URL of a database for a user over the server's socket.
func (s *Server) URL(user, database string, params ...string) string {
	query := url.Values{"host": {s.dir}, "user": {user}}
	for i := 0; i+1 < len(params); i += 2 {
		query.Set(params[i], params[i+1])
	}
	return "postgres:///" + database + "?" + query.Encode()
}

// Superuser is who may do everything.
func (*Server) Superuser() string { return superuser }

// Data is the folder of the database.
func (s *Server) Data() string { return s.data() }

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// command runs one of PostgreSQL's programs to its end. Its output goes to a file: the server inherits it and would
// keep a pipe open.
func (s *Server) command(ctx context.Context, program string, args ...string) error {
	output, err := os.CreateTemp(s.dir, program)
	if err != nil {
		return err
	}
	defer output.Close()
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, program), args...) //nolint:gosec // found in a folder of the system, or given by the user
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	cmd.Stdout, cmd.Stderr = output, output
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.as}
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(output.Name())
		log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
		return fmt.Errorf("%s: %w: %s", program, err, bytes.TrimSpace(append(text, log[max(0, len(log)-2000):]...)))
	}
	return nil
}

// findBin finds the folder of the server's programs; distributions keep it out of the path.
func findBin(given string) (string, error) {
	folders := []string{given}
	if given == "" {
		folders = []string{"/usr/lib/postgresql/15/bin"}
		if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
			folders = append(folders, strings.TrimSpace(string(out)))
		}
	}
	for _, folder := range folders {
		if _, err := os.Stat(filepath.Join(folder, "initdb")); err == nil {
			return folder, nil
		}
	}
	return "", fmt.Errorf("no initdb in %s: install PostgreSQL 15 (Debian: apt-get install postgresql-15)", strings.Join(folders, ", "))
}

// notRoot is whom the server runs as.
func notRoot() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	account, err := user.Lookup(superuser)
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root, and there is no user %q: run this as another user: %w", superuser, err)
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}
