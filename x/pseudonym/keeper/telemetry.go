package keeper

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// Instruments of the module, exported by what the node's otel.yaml names. They carry no ids, and state never depends on them.
var (
	meter             = otel.Meter("creditd/x/pseudonym")
	evaluationCounter = counter("creditd_pseudonym_evaluations", "evaluations that institutions asked the vaults for")
	matchCounter      = counter("creditd_pseudonym_matched_items", "items of clients in matches that were opened")
	linkCounter       = counter("creditd_pseudonym_links", "links of pseudonyms that were proposed or approved")
	queueCounter      = counter("creditd_pseudonym_queue_entries", "entries worked off, by queue")
	failedCounter     = counter("creditd_pseudonym_queue_failures", "entries that failed and left the queue, by queue")
)

func counter(name, description string) metric.Int64Counter {
	instrument, err := meter.Int64Counter(name, metric.WithDescription(description))
	if err != nil {
		panic(err) // a name above is malformed
	}
	return instrument
}

func inQueue(name string) attribute.KeyValue { return attribute.String("queue", name) }

// measure adds to an instrument when the block is executed: not when a transaction is checked or simulated.
func measure(ctx context.Context, instrument metric.Int64Counter, n int, attributes ...attribute.KeyValue) {
	if sdk.UnwrapSDKContext(ctx).ExecMode() == sdk.ExecModeFinalize {
		instrument.Add(ctx, int64(n), metric.WithAttributes(attributes...))
	}
}
