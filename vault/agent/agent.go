// Package agent does an institution's standing duties on the chain: it follows the blocks of the institution's node and,
// at each, asks every duty to do what is due. The key-generation duty is in vault/agent/committee.
package agent

import (
	"context"
	"errors"
	"time"

	"google.golang.org/grpc"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// Duty is one kind of work. Block is called after each new block, one call at a time; blocks may be skipped when work
// takes longer than a block. It asks the chain what is due, does it and sends the transactions. It must be idempotent:
// it is called again after an error, a restart or a kill at any point. A secret is in Secrets before the transaction that
// commits to it is sent. It logs and returns no secret and no personal data.
type Duty interface {
	// Name of the duty in log lines and metrics: a few lower-case letters.
	Name() string
	// Block does what is due. An error is logged, counted and tried again at the next block.
	Block(ctx context.Context, chain Chain) error
}

// Chain is the chain as a duty sees it, at one block.
type Chain interface {
	// ID of the chain.
	ID() string
	// Operator is the institution's account, which signs.
	Operator() string
	// Height of the last block that the node has.
	Height() int64
	// Time of that block.
	Time() time.Time
	// Conn is for queries, with generated clients; they read the state after that block or a later one.
	Conn() grpc.ClientConnInterface
	// Send puts messages into one transaction and returns when it is in a block. A refusal wraps client.TxError.
	Send(ctx context.Context, msgs ...sdk.Msg) error
}

var (
	// ErrNoSecret: there is none of that name.
	ErrNoSecret = errors.New("the vault has no such secret")
	// ErrDestroyed: its scope was destroyed. It is not coming back, from no backup either.
	ErrDestroyed = errors.New("the secret was destroyed")
)

// Secrets keeps a duty's secrets in the vault's encrypted store. What shares a scope is destroyed together.
type Secrets interface {
	// Put stores a secret of at most MaxSecret bytes durably before it returns. There is one value a name: a second Put of
	// another value is refused, so that what was committed to cannot be lost by overwriting it.
	Put(ctx context.Context, scope, name string, value []byte) error
	// Get returns it, ErrNoSecret or ErrDestroyed.
	Get(ctx context.Context, scope, name string) ([]byte, error)
	// Destroy makes every copy of the scope's secrets unreadable, in backups too, for good. It is idempotent.
	Destroy(ctx context.Context, scope string) error
}

// MaxSecret is the size of the largest secret in bytes.
const MaxSecret = 4096
