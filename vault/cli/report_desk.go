package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/vault/desk"
	"github.com/creditd/creditd/vault/exchange"
	"github.com/creditd/creditd/vault/lightchain"
	"github.com/creditd/creditd/vault/report"
)

const defaultDesk = "127.0.0.1:9292"

type deskFlags struct {
	listen, certificate, key, explorer, linkFile string
}

func newReportDeskCmd() *cobra.Command {
	var f deskFlags
	cmd := &cobra.Command{
		Use:   "desk",
		Short: "Serve a desk in the browser: open inquiries, fetch reports, read and save them",
		Long: `Serve a desk on this machine, with which an officer of the institution works in the browser: it shows the
institution's inquiries, opens one, fetches its report from the furnishers' vaults, shows each line with its proof, and saves
the file with proofs that 'creditd report verify' checks. The desk signs with the institution's key.

It prints a link that lets one browser in, once; when it was used, it prints another. With --link-file the link that is good
now stands in a file instead, which its owner alone can read. It listens on this machine alone, unless it has a certificate. A
report is held in memory until it is closed, and is written nowhere.

The keyring's passphrase is asked for at the start.`,
		Example: example(
			"creditd report desk --home ~/.creditd-devnet/lender --listen 127.0.0.1:9292 --explorer http://127.0.0.1:27003/ui/",
			"creditd report desk --home ~/mybank --from officer --keyring-backend file"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			e, err := newReportEnvironment(cmd)
			if err != nil {
				return err
			}
			ctx, cancel := interruptible(cmd)
			defer cancel()
			return e.serveDesk(ctx, f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.listen, "listen", defaultDesk, "Address to listen on: of this machine alone, or any with --tls-cert and --tls-key")
	flags.StringVar(&f.certificate, "tls-cert", "", "Certificate (PEM); the desk answers under the names that it is for")
	flags.StringVar(&f.key, "tls-key", "", "Key of the certificate (PEM)")
	flags.StringVar(&f.explorer, "explorer", "", "Address of an explorer to link to, as http://127.0.0.1:27003/ui/")
	flags.StringVar(&f.linkFile, "link-file", "", "File to keep the link in that lets the next browser in, instead of printing it")
	return cmd
}

// deskLink is what --output json prints, in a line for each link.
type deskLink struct {
	Link string `json:"link"`
}

func (e *reportEnvironment) serveDesk(ctx context.Context, f deskFlags) (err error) {
	if !e.cmd.Flags().Changed("listen") {
		f.listen = defaultDesk // the setting of that name in vault.toml is that of 'vault serve'
	}
	if err := desk.CheckExplorer(f.explorer); err != nil {
		return err
	}
	listener, err := desk.Listen(ctx, f.listen, f.certificate, f.key)
	if err != nil {
		return err
	}
	v, err := e.open(ctx)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, v.close()) }()
	var failed error
	served, err := desk.New(e.office(v), desk.Options{
		Hosts: listener.Hosts, Base: listener.Base, Explorer: f.explorer,
		NewLink: func(link string) {
			if failure := e.tellLink(f.linkFile, link); failure != nil {
				failed = failure
				e.cmd.PrintErrln(failure)
			}
		},
	})
	if err == nil {
		err = failed // nobody could come in
	}
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	if f.linkFile != "" {
		e.cmd.PrintErrf("The desk is at %s%s\n", listener.Base, desk.Prefix)
		defer func() { _ = os.Remove(f.linkFile) }() // it leads nowhere any more
	}
	return desk.Serve(ctx, listener, served)
}

// tellLink tells the officer alone: on the terminal, or in a file that only its owner can read.
func (e *reportEnvironment) tellLink(file, link string) error {
	if file == "" {
		return e.print(deskLink{link}, func(w io.Writer) {
			_, _ = fmt.Fprintf(w, "Open the desk, in one browser, once:\n  %s\n", link)
		})
	}
	fresh := file + ".new"
	if err := os.WriteFile(fresh, []byte(link+"\n"), 0o600); err != nil {
		return fmt.Errorf("--link-file: %w", err)
	}
	if err := os.Rename(fresh, file); err != nil {
		return fmt.Errorf("--link-file: %w", err)
	}
	return nil
}

// office of the institution that the vault is of.
func (e *reportEnvironment) office(v *vault) desk.Office {
	o := desk.Office{
		ChainID: v.chain.ChainID(), Operator: v.sender.Address(), Chain: v.chain,
		Open: func(ctx context.Context, request report.Request) ([32]byte, error) {
			return openInquiry(ctx, v, request)
		},
		Getter: func(ctx context.Context) (*report.Getter, func() error, error) { return e.getter(ctx, v) },
		Prove: func(ctx context.Context, r *report.Report) (*report.Proofs, error) {
			node, err := e.rpc()
			if err != nil {
				return nil, err
			}
			return r.Prove(ctx, node, report.ProveOptions{})
		},
	}
	if _, err := e.consortium(); !errors.Is(err, os.ErrNotExist) {
		o.Pseudonym = e.pseudonymOfForm
	}
	return o
}

// pseudonymOfForm never reads standard input, as a command's --identity - does.
func (e *reportEnvironment) pseudonymOfForm(kind, identity string) ([32]byte, error) {
	known, ok := subjectKinds[kind]
	if !ok {
		return [32]byte{}, errors.New("choose whether the subject is a firm or a natural person")
	}
	consortium, err := e.consortium()
	if err != nil {
		return [32]byte{}, err
	}
	return consortium.Pseudonym(known, identity)
}

// openInquiry under the consent that there is.
func openInquiry(ctx context.Context, v *vault, request report.Request) (id [32]byte, err error) {
	if request.Subject, err = report.Survivor(ctx, v.chain, request.Subject); err != nil {
		return id, err
	}
	if request.Consent, err = report.LiveConsent(ctx, v.chain, v.sender.Address(), request, time.Now()); err != nil {
		return id, err
	}
	getter := &report.Getter{ChainID: v.chain.ChainID(), DataUser: v.signer.Address(), Chain: v.chain, Send: v.sender.Send, Now: time.Now}
	return getter.Open(ctx, request)
}

// getter of reports for the vault's institution, and what closes it.
func (e *reportEnvironment) getter(ctx context.Context, v *vault) (*report.Getter, func() error, error) {
	proven, err := e.proven(ctx, v.chain, v.store, lightchain.DefaultMaxAge, true)
	if err != nil {
		return nil, nil, err
	}
	key, err := registeredKey(ctx, v)
	if err != nil {
		return nil, nil, errors.Join(err, proven.Close())
	}
	getter := &report.Getter{
		ChainID: v.chain.ChainID(), DataUser: v.signer.Address(), Chain: proven, History: v.chain, Send: v.sender.Send, Now: time.Now,
		Vaults: &exchange.Fetcher{
			ChainID: v.chain.ChainID(), Signer: v.signer, Key: key, Codec: v.chain.Codec().GRPCCodec(), Keys: proven,
		},
	}
	return getter, func() error { return errors.Join(getter.Close(), proven.Close()) }, nil
}
