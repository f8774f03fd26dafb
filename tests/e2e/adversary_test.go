package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/devnet"
	"github.com/creditd/creditd/vault/exchange"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/records"
	"github.com/creditd/creditd/vault/report"
	"github.com/creditd/creditd/vault/store"
	"github.com/creditd/creditd/vault/types"
	"github.com/creditd/creditd/x/attestation/commitment"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// TestAdversaries has vaults, requesters and nodes lie to honest processes, and looks for the word that names the lie.
func TestAdversaries(t *testing.T) {
	t.Parallel()
	ctx, net := network(t, devnet.Options{VotingPeriod: votingPeriod})
	a := newAdversaries(ctx, t, net)
	t.Run("a vault that lies", func(t *testing.T) { a.lyingVaults(ctx, t) })
	t.Run("a vault that is another's", func(t *testing.T) { a.impostor(ctx, t) })
	t.Run("orders that are not in order", func(t *testing.T) { a.badOrders(ctx, t) })
	t.Run("operators see nothing personal", func(t *testing.T) { a.operatorsSee(ctx, t) })
	t.Run("a node that lies", func(t *testing.T) { a.lyingNodes(ctx, t) })
	t.Run("a licence that ends in mid-use", func(t *testing.T) { a.endedLicence(ctx, t) })
}

// adversaries is a borrower with records at two banks: one will lie, the other is honest. The liar has corrected its
// records, so that there is an older version.
type adversaries struct {
	net      *devnet.Net
	book     string
	borrower devnet.Subject
	subject  [32]byte
	consent  string
	liar     *devnet.Institution
	honest   *devnet.Institution
	chain    *client.Client
}

const adversaryRows = 150

func newAdversaries(ctx context.Context, t *testing.T, net *devnet.Net) *adversaries {
	t.Helper()
	a := &adversaries{net: net, book: filepath.Join(net.Home, "book.csv")}
	must(ctx, t, net, "vault", "generate", "--format", "sba", "--rows", strconv.Itoa(adversaryRows), "--lenders", "3", "--out", a.book)
	lenders := a.lenders(ctx, t)
	a.imports(ctx, t, a.book, lenders)
	var err error
	a.borrower, err = net.FollowBorrower(ctx, "borrower", a.book, lenders)
	require.NoError(t, err)
	subject, err := hex.DecodeString(a.borrower.Pseudonym)
	require.NoError(t, err)
	a.subject = [32]byte(subject)
	a.liar, a.honest = net.Find(a.borrower.Lenders[0]), net.Find(a.borrower.Lenders[1])
	corrected := filepath.Join(net.Home, "corrected.csv")
	a.correct(t, corrected)
	a.imports(ctx, t, corrected, lenders)
	a.consent, err = net.Grant(ctx, a.borrower, 100)
	require.NoError(t, err)
	node := net.Institutions[0].Node
	a.chain, err = client.Dial(ctx, client.Config{ChainID: net.ChainID, RPC: node.RPC, GRPC: node.GRPC})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, a.chain.Close()) })
	return a
}

func (a *adversaries) lenders(ctx context.Context, t *testing.T) (names []string) {
	t.Helper()
	var lenders []struct {
		Name string `json:"name"`
	}
	require.NoError(t, json.Unmarshal(must(ctx, t, a.net, "vault", "lenders", a.book, "--output", "json"), &lenders))
	for _, l := range lenders[:3] {
		names = append(names, l.Name)
	}
	return names
}

func (a *adversaries) imports(ctx context.Context, t *testing.T, book string, lenders []string) {
	t.Helper()
	for bank, lender := range lenders {
		must(ctx, t, a.net, "vault", "import", book, "--format", "sba", "--lender", lender, "--home", a.net.Institutions[bank].Home)
	}
}

// correct writes the book again with the borrower in another state.
func (a *adversaries) correct(t *testing.T, path string) {
	t.Helper()
	raw, err := os.ReadFile(a.book)
	require.NoError(t, err)
	reader := csv.NewReader(bytes.NewReader(raw))
	reader.FieldsPerRecord, reader.LazyQuotes = -1, true
	rows, err := reader.ReadAll()
	require.NoError(t, err)
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	for _, row := range rows[1:] {
		if len(row) == len(rows[0]) && row[column["BorrowerNo"]] == a.borrower.Identity {
			state := &row[column["State"]]
			if *state == "CA" {
				*state = "NY"
			} else {
				*state = "CA"
			}
		}
	}
	var out bytes.Buffer
	writer := csv.NewWriter(&out)
	require.NoError(t, writer.WriteAll(rows))
	require.NoError(t, os.WriteFile(path, out.Bytes(), 0o600))
}

