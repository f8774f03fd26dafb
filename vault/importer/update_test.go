package importer

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	credittypes "github.com/creditd/creditd/x/credit/types"
)

// counting counts what is sent.
type counting struct {
	Chain
	mu                                  sync.Mutex
	transactions, enrolled, first, next int
}

func (c *counting) Send(ctx context.Context, msgs ...sdk.Msg) error {
	c.mu.Lock()
	c.transactions++
	for _, msg := range msgs {
		switch m := msg.(type) {
		case *credittypes.MsgEnrolSubjects:
			c.enrolled += len(m.Subjects)
		case *credittypes.MsgFurnishBatch:
			c.first += len(m.Reports)
		case *credittypes.MsgUpdateBatch:
			c.next += len(m.Reports)
		}
	}
	c.mu.Unlock()
	return c.Chain.Send(ctx, msgs...)
}

// A month later the same book with three changed rows and a new one sends four reports, and enrols one subject.
func TestMonthlyUpdateSendsOnlyWhatChanged(t *testing.T) {
	b := newBank(t)
	lines := strings.Split(strings.TrimSpace(book(t, 120)), "\n")
	_, rows := readable(t, strings.Join(lines, "\n"))
	all := &counting{Chain: b.chain}
	config := b.config()
	config.Chain = all
	newcomer := rows[len(rows)-1].Line - 1
	before := append(append([]string{}, lines[:newcomer]...), lines[newcomer+1:]...)
	summary, _, err := b.run(config, strings.Join(before, "\n")+"\n", "")
	require.NoError(t, err)
	require.Equal(t, len(rows)-1, summary.Furnished)
	require.Equal(t, len(rows)-1, all.first)

	for _, row := range rows[:3] {
		cells := strings.SplitN(lines[row.Line-1], ",", 4)
		cells[2] = map[bool]string{true: "NC", false: "VA"}[cells[2] == "VA"]
		lines[row.Line-1] = strings.Join(cells, ",")
	}
	month := &counting{Chain: b.chain}
	config.Chain = month
	text := strings.Join(lines, "\n") + "\n"
	summary, _, err = b.run(config, text, "")
	require.NoError(t, err)
	require.Equal(t, []int{1, 3, len(rows) - 4}, []int{summary.Furnished, summary.Corrected, summary.Unchanged})
	require.Equal(t, []int{1, 1, 3}, []int{month.enrolled, month.first, month.next})
	require.LessOrEqual(t, month.transactions, 4)

	again := &counting{Chain: b.chain}
	config.Chain = again
	summary, _, err = b.run(config, text, "")
	require.NoError(t, err)
	require.Equal(t, len(rows), summary.Unchanged)
	require.Zero(t, again.transactions)
}

// Why so many rows of an old book are set aside must be seen at a glance.
func TestExpiredRowsAreCounted(t *testing.T) {
	b := newBank(t)
	config := b.config()
	config.Profile.RetentionOfPersonsOnly = false // the book is of firms
	summary, set, err := b.run(config, book(t, 400), "")
	require.NoError(t, err)
	over := 0
	for _, reject := range set.all {
		if strings.Contains(reject.Reason, "its retention is over") {
			over++
		}
	}
	require.Positive(t, over)
	require.Equal(t, over, summary.Expired)
	require.Greater(t, summary.Rejected, over)
}

// Rejects come in the order of the book's lines, whichever step sets them aside.
func TestRejectsAreInOrder(t *testing.T) {
	b := newBank(t)
	_, set, err := b.run(b.config(), book(t, 400), "")
	require.NoError(t, err)
	for i := 1; i < len(set.all); i++ {
		require.Less(t, set.all[i-1].Line, set.all[i].Line)
	}
}

