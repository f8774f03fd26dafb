package wallet

import (
	"context"
	"crypto/hpke"
	"errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/report"
)

// OwnReport implements Chain: it asks every vault that the chain names, and leaves the receipt. The records are sealed for a
// key that is drawn for this one report and kept nowhere: what is recorded on the way is of no use to whoever takes the wallet.
func (n node) OwnReport(ctx context.Context, o Own) (*report.Report, error) {
	key, err := hpke.MLKEM768X25519().GenerateKey()
	if err != nil {
		return nil, err
	}
	sender := n.NewSender(o.Signer)
	sender.FeeGranter = o.Granter
	getter, err := report.OwnGetter(report.OwnConfig{
		ChainID: n.ChainID(), Signer: o.Signer, Key: key, Chain: n.Client, Codec: n.Codec().GRPCCodec(), Keys: n.Client, Send: sender.Send,
	})
	if err != nil {
		return nil, err
	}
	r, err := getter.Get(ctx, report.Request{Subject: o.Subject, Inquiry: o.Inquiry})
	return r, errors.Join(err, getter.Close())
}

// Own says whose report on itself it is.
type Own struct {
	Signer  client.Signer
	Granter sdk.AccAddress // pays for the transactions; empty for nobody
	Subject [32]byte
	Inquiry *[32]byte // one that an institution submitted, instead of a new one
}
