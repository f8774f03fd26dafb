package report

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/vault/records"
	"github.com/creditd/creditd/vault/types"
	"github.com/creditd/creditd/x/attestation/commitment"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// evidence is what the chain says about one tradeline.
type evidence struct {
	subject     [32]byte
	kind        credittypes.SubjectKind // of the subject and of all that are merged into it
	tradeline   credittypes.Tradeline
	attestation attestationtypes.Attestation
	issuer      institutiontypes.InstitutionView
	profile     credittypes.Profile            // of the issuer's jurisdiction
	versions    []credittypes.TradelineVersion // earlier ones, oldest first
}

// line starts a report's line with what the chain says, in a report on the subject.
func (e *evidence) line(subject string) Line {
	schema := hex.EncodeToString(e.attestation.SchemaId)
	line := Line{
		SchemaName:  names()[schema],
		Section:     sectionOf(schema),
		IssuerSince: e.issuer.Institution.StatusSince.UTC(),
		Tradeline:   hex.EncodeToString(e.tradeline.Id),
		Attestation: hex.EncodeToString(e.tradeline.AttestationId),
		Furnisher:   e.tradeline.Furnisher,
		Name:        e.issuer.Institution.Name,
		Schema:      schema,
		Version:     e.tradeline.Version,
		State:       e.tradeline.State.String(),
		ShowUntil:   e.tradeline.ShowUntil,
	}
	if own := hex.EncodeToString(e.subject[:]); own != subject {
		line.Subject = own
	}
	if reason := e.tradeline.StateReason; reason != credittypes.STATE_REASON_UNSPECIFIED {
		line.StateReason = strings.TrimPrefix(reason.String(), "STATE_REASON_")
	}
	if code := e.tradeline.Compliance; code != credittypes.COMPLIANCE_CODE_UNSPECIFIED {
		line.Compliance = strings.TrimPrefix(code.String(), "COMPLIANCE_CODE_")
	}
	for _, annotation := range e.tradeline.Annotations {
		line.Annotations = append(line.Annotations, strings.TrimPrefix(annotation.String(), "ANNOTATION_"))
	}
	return line
}

// displayed tells whether a vault may give the record. The chain ends the retention of many records over some blocks; a
// reader ends it on time.
func (e *evidence) displayed(now time.Time) bool {
	if !now.Before(e.tradeline.ShowUntil) {
		return false
	}
	return e.tradeline.State == credittypes.RECORD_STATE_ACTIVE || e.tradeline.State == credittypes.RECORD_STATE_DISPUTED
}

// judge checks a record against the chain. It trusts nothing of the record but what hashes to the chain's
// commitment.
func (e *evidence) judge(record *types.Record, now time.Time) (Proof, string) {
	if err := e.matches(record); err != nil {
		return Mismatch, err.Error()
	}
	switch e.attestation.Status {
	case attestationtypes.STATUS_ACTIVE:
	case attestationtypes.STATUS_SUPERSEDED:
		return Superseded, "the furnisher has reported a later version"
	default:
		return Mismatch, "the furnisher has taken its word back"
	}
	if expires := e.attestation.ExpiresAt; expires != nil && !now.Before(*expires) {
		return Mismatch, "the furnisher's word has expired"
	}
	if err := e.checkClock(record); err != nil {
		return BadClock, err.Error()
	}
	if !licensed(e.issuer.Institution, now) {
		return IssuerNotLicensed, issuerStanding(e.issuer.Institution, now)
	}
	if e.tradeline.State == credittypes.RECORD_STATE_DISPUTED {
		return Disputed, "the subject disputes this record"
	}
	return Verified, ""
}

// matches recomputes the commitment and every id that follows from it.
func (e *evidence) matches(record *types.Record) error {
	if hex.EncodeToString(record.TradelineId) != hex.EncodeToString(e.tradeline.Id) {
		return errors.New("the record is of another tradeline")
	}
	if hex.EncodeToString(record.AttestationId) != hex.EncodeToString(e.attestation.Id) {
		return errors.New("the record is of another version than the chain's")
	}
	if len(record.SchemaId) != 32 || len(record.Seed) != 32 || len(e.attestation.Commitment) != 32 {
		return errors.New("the record's schema or seed has not 32 bytes")
	}
	if hex.EncodeToString(record.SchemaId) != hex.EncodeToString(e.attestation.SchemaId) {
		return errors.New("the record is of another schema")
	}
	if hex.EncodeToString(e.attestation.Subject) != hex.EncodeToString(e.subject[:]) {
		return errors.New("the attestation is about another subject")
	}
	if e.attestation.Issuer != e.tradeline.Furnisher {
		return errors.New("the attestation is by another issuer")
	}
	layout, err := records.Layout([32]byte(record.SchemaId))
	if err != nil {
		return err
	}
	values, err := valuesOf(record)
	if err != nil {
		return err
	}
	recomputed, err := records.Statement(layout, e.subject, records.Plain{Values: values, Seed: commitment.Seed(record.Seed)})
	if err != nil {
		return fmt.Errorf("the record is not of its schema: %w", err)
	}
	said := e.attestation.Statement()
	if err := said.CheckSizes(); err != nil {
		return errors.New("the attestation is none that the chain takes, the node's answer is false: " + err.Error())
	}
	if !bytes.Equal(recomputed.Commitment, said.Commitment) {
		return errors.New("the record does not hash to the commitment on the chain: it was changed after it was reported")
	}
	if !bytes.Equal(recomputed.CircuitCommitment, said.CircuitCommitment) ||
		!slices.EqualFunc(recomputed.AmountCommitments, said.AmountCommitments, bytes.Equal) {
		return errors.New("the record's commitments for circuits and sums are not those on the chain: its furnisher committed to something else there")
	}
	issuer, err := sdk.AccAddressFromBech32(e.attestation.Issuer)
	if err != nil {
		return fmt.Errorf("the attestation's issuer is no account: %w", err)
	}
	if id := attestationtypes.AttestationID(record.SchemaId, issuer, said); hex.EncodeToString(id[:]) != hex.EncodeToString(record.AttestationId) {
		return errors.New("the attestation's id does not follow from its content: the node's answer is false")
	}
	return nil
}

// valuesOf refuses a name that comes twice: the second could hide the first.
func valuesOf(record *types.Record) (commitment.Record, error) {
	values := make(commitment.Record, len(record.Values))
	for _, value := range record.Values {
		if _, twice := values[value.Name]; twice {
			return nil, errors.New("the record has a field twice")
		}
		values[value.Name] = value.Text
	}
	return values, nil
}

// issuerStanding says since when a licence gives no rights.
func issuerStanding(i institutiontypes.Institution, now time.Time) string {
	status := i.Status.String() // LICENCE_STATUS_...
	switch {
	case i.Status != institutiontypes.LICENCE_STATUS_ACTIVE:
		return fmt.Sprintf("issuer suspended since %s: its licence is %s", i.StatusSince.UTC().Format(time.RFC3339), strings.TrimPrefix(status, "LICENCE_STATUS_"))
	case now.Before(i.ValidFrom):
		return "the issuer's licence begins at " + i.ValidFrom.UTC().Format(time.RFC3339)
	default:
		return fmt.Sprintf("issuer suspended since %s: its licence ended then", i.ValidUntil.UTC().Format(time.RFC3339))
	}
}

func licensed(institution institutiontypes.Institution, now time.Time) bool {
	return institution.Status == institutiontypes.LICENCE_STATUS_ACTIVE &&
		!now.Before(institution.ValidFrom) && now.Before(institution.ValidUntil)
}
