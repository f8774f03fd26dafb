package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"

	"github.com/spf13/cobra"

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
store answer too).`,
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
	log := slog.New(slog.NewJSONHandler(e.cmd.ErrOrStderr(), nil))
	receipts := exchange.NewReceipts(v.sender.Address(), func(ctx context.Context, msgs ...sdk.Msg) error {
		_, err := v.sender.Send(ctx, msgs...)
		return err
	}, v.store, log)
	server := exchange.NewServer(exchange.Config{
		ChainID: v.chain.ChainID(), Signer: v.signer, Chain: v.chain, Store: v.store, Keys: v.ring, Log: log, Owing: receipts.Owing,
	})
	var background sync.WaitGroup
	working, stop := context.WithCancel(ctx)
	background.Go(func() { receipts.Run(working) })
	defer background.Wait()
	defer stop()
	log.Info("vault serves", "address", listener.Addr().String(), "chain", v.chain.ChainID(), "operator", v.sender.Address())
	err = exchange.Serve(ctx, listener, server, exchange.ServeOptions{
		Codec: v.chain.Codec().GRPCCodec(),
		Ready: func(ctx context.Context) error {
			_, known := v.chain.GetInstitution(ctx, v.sender.Address())
			_, counted := v.store.ReceiptsOwed(ctx, 1)
			return errors.Join(known, counted)
		},
		Readiness: func(err error) {
			if err != nil {
				log.Warn("vault is not ready", "error", err)
				return
			}
			log.Info("vault is ready")
		},
	})
	log.Info("vault stopped")
	return err
}
