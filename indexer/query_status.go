package indexer

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/creditd/creditd/api"
)

// Status of the tables.
type Status struct {
	ChainID string `json:"chain_id"`
	// FirstHeight and Height are the first and the last block in the tables; Time is that of the last.
	FirstHeight int64     `json:"first_height"`
	Height      int64     `json:"height"`
	Time        time.Time `json:"time"`
	// Complete: every entry of the state is in the tables as it was at Height. Otherwise Pending are to be read yet, or more
	// while Scanning.
	Complete bool  `json:"complete"`
	Pending  int64 `json:"pending"`
	Scanning bool  `json:"scanning"`
	// TrustHeight is that of the header which the operator named; 0 if the first one was trusted on the node's word.
	TrustHeight int64 `json:"trust_height"`
}

func (s *Server) status(r *http.Request) (any, error) {
	status, err := s.db.Status(r.Context())
	if errors.Is(err, sql.ErrNoRows) {
		return nil, api.ErrNotReady.Wrap("the indexer has not seen a node yet")
	}
	return status, err
}

// Status reads how far the tables are.
func (d *DB) Status(ctx context.Context) (Status, error) {
	p, err := readPosition(d.read.QueryRowContext(ctx, selectPosition))
	if err != nil {
		return Status{}, d.explain(err)
	}
	status := Status{
		ChainID: p.chainID, FirstHeight: p.first, Height: p.height, Complete: p.settled, Scanning: !p.scan.done, TrustHeight: p.pin.Height,
	}
	err = d.read.QueryRowContext(ctx, `SELECT coalesce((SELECT time FROM blocks WHERE height = $1), 'epoch'::timestamptz), (SELECT count(*) FROM pending)`,
		p.height).Scan(&status.Time, &status.Pending)
	status.Time = status.Time.UTC()
	return status, d.explain(err)
}

const (
	hourly = "hour"
	daily  = "day"
	// maxPoints of a time series: a year by the hour.
	maxPoints = 8800
)

// point of a time series: what happened from its time on.
type point struct {
	Time  time.Time `json:"time"`
	Count int64     `json:"count"`
}

// activity counts by the hour or the day, UTC. Hours in which nothing happened are there with 0.
func (s *Server) activity(r *http.Request) (any, error) {
	kind := r.URL.Query().Get("kind")
	if !slices.Contains(Activities(), kind) {
		return nil, api.ErrMalformed.Wrapf("kind: one of %v", Activities())
	}
	bucket := r.URL.Query().Get("bucket")
	step := map[string]time.Duration{"": time.Hour, hourly: time.Hour, daily: 24 * time.Hour}[bucket]
	if step == 0 {
		return nil, api.ErrMalformed.Wrap("bucket: hour or day")
	}
	now := s.now().UTC()
	from, err := moment(r, "from", now.Truncate(24*time.Hour))
	if err != nil {
		return nil, err
	}
	to, err := moment(r, "to", now)
	if err != nil {
		return nil, err
	}
	from = from.Truncate(step)
	if to.Before(from) || to.Sub(from)/step >= maxPoints {
		return nil, api.ErrMalformed.Wrapf("from and to: from before to, and at most %d points between", maxPoints)
	}
	points := []point{}
	for at := from; !at.After(to); at = at.Add(step) {
		points = append(points, point{Time: at})
	}
	rows, err := s.db.read.QueryContext(r.Context(), `SELECT hour, count FROM activity WHERE kind = $1 AND hour >= $2 AND hour <= $3`, kind, from, to.Truncate(step).Add(step-time.Hour))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	total := int64(0)
	for rows.Next() {
		var hour time.Time
		var count int64
		if err := rows.Scan(&hour, &count); err != nil {
			return nil, err
		}
		points[hour.Sub(from)/step].Count += count
		total += count
	}
	return map[string]any{"kind": kind, "total": total, "points": points}, rows.Err()
}
