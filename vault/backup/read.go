package backup

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"time"
	"unicode/utf8"

	"github.com/creditd/creditd/vault/store"
)

// Discard is a sink that keeps nothing, to check a backup.
var Discard store.Sink = discard{}

type discard struct{}

func (discard) Table(string, []string, int64) error { return nil }
func (discard) Row([]any) error                     { return nil }

// Read gives a sink what a backup holds and checks it to its last byte. What the sink was given counts only if Read
// returns no error: the hash is at the end.
func Read(ctx context.Context, from io.Reader, sink store.Sink, progress Progress) (Summary, error) {
	r := &reader{from: bufio.NewReaderSize(from, 1<<16), hash: sha256.New(), sink: sink, progress: progress}
	r.summary.Tables = map[string]int64{}
	if err := r.start(); err != nil {
		return r.summary, err
	}
	for {
		if r.summary.Rows%progressEvery == 0 {
			if err := ctx.Err(); err != nil {
				return r.summary, err
			}
		}
		last, err := r.next()
		if last || err != nil {
			return r.summary, err
		}
	}
}

type reader struct {
	from     *bufio.Reader
	hash     hash.Hash
	sink     store.Sink
	progress Progress
	buffer   []byte
	columns  int
	table    string
	left     int64 // rows of the table that are still to come
	expected int64
	values   []any
	summary  Summary
}

// read fills p, and takes it into the hash.
func (r *reader) read(p []byte) error {
	n, err := io.ReadFull(r.from, p)
	r.summary.Bytes += int64(n)
	r.hash.Write(p[:n])
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return damaged("it ends after %d bytes", r.summary.Bytes)
	}
	return err
}

// frame reads the next one but for its end, of which the caller reads the payload itself.
func (r *reader) frame() (byte, []byte, error) {
	var start [frameStart]byte
	if err := r.read(start[:]); err != nil {
		return 0, nil, err
	}
	size := int(binary.BigEndian.Uint32(start[1:]))
	if start[0] == frameEnd {
		if size != endSize {
			return 0, nil, damaged("its end has a wrong size")
		}
		return frameEnd, nil, nil
	}
	if size > maxFrame {
		return 0, nil, damaged("a part of %d bytes", size)
	}
	if cap(r.buffer) < size {
		r.buffer = make([]byte, size)
	}
	r.buffer = r.buffer[:size]
	return start[0], r.buffer, r.read(r.buffer)
}

func (r *reader) start() error {
	first := make([]byte, len(magic))
	if err := r.read(first); err != nil || string(first) != magic {
		return errors.Join(errors.New("the file is no backup of a vault, or one of a later program"), err)
	}
	kind, payload, err := r.frame()
	if err != nil {
		return err
	}
	if kind != frameHeader || len(payload) != headerSize {
		return damaged("it has no header")
	}
	c := cursor{rest: payload}
	r.summary.Created = time.Unix(0, int64(c.uint64())).UTC()
	if c.uint64() != 0 {
		return errors.New("the backup was made by a later program: use that")
	}
	return nil
}

func (r *reader) next() (last bool, err error) {
	kind, payload, err := r.frame()
	if err != nil {
		return false, err
	}
	switch kind {
	case frameTable:
		return false, r.startTable(payload)
	case frameRow:
		return false, r.row(payload)
	case frameEnd:
		return true, r.end()
	default:
		return false, damaged("a part of unknown type %d", kind)
	}
}

func (r *reader) startTable(payload []byte) error {
	if r.left != 0 {
		return damaged("table %s lacks %d rows", r.table, r.left)
	}
	c := cursor{rest: payload}
	r.table = string(c.bytes())
	rows := int64(c.uint64())
	var columns []string
	for len(c.rest) > 0 && len(columns) < maxColumns {
		columns = append(columns, string(c.bytes()))
	}
	if !c.whole() || rows < 0 || r.table == "" {
		return damaged("a table without sense")
	}
	if _, again := r.summary.Tables[r.table]; again {
		return damaged("table %q twice", r.table)
	}
	r.summary.Tables[r.table] = 0
	r.columns, r.left, r.expected = len(columns), rows, r.expected+rows
	return r.sink.Table(r.table, columns, rows)
}

func (r *reader) row(payload []byte) error {
	if r.left <= 0 {
		return damaged("a row that belongs to no table")
	}
	c := cursor{rest: payload}
	r.values = r.values[:0]
	for range r.columns {
		switch c.byte() {
		case valueInteger:
			r.values = append(r.values, int64(c.uint64()))
		case valueText:
			text := c.bytes()
			if !utf8.Valid(text) {
				return damaged("text that is not UTF-8")
			}
			r.values = append(r.values, string(text))
		case valueBytes:
			r.values = append(r.values, c.bytes())
		default:
			return damaged("a value of unknown type")
		}
	}
	if !c.whole() {
		return damaged("a row of another size")
	}
	r.left--
	r.summary.Rows++
	r.summary.Tables[r.table]++
	if r.progress != nil && r.summary.Rows%progressEvery == 0 {
		r.progress(r.summary.Rows, r.expected)
	}
	return r.sink.Row(r.values)
}

func (r *reader) end() error {
	var rows [8]byte
	if err := r.read(rows[:]); err != nil {
		return err
	}
	if r.left != 0 || int64(binary.BigEndian.Uint64(rows[:])) != r.summary.Rows {
		return damaged("it lacks rows")
	}
	sum := r.hash.Sum(nil)
	var said [32]byte
	if err := r.read(said[:]); err != nil {
		return err
	}
	if string(sum) != string(said[:]) {
		return damaged("a byte was changed")
	}
	if _, err := r.from.ReadByte(); !errors.Is(err, io.EOF) {
		return damaged("something follows its end")
	}
	r.summary.SHA256 = hex.EncodeToString(sum)
	return nil
}
