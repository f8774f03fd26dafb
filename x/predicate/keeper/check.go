package keeper

import (
	"bytes"
	"context"

	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/plonk"
	"github.com/creditd/creditd/privacy/predicate"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	"github.com/creditd/creditd/x/predicate/types"
)

// statement is what every proof by a circuit states: the question, and who asks it until when on which chain.
func (k *Keeper) statement(ctx context.Context, q question, circuit predicate.Circuit) (predicate.Statement, error) {
	terms, err := k.terms(ctx, circuit, q.predicate)
	if err != nil {
		return predicate.Statement{}, err
	}
	s := predicate.Statement{
		ChainID: sdk.UnwrapSDKContext(ctx).ChainID(), Circuit: circuit, Schema: types.ID(q.predicate.SchemaId), Subject: q.subject(),
		Terms: terms, Inquiry: q.inquiry.Bytes(), Verifier: q.look.DataUser, Expiry: q.look.Inquiry.ExpiresAt.Unix(),
	}
	if len(q.predicate.OtherSchemaId) != 0 {
		s.Other = types.ID(q.predicate.OtherSchemaId)
	}
	return s, nil
}

// verify checks a proof against a statement.
func verify(use usable, s predicate.Statement, proof []byte) error {
	if len(proof) != plonk.ProofSize {
		return types.ErrMalformed.Wrapf("proof: %d bytes: one by a circuit has %d", len(proof), plonk.ProofSize)
	}
	public, err := s.Public()
	if err != nil {
		return types.ErrMalformed.Wrap(err.Error())
	}
	if err := plonk.Verify(use.key, public, proof); err != nil {
		return types.ErrInvalidProof.Wrapf("%s: prove what was asked, about the attestations as they are now, for this inquiry", err)
	}
	return nil
}

// checkGiven verifies a proof about attestations that the message names.
func (k *Keeper) checkGiven(ctx context.Context, q question, use usable, msg *types.MsgProve) (types.Answer, error) {
	if len(msg.Root)+len(msg.IssuerRoot)+len(msg.Nullifier)+len(msg.Session) != 0 {
		return types.Answer{}, types.ErrMalformed.Wrap("the attestations are given: leave roots, nullifier and session out")
	}
	if len(msg.AttestationIds) != int(use.circuit.Attestations) {
		return types.Answer{}, types.ErrMalformed.Wrapf("attestation_ids: %d: circuit %s is about %d",
			len(msg.AttestationIds), use.circuit.Name(), use.circuit.Attestations)
	}
	s, err := k.statement(ctx, q, use.circuit)
	if err != nil {
		return types.Answer{}, err
	}
	answer := types.Answer{AttestationIds: msg.AttestationIds}
	rests := make([]attestationtypes.Attestation, len(msg.AttestationIds))
	for i, id := range msg.AttestationIds {
		for _, before := range msg.AttestationIds[:i] {
			if bytes.Equal(before, id) {
				return answer, types.ErrMalformed.Wrapf("attestation_ids %d: %x: name each once", i, id)
			}
		}
		attestation, disputed, err := k.restsOn(ctx, q, schemaOf(q.predicate, i), id)
		if err != nil {
			return answer, err
		}
		if i > 0 && !bytes.Equal(attestation.Subject, rests[0].Subject) {
			return answer, types.ErrOtherAttestation.Wrapf("%x is about another pseudonym of the subject than the first", id)
		}
		rests[i], answer.Disputed = attestation, answer.Disputed || disputed
		s.Commitments = append(s.Commitments, [32]byte(attestation.CircuitCommitment))
	}
	s.Subject = types.ID(rests[0].Subject) // the inquiry's, or one that is merged into it
	if err := k.requireProver(ctx, q.prover, q.subject(), rests); err != nil {
		return answer, err
	}
	return answer, verify(use, s, msg.Proof)
}

// schemaOf the attestation at that place: that of the second one of a ratio of two may be another.
func schemaOf(asked types.Predicate, place int) []byte {
	if place > 0 && len(asked.OtherSchemaId) != 0 {
		return asked.OtherSchemaId
	}
	return asked.SchemaId
}

// restsOn returns an attestation that an answer may rest on now: it holds, its issuer is in good standing, it is what was
// asked about, the consent covers its time, and its record is shown.
func (k *Keeper) restsOn(ctx context.Context, q question, schemaID, id []byte) (attestation attestationtypes.Attestation, disputed bool, err error) {
	if attestation, err = k.attestations.RequireHolds(ctx, id); err != nil {
		return attestation, false, err
	}
	if !bytes.Equal(attestation.SchemaId, schemaID) {
		return attestation, false, types.ErrOtherAttestation.Wrapf("%x is under schema %x, asked is about %x", id, attestation.SchemaId, schemaID)
	}
	if err := k.requireAbout(ctx, q, attestation); err != nil {
		return attestation, false, err
	}
	if len(attestation.CircuitCommitment) != 32 {
		return attestation, false, types.ErrOtherAttestation.Wrapf("%x has no circuit commitment: nothing can be proven about it", id)
	}
	at := attestation.IssuedAt
	record, found, err := k.credit.RequireShown(ctx, q.subject(), id)
	if err != nil {
		return attestation, false, err
	}
	if found {
		at, disputed = record.RecordTime(), record.State == credittypes.RECORD_STATE_DISPUTED
	} else if err := k.requireNoTradelines(ctx, attestation, types.ErrOtherAttestation); err != nil {
		return attestation, false, err
	}
	if !q.look.CoversTime(at) {
		return attestation, false, types.ErrOutOfScope.Wrapf("%x is of %s: the consent is for records of another time", id, rfc3339(at))
	}
	return attestation, disputed, nil
}

