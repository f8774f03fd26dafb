package types

import (
	"google.golang.org/grpc/codes"

	errorsmod "cosmossdk.io/errors"
)

// Errors of the module. Codes are part of the API and are never reused; 0 and 1 are reserved by the SDK. The gRPC code
// decides the HTTP status over REST.
var (
	ErrUnauthorized     = errorsmod.RegisterWithGRPCCode(ModuleName, 2, codes.PermissionDenied, "unauthorized")
	ErrInvalidAddress   = errorsmod.RegisterWithGRPCCode(ModuleName, 3, codes.InvalidArgument, "invalid address")
	ErrInvalidField     = errorsmod.RegisterWithGRPCCode(ModuleName, 4, codes.InvalidArgument, "invalid field")
	ErrInvalidParams    = errorsmod.RegisterWithGRPCCode(ModuleName, 5, codes.InvalidArgument, "invalid parameters")
	ErrInvalidGenesis   = errorsmod.RegisterWithGRPCCode(ModuleName, 6, codes.InvalidArgument, "invalid genesis")
	ErrUnknownCommittee = errorsmod.RegisterWithGRPCCode(ModuleName, 7, codes.NotFound, "unknown committee")
	ErrNoCommittee      = errorsmod.RegisterWithGRPCCode(ModuleName, 8, codes.FailedPrecondition, "no committee is active")
	ErrNotMember        = errorsmod.RegisterWithGRPCCode(ModuleName, 9, codes.PermissionDenied, "not a member of the committee")
	ErrWrongPhase       = errorsmod.RegisterWithGRPCCode(ModuleName, 10, codes.FailedPrecondition, "the committee is in another phase")
	ErrDoneBefore       = errorsmod.RegisterWithGRPCCode(ModuleName, 11, codes.AlreadyExists, "was done before")
	ErrInvalidKey       = errorsmod.RegisterWithGRPCCode(ModuleName, 12, codes.InvalidArgument, "invalid transport key")
	ErrInvalidDealing   = errorsmod.RegisterWithGRPCCode(ModuleName, 13, codes.InvalidArgument, "invalid dealing")
	ErrInvalidComplaint = errorsmod.RegisterWithGRPCCode(ModuleName, 14, codes.InvalidArgument, "invalid complaint")
	ErrInvalidCohort    = errorsmod.RegisterWithGRPCCode(ModuleName, 15, codes.InvalidArgument, "invalid cohort")
	ErrForming          = errorsmod.RegisterWithGRPCCode(ModuleName, 16, codes.FailedPrecondition, "a committee is being formed")
	ErrNoVault          = errorsmod.RegisterWithGRPCCode(ModuleName, 17, codes.FailedPrecondition, "institution has no vault")
	ErrNotEnlisted      = errorsmod.RegisterWithGRPCCode(ModuleName, 18, codes.NotFound, "institution is not enlisted")
	ErrEnlisted         = errorsmod.RegisterWithGRPCCode(ModuleName, 19, codes.AlreadyExists, "institution is enlisted")
	ErrFull             = errorsmod.RegisterWithGRPCCode(ModuleName, 20, codes.ResourceExhausted, "no more institutions can enlist")
	ErrBroken           = errorsmod.RegisterWithGRPCCode(ModuleName, 21, codes.Internal, "state of committees is broken")
)
