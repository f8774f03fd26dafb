package keeper

import (
	crand "crypto/rand" // want `import of crypto/rand: randomness`
	"maps"
	"math/rand" // want `import of math/rand: randomness`
	"os"
	"reflect"
	"sync"
	"time"
)

func clock() int64 {
	now := time.Now // want `time.Now: clocks differ`
	_ = now
	time.Sleep(1)                     // want `time.Sleep: the state machine does not wait`
	_ = time.Since(time.Time{})       // want `time.Since: clocks differ`
	_ = time.Time{}.In(time.Local)    // want `time.Local: time zones differ`
	_ = time.Time{}.Local()           // want `\(time.Time\).Local: time zones differ`
	<-time.After(1)                   // want `time.After: timers differ`
	return time.Unix(0, 0).UnixNano() // fine: computed from its arguments
}

type table map[string]int

func ranges[M ~map[string]int](m M, named table) {
	for range map[int]int{1: 1} { // want `range over a map: its order is random`
	}
	for range named { // want `range over a map`
	}
	for range m { // want `range over a map`
	}
	for range maps.Keys(named) { // want `maps.Keys: the order of a map is random`
	}
	for range maps.Values(named) { // want `maps.Values: the order of a map is random`
	}
	_ = reflect.ValueOf(m).MapKeys() // want `\(reflect.Value\).MapKeys`
	var wg sync.WaitGroup
	wg.Go(func() {}) // want `\(\*sync.WaitGroup\).Go`
	var sm sync.Map
	sm.Range(func(any, any) bool { return true }) // want `\(\*sync.Map\).Range`
}

type score float64 // want `floating point`

func floats(list []float32, s score) bool { // want `floating point`
	x := 1.5              // want `floating point`
	_ = list[0]           // want `floating point`
	_ = complex(1, 2)     // want `floating point`
	return x > 1 && s > 2 // want `floating point`
}

func concurrent(ch chan int) {
	go clock() // want `goroutine: the order`
	select {   // want `select: the case`
	case <-ch:
	default:
	}
}

func environment() string {
	_, _ = crand.Read(nil)
	_ = rand.Int()
	return os.Getenv("HOME") // want `os.Getenv: the environment differs`
}

func accepted(m map[string]int) {
	//determinism:ok // want `//determinism:ok accepts nothing here: remove it`
	_ = len(m)
	for range m { /* want `range over a map` */
	} // an acceptance below does not count
	//determinism:ok the result does not depend on the order:
	// it only counts
	for range m {
	}
	for range m { //determinism:ok only counts
	}
	for range m { // want `range over a map`
	}
	/* want `//determinism:ok without a reason` */ //determinism:ok
	for range m {                                  // want `range over a map`
	}
}
