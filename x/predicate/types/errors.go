package types

import (
	"google.golang.org/grpc/codes"

	errorsmod "cosmossdk.io/errors"
)

// Errors of the module. Codes are part of its interface: they are never reused or renumbered. The gRPC code
// decides the HTTP status over REST.
var (
	ErrInvalidID      = errorsmod.RegisterWithGRPCCode(ModuleName, 2, codes.InvalidArgument, "invalid id")
	ErrInvalidAddress = errorsmod.RegisterWithGRPCCode(ModuleName, 3, codes.InvalidArgument, "invalid address")
	ErrUnauthorized   = errorsmod.RegisterWithGRPCCode(ModuleName, 4, codes.PermissionDenied, "unauthorized")
	ErrInvalidParams  = errorsmod.RegisterWithGRPCCode(ModuleName, 5, codes.InvalidArgument, "invalid parameters")
	ErrInvalidGenesis = errorsmod.RegisterWithGRPCCode(ModuleName, 6, codes.InvalidArgument, "invalid genesis")
	ErrInvariant      = errorsmod.RegisterWithGRPCCode(ModuleName, 7, codes.Internal, "invariant broken")

	ErrInvalidSetup     = errorsmod.RegisterWithGRPCCode(ModuleName, 10, codes.InvalidArgument, "invalid setup")
	ErrNoSetup          = errorsmod.RegisterWithGRPCCode(ModuleName, 11, codes.FailedPrecondition, "no setup is agreed")
	ErrOtherSetup       = errorsmod.RegisterWithGRPCCode(ModuleName, 12, codes.FailedPrecondition, "key of another setup than the one agreed")
	ErrInvalidCircuit   = errorsmod.RegisterWithGRPCCode(ModuleName, 13, codes.InvalidArgument, "invalid circuit")
	ErrUnknownCircuit   = errorsmod.RegisterWithGRPCCode(ModuleName, 14, codes.NotFound, "unknown circuit")
	ErrCircuitVersion   = errorsmod.RegisterWithGRPCCode(ModuleName, 15, codes.FailedPrecondition, "not the next version of the circuit")
	ErrCircuitRetired   = errorsmod.RegisterWithGRPCCode(ModuleName, 16, codes.FailedPrecondition, "circuit is retired")
	ErrTooManyCircuits  = errorsmod.RegisterWithGRPCCode(ModuleName, 17, codes.ResourceExhausted, "too many circuits")
	ErrInvalidPredicate = errorsmod.RegisterWithGRPCCode(ModuleName, 20, codes.InvalidArgument, "invalid predicate")
	ErrNotDataUser      = errorsmod.RegisterWithGRPCCode(ModuleName, 21, codes.PermissionDenied, "not the data user of the inquiry")
	ErrAsked            = errorsmod.RegisterWithGRPCCode(ModuleName, 22, codes.AlreadyExists, "inquiry has asked")
	ErrUnasked          = errorsmod.RegisterWithGRPCCode(ModuleName, 23, codes.NotFound, "predicate was not asked")
	ErrOutOfScope       = errorsmod.RegisterWithGRPCCode(ModuleName, 24, codes.PermissionDenied, "outside the scope of the inquiry")
	ErrBudgetSpent      = errorsmod.RegisterWithGRPCCode(ModuleName, 25, codes.ResourceExhausted, "budget of questions about the field is spent")
	ErrAnswered         = errorsmod.RegisterWithGRPCCode(ModuleName, 30, codes.AlreadyExists, "predicate is answered")
	ErrNotProver        = errorsmod.RegisterWithGRPCCode(ModuleName, 31, codes.PermissionDenied, "may not prove about the subject")
	ErrInvalidProof     = errorsmod.RegisterWithGRPCCode(ModuleName, 32, codes.InvalidArgument, "proof does not hold")
	ErrMalformed        = errorsmod.RegisterWithGRPCCode(ModuleName, 33, codes.InvalidArgument, "malformed message of a proof")
	ErrOtherAttestation = errorsmod.RegisterWithGRPCCode(ModuleName, 34, codes.InvalidArgument, "attestation is not what was asked about")
	ErrUnknownRoot      = errorsmod.RegisterWithGRPCCode(ModuleName, 35, codes.FailedPrecondition, "root is not accepted")
	ErrOtherSession     = errorsmod.RegisterWithGRPCCode(ModuleName, 36, codes.FailedPrecondition, "another session than that of the inquiry")
	ErrNullifierUsed    = errorsmod.RegisterWithGRPCCode(ModuleName, 37, codes.AlreadyExists, "nullifier was used")
	ErrBlockFull        = errorsmod.RegisterWithGRPCCode(ModuleName, 38, codes.ResourceExhausted, "proofs of this block are used up")
	ErrTooManyRecords   = errorsmod.RegisterWithGRPCCode(ModuleName, 39, codes.FailedPrecondition, "too many records to add up")
	ErrSignature        = errorsmod.RegisterWithGRPCCode(ModuleName, 40, codes.PermissionDenied, "signature of the proof")
	ErrDeadline         = errorsmod.RegisterWithGRPCCode(ModuleName, 41, codes.FailedPrecondition, "deadline of the proof")
	ErrListed           = errorsmod.RegisterWithGRPCCode(ModuleName, 50, codes.AlreadyExists, "attestation is listed")
	ErrNotListed        = errorsmod.RegisterWithGRPCCode(ModuleName, 51, codes.NotFound, "attestation is not listed")
	ErrNotListable      = errorsmod.RegisterWithGRPCCode(ModuleName, 52, codes.FailedPrecondition, "attestation cannot be listed")
	ErrTreeFull         = errorsmod.RegisterWithGRPCCode(ModuleName, 53, codes.ResourceExhausted, "tree is full")
)
