package bench

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/vault/exchange"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

const (
	// ordersOfInquiry in a round. The first needs proofs from the node; they hold for the others until the state changes.
	ordersOfInquiry = 10
	// readsInRound from the database.
	readsInRound = 10_000
	// readers at once, of the vault and of the database.
	readers = 8
	// inquiriesInTx are opened by one transaction.
	inquiriesInTx = 25
	// recordBytes of a row of the database: as many as a vault keeps of one record.
	recordBytes = 700
)

// vaultReads measures records given by one vault with all its checks: signature, nonce, inquiry, licence and tradelines
// with their proofs, access log and receipt on the disk, the records decrypted, sealed and signed; and what the requester
// does to open them.
type vaultReads struct{ *vaults }

func (*vaultReads) name() string { return VaultRead }
func (*vaultReads) unit() string { return "records" }
func (*vaultReads) about() string {
	return fmt.Sprintf("%d records an order, %d orders for each of %d inquiries, %d readers with a connection each",
		reportLines, ordersOfInquiry, readSubjects, readers)
}

func (v *vaultReads) open(ctx context.Context) error { return v.prepare(ctx) }

func (v *vaultReads) round(ctx context.Context) (besideSample, error) {
	inquiries, err := v.inquire(ctx)
	if err != nil {
		return besideSample{}, err
	}
	fetchers := make([]*exchange.Fetcher, readers)
	for i := range fetchers {
		fetchers[i] = &exchange.Fetcher{
			ChainID: v.chain.ChainID(), Signer: v.signer, Key: v.ring.HPKE(), Codec: v.chain.Codec().GRPCCodec(), Keys: v.chain,
		}
		defer func() { _ = fetchers[i].Close() }() // nothing is lost with a connection
	}
	return readAll(ctx, fetchers, inquiries, v.furnishers[0].Operator, v.furnishers[0].Vault.Endpoint)
}

// readAll orders the records of each inquiry ordersOfInquiry times, in turns. What is not timed is one order of each
// reader before, under the last inquiries: it makes the connection.
func readAll(ctx context.Context, fetchers []*exchange.Fetcher, inquiries []credittypes.Inquiry, furnisher, endpoint string) (besideSample, error) {
	one := func(ctx context.Context, reader, i int) error {
		answer, err := fetchers[reader].Fetch(ctx, exchange.Known(&inquiries[i%len(inquiries)]), furnisher, endpoint)
		if err == nil && len(answer.Records) != reportLines {
			err = fmt.Errorf("an order brought %d records and not %d", len(answer.Records), reportLines)
		}
		return err
	}
	for reader := range fetchers {
		if err := one(ctx, reader, len(inquiries)-1-reader%len(inquiries)); err != nil {
			return besideSample{}, err
		}
	}
	start := time.Now()
	orders := len(inquiries) * ordersOfInquiry
	err := atOnce(ctx, orders, one)
	return besideSample{count: orders * reportLines, elapsed: time.Since(start)}, err
}

// inquire opens the inquiries of a round, for a purpose that needs no consent, and reads them as a data user does.
func (v *vaultReads) inquire(ctx context.Context) ([]credittypes.Inquiry, error) {
	sender := v.chain.NewSender(v.signer)
	ids := make([][32]byte, len(v.read))
	var group errgroup.Group
	for from := 0; from < len(ids); from += inquiriesInTx {
		var msgs []sdk.Msg
		for i := from; i < min(from+inquiriesInTx, len(ids)); i++ {
			nonce, subject := make([]byte, credittypes.NonceSize), v.read[i]
			_, _ = rand.Read(nonce) // never fails, see its doc
			msgs = append(msgs, &credittypes.MsgOpenInquiry{
				DataUser: v.signer.Address().String(), Subject: subject[:], Purpose: credittypes.PURPOSE_LEGAL_ORDER, Nonce: nonce,
			})
			ids[i] = [32]byte(credittypes.InquiryID(v.signer.Address(), subject[:], nonce))
		}
		group.Go(func() error {
			_, err := sender.Send(ctx, msgs...)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("opening inquiries: %w", err)
	}
	inquiries := make([]credittypes.Inquiry, len(ids))
	return inquiries, atOnce(ctx, len(ids), func(ctx context.Context, _, i int) (err error) {
		inquiries[i], _, err = v.chain.Inquiry(ctx, ids[i])
		return err
	})
}

// atOnce does n pieces of work with as many readers as there are.
func atOnce(ctx context.Context, n int, work func(ctx context.Context, reader, i int) error) error {
	var next atomic.Int64
	group, within := errgroup.WithContext(ctx)
	for reader := range readers {
		group.Go(func() error {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return nil
				}
				if err := work(within, reader, i); err != nil {
					return err
				}
			}
		})
	}
	return group.Wait()
}

// postgresReads is what a vault is compared with: the same client program reads rows of the same size by primary key, with
// as many connections, over TLS 1.3 too, with prepared statements, from a server that has them all in memory. A round trip brings one
// row, as a point read does; one of a vault brings reportLines records, of which each is counted.
type postgresReads struct {
	postgres
	ids   [][]byte
	conns []*pgx.Conn
}

func (*postgresReads) name() string { return postgresRead }
func (*postgresReads) unit() string { return "rows" }
func (p *postgresReads) about() string {
	return fmt.Sprintf("PostgreSQL %s: %d readers with a connection each over TLS 1.3, one row of %d bytes by primary key after the other", p.version, readers, recordBytes)
}

func (p *postgresReads) open(ctx context.Context) error {
	p.tls = &postgresTLS{}
	if err := p.postgres.open(ctx); err != nil {
		return err
	}
	if _, err := p.conn.Exec(ctx, `CREATE TABLE record (id bytea PRIMARY KEY, content bytea NOT NULL)`); err != nil {
		return err
	}
	rows := make([][]any, readsInRound)
	for i := range rows {
		id, content := make([]byte, 32), make([]byte, recordBytes)
		_, _ = rand.Read(id)
		_, _ = rand.Read(content)
		p.ids = append(p.ids, id)
		rows[i] = []any{id, content}
	}
	if _, err := p.conn.CopyFrom(ctx, pgx.Identifier{"record"}, []string{"id", "content"}, pgx.CopyFromRows(rows)); err != nil {
		return err
	}
	for range readers {
		conn, err := p.connect(ctx)
		if err != nil {
			return err
		}
		p.conns = append(p.conns, conn)
	}
	return nil
}

func (p *postgresReads) round(ctx context.Context) (besideSample, error) {
	start := time.Now()
	err := atOnce(ctx, readsInRound, func(ctx context.Context, reader, i int) error {
		var content []byte
		if err := p.conns[reader].QueryRow(ctx, `SELECT content FROM record WHERE id = $1`, p.ids[(i*7919)%len(p.ids)]).Scan(&content); err != nil {
			return err
		}
		if len(content) != recordBytes {
			return fmt.Errorf("a row of %d bytes", len(content))
		}
		return nil
	})
	return besideSample{count: readsInRound, elapsed: time.Since(start)}, err
}

func (p *postgresReads) close() error {
	for _, conn := range p.conns {
		_ = conn.Close(context.Background()) // the server stops next
	}
	return p.postgres.close()
}
