// Package crash lets the vault's tests kill it between any two steps. Code that must survive a kill names its steps with Point;
// a test that has called At dies there as the process would: by a panic that nothing in between catches.
package crash

import "sync/atomic"

// Killed is what a killed step panics with.
type Killed string

var armed atomic.Pointer[func(step string)]

// Point names a step. It does nothing outside tests.
func Point(step string) {
	if f := armed.Load(); f != nil {
		(*f)(step)
	}
}

// At runs f and dies at the n-th point, from 0, that it comes to. It tells which that was; "" is that f went through to its end,
// with f's own error. Only one may run at a time.
func At(n int, f func() error) (died string, err error) {
	var count atomic.Int64
	hook := func(step string) {
		if count.Add(1)-1 == int64(n) {
			panic(Killed(step))
		}
	}
	armed.Store(&hook)
	defer armed.Store(nil)
	defer func() {
		if r := recover(); r != nil {
			killed, ok := r.(Killed)
			if !ok {
				panic(r)
			}
			died = string(killed)
		}
	}()
	return "", f()
}
