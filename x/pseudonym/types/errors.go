package types

import (
	"google.golang.org/grpc/codes"

	errorsmod "cosmossdk.io/errors"
)

// Errors of the module. Codes never change and are never given to another error.
var (
	ErrInvalidID          = errorsmod.RegisterWithGRPCCode(ModuleName, 2, codes.InvalidArgument, "invalid id")
	ErrInvalidAddress     = errorsmod.RegisterWithGRPCCode(ModuleName, 3, codes.InvalidArgument, "invalid address")
	ErrUnauthorized       = errorsmod.RegisterWithGRPCCode(ModuleName, 4, codes.PermissionDenied, "only the members' vote may do this")
	ErrInvalidParams      = errorsmod.RegisterWithGRPCCode(ModuleName, 5, codes.InvalidArgument, "invalid parameters")
	ErrInvalidGenesis     = errorsmod.RegisterWithGRPCCode(ModuleName, 6, codes.InvalidArgument, "invalid genesis state")
	ErrInvariant          = errorsmod.RegisterWithGRPCCode(ModuleName, 7, codes.Internal, "state that cannot be")
	ErrInvalidKey         = errorsmod.RegisterWithGRPCCode(ModuleName, 8, codes.InvalidArgument, "invalid key")
	ErrInvalidHash        = errorsmod.RegisterWithGRPCCode(ModuleName, 9, codes.InvalidArgument, "invalid hash")
	ErrInvalidNonce       = errorsmod.RegisterWithGRPCCode(ModuleName, 10, codes.InvalidArgument, "invalid nonce")
	ErrNoEpoch            = errorsmod.RegisterWithGRPCCode(ModuleName, 11, codes.FailedPrecondition, "no key is adopted")
	ErrWrongEpoch         = errorsmod.RegisterWithGRPCCode(ModuleName, 12, codes.FailedPrecondition, "not the last key epoch")
	ErrKeyAdopted         = errorsmod.RegisterWithGRPCCode(ModuleName, 13, codes.AlreadyExists, "the key is adopted already")
	ErrNotServing         = errorsmod.RegisterWithGRPCCode(ModuleName, 14, codes.FailedPrecondition, "no committee serves the key")
	ErrWrongPurpose       = errorsmod.RegisterWithGRPCCode(ModuleName, 15, codes.FailedPrecondition, "the committee is for another purpose")
	ErrCount              = errorsmod.RegisterWithGRPCCode(ModuleName, 16, codes.InvalidArgument, "count out of bounds")
	ErrRateLimited        = errorsmod.RegisterWithGRPCCode(ModuleName, 17, codes.ResourceExhausted, "the institution has used up its evaluations of this window")
	ErrDuplicate          = errorsmod.RegisterWithGRPCCode(ModuleName, 18, codes.AlreadyExists, "sent before")
	ErrUnknownEvaluation  = errorsmod.RegisterWithGRPCCode(ModuleName, 19, codes.NotFound, "unknown request")
	ErrUnknownMatch       = errorsmod.RegisterWithGRPCCode(ModuleName, 20, codes.NotFound, "unknown match")
	ErrSameInstitution    = errorsmod.RegisterWithGRPCCode(ModuleName, 21, codes.InvalidArgument, "client and server are one institution")
	ErrMatchLimited       = errorsmod.RegisterWithGRPCCode(ModuleName, 22, codes.ResourceExhausted, "the pair has used up its items of this window")
	ErrMatchStatus        = errorsmod.RegisterWithGRPCCode(ModuleName, 23, codes.FailedPrecondition, "the match is in another status")
	ErrMatchExpired       = errorsmod.RegisterWithGRPCCode(ModuleName, 24, codes.FailedPrecondition, "the match is over")
	ErrNotParty           = errorsmod.RegisterWithGRPCCode(ModuleName, 25, codes.PermissionDenied, "no part in it")
	ErrTranscriptRecorded = errorsmod.RegisterWithGRPCCode(ModuleName, 26, codes.AlreadyExists, "this side has recorded its transcript")
	ErrUnknownMigration   = errorsmod.RegisterWithGRPCCode(ModuleName, 27, codes.NotFound, "no migration under way")
	ErrMigrationDiffers   = errorsmod.RegisterWithGRPCCode(ModuleName, 28, codes.FailedPrecondition, "a migration to another pseudonym is under way")
	ErrAlreadyApproved    = errorsmod.RegisterWithGRPCCode(ModuleName, 29, codes.AlreadyExists, "approved already")
	ErrUnknownToApprover  = errorsmod.RegisterWithGRPCCode(ModuleName, 30, codes.PermissionDenied, "the institution does not know the subject")
	ErrInvalidLink        = errorsmod.RegisterWithGRPCCode(ModuleName, 31, codes.InvalidArgument, "invalid link")
)
