package chaos

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/devnet"
)

// ledger is what the blocks say that was reported and given: not what the state has now, in which a double might hide.
type ledger struct {
	rpc       string
	next      int64          // height to read
	furnished map[string]int // first versions, by furnisher
	corrected int            // later versions, of all furnishers
	receipts  map[string]int // by inquiry and institution
	destroyed map[string]int // attested, by tradeline
}

func newLedger(rpc string) *ledger {
	return &ledger{rpc: rpc, next: 1, furnished: map[string]int{}, receipts: map[string]int{}, destroyed: map[string]int{}}
}

func receiptOf(inquiry, institution string) string { return inquiry + " " + institution }

// readAll reads the blocks since the last time, up to the last one that there is now.
func (l *ledger) readAll(ctx context.Context, t *testing.T) {
	t.Helper()
	status, err := devnet.NodeStatus(ctx, l.rpc)
	require.NoError(t, err)
	last := status.Height
	eventually(ctx, t, "another block", func() bool { // the results of the last one may not be there yet
		status, err := devnet.NodeStatus(ctx, l.rpc)
		return err == nil && status.Height > last
	})
	for ; l.next <= last; l.next++ {
		var block struct {
			Results []struct {
				Code   uint32         `json:"code"`
				Events []devnet.Event `json:"events"`
			} `json:"txs_results"`
		}
		require.NoError(t, devnet.RPC(ctx, l.rpc, "/block_results?height="+strconv.FormatInt(l.next, 10), &block))
		for _, tx := range block.Results {
			if tx.Code != 0 {
				continue
			}
			for _, event := range tx.Events {
				l.note(t, event)
			}
		}
	}
}

// note reads one event; the values of typed events are JSON.
func (l *ledger) note(t *testing.T, event devnet.Event) {
	t.Helper()
	text := func(key string) string { return strings.Trim(devnet.Attribute([]devnet.Event{event}, key), `"`) }
	count := func() int {
		n, err := strconv.Atoi(text("count"))
		require.NoErrorf(t, err, "%+v", event)
		return n
	}
	switch strings.TrimPrefix(event.Type, "creditd.credit.v1.") {
	case "EventFurnished":
		l.furnished[text("furnisher")]++
	case "EventBatchFurnished":
		l.furnished[text("furnisher")] += count()
	case "EventCorrected":
		l.corrected++
	case "EventBatchUpdated":
		l.corrected += count()
	case "EventDestructionAttested":
		l.destroyed[text("tradeline_id")]++
	case "EventReceiptLeft":
		l.receipts[receiptOf(text("inquiry_id"), text("institution"))]++
	}
}

// decode reads what a command printed.
func decode(t *testing.T, out []byte, into any) {
	t.Helper()
	require.NoError(t, json.Unmarshal(out, into), string(out))
}
