package keeper_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	attestationkeeper "github.com/creditd/creditd/x/attestation/keeper"
	"github.com/creditd/creditd/x/attestation/testutil"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/keeper"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// A schema that names the resolver takes statements about enrolled subjects only.
func TestResolver(t *testing.T) {
	f := setup(t)
	f.attestations.AddResolver(keeper.EnrolledSubjects, keeper.Resolver{Keeper: f.k})
	must(f, f.msg.EnrolSubjects, enrolment())
	server := attestationkeeper.NewMsgServer(f.attestations)
	schema := must(f, server.CreateSchema, &attestationtypes.MsgCreateSchema{
		Creator: bank.String(), Name: "test.resolved", Version: 1, Revocable: true, Resolver: keeper.EnrolledSubjects,
		Fields:      []attestationtypes.Field{{Name: "a", Kind: attestationtypes.FIELD_KIND_STRING}},
		IssuerRoles: []institutiontypes.Role{institutiontypes.ROLE_FURNISHER},
	})
	batch := func(subjects ...[]byte) *attestationtypes.MsgAttestBatch {
		msg := &attestationtypes.MsgAttestBatch{Issuer: bank.String(), SchemaId: schema.Id}
		for _, each := range subjects {
			msg.Statements = append(msg.Statements, attestationtypes.Statement{Subject: each, Commitment: testutil.Bytes("said of %x", each)})
		}
		return msg
	}
	f.attestStore.Writes = 0
	_, err := send(f, server.AttestBatch, batch(subject, testutil.Bytes("nobody")))
	require.ErrorIs(t, err, attestationtypes.ErrRefused)
	require.ErrorContains(t, err, "enrol it first")
	require.Zero(t, f.attestStore.Writes, "refused before anything is written")

	said := must(f, server.AttestBatch, batch(subject))
	id := attestationtypes.ContainerID(said.BatchId).Item(0).Bytes()
	must(f, server.Revoke, &attestationtypes.MsgRevoke{Issuer: bank.String(), Id: id, Reason: attestationtypes.REVOCATION_REASON_ERROR})
}