// vaultOf opens an institution's vault in this process.
type vaultOf struct {
	store  *store.Embedded
	ring   *keys.Ring
	signer client.Signer
}

func (a *adversaries) signer(t *testing.T, i *devnet.Institution) client.Signer {
	t.Helper()
	signer, err := client.KeyringSigner(a.chain.Codec(), client.KeyringConfig{Home: i.Home, Backend: a.net.Keyring, From: i.Name})
	require.NoError(t, err)
	return signer
}

func (a *adversaries) open(ctx context.Context, t *testing.T, i *devnet.Institution) vaultOf {
	t.Helper()
	s, err := store.Open(ctx, filepath.Join(i.Home, "vault", "store.db"), store.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	passphrase, err := keys.ReadSecret(i.Vault.PassphraseFile)
	require.NoError(t, err)
	ring, err := keys.Open(ctx, s, filepath.Join(i.Home, "vault", "keybag"), keys.WithSecret(passphrase))
	require.NoError(t, err)
	return vaultOf{s, ring, a.signer(t, i)}
}

// lie changes what a vault reads of its own store and of the chain before it answers, in due form, with the furnisher's
// own keys.
type lie struct {
	records   func(kept []store.Record) []store.Record
	tradeline func(told credittypes.Tradeline) credittypes.Tradeline // what a node that is in league says
	subjects  map[[32]byte][32]byte                                  // whose a tradeline is said to be
}

type lyingStore struct {
	exchange.Store
	told *lie
}

func (s lyingStore) OfSubject(ctx context.Context, subject [32]byte, limit int) ([]store.Record, error) {
	kept, err := s.Store.OfSubject(ctx, subject, limit)
	if err == nil && s.told.records != nil {
		kept = s.told.records(kept)
	}
	return kept, err
}

type lyingChain struct {
	*client.Client
	told *lie
}

func (c lyingChain) Inquiry(ctx context.Context, id [32]byte) (credittypes.Inquiry, error) {
	inquiry, _, err := c.Client.Inquiry(ctx, id)
	return inquiry, err
}

func (c lyingChain) Appearing(ctx context.Context, id [32]byte) (credittypes.Inquiry, error) {
	return c.Inquiry(ctx, id)
}

func (c lyingChain) Tradeline(ctx context.Context, subject, id [32]byte) (credittypes.Tradeline, error) {
	if of, other := c.told.subjects[id]; other {
		subject = of
	}
	tradeline, err := c.Client.Tradeline(ctx, subject, id)
	if err == nil && c.told.tradeline != nil {
		tradeline = c.told.tradeline(tradeline)
	}
	return tradeline, err
}

// lyingVaults replaces the liar's vault by one that lies, and has the lender get reports.
func (a *adversaries) lyingVaults(ctx context.Context, t *testing.T) {
	v := a.open(ctx, t, a.liar)
	a.net.KillVault(a.liar.Name)
	told := &lie{}
	stop := a.serveLies(ctx, t, v, told)
	defer func() {
		stop()
		require.NoError(t, a.net.RestartVault(ctx, a.liar.Name))
	}()

	mine, err := v.store.OfSubject(ctx, a.subject, 100)
	require.NoError(t, err)
	last, before := mine[0], mine[0]
	for _, r := range mine {
		if r.Version > last.Version {
			last = r
		}
	}
	for _, r := range mine {
		if r.Tradeline == last.Tradeline && r.Version == last.Version-1 {
			before = r
		}
	}
	require.Equal(t, last.Version, before.Version+1, "it was corrected")
	other := a.another(ctx, t, v)
	retold := func(r store.Record, change func(*records.Plain)) store.Record {
		plain, err := records.Open(v.ring, &r)
		require.NoError(t, err)
		change(&plain)
		require.NoError(t, records.Seal(v.ring, plain, &r))
		return r
	}
	content := func(of store.Record) func(*records.Plain) {
		plain, err := records.Open(v.ring, &of)
		require.NoError(t, err)
		return func(p *records.Plain) { *p = plain }
	}
	instead := func(of store.Record) func([]store.Record) []store.Record {
		return func(kept []store.Record) []store.Record {
			for i := range kept {
				if kept[i].Attestation == of.Attestation {
					kept[i] = of
				}
			}
			return kept
		}
	}
	for name, test := range map[string]struct {
		lie    lie
		proof  report.Proof
		reason string
	}{
		"the truth":  {lie{}, report.Verified, ""},
		"other data": {lie{records: instead(retold(last, func(p *records.Plain) { p.Values["original_amount"] = "1" }))}, report.Mismatch, "changed after it was reported"},
		"an older version": {lie{tradeline: func(told credittypes.Tradeline) credittypes.Tradeline {
			if [32]byte(told.Id) == last.Tradeline {
				told.AttestationId = before.Attestation[:]
			}
			return told
		}}, report.Mismatch, "another version than the chain's"},
		"an older version as the new one": {lie{records: instead(retold(last, content(before)))}, report.Mismatch, "changed after it was reported"},
		"a record withheld": {lie{records: func(kept []store.Record) (left []store.Record) {
			for _, r := range kept {
				if r.Attestation != last.Attestation {
					left = append(left, r)
				}
			}
			return left
		}}, report.Withheld, "answered without this record"},
		"a record of another subject": {lie{
			records:  func(kept []store.Record) []store.Record { return append(kept, other) },
			subjects: map[[32]byte][32]byte{other.Tradeline: other.Subject},
		}, report.Mismatch, "a record that the chain does not have"},
		"a record of another subject under our number": {lie{records: instead(retold(last, content(other)))}, report.Mismatch, "changed after it was reported"},
	} {
		t.Run(name, func(t *testing.T) {
			*told = test.lie
			r, err := a.report(ctx, t)
			if test.proof == report.Verified {
				require.NoError(t, err)
				require.True(t, r.Complete)
				return
			}
			require.ErrorContains(t, err, "not every line is verified")
			require.False(t, r.Complete)
			caught := 0
			for _, line := range r.Lines {
				if line.Furnisher != a.liar.Operator {
					require.Equal(t, report.Verified, line.Proof, "the honest bank's word stands")
				} else if line.Proof == test.proof {
					require.Contains(t, line.Reason, test.reason)
					caught++
				}
			}
			require.Equal(t, 1, caught, "%+v", r.Lines)
		})
	}
}

// impostor answers at the liar's endpoint in the name of another institution, and the lender does not listen.
func (a *adversaries) impostor(ctx context.Context, t *testing.T) {
	a.net.KillVault(a.liar.Name)
	v := a.open(ctx, t, a.liar)
	v.signer = a.signer(t, a.honest)
	stop := a.serveLies(ctx, t, v, &lie{})
	r, err := a.report(ctx, t)
	stop()
	require.NoError(t, a.net.RestartVault(ctx, a.liar.Name))
	require.ErrorContains(t, err, "not every line is verified")
	withheld := 0
	for _, line := range r.Lines {
		if line.Furnisher == a.liar.Operator {
			require.Equal(t, report.Withheld, line.Proof)
			require.Contains(t, line.Reason, "another institution's")
			withheld++
		}
	}
	require.Positive(t, withheld)
}

// serveLies answers at the liar's endpoint, as its own program would.
func (a *adversaries) serveLies(ctx context.Context, t *testing.T, v vaultOf, told *lie) (stop func()) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.liar.Vault.Endpoint)
	require.NoError(t, err)
	server := exchange.NewServer(exchange.Config{
		ChainID: a.net.ChainID, Signer: v.signer, Chain: lyingChain{a.chain, told}, Store: lyingStore{v.store, told}, Keys: v.ring,
		Log: slog.New(slog.DiscardHandler),
	})
	serving, cancel := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() {
		served <- exchange.Serve(serving, listener, server, exchange.ServeOptions{
			Codec: a.chain.Codec().GRPCCodec(), Ready: func(context.Context) error { return nil },
		})
	}()
	return func() {
		cancel()
		require.NoError(t, <-served)
	}
}

