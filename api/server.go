// Package api is the node's REST, gRPC and gRPC-web interface to programs: the SDK's server with stable errors, bounds,
// caching by height, and a description that is made from the same proto as the code.
package api

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"

	gogogrpc "github.com/cosmos/gogoproto/grpc"

	"cosmossdk.io/log/v2"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/codec"
	sdkapi "github.com/cosmos/cosmos-sdk/server/api"
)

// Setup of a server.
type Setup struct {
	Chain    Chain
	Config   Config
	Logger   log.Logger
	Version  string                // of the program
	Docs     bool                  // serve /docs/
	Explorer http.Handler          // serves /ui/; nil where the operator does not want it
	Register func(gogogrpc.Server) // hands over the query services, with the application's own interceptors
	Routes   func(client.Context)  // registers the modules' REST routes with the server's gateway
}

// Install puts our gateway, checks and pages into the SDK's server, before it is started.
func Install(server *sdkapi.Server, setup Setup) error {
	ctx := server.ClientCtx
	services := NewServices(setup.Chain, setup.Config, setup.Register)
	conn, err := services.Dial(ctx.InterfaceRegistry, codec.NewProtoCodec(ctx.InterfaceRegistry).GRPCCodec())
	if err != nil {
		return fmt.Errorf("REST server: %w", err)
	}
	if provider := ctx.GRPCConnProvider; provider != nil { // other nodes answer for old heights
		ctx = ctx.WithGRPCConnProvider(client.NewGRPCConnProvider(conn, provider.HistoricalConns))
	}
	server.ClientCtx = ctx.WithGRPCClient(conn)

	cached := newCache(setup.Chain, services, ctx.ChainID, setup.Version)
	server.GRPCGatewayRouter = newGateway(ctx.InterfaceRegistry, cached)
	setup.Routes(server.ClientCtx)

	router := server.Router
	router.SkipClean(true) // a redirect to a cleaned path is no answer to a program
	router.NotFoundHandler = http.HandlerFunc(writeUnknown)
	router.MethodNotAllowedHandler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		WriteError(w, ErrMethodNotAllowed.Wrapf("%s on %s", shortened(r.Method), shortened(r.URL.Path)))
	})
	router.Use(func(next http.Handler) http.Handler {
		return recovered(setup.Logger, secured(cors(setup.Config.CORSOrigins, limit(setup.Config, cached.handler(next)))))
	})
	serveIndexer(router, setup.Config.Indexer, setup.Logger)
	serveExplorer(router, setup.Explorer, ctx.Client)
	first := welcome{ChainID: ctx.ChainID, Version: setup.Version, OpenAPI: specPath}
	if setup.Config.Indexer != "" {
		first.Indexer = indexerPath + "v1/"
	}
	serveWelcome(router, first, setup.Docs, setup.Explorer != nil)
	return serveDocs(router, setup.Docs)
}

// recovered answers a panic with an envelope. The SDK's server would with one of JSON-RPC.
func recovered(logger log.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(p)
			}
			// The path may name a person's pseudonym: it is not written.
			logger.Error("panic in the REST server", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			WriteError(w, ErrInternal.Wrap("panic"))
		}()
		next.ServeHTTP(w, r)
	})
}

// secured keeps a browser from taking JSON for a page, and pages of others from framing ours.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Frame-Options", "DENY")
		if !strings.HasPrefix(r.URL.Path, docsPath) && !strings.HasPrefix(r.URL.Path, explorerPath) {
			h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		}
		next.ServeHTTP(w, r)
	})
}
