package types

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	committeetypes "github.com/creditd/creditd/x/committee/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// InstitutionKeeper says who may act, and in which role.
type InstitutionKeeper interface {
	// RequireRole returns the institution of the operator when its licence is active and valid now and allows any of the
	// roles; else an error that says which of these fails.
	RequireRole(ctx context.Context, operator sdk.AccAddress, roles ...institutiontypes.Role) (institutiontypes.Institution, error)
}

// CommitteeKeeper says who holds keys.
type CommitteeKeeper interface {
	// Active is the committee that is in use for a purpose.
	Active(ctx context.Context, purpose committeetypes.Purpose) (committeetypes.Committee, error)
	// Get is a committee whatever its status.
	Get(ctx context.Context, id uint64) (committeetypes.Committee, error)
}

// CreditKeeper knows subjects, and who knows them.
type CreditKeeper interface {
	// GetSubject of a pseudonym; credittypes.ErrUnknownSubject if there is none.
	GetSubject(ctx context.Context, pseudonym ID) (credittypes.Subject, error)
	// WalkSubjects visits subjects from a pseudonym on. Simulations pick from them.
	WalkSubjects(ctx context.Context, from ID, visit func(credittypes.Subject) (bool, error)) error
	// KnownBy are the institutions that enrolled the subject or furnish about it, ascending, at most limit of them.
	KnownBy(ctx context.Context, pseudonym ID, limit int) ([]sdk.AccAddress, error)
	// CheckMigration says whether Migrate could be done now.
	CheckMigration(ctx context.Context, from, to ID) error
	// Migrate makes a new pseudonym stand for a subject: it is enrolled if it is not there, gets control, offer, freeze and
	// alert, and the old one is merged into it.
	Migrate(ctx context.Context, from, to ID, approvals []sdk.AccAddress) error
}
