package oprf

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// each does the work for 0 to n-1 on all processors and returns the error of the lowest number that has one.
func each(n int, work func(i int) error) error {
	workers := min(runtime.GOMAXPROCS(0), n)
	if workers <= 1 {
		for i := range n {
			if err := work(i); err != nil {
				return err
			}
		}
		return nil
	}
	var (
		next  atomic.Int64
		group sync.WaitGroup
		mu    sync.Mutex
		at    = n
		first error
	)
	for range workers {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				err := work(i)
				if err == nil {
					continue
				}
				mu.Lock()
				if i < at {
					at, first = i, err
				}
				mu.Unlock()
				next.Store(int64(n)) // lower numbers are all taken already
				return
			}
		})
	}
	group.Wait()
	return first
}
