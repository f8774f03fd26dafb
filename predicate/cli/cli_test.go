//go:build unsafesetup

package cli

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/predicate"
	"github.com/creditd/creditd/privacy/plonk"
	circuits "github.com/creditd/creditd/privacy/predicate"
	"github.com/creditd/creditd/privacy/setup"
	"github.com/creditd/creditd/privacy/tree"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/commitment/full"
	"github.com/creditd/creditd/x/attestation/schemas"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	"github.com/creditd/creditd/x/predicate/types"
)

var (
	inquiry     = [32]byte{1}
	attestation = [32]byte{2}
	subject     = [32]byte{3}
	seed        = commitment.Seed{4}
	lender      = sdk.AccAddress(bytes.Repeat([]byte{5}, 20))
	bureau      = sdk.AccAddress(bytes.Repeat([]byte{6}, 20))
)

// fake is a chain with one score of 700, and one question about it.
type fake struct {
	setup     types.Setup
	circuits  []types.Circuit
	asked     types.Predicate
	statement attestationtypes.Attestation
	schema    attestationtypes.Schema
	active    tree.Tree
	issuers   tree.Tree
	sent      []*types.MsgProve
}

func (f *fake) ChainID() string                                   { return "creditd-test" }
func (f *fake) Setup(context.Context) (types.Setup, error)        { return f.setup, nil }
func (f *fake) Circuits(context.Context) ([]types.Circuit, error) { return f.circuits, nil }
func (f *fake) Ask(context.Context, [32]byte) (types.Ask, error) {
	return types.Ask{InquiryId: inquiry[:], Predicates: []types.Predicate{f.asked}}, nil
}

func (f *fake) Answers(context.Context, [32]byte) ([]types.Answer, error) {
	answer := types.Answer{InquiryId: inquiry[:], AttestationIds: [][]byte{attestation[:]}, Prover: bureau.String(), Height: 9}
	return []types.Answer{answer}, nil
}

func (f *fake) Circuit(_ context.Context, id [32]byte) (types.Circuit, error) {
	for _, c := range f.circuits {
		if bytes.Equal(c.Id, id[:]) {
			return c, nil
		}
	}
	return types.Circuit{}, errors.New("no such circuit")
}

func (f *fake) Schema(context.Context, [32]byte) (attestationtypes.Schema, error) {
	return f.schema, nil
}

func (f *fake) GetAttestation(context.Context, [32]byte) (attestationtypes.Attestation, error) {
	return f.statement, nil
}

func (f *fake) GetInquiry(context.Context, [32]byte) (credittypes.Inquiry, error) {
	return credittypes.Inquiry{DataUser: lender.String(), Subject: subject[:], ExpiresAt: time.Unix(1_800_000_000, 0)}, nil
}

func (f *fake) Path(context.Context, [32]byte) (types.QueryPathResponse, error) {
	answer := types.QueryPathResponse{Listing: types.Listing{Place: 9}, Issuer: types.ListedIssuer{Issuer: bureau.String(), Place: 2}}
	root, err := f.active.Root()
	answer.Root = root[:]
	issuers, errIssuers := f.issuers.Root()
	answer.IssuerRoot = issuers[:]
	path, errPath := f.active.Path(9)
	issuerPath, errIssuerPath := f.issuers.Path(2)
	for i := range path {
		answer.Path = append(answer.Path, path[i][:])
	}
	for i := range issuerPath {
		answer.IssuerPath = append(answer.IssuerPath, issuerPath[i][:])
	}
	return answer, errors.Join(err, errIssuers, errPath, errIssuerPath)
}

func (f *fake) Send(_ context.Context, msgs ...sdk.Msg) (client.Result, error) {
	f.sent = append(f.sent, msgs[0].(*types.MsgProve))
	return client.Result{Hash: "AB", Height: 7}, nil
}

