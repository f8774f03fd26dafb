package cmd

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/app"
	"github.com/creditd/creditd/indexer"
	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/vault/operate"
)

const (
	indexerListen = "127.0.0.1:9390"
	indexerAdmin  = "127.0.0.1:9391"
	switchedOff   = "off"
)

// indexerFlags of 'creditd indexer'.
type indexerFlags struct {
	db, node, chainID    string
	listen, admin, level string
	from, batch          int64
	trustHeight          int64
	trustHash            string
	trustingPeriod       time.Duration
	rescan, once         bool
	trustNode            bool
}

// newIndexerCmd needs no node's home: no configuration is written into one.
func newIndexerCmd() *cobra.Command {
	var f indexerFlags
	cmd := &cobra.Command{
		Use:   "indexer",
		Short: "Follow the chain into PostgreSQL and answer what a node has no index for",
		Long: `Follow the chain into PostgreSQL until interrupted: blocks, transactions with decoded messages, institutions, schemas,
attestations, inquiries, receipts and disputes; and serve search, time series and lists over HTTP, for the explorer
and for programs. A node passes on /indexer/ when its app.toml says where: [rest] indexer = "http://127.0.0.1:9390".

Nothing that the node says is believed: headers follow from a trusted one by validators' signatures, transactions and their
results are what headers commit to, and entries of the state come with proofs. The first start needs a recent header from
another source, --trust-height and --trust-hash: whoever has the keys of validators of long ago can sign another history, and
only a header from elsewhere tells. On a network of your own, --trust-node believes the node's first. A node that lies ends
the command with an error and leaves the tables as they were.

Killed at any time, it goes on after the last block that is wholly in the tables. A node or database that is away is
waited for. On --admin-listen there are /healthz, /readyz and, for Prometheus, /metrics. The log on standard error is JSON.
docs/indexer.md describes the tables, which are for your own queries too.`,
		Example: `  createdb creditd
  curl -s http://ANOTHER_NODE:26657/commit     # a height and its hash, from somebody else than your node
  creditd indexer --db postgres:///creditd?host=/var/run/postgresql --node tcp://127.0.0.1:26657 --trust-height HEIGHT --trust-hash HASH
  creditd indexer --db postgres:///creditd?host=/var/run/postgresql --node tcp://127.0.0.1:27000 --trust-node     # on a devnet
  creditd indexer status --db postgres:///creditd?host=/var/run/postgresql --output json`,
		Args:              cobra.NoArgs,
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
		RunE:              func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	cmd.PersistentFlags().StringVar(&f.db, "db", "", "URL of the PostgreSQL database, without a password (PGPASSFILE has it); search_path in it names the schema (default creditd_indexer)")
	flags := cmd.Flags()
	flags.StringVar(&f.node, "node", "tcp://127.0.0.1:26657", "CometBFT RPC of a node that keeps the blocks to index")
	flags.StringVar(&f.chainID, "chain-id", "", "Id of the chain; default: that of the node, at the first start")
	flags.StringVar(&f.listen, "listen", indexerListen, "Address to answer on; off for none")
	flags.StringVar(&f.admin, "admin-listen", indexerAdmin, "Address of /healthz, /readyz and /metrics, of this machine alone; off for none")
	flags.StringVar(&f.level, "log-level", "info", "Least severe line that is logged (debug|info|warn|error)")
	flags.Int64Var(&f.from, "from", 0, "First block to index, at the first start; 0 for the first that the node has")
	flags.Int64Var(&f.batch, "batch", indexer.DefaultBatch, fmt.Sprintf("Blocks of a backfill that are in memory and written at once, 1 to %d", indexer.MaxBatch))
	flags.Int64Var(&f.trustHeight, "trust-height", 0, "Height of a header that you trust")
	flags.StringVar(&f.trustHash, "trust-hash", "", "Hash of that header, 64 hexadecimal digits")
	flags.BoolVar(&f.trustNode, "trust-node", false, "Believe the node's first header at the first start: for a network of your own")
	flags.DurationVar(&f.trustingPeriod, "trusting-period", proof.DefaultTrustingPeriod, "Longest time between two blocks of the chain, or that it stood still")
	flags.BoolVar(&f.rescan, "rescan", false, "Walk through the whole state again: proves that nothing is missing, whatever nodes told before")
	flags.BoolVar(&f.once, "once", false, "End when everything that the node has is in the tables")
	cmd.AddCommand(f.statusCmd())
	return cmd
}

func (f *indexerFlags) run(cmd *cobra.Command) (err error) {
	trust, err := f.check()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	var level slog.Level
	if err := level.UnmarshalText([]byte(f.level)); err != nil {
		return fmt.Errorf("--log-level %q: use debug, info, warn or error", f.level)
	}
	log := slog.New(slog.NewJSONHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: level}))
	node, err := indexer.Dial(f.node)
	if err != nil {
		return err
	}
	db, err := indexer.Open(ctx, f.db)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	metrics, err := indexer.NewMetrics()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, metrics.Close(context.WithoutCancel(ctx))) }()
	encoding := app.NewEncodingConfig()
	x, err := indexer.New(indexer.Config{
		Node: node, DB: db, Codec: encoding.Codec, Decode: encoding.TxConfig.TxDecoder(), ChainID: f.chainID, From: f.from, Batch: f.batch,
		Trust: trust, TrustNode: f.trustNode, TrustingPeriod: f.trustingPeriod, Metrics: metrics, Log: log,
	})
	if err != nil {
		return err
	}
	if f.rescan {
		if err := x.Rescan(ctx); err != nil {
			return err
		}
	}
	return f.follow(ctx, x, db, metrics, log)
}

