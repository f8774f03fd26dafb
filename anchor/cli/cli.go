// Package cli has the commands that make and check what a chain anchors: `creditd attestation anchor`. They work on
// files and ask no node.
package cli

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/cosmos/cosmos-sdk/client/flags"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/anchor"
	"github.com/creditd/creditd/x/attestation/types"
)

const (
	flagSchema        = "schema"
	flagIssuer        = "issuer"
	flagAccreditation = "accreditation"
	flagOut           = "out"
	flagAll           = "all"
	flagRoot          = "root"
	flagSize          = "size"
)

// NewCommand is `anchor` with all that belongs to it.
func NewCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "anchor",
		Short: "Build trees of attestations to anchor, prove and verify what is in them",
		Long: `One message anchors up to 1048576 attestations: the chain keeps the root of their Merkle tree, and each holder keeps
a proof. Nothing here asks a node.

A file of statements has one JSON object in each line, hexadecimal in lower case, times in UTC. A subject and a
commitment are needed, the rest is as the schema asks:

  {"subject":"64 DIGITS","commitment":"64 DIGITS","valid_from":"2027-01-31T00:00:00Z","expires_at":"2028-01-31T00:00:00Z",
   "circuit_commitment":"64 DIGITS","amount_commitments":["64 DIGITS"],"reference":"64 DIGITS"}

The place of a line, counted from 0, is the item's for good.`,
		SilenceUsage: true,
		RunE:         func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(NewBuildCommand(), NewProveCommand(), NewVerifyCommand(), NewExtendCommand())
	return cmd
}

// NewBuildCommand is `anchor build`.
func NewBuildCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "build STATEMENTS.jsonl",
		Short: "Build the tree of a file of statements, and print the message that anchors it",
		Example: `printf '{"subject":"%064x","commitment":"%064x"}\n' 1 2 3 4 5 6 > statements.jsonl
creditd attestation anchor build statements.jsonl --out book.tree \
  --schema 2f1c0a5d9be7f0c3f7d2a1b4c5968778695a4b3c2d1e0f00112233445566778a \
  --issuer credit1qyqszqgpqyqszqgpqyqszqgpqyqszqgpk3mzmg`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			about, err := readAbout(cmd)
			if err != nil {
				return err
			}
			in, err := open(cmd, args[0])
			if err != nil {
				return err
			}
			out, _ := cmd.Flags().GetString(flagOut)
			if err := errors.Join(anchor.Write(out, about, in, progress(cmd, "statements")), in.Close()); err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			return report(cmd, out, nil)
		},
	}
	f := cmd.Flags()
	f.String(flagSchema, "", "Schema of all statements, 64 hexadecimal digits")
	f.String(flagIssuer, "", "Address of the institution that will sign the message")
	f.String(flagAccreditation, "", "Accreditation of the issuer, 64 hexadecimal digits, when the schema asks for one")
	addOut(cmd)
	addOutput(cmd)
	require(cmd, flagSchema, flagIssuer, flagOut)
	return cmd
}

// NewExtendCommand is `anchor extend`.
func NewExtendCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "extend TREE MORE.jsonl",
		Short: "Build a larger tree on an anchored one, and print the message that extends the anchor",
		Long: `Build the tree of an anchored tree's statements and of those in a second file. Items keep their places and ids. The
message has the proof that the anchored tree is the beginning of the larger one, so give the tree that is anchored now.`,
		Example: `printf '{"subject":"%064x","commitment":"%064x"}\n' 7 8 9 10 > more.jsonl
creditd attestation anchor extend book.tree more.jsonl --out book-2.tree`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			older, err := anchor.Open(args[0])
			if err != nil {
				return err
			}
			in, err := open(cmd, args[1])
			if err != nil {
				return errors.Join(err, older.Close())
			}
			out, _ := cmd.Flags().GetString(flagOut)
			if err := errors.Join(anchor.Extend(out, older, in, progress(cmd, "statements")), in.Close(), older.Close()); err != nil {
				return fmt.Errorf("%s: %w", args[1], err)
			}
			return report(cmd, out, older)
		},
	}
	addOut(cmd)
	addOutput(cmd)
	require(cmd, flagOut)
	return cmd
}

