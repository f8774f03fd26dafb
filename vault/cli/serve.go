package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/vault/exchange"
	"github.com/creditd/creditd/vault/lightchain"
)

const defaultListen = "127.0.0.1:9190"

// serveGCPercent is that of a node ('creditd start'), for the same reason: what an answer leaves behind is large beside what a vault keeps.
const serveGCPercent = 300

// serveFlags of 'vault serve'.
type serveFlags struct {
	listen    string
	maxAge    time.Duration
	plainText bool
	limits    exchange.Limits
}

func newServeCmd() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Answer the inquiries of other institutions",
		Long: `Answer orders for records until interrupted. Each is checked against the chain: signature, inquiry, licence,
consent and scope, each by a proof under a header that the validators signed, so that the node need not be
trusted. Answers are sealed for the requester, every access is logged and a receipt is left on the chain. The log
on standard error is JSON and holds no personal data.

Connections are TLS 1.3; both sides show a certificate that their account on the chain has signed, and an
institution must be licensed. The standard gRPC health service answers anybody for "" (the process) and for
creditd.vault.v1.Exchange (its node and its store answer too). Beside records it evaluates pseudonyms that were requested on the
chain, with the institution's share of their key, and matches that the institution accepted ('creditd privacy'). On --admin-listen there are /healthz, /readyz and,
for Prometheus, /metrics.

Beside that, an agent does the institution's part in committees (keys that institutions hold together): it joins, shares
out and checks keys, keeps shares in the vault and destroys them when their time is over. --agent off switches it off.

At SIGTERM it takes no new orders, lets those in flight end and leaves the receipts that are owed, within
--stop-within; a second signal ends it at once. Nothing is lost either way.`,
		Example: example("creditd vault serve --home ~/.creditd-devnet/lender --listen 127.0.0.1:9190"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			e, err := newEnvironment(cmd)
			if err != nil {
				return err
			}
			if os.Getenv("GOGC") == "" {
				debug.SetGCPercent(serveGCPercent)
			}
			ctx, cancel := interruptible(cmd)
			defer cancel()
			return e.serve(ctx, f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.listen, "listen", defaultListen, "Address to listen on")
	flags.DurationVar(&f.maxAge, "max-state-age", lightchain.DefaultMaxAge, "How old the newest header of the node may be; older states are not relied on")
	flags.Float64Var(&f.limits.OrdersPerSecond, "orders-per-second", 20, "Orders a second that one account may send")
	flags.IntVar(&f.limits.OrdersPerDay, "orders-per-day", 100_000, "Orders a day (UTC) that one account may send")
	flags.IntVar(&f.limits.RecordsPerDay, "records-per-day", 1_000_000, "Records a day (UTC) that one account may get")
	flags.IntVar(&f.limits.Concurrent, "concurrent", 32, "Answers made at once")
	flags.IntVar(&f.limits.OfAccount, "concurrent-of-account", 8, "Answers made at once for one account")
	flags.String(flagAnchorEvery, defaultAnchorEvery.String(), "How often the access log is anchored on the chain, 1m to 24h; off for never")
	addAgentFlags(cmd)
	addOperatingFlags(cmd)
	flags.BoolVar(&f.plainText, "insecure-plaintext", false, "No TLS, on a loopback address alone: for tests")
	return cmd
}

func (e *environment) serve(ctx context.Context, f serveFlags) (err error) {
	v, err := e.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.close()) }()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", f.listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w: stop what uses the port, or pass another --listen", f.listen, err)
	}
	proven, err := e.proven(ctx, v.chain, v.store, f.maxAge, false)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, proven.Close()) }()
	log := e.newLogger()
	o, err := e.operate(v, proven, log)
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
		ChainID: v.chain.ChainID(), Signer: v.signer, Chain: o.metrics.Chain(lightchain.Asked{Chain: proven}), Store: store, Keys: v.ring,
		Log: log, Owing: receipts.Owing, Limits: f.limits,
	})
	var background sync.WaitGroup
	working, stop := context.WithCancel(context.WithoutCancel(ctx)) // calls in flight still owe receipts
	defer stop()
	background.Go(func() { receipts.Run(working) })
	background.Go(func() { e.runAgent(working, v, proven, o.metrics, log) })
	background.Go(func() { e.keepAnchored(working, v, proven, log) })
	log.Info("vault serves", "address", listener.Addr().String(), "admin", o.address, "chain", v.chain.ChainID(), "operator", v.sender.Address())
	err = exchange.Serve(ctx, listener, server, exchange.ServeOptions{
		Codec: v.chain.Codec().GRPCCodec(), PlainText: f.plainText, Grace: e.stopWithin(), Ready: o.ready.Check, Readiness: o.readiness(ctx),
		Register: func(services grpc.ServiceRegistrar) { v.serveBlinded(services, proven, log) },
		Options:  []grpc.ServerOption{grpc.ChainStreamInterceptor(o.metrics.Interceptor())},
	})
	stop()
	background.Wait()
	if ctx.Err() != nil {
		o.flush(ctx, receipts, e.stopWithin())
	}
	log.Info("vault stopped")
	return err
}
