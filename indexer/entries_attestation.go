package indexer

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/creditd/creditd/x/attestation/types"
)

// writeBatch adds the attestations of a batch, which never changes.
func writeBatch(ctx context.Context, w *writer, id, value []byte) error {
	var batch types.Batch
	if err := decode(value, &batch); err != nil {
		return err
	}
	container := types.ContainerID(id)
	ids, contents := make([][]byte, len(batch.Statements)), make([]string, len(batch.Statements))
	for i, s := range batch.Statements {
		ids[i] = container.Item(uint32(i)).Bytes()
		content, err := w.json(&types.Attestation{
			Id: ids[i], SchemaId: batch.SchemaId, Issuer: batch.Issuer, AccreditationId: batch.AccreditationId, IssuedAt: batch.IssuedAt,
			Status: types.STATUS_ACTIVE, Subject: s.Subject, Commitment: s.Commitment, ExpiresAt: s.ExpiresAt, ValidFrom: s.ValidFrom,
			CircuitCommitment: s.CircuitCommitment, AmountCommitments: s.AmountCommitments, Reference: s.Reference,
		})
		if err != nil {
			return err
		}
		contents[i] = content
	}
	return w.exec(ctx, `INSERT INTO attestations (id, schema_id, issuer, issued_at, status, anchored, content)
		SELECT i.id, $3, $4, $5, $6, false, i.content::json FROM unnest($1::bytea[], $2::text[]) AS i (id, content)
		ON CONFLICT (id) DO NOTHING`, ids, contents, batch.SchemaId, batch.Issuer, batch.IssuedAt, types.STATUS_ACTIVE.String())
}

func writeAnchor(ctx context.Context, w *writer, id, value []byte) error {
	var anchor types.Anchor
	if err := decode(value, &anchor); err != nil {
		return err
	}
	anchor.Id = id
	content, err := w.json(&anchor)
	if err != nil {
		return err
	}
	return w.exec(ctx, `INSERT INTO anchors (id, schema_id, issuer, size, anchored_at, content) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET size = excluded.size, content = excluded.content`,
		id, anchor.SchemaId, anchor.Issuer, int64(anchor.Size_), anchor.AnchoredAt, content)
}

// writeStatus changes an attestation of a batch, or adds one of an anchor, of which only those are here that have a status.
func writeStatus(ctx context.Context, w *writer, id, value []byte) error {
	var status types.StatusEntry
	if err := decode(value, &status); err != nil {
		return err
	}
	attestation, err := w.attestation(ctx, types.ID(id))
	if errors.Is(err, sql.ErrNoRows) { // its batch came into the state while the walk through the statuses was under way
		container, _ := types.ID(id).Container()
		return w.again(ctx, entry{kind: kindBatch, id: container[:]}, entry{kind: kindStatus, id: id})
	}
	if err != nil {
		return err
	}
	attestation.Status, attestation.Reason, attestation.SupersededBy, attestation.StatusSince = status.Status, status.Reason, status.SupersededBy, &status.Since
	content, err := w.json(&attestation)
	if err != nil {
		return err
	}
	return w.exec(ctx, `INSERT INTO attestations (id, schema_id, issuer, issued_at, status, anchored, content) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET status = excluded.status, content = excluded.content`,
		id, attestation.SchemaId, attestation.Issuer, attestation.IssuedAt, attestation.Status.String(), attestation.Anchored, content)
}

// attestation as it is in the tables, or as its anchor has it.
func (w *writer) attestation(ctx context.Context, id types.ID) (attestation types.Attestation, err error) {
	var content string
	err = w.QueryRowContext(ctx, `SELECT content::text FROM attestations WHERE id = $1`, id[:]).Scan(&content)
	if err == nil {
		return attestation, w.x.config.Codec.UnmarshalJSON([]byte(content), &attestation)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return attestation, err
	}
	container, _ := id.Container()
	if err := w.QueryRowContext(ctx, `SELECT content::text FROM anchors WHERE id = $1`, container[:]).Scan(&content); err != nil {
		return attestation, err
	}
	var anchor types.Anchor
	if err := w.x.config.Codec.UnmarshalJSON([]byte(content), &anchor); err != nil {
		return attestation, fmt.Errorf("anchor %s: %w", container, err)
	}
	return types.Attestation{
		Id: id.Bytes(), SchemaId: anchor.SchemaId, Issuer: anchor.Issuer, AccreditationId: anchor.AccreditationId, IssuedAt: anchor.AnchoredAt, Anchored: true,
	}, nil
}
