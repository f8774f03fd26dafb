package cmd

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/devnet"
)

func newDevnetDeskCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "desk",
		Short: "Print a link that lets a browser into the lender's desk, once",
		Long: `Print a link that lets one browser into the desk of the devnet's lender, where inquiries are opened and reports are fetched
and read. When it was used, the next call prints another. docs/browser-tutorial.md goes through it.`,
		Example: "creditd devnet desk",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			m, err := devnet.Load(devnetHome(cmd))
			if err != nil {
				return err
			}
			link, err := m.DeskLink()
			if err != nil {
				return err
			}
			return printResult(cmd, struct {
				Link string `json:"link"`
			}{link}, "%s\n", link)
		},
	}
}

func newDevnetSubjectCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "subject",
		Short: "Print the made-up borrower: pseudonym, account, and the words of its key for a wallet",
		Long: `Print the borrower whose loans the devnet imported: its made-up identity number, its pseudonym, its account, and the
mnemonic of its key, which a browser's subject page or a wallet takes. The words of a real key are shown to nobody.`,
		Example: "creditd devnet subject",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			m, err := devnet.Load(devnetHome(cmd))
			if err != nil {
				return err
			}
			if len(m.Subjects) == 0 {
				return errors.New("this devnet has no borrower: it was made with --seed-records 0, or with too few validators")
			}
			s := &m.Subjects[0]
			mnemonic, err := s.MnemonicOf()
			if err != nil {
				return err
			}
			result := struct {
				Identity  string `json:"identity"`
				Kind      string `json:"kind"`
				Pseudonym string `json:"pseudonym"`
				Address   string `json:"address"`
				Mnemonic  string `json:"mnemonic"`
				Lender    string `json:"lender"`
				Page      string `json:"page"`
			}{s.Identity, s.Kind, s.Pseudonym, s.Address, mnemonic, m.Find(devnet.Lender).Operator, m.Explorer() + "subject"}
			return printResult(cmd, result, `  identity   %s (%s, made up)
  pseudonym  %s
  account    %s
  mnemonic   %s
  lender     %s
  its page   %s
`, result.Identity, result.Kind, result.Pseudonym, result.Address, result.Mnemonic, result.Lender, result.Page)
		},
	}
}
