package types

import (
	"encoding/binary"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/commit/encoding"
	"github.com/creditd/creditd/x/attestation/commitment"
)

// The times that a statement may name. They bound what is hashed: nanoseconds since 1970 in 63 bits.
var (
	earliest = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

// StatementRule is what a schema asks of each statement at a time.
type StatementRule struct {
	circuit bool // whether a circuit commitment is given
	amounts int  // number of amount commitments
	now     time.Time
}

// NewStatementRule of a schema at a block time.
func NewStatementRule(schema Schema, now time.Time) StatementRule {
	rule := StatementRule{now: now}
	for _, field := range schema.Fields {
		rule.circuit = rule.circuit || field.Circuit
		if field.Summed {
			rule.amounts++
		}
	}
	return rule
}

// Check returns the first reason why the statement cannot be made now.
func (r StatementRule) Check(s Statement) error {
	if err := s.CheckSizes(); err != nil {
		return err
	}
	if s.ExpiresAt != nil && !s.ExpiresAt.After(r.now) {
		return ErrInvalidStatement.Wrapf("expires_at %s is not after the block time %s: choose a later one or leave it out",
			s.ExpiresAt.UTC().Format(time.RFC3339), r.now.UTC().Format(time.RFC3339))
	}
	return r.checkCommitments(s)
}

// checkCommitments refuses a statement whose commitments are not those that the schema asks for, each in its one
// encoding: circuits and sums take them as they are.
func (r StatementRule) checkCommitments(s Statement) error {
	if r.circuit != (len(s.CircuitCommitment) > 0) {
		return ErrInvalidStatement.Wrap("circuit_commitment: give it exactly when the schema has a circuit field")
	}
	if r.circuit {
		if err := encoding.CheckElement(s.CircuitCommitment); err != nil {
			return ErrInvalidStatement.Wrapf("circuit_commitment: %s", err)
		}
	}
	if len(s.AmountCommitments) != r.amounts {
		return ErrInvalidStatement.Wrapf("%d amount_commitments: the schema has %d summed fields", len(s.AmountCommitments), r.amounts)
	}
	for i, amount := range s.AmountCommitments {
		if err := encoding.CheckPoint(amount); err != nil {
			return ErrInvalidStatement.Wrapf("amount_commitments %d: %s", i, err)
		}
	}
	return nil
}

// CheckSizes checks the shape of a statement, whatever its schema and the time: all that is needed to hash it.
func (s Statement) CheckSizes() error {
	if _, err := IDFromBytes(s.Subject); err != nil {
		return ErrInvalidStatement.Wrapf("subject: %s", err)
	}
	if _, err := IDFromBytes(s.Commitment); err != nil {
		return ErrInvalidStatement.Wrapf("commitment: %s", err)
	}
	if len(s.CircuitCommitment) != 0 && len(s.CircuitCommitment) != IDSize {
		return ErrInvalidStatement.Wrapf("circuit_commitment of %d bytes: it has %d", len(s.CircuitCommitment), IDSize)
	}
	if len(s.AmountCommitments) > MaxFields {
		return ErrInvalidStatement.Wrapf("%d amount_commitments: at most one for each of %d fields", len(s.AmountCommitments), MaxFields)
	}
	for i, amount := range s.AmountCommitments {
		if len(amount) != IDSize {
			return ErrInvalidStatement.Wrapf("amount_commitments %d of %d bytes: it has %d", i, len(amount), IDSize)
		}
	}
	if len(s.Reference) != 0 {
		if _, err := IDFromBytes(s.Reference); err != nil {
			return ErrInvalidStatement.Wrapf("reference: %s", err)
		}
	}
	return s.checkTimes()
}

func (s Statement) checkTimes() error {
	for _, each := range []struct {
		name string
		at   *time.Time
	}{{"valid_from", s.ValidFrom}, {"expires_at", s.ExpiresAt}} {
		if each.at != nil && (each.at.Before(earliest) || !each.at.Before(latest)) {
			return ErrInvalidStatement.Wrapf("%s: choose a time from %d to before %d", each.name, earliest.Year(), latest.Year())
		}
	}
	if s.ValidFrom != nil && s.ExpiresAt != nil && !s.ExpiresAt.After(*s.ValidFrom) {
		return ErrInvalidStatement.Wrap("expires_at is not after valid_from")
	}
	return nil
}

// Digest is the hash of the statement (docs/commitment-format.md); its sizes were checked.
func (s Statement) Digest() [32]byte {
	content := commitment.StatementContent{
		Subject: [32]byte(s.Subject), Commitment: [32]byte(s.Commitment),
		Circuit: s.CircuitCommitment, Amounts: s.AmountCommitments, Reference: s.Reference,
	}
	if s.ValidFrom != nil {
		content.ValidFrom = *s.ValidFrom
	}
	if s.ExpiresAt != nil {
		content.ExpiresAt = *s.ExpiresAt
	}
	return commitment.StatementDigest(content)
}

func digests(statements []Statement) [][32]byte {
	list := make([][32]byte, len(statements))
	for i, statement := range statements {
		list[i] = statement.Digest()
	}
	return list
}

// BatchID derives the id of a batch from its content; the statements' sizes were checked. Clients and vaults know
// it before the chain does.
func BatchID(schemaID []byte, issuer sdk.AccAddress, accreditationID []byte, statements []Statement) ContainerID {
	return commitment.BatchID([32]byte(schemaID), issuer, accreditationID, digests(statements))
}

// AttestationID derives the id of an attestation that is stated alone; the statement's sizes were checked.
func AttestationID(schemaID []byte, issuer sdk.AccAddress, statement Statement) ID {
	return BatchID(schemaID, issuer, nil, []Statement{statement}).Item(0)
}

// Statement is what the attestation states; empty for an anchored one.
func (a Attestation) Statement() Statement {
	return Statement{
		Subject: a.Subject, Commitment: a.Commitment, ExpiresAt: a.ExpiresAt, ValidFrom: a.ValidFrom,
		CircuitCommitment: a.CircuitCommitment, AmountCommitments: a.AmountCommitments, Reference: a.Reference,
	}
}

// ValidityAt says whether the statement holds at that time.
func (a Attestation) ValidityAt(now time.Time) Validity {
	switch {
	case a.Anchored:
		return VALIDITY_UNKNOWN
	case a.ExpiresAt != nil && !a.ExpiresAt.After(now):
		return VALIDITY_EXPIRED
	case a.ValidFrom != nil && a.ValidFrom.After(now):
		return VALIDITY_NOT_YET
	}
	return VALIDITY_CURRENT
}

// NonceSize is the length in bytes of the nonce of a delegated message.
const NonceSize = 16

// What an issuer signs begins with these words, so that it is never also the sign bytes of a transaction.
const (
	attestPayload = "creditd/delegated-attest/v1"
	revokePayload = "creditd/delegated-revoke/v1"
)

// AttestSignBytes is what the issuer of a delegated attest signs (docs/delegation.md); the statements' sizes were
// checked.
func AttestSignBytes(chainID string, issuer sdk.AccAddress, msg *MsgAttestDelegated) []byte {
	parts := [][]byte{
		[]byte(chainID), issuer, msg.SchemaId, msg.AccreditationId, nanoseconds(msg.Deadline), msg.Nonce,
		binary.BigEndian.AppendUint32(nil, uint32(len(msg.Statements))),
	}
	for _, digest := range digests(msg.Statements) {
		parts = append(parts, digest[:])
	}
	return payload(attestPayload, parts)
}

// RevokeSignBytes is what the issuer of a delegated revoke signs.
func RevokeSignBytes(chainID string, issuer sdk.AccAddress, msg *MsgRevokeDelegated) []byte {
	return payload(revokePayload, [][]byte{
		[]byte(chainID), issuer, msg.Id,
		binary.BigEndian.AppendUint32(nil, uint32(msg.Reason)), //nolint:gosec // any 32 bits are signed as they are
		nanoseconds(msg.Deadline), msg.Nonce,
	})
}

func payload(domain string, parts [][]byte) []byte {
	id := commitment.ID(domain, parts...)
	return append([]byte(domain), id[:]...)
}

func nanoseconds(t time.Time) []byte { return binary.BigEndian.AppendUint64(nil, uint64(t.UnixNano())) }
