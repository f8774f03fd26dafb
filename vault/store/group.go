package store

import (
	"context"
	"sync"
	"time"
)

const (
	// maxTogether writes in one transaction: more would make the first wait for too long.
	maxTogether = 256
	// togetherTimeout bounds what a transaction of a group takes; the wait for another writer is a part of it.
	togetherTimeout = 30 * time.Second
)

// group puts the small writes of callers who wait at the same time into one transaction. Each of them has to be on the disk before
// its caller goes on, and the disk takes as long for many as for one.
type group struct {
	mu      sync.Mutex
	waiting []*member
	working bool
}

// member is one caller's write.
type member struct {
	ctx   context.Context // whether the caller still waits is looked at when its turn comes
	write func(context.Context, *tx) error
	done  chan struct{}
	err   error
}

// together is write for something small: it may share the transaction, and is undone alone if it fails. f uses the context that it is
// given, since an interrupted statement may end the transaction of all. Like write, it returns when f is durable or left nothing.
func (s *SQL) together(ctx context.Context, f func(context.Context, *tx) error) error {
	m := &member{ctx: ctx, write: f, done: make(chan struct{})}
	g := &s.group
	g.mu.Lock()
	g.waiting = append(g.waiting, m)
	first := !g.working
	g.working = true
	g.mu.Unlock()
	if first { // the work is nobody's in particular, so that nobody has to go on with it when its own is done
		go s.drain(context.WithoutCancel(ctx))
	}
	<-m.done
	return m.err
}

// drain works until nobody waits.
func (s *SQL) drain(ctx context.Context) {
	g := &s.group
	for {
		g.mu.Lock()
		now := g.waiting[:min(len(g.waiting), maxTogether)]
		g.waiting = g.waiting[len(now):]
		g.working = len(now) > 0
		g.mu.Unlock()
		if len(now) == 0 {
			return
		}
		s.writeAll(ctx, now)
		for _, m := range now {
			close(m.done)
		}
	}
}

// writeAll fills in how each ended.
func (s *SQL) writeAll(ctx context.Context, all []*member) {
	var members []*member
	for _, m := range all {
		if m.err = m.ctx.Err(); m.err == nil {
			members = append(members, m)
		}
	}
	if len(members) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, togetherTimeout)
	defer cancel()
	failed := s.write(ctx, func(tx *tx) error {
		if len(members) == 1 {
			return members[0].write(ctx, tx)
		}
		for _, m := range members {
			if err := apart(ctx, tx, m); err != nil {
				return err
			}
		}
		return nil
	})
	for _, m := range members {
		if m.err == nil {
			m.err = failed
		} else {
			m.err = s.explain(m.err)
		}
	}
}

// apart does one member's write so that it can be undone alone. Its error is of the transaction; the member's is filled in.
func apart(ctx context.Context, tx *tx, m *member) error {
	if _, err := tx.ExecContext(ctx, `SAVEPOINT member`); err != nil {
		return err
	}
	if m.err = m.write(ctx, tx); m.err != nil {
		if _, err := tx.ExecContext(ctx, `ROLLBACK TO SAVEPOINT member`); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `RELEASE SAVEPOINT member`)
	return err
}
