package cli

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/books"
	"github.com/creditd/creditd/vault/importer"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

const defaultBatch = 100

type importFlags struct {
	format, mapping string
	asOf, rejects   string
	lenders         []string
	batch, inFlight int
}

type importResult struct {
	importer.Summary
	RejectsFile string  `json:"rejects_file"`
	Seconds     float64 `json:"seconds"`
}

func newImportCmd() *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Bring a loan book into the vault and onto the chain",
		Long: `Read a loan book row by row, encrypt each record into the vault and put its commitment onto the chain. A row that
cannot be furnished truthfully goes into the rejects file with line, column and reason. The command can be run
again, after an interruption or with next month's book: only what is new or changed is sent.

--format names a layout that is built in. A lender's own CSV or JSON lines are described by a mapping file: begin with
'creditd vault mapping template', try it with 'creditd vault mapping check', and pass it with --mapping.

How long each record may be shown follows from its own fields and from the profile of the institution's jurisdiction
('creditd query credit profiles'); a row whose time is over is rejected. Where the profile wants natural persons to be
told before something counts against them, the book says so in columns NOTICE_DATE (YYYY-MM-DD) and NOTICE_SHA256
(of the text of the notice); the notice goes onto the chain, as a commitment, before the report.

It exits with 0 when every row that could be read is on the chain; rejected rows are no failure.`,
		Example: example(
			"creditd vault generate --format sba --rows 1000 --out book.csv",
			"creditd vault lenders book.csv",
			`creditd vault import --home ~/.creditd-devnet/bank-a --format sba --lender "FIRST SYNTHETIC BANK" book.csv`,
			"creditd vault import --home ~/.creditd-devnet/bank-a --mapping mapping.yaml --as-of 2026-10-31 own-book.csv"),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := newEnvironment(cmd)
			if err != nil {
				return err
			}
			ctx, cancel := interruptible(cmd)
			defer cancel()
			result, err := e.importBook(ctx, args[0], f)
			if err != nil {
				return err
			}
			if err := e.print(result, result.print); err != nil {
				return err
			}
			if result.Refused > 0 {
				return fmt.Errorf("the chain refused %d records: see the reasons above, and run the command again when they are gone", result.Refused)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&f.format, "format", "", "Format of the book that is built in (sba|card|metro2)")
	cmd.Flags().StringVar(&f.mapping, "mapping", "", "Mapping file that describes the book, instead of --format")
	cmd.Flags().StringArrayVar(&f.lenders, "lender", nil, "Keep the rows of this lender only; may be repeated")
	cmd.Flags().StringVar(&f.asOf, "as-of", "", "Day on which the book was drawn, YYYY-MM-DD; default: that of the mapping")
	cmd.Flags().StringVar(&f.rejects, "rejects", "", "File for the rows that are set aside (default HOME/rejects/BOOK.rejects.csv); personal data like the book")
	cmd.Flags().IntVar(&f.batch, "batch", defaultBatch, "Records in a transaction")
	cmd.Flags().IntVar(&f.inFlight, "in-flight", importer.DefaultInFlight, "Transactions at once")
	cmd.MarkFlagsOneRequired("format", "mapping")
	cmd.MarkFlagsMutuallyExclusive("format", "mapping")
	return cmd
}

func (r *importResult) print(w io.Writer) {
	_, _ = fmt.Fprintf(w, "%d rows: %d furnished, %d corrected, %d unchanged, %d rejected, in %.1f s\n",
		r.Rows, r.Furnished, r.Corrected, r.Unchanged, r.Rejected, r.Seconds)
	if r.Resumed > 0 {
		_, _ = fmt.Fprintf(w, "%d records that an earlier run had left are on the chain now\n", r.Resumed)
	}
	if r.Expired > 0 {
		_, _ = fmt.Fprintf(w, "%d of the rejected are expired: the law of the institution's jurisdiction does not let them be shown any more\n", r.Expired)
	}
	if r.Rejected > 0 {
		_, _ = fmt.Fprintf(w, "Rejected rows with their reasons: %s\n", r.RejectsFile)
	}
	if r.Waiting > 0 {
		_, _ = fmt.Fprintf(w, "%d records wait for the days that must pass after the notice to their subjects: run the command again then\n", r.Waiting)
	}
	for _, reason := range r.Refusals {
		_, _ = fmt.Fprintf(w, "Refused: %s\n", reason)
	}
}

