package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/cosmos/cosmos-sdk/codec"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/credential"
	"github.com/creditd/creditd/vault/report"
	"github.com/creditd/creditd/wallet"
	"github.com/creditd/creditd/wallet/text"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

const mySubject = "0100000000000000000000000000000000000000000000000000000000000000"

var (
	testNow = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	bank    = sdk.AccAddress(bytes.Repeat([]byte{1}, 20)).String()
	lender  = sdk.AccAddress(bytes.Repeat([]byte{2}, 20)).String()
)

// fakeChain has one subject with one record, and does what it is sent.
type fakeChain struct {
	subject  credittypes.Subject
	consents []credittypes.Consent
	disputes []credittypes.Dispute
	trail    []credittypes.TrailEntry
	sent     []sdk.Msg
	granter  sdk.AccAddress // of the last transaction, or of a report's
	away     bool
	closed   int
}

func (*fakeChain) ChainID() string                   { return "creditd-test-1" }
func (c *fakeChain) Close() error                    { c.closed++; return nil }
func (*fakeChain) Credentials() credential.ChainView { return nil }
func (c *fakeChain) Disputes(context.Context, [32]byte) ([]credittypes.Dispute, error) {
	return c.disputes, nil
}

func (c *fakeChain) Subject(_ context.Context, id [32]byte) (credittypes.Subject, error) {
	if !bytes.Equal(id[:], c.subject.Pseudonym) {
		return credittypes.Subject{}, client.ErrNotFound
	}
	return c.subject, nil
}

func (*fakeChain) Tradelines(context.Context, [32]byte) ([]credittypes.Tradeline, error) {
	return []credittypes.Tradeline{{
		Id: id(0xa0), Furnisher: bank, State: credittypes.RECORD_STATE_ACTIVE, ShowUntil: testNow.Add(time.Hour), FurnishedAt: testNow,
	}}, nil
}

func (c *fakeChain) Consents(context.Context, [32]byte) ([]credittypes.Consent, error) {
	return c.consents, nil
}

func (c *fakeChain) Consent(_ context.Context, _, id [32]byte) (credittypes.Consent, error) {
	for _, consent := range c.consents {
		if bytes.Equal(consent.Id, id[:]) {
			return consent, nil
		}
	}
	return credittypes.Consent{}, client.ErrNotFound
}

func (*fakeChain) Inquiry(_ context.Context, id [32]byte) (credittypes.Inquiry, []credittypes.Receipt, error) {
	return credittypes.Inquiry{Id: id[:], DataUser: lender, Kind: credittypes.INQUIRY_KIND_HARD, Status: credittypes.INQUIRY_STATUS_FULFILLED}, nil, nil
}

func (*fakeChain) Change(context.Context, [32]byte) (credittypes.SubjectChange, error) {
	return credittypes.SubjectChange{Kind: credittypes.CHANGE_KIND_MERGE, ProposedBy: bank, ProposedAt: testNow}, nil
}

func (c *fakeChain) Trail(_ context.Context, _ [32]byte, visit func(credittypes.TrailEntry) bool) error {
	for i := len(c.trail) - 1; i >= 0 && visit(c.trail[i]); i-- {
	}
	return nil
}

func (c *fakeChain) TrailOf(context.Context, [32]byte, []byte) ([]credittypes.TrailEntry, error) {
	return c.trail, nil
}

func (*fakeChain) Licensed(context.Context) ([]institutiontypes.Institution, error) {
	return []institutiontypes.Institution{
		{Operator: bank, Name: "Aldermoor Bank", Roles: []institutiontypes.Role{institutiontypes.ROLE_FURNISHER}},
		{Operator: lender, Name: "Everhill Lending", Roles: []institutiontypes.Role{institutiontypes.ROLE_DATA_USER, institutiontypes.ROLE_BUREAU}},
	}, nil
}

func (c *fakeChain) GetInstitution(ctx context.Context, operator string) (institutiontypes.InstitutionView, error) {
	all, _ := c.Licensed(ctx)
	for _, one := range all {
		if one.Operator == operator {
			return institutiontypes.InstitutionView{Institution: one}, nil
		}
	}
	return institutiontypes.InstitutionView{}, client.ErrNotFound
}

