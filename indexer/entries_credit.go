package indexer

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/types"
)

// account is the text of an address.
func account(address []byte) string { return sdk.AccAddress(address).String() }

func writeInquiry(ctx context.Context, w *writer, id, value []byte) error {
	var inquiry types.Inquiry
	if err := decode(value, &inquiry); err != nil {
		return err
	}
	inquiry.Id = id
	content, err := w.json(&inquiry)
	if err != nil {
		return err
	}
	return w.exec(ctx, `INSERT INTO inquiries (id, data_user, purpose, status, opened_at, expires_at, settled, content)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (id) DO UPDATE SET status = excluded.status, expires_at = excluded.expires_at, settled = excluded.settled, content = excluded.content`,
		id, inquiry.DataUser, inquiry.Purpose.String(), inquiry.Status.String(), inquiry.OpenedAt, inquiry.ExpiresAt, inquiry.Settled, content)
}

func writeReceipt(ctx context.Context, w *writer, id, value []byte) error {
	var receipt types.Receipt
	if err := decode(value, &receipt); err != nil {
		return err
	}
	receipt.InquiryId, receipt.Institution = id[:attestationtypes.IDSize], account(id[attestationtypes.IDSize:])
	content, err := w.json(&receipt)
	if err != nil {
		return err
	}
	return w.exec(ctx, `INSERT INTO receipts (inquiry_id, institution, records, time, content) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (inquiry_id, institution) DO UPDATE SET records = excluded.records, time = excluded.time, content = excluded.content`,
		receipt.InquiryId, receipt.Institution, int64(receipt.Records), receipt.Time, content)
}

func writeDispute(ctx context.Context, w *writer, id, value []byte) error {
	var dispute types.Dispute
	if err := decode(value, &dispute); err != nil {
		return err
	}
	dispute.Id = id
	content, err := w.json(&dispute)
	if err != nil {
		return err
	}
	return w.exec(ctx, `INSERT INTO disputes (id, furnisher, status, outcome, opened_at, content) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET status = excluded.status, outcome = excluded.outcome, content = excluded.content`,
		id, dispute.Furnisher, dispute.Status.String(), dispute.Outcome.String(), dispute.OpenedAt, content)
}
