package client

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
	"sync"
	"time"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	txtypes "github.com/cosmos/cosmos-sdk/types/tx"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"

	"github.com/cosmos/gogoproto/proto"
)

// signedTx is a transaction ready to be broadcast.
type signedTx struct {
	bytes   []byte
	hash    [32]byte
	timeout time.Time
}

func (t signedTx) name() string { return fmt.Sprintf("%X", t.hash) }

// draft is a transaction before gas and signature.
type draft struct {
	messages []*codectypes.Any
	kind     string // the types of its messages in order, runs of one type once
	size     int    // bytes of its messages
	granter  string // who pays instead of the signer, "" for nobody
}

func newDraft(msgs []sdk.Msg) (draft, error) {
	var d draft
	var kind strings.Builder
	last := ""
	for _, msg := range msgs {
		packed, err := codectypes.NewAnyWithValue(msg)
		if err != nil {
			return d, fmt.Errorf("message %T: %w", msg, err)
		}
		d.messages = append(d.messages, packed)
		d.size += len(packed.Value)
		if packed.TypeUrl != last {
			last = packed.TypeUrl
			kind.WriteString(last)
		}
	}
	d.kind = kind.String()
	return d, nil
}

// SignUnordered signs one transaction ahead of time, ready to be broadcast, for a load generator that follows
// its transactions itself. The timeouts of one account must all be different.
func SignUnordered(signer Signer, chainID string, account, gas uint64, timeout time.Time, msgs ...sdk.Msg) ([]byte, error) {
	d, err := newDraft(msgs)
	if err != nil {
		return nil, err
	}
	tx, err := d.sign(signer, chainID, account, gas, timeout)
	return tx.bytes, err
}

// sign makes an unordered transaction (ADR-070 of the SDK): no sequence, instead a timeout that is also its
// nonce, so that many can be in flight and none blocks another. No fee is asked on a creditd chain.
func (d draft) sign(signer Signer, chainID string, account, gas uint64, timeout time.Time) (signedTx, error) {
	timeout = timeout.UTC()
	body, err := proto.Marshal(&txtypes.TxBody{Messages: d.messages, Unordered: true, TimeoutTimestamp: &timeout})
	if err != nil {
		return signedTx{}, err
	}
	pubKey, err := codectypes.NewAnyWithValue(signer.PubKey())
	if err != nil {
		return signedTx{}, err
	}
	auth, err := proto.Marshal(&txtypes.AuthInfo{
		SignerInfos: []*txtypes.SignerInfo{{
			PublicKey: pubKey,
			ModeInfo:  &txtypes.ModeInfo{Sum: &txtypes.ModeInfo_Single_{Single: &txtypes.ModeInfo_Single{Mode: signing.SignMode_SIGN_MODE_DIRECT}}},
		}},
		Fee: &txtypes.Fee{GasLimit: gas, Granter: d.granter},
	})
	if err != nil {
		return signedTx{}, err
	}
	doc, err := proto.Marshal(&txtypes.SignDoc{BodyBytes: body, AuthInfoBytes: auth, ChainId: chainID, AccountNumber: account})
	if err != nil {
		return signedTx{}, err
	}
	signature, err := signer.Sign(doc)
	if err != nil {
		return signedTx{}, fmt.Errorf("signing: %w", err)
	}
	raw, err := proto.Marshal(&txtypes.TxRaw{BodyBytes: body, AuthInfoBytes: auth, Signatures: [][]byte{signature}})
	if err != nil {
		return signedTx{}, err
	}
	return signedTx{bytes: raw, hash: sha256.Sum256(raw), timeout: timeout}, nil
}

// timeouts hands out timeouts that are all different, because a timeout is the nonce of its transaction.
// Another process may sign for the same account, so each starts at a random microsecond of its second.
type timeouts struct {
	mu   sync.Mutex
	last time.Time
}

func (t *timeouts) next(now time.Time, life time.Duration) time.Time {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails, see the doc of crypto/rand.Read
	jitter := time.Duration(binary.BigEndian.Uint64(random[:]) % uint64(time.Second))
	t.mu.Lock()
	defer t.mu.Unlock()
	next := now.Add(life + jitter)
	if !next.After(t.last) {
		next = t.last.Add(time.Nanosecond)
	}
	t.last = next
	return next
}
