package e2e

import (
	"bytes"
	"context"
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	"github.com/cosmos/cosmos-sdk/client/grpc/cmtservice"

	"github.com/creditd/creditd/devnet"
	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/vault/exchange"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// lyingNode stands between a vault and its node and alters what the node says.
type lyingNode struct {
	rpc, grpc string // its own addresses

	consent [32]byte
	mu      sync.Mutex
	alter   func(answer *cmtservice.ABCIQueryResponse) // of the question about the consent; nil tells the truth
	before  *cmtservice.ABCIQueryResponse              // the last true answer about it
	height  atomic.Pointer[string]                     // that it says is the newest; nil tells the truth
}

// setAlter changes the lie about the consent.
func (n *lyingNode) setAlter(alter func(*cmtservice.ABCIQueryResponse)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.alter = alter
}

// kept is the last true answer about the consent.
func (n *lyingNode) kept() *cmtservice.ABCIQueryResponse {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.before
}

// frame is a message that is passed on unread.
type frame struct{ bytes []byte }

type frames struct{}

func (frames) Marshal(v any) ([]byte, error)      { return v.(*frame).bytes, nil }
func (frames) Unmarshal(data []byte, v any) error { v.(*frame).bytes = bytes.Clone(data); return nil }
func (frames) Name() string                       { return "proto" }

func newLyingNode(t *testing.T, node *devnet.Node, consent [32]byte) *lyingNode {
	t.Helper()
	n := &lyingNode{consent: consent}
	upstream, err := grpc.NewClient(node.GRPC, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDefaultCallOptions(grpc.ForceCodec(frames{})))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, upstream.Close()) })
	server := grpc.NewServer(grpc.ForceServerCodec(frames{}), grpc.UnknownServiceHandler(func(_ any, stream grpc.ServerStream) error {
		return n.pass(stream, upstream)
	}))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Stop()
		require.NoError(t, <-served)
	})
	headers := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { n.passRPC(w, r, node.RPC) }))
	t.Cleanup(headers.Close)
	n.rpc, n.grpc = headers.URL, listener.Addr().String()
	return n
}

// pass hands one question to the node and alters its answer.
func (n *lyingNode) pass(stream grpc.ServerStream, upstream *grpc.ClientConn) error {
	var question, answer frame
	if err := stream.RecvMsg(&question); err != nil {
		return err
	}
	ctx, method := stream.Context(), ""
	method, _ = grpc.MethodFromServerStream(stream)
	if headers, ok := metadata.FromIncomingContext(ctx); ok {
		ctx = metadata.NewOutgoingContext(ctx, headers)
	}
	if err := upstream.Invoke(ctx, method, &question, &answer); err != nil {
		return err
	}
	switch method {
	case "/cosmos.base.tendermint.v1beta1.Service/ABCIQuery":
		if err := n.aboutConsent(&question, &answer); err != nil {
			return err
		}
	case "/creditd.credit.v1.Query/Consent": // what a vault would read that believes its node
		var told credittypes.QueryConsentResponse
		if err := told.Unmarshal(answer.bytes); err != nil {
			return err
		}
		n.mu.Lock()
		lying := n.alter != nil
		n.mu.Unlock()
		if lying {
			told.Consent.Status = credittypes.CONSENT_STATUS_LIVE
		}
		var err error
		if answer.bytes, err = told.Marshal(); err != nil {
			return err
		}
	}
	return stream.SendMsg(&answer)
}

// aboutConsent alters the proven answer, or keeps it.
func (n *lyingNode) aboutConsent(question, answer *frame) error {
	var asked cmtservice.ABCIQueryRequest
	if err := asked.Unmarshal(question.bytes); err != nil || !bytes.Contains(asked.Data, n.consent[:]) {
		return err
	}
	var told cmtservice.ABCIQueryResponse
	if err := told.Unmarshal(answer.bytes); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.alter == nil {
		n.before = &told
		return nil
	}
	n.alter(&told)
	var err error
	answer.bytes, err = told.Marshal()
	return err
}

var newestHeight = regexp.MustCompile(`"latest_block_height":\s*"\d+"`)

