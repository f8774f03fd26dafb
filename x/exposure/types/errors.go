package types

import (
	"google.golang.org/grpc/codes"

	errorsmod "cosmossdk.io/errors"
)

// Errors of the module. Codes are part of the API and are never reused; 0 and 1 are reserved by the SDK. The gRPC code
// decides the HTTP status over REST.
var (
	ErrUnauthorized      = errorsmod.RegisterWithGRPCCode(ModuleName, 2, codes.PermissionDenied, "unauthorized")
	ErrInvalidAddress    = errorsmod.RegisterWithGRPCCode(ModuleName, 3, codes.InvalidArgument, "invalid address")
	ErrInvalidField      = errorsmod.RegisterWithGRPCCode(ModuleName, 4, codes.InvalidArgument, "invalid field")
	ErrInvalidParams     = errorsmod.RegisterWithGRPCCode(ModuleName, 5, codes.InvalidArgument, "invalid parameters")
	ErrInvalidGenesis    = errorsmod.RegisterWithGRPCCode(ModuleName, 6, codes.InvalidArgument, "invalid genesis")
	ErrUnknownRound      = errorsmod.RegisterWithGRPCCode(ModuleName, 7, codes.NotFound, "unknown round")
	ErrDuplicateRound    = errorsmod.RegisterWithGRPCCode(ModuleName, 8, codes.AlreadyExists, "round exists")
	ErrNotAsker          = errorsmod.RegisterWithGRPCCode(ModuleName, 9, codes.PermissionDenied, "not the data user of the inquiry")
	ErrInvalidKey        = errorsmod.RegisterWithGRPCCode(ModuleName, 10, codes.InvalidArgument, "invalid asker key")
	ErrTooFewMembers     = errorsmod.RegisterWithGRPCCode(ModuleName, 11, codes.FailedPrecondition, "too few members to hide any of them")
	ErrSecondOpening     = errorsmod.RegisterWithGRPCCode(ModuleName, 12, codes.FailedPrecondition, "opened before")
	ErrOverlap           = errorsmod.RegisterWithGRPCCode(ModuleName, 13, codes.FailedPrecondition, "cohort overlaps another")
	ErrTooManyRounds     = errorsmod.RegisterWithGRPCCode(ModuleName, 14, codes.ResourceExhausted, "too many rounds")
	ErrTooManyRecords    = errorsmod.RegisterWithGRPCCode(ModuleName, 15, codes.ResourceExhausted, "too many records")
	ErrNotMember         = errorsmod.RegisterWithGRPCCode(ModuleName, 16, codes.PermissionDenied, "not a member of the cohort")
	ErrWrongPhase        = errorsmod.RegisterWithGRPCCode(ModuleName, 17, codes.FailedPrecondition, "round is in another phase")
	ErrDoneBefore        = errorsmod.RegisterWithGRPCCode(ModuleName, 18, codes.AlreadyExists, "was done before")
	ErrInvalidSubmission = errorsmod.RegisterWithGRPCCode(ModuleName, 19, codes.InvalidArgument, "submission refused")
	ErrInvalidShare      = errorsmod.RegisterWithGRPCCode(ModuleName, 20, codes.InvalidArgument, "share refused")
	ErrTooManyWrong      = errorsmod.RegisterWithGRPCCode(ModuleName, 21, codes.FailedPrecondition, "too many wrong shares")
	ErrBroken            = errorsmod.RegisterWithGRPCCode(ModuleName, 22, codes.Internal, "state of rounds is broken")
)
