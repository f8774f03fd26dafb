package exchange

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/store"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

const (
	receiptsInOneTransaction = 50
	receiptRetry             = 5 * time.Second
)

// Receipts brings the receipts that a vault owes onto the chain. They are noted in the store before an answer
// leaves and sent after it, so that a requester does not wait for a block and a crash forgets none.
type Receipts struct {
	institution string
	send        func(ctx context.Context, msgs ...sdk.Msg) error
	store       Store
	log         *slog.Logger
	wake        chan struct{}
}

// NewReceipts sends in the name of an institution.
func NewReceipts(institution string, send func(ctx context.Context, msgs ...sdk.Msg) error, s Store, log *slog.Logger) *Receipts {
	return &Receipts{institution: institution, send: send, store: s, log: log, wake: make(chan struct{}, 1)}
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

// Flush sends all that is owed.
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

// leave sends receipts in one transaction, or one by one if the chain refuses one of them.
func (r *Receipts) leave(ctx context.Context, owed []store.Receipt) error {
	msgs := make([]sdk.Msg, len(owed))
	for i := range owed {
		msgs[i] = &credittypes.MsgLeaveReceipt{
			Institution: r.institution, InquiryId: owed[i].Inquiry[:], Digest: owed[i].Digest[:], Records: owed[i].Records,
		}
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
		// A second answer to one inquiry has no second receipt; the access log has it.
		r.log.Info("the chain takes no receipt", "inquiry", fmt.Sprintf("%x", owed[0].Inquiry), "error", err)
	}
	return r.store.ReceiptLeft(ctx, owed...)
}

// never tells whether the chain will not take a receipt later either.
func never(err error) bool {
	return client.IsCode(err, credittypes.ErrDuplicateReceipt) || client.IsCode(err, credittypes.ErrInquiryExpired) ||
		client.IsCode(err, credittypes.ErrUnknownInquiry) || client.IsCode(err, credittypes.ErrNotParty) ||
		client.IsCode(err, credittypes.ErrInvalidReceipt)
}
