package indexer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	errorsmod "cosmossdk.io/errors"

	"github.com/creditd/creditd/api"
)

// Prefix of all routes. A node passes on what begins with it ([rest] indexer in its app.toml).
const Prefix = "/indexer/v1/"

const (
	serveTimeout = 30 * time.Second
	maxHeader    = 32 << 10
	// maxConcurrent answers are made at once; one more is told to come back.
	maxConcurrent = 4 * readers
	// stopTime is what answers under way get when the server stops.
	stopTime = 10 * time.Second
)

// Server answers what a node has no index for, from the tables alone.
type Server struct {
	db      *DB
	metrics *Metrics
	log     *slog.Logger
	now     func() time.Time
	slots   chan struct{}
}

// NewServer of a schema. It writes nothing, so there may be any number of them.
func NewServer(db *DB, metrics *Metrics, log *slog.Logger) *Server {
	return &Server{db: db, metrics: metrics, log: log, now: time.Now, slots: make(chan struct{}, maxConcurrent)}
}

// routes below Prefix. A node passes on those of api.IndexerRoutes alone.
func (s *Server) routes() map[string]func(*http.Request) (any, error) {
	return map[string]func(*http.Request) (any, error){
		"status":              s.status,
		"search":              s.search,
		"activity":            s.activity,
		"blocks":              s.blocks,
		"transactions":        s.transactions,
		"transactions/{hash}": s.transaction,
		"schemas":             s.schemas,
		"institutions":        s.institutions,
		"attestations":        s.attestations,
		"inquiries":           s.inquiries,
		"disputes":            s.disputes,
	}
}

// Handler of all routes. Errors have the API's envelope.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for route, f := range s.routes() {
		mux.Handle("GET "+Prefix+route, s.route(route, f))
		mux.HandleFunc(Prefix+route, func(w http.ResponseWriter, r *http.Request) { // every other method
			w.Header().Set("Allow", "GET, HEAD")
			api.WriteError(w, api.ErrMethodNotAllowed.Wrapf("%.16s", r.Method))
		})
	}
	mux.HandleFunc("GET "+Prefix+"openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(openAPI) // a client that hung up
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		api.WriteError(w, api.ErrUnknownPath.Wrap("the indexer's paths are in "+Prefix+"openapi.json"))
	})
	return mux
}

// route answers one; what went wrong inside is in the log, without the path, which may name somebody.
func (s *Server) route(name string, f func(*http.Request) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		written := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		defer func() { s.metrics.answered(r.Context(), name, written.status, time.Since(started)) }()
		defer func() {
			if p := recover(); p != nil {
				s.log.Error("panic", "route", name, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				api.WriteError(written, api.ErrInternal.Wrap("panic"))
			}
		}()
		h := written.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		select {
		case s.slots <- struct{}{}:
			defer func() { <-s.slots }()
		default:
			h.Set("Retry-After", "1")
			api.WriteError(written, api.ErrBusy.Wrapf("%d requests are worked on", maxConcurrent))
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), readTimeout)
		defer cancel()
		body, err := f(r.WithContext(ctx))
		if err != nil {
			s.fail(ctx, written, name, err)
			return
		}
		answer(written, http.StatusOK, body)
	})
}

func (s *Server) fail(ctx context.Context, w http.ResponseWriter, name string, err error) {
	err = s.db.explain(err)
	switch {
	case ctx.Err() != nil:
		err = ctx.Err()
	case errors.Is(err, ErrDatabase):
		s.log.Warn("no answer", "route", name, "error", err)
		err = api.ErrNotReady.Wrap("the indexer's database does not answer") // its name is not the client's matter
	case isRegistered(err):
	default:
		s.log.Error("no answer", "route", name, "error", err)
		err = api.ErrInternal.Wrap("the indexer could not answer")
	}
	api.WriteError(w, err)
}

// isRegistered is true for what was made to be told to clients.
func isRegistered(err error) bool {
	var registered *errorsmod.Error
	return errors.As(err, &registered)
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Serve answers on a listener until ctx ends; answers under way are brought to their end.
func Serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: serveTimeout, ReadTimeout: serveTimeout, WriteTimeout: serveTimeout,
		IdleTimeout: serveTimeout, MaxHeaderBytes: maxHeader,
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		within, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer cancel()
		stopped <- server.Shutdown(within)
	})
	err := server.Serve(listener)
	if !stop() { // ctx has ended
		return <-stopped
	}
	return fmt.Errorf("address %s: %w", listener.Addr(), err)
}

// raw is JSON from a table.
type raw = json.RawMessage

// number of a parameter within bounds, otherwise what it is when left out.
func number(r *http.Request, name string, otherwise, least, most int64) (int64, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < least || n > most {
		return 0, api.ErrMalformed.Wrapf("%s: %d to %d", name, least, most)
	}
	return n, nil
}
