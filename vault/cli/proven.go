package cli

import (
	"context"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/vault/lightchain"
)

// proven is the chain as it is proven and not as the node tells it. The caller closes it before the vault's store.
func (e *environment) proven(ctx context.Context, v *vault, maxAge time.Duration) (*lightchain.Chain, error) {
	node, err := lightchain.Dial(e.settings.Node, v.chain.Conn())
	if err != nil {
		return nil, err
	}
	return lightchain.Open(ctx, lightchain.Config{
		ChainID: v.chain.ChainID(), Node: node, Codec: v.chain.Codec(), Store: v.store, MaxAge: maxAge,
		Log: slog.New(slog.NewJSONHandler(e.cmd.ErrOrStderr(), nil)),
	})
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
