// Package interrupt ends commands that are told to stop.
package interrupt

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// Context ends with the first SIGINT or SIGTERM, so that what runs can stop in order. A second one ends the process at once: by the
// time the context is done, nobody catches it any more. The caller cancels when its work is over.
func Context(parent context.Context) (context.Context, context.CancelFunc) {
	if parent == nil { // of a command that was run without one
		parent = context.Background()
	}
	ctx, cancel := context.WithCancel(parent)
	told := make(chan os.Signal, 1)
	signal.Notify(told, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-told:
		case <-ctx.Done():
		}
		signal.Stop(told)
		cancel()
	}()
	return ctx, cancel
}
