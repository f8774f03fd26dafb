package keeper

import (
	"context"
	"errors"
	"strconv"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// Instruments of the module, exported by what the node's otel.yaml names. They count what blocks did on this node and
// carry no ids. State never depends on them.
var (
	meter           = otel.Meter("creditd/x/credit")
	inquiryCounter  = counter("creditd_credit_inquiries", "inquiries opened, or refused with the code of the error, by purpose")
	disputeCounter  = counter("creditd_credit_disputes", "disputes opened, answered, escalated and decided, by outcome")
	consentCounter  = counter("creditd_credit_consents", "consents granted and withdrawn")
	orderCounter    = counter("creditd_credit_orders", "signed orders carried out, by type of message")
	silenceCounter  = counter("creditd_credit_silences", "inquiries, disputes, requests and notices left unanswered past their time")
	queueCounter    = counter("creditd_credit_queue_entries", "entries worked off, by queue")
	queueFullBlocks = counter("creditd_credit_queue_full_blocks", "blocks in which a queue had as much due as a block works off: it is behind while this grows")
	queueFailures   = counter("creditd_credit_queue_failures", "entries that failed and left the queue, by queue")
)

func counter(name, description string) metric.Int64Counter {
	instrument, err := meter.Int64Counter(name, metric.WithDescription(description))
	if err != nil {
		panic(err) // a name above is malformed
	}
	return instrument
}

// measure adds to an instrument when the block is executed: not when a transaction is checked or simulated.
func measure(ctx context.Context, instrument metric.Int64Counter, n int, attributes ...attribute.KeyValue) {
	if sdk.UnwrapSDKContext(ctx).ExecMode() == sdk.ExecModeFinalize {
		instrument.Add(ctx, int64(n), metric.WithAttributes(attributes...))
	}
}

// outcome of a message: ok, or the module and code of the registered error.
func outcome(err error) attribute.KeyValue {
	var registered *errorsmod.Error
	switch {
	case err == nil:
		return attribute.String("outcome", "ok")
	case errors.As(err, &registered):
		return attribute.String("outcome", registered.Codespace()+":"+strconv.FormatUint(uint64(registered.ABCICode()), 10))
	}
	return attribute.String("outcome", "error")
}

// countDrained counts a queue's work in one block, and whether there was more than fits.
func countDrained(ctx context.Context, name string, worked, failed int, full bool) {
	queue := attribute.String("queue", name)
	if worked > 0 {
		measure(ctx, queueCounter, worked, queue)
	}
	if failed > 0 {
		measure(ctx, queueFailures, failed, queue)
	}
	if full {
		measure(ctx, queueFullBlocks, 1, queue)
	}
}

// counted counts messages on their way to the server.
type counted struct{ types.MsgServer }

// Counted puts the instruments before a server of messages.
func Counted(server types.MsgServer) types.MsgServer { return counted{server} }

// OpenInquiry implements types.MsgServer.
func (c counted) OpenInquiry(ctx context.Context, msg *types.MsgOpenInquiry) (*types.MsgOpenInquiryResponse, error) {
	response, err := c.MsgServer.OpenInquiry(ctx, msg)
	countInquiry(ctx, msg.Purpose, err)
	return response, err
}

// OpenOwnInquiry implements types.MsgServer.
func (c counted) OpenOwnInquiry(ctx context.Context, msg *types.MsgOpenOwnInquiry) (*types.MsgOpenOwnInquiryResponse, error) {
	response, err := c.MsgServer.OpenOwnInquiry(ctx, msg)
	countInquiry(ctx, types.PURPOSE_OWN_REQUEST, err)
	return response, err
}

// GrantConsent implements types.MsgServer.
func (c counted) GrantConsent(ctx context.Context, msg *types.MsgGrantConsent) (*types.MsgGrantConsentResponse, error) {
	response, err := c.MsgServer.GrantConsent(ctx, msg)
	measure(ctx, consentCounter, 1, attribute.String("act", "granted"), outcome(err))
	return response, err
}

// WithdrawConsent implements types.MsgServer.
func (c counted) WithdrawConsent(ctx context.Context, msg *types.MsgWithdrawConsent) (*types.MsgWithdrawConsentResponse, error) {
	response, err := c.MsgServer.WithdrawConsent(ctx, msg)
	measure(ctx, consentCounter, 1, attribute.String("act", "withdrawn"), outcome(err))
	return response, err
}

// OpenDispute implements types.MsgServer.
func (c counted) OpenDispute(ctx context.Context, msg *types.MsgOpenDispute) (*types.MsgOpenDisputeResponse, error) {
	response, err := c.MsgServer.OpenDispute(ctx, msg)
	countDispute(ctx, "opened", types.DISPUTE_OUTCOME_UNSPECIFIED, err)
	return response, err
}

// AnswerDispute implements types.MsgServer.
func (c counted) AnswerDispute(ctx context.Context, msg *types.MsgAnswerDispute) (*types.MsgAnswerDisputeResponse, error) {
	response, err := c.MsgServer.AnswerDispute(ctx, msg)
	countDispute(ctx, "answered", msg.Outcome, err)
	return response, err
}

// EscalateDispute implements types.MsgServer.
func (c counted) EscalateDispute(ctx context.Context, msg *types.MsgEscalateDispute) (*types.MsgEscalateDisputeResponse, error) {
	response, err := c.MsgServer.EscalateDispute(ctx, msg)
	countDispute(ctx, "escalated", types.DISPUTE_OUTCOME_UNSPECIFIED, err)
	return response, err
}

// DecideDispute implements types.MsgServer.
func (c counted) DecideDispute(ctx context.Context, msg *types.MsgDecideDispute) (*types.MsgDecideDisputeResponse, error) {
	response, err := c.MsgServer.DecideDispute(ctx, msg)
	countDispute(ctx, "decided", msg.Outcome, err)
	return response, err
}

// SubmitSigned implements types.MsgServer. What it carries out is counted by its type here, since it does not pass again.
func (c counted) SubmitSigned(ctx context.Context, msg *types.MsgSubmitSigned) (*types.MsgSubmitSignedResponse, error) {
	response, err := c.MsgServer.SubmitSigned(ctx, msg)
	kind := "refused" // strangers must not make up attributes
	if err == nil {
		kind = msg.Order.TypeUrl
	}
	measure(ctx, orderCounter, 1, attribute.String("type", kind), outcome(err))
	return response, err
}

// countInquiry counts a purpose that nobody knows as none: strangers must not make up attributes.
func countInquiry(ctx context.Context, purpose types.Purpose, err error) {
	if _, known := types.Purpose_name[int32(purpose)]; !known {
		purpose = types.PURPOSE_UNSPECIFIED
	}
	measure(ctx, inquiryCounter, 1, attribute.String("purpose", purpose.String()), outcome(err))
}

func countDispute(ctx context.Context, act string, result types.DisputeOutcome, err error) {
	if _, known := types.DisputeOutcome_name[int32(result)]; !known {
		result = types.DISPUTE_OUTCOME_UNSPECIFIED
	}
	measure(ctx, disputeCounter, 1, attribute.String("act", act), attribute.String("result", result.String()), outcome(err))
}
