package cli

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/wallet"
	"github.com/creditd/creditd/wallet/text"
)

const (
	flagWords = "words-file"
	// wordsAsked back, of those that were shown.
	wordsAsked = 3
	minimum    = 12 // characters of a passphrase
	maxWords   = 4096
)

type created struct {
	Home    string `json:"home"`
	Address string `json:"address"`
	ChainID string `json:"chain_id"`
	Words   string `json:"words_file,omitempty"`
}

func (c commands) initialise() *cobra.Command {
	cmd := c.maker(helpInit, func(_ context.Context, s *session) (string, error) {
		words, err := wallet.NewWords()
		if err != nil {
			return "", err
		}
		if path := s.text(flagWords); path != "" {
			if err := wallet.SaveNew(path, []byte(words+"\n")); err != nil {
				return "", err
			}
			s.say(text.WordsSaved, path)
			return words, nil
		}
		return words, s.confirmWords(words)
	})
	cmd.Flags().String(flagWords, "", helpFlags["init-words"])
	return cmd
}

func (c commands) restore() *cobra.Command {
	cmd := c.maker(helpRestore, func(_ context.Context, s *session) (string, error) {
		if path := s.text(flagWords); path != "" {
			return readSecretFile(path)
		}
		s.say(text.WordsEnter)
		return readLine(s.cmd.InOrStdin())
	})
	cmd.Flags().String(flagWords, "", helpFlags["restore-words"])
	return cmd
}

// maker is a command that makes a wallet.
func (c commands) maker(h help, words func(context.Context, *session) (string, error)) *cobra.Command {
	return &cobra.Command{
		Use: h.use, Short: h.short, Long: h.long, Example: h.example, Args: cobra.NoArgs, SilenceUsage: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := c.session(cmd)
			if err != nil {
				return err
			}
			ctx, cancel := interruptible(cmd)
			defer cancel()
			return s.create(ctx, words)
		},
	}
}

func (s *session) create(ctx context.Context, words func(context.Context, *session) (string, error)) error {
	if _, err := wallet.Open(s.home()); err == nil {
		return fmt.Errorf(text.ErrWalletExists, s.home()) // before anybody writes words down
	}
	options := wallet.Options{
		ChainID: s.text(flagChainID), Node: cmp.Or(s.text(flagNode), defaultNode), GRPC: cmp.Or(s.text(flagGRPC), defaultGRPC), WorkFactor: workFactor,
	}
	if options.ChainID == "" {
		chain, err := s.connect(ctx, Connection{Node: options.Node, GRPC: options.GRPC})
		if err != nil {
			return errors.Join(errors.New(text.ErrNoChainID), err)
		}
		options.ChainID = chain.ChainID()
		if err := chain.Close(); err != nil {
			return err
		}
	}
	passphrase, err := s.newPassphrase()
	if err != nil {
		return err
	}
	chosen, err := words(ctx, s)
	if err != nil {
		return err
	}
	w, err := wallet.Create(s.home(), options, chosen, passphrase)
	if err != nil {
		return err
	}
	result := created{Home: w.Home(), Address: w.Address, ChainID: w.ChainID, Words: s.text(flagWords)}
	return s.print(result, func(p printer) { p(text.Created, w.Home(), w.Address) })
}

// confirmWords shows the words once and asks for some of them.
func (s *session) confirmWords(words string) error {
	list := strings.Fields(words)
	s.say("%s\n\n", text.WordsHead)
	for i, word := range list {
		s.say("  %2d. %s\n", i+1, word)
	}
	s.say("\n")
	for _, place := range places(len(list), wordsAsked) {
		s.say(text.WordsAsk, place+1)
		typed, err := readLine(s.cmd.InOrStdin())
		if err != nil {
			return err
		}
		if !strings.EqualFold(typed, list[place]) {
			return fmt.Errorf(text.ErrWordsTyped, place+1)
		}
	}
	return nil
}

// places draws some of n, in order.
func places(n, some int) []int {
	var drawn []int
	for len(drawn) < some {
		next, err := rand.Int(rand.Reader, big.NewInt(int64(n)))
		if err != nil {
			continue // never, see the doc of crypto/rand
		}
		if place := int(next.Int64()); !slices.Contains(drawn, place) {
			drawn = append(drawn, place)
		}
	}
	slices.Sort(drawn)
	return drawn
}

func (s *session) newPassphrase() ([]byte, error) {
	if path := s.text(flagPassphrase); path != "" {
		passphrase, err := keys.ReadSecret(path)
		if err == nil && len(passphrase) < minimum {
			err = fmt.Errorf(text.ErrShortPassphrase, minimum)
		}
		return passphrase, err
	}
	first, err := s.askPassphrase(fmt.Sprintf(text.PassphraseNew, minimum))
	if err != nil {
		return nil, err
	}
	if len(first) < minimum {
		return nil, fmt.Errorf(text.ErrShortPassphrase, minimum)
	}
	again, err := s.askPassphrase(text.PassphraseAgain)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(first, again) {
		return nil, errors.New(text.ErrPassphraseTwo)
	}
	return first, nil
}

// askPassphrase reads without showing what is typed.
func (s *session) askPassphrase(prompt string) ([]byte, error) {
	terminal, ok := s.cmd.InOrStdin().(*os.File)
	if !ok || !term.IsTerminal(int(terminal.Fd())) {
		return nil, errors.New(text.ErrPassphraseAsk)
	}
	s.say("%s", prompt)
	passphrase, err := term.ReadPassword(int(terminal.Fd()))
	s.say("\n")
	return passphrase, err
}

// unlock asks for the passphrase.
func (s *session) unlock() (*wallet.Secret, error) {
	var passphrase []byte
	var err error
	if path := s.text(flagPassphrase); path != "" {
		passphrase, err = keys.ReadSecret(path)
	} else {
		passphrase, err = s.askPassphrase(text.PassphraseAsk)
	}
	if err != nil {
		return nil, err
	}
	return s.wallet.Unlock(passphrase)
}

func readSecretFile(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Size() > maxWords {
		return "", fmt.Errorf(text.ErrFileSize, path, maxWords)
	}
	raw, err := os.ReadFile(path) //nolint:gosec // the user names the file
	return string(raw), err
}

func (c commands) address() *cobra.Command {
	return c.command(helpAddress, cobra.NoArgs, func(_ context.Context, s *session, _ []string) error {
		result := created{Home: s.wallet.Home(), Address: s.wallet.Address, ChainID: s.wallet.ChainID}
		return s.print(result, func(p printer) { p(text.AddressLine, s.wallet.Address) })
	})
}
