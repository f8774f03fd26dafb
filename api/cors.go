package api

import (
	"net/http"
	"slices"
	"strings"
)

// Headers that a page may send, and read of the answer. The grpc ones are those of gRPC-web.
const (
	corsRequestHeaders = "Content-Type, X-Cosmos-Block-Height, If-None-Match, X-Grpc-Web, X-User-Agent, Grpc-Timeout"
	corsAnswerHeaders  = "ETag, X-Cosmos-Block-Height, Grpc-Metadata-X-Cosmos-Block-Height, Retry-After, Grpc-Status, Grpc-Message, Grpc-Status-Details-Bin"
)

// cors lets pages of the listed origins call, and no others: without the headers a browser keeps the answer from them.
func cors(origins []string, next http.Handler) http.Handler {
	if len(origins) == 0 {
		return next
	}
	allowed := make([]string, len(origins))
	for i, origin := range origins {
		allowed[i] = strings.TrimRight(origin, "/")
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Add("Vary", "Origin")
		origin := r.Header.Get("Origin")
		known := slices.Contains(allowed, origin)
		if known {
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Expose-Headers", corsAnswerHeaders)
		}
		if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
			next.ServeHTTP(w, r)
			return
		}
		if !known {
			WriteError(w, ErrOriginNotAllowed.Wrap(shortened(origin)))
			return
		}
		h.Set("Access-Control-Allow-Methods", "GET, POST")
		h.Set("Access-Control-Allow-Headers", corsRequestHeaders)
		h.Set("Access-Control-Max-Age", "600")
		w.WriteHeader(http.StatusNoContent)
	})
}
