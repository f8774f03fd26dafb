package bench

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"
)

const (
	// RestRead is measured against restPostgres, in the same rounds by the same program.
	RestRead     = "rest-read"
	restPostgres = "rest-read-postgres"
)

// restReads measures point reads over REST: one enrolled subject after the other, as an explorer asks for them.
type restReads struct {
	run     *run
	clients []*http.Client
	paths   []string
}

func (*restReads) name() string { return RestRead }
func (*restReads) unit() string { return "answers" }
func (*restReads) about() string {
	return fmt.Sprintf("%d clients with a connection each, one GET of a subject after the other at the latest height, bodies read to their end", readers)
}

func (r *restReads) open(context.Context) error {
	for range readers {
		r.clients = append(r.clients, &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}})
	}
	for _, subject := range r.run.maker.subjects {
		r.paths = append(r.paths, r.run.network.nodes[0].REST+"/creditd/credit/v1/subjects/"+hex.EncodeToString(subject))
	}
	return nil
}

func (r *restReads) round(ctx context.Context) (besideSample, error) {
	return timed(ctx, func(ctx context.Context, reader, i int) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.paths[(i*7919)%len(r.paths)], http.NoBody)
		if err != nil {
			return err
		}
		resp, err := r.clients[reader].Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err == nil && resp.StatusCode != http.StatusOK {
			err = fmt.Errorf("REST answers %s: %.300s", resp.Status, body)
		}
		return err
	})
}

func (r *restReads) close() error {
	for _, client := range r.clients {
		client.CloseIdleConnections()
	}
	return nil
}

// timed does a round of reads and keeps how long each took. Its phases are the median and the 99th percentile.
func timed(ctx context.Context, read func(ctx context.Context, reader, i int) error) (besideSample, error) {
	taken := make([]time.Duration, readsInRound)
	start := time.Now()
	err := atOnce(ctx, len(taken), func(ctx context.Context, reader, i int) error {
		began := time.Now()
		err := read(ctx, reader, i)
		taken[i] = time.Since(began)
		return err
	})
	elapsed := time.Since(start)
	slices.Sort(taken)
	return besideSample{count: len(taken), elapsed: elapsed, phases: []phase{
		{"p50", taken[len(taken)/2]}, {"p99", taken[len(taken)*99/100]},
	}}, err
}

// restPostgresReads is the comparison: a point select of a row of the same size, otherwise as postgresReads.
type restPostgresReads struct{ postgresReads }

func (*restPostgresReads) name() string { return restPostgres }

func (p *restPostgresReads) round(ctx context.Context) (besideSample, error) {
	return timed(ctx, func(ctx context.Context, reader, i int) error {
		var content []byte
		return p.conns[reader].QueryRow(ctx, `SELECT content FROM record WHERE id = $1`, p.ids[(i*7919)%len(p.ids)]).Scan(&content)
	})
}
