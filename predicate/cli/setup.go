package cli

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/privacy/setup"
)

const (
	flagRows   = "rows"
	flagName   = "name"
	flagBeacon = "beacon"
	flagOut    = "out"
)

func newSetupCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "setup",
		Short: "The universal setup that proofs rest on: check one, or make one together",
		Long: `Proofs rest on powers of a secret number. Who knows the number can prove what is false, so nobody may. There are two
ways to such powers:

  the Ignition file   32,769 powers that 176 people made in 2019, of which one honest one is enough. ` + "`setup check FILE`" + `
                      checks its hash and that it is what it says.
  a ceremony          each institution runs ` + "`setup contribute`" + ` on one folder in turn, which multiplies in a number that it
                      draws and forgets. One honest institution is enough. ` + "`setup seal`" + ` ends it with a public number that
                      nobody could know before, such as the hash of a block to come; ` + "`setup verify`" + ` checks it all again.

The digest that these print is what the chain agrees on (MsgAgreeSetup), with the hash of the transcript.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newCheckCmd(), newBeginCmd(), newContributeCmd(), newTranscriptCmd(), newSealCmd())
	for _, c := range cmd.Commands() {
		c.SilenceUsage = true
	}
	return cmd
}

type setupResult struct {
	Digest     string   `json:"digest"`
	Powers     int      `json:"powers"`
	Rows       int      `json:"rows"` // of the largest circuit
	Transcript string   `json:"transcript,omitempty"`
	Made       []string `json:"contributions,omitempty"` // SHA-256, in order
	File       string   `json:"file,omitempty"`
}

func (r setupResult) print(w io.Writer) {
	fmt.Fprintf(w, "setup       %s\npowers      %d, for circuits of up to %d rows\n", r.Digest, r.Powers, r.Rows)
	if r.Transcript != "" {
		fmt.Fprintf(w, "transcript  %s\n", r.Transcript)
	}
	if r.File != "" {
		fmt.Fprintf(w, "file        %s\n", r.File)
	}
}

func newCheckCmd() *cobra.Command {
	return &cobra.Command{
		Use:     "check FILE",
		Short:   "Check the Ignition file or another setup's, and print its digest",
		Long:    "Check that the points of a setup's file are powers of one number, by pairing; of the Ignition file its SHA-256 too.",
		Example: "creditd privacy setup check kzg10-bn254-ignition-32768.bin",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := setup.ReadFile(args[0])
			if err != nil {
				return err
			}
			say(cmd)("checking %d powers\n", s.Powers())
			if err := s.Check(); err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			digest := s.Digest()
			result := setupResult{Digest: digits(digest), Powers: s.Powers(), Rows: s.Rows()}
			if bz, err := os.ReadFile(args[0]); err == nil && !bytes.HasPrefix(bz, []byte("creditd-setup")) {
				result.Transcript = setup.IgnitionSHA256
			}
			return show(cmd, result, result.print)
		},
	}
}

func newBeginCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "begin FOLDER",
		Short:   "Begin a ceremony: make the folder that goes from one institution to the next",
		Example: "creditd privacy setup begin ceremony --rows 16384",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			rows, _ := cmd.Flags().GetInt(flagRows)
			if err := beginCeremony(args[0], rows); err != nil {
				return err
			}
			return show(cmd, map[string]any{"folder": args[0], "rows": rows}, func(w io.Writer) {
				fmt.Fprintf(w, "%s is a ceremony for circuits of up to %d rows. Next: creditd privacy setup contribute %s --name NAME\n", args[0], rows, args[0])
			})
		},
	}
	cmd.Flags().Int(flagRows, 1<<14, "Rows of the largest circuit, a power of two; the circuits of this program need 16384")
	return cmd
}

func newContributeCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "contribute FOLDER",
		Short: "Verify the ceremony so far and add one's own contribution",
		Long: `Verify the contributions in the folder, draw a number, multiply it in and forget it. Announce the SHA-256 that is printed,
