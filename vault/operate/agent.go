package operate

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// Duty notes what became of one duty of the agent at one block.
func (m *Metrics) Duty(ctx context.Context, name string, took time.Duration, err error) {
	outcome := "done"
	if err != nil {
		outcome = "failed"
	}
	m.duties.Add(ctx, 1, metric.WithAttributes(attribute.String("duty", name), attribute.String("outcome", outcome)))
	m.dutyTime.Record(ctx, took.Seconds(), metric.WithAttributes(attribute.String("duty", name)))
}

// Block notes the last block that duties were done at.
func (m *Metrics) Block(ctx context.Context, height int64) {
	m.dutyHeight.Record(ctx, float64(height))
}
