package cli

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

// stages shows how far work in several stages is: on a terminal one line that is written over, elsewhere a line now and then.
type stages struct {
	out      io.Writer
	terminal bool
	every    time.Duration

	mu   sync.Mutex
	last time.Time
	any  bool
}

func newStages(out io.Writer) *stages {
	s := &stages{out: out, every: 5 * time.Second}
	if file, ok := out.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		s.terminal, s.every = true, 100*time.Millisecond
	}
	return s
}

func (s *stages) show(stage string, done, all int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.last) < s.every && done < all {
		return
	}
	s.last = time.Now()
	if s.terminal {
		_, _ = fmt.Fprintf(s.out, "\r\x1b[K%s %d of %d", stage, done, all)
		s.any = true
		return
	}
	_, _ = fmt.Fprintf(s.out, "%s %d of %d\n", stage, done, all)
}

func (s *stages) end() {
	if s.any {
		_, _ = fmt.Fprint(s.out, "\r\x1b[K")
	}
}
