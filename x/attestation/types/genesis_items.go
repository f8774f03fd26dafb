package types

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

func (c *genesisCheck) checkBatches() (err error) {
	c.batches, err = index("batch", c.gs.Batches, func(batch *Batch) (ContainerID, error) {
		id, err := ContainerIDFromBytes(batch.Id)
		if err != nil {
			return id, err
		}
		return id, c.checkBatch(batch)
	})
	return err
}

func (c *genesisCheck) checkBatch(batch *Batch) error {
	schema, err := c.checkRight(batch.SchemaId, batch.Issuer, batch.AccreditationId)
	if err != nil {
		return err
	}
	if err := ordered("issued_at", batch.IssuedAt); err != nil {
		return err
	}
	if count := len(batch.Statements); count < 1 || count > MaxBatchLimit {
		return fmt.Errorf("%d statements: 1 to %d", count, MaxBatchLimit)
	}
	rule := NewStatementRule(*schema, batch.IssuedAt)
	for i, statement := range batch.Statements {
		if err := rule.Check(statement); err != nil {
			return entry("statement", i, err)
		}
	}
	return nil
}

func (c *genesisCheck) checkAnchors() (err error) {
	c.anchors, err = index("anchor", c.gs.Anchors, func(anchor *Anchor) (ContainerID, error) {
		id, err := ContainerIDFromBytes(anchor.Id)
		if err != nil {
			return id, err
		}
		schema, err := c.checkRight(anchor.SchemaId, anchor.Issuer, anchor.AccreditationId)
		if err != nil {
			return id, err
		}
		if schema.Resolver != "" {
			return id, fmt.Errorf("schema %s has a resolver, so nothing is anchored under it", ID(schema.Id))
		}
		if err := CheckTree(anchor.Root, anchor.Size_); err != nil {
			return id, err
		}
		return id, ordered("anchored_at and extended_at", anchor.AnchoredAt, anchor.ExtendedAt)
	})
	return err
}

// checkCheckpoints checks that each anchor's checkpoints lead from its first tree to its present one. That an earlier
// tree is the beginning of a later one cannot be seen any more.
func (c *genesisCheck) checkCheckpoints() error {
	c.checkpoints = make(map[ContainerID][]*Checkpoint, len(c.gs.Anchors))
	for i := range c.gs.Checkpoints {
		checkpoint := &c.gs.Checkpoints[i]
		id, err := ContainerIDFromBytes(checkpoint.AnchorId)
		if err != nil {
			return entry("checkpoint", i, err)
		}
		if _, known := c.anchors[id]; !known {
			return entry("checkpoint", i, fmt.Errorf("there is no anchor %s", id))
		}
		if err := CheckTree(checkpoint.Root, checkpoint.Size_); err != nil {
			return entry("checkpoint", i, err)
		}
		if err := ordered("at", checkpoint.At); err != nil {
			return entry("checkpoint", i, err)
		}
		c.checkpoints[id] = append(c.checkpoints[id], checkpoint)
	}
	for i := range c.gs.Anchors {
		anchor := &c.gs.Anchors[i]
		list := c.checkpoints[ContainerID(anchor.Id)]
		slices.SortFunc(list, func(a, b *Checkpoint) int { return cmp.Compare(a.Size_, b.Size_) })
		if err := checkGrowth(anchor, list); err != nil {
			return entry("anchor", i, err)
		}
	}
	return nil
}

func checkGrowth(anchor *Anchor, list []*Checkpoint) error {
	if len(list) == 0 {
		return errors.New("it has no checkpoint")
	}
	first, last := list[0], list[len(list)-1]
	for i, checkpoint := range list[1:] {
		if checkpoint.Size_ == list[i].Size_ {
			return fmt.Errorf("it has two checkpoints of size %d", checkpoint.Size_)
		}
		if err := ordered("checkpoints", list[i].At, checkpoint.At); err != nil {
			return err
		}
	}
	switch {
	case last.Size_ != anchor.Size_ || string(last.Root) != string(anchor.Root):
		return fmt.Errorf("root and size are not those of its last checkpoint, of size %d", last.Size_)
	case !first.At.Equal(anchor.AnchoredAt) || !last.At.Equal(anchor.ExtendedAt):
		return errors.New("anchored_at and extended_at are not the times of its first and last checkpoint")
	}
	return nil
}

// genesisItem is an attestation as a status sees it.
type genesisItem struct {
	issuer   string
	schemaID []byte
	subject  []byte // empty for an anchored one
	issuedAt time.Time
}

