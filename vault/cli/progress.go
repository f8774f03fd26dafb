package cli

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/creditd/creditd/vault/importer"
)

// progress shows how far an import is: on a terminal one line that is written over, elsewhere a line now and
// then.
type progress struct {
	out      io.Writer
	terminal bool
	total    int // lines of the book
	every    time.Duration

	mu   sync.Mutex
	last time.Time
	any  bool
}

func newProgress(out io.Writer, total int) *progress {
	p := &progress{out: out, total: total, every: 5 * time.Second}
	if file, ok := out.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		p.terminal, p.every = true, 200*time.Millisecond
	}
	return p
}

func (p *progress) show(now importer.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.last) < p.every {
		return
	}
	p.last = time.Now()
	line := describe(now, p.total)
	if p.terminal {
		_, _ = fmt.Fprintf(p.out, "\r\x1b[K%s", line)
		p.any = true
		return
	}
	_, _ = fmt.Fprintln(p.out, line)
}

// describe says how far in the book, how many rows of it, on the chain and rejected, the rate of rows, and the time left
// by the rate so far. Of a book that has changed little, most rows need not go onto the chain: the rate is of rows.
func describe(now importer.Progress, total int) string {
	rate := 0.0
	if s := now.Elapsed.Seconds(); s > 0 {
		rate = float64(now.Rows) / s
	}
	line := fmt.Sprintf("line %d of %d, %d rows, %d on the chain, %d unchanged, %d rejected, %.0f rows/s",
		now.Line, max(total, now.Line), now.Rows, now.Committed, now.Unchanged, now.Rejected, rate)
	if left := total - now.Line; left > 0 && now.Line > 0 {
		line += ", " + seconds(time.Duration(float64(now.Elapsed)/float64(now.Line)*float64(left))) + " left"
	}
	return line
}

func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.any {
		_, _ = fmt.Fprintln(p.out)
	}
}