// requireNoTradelines refuses an attestation that is no tradeline's, if its schema is of tradelines.
func (k *Keeper) requireNoTradelines(ctx context.Context, attestation attestationtypes.Attestation, refusal *errorsmod.Error) error {
	schema, err := k.attestations.GetSchema(ctx, attestation.SchemaId)
	if err == nil && types.OfTradelines(schema) {
		err = refusal.Wrapf("%x is under %s and is no tradeline: its issuer reports the account with `creditd tx credit furnish`",
			attestation.Id, schema.Name)
	}
	return err
}

// requireAbout refuses an attestation about another than the subject of the inquiry, or a pseudonym merged into it.
func (k *Keeper) requireAbout(ctx context.Context, q question, attestation attestationtypes.Attestation) error {
	if bytes.Equal(attestation.Subject, q.look.Inquiry.Subject) {
		return nil
	}
	subject, err := k.credit.GetSubject(ctx, q.subject())
	if err != nil {
		return err
	}
	for _, alias := range subject.Aliases {
		if bytes.Equal(alias, attestation.Subject) {
			return nil
		}
	}
	return types.ErrOtherAttestation.Wrapf("%x is not about the subject of the inquiry", attestation.Id)
}

// checkHidden verifies a proof about some attestation in the tree of active ones, by some issuer in that of its schema. That it
// does not expire before the inquiry does is proven too.
func (k *Keeper) checkHidden(ctx context.Context, q question, use usable, msg *types.MsgProve) (types.Answer, error) {
	if len(msg.AttestationIds) != 0 {
		return types.Answer{}, types.ErrMalformed.Wrap("attestation_ids: the circuit hides the attestation: leave them out")
	}
	if len(msg.Root) == 0 || len(msg.IssuerRoot) == 0 || len(msg.Nullifier) == 0 || len(msg.Session) == 0 {
		return types.Answer{}, types.ErrMalformed.Wrap("the circuit hides the attestation: give root, issuer_root, nullifier and session")
	}
	answer := types.Answer{Nullifier: msg.Nullifier, Session: msg.Session}
	if q.look.RecordsFrom != nil || q.look.RecordsUntil != nil {
		return answer, types.ErrOutOfScope.Wrap("the consent bounds the times of records, and of a hidden attestation nobody sees the time")
	}
	if err := k.requireProver(ctx, q.prover, q.subject(), nil); err != nil {
		return answer, err
	}
	if err := k.requireRoot(ctx, q.params, types.ActiveTree, msg.Root); err != nil {
		return answer, err
	}
	if err := k.requireRoot(ctx, q.params, types.ID(q.predicate.SchemaId), msg.IssuerRoot); err != nil {
		return answer, err
	}
	if err := k.requireFresh(ctx, q, msg); err != nil {
		return answer, err
	}
	s, err := k.statement(ctx, q, use.circuit)
	if err != nil {
		return answer, err
	}
	s.Root, s.Issuers = [32]byte(msg.Root), [32]byte(msg.IssuerRoot)
	s.Nullifier, s.Session = [32]byte(msg.Nullifier), [32]byte(msg.Session)
	return answer, verify(use, s, msg.Proof)
}

// requireFresh holds the answers of an inquiry to one session, within which a nullifier stands for one attestation, and
// refuses one that answers the same question a second time: asked twice, it is asked of two attestations.
func (k *Keeper) requireFresh(ctx context.Context, q question, msg *types.MsgProve) error {
	answers, err := k.answersOf(ctx, q.inquiry)
	if err != nil {
		return err
	}
	for _, answer := range answers {
		if len(answer.Session) == 0 {
			continue
		}
		if !bytes.Equal(answer.Session, msg.Session) {
			return types.ErrOtherSession.Wrapf("the answers of inquiry %s are of session %x: prove with the secret that the first was proven with",
				q.inquiry, answer.Session)
		}
		same := int(answer.Predicate) < len(q.ask.Predicates) && q.ask.Predicates[answer.Predicate].Same(q.predicate)
		if same && bytes.Equal(answer.Nullifier, msg.Nullifier) {
			return types.ErrNullifierUsed.Wrapf("predicate %d, which asks the same, rests on this attestation: prove it about another", answer.Predicate)
		}
	}
	return nil
}
