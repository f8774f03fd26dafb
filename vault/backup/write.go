package backup

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/creditd/creditd/vault/store"
)

// Dumper is the part of a store that is backed up.
type Dumper interface {
	Dump(ctx context.Context, sink store.Sink) error
}

// Write writes what a store holds at this moment.
func Write(ctx context.Context, s Dumper, to io.Writer, now time.Time, progress Progress) (Summary, error) {
	buffered := bufio.NewWriterSize(to, 1<<16)
	w := &writer{
		to: buffered, hash: sha256.New(), progress: progress,
		summary: Summary{Created: now.UTC(), Tables: map[string]int64{}},
	}
	w.write([]byte(magic))
	header := binary.BigEndian.AppendUint64(nil, uint64(now.UnixNano()))
	w.frame(frameHeader, binary.BigEndian.AppendUint64(header, 0)) // reserved
	if err := s.Dump(ctx, w); err != nil {
		return w.summary, err
	}
	if err := w.end(); err != nil {
		return w.summary, err
	}
	return w.summary, buffered.Flush()
}

// writer is the sink of a dump.
type writer struct {
	to       io.Writer
	hash     hash.Hash
	err      error // the first; nothing is written after it
	buffer   []byte
	expected int64 // rows of the tables so far
	progress Progress
	summary  Summary
	table    string
}

func (w *writer) write(p []byte) {
	if w.err != nil {
		return
	}
	_, w.err = w.to.Write(p)
	w.hash.Write(p)
	w.summary.Bytes += int64(len(p))
}

func (w *writer) frame(kind byte, payload []byte) {
	if len(payload) > maxFrame && w.err == nil {
		w.err = fmt.Errorf("a row of %s has %d bytes: the format takes up to %d", w.table, len(payload), maxFrame)
	}
	w.write(binary.BigEndian.AppendUint32([]byte{kind}, uint32(len(payload))))
	w.write(payload)
}

// Table implements store.Sink.
func (w *writer) Table(name string, columns []string, rows int64) error {
	w.table, w.expected = name, w.expected+rows
	w.summary.Tables[name] = 0
	payload := appendBytes(nil, []byte(name))
	payload = binary.BigEndian.AppendUint64(payload, uint64(rows))
	for _, column := range columns {
		payload = appendBytes(payload, []byte(column))
	}
	w.frame(frameTable, payload)
	return w.err
}

// Row implements store.Sink.
func (w *writer) Row(values []any) error {
	payload := w.buffer[:0]
	for _, value := range values {
		switch v := value.(type) {
		case int64:
			payload = binary.BigEndian.AppendUint64(append(payload, valueInteger), uint64(v))
		case string:
			payload = appendBytes(append(payload, valueText), []byte(v))
		case []byte:
			payload = appendBytes(append(payload, valueBytes), v)
		default:
			return fmt.Errorf("a value of %s is %T: the format has none such", w.table, value)
		}
	}
	w.buffer = payload
	w.frame(frameRow, payload)
	w.summary.Tables[w.table]++
	w.summary.Rows++
	if w.progress != nil && w.summary.Rows%progressEvery == 0 {
		w.progress(w.summary.Rows, w.expected)
	}
	return w.err
}

// end writes the frame that says that all is there. Its hash is over every byte before the hash.
func (w *writer) end() error {
	w.write(binary.BigEndian.AppendUint32([]byte{frameEnd}, endSize))
	w.write(binary.BigEndian.AppendUint64(nil, uint64(w.summary.Rows)))
	sum := w.hash.Sum(nil)
	w.summary.SHA256 = hex.EncodeToString(sum)
	w.write(sum)
	return w.err
}

// File writes a backup to a file of the owner's only. The file is there when it is whole, on the disk and read back, or
// not at all. One that is there already is left alone.
func File(ctx context.Context, s Dumper, path string, now time.Time, progress Progress) (_ Summary, err error) {
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		return Summary{}, errors.Join(fmt.Errorf("%s is there already: choose another name, backups are not written over", path), err)
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return Summary{}, fmt.Errorf("backup: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, temporary.Close(), os.Remove(temporary.Name()))
		}
	}()
	summary, err := Write(ctx, s, temporary, now, progress)
	if err != nil {
		return summary, err
	}
	if err := temporary.Sync(); err != nil {
		return summary, fmt.Errorf("backup: %w", err)
	}
	if _, err := temporary.Seek(0, io.SeekStart); err != nil {
		return summary, fmt.Errorf("backup: %w", err)
	}
	read, err := Read(ctx, temporary, Discard, nil)
	if err != nil {
		return summary, err
	}
	if read.SHA256 != summary.SHA256 {
		return summary, damaged("it is not what was written")
	}
	if err := os.Link(temporary.Name(), path); err != nil { // unlike a renaming, it writes nothing over
		return summary, fmt.Errorf("backup: %w", err)
	}
	return summary, errors.Join(temporary.Close(), os.Remove(temporary.Name()), syncFolder(filepath.Dir(path)))
}

// syncFolder makes a name in it durable.
func syncFolder(path string) error {
	folder, err := os.Open(path) //nolint:gosec // the operator names it
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