// another is the last version of a record of the liar about somebody else.
func (a *adversaries) another(ctx context.Context, t *testing.T, v vaultOf) store.Record {
	t.Helper()
	all, err := v.store.Records(ctx, nil, 1000)
	require.NoError(t, err)
	for _, r := range all {
		if r.Subject != a.subject && r.Version == 1 && [32]byte(a.tradeline(ctx, t, r).AttestationId) == r.Attestation {
			return r
		}
	}
	t.Fatal("the liar has records of one subject only")
	return store.Record{}
}

func (a *adversaries) tradeline(ctx context.Context, t *testing.T, of store.Record) credittypes.Tradeline {
	t.Helper()
	tradeline, err := a.chain.Tradeline(ctx, of.Subject, of.Tradeline)
	require.NoError(t, err)
	return tradeline
}

// report gets one as the lender. What it says is returned also where not every line is verified.
func (a *adversaries) report(ctx context.Context, t *testing.T, more ...string) (r report.Report, err error) {
	t.Helper()
	out, err := a.net.Run(ctx, append([]string{
		"report", "get", "--subject", a.borrower.Pseudonym, "--consent", a.consent, "--home", a.net.Find(devnet.Lender).Home, "--output", "json",
	}, more...)...)
	if len(out) > 0 {
		require.NoError(t, json.Unmarshal(out, &r), string(out))
	}
	return r, err
}

