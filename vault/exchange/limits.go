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
	OfAccount       int     // answers made at once for one account; a quarter of Concurrent
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
	if l.OfAccount == 0 {
		l.OfAccount = quarter(l.Concurrent)
	}
	return l
}

// quarter of a number of places, at least one.
func quarter(places int) int { return max(1, places/4) }

// meter counts what accounts use. It is in memory: a restart begins the day anew, which the chain's own budget of inquiries
// bounds.
type meter struct {
	limits Limits

	mu      sync.Mutex
	day     int64
	used    map[string]*usage
	making  places // one for each answer under way
	waiting places // of those, one for each that waits for its inquiry to appear on the chain
}

// places that are taken, by account. An account that has none is not in the map.
type places struct {
	taken int
	by    map[string]int
}

// enter takes a place, until leave, unless all or all of that account are taken.
func (p *places) enter(account string, all, ofAccount int) bool {
	if p.taken >= all || p.by[account] >= ofAccount {
		return false
	}
	p.taken++
	p.by[account]++
	return true
}

func (p *places) leave(account string) {
	p.taken--
	if p.by[account]--; p.by[account] == 0 {
		delete(p.by, account)
	}
}

type usage struct {
	pace            *rate.Limiter
	orders, records int
}

func newMeter(limits Limits) *meter {
	return &meter{
		limits: limits.complete(), used: map[string]*usage{},
		making: places{by: map[string]int{}}, waiting: places{by: map[string]int{}},
	}
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

// enter takes a place for an answer, until leave. One account cannot take them all.
func (m *meter) enter(account string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.making.enter(account, m.limits.Concurrent, m.limits.OfAccount) {
		return refuse(codes.Unavailable, Busy, "this vault makes %d answers at once, %d of them for one account, and those places are taken: try again",
			m.limits.Concurrent, m.limits.OfAccount)
	}
	return nil
}

func (m *meter) leave(account string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.making.leave(account)
}

// await takes leave to wait for an inquiry to appear, until awaited. What is nowhere is waited for in vain, so only a quarter of
// all places may wait, and a quarter of those for one account. Who is refused orders again, and by then the inquiry is proven.
func (m *meter) await(account string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := quarter(m.limits.Concurrent)
	if !m.waiting.enter(account, all, quarter(all)) {
		return refuse(codes.Unavailable, Busy, "the inquiry is not proven yet, and this vault waits for %d others, of one account for no more than %d: try again", all, quarter(all))
	}
	return nil
}

func (m *meter) awaited(account string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.waiting.leave(account)
}
