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
)

// Instruments of the module, exported by what the node's otel.yaml names. They count what blocks did on this node and
// carry no ids. State never depends on them.
var (
	meter        = otel.Meter("creditd/x/predicate")
	askCounter   = counter("creditd_predicate_asks", "asks, or those refused with the code of the error")
	proofCounter = counter("creditd_predicate_proofs", "proofs that hold, or that are refused with the code of the error")
	endedCounter = counter("creditd_predicate_listings_ended", "listings taken out because their time was over")
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
	if n > 0 && sdk.UnwrapSDKContext(ctx).ExecMode() == sdk.ExecModeFinalize {
		instrument.Add(ctx, int64(n), metric.WithAttributes(attributes...))
	}
}

// countOutcome counts a message by what came of it: ok, or the module and code of the registered error.
func countOutcome(ctx context.Context, instrument metric.Int64Counter, err error) {
	outcome := "error"
	var registered *errorsmod.Error
	switch {
	case err == nil:
		outcome = "ok"
	case errors.As(err, &registered):
		outcome = registered.Codespace() + ":" + strconv.FormatUint(uint64(registered.ABCICode()), 10)
	}
	count(ctx, instrument, 1, attribute.String("outcome", outcome))
}
