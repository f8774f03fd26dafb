package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/vault/exchange"
	"github.com/creditd/creditd/vault/lightchain"
)

// proven is the chain as it is proven and not as the node tells it. The caller closes it before the vault's store.
// With again it is for a report, which reads the same twice.
func (e *environment) proven(ctx context.Context, chain *client.Client, s lightchain.Store, maxAge time.Duration, again bool) (*lightchain.Chain, error) {
	node, err := lightchain.Dial(e.settings.Node, chain.Conn())
	if err != nil {
		return nil, err
	}
	return lightchain.Open(ctx, lightchain.Config{
		ChainID: chain.ChainID(), Node: node, Codec: chain.Codec(), Store: s, MaxAge: maxAge,
		Again: again, Log: e.newLogger(),
	})
}

// keptLog is a store as a check of its access log needs it.
type keptLog interface {
	exchange.AccessLog
	lightchain.Store
}

// checkLog compares the access log with the receipts on the chain.
func (e *environment) checkLog(ctx context.Context, s keptLog) (_ *exchange.LogCheck, err error) {
	if e.settings.Operator == "" {
		return nil, errors.New("this vault does not know whose it is: run 'creditd vault init --from KEY' once")
	}
	chain, err := e.dial(ctx)
	if err != nil {
		return nil, err
	}
	defer closing(&err, "the connection", chain)
	proven, err := e.proven(ctx, chain, s, 0, false)
	if err != nil {
		return nil, err
	}
	defer closing(&err, "the trusted header", proven)
	result, err := exchange.CheckLog(ctx, s, proven, e.settings.Operator)
	return &result, err
}

// trustFlags name the header that a vault is to trust.
type trustFlags struct {
	height int64
	hash   string
}

func (t *trustFlags) add(cmd *cobra.Command) {
	cmd.Flags().Int64Var(&t.height, "trust-height", 0, "Height of a header that you know to be the chain's, from another source than your node; without it the node's newest is trusted on first use")
	cmd.Flags().StringVar(&t.hash, "trust-hash", "", "Hash of that header, 64 hexadecimal digits")
}

// keep makes it the root of trust, if one is given.
func (t *trustFlags) keep(ctx context.Context, s lightchain.Store, chainID string) error {
	if t.height == 0 && t.hash == "" {
		return nil
	}
	root, err := proof.ParseTrusted(t.height, t.hash)
	if err != nil {
		return err
	}
	return lightchain.SetTrust(ctx, s, chainID, root)
}