// inquire opens an inquiry of the lender.
func (a *adversaries) inquire(ctx context.Context, t *testing.T) [32]byte {
	t.Helper()
	return a.inquireUnder(ctx, t, a.consentID(t))
}

func (a *adversaries) inquireUnder(ctx context.Context, t *testing.T, consent [32]byte) [32]byte {
	t.Helper()
	lender := a.signer(t, a.net.Find(devnet.Lender))
	nonce := make([]byte, credittypes.NonceSize)
	_, _ = rand.Read(nonce)
	_, err := a.chain.NewSender(lender).Send(ctx, &credittypes.MsgOpenInquiry{
		DataUser: lender.Address().String(), Subject: a.subject[:], Purpose: credittypes.PURPOSE_CREDIT_APPLICATION, ConsentId: consent[:], Nonce: nonce,
	})
	require.NoError(t, err)
	return [32]byte(credittypes.InquiryID(lender.Address(), a.subject[:], nonce))
}

func (a *adversaries) consentID(t *testing.T) [32]byte {
	t.Helper()
	id, err := hex.DecodeString(a.consent)
	require.NoError(t, err)
	return [32]byte(id)
}

// order is one for the honest bank, changed before it is signed.
func (a *adversaries) order(t *testing.T, inquiry [32]byte, signer client.Signer, change func(*types.Order)) *types.FetchRequest {
	t.Helper()
	order := types.Order{
		ChainId: a.net.ChainID, InquiryId: inquiry[:], Requester: a.net.Find(devnet.Lender).Operator, Furnisher: a.honest.Operator,
		Time: time.Now().UTC(), Nonce: make([]byte, 16),
	}
	_, _ = rand.Read(order.Nonce)
	if change != nil {
		change(&order)
	}
	encoded, err := order.Marshal()
	require.NoError(t, err)
	digest := commitment.ID("creditd/vault/order/v1", encoded)
	signature, err := signer.Sign(digest[:])
	require.NoError(t, err)
	return &types.FetchRequest{Order: encoded, Signature: signature}
}

// badOrders sends the honest bank's vault what a thief of orders, or a data user with more wishes than rights, would.
func (a *adversaries) badOrders(ctx context.Context, t *testing.T) {
	lender, neighbour := a.signer(t, a.net.Find(devnet.Lender)), a.signer(t, a.liar)
	inquiry := a.inquire(ctx, t)
	good := a.order(t, inquiry, lender, nil)
	require.NoError(t, fetch(ctx, t, a.connect(t, lender), good))

	forged := a.order(t, inquiry, lender, nil)
	forged.Order = a.order(t, [32]byte{1}, lender, nil).Order
	for name, test := range map[string]struct {
		request *types.FetchRequest
		over    client.Signer // whose connection
		reason  exchange.Reason
	}{
		"replayed":                    {good, lender, exchange.Replayed},
		"replayed by a thief":         {good, neighbour, exchange.OtherPeer},
		"expired":                     {a.order(t, inquiry, lender, func(o *types.Order) { o.Time = o.Time.Add(-10 * time.Minute) }), lender, exchange.StaleOrder},
		"from the future":             {a.order(t, inquiry, lender, func(o *types.Order) { o.Time = o.Time.Add(10 * time.Minute) }), lender, exchange.StaleOrder},
		"signed by a stranger":        {a.order(t, inquiry, client.NewSigner(secp256k1.GenPrivKey()), nil), lender, exchange.BadSignature},
		"changed after it was signed": {forged, lender, exchange.BadSignature},
		"meant for another vault":     {a.order(t, inquiry, lender, func(o *types.Order) { o.Furnisher = a.liar.Operator }), lender, exchange.WrongFurnisher},
		"meant for another chain":     {a.order(t, inquiry, lender, func(o *types.Order) { o.ChainId = "another-1" }), lender, exchange.WrongChain},
		"for another's inquiry": {a.order(t, inquiry, neighbour, func(o *types.Order) {
			o.Requester = a.liar.Operator
		}), neighbour, exchange.OtherDataUser},
		"for an inquiry that is none": {a.order(t, [32]byte{1}, lender, nil), lender, exchange.UnknownInquiry},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.reason, exchange.ReasonOf(fetch(ctx, t, a.connect(t, test.over), test.request)))
		})
	}
}

