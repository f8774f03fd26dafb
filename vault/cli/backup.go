package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/vault/backup"
	"github.com/creditd/creditd/vault/store"
)

type backupResult struct {
	File    string `json:"file"`
	LeftOut int64  `json:"left_out,omitempty"` // records that were shredded since
	backup.Summary
}

func (r *backupResult) print(w io.Writer) {
	for _, table := range slices.Sorted(maps.Keys(r.Tables)) {
		_, _ = fmt.Fprintf(w, "%d %s\n", r.Tables[table], table)
	}
	_, _ = fmt.Fprintf(w, "%d bytes of %s, SHA-256 %s\n", r.Bytes, r.Created.Format(time.RFC3339), r.SHA256)
}

func newBackupCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Write the whole store to one file while the vault works on",
		Long: `Write all that the store holds at this moment to one file, which 'vault restore' reads into either kind of store. The
vault goes on meanwhile. Records and keys are in it as they are in the store: encrypted, of no use without the
key bag and its secret, of which it has no copy. The file is read back before it gets its name. It needs neither passphrase nor node.`,
		Example: example("creditd vault backup --home ~/.creditd-devnet/bank-a bank-a.backup"),
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := newEnvironment(cmd)
			if err != nil {
				return err
			}
			ctx, cancel := interruptible(cmd)
			defer cancel()
			result, err := e.backup(ctx, args[0])
			if err != nil {
				return err
			}
			return e.print(result, func(w io.Writer) {
				_, _ = fmt.Fprintf(w, "%s is written and checked\n", result.File)
				result.print(w)
			})
		},
	}
}

func (e *environment) backup(ctx context.Context, path string) (_ *backupResult, err error) {
	s, err := e.openStore(ctx)
	if err != nil {
		return nil, err
	}
	defer closing(&err, "the store", s)
	rows := newRows(e.cmd.ErrOrStderr(), "backup")
	defer rows.end()
	summary, err := backup.File(ctx, s, path, time.Now(), rows.show)
	return &backupResult{File: path, Summary: summary}, err
}

func newRestoreCmd() *cobra.Command {
	var where, shredded string
	var check bool
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Fill an empty store from a backup, or only check the backup",
		Long: `Check a backup to its last byte and fill an empty store with it: one that is made, or one that nothing is in yet. All
of it is restored or nothing. The key bag is not in a backup: put the vault's present one at HOME/vault/keybag. Then 'vault verify'
proves against the chain that no record is missing. With --check nothing is restored.

What was shredded since the backup comes back as ciphertext whose key is gone. With --shredded, the shred log of a newer
backup says what that is: it is left out, and the newer log is kept.`,
		Example: example(
			"creditd vault backup --home ~/.creditd-devnet/bank-a bank-a.backup",
			"creditd vault restore --check bank-a.backup",
			"creditd vault restore --home ~/restored bank-a.backup",
			"creditd vault restore --home ~/restored-too --shredded bank-a.backup bank-a.backup"),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := newEnvironment(cmd)
			if err != nil {
				return err
			}
			ctx, cancel := interruptible(cmd)
			defer cancel()
			result, err := e.restore(ctx, args[0], where, shredded, check)
			if err != nil {
				return err
			}
			return e.print(result, func(w io.Writer) {
				if check {
					_, _ = fmt.Fprintf(w, "%s is whole\n", result.File)
				} else {
					_, _ = fmt.Fprintf(w, "%s is restored: now run 'creditd vault verify'\n", result.File)
				}
				if shredded != "" {
					_, _ = fmt.Fprintf(w, "%d records were shredded since and are left out\n", result.LeftOut)
				}
				result.print(w)
			})
		},
	}
	cmd.Flags().StringVar(&shredded, "shredded", "", "Newer backup, whose shred log says what must not come back")
	cmd.Flags().StringVar(&where, flagStore, "", storeUsage)
	cmd.Flags().BoolVar(&check, "check", false, "Only check that the file is whole")
	return cmd
}

func (e *environment) restore(ctx context.Context, path, where, shredded string, check bool) (_ *backupResult, err error) {
	file, err := os.Open(path) //nolint:gosec // the operator names it
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	defer closing(&err, "the backup", file)
	checking := newRows(e.cmd.ErrOrStderr(), "checking")
	result := &backupResult{File: path}
	result.Summary, err = backup.Read(ctx, file, backup.Discard, checking.show)
	checking.end()
	if err != nil || check {
		return result, err
	}
	newer, err := readShredded(ctx, shredded)
	if err != nil {
		return nil, err
	}
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
		var filter *backup.Filter
		if newer != nil {
			filter = newer.Without(sink)
			sink = filter
		}
		read, err := backup.Read(ctx, file, sink, restoring.show)
		if err == nil && read.SHA256 != result.SHA256 {
			err = errors.New("the backup was changed while it was read: run the same command again")
		}
		if filter != nil {
			result.LeftOut = filter.LeftOut
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return result, checkLogs(ctx, s)
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
