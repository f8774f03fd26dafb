package anchor

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"sync"

	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/merkle"
)

// proofsAtOnce is how many proofs a core makes before it hands them over.
const proofsAtOnce = 256

// Proofs writes all proofs as JSON lines, in order, made on all cores. The file is checked as a whole first, so that
// not each path has to be. Progress is called with how many there are.
func (f *File) Proofs(out io.Writer, progress func(done int)) error {
	w, err := f.prover()
	if err != nil {
		return err
	}
	type lines struct {
		json *bytes.Buffer
		err  error
	}
	buffers := sync.Pool{New: func() any { return new(bytes.Buffer) }}
	from, done := uint32(0), 0
	return inOrder(func() (uint32, bool) {
		start := from
		from += proofsAtOnce
		return start, start < f.size
	}, func(start uint32) lines {
		buffer, _ := buffers.Get().(*bytes.Buffer) // nothing else is in the pool
		buffer.Reset()
		return lines{buffer, w.write(buffer, start, min(start+proofsAtOnce, f.size))}
	}, func(made lines) error {
		if made.err != nil {
			return made.err
		}
		done = min(done+proofsAtOnce, int(f.size))
		progress(done)
		_, err := out.Write(made.json.Bytes())
		buffers.Put(made.json)
		return err
	})
}

// prover has the nodes of a file in memory, as the digits that proofs have of them: a node is part of many paths.
type prover struct {
	*File
	leaves []Hash
	levels [][]byte // two digits a byte
}

// prover reads all nodes, 64 MB of the largest tree, and checks that each follows from those below.
func (f *File) prover() (*prover, error) {
	nodes := make([]byte, f.fileBytes()-f.recordsEnd())
	if _, err := f.file.ReadAt(nodes, f.recordsEnd()); err != nil {
		return nil, err
	}
	p := &prover{File: f, leaves: make([]Hash, f.size)}
	for i := range p.leaves {
		p.leaves[i] = Hash(nodes[i*merkle.Size:])
	}
	level := p.leaves
	for k := range height(f.size) {
		if k > 0 {
			level = above(level)
		}
		digits := make([]byte, 0, hex.EncodedLen(len(level)*merkle.Size))
		for i := range level {
			if !bytes.Equal(level[i][:], nodes[:merkle.Size]) {
				return nil, fmt.Errorf("node %d of level %d: %w", i, k, errDamaged)
			}
			digits, nodes = hex.AppendEncode(digits, nodes[:merkle.Size]), nodes[merkle.Size:]
		}
		p.levels = append(p.levels, digits)
	}
	return p, nil
}

// write appends the proofs of some items.
func (p *prover) write(out *bytes.Buffer, from, to uint32) error {
	records := make([]byte, p.recordAt(to)-p.recordAt(from))
	if _, err := p.file.ReadAt(records, p.recordAt(from)); err != nil {
		return err
	}
	const digits = 2 * merkle.Size
	id := p.anchorID()
	for index := from; index < to; index++ {
		statement, err := p.decodeRecord(records[:p.recordBytes():p.recordBytes()])
		if err == nil && (p.check(statement) != nil || commitment.AnchorLeaf(statement.Digest()) != p.leaves[index]) {
			err = errDamaged
		}
		if err != nil {
			return fmt.Errorf("item %d: %w", index, err)
		}
		records = records[p.recordBytes():]
		line := Proof{AnchorID: id, Index: index, Size: p.size, Statement: statement}.appendHead(out.AvailableBuffer())
		separator, place := `"`, uint64(index)
		for _, level := range p.levels {
			if sibling := place ^ 1; sibling < uint64(len(level)/digits) {
				line = append(append(line, separator...), level[sibling*digits:(sibling+1)*digits]...)
				separator = `","`
			}
			place >>= 1
		}
		if separator != `"` {
			line = append(line, '"')
		}
		out.Write(append(line, "]}\n"...))
	}
	return nil
}
