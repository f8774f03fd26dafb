package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	gateway "github.com/cosmos/gogogateway"
	"github.com/golang/protobuf/proto" //nolint:staticcheck // the gateway's interface
	"github.com/grpc-ecosystem/grpc-gateway/runtime"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	grpctypes "github.com/cosmos/cosmos-sdk/types/grpc"
)

// newGateway translates REST to queries, as the SDK's own does, with our errors and caching.
func newGateway(registry codectypes.InterfaceRegistry, cache *cache) *runtime.ServeMux {
	return runtime.NewServeMux(
		runtime.WithMarshalerOption(runtime.MIMEWildcard, &gateway.JSONPb{EmitDefaults: true, OrigName: true, AnyResolver: registry}),
		runtime.WithProtoErrorHandler(writeGatewayError),
		runtime.WithIncomingHeaderMatcher(incomingHeader),
		runtime.WithForwardResponseOption(func(ctx context.Context, w http.ResponseWriter, _ proto.Message) error {
			height := answeredHeight(ctx)
			if height != "" {
				w.Header().Set(grpctypes.GRPCBlockHeightHeader, height)
			}
			cache.mark(ctx, w.Header(), height)
			return nil
		}),
		// A GET in the clothes of a POST (X-HTTP-Method-Override) is what only this switch forbids.
		runtime.WithDisablePathLengthFallback(),
	)
}

func incomingHeader(name string) (string, bool) {
	if strings.EqualFold(name, grpctypes.GRPCBlockHeightHeader) {
		return grpctypes.GRPCBlockHeightHeader, true
	}
	return runtime.DefaultHeaderMatcher(name)
}

func answeredHeight(ctx context.Context) string {
	md, ok := runtime.ServerMetadataFromContext(ctx)
	if !ok {
		return ""
	}
	if values := md.HeaderMD.Get(grpctypes.GRPCBlockHeightHeader); len(values) == 1 {
		return values[0]
	}
	return ""
}

// writeGatewayError is for what a query and what the gateway itself refuse.
func writeGatewayError(ctx context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, err error) {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, runtime.ErrUnknownURI):
		writeUnknown(w, r)
		return
	case errors.As(err, &tooLarge), strings.Contains(err.Error(), "http: request body too large"):
		err = ErrBodyTooLarge.Wrap("body")
	}
	if height := answeredHeight(ctx); height != "" {
		w.Header().Set(grpctypes.GRPCBlockHeightHeader, height)
	}
	WriteError(w, err)
}

func writeUnknown(w http.ResponseWriter, r *http.Request) {
	if allowed := methodsOf(r.URL.Path); len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		WriteError(w, ErrMethodNotAllowed.Wrapf("%s on %s", shortened(r.Method), shortened(r.URL.Path)))
		return
	}
	WriteError(w, ErrUnknownPath.Wrap(shortened(r.URL.Path)))
}

// WriteError answers with the envelope of an error. Nothing about an error may be kept by a cache.
func WriteError(w http.ResponseWriter, err error) {
	failure := classify(err)
	body, bad := json.Marshal(failure.Envelope)
	if bad != nil { // strings and a number
		body = []byte(`{}`)
	}
	h := w.Header()
	h.Del("ETag")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "application/json")
	w.WriteHeader(failure.HTTPStatus())
	_, _ = w.Write(body) // a client that hung up
}