func (c *genesisCheck) item(bz []byte) (genesisItem, error) {
	id, err := IDFromBytes(bz)
	if err != nil {
		return genesisItem{}, err
	}
	container, place := id.Container()
	if batch, known := c.batches[container]; known && int64(place) < int64(len(batch.Statements)) {
		return genesisItem{batch.Issuer, batch.SchemaId, batch.Statements[place].Subject, batch.IssuedAt}, nil
	}
	if anchor, known := c.anchors[container]; known && place < anchor.Size_ {
		list := c.checkpoints[container]
		since, _ := slices.BinarySearchFunc(list, place, func(each *Checkpoint, place uint32) int {
			if each.Size_ <= place {
				return -1
			}
			return 1
		})
		return genesisItem{anchor.Issuer, anchor.SchemaId, nil, list[since].At}, nil
	}
	return genesisItem{}, fmt.Errorf("there is no attestation %s", id)
}

// checkReferences looks for what statements refer to.
func (c *genesisCheck) checkReferences() error {
	for i, batch := range c.gs.Batches {
		for j, statement := range batch.Statements {
			if len(statement.Reference) == 0 {
				continue
			}
			if _, err := c.item(statement.Reference); err != nil {
				return entry("batch", i, entry("statement", j, fmt.Errorf("reference: %w", err)))
			}
		}
	}
	return nil
}

func (c *genesisCheck) checkStatuses() error {
	c.statuses = make(map[ID]*StatusEntry, len(c.gs.Statuses))
	for i := range c.gs.Statuses {
		id, err := IDFromBytes(c.gs.Statuses[i].Id)
		if err != nil {
			return entry("status", i, err)
		}
		if _, twice := c.statuses[id]; twice {
			return entry("status", i, fmt.Errorf("%s is there twice: keep one", id))
		}
		c.statuses[id] = &c.gs.Statuses[i].Entry
	}
	for i := range c.gs.Statuses {
		if err := c.checkStatus(&c.gs.Statuses[i]); err != nil {
			return entry("status", i, err)
		}
	}
	return nil
}

func (c *genesisCheck) checkStatus(status *GenesisStatus) error {
	it, err := c.item(status.Id)
	if err != nil {
		return err
	}
	if !c.schemas[ID(it.schemaID)].Revocable {
		return fmt.Errorf("schema %s is not revocable", ID(it.schemaID))
	}
	if err := ordered("issued_at and since", it.issuedAt, status.Entry.Since); err != nil {
		return err
	}
	reasoned, replaced := false, false
	switch status.Entry.Status {
	case STATUS_ACTIVE: // it was suspended and reinstated
	case STATUS_REVOKED, STATUS_SUSPENDED:
		reasoned = true
	case STATUS_SUPERSEDED:
		replaced = true
	default:
		return fmt.Errorf("status %d", status.Entry.Status)
	}
	if _, known := RevocationReason_name[int32(status.Entry.Reason)]; !known || reasoned != (status.Entry.Reason != REVOCATION_REASON_UNSPECIFIED) {
		return fmt.Errorf("reason %d of %s", status.Entry.Reason, status.Entry.Status)
	}
	if replaced {
		return c.checkReplacement(status, it)
	}
	if len(status.Entry.SupersededBy) > 0 {
		return fmt.Errorf("superseded_by of %s", status.Entry.Status)
	}
	return nil
}

// checkReplacement checks what supersedes: the same issuer's, about the same subject where that is known, and in force
// at that time.
func (c *genesisCheck) checkReplacement(status *GenesisStatus, it genesisItem) error {
	by, err := c.item(status.Entry.SupersededBy)
	switch {
	case err != nil:
		return fmt.Errorf("superseded_by: %w", err)
	case string(status.Entry.SupersededBy) == string(status.Id):
		return errors.New("superseded_by: it is the attestation itself")
	case by.issuer != it.issuer:
		return errors.New("superseded_by: it is another institution's")
	case len(by.subject) > 0 && len(it.subject) > 0 && string(by.subject) != string(it.subject):
		return errors.New("superseded_by: it is about another subject")
	}
	if err := ordered("issued_at of what supersedes, and since", by.issuedAt, status.Entry.Since); err != nil {
		return err
	}
	if later, changed := c.statuses[ID(status.Entry.SupersededBy)]; changed && later.Status != STATUS_ACTIVE {
		return ordered("since, and that of what supersedes", status.Entry.Since, later.Since)
	}
	return nil
}

func (c *genesisCheck) checkExpiries() error {
	type queued struct {
		at time.Time
		id ContainerID
	}
	ends := map[queued]bool{}
	for _, batch := range c.gs.Batches {
		for _, statement := range batch.Statements {
			if statement.ExpiresAt != nil {
				ends[queued{statement.ExpiresAt.UTC(), ContainerID(batch.Id)}] = true
			}
		}
	}
	_, err := index("expiry", c.gs.Expiries, func(expiry *Expiry) (queued, error) {
		id, err := ContainerIDFromBytes(expiry.BatchId)
		if err != nil {
			return queued{}, err
		}
		key := queued{expiry.At.UTC(), id}
		if !ends[key] {
			return key, fmt.Errorf("nothing in a batch %s expires at %s", id, expiry.At.UTC().Format(time.RFC3339Nano))
		}
		return key, nil
	})
	return err
}