func (c *fakeChain) Send(_ context.Context, _ client.Signer, granter sdk.AccAddress, msg sdk.Msg) (client.Result, error) {
	c.sent, c.granter = append(c.sent, msg), granter
	return client.Result{Hash: "AB", Height: 7}, nil
}

func (c *fakeChain) OwnReport(_ context.Context, o wallet.Own) (*report.Report, error) {
	c.granter = o.Granter
	return &report.Report{Complete: true, Own: true, Subject: mySubject, DataUser: o.Signer.Address().String()}, nil
}

func (c *fakeChain) connect(context.Context, Connection) (wallet.Chain, error) {
	if c.away {
		return nil, errors.New("no answer from the node")
	}
	return c, nil
}

func id(first byte) []byte { return append([]byte{first}, make([]byte, 31)...) }

// desk is a folder of its own with a wallet in it, made as scripts make one.
type desk struct {
	t       *testing.T
	chain   *fakeChain
	address string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	t.Chdir(t.TempDir())
	t.Setenv(homeVar, filepath.Join(t.TempDir(), "wallet"))
	t.Setenv("TZ", "UTC")
	now, workFactor = func() time.Time { return testNow }, 10
	t.Cleanup(func() { now, workFactor = time.Now, 0 })
	d := &desk{t: t, chain: &fakeChain{}}
	require.NoError(t, os.WriteFile("passphrase", []byte("correct horse battery\n"), 0o600))
	var made created
	d.json(&made, "init", "--words-file", "words")
	d.address = made.Address
	d.chain.subject = credittypes.Subject{
		Pseudonym: id(1), Kind: credittypes.SUBJECT_KIND_LEGAL_ENTITY, EnrolledBy: bank, OfferedTo: d.address,
	}
	return d
}

func (d *desk) run(stdin string, args ...string) (stdout, stderr string, err error) {
	root := &cobra.Command{Use: "creditd", SilenceErrors: true}
	root.AddCommand(NewWalletCmd(d.chain.connect))
	var out, says bytes.Buffer
	root.SetIn(strings.NewReader(stdin))
	root.SetOut(&out)
	root.SetErr(&says)
	root.SetArgs(append([]string{"wallet", "--passphrase-file", "passphrase"}, args...))
	err = root.Execute()
	return out.String(), says.String(), err
}

func (d *desk) must(args ...string) string {
	d.t.Helper()
	out, says, err := d.run("", args...)
	require.NoError(d.t, err, "%s\n%s", strings.Join(args, " "), says)
	return out
}

func (d *desk) json(into any, args ...string) {
	d.t.Helper()
	out := d.must(append(args, "--output", "json")...)
	require.NoError(d.t, json.Unmarshal([]byte(out), into), out)
}

// control lets the wallet have its file.
func (d *desk) control() {
	d.t.Helper()
	d.must("claim", mySubject, "--name", "my firm", "--yes", "--submit")
	d.chain.subject.Controller, d.chain.subject.OfferedTo, d.chain.sent = d.address, "", nil
}

func order(t *testing.T, raw []byte) *credittypes.MsgSubmitSigned {
	t.Helper()
	registry := codectypes.NewInterfaceRegistry()
	credittypes.RegisterInterfaces(registry)
	var msg sdk.Msg
	require.NoError(t, codec.NewProtoCodec(registry).UnmarshalInterfaceJSON(raw, &msg), string(raw))
	signed := msg.(*credittypes.MsgSubmitSigned)
	require.NoError(t, signed.CheckSizes())
	return signed
}

func TestInitShowsWordsOnceAndAsks(t *testing.T) {
	d := newDesk(t)
	info, err := os.Stat("words")
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	_, _, err = d.run("", "init", "--words-file", "more")
	require.ErrorContains(t, err, "there is a wallet in")
	require.NoFileExists(t, "more", "no words are drawn for a wallet that will not be made")

	t.Setenv(homeVar, filepath.Join(t.TempDir(), "second"))
	_, says, err := d.run("wrong\nwrong\nwrong\n", "init")
	require.ErrorContains(t, err, "nothing was made")
	require.Len(t, regexp.MustCompile(`(?m)^  [ \d]\d\. [a-z]+$`).FindAllString(says, -1), 24)
	_, _, err = d.run("", "status")
	require.ErrorContains(t, err, "creditd wallet init")

	// Somebody who types what is asked.
	in, out := newTypist(t)
	root := NewWalletCmd(d.chain.connect)
	root.SetIn(in)
	root.SetOut(new(bytes.Buffer))
	root.SetErr(out)
	root.SetArgs([]string{"init", "--passphrase-file", "passphrase", "--chain-id", "creditd-1"})
	require.NoError(t, root.Execute())
	require.NotEmpty(t, d.must("address"))
}