// connect opens a TLS connection to the honest bank's vault in the name of an account.
func (a *adversaries) connect(t *testing.T, of client.Signer) *grpc.ClientConn {
	t.Helper()
	creds := exchange.ClientCredentials(a.net.ChainID, of, a.chain, a.honest.Operator)
	conn, err := grpc.NewClient(a.honest.Vault.Endpoint, grpc.WithTransportCredentials(creds),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(a.chain.Codec().GRPCCodec())))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close()) })
	return conn
}

// fetch sends an order and returns what the vault says to it.
func fetch(ctx context.Context, t *testing.T, conn *grpc.ClientConn, request *types.FetchRequest) error {
	t.Helper()
	stream, err := types.NewExchangeClient(conn).Fetch(ctx, request)
	if err != nil {
		return err
	}
	for {
		if _, err := stream.Recv(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

// endedLicence takes the lender's licence between its inquiry and its orders, over a connection that it has already.
func (a *adversaries) endedLicence(ctx context.Context, t *testing.T) {
	lender := a.signer(t, a.net.Find(devnet.Lender))
	inquiry, conn := a.inquire(ctx, t), a.connect(t, lender)
	require.NoError(t, fetch(ctx, t, conn, a.order(t, inquiry, lender, nil)))
	members := []string{a.net.Institutions[0].Name, a.net.Institutions[1].Name, a.net.Institutions[2].Name}
	ended := vote(ctx, t, a.net, members, "suspend", a.net.Find(devnet.Lender).Operator, "breach")
	require.Equal(t, "PROPOSAL_STATUS_PASSED", ended.Status, ended.FailedReason)
	require.Equal(t, "LICENCE_STATUS_SUSPENDED", licence(ctx, t, a.net, devnet.Lender))
	// A vault goes by the last state that is proven, which may be one block behind.
	eventually(ctx, t, "the vault to see that the licence has ended", func() bool {
		return exchange.ReasonOf(fetch(ctx, t, conn, a.order(t, inquiry, lender, nil))) == exchange.NotLicensed
	})
	require.Error(t, fetch(ctx, t, a.connect(t, lender), a.order(t, inquiry, lender, nil)), "no new connection either")
	_, err := a.report(ctx, t)
	require.ErrorContains(t, err, "active institution", "nor does the chain open another inquiry")
}

// operatorsSee looks into the logs of all vaults, and at their metrics, for anything of the book.
func (a *adversaries) operatorsSee(ctx context.Context, t *testing.T) {
	search := newScanner(append(identifiers(t, a.book), a.borrower.Pseudonym))
	for i := range a.net.Institutions {
		v := a.net.Institutions[i].Vault
		if v == nil || !v.Served {
			continue
		}
		log, err := os.ReadFile(v.Log)
		require.NoError(t, err)
		require.Zero(t, search.find(log), v.Name)
		require.NotContains(t, string(log), "original_amount")
		page := string(fetched(ctx, t, "http://"+v.Admin+"/metrics"))
		require.Zero(t, search.find([]byte(page)), v.Name)
		require.Contains(t, page, "creditd_vault_chain_height")
		require.Contains(t, string(fetched(ctx, t, "http://"+v.Admin+"/readyz")), `"ready":true`)
	}
	honest := string(fetched(ctx, t, "http://"+a.honest.Vault.Admin+"/metrics"))
	for _, reason := range []exchange.Reason{exchange.Replayed, exchange.StaleOrder, exchange.BadSignature, exchange.WrongFurnisher, exchange.OtherDataUser} {
		require.Contains(t, honest, `creditd_vault_orders_total{outcome="`+string(reason)+`"}`)
	}
	require.Contains(t, honest, `creditd_vault_records_given_total{requester="`+a.net.Find(devnet.Lender).Operator+`"}`)
}

// fetched is a page, whatever its status.
func fetched(ctx context.Context, t *testing.T, url string) []byte {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return body
}
