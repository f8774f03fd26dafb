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
	ErrBatchSize      = errorsmod.RegisterWithGRPCCode(ModuleName, 8, codes.InvalidArgument, "invalid batch size")
	ErrBatchDuplicate = errorsmod.RegisterWithGRPCCode(ModuleName, 9, codes.InvalidArgument, "twice in one batch")
	ErrInvalidNonce   = errorsmod.RegisterWithGRPCCode(ModuleName, 10, codes.InvalidArgument, "invalid nonce")

	ErrUnknownSubject     = errorsmod.RegisterWithGRPCCode(ModuleName, 20, codes.NotFound, "unknown subject")
	ErrInvalidSubjectKind = errorsmod.RegisterWithGRPCCode(ModuleName, 21, codes.InvalidArgument, "invalid subject kind")
	ErrNotEnroller        = errorsmod.RegisterWithGRPCCode(ModuleName, 22, codes.PermissionDenied, "not the institution that enrolled the subject")
	ErrAlreadyControlled  = errorsmod.RegisterWithGRPCCode(ModuleName, 23, codes.FailedPrecondition, "subject has a controller")
	ErrInvalidController  = errorsmod.RegisterWithGRPCCode(ModuleName, 24, codes.InvalidArgument, "invalid controller")
	ErrNotOffered         = errorsmod.RegisterWithGRPCCode(ModuleName, 25, codes.PermissionDenied, "control is not offered to the account")
	ErrNotController      = errorsmod.RegisterWithGRPCCode(ModuleName, 26, codes.PermissionDenied, "not the controller of the subject")

	ErrInvalidReport    = errorsmod.RegisterWithGRPCCode(ModuleName, 30, codes.InvalidArgument, "invalid report")
	ErrAlreadyFurnished = errorsmod.RegisterWithGRPCCode(ModuleName, 31, codes.AlreadyExists, "already furnished")
	ErrTradelineExists  = errorsmod.RegisterWithGRPCCode(ModuleName, 32, codes.AlreadyExists, "tradeline exists in another version")
	ErrUnknownTradeline = errorsmod.RegisterWithGRPCCode(ModuleName, 33, codes.NotFound, "unknown tradeline")
	ErrInvalidReason    = errorsmod.RegisterWithGRPCCode(ModuleName, 34, codes.InvalidArgument, "invalid reason")
	ErrNotCorrectable   = errorsmod.RegisterWithGRPCCode(ModuleName, 35, codes.FailedPrecondition, "tradeline cannot be corrected")

	ErrInvalidConsent     = errorsmod.RegisterWithGRPCCode(ModuleName, 40, codes.InvalidArgument, "invalid consent")
	ErrDuplicateConsent   = errorsmod.RegisterWithGRPCCode(ModuleName, 41, codes.AlreadyExists, "consent exists")
	ErrUnknownConsent     = errorsmod.RegisterWithGRPCCode(ModuleName, 42, codes.NotFound, "unknown consent")
	ErrConsentNotLive     = errorsmod.RegisterWithGRPCCode(ModuleName, 43, codes.FailedPrecondition, "consent is not live")
	ErrUnknownSchema      = errorsmod.RegisterWithGRPCCode(ModuleName, 44, codes.NotFound, "unknown schema")
	ErrInvalidPurpose     = errorsmod.RegisterWithGRPCCode(ModuleName, 45, codes.InvalidArgument, "invalid purpose")
	ErrInvalidConsentMode = errorsmod.RegisterWithGRPCCode(ModuleName, 46, codes.InvalidArgument, "invalid consent mode")

	ErrNoConsent            = errorsmod.RegisterWithGRPCCode(ModuleName, 50, codes.PermissionDenied, "no consent")
	ErrConsentOtherGrantee  = errorsmod.RegisterWithGRPCCode(ModuleName, 51, codes.PermissionDenied, "consent is for another data user")
	ErrConsentOtherPurpose  = errorsmod.RegisterWithGRPCCode(ModuleName, 52, codes.PermissionDenied, "consent is for another purpose")
	ErrConsentNotYetValid   = errorsmod.RegisterWithGRPCCode(ModuleName, 53, codes.FailedPrecondition, "consent is not valid yet")
	ErrConsentExpired       = errorsmod.RegisterWithGRPCCode(ModuleName, 54, codes.FailedPrecondition, "consent is expired")
	ErrConsentWithdrawn     = errorsmod.RegisterWithGRPCCode(ModuleName, 55, codes.PermissionDenied, "consent is withdrawn")
	ErrConsentUsedUp        = errorsmod.RegisterWithGRPCCode(ModuleName, 56, codes.FailedPrecondition, "consent is used up")
	ErrConsentNotApplicable = errorsmod.RegisterWithGRPCCode(ModuleName, 57, codes.InvalidArgument, "purpose is exempt from consent")
	ErrDuplicateInquiry     = errorsmod.RegisterWithGRPCCode(ModuleName, 58, codes.AlreadyExists, "inquiry exists")

	ErrUnknownInquiry   = errorsmod.RegisterWithGRPCCode(ModuleName, 60, codes.NotFound, "unknown inquiry")
	ErrInquiryExpired   = errorsmod.RegisterWithGRPCCode(ModuleName, 61, codes.FailedPrecondition, "inquiry is expired")
	ErrNotParty         = errorsmod.RegisterWithGRPCCode(ModuleName, 62, codes.PermissionDenied, "institution has no part in the inquiry")
	ErrDuplicateReceipt = errorsmod.RegisterWithGRPCCode(ModuleName, 63, codes.AlreadyExists, "receipt exists")
	ErrInvalidReceipt   = errorsmod.RegisterWithGRPCCode(ModuleName, 64, codes.InvalidArgument, "invalid receipt")
)
