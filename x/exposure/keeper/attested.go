package keeper

import (
	"context"

	"github.com/creditd/creditd/privacy/exposure"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	"github.com/creditd/creditd/x/exposure/types"
)

// maxRecords is how many tradelines of a subject a round looks at.
const maxRecords = 256

// attest adds up, for each member, the commitments to the balances that it attested: those of the subject's tradelines that
// are shown, in the scope of the consent, under an active attestation that is on the chain itself and whose schema has a summed
// field `balance`. What a member has not attested that way is not in the sum.
func (k *Keeper) attest(ctx context.Context, look credittypes.Look, parts []types.Part) error {
	places := make(map[string]int, len(parts)) // asked, never walked
	for i, part := range parts {
		places[part.Member] = i
	}
	balances := make([][][]byte, len(parts))
	schemas := map[string]int{} // asked, never walked
	visited := 0
	err := k.credit.WalkRecords(ctx, types.ID(look.Inquiry.Subject), func(tradeline credittypes.Tradeline) (bool, error) {
		if visited++; visited > maxRecords {
			return true, types.ErrTooManyRecords.Wrapf("more than %d tradelines: ask for a report instead", maxRecords)
		}
		i, member := places[tradeline.Furnisher]
		if !member || !tradeline.ShownAt(blockTime(ctx)) || !look.CoversTime(tradeline.RecordTime()) {
			return false, nil
		}
		commitment, err := k.balance(ctx, look, tradeline.AttestationId, schemas)
		if err == nil && commitment != nil {
			balances[i] = append(balances[i], commitment)
			parts[i].AttestationIds = append(parts[i].AttestationIds, tradeline.AttestationId)
		}
		return false, err
	})
	if err != nil {
		return err
	}
	for i := range parts {
		sum, err := exposure.AddCommitments(balances[i])
		if err != nil {
			return types.ErrBroken.Wrapf("commitments of %s: %s", parts[i].Member, err)
		}
		parts[i].Attested = sum[:]
	}
	return nil
}

// balance returns the commitment to the balance in an attestation; nil if it does not count.
func (k *Keeper) balance(ctx context.Context, look credittypes.Look, attestationID []byte, schemas map[string]int) ([]byte, error) {
	chargeGas(ctx, types.GasRecord, "record")
	attestation, err := k.attestations.GetAttestation(ctx, attestationID)
	if err != nil {
		return nil, err
	}
	expired := attestation.ExpiresAt != nil && !blockTime(ctx).Before(*attestation.ExpiresAt)
	if attestation.Status != attestationtypes.STATUS_ACTIVE || expired || attestation.Anchored || !look.Covers(attestation.SchemaId) {
		return nil, nil
	}
	place, known := schemas[string(attestation.SchemaId)]
	if !known {
		schema, err := k.attestations.GetSchema(ctx, attestation.SchemaId)
		if err != nil {
			return nil, err
		}
		place = balancePlace(schema)
		schemas[string(attestation.SchemaId)] = place
	}
	if place < 0 || place >= len(attestation.AmountCommitments) {
		return nil, nil
	}
	return attestation.AmountCommitments[place], nil
}

// balancePlace is the place of the field `balance` among the summed fields of a schema; -1 if it has none.
func balancePlace(schema attestationtypes.Schema) int {
	place := 0
	for _, field := range schema.Fields {
		if !field.Summed {
			continue
		}
		if field.Name == types.BalanceField {
			return place
		}
		place++
	}
	return -1
}