// A row and its twin are one record wherever the second stands: in the same group, the next or a later one.
func TestSameRowTwiceAnywhere(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(book(t, 60)), "\n")
	for distance := 1; distance < 45; distance += 4 {
		t.Run(fmt.Sprint(distance), func(t *testing.T) {
			b := newBank(t)
			_, rows := readable(t, strings.Join(lines, "\n"))
			line := rows[0].Line
			text := append(append(append([]string{}, lines[:line-1+distance]...), lines[line-1]), lines[line-1+distance:]...)
			summary, _, err := b.run(b.config(), strings.Join(text, "\n")+"\n", "")
			require.NoError(t, err)
			require.Equal(t, 1, summary.Unchanged)
			b.whole(len(rows), 1)
		})
	}
}

func TestSeen(t *testing.T) {
	s := seen{}
	for n := range byte(200) {
		require.False(t, s.again([32]byte{n}))
	}
	for n := range byte(200) {
		require.True(t, s.again([32]byte{n, 9: 1}), "by the first 8 bytes")
	}
}

// held holds up the first marking until many wait, and fails on request.
type held struct {
	Store
	mu      sync.Mutex
	calls   int
	entered chan struct{}
	release chan struct{}
	fail    bool
}

func (h *held) Commit(_ context.Context, ids [][32]byte) error {
	h.mu.Lock()
	h.calls++
	first := h.calls == 1
	h.mu.Unlock()
	if first {
		close(h.entered)
		<-h.release
		return nil
	}
	if h.fail {
		return errFault
	}
	if len(ids) != 20 {
		return fmt.Errorf("%d ids in one step", len(ids))
	}
	return nil
}

func TestMarkerPutsWhatWaitsTogether(t *testing.T) {
	for _, fail := range []bool{false, true} {
		h := &held{entered: make(chan struct{}), release: make(chan struct{}), fail: fail}
		m := newMarker(h)
		var all sync.WaitGroup
		all.Go(func() { require.NoError(t, m.mark(t.Context(), [][32]byte{{1}})) })
		<-h.entered
		errs := make(chan error, 10)
		for range 10 {
			all.Go(func() { errs <- m.mark(t.Context(), [][32]byte{{2}, {3}}) })
		}
		for waiting := 0; waiting < 20; { // they are all in the next step
			m.mu.Lock()
			if m.next != nil {
				waiting = len(m.next.ids)
			}
			m.mu.Unlock()
		}
		close(h.release)
		all.Wait()
		for range 10 {
			if err := <-errs; fail {
				require.ErrorIs(t, err, errFault, "whoever waited for it is told")
			} else {
				require.NoError(t, err)
			}
		}
		require.Equal(t, 2, h.calls)
	}
}

// shuffled holds up transactions until so many wait, and then commits them in any order.
type shuffled struct {
	Chain
	mu         sync.Mutex
	now, most  int
	held       []chan struct{}
	keep, left int
}

func (s *shuffled) Send(ctx context.Context, msgs ...sdk.Msg) error {
	gate := make(chan struct{})
	s.mu.Lock()
	s.now++
	s.left--
	s.most = max(s.most, s.now)
	s.held = append(s.held, gate)
	if len(s.held) >= s.keep || s.left == 0 {
		rand.Shuffle(len(s.held), func(i, j int) { s.held[i], s.held[j] = s.held[j], s.held[i] })
		for _, each := range s.held {
			close(each)
		}
		s.held = nil
	}
	s.mu.Unlock()
	<-gate
	s.mu.Lock()
	s.now--
	s.mu.Unlock()
	return s.Chain.Send(ctx, msgs...)
}

// Nothing is lost and nothing twice whatever the order, and not more is in flight than was asked for.
func TestManyInFlight(t *testing.T) {
	b := newBank(t)
	text := book(t, 300)
	want, _ := readable(t, text)
	config := b.config()
	config.StageSize, config.InFlight = 1000, 5
	s := &shuffled{Chain: b.chain, keep: 5, left: (want + batch - 1) / batch}
	config.Chain = s
	_, _, err := b.run(config, text, "")
	require.NoError(t, err)
	require.Equal(t, 5, s.most)
	b.whole(want, 1)
}
