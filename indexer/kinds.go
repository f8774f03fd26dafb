package indexer

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/cosmos/gogoproto/proto"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// kind of entry of the state that has a table here.
type kind struct {
	name   string
	store  string
	prefix []byte
	// write puts what an entry is now into its table.
	write func(ctx context.Context, w *writer, id, value []byte) error
	// optional entries need not be there when an event says that they may have changed.
	optional bool
}

// The kinds in the order in which they are read: what others refer to first. The numbers are in the tables progress and pending.
const (
	kindSchema int16 = iota
	kindInstitution
	kindVault
	kindBatch
	kindAnchor
	kindStatus
	kindInquiry
	kindReceipt
	kindDispute
)

var kinds = []kind{
	kindSchema:      {"schema", attestationtypes.StoreKey, attestationtypes.SchemasPrefix.Bytes(), writeSchema, false},
	kindInstitution: {"institution", institutiontypes.StoreKey, institutiontypes.InstitutionsPrefix.Bytes(), writeInstitution, false},
	kindVault:       {"vault", institutiontypes.StoreKey, institutiontypes.VaultsPrefix.Bytes(), writeVault, true},
	kindBatch:       {"batch", attestationtypes.StoreKey, attestationtypes.BatchesPrefix.Bytes(), writeBatch, false},
	kindAnchor:      {"anchor", attestationtypes.StoreKey, attestationtypes.AnchorsPrefix.Bytes(), writeAnchor, false},
	kindStatus:      {"status", attestationtypes.StoreKey, attestationtypes.StatusesPrefix.Bytes(), writeStatus, false},
	kindInquiry:     {"inquiry", credittypes.StoreKey, credittypes.InquiriesPrefix.Bytes(), writeInquiry, false},
	kindReceipt:     {"receipt", credittypes.StoreKey, credittypes.ReceiptsPrefix.Bytes(), writeReceipt, false},
	kindDispute:     {"dispute", credittypes.StoreKey, credittypes.DisputesPrefix.Bytes(), writeDispute, false},
}

// key of an entry; each ends with its id. Tests compare them with the modules' own.
func (k kind) key(id []byte) []byte { return slices.Concat(k.prefix, id) }

// writer is a transaction in which entries of one height are written.
type writer struct {
	*sql.Tx
	x *Indexer
}

// exec runs a statement and keeps its error alone.
func (w *writer) exec(ctx context.Context, query string, args ...any) error {
	_, err := w.ExecContext(ctx, query, args...)
	return err
}

// put writes entries in the order of their kinds.
func (w *writer) put(ctx context.Context, entries []entry) error {
	for _, e := range entries {
		if err := kinds[e.kind].write(ctx, w, e.id, e.value); err != nil {
			return fmt.Errorf("%s %x: %w", kinds[e.kind].name, e.id, err)
		}
	}
	return nil
}

// decode reads a proven value. One that cannot be read was written by a newer chain.
func decode(value []byte, into interface{ Unmarshal([]byte) error }) error {
	if err := into.Unmarshal(value); err != nil {
		return fmt.Errorf("the chain has it in a form that this program does not know: use a newer creditd: %w", err)
	}
	return nil
}

// json is a message as the API shows it.
func (w *writer) json(message proto.Message) (string, error) {
	bz, err := w.x.config.Codec.MarshalJSON(message)
	return string(bz), err
}

// clean makes text of the chain one that the database takes.
func clean(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}
