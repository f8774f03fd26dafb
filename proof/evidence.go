package proof

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/cosmos/cosmos-sdk/types/bech32"

	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/merkle"
	"github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// maxAccreditations is the deepest accreditation tree that the parameters allow.
const maxAccreditations = types.MaxDepthLimit

// evidence is what the state says about an attestation at one height.
type evidence struct {
	id         types.ID
	absent     string // why there is no such attestation; all below but status is empty then
	schemaID   types.ID
	issuerText string
	operator   []byte
	statement  types.Statement
	anchored   bool
	statedAt   time.Time // block time of the batch, or of the root that the item was shown under
	status     types.StatusEntry
	schema     types.Schema
	issuer     institutiontypes.Institution
	// accreditations from the issuer's own up to the one by the members' vote; none under a schema that asks for none.
	accreditations []types.Accreditation
}

// collect reads all that is to be known of an attestation. Prove reads it from a node and Verify from the bundle, in
// the same order.
func collect(r reader, id types.ID, item *Item) (*evidence, error) {
	e := &evidence{id: id, status: types.StatusEntry{Status: types.STATUS_ACTIVE}}
	accreditation, err := e.readStatement(r, item)
	if err != nil {
		return nil, err
	}
	if _, err := readValue(r, types.StatusStateKey(id), &e.status); err != nil {
		return nil, err
	}
	if e.absent != "" {
		if item != nil {
			return nil, errors.New("an item is shown of what is not there")
		}
		return e, nil
	}
	if found, err := readValue(r, types.SchemaStateKey(e.schemaID), &e.schema); err != nil || !found {
		return nil, orMissing(err, "schema %s", e.schemaID)
	}
	e.schema.Id = e.schemaID.Bytes()
	if derived := e.schema.DeriveID(); derived != e.schemaID {
		return nil, fmt.Errorf("the content of schema %s has the id %s", e.schemaID, derived)
	}
	value, err := r.read(institutiontypes.StoreKey, institutiontypes.InstitutionStateKey(e.operator))
	if err != nil || value == nil {
		return nil, orMissing(err, "institution %s", e.issuerText)
	}
	if err := Decode("institution", value, &e.issuer); err != nil {
		return nil, err
	}
	return e, e.readAccreditations(r, accreditation)
}

// readStatement finds the attestation in a batch or under an anchor and returns the accreditation that it names.
func (e *evidence) readStatement(r reader, item *Item) (accreditation []byte, err error) {
	container, index := e.id.Container()
	var batch types.Batch
	found, err := readValue(r, types.BatchStateKey(container), &batch)
	if err != nil {
		return nil, err
	}
	if !found {
		return e.readAnchor(r, container, index, item)
	}
	if err := e.statedBy(batch.SchemaId, batch.Issuer); err != nil {
		return nil, err
	}
	for i, statement := range batch.Statements {
		if err := statement.CheckSizes(); err != nil {
			return nil, fmt.Errorf("statement %d: %w", i, err)
		}
	}
	if derived := types.BatchID(batch.SchemaId, e.operator, batch.AccreditationId, batch.Statements); derived != container {
		return nil, fmt.Errorf("the content of batch %s has the id %s", container, derived)
	}
	if int64(index) >= int64(len(batch.Statements)) {
		e.absent = fmt.Sprintf("its batch has %d attestations", len(batch.Statements))
		return nil, nil
	}
	if item != nil {
		return nil, errors.New("an item is shown, and the attestation is in a batch")
	}
	e.statement, e.statedAt = batch.Statements[index], batch.IssuedAt
	return batch.AccreditationId, nil
}

