package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/types"
)

// EnrolledSubjects is the name of Resolver in schemas.
const EnrolledSubjects = "credit.enrolled_subjects"

// Resolver refuses attestations about pseudonyms that nobody enrolled: under a schema that names it, an issuer
// cannot invent a subject who could then neither look, nor object, nor consent.
type Resolver struct{ *Keeper }

var _ attestationtypes.Resolver = Resolver{}

// BeforeAttest implements attestationtypes.Resolver.
func (r Resolver) BeforeAttest(ctx context.Context, _ attestationtypes.Schema, _ sdk.AccAddress, batch attestationtypes.Batch) error {
	for _, statement := range batch.Statements {
		if err := r.requireSubject(ctx, types.ID(statement.Subject)); err != nil {
			return err
		}
	}
	return nil
}

// BeforeStatus implements attestationtypes.Resolver: an issuer may always take its word back.
func (Resolver) BeforeStatus(context.Context, attestationtypes.Schema, attestationtypes.Attestation, attestationtypes.StatusEntry) error {
	return nil
}