// NewProveCommand is `anchor prove`.
func NewProveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "prove TREE [INDEX]",
		Short: "Print the proof that a statement is in a tree",
		Long: `Print the proof of the statement at a place of a tree, counted from 0, as JSON: for its holder to keep. With --all,
those of all statements, one in each line.`,
		Example: `creditd attestation anchor prove book.tree 0 > proof.json
creditd attestation anchor prove book.tree --all > proofs.jsonl`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			all, _ := cmd.Flags().GetBool(flagAll)
			if all == (len(args) == 2) {
				return errors.New("name one INDEX, or ask for --all")
			}
			tree, err := anchor.Open(args[0])
			if err != nil {
				return err
			}
			if all {
				return errors.Join(tree.Proofs(cmd.OutOrStdout(), progress(cmd, "proofs")), tree.Close())
			}
			index, err := strconv.ParseUint(args[1], 10, 32)
			if err != nil {
				return errors.Join(fmt.Errorf("INDEX %.32q: give a place from 0 to %d", args[1], tree.Size()-1), tree.Close())
			}
			proof, err := tree.Proof(uint32(index))
			if err := errors.Join(err, tree.Close()); err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(append(proof.AppendJSON(nil), '\n'))
			return err
		},
	}
	cmd.Flags().Bool(flagAll, false, "Prove all statements")
	return cmd
}

// NewVerifyCommand is `anchor verify`.
func NewVerifyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify PROOF.json",
		Short: "Check a proof against a root that the chain has",
		Long: `Check that a proof leads from its statement to a root. Take root and size from one of the anchor's checkpoints, which
` + "`creditd query attestation checkpoints ANCHOR_ID`" + ` lists: under another size the same path could lead to the root from
another place, and so to another attestation's status. "-" reads the proof from standard input.

This says that the issuer stated it. Whether it still stands, ` + "`creditd query attestation verify ATTESTATION_ID`" + ` says.`,
		Example: `creditd attestation anchor verify proof.json --size 3 \
  --root 6435dca442a850dc54d5b982a5c658ab01c45998403d3a5d823baf92a7879ad7`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, _ := cmd.Flags().GetString(flagRoot)
			root, err := types.ParseID(text)
			if err != nil {
				return fmt.Errorf("--%s: %w", flagRoot, err)
			}
			size, _ := cmd.Flags().GetUint32(flagSize)
			in, err := open(cmd, args[0])
			if err != nil {
				return err
			}
			data, err := io.ReadAll(io.LimitReader(in, anchor.MaxProofBytes+1))
			if err := errors.Join(err, in.Close()); err != nil {
				return err
			}
			proof, err := anchor.ParseProof(data)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			if err := proof.Verify(root, size); err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			return show(cmd, verified{
				AttestationID: proof.ID().String(), AnchorID: proof.AnchorID.String(), Index: proof.Index, Size: size,
				Statement: anchor.AppendStatement(nil, proof.Statement),
			}, func(w io.Writer, v verified) error {
				_, err := fmt.Fprintf(w, "The statement is item %d of the %d under that root.\nattestation  %s\nanchor       %s\nstatement    %s\n",
					v.Index, v.Size, v.AttestationID, v.AnchorID, v.Statement)
				return err
			})
		},
	}
	cmd.Flags().String(flagRoot, "", "Root of the checkpoint, 64 hexadecimal digits")
	cmd.Flags().Uint32(flagSize, 0, "Size of the checkpoint")
	addOutput(cmd)
	require(cmd, flagRoot, flagSize)
	return cmd
}

type verified struct {
	AttestationID string          `json:"attestation_id"`
	AnchorID      string          `json:"anchor_id"`
	Index         uint32          `json:"index"`
	Size          uint32          `json:"size"`
	Statement     json.RawMessage `json:"statement"`
}

// built is what a new tree has, and what to do with it.
type built struct {
	Tree     string   `json:"tree"`
	AnchorID string   `json:"anchor_id"`
	Root     string   `json:"root"`
	Size     uint32   `json:"size"`
	Proof    []string `json:"proof,omitempty"`
	Command  string   `json:"command"`
}

