package keeper

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/exposure/types"
)

// Instruments of the module. They count what blocks did on this node and carry no ids. State never depends on them.
var (
	meter          = otel.Meter("creditd/x/exposure")
	statusCounter  = counter("creditd_exposure_rounds", "rounds by kind and the status they came to")
	silentCounter  = counter("creditd_exposure_silent_members", "members that did not submit in time")
	wrongCounter   = counter("creditd_exposure_wrong_shares", "shares that did not verify")
	failureCounter = counter("creditd_exposure_queue_failures", "rounds that left the queue without effect: a bug")
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

func countStatus(ctx context.Context, round types.Round) {
	count(ctx, statusCounter, 1, attribute.String("kind", round.Kind.String()), attribute.String("status", round.Status.String()))
}
