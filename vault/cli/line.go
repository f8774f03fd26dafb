package cli

import (
	"fmt"
	"io"
	"time"
)

// line shows how long work is getting on, not more than once a second.
type line struct {
	w    io.Writer
	last time.Time
}

func newLine(w io.Writer) *line { return &line{w: w, last: time.Now()} }

func (l *line) show(format string, args ...any) {
	if now := time.Now(); now.Sub(l.last) >= time.Second {
		l.last = now
		_, _ = fmt.Fprintf(l.w, format+"\n", args...)
	}
}
