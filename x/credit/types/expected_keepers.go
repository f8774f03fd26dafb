package types

import (
	"context"

	"cosmossdk.io/core/address"

	sdk "github.com/cosmos/cosmos-sdk/types"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// AccountKeeper makes the accounts with which subjects sign.
type AccountKeeper interface {
	AddressCodec() address.Codec
	GetAccount(ctx context.Context, addr sdk.AccAddress) sdk.AccountI
	NewAccountWithAddress(ctx context.Context, addr sdk.AccAddress) sdk.AccountI
	SetAccount(ctx context.Context, acc sdk.AccountI)
}

// InstitutionKeeper says who may act, and in which role.
type InstitutionKeeper interface {
	// GetInstitution returns the institution of the operator, whatever its licence's status.
	GetInstitution(ctx context.Context, operator sdk.AccAddress) (institutiontypes.Institution, error)
	// RequireRole returns the institution of the operator when its licence is active and valid now and
	// allows any of the roles (with none named: any licence); else an error that says which of these fails.
	RequireRole(ctx context.Context, operator sdk.AccAddress, roles ...institutiontypes.Role) (institutiontypes.Institution, error)
}

// AttestationKeeper keeps what furnishers state.
type AttestationKeeper interface {
	// Attest states the statements under one schema, all or none; ids in the same order.
	Attest(ctx context.Context, issuer sdk.AccAddress, schemaID []byte, statements []attestationtypes.Statement) ([][]byte, error)
	// Supersede marks an active attestation as replaced; attestationtypes.ErrNotActive when it is not active.
	Supersede(ctx context.Context, issuer sdk.AccAddress, oldID, newID []byte) error
	// GetAttestation by id.
	GetAttestation(ctx context.Context, id []byte) (attestationtypes.Attestation, error)
	// HasSchema says whether there is a schema of that id.
	HasSchema(ctx context.Context, schemaID []byte) (bool, error)
}

// RecordHook is told of every change of a tradeline's state, after it is written and in the same transaction or block. An error
// refuses the change, so a hook refuses nothing that its module can follow.
type RecordHook interface {
	// AfterRecordState is called with the tradeline as it is now.
	AfterRecordState(ctx context.Context, tradeline Tradeline) error
}
