package api

import (
	"context"
	"errors"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
)

// Codespace of the errors below, which are the API's own: they say what is wrong with a request before a module sees it.
const Codespace = "api"

// Codes are part of the API and are never reused; 0 and 1 are reserved by the SDK.
var (
	ErrUnknownPath      = errorsmod.RegisterWithGRPCCode(Codespace, 2, codes.NotFound, "no such path")
	ErrMethodNotAllowed = errorsmod.RegisterWithGRPCCode(Codespace, 3, codes.Unimplemented, "method not allowed")
	ErrMalformed        = errorsmod.RegisterWithGRPCCode(Codespace, 4, codes.InvalidArgument, "malformed request")
	ErrBodyTooLarge     = errorsmod.RegisterWithGRPCCode(Codespace, 5, codes.InvalidArgument, "request too large")
	ErrTooManyRequests  = errorsmod.RegisterWithGRPCCode(Codespace, 6, codes.ResourceExhausted, "too many requests")
	ErrBusy             = errorsmod.RegisterWithGRPCCode(Codespace, 7, codes.Unavailable, "node is busy")
	ErrInvalidHeight    = errorsmod.RegisterWithGRPCCode(Codespace, 8, codes.InvalidArgument, "invalid height")
	ErrHeightAhead      = errorsmod.RegisterWithGRPCCode(Codespace, 9, codes.OutOfRange, "height is ahead of the chain")
	ErrHeightPruned     = errorsmod.RegisterWithGRPCCode(Codespace, 10, codes.NotFound, "height is pruned")
	ErrInvalidPage      = errorsmod.RegisterWithGRPCCode(Codespace, 11, codes.InvalidArgument, "invalid page")
	ErrPageTooFar       = errorsmod.RegisterWithGRPCCode(Codespace, 12, codes.OutOfRange, "page offset too far")
	ErrTooExpensive     = errorsmod.RegisterWithGRPCCode(Codespace, 13, codes.ResourceExhausted, "query too expensive")
	ErrNotFound         = errorsmod.RegisterWithGRPCCode(Codespace, 14, codes.NotFound, "not found")
	ErrInternal         = errorsmod.RegisterWithGRPCCode(Codespace, 15, codes.Internal, "internal error")
	ErrMalformedAddress = errorsmod.RegisterWithGRPCCode(Codespace, 16, codes.InvalidArgument, "malformed address")
	ErrCancelled        = errorsmod.RegisterWithGRPCCode(Codespace, 17, codes.Canceled, "cancelled by the client")
	ErrTimeout          = errorsmod.RegisterWithGRPCCode(Codespace, 18, codes.DeadlineExceeded, "took too long")
	ErrNotReady         = errorsmod.RegisterWithGRPCCode(Codespace, 19, codes.Unavailable, "node is not ready")
	ErrOriginNotAllowed = errorsmod.RegisterWithGRPCCode(Codespace, 20, codes.PermissionDenied, "origin not allowed")
	ErrNotServed        = errorsmod.RegisterWithGRPCCode(Codespace, 21, codes.Unimplemented, "not served by this node")
)

// grpcCodespace is that of errors which are nothing but a gRPC status; their code is the gRPC code.
const grpcCodespace = "grpc"

// sdkCodes are the gRPC codes of the SDK's root errors, which it registers without. What is not listed is the request's
// fault: a query changes nothing, so it fails on what it was asked or on the node itself.
var sdkCodes = map[*errorsmod.Error]codes.Code{
	sdkerrors.ErrUnauthorized:   codes.PermissionDenied,
	sdkerrors.ErrUnknownAddress: codes.NotFound,
	sdkerrors.ErrOutOfGas:       codes.ResourceExhausted,
	sdkerrors.ErrKeyNotFound:    codes.NotFound,
	sdkerrors.ErrNotFound:       codes.NotFound,
	sdkerrors.ErrMempoolIsFull:  codes.Unavailable,
	sdkerrors.ErrNotSupported:   codes.Unimplemented,
	sdkerrors.ErrLogic:          codes.Internal,
	sdkerrors.ErrIO:             codes.Internal,
	sdkerrors.ErrAppConfig:      codes.Internal,
	sdkerrors.ErrPackAny:        codes.Internal,
	sdkerrors.ErrPanic:          codes.Internal,
	sdkerrors.ErrConflict:       codes.Aborted,
	sdkerrors.ErrUnknownRequest: codes.InvalidArgument,
}

// classify says of any error what a client is told.
func classify(err error) *Failure {
	var failure *Failure
	if errors.As(err, &failure) {
		return failure
	}
	var root *errorsmod.Error
	if errors.As(err, &root) {
		if isTooExpensive(root) {
			return failed(ErrTooExpensive, err)
		}
		return failed(root, err)
	}
	if s, ok := status.FromError(err); ok {
		if s.Code() == codes.Internal && strings.HasPrefix(s.Message(), collections.ErrNotFound.Error()) { // x/feegrant
			return failed(ErrNotFound, err)
		}
		return fromStatus(s, err)
	}
	switch {
	case errors.Is(err, collections.ErrNotFound):
		return failed(ErrNotFound, err)
	case errors.Is(err, collections.ErrEncoding), isInputError(err):
		return failed(ErrMalformed, err)
	case errors.Is(err, context.Canceled):
		return failed(ErrCancelled, err)
	case errors.Is(err, context.DeadlineExceeded):
		return failed(ErrTimeout, err)
	}
	return failed(ErrInternal, err)
}

// isTooExpensive is true for what runs out of a query's gas: no transaction is executed here that could.
func isTooExpensive(root *errorsmod.Error) bool { return root == sdkerrors.ErrOutOfGas }

// codeOf a registered error.
func codeOf(root *errorsmod.Error) codes.Code {
	if code := root.GRPCStatus().Code(); code != codes.Unknown {
		return code
	}
	if code, ok := sdkCodes[root]; ok {
		return code
	}
	if root.Codespace() == errorsmod.UndefinedCodespace {
		return codes.Internal
	}
	return codes.InvalidArgument
}

// inputErrors are how errors begin that the SDK makes of a client's input without registering them.
var inputErrors = []string{
	"decoding bech32 failed", "invalid Bech32 prefix", "invalid bech32", "empty address string is not allowed",
	"invalid address", "invalid denom", "invalid request", "unknown message type", "unable to resolve type URL", "unsupported return type",
}

func isInputError(err error) bool {
	text := err.Error()
	for _, start := range inputErrors {
		if strings.HasPrefix(text, start) {
			return true
		}
	}
	return false
}
