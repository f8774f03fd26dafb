package exchange

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"

	"github.com/creditd/creditd/vault/blinded"
	"github.com/creditd/creditd/vault/types"
)

const (
	maxStreamsPerConnection = 64
	// streamWorkers answer one order after the other on stacks that have grown as far as SQLite needs; what is more gets one of its own.
	streamWorkers     = 8
	requestTimeout    = 30 * time.Second
	defaultGrace      = 10 * time.Second
	readinessInterval = 5 * time.Second
	maxConnectionAge  = 5 * time.Minute

	// ServiceName under which health checks ask for the exchange; "" is the process.
	ServiceName = "creditd.vault.v1.Exchange"
)

// ServeOptions of Serve.
type ServeOptions struct {
	Codec encoding.Codec // client.NewCodec().GRPCCodec()
	// PlainText instead of TLS, on a loopback address alone: for tests.
	PlainText bool
	// Ready says whether the vault can answer: its node and its store do. It is asked again and again.
	Ready func(ctx context.Context) error
	// Readiness is told of every change; it may be nil.
	Readiness func(error)
	// Grace is how long calls in flight may go on when ctx ends; 10 seconds if zero.
	Grace time.Duration
	// Options are further ones of the server, for instance interceptors that count.
	Options []grpc.ServerOption
	// Register adds services beside the exchange, on the same connections; it may be nil. They ask PeerAccount who calls.
	Register func(grpc.ServiceRegistrar)
}

// Serve answers on a listener until ctx ends, then lets the calls in flight finish.
func Serve(ctx context.Context, listener net.Listener, server *Server, options ServeOptions) error {
	creds := serverCredentials(server.identity, server.config.Chain)
	if options.PlainText {
		if !isLoopback(listener.Addr().String()) {
			return fmt.Errorf("plain text on %s: use it on a loopback address alone, for tests", listener.Addr())
		}
		creds = insecure.NewCredentials()
	}
	rpc := grpc.NewServer(append([]grpc.ServerOption{
		grpc.Creds(creds),
		grpc.ForceServerCodec(options.Codec),
		grpc.MaxRecvMsgSize(max(maxOrderBytes+maxSignatureBytes+64, blinded.MaxMessage)),
		grpc.MaxConcurrentStreams(maxStreamsPerConnection),
		grpc.NumStreamWorkers(streamWorkers),
		grpc.ConnectionTimeout(requestTimeout),
		grpc.KeepaliveParams(keepalive.ServerParameters{
			MaxConnectionIdle: maxConnectionAge, Time: time.Minute,
			// A reader that takes its time holds an answer in memory no longer than this.
			MaxConnectionAge: maxConnectionAge, MaxConnectionAgeGrace: requestTimeout,
		}),
		grpc.StreamInterceptor(withTimeout),
	}, options.Options...)...)
	types.RegisterExchangeServer(rpc, server)
	if options.Register != nil {
		options.Register(rpc)
	}
	status := health.NewServer()
	healthpb.RegisterHealthServer(rpc, status)

	serving := make(chan error, 1)
	go func() {
		err := rpc.Serve(listener)
		if errors.Is(err, grpc.ErrServerStopped) { // ended before it began
			err = nil
		}
		serving <- err
	}()
	stop, cancel := context.WithCancel(ctx)
	defer cancel()
	go watch(stop, status, options)
	select {
	case err := <-serving:
		return err
	case <-ctx.Done():
	}
	status.Shutdown()
	finished := make(chan struct{})
	go func() { rpc.GracefulStop(); close(finished) }()
	grace := time.NewTimer(cmp.Or(options.Grace, defaultGrace))
	defer grace.Stop()
	select {
	case <-finished:
	case <-grace.C:
		rpc.Stop()
	}
	return <-serving
}

// watch keeps the health service true.
func watch(ctx context.Context, status *health.Server, options ServeOptions) {
	again := time.NewTicker(readinessInterval)
	defer again.Stop()
	for first, was := true, error(nil); ; first = false {
		err := options.Ready(ctx)
		if ctx.Err() != nil {
			return
		}
		state := healthpb.HealthCheckResponse_SERVING
		if err != nil {
			state = healthpb.HealthCheckResponse_NOT_SERVING
		}
		status.SetServingStatus(ServiceName, state)
		if options.Readiness != nil && (first || (err == nil) != (was == nil)) {
			options.Readiness(err)
		}
		was = err
		select {
		case <-again.C:
		case <-ctx.Done():
			return
		}
	}
}

// withTimeout bounds what an answer may take of the chain and the store. Health watches are meant to last.
func withTimeout(service any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	if info.FullMethod == "/"+healthpb.Health_ServiceDesc.ServiceName+"/Watch" {
		return handler(service, stream)
	}
	ctx, cancel := context.WithTimeout(stream.Context(), requestTimeout)
	defer cancel()
	return handler(service, timedStream{stream, ctx})
}

type timedStream struct {
	grpc.ServerStream
	ctx context.Context
}

func (s timedStream) Context() context.Context { return s.ctx }
