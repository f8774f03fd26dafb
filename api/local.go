package api

import (
	"context"
	"fmt"
	"reflect"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/metadata"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
)

// Dial gives a connection on which calls are function calls: REST needs no round through the gRPC server's socket, nor
// to write and read its messages twice, and gets errors as they were returned.
func (s *Services) Dial(registry codectypes.InterfaceRegistry, codec encoding.Codec) (*grpc.ClientConn, error) {
	l := local{services: s, registry: registry, codec: codec}
	// The interceptor never calls its invoker, so nothing is ever dialled.
	return grpc.NewClient("passthrough:///in-process",
		grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithUnaryInterceptor(l.call))
}

type local struct {
	services *Services
	registry codectypes.InterfaceRegistry
	codec    encoding.Codec
}

func (l local) call(
	ctx context.Context, name string, req, reply any, _ *grpc.ClientConn, _ grpc.UnaryInvoker, opts ...grpc.CallOption,
) error {
	m, ok := l.services.methods[name]
	if !ok {
		return classify(ErrNotServed.Wrap(name))
	}
	stream := &answerHeaders{method: name}
	outgoing, _ := metadata.FromOutgoingContext(ctx)
	ctx = grpc.NewContextWithServerTransportStream(metadata.NewIncomingContext(ctx, outgoing), stream)
	decode := func(into any) error {
		if err := l.hand(req, into); err != nil {
			return err
		}
		return codectypes.UnpackInterfaces(into, l.registry)
	}
	resp, err := m.handler(m.server, ctx, decode, nil)
	for _, opt := range opts {
		switch opt := opt.(type) {
		case grpc.HeaderCallOption:
			*opt.HeaderAddr = stream.header
		case grpc.TrailerCallOption:
			*opt.TrailerAddr = stream.trailer
		}
	}
	if err != nil {
		return err
	}
	return l.hand(resp, reply)
}

// hand passes a message on. Generated code of both sides has the same types; where it has not, it goes over the wire's form.
func (l local) hand(from, into any) error {
	src, dst := reflect.ValueOf(from), reflect.ValueOf(into)
	if src.Kind() != reflect.Pointer || dst.Kind() != reflect.Pointer || src.IsNil() || dst.IsNil() {
		return fmt.Errorf("no message: %T to %T", from, into)
	}
	if _, gogo := into.(interface{ XXX_DiscardUnknown() }); gogo && src.Type() == dst.Type() {
		dst.Elem().Set(src.Elem())
		return nil
	}
	bz, err := l.codec.Marshal(from)
	if err != nil {
		return err
	}
	return l.codec.Unmarshal(bz, into)
}

// answerHeaders is where a method puts the headers of its answer.
type answerHeaders struct {
	method          string
	header, trailer metadata.MD
}

func (a *answerHeaders) Method() string { return a.method }

func (a *answerHeaders) SetHeader(md metadata.MD) error {
	a.header = metadata.Join(a.header, md)
	return nil
}

func (a *answerHeaders) SendHeader(md metadata.MD) error { return a.SetHeader(md) }

func (a *answerHeaders) SetTrailer(md metadata.MD) error {
	a.trailer = metadata.Join(a.trailer, md)
	return nil
}
