package expr

import (
	"crypto/sha256"
	"sync"
)

// Cache of compiled programs by language, limit and hash of the source. What is in it changes no result and no cost of a run,
// only how long the first one takes. It is safe for use by several goroutines.
type Cache struct {
	size     int
	mutex    sync.Mutex
	programs map[cacheKey]*Program
}

type cacheKey struct {
	language *Language
	limit    uint64
	source   [sha256.Size]byte
}

// NewCache of at most so many programs.
func NewCache(size int) *Cache { return &Cache{size: size, programs: make(map[cacheKey]*Program)} }

// Compile is l.Compile, or what it gave before. A full cache is emptied: there are fewer contracts than it has places.
func (c *Cache) Compile(l *Language, source string, limit uint64) (*Program, error) {
	key := cacheKey{language: l, limit: limit, source: sha256.Sum256([]byte(source))}
	c.mutex.Lock()
	program := c.programs[key]
	c.mutex.Unlock()
	if program != nil {
		return program, nil
	}
	program, err := l.Compile(source, limit)
	if err != nil {
		return nil, err
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if len(c.programs) >= c.size {
		clear(c.programs)
	}
	c.programs[key] = program
	return program, nil
}
