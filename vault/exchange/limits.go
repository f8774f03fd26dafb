package exchange

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
	"google.golang.org/grpc/codes"
)

// Limits of what a vault answers to one account, and at once. Zero values stand for the defaults.
type Limits struct {
	OrdersPerSecond float64 // of one account; 20
	Burst           int     // that it may be ahead of that; 100
	OrdersPerDay    int     // of one account, UTC; 100,000
	RecordsPerDay   int     // given to one account, UTC; 1,000,000
	Concurrent      int     // answers made at once, for all accounts; 32
}

// maxAccounts whose use is counted, far more than there are institutions. When it is reached strangers wait until tomorrow.
const maxAccounts = 100_000

func (l Limits) complete() Limits {
	for _, of := range []struct {
		value     *int
		otherwise int
	}{{&l.Burst, 100}, {&l.OrdersPerDay, 100_000}, {&l.RecordsPerDay, 1_000_000}, {&l.Concurrent, 32}} {
		if *of.value == 0 {
			*of.value = of.otherwise
		}
	}
	if l.OrdersPerSecond == 0 {
		l.OrdersPerSecond = 20
	}
	return l
}

// meter counts what accounts use. It is in memory: a restart begins the day anew, which the chain's own budget of inquiries
// bounds.
type meter struct {
	limits Limits
	places chan struct{} // one for each answer under way

	mu   sync.Mutex
	day  int64
	used map[string]*usage
}

type usage struct {
	pace            *rate.Limiter
	orders, records int
}

func newMeter(limits Limits) *meter {
	limits = limits.complete()
	return &meter{limits: limits, places: make(chan struct{}, limits.Concurrent), used: map[string]*usage{}}
}

// of an account today. The caller holds mu; nil if there is no room.
func (m *meter) of(account string, now time.Time) *usage {
	if day := now.Unix() / 86400; day != m.day {
		m.day = day
		clear(m.used)
	}
	u := m.used[account]
	if u == nil && len(m.used) < maxAccounts {
		u = &usage{pace: rate.NewLimiter(rate.Limit(m.limits.OrdersPerSecond), m.limits.Burst)}
		m.used[account] = u
	}
	return u
}

// order counts one order of an account, or refuses it.
func (m *meter) order(account string, now time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	u := m.of(account, now)
	switch {
	case u == nil || u.orders >= m.limits.OrdersPerDay:
		return refuse(codes.ResourceExhausted, QuotaExhausted, "the account has used up its %d orders of this day (UTC): go on tomorrow, or agree on more with this vault's operator", m.limits.OrdersPerDay)
	case !u.pace.AllowN(now, 1):
		return refuse(codes.ResourceExhausted, RateLimited, "more than %g orders a second: send fewer", m.limits.OrdersPerSecond)
	}
	u.orders++
	return nil
}

// give counts records that are about to be given, all or none.
func (m *meter) give(account string, records int, now time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	u := m.of(account, now)
	if u == nil || u.records+records > m.limits.RecordsPerDay {
		return refuse(codes.ResourceExhausted, QuotaExhausted, "the account has used up its %d records of this day (UTC): go on tomorrow, or agree on more with this vault's operator", m.limits.RecordsPerDay)
	}
	u.records += records
	return nil
}

// enter takes a place for an answer, until leave.
func (m *meter) enter() error {
	select {
	case m.places <- struct{}{}:
		return nil
	default:
		return refuse(codes.Unavailable, Busy, "this vault makes %d answers at once and all places are taken: try again", cap(m.places))
	}
}

func (m *meter) leave() { <-m.places }
