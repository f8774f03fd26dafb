package cli

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/vault/exchange"
	"github.com/creditd/creditd/vault/lightchain"
	"github.com/creditd/creditd/vault/operate"
)

const (
	defaultAdminListen = "127.0.0.1:9191"
	defaultStopWithin  = 10 * time.Second
	// leastFlush is what the receipts get of the time to stop, however long the calls in flight took.
	leastFlush = 2 * time.Second
)

// addOperatingFlags are those of commands that run until they are told to stop.
func addOperatingFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.String(flagAdminListen, defaultAdminListen, "Address of /healthz, /readyz and /metrics, of this machine alone; off for none")
	f.String(flagLogLevel, "info", "Least severe line that is logged (debug|info|warn|error)")
	f.String(flagStopWithin, defaultStopWithin.String(), "How long what runs may go on after SIGTERM, 1s to 5m")
}

// newLogger logs JSON lines to standard error.
func (e *environment) newLogger() *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(text(e.cmd, flagLogLevel))) // it was checked; anything else is info
	return slog.New(slog.NewJSONHandler(e.cmd.ErrOrStderr(), &slog.HandlerOptions{Level: level}))
}

func (e *environment) stopWithin() time.Duration {
	within, err := time.ParseDuration(text(e.cmd, flagStopWithin))
	if err != nil { // it was checked
		return defaultStopWithin
	}
	return within
}

// operation is what runs beside the service of a vault, for its operators.
type operation struct {
	metrics *operate.Metrics
	ready   *operate.Readiness
	log     *slog.Logger
	address string // of the admin server, "" for none
	stop    context.CancelFunc
	running sync.WaitGroup

	mu        sync.Mutex
	stoppedAt time.Time
}

// operate starts the admin server and the watcher.
func (e *environment) operate(v *vault, proven *lightchain.Chain, log *slog.Logger) (*operation, error) {
	metrics, err := operate.NewMetrics()
	if err != nil {
		return nil, err
	}
	o := &operation{metrics: metrics, log: log}
	o.ready = operate.NewReadiness(metrics,
		operate.Check{Name: "node", Ask: func(ctx context.Context) error {
			_, err := proven.GetInstitution(ctx, v.sender.Address())
			return err
		}},
		operate.Check{Name: "store", Ask: func(ctx context.Context) error {
			_, err := v.store.ReceiptsOwed(ctx, 1)
			return err
		}},
		// A bag that was rotated past this process, or is gone: no record can be opened until it is started again.
		operate.Check{Name: "keys", Ask: func(context.Context) error { return v.ring.Refresh() }})
	working, stop := context.WithCancel(context.Background()) // it goes on while the service stops
	o.stop = stop
	if address := text(e.cmd, flagAdminListen); address != "" && address != settingOff {
		listener, err := (&net.ListenConfig{}).Listen(working, "tcp", address)
		if err != nil {
			stop()
			return nil, fmt.Errorf("cannot listen on %s: %w: stop what uses the port, pass another --%s, or off for none", address, err, flagAdminListen)
		}
		o.address = listener.Addr().String()
		o.running.Go(func() {
			if err := operate.ServeAdmin(working, listener, operate.Handler(metrics, o.ready)); err != nil {
				log.Error("health and metrics are not served any more", "error", err)
			}
		})
	}
	watcher := operate.NewWatcher(metrics, operate.Watched{Store: v.store, Head: proven.Height, Log: log})
	o.running.Go(func() { watcher.Run(working) })
	return o, nil
}

// close ends what operate started.
func (o *operation) close() error {
	o.stop()
	o.running.Wait()
	return o.metrics.Close(context.Background())
}

// readiness is told of every change.
func (o *operation) readiness(ctx context.Context) func(error) {
	return func(err error) {
		if err != nil {
			o.log.Warn("vault is not ready", "error", err)
			return
		}
		o.log.Info("vault is ready")
		o.notify(ctx, "READY=1")
	}
}

func (o *operation) notify(ctx context.Context, state string) {
	if err := operate.Notify(ctx, state); err != nil {
		o.log.Warn("the service manager was not told", "state", state, "error", err)
	}
}

// stopping says so to whoever asks, once ctx ends.
func (o *operation) stopping(ctx context.Context) (cancel func() bool) {
	return context.AfterFunc(ctx, func() {
		o.mu.Lock()
		o.stoppedAt = time.Now()
		o.mu.Unlock()
		o.ready.Stopping()
		o.log.Info("vault stops: no new orders, those in flight go on; a second signal ends it at once")
		o.notify(context.WithoutCancel(ctx), "STOPPING=1")
	})
}

// flush leaves the receipts that are owed, within what is left of the time to stop. Those that it cannot leave stay in
// the store and are left after the next start.
func (o *operation) flush(ctx context.Context, receipts *exchange.Receipts, within time.Duration) {
	o.mu.Lock()
	until := o.stoppedAt.Add(within)
	o.mu.Unlock()
	ctx, cancel := context.WithDeadline(context.WithoutCancel(ctx), later(until, time.Now().Add(leastFlush)))
	defer cancel()
	if err := receipts.Flush(ctx); err != nil {
		o.log.Warn("some receipts are not on the chain yet: the vault leaves them after its next start", "error", err)
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
