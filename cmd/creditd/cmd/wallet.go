package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/wallet"
	walletcli "github.com/creditd/creditd/wallet/cli"
)

// newWalletCmd builds `creditd wallet`: what a data subject keeps and does.
func newWalletCmd() *cobra.Command { return walletcli.NewWalletCmd(connectWallet) }

func connectWallet(ctx context.Context, c walletcli.Connection) (wallet.Chain, error) {
	if c.ChainID == "" {
		var err error
		if c.ChainID, err = chainOf(ctx, c.Node); err != nil {
			return nil, err
		}
	}
	node, err := client.Dial(ctx, client.Config{ChainID: c.ChainID, RPC: c.Node, GRPC: c.GRPC})
	if err != nil {
		return nil, err
	}
	return wallet.NewChain(node, nodeView{node}), nil
}
