// Package cli is the command line of the wallet. It reaches a chain only through what it is given, so that the same commands
// run against a node and in tests.
package cli

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/internal/interrupt"
	"github.com/creditd/creditd/wallet"
	"github.com/creditd/creditd/wallet/text"
	"github.com/creditd/creditd/x/attestation/commitment"
)

const (
	flagHome       = "home"
	flagNode       = "node"
	flagGRPC       = "grpc-addr"
	flagChainID    = "chain-id"
	flagPassphrase = "passphrase-file"
	flagOutput     = "output"
	flagVerbose    = "verbose"
	flagFile       = "file"

	defaultNode = "tcp://127.0.0.1:26657"
	defaultGRPC = "127.0.0.1:9090"
	homeVar     = "CREDITD_WALLET_HOME"
	shortID     = 8 // digits of an id that people are shown
)

// Connection says which node to ask.
type Connection struct {
	ChainID string // empty: whichever the node is on
	Node    string // CometBFT RPC
	GRPC    string // of the same node
}

// Connect opens the chain.
type Connect func(ctx context.Context, c Connection) (wallet.Chain, error)

// now is the clock and workFactor that of new wallets, 0 for the default; tests set both.
var (
	now        = time.Now
	workFactor int
)

// NewWalletCmd is 'creditd wallet'.
func NewWalletCmd(connect Connect) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "wallet",
		Short: helpWallet.short,
		Long:  helpWallet.long,
		// Nothing here runs a node: no node's configuration is written into the wallet.
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceUsage:      true,
	}
	f := cmd.PersistentFlags()
	f.String(flagHome, "", helpFlags[flagHome])
	f.String(flagNode, "", helpFlags[flagNode]+defaultNode)
	f.String(flagGRPC, "", helpFlags[flagGRPC]+defaultGRPC)
	f.String(flagChainID, "", helpFlags[flagChainID])
	f.String(flagPassphrase, "", helpFlags[flagPassphrase])
	f.StringP(flagOutput, "o", "text", helpFlags[flagOutput])
	f.Bool(flagVerbose, false, helpFlags[flagVerbose])
	c := commands{connect}
	cmd.AddCommand(
		c.initialise(), c.restore(), c.address(), c.status(), c.claim(), c.handOver(), c.object(), c.consents(), c.consent(), c.looks(),
		c.records(), c.disputes(), c.dispute(), c.freeze(), c.lift(), c.unfreeze(), c.alert(), c.erase(), c.receipts(), c.credential(),
		c.report(),
	)
	return cmd
}

// commands make the commands.
type commands struct{ connect Connect }

// session is one run of a command.
type session struct {
	cmd     *cobra.Command
	connect Connect
	wallet  *wallet.Wallet
	chain   wallet.Chain // nil until dial
}

// command is one with a wallet. The long help names the fields of its JSON.
func (c commands) command(h help, args cobra.PositionalArgs, run func(ctx context.Context, s *session, args []string) error) *cobra.Command {
	return &cobra.Command{
		Use: h.use, Short: h.short, Long: h.long, Example: h.example, Args: args, SilenceUsage: true,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			s, err := c.session(cmd)
			if err != nil {
				return err
			}
			if s.wallet, err = wallet.Open(s.home()); err != nil {
				return err
			}
			ctx, cancel := interruptible(cmd)
			defer cancel()
			defer func() { err = errors.Join(err, s.close()) }()
			return run(ctx, s, args)
		},
	}
}

func (c commands) session(cmd *cobra.Command) (*session, error) {
	s := &session{cmd: cmd, connect: c.connect}
	if output := s.text(flagOutput); output != "text" && output != "json" {
		return nil, fmt.Errorf("--%s %q: text | json", flagOutput, output)
	}
	return s, nil
}

func interruptible(cmd *cobra.Command) (context.Context, context.CancelFunc) {
	return interrupt.Context(cmd.Context())
}

func (s *session) text(name string) string {
	value, _ := s.cmd.Flags().GetString(name) // every command has the shared flags
	return value
}

func (s *session) flag(name string) bool {
	value, _ := s.cmd.Flags().GetBool(name)
	return value
}

func (s *session) home() string {
	if home := cmp.Or(s.text(flagHome), os.Getenv(homeVar)); home != "" {
		return home
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ".creditd-wallet"
	}
	return filepath.Join(home, ".creditd-wallet")
}

