package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/vault/exchange"
)

const defaultListen = "127.0.0.1:9190"

func newServeCmd() *cobra.Command {
	var listen string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Answer the inquiries of other institutions",
		Long: `Answer orders for records until interrupted. Each is checked against the chain: signature, inquiry, licence,
consent and scope. Answers are sealed for the requester, every access is logged and a receipt is left on the
chain. The log on standard error is JSON and holds no personal data.

The standard gRPC health service answers for "" (the process) and for creditd.vault.v1.Exchange (its node and its
store answer too). On --admin-listen there are /healthz, /readyz and, for Prometheus, /metrics.

At SIGTERM it takes no new orders, lets those in flight end and leaves the receipts that are owed, within
--stop-within; a second signal ends it at once. Nothing is lost either way.`,
		Example: example("creditd vault serve --home ~/.creditd-devnet/lender --listen 127.0.0.1:9190"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			e, err := newEnvironment(cmd)
			if err != nil {
				return err
			}
			ctx, cancel := interruptible(cmd)
			defer cancel()
			return e.serve(ctx, listen)
		},
	}
	cmd.Flags().StringVar(&listen, "listen", defaultListen, "Address to listen on")
	addOperatingFlags(cmd)
	return cmd
}

func (e *environment) serve(ctx context.Context, listen string) (err error) {
	v, err := e.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.close()) }()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w: stop what uses the port, or pass another --listen", listen, err)
	}
	log := e.newLogger()
	o, err := e.operate(v, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, o.close()) }()
	defer o.stopping(ctx)()
	store := o.metrics.Store(v.store)
	receipts := exchange.NewReceipts(v.sender.Address(), func(ctx context.Context, msgs ...sdk.Msg) error {
		_, err := v.sender.Send(ctx, msgs...)
		return err
	}, store, log)
	server := exchange.NewServer(exchange.Config{
		ChainID: v.chain.ChainID(), Signer: v.signer, Chain: o.metrics.Chain(v.chain), Store: store, Keys: v.ring, Log: log, Owing: receipts.Owing,
	})
	var background sync.WaitGroup
	working, stop := context.WithCancel(context.WithoutCancel(ctx)) // calls in flight still owe receipts
	defer stop()
	background.Go(func() { receipts.Run(working) })
	log.Info("vault serves", "address", listener.Addr().String(), "admin", o.address, "chain", v.chain.ChainID(), "operator", v.sender.Address())
	stopped := make(chan time.Time, 1)
	defer context.AfterFunc(ctx, func() { stopped <- time.Now() })()
	err = exchange.Serve(ctx, listener, server, exchange.ServeOptions{
		Codec: v.chain.Codec().GRPCCodec(), Grace: e.stopWithin(), Options: []grpc.ServerOption{grpc.ChainStreamInterceptor(o.metrics.Interceptor())},
		Ready: o.ready.Check, Readiness: o.readiness(ctx),
	})
	stop()
	background.Wait()
	if ctx.Err() != nil {
		o.flush(ctx, receipts, (<-stopped).Add(e.stopWithin()))
	}
	log.Info("vault stopped")
	return err
}
