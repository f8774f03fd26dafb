package indexer

import (
	"context"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

func writeSchema(ctx context.Context, w *writer, id, value []byte) error {
	var schema attestationtypes.Schema
	if err := decode(value, &schema); err != nil {
		return err
	}
	schema.Id = id
	content, err := w.json(&schema)
	if err != nil {
		return err
	}
	return w.exec(ctx, `INSERT INTO schemas (id, name, version, content) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET content = excluded.content`, id, clean(schema.Name), int64(schema.Version), content)
}

func writeInstitution(ctx context.Context, w *writer, _, value []byte) error {
	var institution institutiontypes.Institution
	if err := decode(value, &institution); err != nil {
		return err
	}
	content, err := w.json(&institution)
	if err != nil {
		return err
	}
	roles := make([]string, len(institution.Roles))
	for i, role := range institution.Roles {
		roles[i] = role.String()
	}
	return w.exec(ctx, `INSERT INTO institutions (operator, name, licence_number, jurisdiction, status, roles, valid_until, content)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (operator) DO UPDATE SET name = excluded.name, licence_number = excluded.licence_number, jurisdiction = excluded.jurisdiction,
			status = excluded.status, roles = excluded.roles, valid_until = excluded.valid_until, content = excluded.content`,
		institution.Operator, clean(institution.Name), clean(institution.LicenceNumber), clean(institution.Jurisdiction),
		institution.Status.String(), roles, institution.ValidUntil, content)
}

func writeVault(ctx context.Context, w *writer, id, value []byte) error {
	var content *string // an institution need not have published one
	if value != nil {
		var vault institutiontypes.Vault
		if err := decode(value, &vault); err != nil {
			return err
		}
		text, err := w.json(&vault)
		if err != nil {
			return err
		}
		content = &text
	}
	return w.exec(ctx, `UPDATE institutions SET vault = $2 WHERE operator = $1`, account(id), content)
}
