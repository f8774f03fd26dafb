package api

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/runtime"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	errorsmod "cosmossdk.io/errors"
)

// Envelope is the body of every REST error.
type Envelope struct {
	// Code of the error within its codespace.
	Code uint32 `json:"code"`
	// Codespace that registered the error: a module's name, "sdk", "api", or "grpc" where the code is a gRPC code.
	Codespace string `json:"codespace"`
	// Name of the error, stable: what programs compare.
	Name string `json:"name"`
	// Message for people; its words may change.
	Message string `json:"message"`
	// Hint is the next step.
	Hint string `json:"hint"`
}

// Failure is an error with what a client is told of it. It is a gRPC status with google.rpc.ErrorInfo too.
type Failure struct {
	Envelope
	grpc  codes.Code
	cause error
}

// Keys of the metadata of google.rpc.ErrorInfo, whose reason is the name and whose domain is the codespace.
const (
	infoCode = "code"
	infoHint = "hint"
)

func failed(root *errorsmod.Error, cause error) *Failure {
	f := &Failure{
		Envelope: Envelope{Code: root.ABCICode(), Codespace: root.Codespace(), Message: cause.Error()},
		grpc:     codeOf(root), cause: cause,
	}
	f.Name = nameOf(root)
	f.Hint = hintOf(f.Codespace, f.Name, f.grpc)
	return f
}

// fromStatus keeps what another node of ours said, and names a bare status after its code.
func fromStatus(s *status.Status, cause error) *Failure {
	f := &Failure{
		Envelope: Envelope{Code: uint32(s.Code()), Codespace: grpcCodespace, Name: nameOfCode(s.Code()), Message: s.Message()},
		grpc:     s.Code(), cause: cause,
	}
	if f.grpc == codes.Unknown {
		// Whoever gives a status this code has looked at the error and found no class: Simulate does with what a message answers.
		f.grpc = codes.FailedPrecondition
	}
	for _, detail := range s.Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok && info.Metadata[infoHint] != "" {
			f.Name, f.Codespace, f.Hint = info.Reason, info.Domain, info.Metadata[infoHint]
			if code, err := strconv.ParseUint(info.Metadata[infoCode], 10, 32); err == nil {
				f.Code = uint32(code)
			}
			return f
		}
	}
	f.Hint = hintOf(f.Codespace, f.Name, f.grpc)
	return f
}

func (f *Failure) Error() string { return f.Message }

// Unwrap gives the error that a module returned.
func (f *Failure) Unwrap() error { return f.cause }

// GRPCStatus makes gRPC send the details.
func (f *Failure) GRPCStatus() *status.Status {
	s := status.New(f.grpc, f.Message)
	detailed, err := s.WithDetails(&errdetails.ErrorInfo{
		Reason: f.Name, Domain: f.Codespace,
		Metadata: map[string]string{infoCode: strconv.FormatUint(uint64(f.Code), 10), infoHint: f.Hint},
	})
	if err != nil { // a message that protobuf cannot hold: not UTF-8
		return s
	}
	return detailed
}

// HTTPStatus of the answer. What its own codes say better than those of gRPC is said by them.
func (f *Failure) HTTPStatus() int {
	if f.Codespace == Codespace {
		switch f.Code {
		case ErrMethodNotAllowed.ABCICode():
			return http.StatusMethodNotAllowed
		case ErrBodyTooLarge.ABCICode():
			return http.StatusRequestEntityTooLarge
		case ErrHeightPruned.ABCICode():
			return http.StatusGone
		}
	}
	return runtime.HTTPStatusFromCode(f.grpc)
}

// nameOf a registered error; one that the table does not know is named by its number.
func nameOf(root *errorsmod.Error) string {
	if entry, ok := registered()[key{root.Codespace(), root.ABCICode()}]; ok {
		return entry.Name
	}
	return strings.ToUpper(root.Codespace()) + "_" + strconv.FormatUint(uint64(root.ABCICode()), 10)
}

// nameOfCode is the name that gRPC's specification gives a code.
func nameOfCode(code codes.Code) string {
	var name strings.Builder
	for i, r := range code.String() {
		if i > 0 && r >= 'A' && r <= 'Z' && code != codes.OK {
			name.WriteByte('_')
		}
		name.WriteRune(r)
	}
	return strings.ToUpper(name.String())
}

// Describe says how a registered error is answered. Its name and hint are those of the table that was compiled in.
func Describe(root *errorsmod.Error) *Failure { return failed(root, root) }

// GRPCCode of the answer.
func (f *Failure) GRPCCode() codes.Code { return f.grpc }