func (f *indexerFlags) checkDB() error {
	if f.db == "" {
		return errors.New("--db is missing: write it like postgres://indexer@127.0.0.1:5432/creditd")
	}
	return indexer.CheckURL(f.db)
}

func (f *indexerFlags) check() (*proof.Trusted, error) {
	if err := f.checkDB(); err != nil {
		return nil, err
	}
	if f.admin != switchedOff {
		if err := operate.CheckLoopback(f.admin); err != nil {
			return nil, fmt.Errorf("--admin-listen: %w", err)
		}
	}
	if f.batch < 1 || f.batch > indexer.MaxBatch {
		return nil, fmt.Errorf("--batch: 1 to %d", indexer.MaxBatch)
	}
	if f.from < 0 {
		return nil, errors.New("--from: heights begin at 1")
	}
	if f.trustHeight == 0 && f.trustHash == "" {
		return nil, nil // the first start wants a word on that
	}
	if f.trustNode {
		return nil, errors.New("--trust-node is for where there is no header to name: leave it out with --trust-height and --trust-hash")
	}
	trusted, err := proof.ParseTrusted(f.trustHeight, f.trustHash)
	return &trusted, err
}

// follow the chain, and serve while it does.
func (f *indexerFlags) follow(ctx context.Context, x *indexer.Indexer, db *indexer.DB, metrics *indexer.Metrics, log *slog.Logger) error {
	if f.once {
		return x.CatchUp(ctx)
	}
	serving, stop := context.WithCancel(ctx)
	defer stop()
	admin := &indexer.Admin{DB: db, Metrics: metrics, Now: time.Now}
	defer context.AfterFunc(ctx, admin.Stopping)()
	var group sync.WaitGroup
	defer group.Wait()
	defer stop()
	serve := func(flag, address string, do func(context.Context, net.Listener) error) (string, error) {
		if address == switchedOff {
			return switchedOff, nil
		}
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
		if err != nil {
			return "", fmt.Errorf("cannot listen on %s: %w: stop what uses the port, pass another --%s, or off for none", address, err, flag)
		}
		group.Go(func() {
			if err := do(serving, listener); err != nil && serving.Err() == nil {
				log.Error("not served any more", "address", address, "error", err)
			}
		})
		return listener.Addr().String(), nil
	}
	server := indexer.NewServer(db, metrics, log)
	listen, err := serve("listen", f.listen, func(ctx context.Context, l net.Listener) error { return indexer.Serve(ctx, l, server.Handler()) })
	if err != nil {
		return err
	}
	at, err := serve("admin-listen", f.admin, func(ctx context.Context, l net.Listener) error { return operate.ServeAdmin(ctx, l, admin.Handler()) })
	if err != nil {
		return err
	}
	log.Info("indexer follows", "node", f.node, "database", db.Where(), "address", listen, "admin", at)
	if err := operate.Notify(ctx, "READY=1"); err != nil {
		log.Warn("the service manager was not told", "error", err)
	}
	if err := x.Run(ctx); err != nil {
		return err
	}
	log.Info("indexer stopped")
	return nil
}

func (f *indexerFlags) statusCmd() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:     "status",
		Short:   "Say how far the tables are",
		Example: "  creditd indexer status --db postgres:///creditd?host=/var/run/postgresql --output json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if err := f.checkDB(); err != nil {
				return err
			}
			db, err := indexer.Open(cmd.Context(), f.db)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, db.Close()) }()
			status, err := db.Status(cmd.Context())
			if errors.Is(err, sql.ErrNoRows) {
				return errors.New("there is nothing in the tables yet: start 'creditd indexer' with the same --db")
			}
			if err != nil {
				return err
			}
			if output == "json" {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(status)
			}
			state := "complete"
			if !status.Complete {
				state = fmt.Sprintf("%d entries of the state to be read, walking through all: %t", status.Pending, status.Scanning)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "chain    %s\nblocks   %d to %d\nlast     %s\nentries  %s\ntrust    %s\n", status.ChainID,
				status.FirstHeight, status.Height, status.Time.Format(time.RFC3339), state, trustWords(status.TrustHeight))
			return err
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "text", "Output format (text|json)")
	return cmd
}

func trustWords(height int64) string {
	if height == 0 {
		return "the node's first header, on its word"
	}
	return fmt.Sprintf("the header that you named at height %d", height)
}
