package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/backup"
	"github.com/creditd/creditd/vault/lightchain"
	"github.com/creditd/creditd/vault/store"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

func newRestoreCmd() *cobra.Command {
	var where string
	var from restoreFrom
	var check bool
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Fill an empty store from a backup, or only check the backup",
		Long: `Check a backup to its last byte and fill an empty store with it: one that is made, or one that nothing is in yet. All
of it is restored or nothing. The key bag is not in a backup: put the vault's present one at HOME/vault/keybag. Then 'vault verify'
proves against the chain that no record is missing. With --check nothing is restored.

Records whose destruction was attested on the chain since the backup are left out: each is asked for with a proof. The node is that
of --chain-id, --node and --grpc-addr, else the one that 'vault init' was given before the backup. --without-chain asks nobody: what was shredded then comes back as
ciphertext whose key is gone. With --shredded, the shred log of a newer backup says what else must not come back, and is kept.`,
		Example: example(
			"creditd vault backup --home ~/.creditd-devnet/bank-a bank-a.backup",
			"creditd vault restore --check bank-a.backup",
			"creditd vault restore --home ~/restored --chain-id creditd-devnet --node tcp://127.0.0.1:27001 --grpc-addr 127.0.0.1:27002 bank-a.backup",
			"creditd vault restore --home ~/restored-too --shredded bank-a.backup --without-chain bank-a.backup"),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := newEnvironment(cmd)
			if err != nil {
				return err
			}
			ctx, cancel := interruptible(cmd)
			defer cancel()
			result, err := e.restore(ctx, args[0], where, from, check)
			if err != nil {
				return err
			}
			return e.print(result, func(w io.Writer) {
				if check {
					_, _ = fmt.Fprintf(w, "%s is whole\n", result.File)
				} else {
					_, _ = fmt.Fprintf(w, "%s is restored: now run 'creditd vault verify'\n", result.File)
				}
				if !check && (from.shredded != "" || !from.withoutChain) {
					_, _ = fmt.Fprintf(w, "%d records were shredded since and are left out\n", result.LeftOut)
				}
				result.print(w)
			})
		},
	}
	cmd.Flags().StringVar(&from.shredded, "shredded", "", "Newer backup, whose shred log says what must not come back")
	cmd.Flags().BoolVar(&from.withoutChain, "without-chain", false, "Do not ask the chain what was erased since; 'vault verify' finds it")
	from.trust.add(cmd)
	cmd.Flags().StringVar(&where, flagStore, "", storeUsage)
	cmd.Flags().BoolVar(&check, "check", false, "Only check that the file is whole")
	return cmd
}

// restoreFrom says what must not come back.
type restoreFrom struct {
	shredded     string
	withoutChain bool
	trust        trustFlags
}

func (e *environment) restore(ctx context.Context, path, where string, from restoreFrom, check bool) (_ *backupResult, err error) {
	file, err := os.Open(path) //nolint:gosec // the operator names it
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	defer closing(&err, "the backup", file)
	checking := newRows(e.cmd.ErrOrStderr(), "checking")
	result, remembered := &backupResult{File: path}, &backup.Setting{Name: settingCLI}
	result.Summary, err = backup.Read(ctx, file, remembered, checking.show)
	checking.end()
	if err != nil || check {
		return result, err
	}
	newer, err := readShredded(ctx, from.shredded)
	if err != nil {
		return nil, err
	}
	erased, stop, err := e.erased(ctx, from, remembered.Value)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	s, err := e.makeStore(ctx, where)
	if err != nil {
		return nil, err
	}
	defer closing(&err, "the store", s)
	restoring := newRows(e.cmd.ErrOrStderr(), "restoring")
	defer restoring.end()
	err = s.Load(ctx, func(sink store.Sink) error {
		last := backup.WithoutErased(ctx, sink, erased)
		sink = last
		var filter *backup.Filter
		if newer != nil {
			filter = newer.Without(last)
			sink = filter
		}
		read, err := backup.Read(ctx, file, sink, restoring.show)
		if err == nil {
			err = last.Flush()
		}
		if err == nil && read.SHA256 != result.SHA256 {
			err = errors.New("the backup was changed while it was read: run the same command again")
		}
		result.LeftOut, result.Erased = last.LeftOut, last.LeftOut
		if filter != nil {
			result.LeftOut += filter.LeftOut
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return result, checkLogs(ctx, s)
}

// askErased bounds the questions to the node under way at once.
const askErased = 16

// erased asks the chain, by proofs, which records were destroyed since the backup. remembered is what the backup knows of the node.
func (e *environment) erased(ctx context.Context, from restoreFrom, remembered []byte) (_ backup.Erased, stop func() error, err error) {
	if from.withoutChain {
		return func(_ context.Context, lines []backup.Line) ([]bool, error) { return make([]bool, len(lines)), nil }, func() error { return nil }, nil
	}
	if remembered != nil {
		if err := json.Unmarshal(remembered, &e.settings); err != nil {
			return nil, nil, fmt.Errorf("the settings in the backup: %w", err)
		}
	}
	explain := func(err error) error {
		return fmt.Errorf("the chain says what was erased since the backup and has to be asked: %w: pass --chain-id, --node and --grpc-addr of a node, or --without-chain", err)
	}
	chain, err := e.dial(ctx)
	if err != nil {
		return nil, nil, explain(err)
	}
	trust := lightchain.NewMemory()
	if err := from.trust.keep(ctx, trust, chain.ChainID()); err != nil {
		return nil, nil, errors.Join(err, chain.Close())
	}
	proven, err := e.proven(ctx, chain, trust, 0, false)
	if err != nil {
		return nil, nil, errors.Join(explain(err), chain.Close())
	}
	ask := func(ctx context.Context, lines []backup.Line) ([]bool, error) {
		gone := make([]bool, len(lines))
		group, within := errgroup.WithContext(ctx)
		group.SetLimit(askErased)
		for i, line := range lines {
			group.Go(func() error {
				tradeline, err := proven.Tradeline(within, line.Subject, line.Tradeline)
				if errors.Is(err, client.ErrNotFound) { // staged, and never sent
					return nil
				}
				gone[i] = tradeline.State == credittypes.RECORD_STATE_ERASED
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return nil, fmt.Errorf("%w: nothing is restored, run the same command again", err)
		}
		return gone, nil
	}
	return ask, func() error { return errors.Join(proven.Close(), chain.Close()) }, nil
}

func readShredded(ctx context.Context, path string) (_ *backup.Shredded, err error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.Open(path) //nolint:gosec // the operator names it
	if err != nil {
		return nil, fmt.Errorf("--shredded: %w", err)
	}
	defer closing(&err, "the newer backup", file)
	shredded, err := backup.ReadShredded(ctx, file)
	if err != nil {
		return nil, fmt.Errorf("--shredded: %w", err)
	}
	return shredded, nil
}

// checkLogs checks the chains of both logs of a store that was restored.
func checkLogs(ctx context.Context, s store.Store) error {
	if _, err := store.VerifyAccessLog(ctx, s); err != nil {
		return fmt.Errorf("the access log in the backup: %w", err)
	}
	if _, err := store.VerifyShredLog(ctx, s, nil); err != nil {
		return fmt.Errorf("the shred log in the backup: %w", err)
	}
	return nil
}