// passRPC hands a question about headers to the node; an old height can be said to be the newest.
func (n *lyingNode) passRPC(w http.ResponseWriter, r *http.Request, node string) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	request, err := http.NewRequestWithContext(r.Context(), r.Method, node+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	request.Header = r.Header.Clone()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer response.Body.Close()
	told, err := io.ReadAll(response.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	if height := n.height.Load(); height != nil && bytes.Contains(body, []byte(`"status"`)) {
		told = newestHeight.ReplaceAll(told, []byte(`"latest_block_height":"`+*height+`"`))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(response.StatusCode)
	_, _ = w.Write(told)
}

// forgeLive makes a withdrawn consent a live one, with the proof that the node gave for the other.
func forgeLive(t *testing.T) func(*cmtservice.ABCIQueryResponse) {
	return func(told *cmtservice.ABCIQueryResponse) {
		if told.ProofOps == nil || len(told.ProofOps.Ops) == 0 {
			return
		}
		proven, err := proof.DecodeProof(told.ProofOps.Ops[0].Data)
		if err != nil || proven.GetExist() == nil {
			return
		}
		var consent credittypes.Consent
		if err := consent.Unmarshal(proven.GetExist().Value); err != nil {
			t.Errorf("the entry is no consent: %v", err)
			return
		}
		consent.Status = credittypes.CONSENT_STATUS_LIVE
		if proven.GetExist().Value, err = consent.Marshal(); err == nil {
			told.ProofOps.Ops[0].Data, err = proven.Marshal()
		}
		if err != nil {
			t.Errorf("the lie cannot be told: %v", err)
		}
	}
}

// lyingNodes puts a lying node between the honest bank's vault and the chain: it shows as live a consent that was
// withdrawn, in words, with a forged proof and with yesterday's proof, and goes back in time. The vault gives nothing, says
// why in its log and its metrics, and goes on when the lies end. At last it is stopped, and ends well.
func (a *adversaries) lyingNodes(ctx context.Context, t *testing.T) {
	withdrawn, err := a.net.Grant(ctx, a.borrower, 100)
	require.NoError(t, err)
	id, err := hex.DecodeString(withdrawn)
	require.NoError(t, err)
	node := newLyingNode(t, a.net.Institutions[0].Node, [32]byte(id))
	lender := a.signer(t, a.net.Find(devnet.Lender))
	inquiry := a.inquireUnder(ctx, t, [32]byte(id))

	a.net.KillVault(a.honest.Name)
	log := filepath.Join(t.TempDir(), "vault.log")
	stop := a.serveThrough(ctx, t, node, log)
	defer func() {
		stop()
		require.NoError(t, a.net.RestartVault(ctx, a.honest.Name))
	}()
	eventually(ctx, t, "the vault to be ready", func() bool { return ready(ctx, a.honest.Vault) })
	conn := a.connect(t, lender)
	order := func() exchange.Reason {
		err := fetch(ctx, t, conn, a.order(t, inquiry, lender, nil))
		if err == nil {
			return "given"
		}
		return exchange.ReasonOf(err)
	}
	says := func(what string) bool {
		raw, err := os.ReadFile(log)
		require.NoError(t, err)
		return strings.Contains(string(raw), what)
	}
	require.Equal(t, exchange.Reason("given"), order())
	before := node.kept()
	require.NotNil(t, before, "the vault reads the consent with its proof")
	require.NoError(t, a.net.Withdraw(ctx, a.borrower, withdrawn))
	eventually(ctx, t, "the withdrawal to count", func() bool { return order() == exchange.ConsentWithdrawn })

	never := func(what string, lie func(), caught func() bool) {
		// A vault that has proven the consent proves it again without asking, and no lie about it reaches it: one that just began asks.
		stop()
		stop = a.serveThrough(ctx, t, node, log)
		eventually(ctx, t, "the vault to be ready", func() bool { return ready(ctx, a.honest.Vault) })
		lie()
		eventually(ctx, t, what, func() bool {
			reason := order()
			require.NotEqual(t, exchange.Reason("given"), reason, what)
			return reason == exchange.ChainAway && caught()
		})
	}
	never("a forged consent to be caught", func() { node.setAlter(forgeLive(t)) }, func() bool { return says("not proven by the chain's state") })
	var unproven string
	never("an old proof to be caught", func() {
		unproven = a.failures(ctx, t, "unproven")
		node.setAlter(func(told *cmtservice.ABCIQueryResponse) { told.ProofOps = before.ProofOps })
	}, func() bool { return a.failures(ctx, t, "unproven") != unproven })
	node.setAlter(nil)
	old := "2"
	never("a node that goes back in time to be caught", func() { node.height.Store(&old) }, func() bool { return says("too old to rely on") })
	node.height.Store(nil)
	eventually(ctx, t, "the vault to go on with the truth", func() bool { return order() == exchange.ConsentWithdrawn })
}

// failures is the line of the metrics that counts why the chain could not be asked.
func (a *adversaries) failures(ctx context.Context, t *testing.T, reason string) string {
	t.Helper()
	for line := range strings.Lines(string(fetched(ctx, t, "http://"+a.honest.Vault.Admin+"/metrics"))) {
		if strings.HasPrefix(line, `creditd_vault_chain_failures_total{reason="`+reason+`"}`) {
			return line
		}
	}
	return ""
}

// ready asks a vault whether it can answer orders; one that does not listen cannot.
func ready(ctx context.Context, v *devnet.Vault) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+v.Admin+"/readyz", nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// serveThrough starts the honest bank's vault with another node. stop asks it to end, which it does well.
func (a *adversaries) serveThrough(ctx context.Context, t *testing.T, node *lyingNode, log string) (stop func()) {
	t.Helper()
	out, err := os.Create(log)
	require.NoError(t, err)
	vault := exec.CommandContext(ctx, creditd, "vault", "serve", "--home", a.honest.Home, "--listen", a.honest.Vault.Endpoint,
		"--admin-listen", a.honest.Vault.Admin, "--node", node.rpc, "--grpc-addr", node.grpc, "--orders-per-second", "1000",
		"--max-state-age", "1s") // and the ten seconds that clocks may differ
	vault.Stderr = out
	require.NoError(t, vault.Start())
	return func() {
		require.NoError(t, vault.Process.Signal(syscall.SIGTERM))
		require.NoError(t, vault.Wait(), "it ends with 0")
		require.NoError(t, out.Close())
		raw, err := os.ReadFile(log)
		require.NoError(t, err)
		require.Contains(t, string(raw), "vault stops")
		require.Contains(t, string(raw), "vault stopped")
		require.NotContains(t, string(raw), a.borrower.Pseudonym, "nor of errors")
	}
}
