package cli

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/vault/backup"
)

type backupResult struct {
	File    string `json:"file"`
	LeftOut int64  `json:"left_out,omitempty"` // records that were shredded since
	Erased  int64  `json:"erased,omitempty"`   // of these, that the chain alone knew of
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
