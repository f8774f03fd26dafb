package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/anchor"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
)

// anchors measures how fast attestations become provable through an anchor, as an institution goes about it with
// 'creditd attestation anchor': from a file of statements (here in memory) to the tree on disk, to its root committed by
// the validators, to a proof of every item as a line of JSON.
type anchors struct{ run *run }

func (*anchors) name() string { return Anchor }
func (*anchors) unit() string { return "items" }
func (*anchors) about() string {
	return "statements in memory -> tree file on disk -> MsgAnchor committed -> a proof of every item, as JSON"
}

func (*anchors) open(context.Context) error { return nil }
func (*anchors) close() error               { return nil }

func (a *anchors) round(ctx context.Context) (s besideSample, err error) {
	m := a.run.maker
	from := m.turn
	m.turn = (m.turn + 1) % len(m.accounts)
	input := m.statementLines(attestationtypes.MaxAnchorSize)
	dir, err := os.MkdirTemp("", "creditd-bench-anchor-")
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	start := time.Now()
	tree, err := writeTree(filepath.Join(dir, "tree"), m.accounts[from].Address(), input)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, tree.Close()) }()
	written := time.Now()
	if err := a.commit(ctx, from, tree); err != nil {
		return s, err
	}
	committed := time.Now()
	proofs := new(lastLine)
	if err := tree.Proofs(proofs, func(int) {}); err != nil {
		return s, err
	}
	proven := time.Now()
	s = besideSample{
		count: int(tree.Size()), elapsed: proven.Sub(start),
		phases: []phase{{"tree", written.Sub(start)}, {"commit", committed.Sub(written)}, {"proofs", proven.Sub(committed)}},
	}
	return s, proofs.check(tree)
}

func writeTree(path string, issuer sdk.AccAddress, statements []byte) (*anchor.File, error) {
	about := anchor.About{SchemaID: attestationtypes.ID(unlistedSchema.Id), Issuer: issuer}
	if err := anchor.Write(path, about, bytes.NewReader(statements), func(int) {}); err != nil {
		return nil, err
	}
	return anchor.Open(path)
}

// commit the root of a tree.
func (a *anchors) commit(ctx context.Context, from int, tree *anchor.File) error {
	r := a.run
	tx, err := r.maker.sign(from, r.gas(anchoring), time.Now().Add(r.RoundLimit), r.maker.anchor(from, tree.Root(), tree.Size()))
	if err != nil {
		return err
	}
	_, err = r.generator.run(ctx, burst{txs: []*transaction{tx}, outstanding: 1, limit: r.RoundLimit})
	return err
}

// statementLines are so many new statements, one JSON object in each line.
func (m *maker) statementLines(count int) []byte {
	var lines []byte
	for range count {
		lines = append(anchor.AppendStatement(lines, attestationtypes.Statement{Subject: m.bytes(), Commitment: m.bytes()}), '\n')
	}
	return lines
}

// lastLine counts lines and keeps the last: 2^20 proofs are 1.6 GB, which nobody writes to one disk in one go.
type lastLine struct {
	lines int
	last  []byte
}

func (l *lastLine) Write(p []byte) (int, error) {
	l.lines += bytes.Count(p, []byte{'\n'})
	if text := bytes.TrimSuffix(p, []byte{'\n'}); len(text) > 0 {
		l.last = append(l.last[:0], text[bytes.LastIndexByte(text, '\n')+1:]...)
	}
	return len(p), nil
}

// check that there was a proof of every item, and that the last leads to the root that was anchored.
func (l *lastLine) check(tree *anchor.File) error {
	if l.lines != int(tree.Size()) {
		return fmt.Errorf("%d proofs of %d items", l.lines, tree.Size())
	}
	proof, err := anchor.ParseProof(l.last)
	if err != nil {
		return err
	}
	return proof.Verify(tree.Root(), tree.Size())
}
