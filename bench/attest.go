package bench

import (
	sdk "github.com/cosmos/cosmos-sdk/types"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// preloadBatch is as many statements as one message can carry, by a parameter of the bench network.
const preloadBatch = attestationtypes.MaxBatchLimit

// Schemas that the bench network begins with, both for every furnisher and without circuit or summed fields: what
// is measured is an attestation, not the checking of points. Under the listed one each costs a leaf of the state
// more, in the index by subject.
var (
	unlistedSchema = benchSchema("bench.unlisted", false)
	listedSchema   = benchSchema("bench.listed", true)
)

func benchSchema(name string, listed bool) attestationtypes.Schema {
	schema := attestationtypes.Schema{
		Name: name, Version: 1, Revocable: true, Listed: listed,
		IssuerRoles: []institutiontypes.Role{institutiontypes.ROLE_FURNISHER},
		Fields: []attestationtypes.Field{
			{Name: "period", Kind: attestationtypes.FIELD_KIND_DATE, Disclosable: true},
			{Name: "on_time", Kind: attestationtypes.FIELD_KIND_BOOLEAN, Disclosable: true},
		},
	}
	schema.Id = schema.DeriveID().Bytes()
	return schema
}

// addSchemas to a genesis.
func addSchemas(gs *attestationtypes.GenesisState) {
	gs.Schemas = append(gs.Schemas, unlistedSchema, listedSchema, scoreSchema)
}

// allowPreload in a genesis: messages as large as they may ever be.
func allowPreload(gs *attestationtypes.GenesisState) { gs.Params.MaxBatch = preloadBatch }

// preloadLoad states as many attestations at once as a message takes, each with an entry of its own in the index.
func preloadLoad() workload {
	return workload{preload, sdk.MsgTypeURL(&attestationtypes.MsgAttestBatch{}), preloadBatch, func(m *maker, from int) sdk.Msg {
		return &attestationtypes.MsgAttestBatch{Issuer: m.address(from), SchemaId: listedSchema.Id, Statements: m.statements(preloadBatch)}
	}}
}

// anchorLoad anchors a root of nothing in particular.
func anchorLoad() workload {
	return workload{anchoring, sdk.MsgTypeURL(&attestationtypes.MsgAnchor{}), 1, func(m *maker, from int) sdk.Msg {
		return m.anchor(from, [32]byte(m.bytes()), attestationtypes.MaxAnchorSize)
	}}
}

// statement about the next subject in turn.
func (m *maker) statement() attestationtypes.Statement {
	subject := m.subjects[m.next]
	m.next = (m.next + 1) % len(m.subjects)
	m.stated++
	return attestationtypes.Statement{Subject: subject, Commitment: m.bytes()}
}

func (m *maker) statements(count int) []attestationtypes.Statement {
	statements := make([]attestationtypes.Statement, count)
	for i := range statements {
		statements[i] = m.statement()
	}
	return statements
}

func (m *maker) attest(from int) sdk.Msg {
	return &attestationtypes.MsgAttest{Issuer: m.address(from), SchemaId: unlistedSchema.Id, Statement: m.statement()}
}

func (m *maker) attestListed(from int) sdk.Msg {
	return &attestationtypes.MsgAttest{Issuer: m.address(from), SchemaId: listedSchema.Id, Statement: m.statement()}
}

func (m *maker) attestBatch(from, size int) sdk.Msg {
	return &attestationtypes.MsgAttestBatch{Issuer: m.address(from), SchemaId: unlistedSchema.Id, Statements: m.statements(size)}
}

func (m *maker) anchor(from int, root [32]byte, size uint32) sdk.Msg {
	return &attestationtypes.MsgAnchor{Issuer: m.address(from), SchemaId: unlistedSchema.Id, Root: root[:], Size_: size}
}
