package cli

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// rows shows how far long work on many rows is, with rate and time left: on a terminal one line that is written over,
// elsewhere a line now and then.
type rows struct {
	out      io.Writer
	what     string
	terminal bool
	every    time.Duration
	start    time.Time
	last     time.Time
	any      bool
}

func newRows(out io.Writer, what string) *rows {
	r := &rows{out: out, what: what, every: 5 * time.Second, start: time.Now(), last: time.Now()}
	if file, ok := out.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		r.terminal, r.every = true, 200*time.Millisecond
	}
	return r
}

func (r *rows) show(done, total int64) {
	now := time.Now()
	if now.Sub(r.last) < r.every {
		return
	}
	r.last = now
	line := describeRows(r.what, done, total, now.Sub(r.start))
	if r.terminal {
		_, _ = fmt.Fprintf(r.out, "\r\x1b[K%s", line)
		r.any = true
		return
	}
	_, _ = fmt.Fprintln(r.out, line)
}

func describeRows(what string, done, total int64, elapsed time.Duration) string {
	line := fmt.Sprintf("%s: %d of %d", what, done, max(total, done))
	if s := elapsed.Seconds(); s > 0 && done > 0 {
		line += fmt.Sprintf(", %.0f/s", float64(done)/s)
		if left := total - done; left > 0 {
			line += ", " + seconds(time.Duration(float64(elapsed)/float64(done)*float64(left))) + " left"
		}
	}
	return line
}

func (r *rows) end() {
	if r.any {
		_, _ = fmt.Fprintln(r.out)
	}
}