// typist reads the words as they are shown and types those that are asked for.
type typist struct {
	t      *testing.T
	shown  string
	answer []byte
}

func newTypist(t *testing.T) (in, out *typist) { t.Helper(); p := &typist{t: t}; return p, p }

func (p *typist) Write(bz []byte) (int, error) { p.shown += string(bz); return len(bz), nil }

func (p *typist) Read(bz []byte) (int, error) {
	if len(p.answer) == 0 {
		asked := regexp.MustCompile(`Word number (\d+): $`).FindStringSubmatch(p.shown)
		require.NotNil(p.t, asked, p.shown)
		word := regexp.MustCompile(`(?m)^ +` + asked[1] + `\. ([a-z]+)$`).FindStringSubmatch(p.shown)
		p.answer = []byte(word[1] + "\n")
	}
	n := copy(bz, p.answer)
	p.answer = p.answer[n:]
	return n, nil
}

func TestRestore(t *testing.T) {
	d := newDesk(t)
	t.Setenv(homeVar, filepath.Join(t.TempDir(), "again"))
	var made created
	d.json(&made, "restore", "--words-file", "words")
	require.Equal(t, d.address, made.Address)
	t.Setenv(homeVar, filepath.Join(t.TempDir(), "typed"))
	words, err := os.ReadFile("words")
	require.NoError(t, err)
	out, _, err := d.run(string(words), "restore", "--output", "json")
	require.NoError(t, err)
	require.Contains(t, out, d.address)
	t.Setenv(homeVar, filepath.Join(t.TempDir(), "wrong"))
	_, _, err = d.run("twelve words\n", "restore")
	require.ErrorIs(t, err, wallet.ErrWords)
}

func TestClaim(t *testing.T) {
	d := newDesk(t)
	for want, args := range map[string][]string{
		"64 hexadecimal":      {"claim", "xyz"},
		"ask the institution": {"claim", strings.Repeat("02", 32)},
		"exclude each other":  {"claim", mySubject, "--yes", "--via", "x", "--submit"},
		"goes with --submit":  {"claim", mySubject, "--yes", "--fee-granter", bank},
		"is no account":       {"claim", mySubject, "--yes", "--submit", "--fee-granter", "x"},
		"--good-for":          {"claim", mySubject, "--yes", "--good-for", "-1h"},
		"pass --yes":          {"claim", mySubject},
		"no credit file yet":  {"freeze", "--yes"},
	} {
		_, _, err := d.run("", args...)
		require.ErrorContains(t, err, want)
	}
	_, says, err := d.run("n\n", "claim", mySubject)
	require.ErrorContains(t, err, "not signed")
	require.Contains(t, says, "I take control of the credit file that is a firm, enrolled by Aldermoor Bank")

	out, says, err := d.run("y\n", "claim", mySubject)
	require.NoError(t, err)
	require.Contains(t, says, "good until")
	inner, signer, err := credittypes.DecodeOrder(order(t, []byte(out)).Order.TypeUrl, order(t, []byte(out)).Order.Value)
	require.NoError(t, err)
	require.Equal(t, d.address, signer)
	require.IsType(t, &credittypes.MsgClaimControl{}, inner)

	d.chain.subject.Controller, d.chain.subject.OfferedTo = lender, ""
	_, _, err = d.run("", "claim", mySubject, "--yes")
	require.ErrorContains(t, err, "another account controls")
	d.chain.subject.Controller = ""
	_, _, err = d.run("", "claim", mySubject, "--yes")
	require.ErrorContains(t, err, "Aldermoor Bank")
	d.chain.subject.Controller = d.address
	require.Equal(t, text.Yours, d.must("claim", mySubject))
}

