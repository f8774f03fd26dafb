package anchor

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"

	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/merkle"
)

const (
	// linesAtOnce is about as many bytes of statements as a core works on at a time.
	linesAtOnce = 256 << 10
	// parallelFrom is the number of nodes from which hashing a level on all cores pays.
	parallelFrom = 1 << 12
)

// Write builds the tree of the statements, one JSON object in each line, and writes it to a new file at path. It reads
// the input once, in pieces; of the largest tree it keeps 64 MB. Progress is called with how many statements were read.
func Write(path string, about About, statements io.Reader, progress func(done int)) error {
	if err := about.validate(); err != nil {
		return err
	}
	return create(path, func(out *os.File) error {
		w := newWriter(out, header{About: about})
		if err := w.add(statements, progress); err != nil {
			return err
		}
		return w.finish()
	})
}

// Extend writes, to a new file at path, the tree of the older one's statements and of these.
func Extend(path string, older *File, statements io.Reader, progress func(done int)) error {
	return create(path, func(out *os.File) error {
		w := newWriter(out, older.header)
		if err := w.copy(older); err != nil {
			return err
		}
		if err := w.add(statements, progress); err != nil {
			return err
		}
		if w.size == older.size {
			return errors.New("no statements: give at least one to add")
		}
		return w.finish()
	})
}

// create makes a file and takes it away again when it cannot be written. It replaces none: proofs are read from trees
// for years. What a crash leaves has no header, which Open refuses.
func create(path string, write func(*os.File) error) error {
	out, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the user names the file
	if err != nil {
		return err
	}
	if err := errors.Join(write(out), out.Sync(), out.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// writer writes a tree file. Its header comes last, when the size is known.
type writer struct {
	header
	file   *os.File
	out    *bufio.Writer
	leaves []Hash
	lines  int // read
}

func newWriter(file *os.File, h header) *writer {
	h.size = 0
	w := &writer{header: h, file: file, out: bufio.NewWriterSize(file, 1<<20)}
	_, _ = w.out.Write(make([]byte, headerBytes)) // into the buffer, which keeps an error for later
	return w
}

// copy takes over the records and leaves of an older tree.
func (w *writer) copy(older *File) error {
	records := io.NewSectionReader(older.file, headerBytes, older.recordsEnd()-headerBytes)
	if _, err := io.Copy(w.out, records); err != nil {
		return err
	}
	leaves := make([]byte, int(older.size)*merkle.Size)
	if _, err := older.file.ReadAt(leaves, older.recordsEnd()); err != nil {
		return err
	}
	for ; len(leaves) > 0; leaves = leaves[merkle.Size:] {
		w.leaves = append(w.leaves, Hash(leaves))
	}
	w.size = older.size
	return nil
}

// piece is some lines of the input.
type piece struct {
	data []byte
	err  error
}

// hashed is what a piece becomes.
type hashed struct {
	records []byte
	leaves  []Hash
	lines   int
	shape   shape
	wrong   int   // line of the piece that err is about, from 1
	err     error // of the first wrong line
}

// add reads statements to the end. The work on a piece is done on all cores, their order is kept.
func (w *writer) add(statements io.Reader, progress func(done int)) error {
	next := pieces(statements)
	return inOrder(next, hashPiece, func(part hashed) error {
		if len(part.leaves) > 0 && w.size == 0 {
			w.shape = part.shape
		}
		// Within a piece all lines have one shape, that of its first.
		if part.err == nil && len(part.leaves) > 0 && part.shape != w.shape {
			part.wrong, part.err = 1, errors.New("circuit_commitment and amount_commitments are not as in the first statement: under one schema all have as many")
		}
		if part.err != nil {
			return fmt.Errorf("line %d: %w", w.lines+part.wrong, part.err)
		}
		if len(w.leaves)+len(part.leaves) > MaxSize {
			return fmt.Errorf("line %d: an anchor has at most %d items: split the file and make another anchor", w.lines+1+MaxSize-len(w.leaves), MaxSize)
		}
		w.leaves = append(w.leaves, part.leaves...)
		w.size, w.lines = uint32(len(w.leaves)), w.lines+part.lines
		progress(w.lines)
		_, err := w.out.Write(part.records)
		return err
	})
}

// pieces cuts the input after line ends. A line longer than a statement can be ends it with an error.
func pieces(statements io.Reader) func() (piece, bool) {
	reader := bufio.NewReaderSize(statements, MaxStatementBytes+2) // for the line's end
	ended := false
	return func() (piece, bool) {
		if ended {
			return piece{}, false
		}
		data := make([]byte, 0, linesAtOnce+MaxStatementBytes+2)
		for len(data) < linesAtOnce {
			line, err := reader.ReadSlice('\n')
			data = append(data, line...)
			switch {
			case errors.Is(err, io.EOF):
				ended = true
				return piece{data: data}, len(data) > 0
			case errors.Is(err, bufio.ErrBufferFull): // hashPiece says which line is too long
				ended = true
				return piece{data: data}, true
			case err != nil:
				ended = true
				return piece{data, err}, true
			}
		}
		return piece{data: data}, true
	}
}

func hashPiece(in piece) (out hashed) {
	count := bytes.Count(in.data, []byte{'\n'}) + 1
	out.leaves, out.records = make([]Hash, 0, count), make([]byte, 0, count*recordBytes)
	for data := in.data; len(data) > 0; {
		line, rest, _ := bytes.Cut(data, []byte{'\n'})
		data = rest
		out.lines++
		statement, err := ParseStatement(line)
		if err == nil && out.lines == 1 {
			out.shape = shapeOf(statement)
		}
		if err == nil {
			err = out.shape.check(statement)
		}
		if err != nil {
			out.wrong, out.err = out.lines, err
			return out
		}
		out.leaves = append(out.leaves, commitment.AnchorLeaf(statement.Digest()))
		out.records = appendRecord(out.records, statement)
	}
	out.wrong, out.err = out.lines+1, in.err
	return out
}

// finish writes the levels and the header.
func (w *writer) finish() error {
	if w.size == 0 {
		return errors.New("no statements: give at least one")
	}
	level := w.leaves
	for {
		for i := range level {
			if _, err := w.out.Write(level[i][:]); err != nil {
				return err
			}
		}
		if len(level) == 1 {
			break
		}
		level = above(level)
	}
	if w.firstSize == 0 {
		w.firstSize, w.firstRoot = w.size, level[0]
	}
	if err := w.out.Flush(); err != nil {
		return err
	}
	_, err := w.file.WriteAt(w.encode(), 0)
	return err
}

// above is the level over one of at least two nodes.
func above(below []Hash) []Hash {
	level := make([]Hash, (len(below)+1)/2)
	pairs := len(below) / 2
	copy(level[pairs:], below[2*pairs:])
	hash := func(from, to int) {
		for i := from; i < to; i++ {
			level[i] = merkle.HashNode(below[2*i], below[2*i+1])
		}
	}
	if pairs < parallelFrom {
		hash(0, pairs)
		return level
	}
	workers := runtime.GOMAXPROCS(0)
	share := (pairs + workers - 1) / workers
	var group sync.WaitGroup
	for from := 0; from < pairs; from += share {
		group.Go(func() { hash(from, min(from+share, pairs)) })
	}
	group.Wait()
	return level
}
