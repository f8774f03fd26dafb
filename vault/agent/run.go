package agent

import (
	"context"
	"log/slog"
	"time"

	"google.golang.org/grpc"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// Defaults of Config.
const (
	DefaultPoll     = 250 * time.Millisecond
	DefaultDutyTime = time.Minute
)

// Node is what the loop needs of the client.
type Node interface {
	ChainID() string
	Conn() *grpc.ClientConn
	// Head is the last block that the node has executed.
	Head(ctx context.Context) (height int64, err error)
	// BlockTime is the time in the header of a block.
	BlockTime(ctx context.Context, height int64) (time.Time, error)
}

// Config of a Runner.
type Config struct {
	Node     Node
	Operator string
	Send     func(ctx context.Context, msgs ...sdk.Msg) error
	Duties   []Duty
	Log      *slog.Logger
	Metrics  Metrics       // may be nil
	Poll     time.Duration // between two looks at the node; DefaultPoll if zero
	DutyTime time.Duration // that one duty gets at one block; DefaultDutyTime if zero
}

// Metrics is told what became of each duty.
type Metrics interface {
	// Duty was done at a block, or failed.
	Duty(ctx context.Context, name string, took time.Duration, err error)
	// Block is the last block that duties were done at.
	Block(ctx context.Context, height int64)
}

// Run follows the node's blocks and calls each duty after each, until ctx ends. While it works, blocks pass; it goes on with
// the newest. A node that is away and a duty that fails are logged once each time that changes, and tried again.
func Run(ctx context.Context, config Config) {
	if config.Poll == 0 {
		config.Poll = DefaultPoll
	}
	if config.DutyTime == 0 {
		config.DutyTime = DefaultDutyTime
	}
	r := &runner{Config: config, failing: map[string]string{}}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		r.look(ctx)
		timer.Reset(config.Poll)
	}
}

type runner struct {
	Config
	height  int64
	failing map[string]string // what each part last failed with
}

// look does the duties if there is a new block.
func (r *runner) look(ctx context.Context) {
	height, err := r.Node.Head(ctx)
	if err == nil && height <= r.height {
		return
	}
	var at time.Time
	if err == nil {
		at, err = r.Node.BlockTime(ctx, height)
	}
	r.note(ctx, "node", err)
	if err != nil {
		return
	}
	for _, duty := range r.Duties {
		start := time.Now()
		err := r.call(ctx, duty, block{runner: r, height: height, at: at})
		if ctx.Err() != nil {
			return
		}
		r.note(ctx, duty.Name(), err)
		if r.Metrics != nil {
			r.Metrics.Duty(ctx, duty.Name(), time.Since(start), err)
		}
	}
	r.height = height
	if r.Metrics != nil {
		r.Metrics.Block(ctx, height)
	}
}

func (r *runner) call(ctx context.Context, duty Duty, b block) error {
	ctx, cancel := context.WithTimeout(ctx, r.DutyTime)
	defer cancel()
	return duty.Block(ctx, b)
}

// note logs what is new.
func (r *runner) note(ctx context.Context, part string, err error) {
	text := ""
	if err != nil {
		text = err.Error()
	}
	if ctx.Err() != nil || r.failing[part] == text {
		return
	}
	if err != nil {
		r.Log.Warn("a duty is not done: it is tried again at the next block", "duty", part, "error", err)
	} else {
		r.Log.Info("a duty is done again", "duty", part)
	}
	r.failing[part] = text
}

// block is the chain at one block.
type block struct {
	*runner
	height int64
	at     time.Time
}

var _ Chain = block{}

func (b block) ID() string                     { return b.Node.ChainID() }
func (b block) Operator() string               { return b.Config.Operator }
func (b block) Height() int64                  { return b.height }
func (b block) Time() time.Time                { return b.at }
func (b block) Conn() grpc.ClientConnInterface { return b.Node.Conn() }
func (b block) Send(ctx context.Context, msgs ...sdk.Msg) error {
	return b.Config.Send(ctx, msgs...)
}
