package keeper

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/types"
)

// Instruments of the module, exported by what the node's otel.yaml names. They count what blocks did on this node and
// carry no ids. State never depends on them.
var (
	meter             = otel.Meter("creditd/x/attestation")
	statedCounter     = counter("creditd_attestations_stated", "attestations stated, in batches and under anchors")
	changedCounter    = counter("creditd_attestation_status_changes", "changes of an attestation's status, by the new one")
	expiredCounter    = counter("creditd_attestation_expiries_announced", "expiries announced from the queue")
	delegationCounter = counter("creditd_attestation_delegations_used", "delegated messages whose signature was good")
)

func counter(name, description string) metric.Int64Counter {
	instrument, err := meter.Int64Counter(name, metric.WithDescription(description))
	if err != nil {
		panic(err) // a name above is malformed
	}
	return instrument
}

// count adds to an instrument when the block is executed: not when a transaction is checked or simulated.
func count(ctx context.Context, instrument metric.Int64Counter, n int, attributes ...attribute.KeyValue) {
	if sdk.UnwrapSDKContext(ctx).ExecMode() == sdk.ExecModeFinalize {
		instrument.Add(ctx, int64(n), metric.WithAttributes(attributes...))
	}
}

func countStatus(ctx context.Context, status types.Status) {
	count(ctx, changedCounter, 1, attribute.String("status", status.String()))
}
