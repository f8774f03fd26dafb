package api

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	gogogrpc "github.com/cosmos/gogoproto/grpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	grpctypes "github.com/cosmos/cosmos-sdk/types/grpc"
)

// Chain is what the API needs to know of the application.
type Chain interface {
	// LatestHeight that is committed; 0 before the first block.
	LatestHeight() int64
	// EarliestHeight whose state is kept.
	EarliestHeight() int64
	// AppHash after the latest block, and which that is.
	AppHash() (height int64, hash []byte)
}

// Services are all query services of the chain with the API's own checks around each method. gRPC, gRPC-web and REST
// go through the same ones, so that they answer alike.
type Services struct {
	chain    Chain
	requests *requests
	methods  map[string]method // by full name: /package.Service/Method
}

type method struct {
	handler grpc.MethodHandler
	server  any
}

// NewServices has none yet; register hands over those that the application has. Each is called as gRPC would.
func NewServices(chain Chain, cfg Config, register func(gogogrpc.Server)) *Services {
	s := &Services{chain: chain, requests: newRequests(cfg), methods: map[string]method{}}
	register(collector{s})
	return s
}

// collector keeps services for calls within the process.
type collector struct{ services *Services }

func (c collector) RegisterService(desc *grpc.ServiceDesc, server any) {
	for _, m := range desc.Methods {
		name := "/" + desc.ServiceName + "/" + m.MethodName
		c.services.methods[name] = method{c.services.guarded(name, m.Handler), server}
	}
}

// Guard puts the same checks around services that are registered with a gRPC server.
func Guard(server gogogrpc.Server, chain Chain, cfg Config) gogogrpc.Server {
	return guard{server, &Services{chain: chain, requests: newRequests(cfg)}}
}

type guard struct {
	server   gogogrpc.Server
	services *Services
}

func (g guard) RegisterService(desc *grpc.ServiceDesc, server any) {
	guarded := *desc
	guarded.Methods = make([]grpc.MethodDesc, len(desc.Methods))
	for i, m := range desc.Methods {
		guarded.Methods[i] = grpc.MethodDesc{MethodName: m.MethodName, Handler: g.services.guarded("/"+desc.ServiceName+"/"+m.MethodName, m.Handler)}
	}
	g.server.RegisterService(&guarded, server)
}

// Names of the methods, as /package.Service/Method.
func (s *Services) Names() []string {
	names := make([]string, 0, len(s.methods))
	for name := range s.methods {
		names = append(names, name)
	}
	return names
}

// guarded is a method whose request is checked before it is called and whose errors have names and hints.
func (s *Services) guarded(name string, handler grpc.MethodHandler) grpc.MethodHandler {
	return func(server any, ctx context.Context, decode func(any) error, interceptor grpc.UnaryServerInterceptor) (any, error) {
		height, err := s.height(ctx)
		if err != nil {
			return nil, classify(err)
		}
		checked := func(req any) error {
			if err := decode(req); err != nil {
				return err
			}
			return s.requests.check(req)
		}
		resp, err := handler(server, ctx, checked, interceptor)
		for try := 0; err != nil && height == 0 && try < commitTries && s.isCommitting(err); try++ {
			if !wait(ctx, commitPause) {
				break
			}
			resp, err = handler(server, ctx, checked, interceptor)
		}
		if err != nil {
			return nil, s.explain(name, err)
		}
		return resp, nil
	}
}

// A commit replaces the state and its header in two steps, and between them the SDK finds no header for the latest
// height. That takes microseconds; it is waited out.
const (
	commitTries = 20
	commitPause = time.Millisecond
)

func (s *Services) isCommitting(err error) bool {
	return errors.Is(err, sdkerrors.ErrInvalidHeight) && s.chain.LatestHeight() > 0
}

func (s *Services) explain(name string, err error) error {
	if errors.Is(err, sdkerrors.ErrInvalidHeight) {
		return classify(ErrNotReady.Wrap(err.Error()))
	}
	failure := classify(err)
	if failure.grpc == codes.Internal && isVague(name) && !strings.HasPrefix(failure.Message, "runtime error:") {
		return classify(ErrMalformed.Wrap(failure.Message))
	}
	return failure
}

// isVague is true for services that say internal of whatever is wrong with what they are given: those of transactions and blocks,
// which hand it to CometBFT and to the codec.
func isVague(method string) bool {
	return strings.HasPrefix(method, "/cosmos.tx.v1beta1.Service/") || strings.HasPrefix(method, "/cosmos.base.tendermint.v1beta1.Service/")
}

func wait(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// height that a request asks for, 0 for the latest one. It is one that the node has, or the error says which it has.
func (s *Services) height(ctx context.Context) (int64, error) {
	md, _ := metadata.FromIncomingContext(ctx)
	return s.parseHeight(md.Get(grpctypes.GRPCBlockHeightHeader))
}

func (s *Services) parseHeight(values []string) (int64, error) {
	if len(values) == 0 {
		return 0, nil
	}
	if len(values) > 1 {
		return 0, ErrInvalidHeight.Wrapf("%s is given %d times", grpctypes.GRPCBlockHeightHeader, len(values))
	}
	height, err := strconv.ParseInt(values[0], 10, 64)
	if err != nil || height < 0 {
		return 0, ErrInvalidHeight.Wrapf("%s is %q", grpctypes.GRPCBlockHeightHeader, shortened(values[0]))
	}
	if height == 0 {
		return 0, nil
	}
	latest := s.chain.LatestHeight()
	if height > latest {
		return 0, ErrHeightAhead.Wrapf("height %d is asked for; the chain is at %d", height, latest)
	}
	if earliest := s.chain.EarliestHeight(); height < earliest {
		return 0, ErrHeightPruned.Wrapf("this node keeps the state of heights %d to %d; %d is asked for", earliest, latest, height)
	}
	return height, nil
}
