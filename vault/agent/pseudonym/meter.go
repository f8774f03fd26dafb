package pseudonym

import (
	"sync"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/creditd/creditd/vault/exchange"
)

// meter is this vault's own limit beside the chain's: who has taken over the vote of the members still gets no more of this vault. It
// is in memory: a restart begins the day anew.
type meter struct {
	perDay int

	mu   sync.Mutex
	day  int64
	used map[string]int
}

func newMeter(perDay int) *meter { return &meter{perDay: perDay, used: map[string]int{}} }

// take counts elements for an institution, all or none. Only institutions with requests on the chain come here, so the map is small.
func (m *meter) take(account string, elements int, now time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if day := now.Unix() / 86400; day != m.day {
		m.day = day
		clear(m.used)
	}
	if m.used[account]+elements > m.perDay {
		return exchange.Refuse(codes.ResourceExhausted, exchange.QuotaExhausted, "the institution has used up its %d evaluations of this day (UTC) here: go on tomorrow, or agree on more with this vault's operator", m.perDay)
	}
	m.used[account] += elements
	return nil
}