// dial opens the chain that the wallet is of.
func (s *session) dial(ctx context.Context) (wallet.Chain, error) {
	if s.chain != nil {
		return s.chain, nil
	}
	chain, err := s.connect(ctx, Connection{
		ChainID: s.wallet.ChainID, Node: cmp.Or(s.text(flagNode), s.wallet.Node, defaultNode), GRPC: cmp.Or(s.text(flagGRPC), s.wallet.GRPC, defaultGRPC),
	})
	if err != nil {
		return nil, err
	}
	s.chain = chain
	return chain, nil
}

func (s *session) viewer(ctx context.Context) (*wallet.Viewer, error) {
	chain, err := s.dial(ctx)
	if err != nil {
		return nil, err
	}
	return wallet.NewViewer(chain, s.wallet, now()), nil
}

// file is the credit file that a command is about.
func (s *session) file() (wallet.CreditFile, error) { return s.wallet.File(s.text(flagFile)) }

// look opens what most commands need.
func (s *session) look(ctx context.Context) (wallet.CreditFile, *wallet.Viewer, error) {
	file, err := s.file()
	if err != nil {
		return file, nil, err
	}
	v, err := s.viewer(ctx)
	return file, v, err
}

func (s *session) close() error {
	if s.chain == nil {
		return nil
	}
	return s.chain.Close()
}

// print writes a result: as JSON with stable fields, or as text.
func (s *session) print(result any, human func(p printer)) error {
	if s.text(flagOutput) == "json" {
		encoder := json.NewEncoder(s.cmd.OutOrStdout())
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(result)
	}
	human(func(format string, args ...any) { fmt.Fprintf(s.cmd.OutOrStdout(), format, args...) })
	return nil
}

// say writes what is no result to standard error.
func (s *session) say(format string, args ...any) { fmt.Fprintf(s.cmd.ErrOrStderr(), format, args...) }

type printer func(format string, args ...any)

// id is short, unless all of it is asked for.
func (s *session) id(h commitment.Hash) string {
	full := hex.EncodeToString(h[:])
	if s.flag(flagVerbose) {
		return full
	}
	return full[:shortID]
}

// who is an institution's name, or who else it was.
func (s *session) who(p wallet.Party) string {
	switch {
	case p.You:
		return text.You
	case p.Name == "":
		return fmt.Sprintf(text.Unknown, p.Address)
	case s.flag(flagVerbose):
		return p.Name + " (" + p.Address + ")"
	}
	return p.Name
}

func day(t time.Time) string    { return t.Local().Format(text.Day) }
func moment(t time.Time) string { return t.Local().Format(text.Moment) }

// wordOf is the plain word of a code, or the code where there is none.
func wordOf(words map[string]string, code string) string {
	if word, ok := words[code]; ok {
		return word
	}
	return code
}

// span of time in days where that is what it is.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= day && d%day == 0 {
		if d == day {
			return "1 day"
		}
		return fmt.Sprintf("%d days", d/day)
	}
	return d.String()
}

func kindsOf(data []string) string {
	words := make([]string, len(data))
	for i, name := range data {
		words[i] = wordOf(text.Schemas, name)
		if len(name) == 2*len(commitment.Hash{}) && words[i] == name {
			words[i] = name[:shortID]
		}
	}
	return strings.Join(words, ", ")
}

// parseDay reads a day as the beginning of it, here.
func parseDay(flag, value string) (*time.Time, error) {
	if value == "" {
		return nil, nil //nolint:nilnil // none given
	}
	at, err := time.ParseInLocation(time.DateOnly, value, time.Local)
	if err != nil {
		return nil, fmt.Errorf(text.ErrDate, "--"+flag, value)
	}
	return &at, nil
}

func lines(text ...string) string { return "  " + strings.Join(text, "\n  ") }

// readLine from the terminal, of a length that nobody types.
func readLine(in io.Reader) (string, error) {
	var line []byte
	one := make([]byte, 1)
	for len(line) < 4096 {
		n, err := in.Read(one)
		if n == 1 {
			if one[0] == '\n' {
				return strings.TrimSpace(string(line)), nil
			}
			line = append(line, one[0])
			continue
		}
		if errors.Is(err, io.EOF) && len(line) > 0 {
			break
		}
		if err != nil {
			return "", err
		}
	}
	return strings.TrimSpace(string(line)), nil
}
