package types

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// InstitutionKeeper says who may act, and in which role.
type InstitutionKeeper interface {
	// RequireRole returns the institution of the operator when its licence is active and valid now and allows any of the
	// roles; else an error that says which of these fails.
	RequireRole(ctx context.Context, operator sdk.AccAddress, roles ...institutiontypes.Role) (institutiontypes.Institution, error)
	// HasVault says whether the institution has told where its vault is.
	HasVault(ctx context.Context, operator sdk.AccAddress) (bool, error)
}

// Reader is what x/committee offers other modules; each declares what it needs of it in its own expected_keepers.go.
// keeper.Keeper is one.
type Reader interface {
	// Active is the committee that is in use for a purpose; ErrNoCommittee if there is none now.
	Active(ctx context.Context, purpose Purpose) (Committee, error)
	// Get is a committee whatever its status; ErrUnknownCommittee if there never was one of that id. Ask Serves before
	// going on with what was begun under it, and Holder whether an operator may answer for it.
	Get(ctx context.Context, id uint64) (Committee, error)
}