func (e *evidence) readAnchor(r reader, id types.ContainerID, index uint32, item *Item) (accreditation []byte, err error) {
	var anchor types.Anchor
	found, err := readValue(r, types.AnchorStateKey(id), &anchor)
	if err != nil {
		return nil, err
	}
	switch {
	case !found:
		e.absent = "there is no batch and no anchor that it would be in"
		return nil, nil
	case index >= anchor.Size_:
		e.absent = fmt.Sprintf("its anchor has %d attestations", anchor.Size_)
		return nil, nil
	case item == nil:
		return nil, fmt.Errorf("it is item %d of anchor %s, which is kept off the chain: give the item with its path", index, id)
	}
	if err := e.statedBy(anchor.SchemaId, anchor.Issuer); err != nil {
		return nil, err
	}
	var checkpoint types.Checkpoint
	if found, err := readValue(r, types.CheckpointStateKey(id, item.Size), &checkpoint); err != nil || !found {
		return nil, orMissing(err, "checkpoint of anchor %s at size %d", id, item.Size)
	}
	e.anchored, e.statedAt = true, checkpoint.At
	if e.statement, err = item.verify(index, checkpoint.Root); err != nil {
		return nil, err
	}
	return anchor.AccreditationId, nil
}

// verify checks that the statement is in the tree.
func (i *Item) verify(index uint32, root []byte) (statement types.Statement, err error) {
	if len(i.Path) > merkle.MaxPath {
		return statement, fmt.Errorf("item: a path of %d hashes", len(i.Path))
	}
	if err := Decode("statement", i.Statement, &statement); err != nil {
		return statement, err
	}
	if err := statement.CheckSizes(); err != nil {
		return statement, err
	}
	path := make([][32]byte, len(i.Path))
	for n, sibling := range i.Path {
		path[n] = sibling
	}
	computed, ok := merkle.RootFromPath(commitment.AnchorLeaf(statement.Digest()), uint64(index), uint64(i.Size), path)
	if !ok || !bytes.Equal(computed[:], root) {
		return statement, fmt.Errorf("the item and its path do not lead to the root that the anchor had at size %d", i.Size)
	}
	return statement, nil
}

// statedBy notes schema and issuer of a batch or an anchor.
func (e *evidence) statedBy(schemaID []byte, issuer string) (err error) {
	if e.schemaID, err = types.IDFromBytes(schemaID); err != nil {
		return fmt.Errorf("schema_id: %w", err)
	}
	e.issuerText = issuer
	if _, e.operator, err = bech32.DecodeAndConvert(issuer); err != nil {
		return fmt.Errorf("issuer %.100q: %w", issuer, err)
	}
	return nil
}

// readAccreditations walks up from a node to the one by the members' vote.
func (e *evidence) readAccreditations(r reader, id []byte) error {
	for len(id) > 0 {
		if len(e.accreditations) == maxAccreditations {
			return fmt.Errorf("more than %d accreditations above one another", maxAccreditations)
		}
		nodeID, err := types.IDFromBytes(id)
		if err != nil {
			return fmt.Errorf("accreditation: %w", err)
		}
		var node types.Accreditation
		if found, err := readValue(r, types.AccreditationStateKey(nodeID), &node); err != nil || !found {
			return orMissing(err, "accreditation %s", nodeID)
		}
		node.Id = id
		e.accreditations = append(e.accreditations, node)
		id = node.Parent
	}
	return nil
}

// readValue reads an entry of x/attestation into a message.
func readValue(r reader, key []byte, into message) (found bool, err error) {
	value, err := r.read(types.StoreKey, key)
	if err != nil || value == nil {
		return false, err
	}
	return true, Decode(fmt.Sprintf("value of %x", key), value, into)
}

// orMissing is the error of reading, or else that there is nothing where the chain always has something.
func orMissing(err error, what string, args ...any) error {
	if err != nil {
		return err
	}
	return fmt.Errorf("the state has no "+what, args...)
}

// NewItem is the attestation under an anchor that a bundle shows: its statement, and the path in the tree of that size.
func NewItem(statement types.Statement, size uint32, path [][32]byte) (*Item, error) {
	encoded, err := statement.Marshal()
	if err != nil {
		return nil, fmt.Errorf("statement: %w", err)
	}
	item := &Item{Statement: encoded, Size: size, Path: make([]commitment.Hash, len(path))}
	for i, sibling := range path {
		item.Path[i] = sibling
	}
	return item, nil
}
