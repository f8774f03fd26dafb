package cli

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/predicate"
	"github.com/creditd/creditd/x/predicate/types"
)

const (
	flagInquiry     = "inquiry"
	flagPredicate   = "predicate"
	flagRecord      = "record"
	flagAttestation = "attestation"
	flagSave        = "save"
	flagNoSend      = "no-send"
)

func newProveCmd(connect Connect) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "prove",
		Short: "Prove a predicate that was asked, from one's own record, and send the proof",
		Long: `Read what a data user asked under an inquiry, prove it from the record, and send the proof. The chain and the data user
learn that the predicate is true, and nothing else of the record. If it is not true no proof can be made; that nothing was
proven is all that anybody learns.

The record, with the seed of its salts, is in the subject's own report: what ` + "`creditd wallet report --output json`" + ` or
` + "`creditd report get --output json`" + ` printed. It is read on this machine and goes nowhere.

Where the circuit hides which attestation it is, a secret of the inquiry is kept under --keys-dir, since all proofs of one
inquiry need the same one. A sum needs no setup.`,
		Example: `creditd privacy prove --inquiry 8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4 --predicate 0 --record report.json --from carol \
  --setup kzg10-bn254-ignition-32768.bin --save proof.json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return prove(cmd, connect) },
	}
	f := cmd.Flags()
	f.String(flagInquiry, "", "Inquiry, 64 hexadecimal digits")
	f.Uint32(flagPredicate, 0, "Place of the predicate in what was asked, from 0")
	f.String(flagRecord, "", "File of a report in JSON, with the records to prove from")
	f.StringSlice(flagAttestation, nil, "Attestations to prove about, in order; default: those of the file under the schema asked about")
	f.String(flagSave, "", "File to write the proof to as well, for `creditd privacy verify`")
	f.Bool(flagNoSend, false, "Make the proof and do not send it")
	addKeys(cmd)
	connect.Flags(cmd, true)
	_, _ = cmd.MarkFlagRequired(flagInquiry), cmd.MarkFlagRequired(flagRecord)
	return cmd
}

type proveResult struct {
	Inquiry     string `json:"inquiry"`
	Predicate   uint32 `json:"predicate"`
	Kind        string `json:"kind"`
	Circuit     string `json:"circuit,omitempty"`
	Bytes       int    `json:"proof_bytes"`
	Millis      int64  `json:"prove_millis"`
	File        string `json:"file,omitempty"`
	Transaction string `json:"transaction,omitempty"`
	Height      int64  `json:"height,omitempty"`
}

func prove(cmd *cobra.Command, connect Connect) (err error) {
	inquiry, err := parseID("--"+flagInquiry, flag(cmd, flagInquiry))
	if err != nil {
		return err
	}
	records, err := predicate.ReadRecords(flag(cmd, flagRecord))
	if err != nil {
		return err
	}
	chain, end, err := connect.Chain(cmd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	place, _ := cmd.Flags().GetUint32(flagPredicate)
	q, err := predicate.ReadQuestion(cmd.Context(), chain, inquiry, place)
	if err != nil {
		return err
	}
	result := proveResult{Inquiry: digits(inquiry), Predicate: place, Kind: q.Asked.Kind.String(), Circuit: q.Circuit.Name, File: flag(cmd, flagSave)}
	began := time.Now()
	msg, err := makeProof(cmd, chain, q, records)
	if err != nil {
		return err
	}
	result.Bytes, result.Millis = len(msg.Proof), time.Since(began).Milliseconds()
	if noSend, _ := cmd.Flags().GetBool(flagNoSend); !noSend {
		if err := send(cmd, connect, chain, msg, &result); err != nil {
			return err
		}
	}
	return show(cmd, result, func(w io.Writer) {
		fmt.Fprintf(w, "proven in %d ms: %d bytes say that predicate %d of inquiry %s is true\n", result.Millis, result.Bytes, place, result.Inquiry)
		if result.Transaction != "" {
			fmt.Fprintf(w, "in block %d, transaction %s\n", result.Height, result.Transaction)
		}
	})
}

func makeProof(cmd *cobra.Command, chain predicate.Chain, q predicate.Question, records []predicate.Record) (types.MsgProve, error) {
	if q.Asked.Kind == types.PREDICATE_KIND_SUM {
		all, ok := chain.(predicate.Records)
		if !ok {
			return types.MsgProve{}, errors.New("sums are proven against a node alone")
		}
		return predicate.ProveSum(cmd.Context(), all, q, records, time.Now())
	}
	return proveByCircuit(cmd.Context(), cmd, chain, q, records)
}

func proveByCircuit(ctx context.Context, cmd *cobra.Command, chain predicate.Chain, q predicate.Question, records []predicate.Record) (types.MsgProve, error) {
	made, err := keys(cmd)
	if err != nil {
		return types.MsgProve{}, err
	}
	if made.Setup.Digest() != q.Key.Setup() {
		return types.MsgProve{}, fmt.Errorf("circuit %s is of setup %x, and this file is setup %x", q.Circuit.Name, q.Key.Setup(), made.Setup.Digest())
	}
	named, err := attestations(cmd)
	if err != nil {
		return types.MsgProve{}, err
	}
	var secret [32]byte
	if q.Statement.Circuit.Hidden {
		if secret, err = predicate.Secret(keysDir(cmd), q.Inquiry); err != nil {
			return types.MsgProve{}, err
		}
	}
	say(cmd)("compiling circuit %s\n", q.Circuit.Name)
	prover, err := made.Prover(q.Statement.Circuit)
	if err != nil {
		return types.MsgProve{}, err
	}
	if !bytes.Equal(prover.VerifyingKey().Bytes(), q.Circuit.VerifyingKey) {
		return types.MsgProve{}, fmt.Errorf("the chain's key of circuit %s is not what this program compiles: see `creditd privacy circuits --compare`", q.Circuit.Name)
	}
	basis, err := predicate.Rest(ctx, chain, q, records, named, secret)
	if err != nil {
		return types.MsgProve{}, err
	}
	say(cmd)("proving\n")
	msg := basis.Message
	if msg.Proof, err = prover.Prove(basis.Statement, basis.Witness); err != nil {
		return msg, err
	}
	if file := flag(cmd, flagSave); file != "" {
		bz, err := json.MarshalIndent(predicate.Save(basis.Statement, q.Asked.Members, q.Key, msg.Proof), "", "  ")
		if err != nil {
			return msg, err
		}
		return msg, replace(file, append(bz, '\n'), 0o600)
	}
	return msg, nil
}

func attestations(cmd *cobra.Command) (ids [][32]byte, err error) {
	texts, _ := cmd.Flags().GetStringSlice(flagAttestation)
	for _, text := range texts {
		id, err := parseID("--"+flagAttestation, text)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func send(cmd *cobra.Command, connect Connect, chain predicate.Chain, msg types.MsgProve, result *proveResult) error {
	sender, address, err := connect.Sender(cmd, chain)
	if err != nil {
		return err
	}
	msg.Prover = address.String()
	say(cmd)("sending\n")
	sent, err := sender.Send(cmd.Context(), &msg)
	if err != nil {
		return err
	}
	result.Transaction, result.Height = sent.Hash, sent.Height
	return nil
}

// bytesOf digits, for keys in files.
func bytesOf(text []byte) ([]byte, error) {
	return hex.DecodeString(string(bytes.TrimSpace(text)))
}