func (e *environment) importBook(ctx context.Context, path string, f importFlags) (_ *importResult, err error) {
	start := time.Now()
	file, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("book: %w", err)
	}
	defer closing(&err, "the book", file)
	digest, lines, err := survey(file)
	if err != nil {
		return nil, fmt.Errorf("book %s: %w", path, err)
	}
	mapping, err := bookMapping(f.format, f.mapping)
	if err != nil {
		return nil, err
	}
	reader, err := books.NewMappedReader(file, mapping, books.Options{Lenders: f.lenders, AsOf: f.asOf})
	if err != nil {
		return nil, err
	}
	v, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, v.close()) }()
	debug.SetGCPercent(importer.GCPercent)
	debug.FreeOSMemory() // deriving the key took much
	consortium, err := e.consortium()
	if err != nil {
		return nil, err
	}
	if f.rejects == "" {
		f.rejects = filepath.Join(e.home, "rejects", filepath.Base(path)+".rejects.csv")
	}
	rejects, err := newRejectsFile(f.rejects, reader.Header())
	if err != nil {
		return nil, err
	}
	defer closing(&err, "the rejects file", rejects)
	most, err := v.chain.MaxBatch(ctx)
	if err != nil {
		return nil, err
	}
	institution, err := v.chain.GetInstitution(ctx, v.sender.Address())
	if err != nil {
		return nil, err
	}
	profile, err := v.chain.Profile(ctx, institution.Institution.Jurisdiction)
	if err != nil {
		return nil, err
	}
	progress := newProgress(e.cmd.ErrOrStderr(), lines)
	im, err := importer.New(importer.Config{
		Furnisher: v.signer.Address(), Store: v.store, Keys: v.ring, Pseudonyms: consortium, Profile: profile,
		Chain:     chainOf{v.chain, client.NewPipeline(v.sender, f.inFlight)},
		BatchSize: min(f.batch, most), InFlight: f.inFlight, Progress: progress.show,
	})
	if err != nil {
		return nil, err
	}
	summary, err := im.Run(ctx, mapping.Name, v.ring.Digest([]byte("book"), digest), reader, rejects)
	progress.end()
	if err != nil {
		return nil, err
	}
	return &importResult{Summary: summary, RejectsFile: f.rejects, Seconds: time.Since(start).Seconds()}, nil
}

// chainOf gives the importer what it needs of the client.
type chainOf struct {
	chain    *client.Client
	pipeline *client.Pipeline
}

func (c chainOf) Tradeline(ctx context.Context, subject, id [32]byte) (credittypes.Tradeline, error) {
	return c.chain.Tradeline(ctx, subject, id)
}

func (c chainOf) Notices(ctx context.Context, tradeline [32]byte) ([]credittypes.Notice, error) {
	return c.chain.Notices(ctx, tradeline)
}

func (c chainOf) Send(ctx context.Context, msgs ...sdk.Msg) error {
	_, err := c.pipeline.Send(ctx, msgs...)
	return err
}

// bookMapping is the one that describes a book: built in, or a file.
func bookMapping(format, file string) (*books.Mapping, error) {
	if file != "" {
		return books.ReadMapping(file)
	}
	return books.BuiltIn(books.Format(format))
}

// survey reads the book once for its digest and number of lines, and goes back to its start.
func survey(file io.ReadSeeker) (digest []byte, lines int, err error) {
	hash := sha256.New()
	buffer := make([]byte, 1<<16)
	for {
		n, err := file.Read(buffer)
		hash.Write(buffer[:n])
		lines += bytes.Count(buffer[:n], []byte("\n"))
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, 0, err
		}
	}
	_, err = file.Seek(0, io.SeekStart)
	return hash.Sum(nil), lines, err
}

// rejectsFile can be read by its owner only: it holds personal data.
type rejectsFile struct {
	*books.RejectWriter
	file *os.File
}

func newRejectsFile(path string, header []string) (*rejectsFile, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("rejects file: %w", err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("rejects file: %w: pass --rejects with a place that can be written", err)
	}
	writer, err := books.NewRejectWriter(file, header)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &rejectsFile{writer, file}, nil
}

func (r *rejectsFile) Close() error { return r.file.Close() }
