package types

import (
	"google.golang.org/grpc/codes"

	errorsmod "cosmossdk.io/errors"
)

// Errors of the module. Codes are part of its interface: they are never reused or renumbered. The gRPC code
// decides the HTTP status over REST.
var (
	ErrInvalidID          = errorsmod.RegisterWithGRPCCode(ModuleName, 2, codes.InvalidArgument, "invalid id")
	ErrInvalidAddress     = errorsmod.RegisterWithGRPCCode(ModuleName, 3, codes.InvalidArgument, "invalid address")
	ErrUnauthorized       = errorsmod.RegisterWithGRPCCode(ModuleName, 4, codes.PermissionDenied, "unauthorized")
	ErrInvalidParams      = errorsmod.RegisterWithGRPCCode(ModuleName, 5, codes.InvalidArgument, "invalid parameters")
	ErrInvalidGenesis     = errorsmod.RegisterWithGRPCCode(ModuleName, 6, codes.InvalidArgument, "invalid genesis")
	ErrInvalidSchema      = errorsmod.RegisterWithGRPCCode(ModuleName, 7, codes.InvalidArgument, "invalid schema")
	ErrSchemaExists       = errorsmod.RegisterWithGRPCCode(ModuleName, 8, codes.AlreadyExists, "schema exists")
	ErrUnknownSchema      = errorsmod.RegisterWithGRPCCode(ModuleName, 9, codes.NotFound, "unknown schema")
	ErrInvalidStatement   = errorsmod.RegisterWithGRPCCode(ModuleName, 10, codes.InvalidArgument, "invalid statement")
	ErrBatchSize          = errorsmod.RegisterWithGRPCCode(ModuleName, 11, codes.InvalidArgument, "invalid batch size")
	ErrDuplicate          = errorsmod.RegisterWithGRPCCode(ModuleName, 12, codes.AlreadyExists, "attestation exists")
	ErrUnknownAttestation = errorsmod.RegisterWithGRPCCode(ModuleName, 13, codes.NotFound, "unknown attestation")
	ErrNotIssuer          = errorsmod.RegisterWithGRPCCode(ModuleName, 14, codes.PermissionDenied, "not the issuer")
	ErrNotActive          = errorsmod.RegisterWithGRPCCode(ModuleName, 15, codes.FailedPrecondition, "attestation is not active")
	ErrNotRevocable       = errorsmod.RegisterWithGRPCCode(ModuleName, 16, codes.FailedPrecondition, "schema is not revocable")
	ErrInvalidReason      = errorsmod.RegisterWithGRPCCode(ModuleName, 17, codes.InvalidArgument, "invalid reason")
	ErrInvalidSupersede   = errorsmod.RegisterWithGRPCCode(ModuleName, 18, codes.FailedPrecondition, "attestation cannot replace the other")
	ErrInvariant          = errorsmod.RegisterWithGRPCCode(ModuleName, 19, codes.Internal, "invariant broken")
)
