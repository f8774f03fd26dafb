package types

import (
	"context"

	"cosmossdk.io/core/address"

	sdk "github.com/cosmos/cosmos-sdk/types"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// AccountKeeper knows how addresses are written.
type AccountKeeper interface {
	AddressCodec() address.Codec
}

// InstitutionKeeper says who may act, and in which role.
type InstitutionKeeper interface {
	// RequireRole returns the institution of the operator when its licence is active and valid now and
	// allows any of the roles (with none named: any licence); else an error that says which of these fails.
	RequireRole(ctx context.Context, operator sdk.AccAddress, roles ...institutiontypes.Role) (institutiontypes.Institution, error)
}

// AttestationKeeper keeps what institutions state.
type AttestationKeeper interface {
	// GetAttestation by id, whatever its status.
	GetAttestation(ctx context.Context, id []byte) (attestationtypes.Attestation, error)
	// RequireHolds returns an attestation that may be relied on now: active, valid, of an issuer that may still state.
	RequireHolds(ctx context.Context, id []byte) (attestationtypes.Attestation, error)
	// RequireStanding says whether the issuer of an attestation may still state under its schema, and why not.
	RequireStanding(ctx context.Context, attestation attestationtypes.Attestation) error
	// GetSchema by id.
	GetSchema(ctx context.Context, id []byte) (attestationtypes.Schema, error)
}

// CreditKeeper keeps inquiries, consents and tradelines.
type CreditKeeper interface {
	// GetLook returns an inquiry under which may be asked and answered now.
	GetLook(ctx context.Context, inquiryID []byte) (credittypes.Look, error)
	// RecordQuestion adds a line to the trails of the subject and of the data user.
	RecordQuestion(ctx context.Context, look credittypes.Look, kind credittypes.TrailKind, by sdk.AccAddress) error
	// RequireController lets the controller of a subject through.
	RequireController(ctx context.Context, address string, subject credittypes.ID) error
	// Furnishes says whether a licensed furnisher has a tradeline of the subject; an error when it is not licensed.
	Furnishes(ctx context.Context, institution sdk.AccAddress, subject credittypes.ID) (bool, error)
	// GetSubject by pseudonym.
	GetSubject(ctx context.Context, id credittypes.ID) (credittypes.Subject, error)
	// WalkRecords visits the tradelines of a subject and of what is merged into it.
	WalkRecords(ctx context.Context, subject credittypes.ID, visit func(credittypes.Tradeline) (stop bool, err error)) error
	// RequireShown refuses the attestation of a tradeline that is not shown, and returns the tradeline if there is one.
	RequireShown(ctx context.Context, subject credittypes.ID, attestationID []byte) (credittypes.Tradeline, bool, error)
}
