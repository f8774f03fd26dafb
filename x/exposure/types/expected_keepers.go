package types

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	committeetypes "github.com/creditd/creditd/x/committee/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// InstitutionKeeper says who may act, and in which role.
type InstitutionKeeper interface {
	// RequireRole returns the institution of the operator when its licence is active and valid now and allows any of the
	// roles (with none named: any licence); else an error that says which of these fails.
	RequireRole(ctx context.Context, operator sdk.AccAddress, roles ...institutiontypes.Role) (institutiontypes.Institution, error)
}

// CommitteeKeeper knows who holds the key together.
type CommitteeKeeper interface {
	// Active is the committee that is in use for a purpose.
	Active(ctx context.Context, purpose committeetypes.Purpose) (committeetypes.Committee, error)
	// Get is a committee whatever its status.
	Get(ctx context.Context, id uint64) (committeetypes.Committee, error)
}

// CreditKeeper says what may be asked about a subject, and keeps the trail.
type CreditKeeper interface {
	// GetLook returns an inquiry under which its data user may ask and be answered in this block.
	GetLook(ctx context.Context, inquiryID []byte) (credittypes.Look, error)
	// RecordQuestion says in the trails that a question was asked or answered under a look.
	RecordQuestion(ctx context.Context, look credittypes.Look, kind credittypes.TrailKind, by sdk.AccAddress) error
	// WalkInquiries visits inquiries from an id on. Simulations alone use it.
	WalkInquiries(ctx context.Context, from credittypes.ID, visit func(credittypes.Inquiry) (stop bool, err error)) error
	// GetSubject with its aliases.
	GetSubject(ctx context.Context, id credittypes.ID) (credittypes.Subject, error)
	// WalkRecords visits the tradelines of a subject and of the pseudonyms merged into it, until visit says stop.
	WalkRecords(ctx context.Context, subject credittypes.ID, visit func(credittypes.Tradeline) (stop bool, err error)) error
}

// AttestationKeeper has the commitments that are added up.
type AttestationKeeper interface {
	// GetAttestation by id.
	GetAttestation(ctx context.Context, id []byte) (attestationtypes.Attestation, error)
	// GetSchema by id.
	GetSchema(ctx context.Context, schemaID []byte) (attestationtypes.Schema, error)
}
