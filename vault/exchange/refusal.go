package exchange

import (
	"fmt"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Reason names a refusal. It travels as the reason of a google.rpc.ErrorInfo, so that programs need not read
// the message.
type Reason string

// errorDomain of the ErrorInfo.
const errorDomain = "vault.creditd"

// The refusals.
const (
	Malformed          Reason = "MALFORMED"
	WrongChain         Reason = "WRONG_CHAIN"
	WrongFurnisher     Reason = "WRONG_FURNISHER"
	StaleOrder         Reason = "STALE_ORDER"
	UnknownRequester   Reason = "UNKNOWN_REQUESTER"
	BadSignature       Reason = "BAD_SIGNATURE"
	Replayed           Reason = "REPLAYED"
	UnknownInquiry     Reason = "UNKNOWN_INQUIRY"
	OtherDataUser      Reason = "OTHER_DATA_USER"
	InquiryClosed      Reason = "INQUIRY_CLOSED"
	InquiryPending     Reason = "INQUIRY_PENDING"
	InquiryExpired     Reason = "INQUIRY_EXPIRED"
	NotLicensed        Reason = "NOT_LICENSED"
	NoDataUserRole     Reason = "NO_DATA_USER_ROLE"
	NoEncryptionKey    Reason = "NO_ENCRYPTION_KEY"
	UnexpectedKey      Reason = "UNEXPECTED_KEY"
	NotController      Reason = "NOT_CONTROLLER"
	UnknownConsent     Reason = "UNKNOWN_CONSENT"
	ConsentMismatch    Reason = "CONSENT_MISMATCH"
	ConsentWithdrawn   Reason = "CONSENT_WITHDRAWN"
	ConsentExpired     Reason = "CONSENT_EXPIRED"
	ConsentNotYetValid Reason = "CONSENT_NOT_YET_VALID"
	ConsentQueryOnly   Reason = "CONSENT_QUERY_ONLY"
	ChainAway          Reason = "CHAIN_AWAY"
	StoreFailed        Reason = "STORE_FAILED"
	NoCertificate      Reason = "NO_CERTIFICATE"
	OtherPeer          Reason = "OTHER_PEER"
	RateLimited        Reason = "RATE_LIMITED"
	QuotaExhausted     Reason = "QUOTA_EXHAUSTED"
	Busy               Reason = "BUSY"
	TooLarge           Reason = "TOO_LARGE"
)

// refuse makes the gRPC status of a refusal. The message says what to do and names no person.
func refuse(code codes.Code, reason Reason, format string, args ...any) error {
	plain := status.New(code, fmt.Sprintf(format, args...))
	detailed, err := plain.WithDetails(&errdetails.ErrorInfo{Reason: string(reason), Domain: errorDomain})
	if err != nil {
		return plain.Err()
	}
	return detailed.Err()
}

// ReasonOf returns the reason of a refusal, or "" if err is none.
func ReasonOf(err error) Reason {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok && info.Domain == errorDomain {
			return Reason(info.Reason)
		}
	}
	return ""
}