func newFake(t *testing.T) *fake {
	t.Helper()
	definition, ok := schemas.ByName("creditd.score")
	require.True(t, ok)
	layout := definition.Layout()
	made, err := full.CommitAll(layout, subject, scoreRecord(), seed)
	require.NoError(t, err)
	f := &fake{schema: attestationtypes.Schema{Id: layout.SchemaID[:], Name: "creditd.score", Version: 1}}
	for _, field := range layout.Fields {
		f.schema.Fields = append(f.schema.Fields, attestationtypes.Field{
			Name: field.Name, Kind: attestationtypes.FieldKind(field.Kind), Circuit: field.Circuit, Summed: field.Summed,
		})
	}
	f.statement = attestationtypes.Attestation{Id: attestation[:], SchemaId: layout.SchemaID[:], Subject: subject[:], CircuitCommitment: made.Circuit}
	f.asked = types.Predicate{Kind: types.PREDICATE_KIND_RANGE, SchemaId: layout.SchemaID[:], Field: 1, Lower: 650, Upper: math.MaxInt64}
	f.active, err = tree.New(tree.Memory{}, circuits.ActiveDepth)
	require.NoError(t, err)
	f.issuers, err = tree.New(tree.Memory{}, circuits.IssuerDepth)
	require.NoError(t, err)
	issuer := circuits.Issuer(layout.SchemaID[:], bureau)
	leaf, err := circuits.Active([32]byte(made.Circuit), issuer, math.MaxInt64)
	require.NoError(t, err)
	_, err = f.active.Set(9, leaf)
	require.NoError(t, err)
	_, err = f.issuers.Set(2, issuer)
	require.NoError(t, err)
	return f
}

func scoreRecord() commitment.Record {
	return commitment.Record{"model": "M1", "score": "700", "score_min": "300", "score_max": "850", "calculated_on": "2026-01-01"}
}

// register compiles a circuit and lets the question be asked by it.
func (f *fake) register(t *testing.T, keys predicate.Keys, name string) {
	t.Helper()
	c, err := circuits.ParseCircuit(name)
	require.NoError(t, err)
	prover, err := keys.Prover(c)
	require.NoError(t, err)
	digest := keys.Setup.Digest()
	id := c.ID()
	f.setup.Digest = digest[:]
	f.circuits = append(f.circuits, types.Circuit{
		Id: id[:], Name: name, Version: 1, Spec: types.NewCircuitSpec(c), SetupDigest: digest[:],
		VerifyingKey: prover.VerifyingKey().Bytes(), Status: types.CIRCUIT_STATUS_ACTIVE,
	})
	f.asked.CircuitId = id[:]
}

func (f *fake) connect() Connect {
	return Connect{
		Flags: func(*cobra.Command, bool) {},
		Chain: func(*cobra.Command) (predicate.Chain, func() error, error) {
			return f, func() error { return nil }, nil
		},
		Sender: func(*cobra.Command, predicate.Chain) (Sender, sdk.AccAddress, error) { return f, lender, nil },
	}
}

func run(t *testing.T, connect Connect, args ...string) (string, error) {
	t.Helper()
	root := &cobra.Command{Use: "privacy", SilenceUsage: true, SilenceErrors: true}
	root.AddCommand(Commands(connect)...)
	var out, progress bytes.Buffer
	root.SetOut(&out)
	root.SetErr(&progress)
	root.SetArgs(args)
	err := root.ExecuteContext(context.Background())
	for _, secret := range []string{"700", hex.EncodeToString(seed[:])} {
		require.NotContains(t, progress.String(), secret)
		if err != nil {
			require.NotContains(t, err.Error(), secret)
		}
	}
	return out.String(), err
}

func inFolder(t *testing.T) func(name string) string {
	t.Helper()
	dir := t.TempDir()
	return func(name string) string { return filepath.Join(dir, name) }
}

func TestCeremonyByCommands(t *testing.T) {
	at := inFolder(t)
	do := func(args ...string) string {
		out, err := run(t, (&fake{}).connect(), append([]string{"setup"}, args...)...)
		require.NoError(t, err)
		return out
	}
	do("begin", at("c"), "--rows", "16")
	do("contribute", at("c"), "--name", "bank-a")
	do("contribute", at("c"), "--name", "bank-b")
	beacon := hex.EncodeToString(make([]byte, 32))
	var sealed, verified, checked setupResult
	require.NoError(t, json.Unmarshal([]byte(do("seal", at("c"), "--beacon", beacon, "--out", at("s.bin"), "-o", "json")), &sealed))
	require.NoError(t, json.Unmarshal([]byte(do("verify", at("c"), "--beacon", beacon, "-o", "json")), &verified))
	require.NoError(t, json.Unmarshal([]byte(do("check", at("s.bin"), "-o", "json")), &checked))
	require.Equal(t, sealed.Digest, verified.Digest)
	require.Equal(t, sealed.Digest, checked.Digest)
	require.Equal(t, sealed.Transcript, verified.Transcript)
	require.Len(t, sealed.Made, 2)

	for what, c := range map[string]struct {
		args []string
		says string
	}{
		"again":          {[]string{"begin", at("c")}, "new folder"},
		"rows":           {[]string{"begin", at("d"), "--rows", "17"}, "power of two"},
		"a name":         {[]string{"contribute", at("c"), "--name", "../x"}, "a-z"},
		"no ceremony":    {[]string{"verify", at("nowhere")}, "setup begin"},
		"beacon":         {[]string{"verify", at("c"), "--beacon", "xx"}, "hexadecimal"},
		"a short beacon": {[]string{"verify", at("c"), "--beacon", "00"}, "at least 16 bytes"},
	} {
		_, err := run(t, (&fake{}).connect(), append([]string{"setup"}, c.args...)...)
		require.ErrorContains(t, err, c.says, what)
	}
	require.NoError(t, os.Rename(at("c/0001-bank-a.bin"), at("gone")))
	_, err := run(t, (&fake{}).connect(), "setup", "verify", at("c"))
	require.ErrorContains(t, err, "contribution 1 is missing")
}

