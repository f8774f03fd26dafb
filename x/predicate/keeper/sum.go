package keeper

import (
	"bytes"
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	"github.com/creditd/creditd/x/predicate/types"
)

// checkSum verifies that what the subject owes by its live tradelines, all of them and no others, adds up to at most the bound.
// The keeper adds the commitments itself; only who knows all the blindings can prove. Amounts are added up whatever their
// currency, which no commitment tells.
func (k *Keeper) checkSum(ctx context.Context, q question, msg *types.MsgProve) (types.Answer, error) {
	if len(msg.AttestationIds) != 0 || len(msg.Root)+len(msg.IssuerRoot)+len(msg.Nullifier)+len(msg.Session) != 0 {
		return types.Answer{}, types.ErrMalformed.Wrap("a sum is of all live tradelines: leave out all but the proof")
	}
	if err := k.requireProver(ctx, q.prover, q.subject(), nil); err != nil {
		return types.Answer{}, err
	}
	s, disputed, err := k.sumStatement(ctx, q)
	if err != nil {
		return types.Answer{}, err
	}
	if len(s.Commitments) != 0 && len(msg.Proof) != types.SumProofSize {
		return types.Answer{}, types.ErrMalformed.Wrapf("proof: %d bytes: one of a sum has %d", len(msg.Proof), types.SumProofSize)
	}
	answer := types.Answer{Records: uint32(len(s.Commitments)), Disputed: disputed}
	return answer, s.Verify(msg.Proof)
}

// sumStatement is what a sum states now: one amount commitment of each live tradeline in scope, in the order of their ids.
func (k *Keeper) sumStatement(ctx context.Context, q question) (s types.SumStatement, disputed bool, err error) {
	schema, err := k.attestations.GetSchema(ctx, q.predicate.SchemaId)
	if err != nil {
		return s, false, err
	}
	place, err := types.SummedPlace(schema, q.predicate.Field)
	if err != nil {
		return s, false, err
	}
	s = types.SumStatement{
		ChainID: sdk.UnwrapSDKContext(ctx).ChainID(), Inquiry: q.inquiry, Predicate: q.place, Verifier: q.look.DataUser,
		Expiry: q.look.Inquiry.ExpiresAt.Unix(), Schema: types.ID(q.predicate.SchemaId), Subject: q.subject(), Field: q.predicate.Field,
		Upper: q.predicate.Upper,
	}
	now := blockTime(ctx)
	err = k.credit.WalkRecords(ctx, q.subject(), func(record credittypes.Tradeline) (bool, error) {
		if !record.ShownAt(now) || !q.look.CoversTime(record.RecordTime()) {
			return false, nil
		}
		attestation, err := k.attestations.GetAttestation(ctx, record.AttestationId)
		if err != nil {
			return true, err
		}
		// A debt does not end with its lender's licence: standing is not asked for here.
		live := attestation.Status == attestationtypes.STATUS_ACTIVE && attestation.ValidityAt(now) == attestationtypes.VALIDITY_CURRENT
		if !live || !bytes.Equal(attestation.SchemaId, q.predicate.SchemaId) {
			return false, nil
		}
		if len(s.Commitments) >= int(q.params.MaxSumRecords) {
			return true, types.ErrTooManyRecords.Wrapf("more than %d: raise max_sum_records by a vote", q.params.MaxSumRecords)
		}
		if place >= len(attestation.AmountCommitments) {
			return true, types.ErrInvariant.Wrapf("attestation %x lacks the amount commitment that its schema asks for", attestation.Id)
		}
		sdk.UnwrapSDKContext(ctx).GasMeter().ConsumeGas(gasPerSumTerm, "predicate: term of a sum")
		s.Attestations = append(s.Attestations, types.ID(attestation.Id))
		s.Commitments = append(s.Commitments, attestation.AmountCommitments[place])
		disputed = disputed || record.State == credittypes.RECORD_STATE_DISPUTED
		return false, nil
	})
	return s, disputed, err
}
