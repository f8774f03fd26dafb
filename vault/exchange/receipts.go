package exchange

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/store"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

const (
	receiptsInOneTransaction = 50
	receiptRetry             = 5 * time.Second
	// maxRemembered inquiries whose receipt is known to be on the chain; then they are forgotten, and the chain refuses the
	// second receipt.
	maxRemembered = 100_000
)

// Receipts brings the receipts that a vault owes onto the chain. They are noted in the store before an answer
// leaves and sent after it, so that a requester does not wait for a block and a crash forgets none.
type Receipts struct {
	institution string
	send        func(ctx context.Context, msgs ...sdk.Msg) error
	store       Store
	log         *slog.Logger
	wake        chan struct{}
	settled     map[[32]byte]struct{} // inquiries that the chain takes no further receipt for; of Run alone
}

// NewReceipts sends in the name of an institution.
func NewReceipts(institution string, send func(ctx context.Context, msgs ...sdk.Msg) error, s Store, log *slog.Logger) *Receipts {
	return &Receipts{institution: institution, send: send, store: s, log: log, wake: make(chan struct{}, 1), settled: map[[32]byte]struct{}{}}
}

// Owing wakes Run.
func (r *Receipts) Owing() {
	select {
	case r.wake <- struct{}{}:
	default: // it is awake already
	}
}

// Run sends until ctx ends. What could not be sent is tried again.
func (r *Receipts) Run(ctx context.Context) {
	retry := time.NewTicker(receiptRetry)
	defer retry.Stop()
	for {
		if err := r.Flush(ctx); err != nil && ctx.Err() == nil {
			r.log.Warn("receipts could not be left on the chain, trying again", "error", err)
		}
		select {
		case <-r.wake:
		case <-retry.C:
		case <-ctx.Done():
			return
		}
	}
}

// Flush sends all that is owed. Only one runs at a time.
func (r *Receipts) Flush(ctx context.Context) error {
	for {
		owed, err := r.store.ReceiptsOwed(ctx, receiptsInOneTransaction)
		if err != nil || len(owed) == 0 {
			return err
		}
		if err := r.leave(ctx, owed); err != nil {
			return err
		}
	}
}

// leave sends receipts in one transaction, or one by one if the chain refuses one of them. A second answer to one inquiry has
// no second receipt; the access log has it.
func (r *Receipts) leave(ctx context.Context, owed []store.Receipt) error {
	var msgs []sdk.Msg
	first := map[[32]byte]struct{}{}
	for i := range owed {
		_, settled := r.settled[owed[i].Inquiry]
		if _, twice := first[owed[i].Inquiry]; settled || twice {
			continue
		}
		first[owed[i].Inquiry] = struct{}{}
		msgs = append(msgs, &credittypes.MsgLeaveReceipt{
			Institution: r.institution, InquiryId: owed[i].Inquiry[:], Digest: owed[i].Digest[:], Records: owed[i].Records,
		})
	}
	if len(msgs) == 0 {
		return r.store.ReceiptLeft(ctx, owed...)
	}
	err := r.send(ctx, msgs...)
	switch {
	case err != nil && !client.Refused(err):
		return err
	case err != nil && len(owed) > 1:
		for i := range owed {
			if err := r.leave(ctx, owed[i:i+1]); err != nil {
				return err
			}
		}
		return nil
	case err != nil && !never(err):
		return fmt.Errorf("receipt for inquiry %x: %w", owed[0].Inquiry, err)
	case err != nil:
		r.log.Info("the chain takes no receipt", "inquiry", fmt.Sprintf("%x", owed[0].Inquiry), "error", err)
	}
	if len(r.settled)+len(first) > maxRemembered {
		clear(r.settled)
	}
	maps.Copy(r.settled, first)
	return r.store.ReceiptLeft(ctx, owed...)
}

// never tells whether the chain will not take a receipt later either.
func never(err error) bool {
	return client.IsCode(err, credittypes.ErrDuplicateReceipt) || client.IsCode(err, credittypes.ErrInquiryExpired) ||
		client.IsCode(err, credittypes.ErrUnknownInquiry) || client.IsCode(err, credittypes.ErrNotParty) ||
		client.IsCode(err, credittypes.ErrInvalidReceipt)
}
