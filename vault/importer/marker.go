package importer

import (
	"context"
	"sync"
)

// marker marks records as committed, those of all transactions that were committed meanwhile in one step: a block commits many
// at once, and each step waits for the disk.
type marker struct {
	store Store

	mu   sync.Mutex
	next *marking // that takes more; nil if nothing waits
	busy bool
}

type marking struct {
	ids  [][32]byte
	done chan struct{}
	err  error
}

func newMarker(store Store) *marker { return &marker{store: store} }

// mark returns when the records are marked, durably.
func (m *marker) mark(ctx context.Context, ids [][32]byte) error {
	m.mu.Lock()
	if m.next == nil {
		m.next = &marking{done: make(chan struct{})}
	}
	mine := m.next
	mine.ids = append(mine.ids, ids...)
	lead := !m.busy
	m.busy = true
	m.mu.Unlock()
	if lead {
		m.drain(ctx)
	}
	<-mine.done
	return mine.err
}

// drain marks until nothing waits. Who leads does it for the others too.
func (m *marker) drain(ctx context.Context) {
	for {
		m.mu.Lock()
		now := m.next
		m.next = nil
		m.busy = now != nil
		m.mu.Unlock()
		if now == nil {
			return
		}
		now.err = m.store.Commit(ctx, now.ids)
		close(now.done)
	}
}
