// Package backup writes a vault's store to one file and reads it back, whatever the engine. The format is
// docs/vault-backup.md.
package backup

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// magic begins every file, and says to who opens one what it is.
const magic = "creditd vault backup 1\n"

// Types of frames.
const (
	frameHeader byte = 'H'
	frameTable  byte = 'T'
	frameRow    byte = 'R'
	frameEnd    byte = 'E'
)

// Types of values.
const (
	valueInteger byte = 'i'
	valueText    byte = 't'
	valueBytes   byte = 'b'
)

const (
	// maxFrame bounds a frame, which is read into memory whole. The largest row of a store has a few kilobytes.
	maxFrame   = 4 << 20
	maxColumns = 64
	headerSize = 8 + 8
	endSize    = 8 + 32
	frameStart = 1 + 4 // type and length
)

// ErrDamaged: the file is not what was written.
var ErrDamaged = errors.New("the backup is damaged or was cut short: take another one")

// Summary of a backup.
type Summary struct {
	Created time.Time        `json:"created"`
	Tables  map[string]int64 `json:"rows"` // of each table
	Rows    int64            `json:"rows_in_all"`
	Bytes   int64            `json:"bytes"`
	SHA256  string           `json:"sha256"` // of the file up to the hash at its end
}

// Progress is called now and then with the rows done, and those in all as far as they are known.
type Progress func(done, total int64)

const progressEvery = 1000 // rows

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, args...))
}

func appendBytes(to, value []byte) []byte {
	return append(binary.BigEndian.AppendUint32(to, uint32(len(value))), value...)
}

// cursor takes a frame's payload apart. A read beyond the end gives zero values and sets short.
type cursor struct {
	rest  []byte
	short bool
}

func (c *cursor) take(n int) []byte {
	if n < 0 || n > len(c.rest) {
		c.short, c.rest = true, nil
		return nil
	}
	taken := c.rest[:n]
	c.rest = c.rest[n:]
	return taken
}

func (c *cursor) byte() byte {
	if b := c.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (c *cursor) uint64() uint64 {
	if b := c.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

func (c *cursor) bytes() []byte {
	b := c.take(4)
	if b == nil {
		return nil
	}
	n := binary.BigEndian.Uint32(b)
	if n > maxFrame {
		c.short = true
		return nil
	}
	return c.take(int(n))
}

// whole tells whether all was read and no more.
func (c *cursor) whole() bool { return !c.short && len(c.rest) == 0 }
