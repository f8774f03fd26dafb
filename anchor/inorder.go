package anchor

import (
	"runtime"
	"sync"
)

// inOrder works on what next gives, on all cores, and hands the results to use in the order of what they were made of.
// It ends with the first error of use, when next has no more, and never before next has returned.
func inOrder[In, Out any](next func() (In, bool), work func(In) Out, use func(Out) error) error {
	type job struct {
		in  In
		out chan Out
	}
	workers := runtime.GOMAXPROCS(0)
	jobs, queue, stop := make(chan job), make(chan job, 2*workers), make(chan struct{})
	var group sync.WaitGroup
	defer group.Wait()
	group.Go(func() {
		defer close(queue)
		defer close(jobs)
		for {
			in, more := next()
			if !more {
				return
			}
			each := job{in, make(chan Out, 1)}
			for _, to := range []chan job{queue, jobs} {
				select {
				case to <- each:
				case <-stop:
					return
				}
			}
		}
	})
	for range workers {
		group.Go(func() {
			for each := range jobs {
				each.out <- work(each.in)
			}
		})
	}
	for each := range queue {
		if err := use(<-each.out); err != nil {
			close(stop)
			return err
		}
	}
	return nil
}
