package api

import (
	"container/list"
	"math"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limit refuses what is too large, too often or too much at once.
func limit(cfg Config, next http.Handler) http.Handler {
	slots := make(chan struct{}, cfg.MaxConcurrent)
	clients := newClients(cfg.RatePerClient, cfg.RateBurst)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n := sizeOfHead(r); n > cfg.MaxHeaderBytes {
			WriteError(w, ErrBodyTooLarge.Wrapf("path and headers have %d bytes; at most %d are read", n, cfg.MaxHeaderBytes))
			return
		}
		if r.ContentLength > cfg.MaxBodyBytes {
			WriteError(w, ErrBodyTooLarge.Wrapf("the body has %d bytes; at most %d are read", r.ContentLength, cfg.MaxBodyBytes))
			return
		}
		if pause := clients.ask(r.RemoteAddr, time.Now()); pause > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(pause.Seconds()))))
			WriteError(w, ErrTooManyRequests.Wrapf("more than %g a second", cfg.RatePerClient))
			return
		}
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
		default:
			w.Header().Set("Retry-After", "1")
			WriteError(w, ErrBusy.Wrapf("%d requests are worked on", cfg.MaxConcurrent))
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, cfg.MaxBodyBytes)
		next.ServeHTTP(w, r)
	})
}

func sizeOfHead(r *http.Request) int {
	n := len(r.RequestURI)
	for name, values := range r.Header {
		for _, value := range values {
			n += len(name) + len(value)
		}
	}
	return n
}

// clients are the addresses that asked last, with what each has left.
type clients struct {
	rate  rate.Limit
	burst int

	mu     sync.Mutex
	byHost map[string]*list.Element
	recent *list.List // of *asker, the one that asked last in front
}

type asker struct {
	host    string
	limiter *rate.Limiter
}

// maxClients are remembered. A client that is forgotten begins anew, with a full burst.
const maxClients = 10_000

func newClients(perSecond float64, burst int) *clients {
	return &clients{rate: rate.Limit(perSecond), burst: burst, byHost: map[string]*list.Element{}, recent: list.New()}
}

// ask takes one request off what the address has left, or says how long to wait for it.
func (c *clients) ask(remote string, now time.Time) time.Duration {
	if c.rate == 0 {
		return 0
	}
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	reservation := c.of(host).ReserveN(now, 1)
	pause := reservation.DelayFrom(now)
	if pause > 0 {
		reservation.CancelAt(now)
	}
	return pause
}

func (c *clients) of(host string) *rate.Limiter {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known, ok := c.byHost[host]; ok {
		c.recent.MoveToFront(known)
		return known.Value.(*asker).limiter //nolint:errcheck // nothing else is in the list
	}
	fresh := &asker{host, rate.NewLimiter(c.rate, c.burst)}
	c.byHost[host] = c.recent.PushFront(fresh)
	if c.recent.Len() > maxClients {
		oldest := c.recent.Remove(c.recent.Back()).(*asker) //nolint:errcheck // nothing else is in the list
		delete(c.byHost, oldest.host)
	}
	return fresh.limiter
}
