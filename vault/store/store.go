// Package store is where a vault keeps its records, encrypted, and what it must not forget: which requests it
// answered, which nonces it saw, which receipts it owes. Store is the seam; SQL implements it over SQLite, the
// default, and over PostgreSQL, and one suite of tests holds for both.
//
// A store never sees a record, an identity number or an account number in the clear. What can be learnt from
// one without keys is written in the vault's README.
package store

import (
	"context"
	"errors"
	"time"
)

var (
	// ErrFull: the disk has no room. What was committed before stays; the failed call left nothing.
	ErrFull = errors.New("the vault's disk is full")
	// ErrNonceUsed: a request is sent again.
	ErrNonceUsed = errors.New("the nonce was used before")
	// ErrBroken: what is read is not what was written.
	ErrBroken = errors.New("the store is damaged: restore it from a backup")
	// ErrBusy: another process holds the writer's lock for too long.
	ErrBusy = errors.New("the vault's store is in use by another process for too long: try again")
	// ErrAway: the database cannot be reached, or was lost on the way. If that was at the end of a write, whether
	// it was stored is seen by reading.
	ErrAway = errors.New("the vault's database does not answer")
	// ErrRefused: the database does not let this vault in, or not securely.
	ErrRefused = errors.New("the vault's database cannot be used")
	// ErrUnknownContent: what is to be loaded is not what a store holds.
	ErrUnknownContent = errors.New("the backup has content that this program does not know")
	// ErrNotEmpty: only an empty store can be filled from a backup.
	ErrNotEmpty = errors.New("the store is not empty: restore into a new --home, or a new schema of the database")
)

// State of a record in the vault.
type State uint8

const (
	// Staged: durable here, not yet known to be on the chain.
	Staged State = 0
	// Committed: the chain has it.
	Committed State = 1
)

// String names the state.
func (s State) String() string {
	if s == Committed {
		return "committed"
	}
	return "staged"
}

// Record is one version of a tradeline, encrypted.
type Record struct {
	Attestation [32]byte // unique: a version with another salt is another attestation
	Tradeline   [32]byte
	Schema      [32]byte
	Subject     [32]byte // pseudonym
	Version     uint32   // from 1 within the tradeline, unique there
	Digest      [32]byte // keyed digest of the content
	State       State
	Import      int64 // that staged it
	WrappedKey  []byte
	Nonce       []byte
	Ciphertext  []byte
}

// Import is one run of an import.
type Import struct {
	ID       int64
	Book     [32]byte // keyed digest of the file
	Format   string
	Started  time.Time
	Finished time.Time // zero: it was interrupted, or is running
	Position int       // line of the book up to which every row is staged, skipped or rejected
	Counts   ImportCounts
}

// ImportCounts says what became of the rows.
type ImportCounts struct {
	Rows      int `json:"rows"`
	Furnished int `json:"furnished"`
	Corrected int `json:"corrected"`
	Unchanged int `json:"unchanged"`
	Rejected  int `json:"rejected"`
}

// Access is one entry of the log of who was given what. It names institutions and inquiries, never a person.
type Access struct {
	Seq       int64 // from 1
	Time      time.Time
	Requester string   // operator of the data user
	Inquiry   [32]byte // asked for
	Outcome   string   // "given", or the reason of the refusal
	Records   uint32   // given
	Digest    [32]byte // of the sealed answer; zero for a refusal
	Previous  [32]byte // Hash of the entry before; zero for the first
	Hash      [32]byte // over all of the above
}

// Nonce of an order: its requester has no second order with it before Until, when the order is stale.
type Nonce struct {
	Value []byte
	Until time.Time
}

// Receipt is one that the vault owes the chain.
type Receipt struct {
	Inquiry [32]byte
	Digest  [32]byte
	Records uint32
}

// Counts is what a store holds.
type Counts struct {
	Staged, Committed, Tradelines, Subjects, Accesses, ReceiptsOwed int
}

// Store keeps a vault. Every method is atomic and durable when it returns nil, and leaves nothing when it
// returns an error; all may be called at once, from several processes too.
type Store interface {
	// Setting returns nil if there is none of that name.
	Setting(ctx context.Context, name string) ([]byte, error)
	// SetSettings writes all or none.
	SetSettings(ctx context.Context, values map[string][]byte) error

	// Stage adds records. One that is there already fails the call.
	Stage(ctx context.Context, records []Record) error
	// Commit marks staged records as on the chain. Those marked already stay so.
	Commit(ctx context.Context, attestations [][32]byte) error
	// Latest returns the last version of each of these tradelines that the store has.
	Latest(ctx context.Context, tradelines [][32]byte) (map[[32]byte]Record, error)
	// Staged returns up to limit staged records after one, in the order in which they were staged; nil starts.
	Staged(ctx context.Context, after *[32]byte, limit int) ([]Record, error)
	// Records returns up to limit records after one, in the order in which they were staged; nil starts.
	Records(ctx context.Context, after *[32]byte, limit int) ([]Record, error)
	// Subjects returns up to limit pseudonyms that the store has records of, in order, after one; nil starts.
	Subjects(ctx context.Context, after *[32]byte, limit int) ([][32]byte, error)
	// OfSubject returns all versions of all tradelines of a subject; more than limit is an error.
	OfSubject(ctx context.Context, subject [32]byte, limit int) ([]Record, error)
	// Count counts.
	Count(ctx context.Context) (Counts, error)

	// SaveImport adds a run whose ID is 0 and returns its ID, or replaces the run of that ID.
	SaveImport(ctx context.Context, run Import) (int64, error)
	// Imports returns the last runs, newest first.
	Imports(ctx context.Context, limit int) ([]Import, error)

	// LogAccess appends to the access log (Seq, Previous and Hash are filled in) and, in the same step, notes
	// the receipt that the vault owes for it, if there is one.
	LogAccess(ctx context.Context, entry Access, owed *Receipt) error
	// LogOrder is LogAccess for an order that a requester signed: in the same step its nonce is used up. It returns ErrNonceUsed if
	// that was before, and then leaves nothing.
	LogOrder(ctx context.Context, entry Access, nonce Nonce, owed *Receipt) error
	// AccessLog returns up to limit entries after a sequence number, in order.
	AccessLog(ctx context.Context, after int64, limit int) ([]Access, error)
	// ReceiptsOwed returns up to limit receipts that are not on the chain yet, oldest first.
	ReceiptsOwed(ctx context.Context, limit int) ([]Receipt, error)
	// ReceiptLeft notes that the chain has them, or never will.
	ReceiptLeft(ctx context.Context, receipts ...Receipt) error

	// Dump gives a sink all that the store holds, as it was at one moment. Others may write meanwhile.
	Dump(ctx context.Context, sink Sink) error
	// Load fills a store, which must be empty, with what fill gives to the sink, all of it or nothing.
	Load(ctx context.Context, fill func(Sink) error) error

	KeyStore

	Close() error
}
