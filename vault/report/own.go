package report

import (
	"context"
	"crypto/hpke"
	"errors"
	"time"

	"google.golang.org/grpc/encoding"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/exchange"
)

// OwnConfig is what a subject needs to get the report on itself. It has no licence and no vault; the key that the records are
// sealed for is one of its own making (hpke.MLKEM768X25519().GenerateKey), and goes into each order that it signs.
type OwnConfig struct {
	ChainID string
	Signer  client.Signer   // of the account that controls the subject
	Key     hpke.PrivateKey // MLKEM768X25519
	Chain   Chain
	History History // nil: Chain's own
	Codec   encoding.Codec
	// Keys looks up the keys that furnishers sign with, and their licences.
	Keys exchange.Registry
	Send func(ctx context.Context, msgs ...sdk.Msg) (client.Result, error)
	Now  func() time.Time // time.Now if nil
	// Vaults to ask otherwise than by an exchange.Fetcher made of the above.
	Vaults Vaults
}

// OwnGetter gets a subject's reports on itself. They cost nothing, no consent and no freeze stands in their way, and they show
// the looks that others do not see. The chain limits how many there are in a day.
func OwnGetter(c OwnConfig) (*Getter, error) {
	if c.Signer == nil || c.Chain == nil || c.Send == nil || (c.Vaults == nil && (c.Key == nil || c.Keys == nil || c.Codec == nil)) {
		return nil, errors.New("an own report needs the subject's signer, a key to seal for, a codec and the chain")
	}
	now := c.Now
	if now == nil {
		now = time.Now
	}
	vaults := c.Vaults
	if vaults == nil {
		vaults = &exchange.Fetcher{ChainID: c.ChainID, Signer: c.Signer, Key: c.Key, Codec: c.Codec, Keys: c.Keys, Now: now}
	}
	return &Getter{
		ChainID: c.ChainID, DataUser: c.Signer.Address(), Own: true, Chain: c.Chain, History: c.History, Vaults: vaults, Send: c.Send, Now: now,
	}, nil
}

// Own gets the report of a subject on itself and leaves the receipt. Who wants to show it before that uses OwnGetter, Look and
// Acknowledge.
func Own(ctx context.Context, c OwnConfig, subject [32]byte) (*Report, error) {
	getter, err := OwnGetter(c)
	if err != nil {
		return nil, err
	}
	r, err := getter.Get(ctx, Request{Subject: subject})
	return r, errors.Join(err, getter.Close())
}
