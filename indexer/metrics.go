package indexer

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/attribute"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
)

// buckets of the histogram, in seconds: from a point read to the limit of one query.
var buckets = []float64{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}

// Metrics are the instruments of one indexer, with a registry of their own. Nothing in them names an account or a subject.
type Metrics struct {
	registry *prometheus.Registry
	provider *sdkmetric.MeterProvider

	blocks, transactions, failures metric.Int64Counter
	answers                        metric.Float64Histogram
	height, behind, perSecond      metric.Float64Gauge
	left                           metric.Float64Gauge
}

// NewMetrics makes the instruments. It fails only if a name in it is malformed.
func NewMetrics() (*Metrics, error) {
	m := &Metrics{registry: prometheus.NewRegistry()}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	exporter, err := otelprometheus.New(otelprometheus.WithRegisterer(m.registry), otelprometheus.WithoutScopeInfo(), otelprometheus.WithoutTargetInfo())
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	m.provider = sdkmetric.NewMeterProvider(sdkmetric.WithReader(exporter))
	meter := m.provider.Meter("creditd/indexer")
	for _, c := range []struct {
		into        *metric.Int64Counter
		name, about string
	}{
		{&m.blocks, "creditd_indexer_blocks", "Blocks written."},
		{&m.transactions, "creditd_indexer_transactions", "Transactions written."},
		{&m.failures, "creditd_indexer_failures", "Steps that failed: node, database, or lie, which is a node whose answers do not hold."},
	} {
		if *c.into, err = meter.Int64Counter(c.name, metric.WithDescription(c.about)); err != nil {
			return nil, fmt.Errorf("metric %s: %w", c.name, err)
		}
	}
	for _, g := range []struct {
		into              *metric.Float64Gauge
		name, unit, about string
	}{
		{&m.height, "creditd_indexer_height", "", "Height of the last block in the tables."},
		{&m.behind, "creditd_indexer_behind", "", "Blocks that could be in the tables and are not yet."},
		{&m.perSecond, "creditd_indexer_rate", "", "Blocks a second, over the last seconds."},
		{&m.left, "creditd_indexer_left", "s", "What a backfill takes yet at this rate; 0 if there is none or that is not known."},
	} {
		if *g.into, err = meter.Float64Gauge(g.name, metric.WithUnit(g.unit), metric.WithDescription(g.about)); err != nil {
			return nil, fmt.Errorf("metric %s: %w", g.name, err)
		}
	}
	m.answers, err = meter.Float64Histogram("creditd_indexer_answer", metric.WithUnit("s"),
		metric.WithDescription("One answer over HTTP, by route and status."), metric.WithExplicitBucketBoundaries(buckets...))
	if err != nil {
		return nil, fmt.Errorf("metric: %w", err)
	}
	return m, nil
}

// Handler serves the metrics in the text format of Prometheus.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Close releases the instruments.
func (m *Metrics) Close(ctx context.Context) error { return m.provider.Shutdown(ctx) }

func (m *Metrics) progress(ctx context.Context, height, behind int64, perSecond float64, left time.Duration) {
	m.height.Record(ctx, float64(height))
	m.behind.Record(ctx, float64(behind))
	m.perSecond.Record(ctx, perSecond)
	m.left.Record(ctx, left.Seconds())
}

func (m *Metrics) ingested(ctx context.Context, blocks, transactions int) {
	m.blocks.Add(ctx, int64(blocks))
	m.transactions.Add(ctx, int64(transactions))
}

func (m *Metrics) failed(ctx context.Context, err error) {
	kind := "other"
	switch {
	case errors.Is(err, ErrUntrusted) || errors.Is(err, ErrUnproven):
		kind = "lie"
	case errors.Is(err, ErrNode):
		kind = "node"
	case errors.Is(err, ErrDatabase):
		kind = "database"
	}
	m.failures.Add(ctx, 1, metric.WithAttributes(attribute.String("kind", kind)))
}

func (m *Metrics) answered(ctx context.Context, route string, status int, took time.Duration) {
	m.answers.Record(ctx, took.Seconds(), metric.WithAttributes(attribute.String("route", route), attribute.Int("status", status)))
}