and pass the folder on. The number is in this process's memory alone; who wants more certainty runs it on a machine that is
destroyed afterwards.`,
		Example: "creditd privacy setup contribute ceremony --name bank-a",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := flag(cmd, flagName)
			c, err := readCeremony(args[0], say(cmd))
			if err != nil {
				return err
			}
			say(cmd)("contributing\n")
			file, hash, err := c.contribute(name)
			if err != nil {
				return err
			}
			result := map[string]any{"file": file, "sha256": digits(hash), "contributions": len(c.made.Contributions())}
			return show(cmd, result, func(w io.Writer) {
				fmt.Fprintf(w, "contribution %d of %s: %s\nSHA-256 %x\n", len(c.made.Contributions()), name, file, hash)
			})
		},
	}
	cmd.Flags().String(flagName, "", "Name of the institution: a-z, 0-9 and '-'")
	_ = cmd.MarkFlagRequired(flagName)
	return cmd
}

func newTranscriptCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify FOLDER",
		Short: "Verify a ceremony, and with its beacon the setup that it ended in",
		Example: `creditd privacy setup verify ceremony
creditd privacy setup verify ceremony --beacon 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := readCeremony(args[0], say(cmd))
			if err != nil {
				return err
			}
			if flag(cmd, flagBeacon) == "" {
				result := map[string]any{"rows": c.manifest.Rows, "contributions": hashes(c.made)}
				return show(cmd, result, func(w io.Writer) {
					fmt.Fprintf(w, "%d contributions, all verified\n", len(c.made.Contributions()))
					for i, hash := range hashes(c.made) {
						fmt.Fprintf(w, "%3d  %s\n", i+1, hash)
					}
				})
			}
			_, result, err := c.seal(flag(cmd, flagBeacon))
			if err != nil {
				return err
			}
			return show(cmd, result, result.print)
		},
	}
	cmd.Flags().String(flagBeacon, "", "Beacon that it was sealed with, in hexadecimal digits")
	return cmd
}

func newSealCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "seal FOLDER",
		Short: "Verify a ceremony, end it with a beacon and write the setup",
		Long: `Verify every contribution, multiply in a number made of the beacon and write the setup. The beacon is bytes that everybody
can look up and nobody could know before the last contribution was made: agree on a height first, then take the hash of the
block at that height. The digest and the transcript's hash are for MsgAgreeSetup.`,
		Example: `creditd privacy setup seal ceremony --out setup.bin \
  --beacon 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := readCeremony(args[0], say(cmd))
			if err != nil {
				return err
			}
			s, result, err := c.seal(flag(cmd, flagBeacon))
			if err != nil {
				return err
			}
			var file bytes.Buffer
			if err := s.Write(&file); err != nil {
				return err
			}
			result.File = flag(cmd, flagOut)
			if err := replace(result.File, file.Bytes(), 0o644); err != nil {
				return err
			}
			return show(cmd, result, result.print)
		},
	}
	cmd.Flags().String(flagBeacon, "", "Beacon, in hexadecimal digits: at least 16 bytes")
	cmd.Flags().String(flagOut, "", "File to write the setup to")
	_, _ = cmd.MarkFlagRequired(flagBeacon), cmd.MarkFlagRequired(flagOut)
	return cmd
}

// seal the ceremony with a beacon in hexadecimal digits.
func (c *ceremony) seal(text string) (*setup.Setup, setupResult, error) {
	beacon, err := hex.DecodeString(text)
	if err != nil {
		return nil, setupResult{}, errors.New("--beacon: write hexadecimal digits")
	}
	transcript, made := c.made.Transcript(beacon), hashes(c.made)
	s, err := c.made.Seal(beacon)
	if err != nil {
		return nil, setupResult{}, err
	}
	return s, setupResult{Digest: digits(s.Digest()), Powers: s.Powers(), Rows: s.Rows(), Transcript: digits(transcript), Made: made}, nil
}

func hashes(c *setup.Ceremony) (list []string) {
	for _, hash := range c.Contributions() {
		list = append(list, digits(hash))
	}
	return list
}