func TestConsent(t *testing.T) {
	d := newDesk(t)
	d.control()
	_, says, err := d.run("y\n", "consent", "give", "--to", "everhill lending", "--times", "2", "--via", "consent.json")
	require.NoError(t, err)
	require.Contains(t, says, `I let Everhill Lending look at loans and credit lines of the firm of "my firm" for an application for credit. `+
		`It may look and keep nothing, 2 times, until 21 December 2026 12:00.`)
	require.NotContains(t, says, mySubject[:12], "no pseudonym")
	raw, err := os.ReadFile("consent.json")
	require.NoError(t, err)
	signed := order(t, raw)
	require.Equal(t, testNow.Add(24*time.Hour), signed.Deadline)
	inner, _, err := credittypes.DecodeOrder(signed.Order.TypeUrl, signed.Order.Value)
	require.NoError(t, err)
	msg := inner.(*credittypes.MsgGrantConsent)
	require.Equal(t, lender, msg.Grantee)
	require.EqualValues(t, 2, msg.Uses)
	_, _, err = d.run("", "consent", "give", "--to", lender, "--yes", "--via", "consent.json")
	require.ErrorIs(t, err, os.ErrExist, "an order is not written over")

	for want, args := range map[string][]string{
		"--to is missing":         {},
		"no licensed institution": {"--to", "Nobody"},
		"no licence to look":      {"--to", bank},
		"--for takes":             {"--to", lender, "--for", "own-request"},
		"--mode takes":            {"--to", lender, "--mode", "sell"},
		"--times takes":           {"--to", lender, "--times", "0"},
		"future":                  {"--to", lender, "--days", "0"},
		"write a day":             {"--to", lender, "--until", "tomorrow"},
		"--keep goes with":        {"--to", lender, "--keep", "24h"},
		"--data":                  {"--to", lender, "--data", "everything"},
		"no consent begins":       {"--to", lender, "--renews", "abcdef"},
		"no credit file is":       {"--to", lender, "--file", "other"},
	} {
		_, _, err := d.run("", append([]string{"consent", "give", "--yes"}, args...)...)
		require.ErrorContains(t, err, want)
	}

	d.chain.consents = []credittypes.Consent{{
		Id: id(0xc1), Grantee: lender, Purpose: credittypes.PURPOSE_CREDIT_APPLICATION, SchemaIds: msg.SchemaIds, Mode: credittypes.CONSENT_MODE_STORE,
		DataLife: 48 * time.Hour, UsesLeft: 2, ValidUntil: testNow.Add(time.Hour), Status: credittypes.CONSENT_STATUS_LIVE,
	}}
	require.Equal(t, "c1000000  Everhill Lending may look and keep what it sees for 2 days for an application for credit: "+
		"loans and credit lines of the firm, looks left: 2, until 21 November 2026 13:00\n", d.must("consents"))
	require.Contains(t, d.must("status"), "ends soon  consent c1000000 to Everhill Lending, on 21 November 2026 13:00")
	d.must("consent", "withdraw", "c10000", "--yes", "--submit")
	require.Equal(t, id(0xc1), d.chain.sent[0].(*credittypes.MsgWithdrawConsent).Id)
	d.chain.consents[0].Status = credittypes.CONSENT_STATUS_WITHDRAWN
	_, _, err = d.run("", "consent", "withdraw", "c10000", "--yes")
	require.ErrorContains(t, err, "not in force any more")
	require.Contains(t, d.must("consents"), "withdrawn by you since")

	require.Contains(t, d.must("receipts", "c10000"), "pii_principal_id")
	require.Contains(t, d.must("receipts", "--all", "receipts"), "1 receipts")
	files, err := os.ReadDir("receipts")
	require.NoError(t, err)
	require.Len(t, files, 1)
	_, _, err = d.run("", "receipts")
	require.ErrorContains(t, err, "--all is missing")
}