// report reads the new tree back and says what to do with it; older is what it extends, or nil.
func report(cmd *cobra.Command, path string, older *anchor.File) error {
	tree, err := anchor.Open(path)
	if err != nil {
		return err
	}
	about, root := tree.About(), tree.Root()
	out := built{Tree: path, AnchorID: tree.AnchorID().String(), Root: hex.EncodeToString(root[:]), Size: tree.Size()}
	if older != nil {
		proof, err := tree.Consistency(older.Size())
		if err := errors.Join(err, tree.Close()); err != nil {
			return err
		}
		out.Command = fmt.Sprintf("creditd tx attestation extend-anchor %s %s %d", out.AnchorID, out.Root, out.Size)
		for i := range proof {
			out.Proof = append(out.Proof, hex.EncodeToString(proof[i][:]))
			out.Command += " --proof " + out.Proof[i]
		}
	} else {
		if err := tree.Close(); err != nil {
			return err
		}
		out.Command = fmt.Sprintf("creditd tx attestation anchor %s %s %d", about.SchemaID, out.Root, out.Size)
		if len(about.AccreditationID) > 0 {
			out.Command += " --accreditation-id " + hex.EncodeToString(about.AccreditationID)
		}
	}
	out.Command += " --from " + sdk.AccAddress(about.Issuer).String()
	return show(cmd, out, func(w io.Writer, out built) error {
		_, err := fmt.Fprintf(w, "tree    %s\nanchor  %s\nroot    %s\nsize    %d\n", out.Tree, out.AnchorID, out.Root, out.Size)
		for i, hash := range out.Proof {
			_, err = fmt.Fprintf(w, "%-7s %s\n", []string{"proof", ""}[min(i, 1)], hash)
		}
		if err == nil {
			_, err = fmt.Fprintf(w, "\n%s\n", out.Command)
		}
		return err
	})
}

func readAbout(cmd *cobra.Command) (about anchor.About, err error) {
	text := func(flag string) string {
		text, _ := cmd.Flags().GetString(flag)
		return text
	}
	if about.SchemaID, err = types.ParseID(text(flagSchema)); err != nil {
		return about, fmt.Errorf("--%s: %w", flagSchema, err)
	}
	issuer, err := sdk.AccAddressFromBech32(text(flagIssuer))
	if err != nil {
		return about, fmt.Errorf("--%s: %w", flagIssuer, err)
	}
	about.Issuer = issuer
	if accreditation := text(flagAccreditation); accreditation != "" {
		id, err := types.ParseID(accreditation)
		if err != nil {
			return about, fmt.Errorf("--%s: %w", flagAccreditation, err)
		}
		about.AccreditationID = id.Bytes()
	}
	return about, nil
}

// open a file, or standard input as "-".
func open(cmd *cobra.Command, path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(cmd.InOrStdin()), nil
	}
	return os.Open(path) //nolint:gosec // the user names the file
}

// progress tells of long work on standard error, once a second.
func progress(cmd *cobra.Command, what string) func(int) {
	last := time.Now()
	return func(done int) {
		if now := time.Now(); now.Sub(last) >= time.Second {
			last = now
			cmd.PrintErrf("%d %s\n", done, what)
		}
	}
}

// show prints a result in the format asked for.
func show[T any](cmd *cobra.Command, result T, text func(io.Writer, T) error) error {
	if format, _ := cmd.Flags().GetString(flags.FlagOutput); format == flags.OutputFormatText {
		return text(cmd.OutOrStdout(), result)
	}
	encoder := json.NewEncoder(cmd.OutOrStdout())
	encoder.SetIndent("", "  ")
	return encoder.Encode(result)
}

// addOutput also refuses an unknown format before anything is written.
func addOutput(cmd *cobra.Command) {
	format := cmd.Flags().String(flags.FlagOutput, flags.OutputFormatText, "Output format (text|json)")
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if *format != flags.OutputFormatText && *format != flags.OutputFormatJSON {
			return fmt.Errorf("--%s %.32q: %s or %s", flags.FlagOutput, *format, flags.OutputFormatText, flags.OutputFormatJSON)
		}
		return nil
	}
}

func addOut(cmd *cobra.Command) {
	cmd.Flags().StringP(flagOut, "o", "", "New file for the tree; it is needed to prove and to extend")
}

func require(cmd *cobra.Command, names ...string) {
	for _, name := range names {
		if err := cmd.MarkFlagRequired(name); err != nil {
			panic(err) // a flag that the command does not have: a mistake above
		}
	}
}
