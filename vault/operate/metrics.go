// Package operate is what an operator watches a vault by: metrics, health and readiness on an address of its own
// machine, and word to the service manager. Nothing here names a person, a subject or an inquiry; institutions are named.
package operate

import (
	"context"
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

// buckets of the histograms, in seconds: from a read of a warm store to the limit of one order.
var buckets = []float64{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30}

// Metrics are the instruments of one vault process, with a registry of their own.
type Metrics struct {
	registry *prometheus.Registry
	provider *sdkmetric.MeterProvider

	orders      metric.Int64Counter
	given       metric.Int64Counter
	answerTime  metric.Float64Histogram
	stepTime    metric.Float64Histogram
	storeErrors metric.Int64Counter
	failures    metric.Int64Counter

	owed, owedAge            metric.Float64Gauge
	records                  metric.Float64Gauge
	height, headerAge, ready metric.Float64Gauge
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
	meter := m.provider.Meter("creditd/vault")
	for _, c := range []struct {
		into        *metric.Int64Counter
		name, about string
	}{
		{&m.orders, "creditd_vault_orders", "Orders answered, by outcome: given, or the reason of the refusal."},
		{&m.given, "creditd_vault_records_given", "Records given, by the operator of the data user."},
		{&m.failures, "creditd_vault_chain_failures", "Questions to the chain without an answer to go by: away, stale, unproven or untrusted. The last two are a node that lies."},
		{&m.storeErrors, "creditd_vault_store_errors", "Calls to the store that failed, by operation."},
	} {
		if *c.into, err = meter.Int64Counter(c.name, metric.WithDescription(c.about)); err != nil {
			return nil, fmt.Errorf("metric %s: %w", c.name, err)
		}
	}
	for _, h := range []struct {
		into        *metric.Float64Histogram
		name, about string
	}{
		{&m.answerTime, "creditd_vault_order", "From the arrival of an order to its last part, by outcome."},
		{&m.stepTime, "creditd_vault_step", "One question to the chain or one call to the store, by step."},
	} {
		*h.into, err = meter.Float64Histogram(h.name, metric.WithUnit("s"), metric.WithDescription(h.about), metric.WithExplicitBucketBoundaries(buckets...))
		if err != nil {
			return nil, fmt.Errorf("metric %s: %w", h.name, err)
		}
	}
	for _, g := range []struct {
		into              *metric.Float64Gauge
		name, unit, about string
	}{
		{&m.owed, "creditd_vault_receipts_owed", "", "Receipts that are not on the chain yet."},
		{&m.owedAge, "creditd_vault_receipt_oldest", "s", "Since when this process has known of the oldest receipt owed; 0 if none is."},
		{&m.records, "creditd_vault_records", "", "Records in the store, by state: staged are not yet known to be on the chain."},
		{&m.height, "creditd_vault_chain_height", "", "Height of the last header of the chain that the vault goes by."},
		{&m.headerAge, "creditd_vault_chain_header_age", "s", "Age of that header."},
		{&m.ready, "creditd_vault_ready", "", "1 if node and store answer, else 0, by check."},
	} {
		options := []metric.Float64GaugeOption{metric.WithDescription(g.about)}
		if g.unit != "" {
			options = append(options, metric.WithUnit(g.unit))
		}
		if *g.into, err = meter.Float64Gauge(g.name, options...); err != nil {
			return nil, fmt.Errorf("metric %s: %w", g.name, err)
		}
	}
	return m, nil
}

// Handler serves the metrics in the text format of Prometheus.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Close releases the instruments.
func (m *Metrics) Close(ctx context.Context) error { return m.provider.Shutdown(ctx) }

// step notes how long one step took.
func (m *Metrics) step(ctx context.Context, name string, start time.Time) {
	m.stepTime.Record(ctx, time.Since(start).Seconds(), metric.WithAttributes(attribute.String("step", name)))
}