// unsafe writes a setup of tests, and makes keys of it.
func unsafe(t *testing.T, at func(string) string, rows int) predicate.Keys {
	t.Helper()
	s, err := setup.Unsafe(rows)
	require.NoError(t, err)
	var file bytes.Buffer
	require.NoError(t, s.Write(&file))
	require.NoError(t, os.WriteFile(at("setup.bin"), file.Bytes(), 0o600))
	return predicate.Keys{Dir: at("keys"), Setup: s, Say: func(string, ...any) {}}
}

func writeReport(t *testing.T, at func(string) string) string {
	t.Helper()
	line := map[string]any{"attestation": hex.EncodeToString(attestation[:]), "values": scoreRecord(), "seed": hex.EncodeToString(seed[:])}
	bz, err := json.Marshal(map[string]any{"lines": []any{line, map[string]any{"attestation": "hidden"}}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(at("report.json"), bz, 0o600))
	return at("report.json")
}

func TestProveAndVerify(t *testing.T) {
	at, f := inFolder(t), newFake(t)
	f.register(t, unsafe(t, at, 1<<11), "range-1")
	report := writeReport(t, at)
	args := []string{"prove", "--inquiry", hex.EncodeToString(inquiry[:]), "--record", report, "--setup", at("setup.bin"), "--keys-dir", at("keys"), "--save", at("proof.json")}
	out, err := run(t, f.connect(), append(args, "-o", "json")...)
	require.NoError(t, err)
	require.Contains(t, out, `"proof_bytes": 512`)
	require.Len(t, f.sent, 1)
	require.Equal(t, lender.String(), f.sent[0].Prover)
	require.Len(t, f.sent[0].Proof, plonk.ProofSize)
	require.Equal(t, [][]byte{attestation[:]}, f.sent[0].AttestationIds)

	_, err = run(t, f.connect(), "verify", at("proof.json"), "--setup", at("setup.bin"), "--keys-dir", at("keys"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(at("k.vk"), []byte(hex.EncodeToString(f.circuits[0].VerifyingKey)+"\n"), 0o600))
	_, err = run(t, f.connect(), "verify", at("proof.json"), "--key", at("k.vk"))
	require.NoError(t, err)

	saved, err := os.ReadFile(at("proof.json"))
	require.NoError(t, err)
	require.NotContains(t, string(saved), hex.EncodeToString(seed[:]))
	require.NoError(t, os.WriteFile(at("proof.json"), bytes.Replace(saved, []byte(`"lower": 650`), []byte(`"lower": 651`), 1), 0o600))
	_, err = run(t, f.connect(), "verify", at("proof.json"), "--key", at("k.vk"))
	require.ErrorIs(t, err, plonk.ErrInvalid)

	f.asked.Lower = 701
	_, err = run(t, f.connect(), args...)
	require.ErrorContains(t, err, "does not fulfil")
	f.asked.Lower = 650
	f.statement.CircuitCommitment = bytes.Repeat([]byte{1}, 32)
	_, err = run(t, f.connect(), args...)
	require.ErrorContains(t, err, "not the record that was attested")
	f.circuits[0].VerifyingKey[200] ^= 1
	_, err = run(t, f.connect(), args...)
	require.Error(t, err, "another key on the chain")
	require.Len(t, f.sent, 1, "nothing else was sent")
}

func TestProveHidden(t *testing.T) {
	at, f := inFolder(t), newFake(t)
	f.register(t, unsafe(t, at, 1<<14), "range-1-hidden")
	args := []string{"prove", "--inquiry", hex.EncodeToString(inquiry[:]), "--record", writeReport(t, at), "--setup", at("setup.bin"), "--keys-dir", at("keys")}
	for range 2 {
		_, err := run(t, f.connect(), args...)
		require.NoError(t, err)
	}
	require.Empty(t, f.sent[0].AttestationIds)
	require.Equal(t, f.sent[0].Session, f.sent[1].Session, "one inquiry is one session")
	require.Equal(t, f.sent[0].Nullifier, f.sent[1].Nullifier)
	files, err := os.ReadDir(at("keys/sessions"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	info, err := files[0].Info()
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestCircuits(t *testing.T) {
	at, f := inFolder(t), newFake(t)
	out, err := run(t, f.connect(), "circuits", "range-1", "member-1", "-o", "json")
	require.NoError(t, err)
	require.Contains(t, out, `"constraints": 1297`)
	_, err = run(t, f.connect(), "circuits", "range-99")
	require.ErrorContains(t, err, "no circuit is called")
	_, err = run(t, f.connect(), "circuits", "range-1", "--out", at("vk"))
	require.ErrorContains(t, err, "needs --setup")
	_, err = run(t, f.connect(), "circuits", "--compare")
	require.ErrorContains(t, err, "no setup")

	f.register(t, unsafe(t, at, 1<<11), "range-1")
	args := []string{"circuits", "--setup", at("setup.bin"), "--keys-dir", at("keys")}
	_, err = run(t, f.connect(), append(args, "range-1", "--proposal", at("p.json"))...)
	require.ErrorContains(t, err, "--transcript")
	transcript := hex.EncodeToString(bytes.Repeat([]byte{7}, 32))
	_, err = run(t, f.connect(), append(args, "range-1", "--out", at("vk"), "--proposal", at("p.json"), "--transcript", transcript)...)
	require.NoError(t, err)
	requireProposal(t, at("p.json"), f.circuits[0])
	key, err := os.ReadFile(at("vk/range-1.vk"))
	require.NoError(t, err)
	require.Equal(t, f.circuits[0].VerifyingKey, key)
	out, err = run(t, f.connect(), append(args, "--compare", "-o", "json")...)
	require.NoError(t, err)
	require.Contains(t, out, `"on_chain": "same"`)
	f.circuits[0].VerifyingKey = append([]byte{}, key...)
	f.circuits[0].VerifyingKey[387] ^= 1
	out, err = run(t, f.connect(), append(args, "--compare", "-o", "json")...)
	require.ErrorContains(t, err, "1 of the chain's circuits")
	require.Contains(t, out, `"on_chain": "different"`)
	f.setup.Digest = bytes.Repeat([]byte{9}, 32)
	_, err = run(t, f.connect(), append(args, "--compare")...)
	require.ErrorContains(t, err, "the chain agreed on setup")
}

func TestRecords(t *testing.T) {
	for what, text := range map[string]string{
		"no JSON": "700", "nothing": "{}", "no lines": `{"lines":[]}`, "a bad seed": `{"lines":[{"attestation":"` +
			hex.EncodeToString(attestation[:]) + `","values":{"score":"700"},"seed":"70"}]}`,
	} {
		_, err := predicate.ParseRecords([]byte(text))
		require.Error(t, err, what)
		require.NotContains(t, err.Error(), "700")
	}
}

// requireProposal: its messages are the chain's, as its codec reads them.
func requireProposal(t *testing.T, file string, circuit types.Circuit) {
	t.Helper()
	bz, err := os.ReadFile(file)
	require.NoError(t, err)
	var proposal struct{ Messages []json.RawMessage }
	require.NoError(t, json.Unmarshal(bz, &proposal))
	require.Len(t, proposal.Messages, 2)
	cdc, err := client.NewCodec()
	require.NoError(t, err)
	var agree, register sdk.Msg
	require.NoError(t, cdc.UnmarshalInterfaceJSON(proposal.Messages[0], &agree))
	require.NoError(t, cdc.UnmarshalInterfaceJSON(proposal.Messages[1], &register))
	require.Equal(t, circuit.SetupDigest, agree.(*types.MsgAgreeSetup).Digest)
	require.Equal(t, circuit.VerifyingKey, register.(*types.MsgRegisterCircuit).VerifyingKey)
	require.Equal(t, circuit.Spec, register.(*types.MsgRegisterCircuit).Spec)
}
