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

	ErrSchemaDeprecated  = errorsmod.RegisterWithGRPCCode(ModuleName, 20, codes.FailedPrecondition, "schema is deprecated")
	ErrInvalidJSONSchema = errorsmod.RegisterWithGRPCCode(ModuleName, 21, codes.InvalidArgument, "invalid JSON schema")
	ErrUnknownResolver   = errorsmod.RegisterWithGRPCCode(ModuleName, 22, codes.NotFound, "unknown resolver")
	ErrRefused           = errorsmod.RegisterWithGRPCCode(ModuleName, 23, codes.FailedPrecondition, "refused by the schema's resolver")
	ErrNotSuspended      = errorsmod.RegisterWithGRPCCode(ModuleName, 24, codes.FailedPrecondition, "attestation is not suspended")
	ErrUnknownReference  = errorsmod.RegisterWithGRPCCode(ModuleName, 25, codes.NotFound, "referenced attestation is unknown")
	ErrNotValid          = errorsmod.RegisterWithGRPCCode(ModuleName, 26, codes.FailedPrecondition, "attestation is outside its validity")
	ErrNotStanding       = errorsmod.RegisterWithGRPCCode(ModuleName, 27, codes.FailedPrecondition, "issuer may state no longer")

	ErrUnknownAccreditation = errorsmod.RegisterWithGRPCCode(ModuleName, 30, codes.NotFound, "unknown accreditation")
	ErrInvalidAccreditation = errorsmod.RegisterWithGRPCCode(ModuleName, 31, codes.InvalidArgument, "invalid accreditation")
	ErrNotAccredited        = errorsmod.RegisterWithGRPCCode(ModuleName, 32, codes.PermissionDenied, "not accredited")
	ErrAccreditationExists  = errorsmod.RegisterWithGRPCCode(ModuleName, 33, codes.AlreadyExists, "accreditation exists")
	ErrAccreditationStatus  = errorsmod.RegisterWithGRPCCode(ModuleName, 34, codes.FailedPrecondition, "accreditation has another status")
	ErrTooDeep              = errorsmod.RegisterWithGRPCCode(ModuleName, 35, codes.FailedPrecondition, "accreditation tree is too deep")

	ErrUnknownAnchor = errorsmod.RegisterWithGRPCCode(ModuleName, 40, codes.NotFound, "unknown anchor")
	ErrInvalidAnchor = errorsmod.RegisterWithGRPCCode(ModuleName, 41, codes.InvalidArgument, "invalid anchor")
	ErrAnchorExists  = errorsmod.RegisterWithGRPCCode(ModuleName, 42, codes.AlreadyExists, "anchor exists")
	ErrInconsistent  = errorsmod.RegisterWithGRPCCode(ModuleName, 43, codes.InvalidArgument, "tree is no extension of the anchored one")

	ErrInvalidDelegation = errorsmod.RegisterWithGRPCCode(ModuleName, 50, codes.InvalidArgument, "invalid delegation")
	ErrDelegationExpired = errorsmod.RegisterWithGRPCCode(ModuleName, 51, codes.FailedPrecondition, "delegation is past its deadline")
	ErrNonceUsed         = errorsmod.RegisterWithGRPCCode(ModuleName, 52, codes.AlreadyExists, "nonce was used")
	ErrWrongSignature    = errorsmod.RegisterWithGRPCCode(ModuleName, 53, codes.PermissionDenied, "signature does not verify")

	ErrUnknownKey = errorsmod.RegisterWithGRPCCode(ModuleName, 60, codes.NotFound, "unknown credential key")
	ErrInvalidKey = errorsmod.RegisterWithGRPCCode(ModuleName, 61, codes.InvalidArgument, "invalid credential key")
	ErrKeyExists  = errorsmod.RegisterWithGRPCCode(ModuleName, 62, codes.AlreadyExists, "credential key exists")
	ErrKeyRetired = errorsmod.RegisterWithGRPCCode(ModuleName, 63, codes.FailedPrecondition, "credential key is retired")
)
