package indexer

import (
	"context"
	"time"
)

const (
	// logEvery between lines about a backfill.
	logEvery = 5 * time.Second
	// live is how far behind the chain's newest block an indexer is called up to date.
	live = 5
)

// rate is how fast blocks go in, from one line about it to the next.
type rate struct {
	since  time.Time
	from   int64
	perSec float64
}

// note a height; a rate is known after some seconds.
func (r *rate) note(now time.Time, height int64) (ready bool) {
	switch took := now.Sub(r.since); {
	case r.since.IsZero():
		r.since, r.from = now, height
		return false
	case took < logEvery:
		return false
	default:
		r.perSec = float64(height-r.from) / took.Seconds()
		r.since, r.from = now, height
		return true
	}
}

// left is how long a backfill takes at this rate; 0 if that is not known.
func (r *rate) left(blocks int64) time.Duration {
	if r.perSec <= 0 {
		return 0
	}
	return time.Duration(float64(blocks) / r.perSec * float64(time.Second)).Round(time.Second)
}

// tell operators and metrics how far it is.
func (x *Indexer) tell(ctx context.Context) {
	behind := max(0, x.tip-1-x.at.height)
	ready := x.rate.note(x.config.Now(), x.at.height)
	x.config.Metrics.progress(ctx, x.at.height, behind, x.rate.perSec, x.rate.left(behind))
	if ready && behind > live {
		x.config.Log.Info("backfill", "height", x.at.height, "behind", behind, "blocks_per_second", int64(x.rate.perSec),
			"time_left", x.rate.left(behind).String())
	}
}