func TestDispute(t *testing.T) {
	d := newDesk(t)
	d.control()
	require.NoError(t, os.WriteFile("letter", []byte("I paid in March"), 0o600))
	_, says, err := d.run("", "dispute", "open", "a00000", "--reason", "amount", "--facts", "letter", "--via", "dispute.json", "--yes")
	require.NoError(t, err)
	require.Contains(t, says, "I dispute record a0000000 of Aldermoor Bank, because an amount is wrong.")
	require.Contains(t, says, "letter.note.json")
	var note wallet.Note
	raw, err := os.ReadFile("letter.note.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &note))
	require.Equal(t, "I paid in March", string(note.Content))
	raw, err = os.ReadFile("dispute.json")
	require.NoError(t, err)
	require.NotContains(t, string(raw), "March")
	inner, _, err := credittypes.DecodeOrder(order(t, raw).Order.TypeUrl, order(t, raw).Order.Value)
	require.NoError(t, err)
	require.EqualValues(t, note.Commitment[:], inner.(*credittypes.MsgOpenDispute).Facts)

	d.chain.disputes = []credittypes.Dispute{{
		Id: id(0xd0), TradelineId: id(0xa0), Furnisher: bank, Reason: credittypes.DISPUTE_REASON_AMOUNT, Status: credittypes.DISPUTE_STATUS_OPEN,
		OpenedAt: testNow, DueAt: testNow.Add(time.Hour),
	}}
	require.Contains(t, d.must("disputes"), "it has to be answered by 21 November 2026 13:00")
	for want, args := range map[string][]string{
		"--reason takes":     {"open", "a00000"},
		"no record begins":   {"open", "b00000", "--reason", "date"},
		"--facts is missing": {"statement", "d00000"},
		"not answered yet":   {"statement", "d00000", "--facts", "letter"},
		"--to is missing":    {"escalate", "d00000"},
		"can be no mediator": {"escalate", "d00000", "--to", bank},
		"no dispute begins":  {"escalate", "d90000", "--to", lender},
		"no such file":       {"extend", "d00000", "--facts", "nothing"},
	} {
		_, _, err := d.run("", append([]string{"dispute"}, append(args, "--yes", "--submit")...)...)
		require.ErrorContains(t, err, want)
	}
	require.Empty(t, d.chain.sent)
	d.must("dispute", "extend", "d00000", "--facts", "letter", "--note", "second.json", "--yes", "--submit")
	d.chain.disputes[0].Outcome, d.chain.disputes[0].Status = credittypes.DISPUTE_OUTCOME_VERIFIED, credittypes.DISPUTE_STATUS_ANSWERED
	require.Contains(t, d.must("disputes"), "the record is right as it is")
	d.must("dispute", "statement", "d00000", "--facts", "letter", "--note", "third.json", "--yes", "--submit")
	d.must("dispute", "escalate", "d00000", "--to", "Everhill Lending", "--yes", "--submit")
	require.Len(t, d.chain.sent, 3)
	require.IsType(t, &credittypes.MsgExtendDispute{}, d.chain.sent[0])
	require.IsType(t, &credittypes.MsgAddStatement{}, d.chain.sent[1])
	require.Equal(t, lender, d.chain.sent[2].(*credittypes.MsgEscalateDispute).Mediator)
}

// Whoever granted it pays for what the subject submits, and nobody does unasked.
func TestFeeGranter(t *testing.T) {
	d := newDesk(t)
	d.control()
	d.must("freeze", "--yes", "--submit", "--fee-granter", bank)
	require.Equal(t, bank, d.chain.granter.String())
	d.must("unfreeze", "--yes", "--submit")
	require.Empty(t, d.chain.granter)
	d.must("report", "--yes", "--fee-granter", bank)
	require.Equal(t, bank, d.chain.granter.String())
	_, _, err := d.run("", "report", "--yes", "--fee-granter", "x")
	require.ErrorContains(t, err, "is no account")
}

func TestProtection(t *testing.T) {
	d := newDesk(t)
	d.control()
	submit := func(args ...string) sdk.Msg {
		d.chain.sent = nil
		d.must(append(args, "--yes", "--submit")...)
		require.Len(t, d.chain.sent, 1)
		return d.chain.sent[0]
	}
	require.IsType(t, &credittypes.MsgFreeze{}, submit("freeze"))
	lift := submit("lift", "--days", "2", "--to", "Everhill Lending").(*credittypes.MsgLiftFreeze)
	require.Equal(t, testNow.Add(48*time.Hour), *lift.Until)
	require.Equal(t, lender, lift.LiftedFor)
	require.Nil(t, submit("unfreeze").(*credittypes.MsgLiftFreeze).Until)
	require.Empty(t, submit("alert").(*credittypes.MsgPlaceFraudAlert).Evidence)
	require.NoError(t, os.WriteFile("police", []byte("report"), 0o600))
	require.Len(t, submit("alert", "--facts", "police").(*credittypes.MsgPlaceFraudAlert).Evidence, 32)
	require.IsType(t, &credittypes.MsgLiftFraudAlert{}, submit("alert", "--off"))
	require.IsType(t, &credittypes.MsgCancelChange{}, submit("object"))
	require.IsType(t, &credittypes.MsgRequestErasure{}, submit("erase", "a00000"))
	require.Equal(t, lender, submit("hand-over", lender).(*credittypes.MsgRotateControl).NewController)
	_, _, err := d.run("", "lift", "--days", "0", "--yes")
	require.ErrorContains(t, err, "in the future")
	_, _, err = d.run("", "hand-over", "x", "--yes")
	require.ErrorContains(t, err, "no account")
	status := d.must("status")
	require.Contains(t, status, "WARNING")
	require.NotContains(t, status, mySubject[:12], "no pseudonym unless it is asked for")
	require.Contains(t, d.must("status", "--verbose"), mySubject)
	require.Contains(t, d.must("records"), "a0000000  Aldermoor Bank")
}

func TestLooksAndReport(t *testing.T) {
	d := newDesk(t)
	d.control()
	require.Equal(t, text.NoLooks, d.must("looks"))
	d.chain.trail = []credittypes.TrailEntry{{
		Kind: credittypes.TRAIL_KIND_INQUIRY_OPENED, Actor: lender, Ref: id(0xe0), Purpose: credittypes.PURPOSE_COLLECTION, Time: testNow, Height: 4,
	}}
	out := d.must("looks")
	require.Contains(t, out, "21 November 2026 12:00  Everhill Lending, for the collection of a debt, without consent as the law allows")
	require.Contains(t, out, "got nothing")
	require.Contains(t, d.must("looks", "--verbose"), "block 4")
	_, _, err := d.run("", "looks", "--prove", "all")
	require.ErrorContains(t, err, "--prove takes")

	var r report.Report
	out, says, err := d.run("", "report", "--yes", "--output", "json", "--save", "report.json")
	require.NoError(t, err)
	require.Contains(t, says, "my own report")
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.Equal(t, d.address, r.DataUser)
	require.FileExists(t, "report.json")
	_, _, err = d.run("", "report", "--yes", "--inquiry", "xyz")
	require.Error(t, err)
	_, _, err = d.run("n\n", "report")
	require.ErrorContains(t, err, "not signed")
}

func TestCredentialCommandsRefuse(t *testing.T) {
	d := newDesk(t)
	require.Contains(t, d.must("credential", "key"), `"crv":"Ed25519"`)
	require.NotEqual(t, d.must("credential", "key"), d.must("credential", "key"))
	require.Contains(t, d.must("credential", "list"), "No credentials yet")
	require.NoError(t, os.WriteFile("no-credential", []byte("text"), 0o600))
	for want, args := range map[string][]string{
		"no such file":         {"add", "nowhere"},
		"no credential":        {"add", "no-credential"},
		"no credential begins": {"present", "abcdef", "--fields", "x"},
		"at least 6 digits":    {"show", "ab"},
	} {
		_, _, err := d.run("", append([]string{"credential"}, args...)...)
		require.ErrorContains(t, err, want)
	}
}

func TestErrorsOfTheSession(t *testing.T) {
	d := newDesk(t)
	_, _, err := d.run("", "status", "--output", "xml")
	require.ErrorContains(t, err, "text | json")
	require.NoError(t, os.Chmod("passphrase", 0o644))
	_, _, err = d.run("", "credential", "key")
	require.ErrorContains(t, err, "chmod 600")
	require.NoError(t, os.Chmod("passphrase", 0o600))
	_, _, err = d.run("", "credential", "key", "--passphrase-file", "")
	require.ErrorContains(t, err, "no terminal")
	d.control()
	before := d.chain.closed
	d.must("consents")
	require.Equal(t, before+1, d.chain.closed, "every connection is closed")
	d.chain.away = true
	_, _, err = d.run("", "status")
	require.ErrorContains(t, err, "no answer")
	out, _, err := d.run("", "freeze", "--yes")
	require.NoError(t, err, "signing needs no node")
	order(t, []byte(out))
}

func TestEveryCommandHasAnExample(t *testing.T) {
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		require.NotEmpty(t, c.Short, c.CommandPath())
		if len(c.Commands()) == 0 {
			require.NotEmpty(t, c.Example, c.CommandPath())
			require.NotEmpty(t, c.Long, c.CommandPath())
		}
		for _, child := range c.Commands() {
			walk(child)
		}
	}
	walk(NewWalletCmd((&fakeChain{}).connect))
}
