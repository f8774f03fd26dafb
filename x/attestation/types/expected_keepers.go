package types

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// InstitutionKeeper says who may act, and in which role.
type InstitutionKeeper interface {
	// RequireRole returns the institution of the operator when its licence is active and valid now and
	// allows any of the roles (with none named: any licence); else an error that says which of these fails.
	RequireRole(ctx context.Context, operator sdk.AccAddress, roles ...institutiontypes.Role) (institutiontypes.Institution, error)
	// GetInstitution returns the institution of the operator, whatever its licence's status.
	GetInstitution(ctx context.Context, operator sdk.AccAddress) (institutiontypes.Institution, error)
}

// AccountKeeper knows the keys of accounts.
type AccountKeeper interface {
	GetAccount(ctx context.Context, addr sdk.AccAddress) sdk.AccountI
}

// Resolver is a hook that may refuse what is stated under the schemas that name it. It runs in the transaction,
// deterministically, and pays with the transaction's gas.
type Resolver interface {
	// BeforeAttest refuses a batch by its error. The batch is not yet written.
	BeforeAttest(ctx context.Context, schema Schema, issuer sdk.AccAddress, batch Batch) error
	// BeforeStatus refuses a change of status by its error.
	BeforeStatus(ctx context.Context, schema Schema, attestation Attestation, entry StatusEntry) error
}

// StatusHook is told of every change of an attestation's status, after it is written and in the same transaction. Modules
// above keep by it what depends on attestations that hold. An error refuses the change, so a hook refuses nothing that its
// module can follow.
type StatusHook interface {
	// AfterStatus is called with the attestation as it is now.
	AfterStatus(ctx context.Context, attestation Attestation) error
}
