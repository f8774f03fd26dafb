package types

import (
	"google.golang.org/grpc/codes"

	errorsmod "cosmossdk.io/errors"
)

// Errors of the module. Codes are part of the API and are never reused; 0 and 1 are reserved by the SDK. The gRPC code
// decides the HTTP status over REST.
var (
	ErrUnknownInstitution = errorsmod.RegisterWithGRPCCode(ModuleName, 2, codes.NotFound, "unknown institution")
	ErrNotLicensed        = errorsmod.RegisterWithGRPCCode(ModuleName, 3, codes.PermissionDenied, "licence gives no rights")
	ErrWrongRole          = errorsmod.RegisterWithGRPCCode(ModuleName, 4, codes.PermissionDenied, "licence lacks the role")
	ErrUnauthorized       = errorsmod.RegisterWithGRPCCode(ModuleName, 5, codes.PermissionDenied, "unauthorized")
	ErrInvalidField       = errorsmod.RegisterWithGRPCCode(ModuleName, 6, codes.InvalidArgument, "invalid field")
	ErrInvalidAddress     = errorsmod.RegisterWithGRPCCode(ModuleName, 7, codes.InvalidArgument, "invalid address")
	ErrInstitutionExists  = errorsmod.RegisterWithGRPCCode(ModuleName, 8, codes.AlreadyExists, "institution exists")
	ErrLicenceNumberTaken = errorsmod.RegisterWithGRPCCode(ModuleName, 9, codes.AlreadyExists, "licence number taken")
	ErrWrongStatus        = errorsmod.RegisterWithGRPCCode(ModuleName, 10, codes.FailedPrecondition, "licence status does not allow this")
	ErrInvalidReason      = errorsmod.RegisterWithGRPCCode(ModuleName, 11, codes.InvalidArgument, "invalid reason")
	ErrInvalidConsensus   = errorsmod.RegisterWithGRPCCode(ModuleName, 12, codes.InvalidArgument, "invalid consensus key or power")
	ErrConsensusKeyUsed   = errorsmod.RegisterWithGRPCCode(ModuleName, 13, codes.AlreadyExists, "consensus key was used before")
	ErrNotValidator       = errorsmod.RegisterWithGRPCCode(ModuleName, 14, codes.NotFound, "institution is no validator")
	ErrNotJailed          = errorsmod.RegisterWithGRPCCode(ModuleName, 15, codes.FailedPrecondition, "validator is not jailed")
	ErrStillJailed        = errorsmod.RegisterWithGRPCCode(ModuleName, 16, codes.FailedPrecondition, "validator is still jailed")
	ErrTombstoned         = errorsmod.RegisterWithGRPCCode(ModuleName, 17, codes.FailedPrecondition, "consensus key is tombstoned")
	ErrLastValidator      = errorsmod.RegisterWithGRPCCode(ModuleName, 18, codes.FailedPrecondition, "no validator would be left")
	ErrInvalidParams      = errorsmod.RegisterWithGRPCCode(ModuleName, 19, codes.InvalidArgument, "invalid parameters")
	ErrUnknownChange      = errorsmod.RegisterWithGRPCCode(ModuleName, 20, codes.NotFound, "unknown scheduled change")
	ErrMessageTooLarge    = errorsmod.RegisterWithGRPCCode(ModuleName, 21, codes.InvalidArgument, "message too large")
	ErrUnroutable         = errorsmod.RegisterWithGRPCCode(ModuleName, 22, codes.Unimplemented, "no handler for the message")
	ErrChangeFailed       = errorsmod.RegisterWithGRPCCode(ModuleName, 23, codes.Aborted, "scheduled change failed")
	ErrInvalidGenesis     = errorsmod.RegisterWithGRPCCode(ModuleName, 24, codes.InvalidArgument, "invalid genesis")
	ErrInvalidRequest     = errorsmod.RegisterWithGRPCCode(ModuleName, 25, codes.InvalidArgument, "invalid request")
)
