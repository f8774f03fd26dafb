package indexer

import (
	"context"
	"encoding/json"
	"net/http"
	"sync/atomic"
	"time"
)

const (
	// readyTimeout bounds the question whether the database answers.
	readyTimeout = 2 * time.Second
	// readyAge is how old the last block may be when the tables are called ready, beyond what the chain itself is late.
	readyAge = time.Minute
)

// Admin serves health and metrics.
type Admin struct {
	DB       *DB
	Metrics  *Metrics
	Now      func() time.Time
	stopping atomic.Bool
}

// Stopping makes it not ready for good: a load balancer sends nothing more.
func (a *Admin) Stopping() { a.stopping.Store(true) }

// Handler serves /healthz (the process lives), /readyz (the database answers, and has the chain's last minute; else 503) and
// /metrics.
func (a *Admin) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, map[string]bool{"alive": true}) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		state := a.state(r.Context())
		code := http.StatusOK
		if !state.Ready {
			code = http.StatusServiceUnavailable
		}
		answer(w, code, state)
	})
	mux.Handle("GET /metrics", a.Metrics.Handler())
	return mux
}

// Readiness as it is served.
type Readiness struct {
	Ready    bool              `json:"ready"`
	Stopping bool              `json:"stopping"`
	Checks   map[string]string `json:"checks"` // ok or failed
}

func (a *Admin) state(ctx context.Context) Readiness {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	state := Readiness{Stopping: a.stopping.Load(), Checks: map[string]string{"database": "ok", "caught_up": "ok"}}
	var last time.Time
	err := a.DB.read.QueryRowContext(ctx, `SELECT coalesce((SELECT time FROM blocks ORDER BY height DESC LIMIT 1), 'epoch'::timestamptz)`).Scan(&last)
	if err != nil {
		state.Checks["database"], state.Checks["caught_up"] = "failed", "failed"
	} else if a.Now().Sub(last) > readyAge {
		state.Checks["caught_up"] = "failed"
	}
	state.Ready = !state.Stopping && state.Checks["database"] == "ok" && state.Checks["caught_up"] == "ok"
	return state
}

func answer(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body) // a reader that went away is its own matter
}
