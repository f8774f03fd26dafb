package exchange

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/internal/fakechain"
	"github.com/creditd/creditd/vault/internal/testvault"
	"github.com/creditd/creditd/vault/store"
	"github.com/creditd/creditd/vault/types"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

var (
	now     = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	subject = [32]byte{0x5b}
)

// scene is a bank with a served vault and a lender with an open inquiry under a live consent.
type scene struct {
	t       testing.TB
	chain   *fakechain.Chain
	bank    *testvault.Institution
	lender  *testvault.Institution
	fetcher *Fetcher
	log     *lockedBuffer
	stop    context.CancelFunc
	served  chan error

	consent [32]byte
	inquiry credittypes.Inquiry
	record  store.Record
}

type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func newScene(t *testing.T) *scene {
	t.Helper()
	return sceneWith(t, nil)
}

// plainScene has no TLS, for what a certificate would be refused for before an order is read.
func plainScene(t *testing.T) *scene {
	t.Helper()
	s := sceneWith(t, func(_ *Config, o *ServeOptions) { o.PlainText = true })
	s.fetcher.PlainText = true
	return s
}

func sceneWith(t testing.TB, change func(c *Config, o *ServeOptions)) *scene {
	t.Helper()
	s := &scene{t: t, chain: fakechain.New(func() time.Time { return now }), log: &lockedBuffer{}, served: make(chan error, 1)}
	s.bank, s.lender = testvault.New(t, s.chain, "Bank"), testvault.New(t, s.chain, "Lender")
	s.record = s.bank.Furnish(t, s.chain, subject, "1", schemas.TradelineFirm, commitment.Record{"balance": "600000", "currency": "USD"})
	s.consent = testvault.Consent(s.chain, subject, s.lender.Operator(), nil, testvault.Schema(schemas.TradelineFirm))
	s.inquiry = testvault.Inquiry(s.chain, subject, s.lender.Operator(), s.consent[:], nil)
	s.fetcher = &Fetcher{
		ChainID: "test-1", Signer: s.lender.Signer, Key: s.lender.Ring.HPKE(), Codec: testvault.Codec(t), Keys: s.chain,
		Now: func() time.Time { return now },
	}
	t.Cleanup(func() { _ = s.fetcher.Close() })
	config := Config{
		ChainID: "test-1", Signer: s.bank.Signer, Chain: fakechain.Asked{Chain: s.chain}, Store: s.bank.Store, Keys: s.bank.Ring,
		Log: slog.New(slog.NewJSONHandler(s.log, nil)), Now: func() time.Time { return now },
	}
	options := ServeOptions{Codec: testvault.Codec(t), Ready: func(context.Context) error { return nil }}
	if change != nil {
		change(&config, &options)
	}
	server := NewServer(config)
	ctx, stop := context.WithCancel(t.Context())
	s.stop = stop
	go func() {
		s.served <- Serve(ctx, s.bank.Listener, server, options)
	}()
	t.Cleanup(stop)
	return s
}

func (s *scene) fetch() (Answer, error) {
	s.t.Helper()
	return s.fetcher.Fetch(s.t.Context(), Known(&s.inquiry), s.bank.Operator(), s.bank.Listener.Addr().String())
}

func (s *scene) accesses() []store.Access {
	s.t.Helper()
	entries, err := s.bank.Store.AccessLog(s.t.Context(), 0, 100)
	require.NoError(s.t, err)
	return entries
}

func TestFetch(t *testing.T) {
	s := newScene(t)
	answer, err := s.fetch()
	require.NoError(t, err)
	require.Len(t, answer.Records, 1)
	got := answer.Records[0]
	require.Equal(t, s.record.Tradeline[:], got.TradelineId)
	require.Equal(t, s.record.Attestation[:], got.AttestationId)
	require.Equal(t, []types.Value{{Name: "currency", Text: "USD"}, {Name: "balance", Text: "600000"}}, got.Values, "in leaf order")

	entries := s.accesses()
	require.Len(t, entries, 1)
	require.Equal(t, "given", entries[0].Outcome)
	require.Equal(t, s.lender.Operator(), entries[0].Requester)
	require.Equal(t, answer.Digest, entries[0].Digest, "both sides compute the same digest")
	owed, err := s.bank.Store.ReceiptsOwed(t.Context(), 10)
	require.NoError(t, err)
	require.Equal(t, []store.Receipt{{Inquiry: [32]byte(s.inquiry.Id), Digest: answer.Digest, Records: 1}}, owed)

	again, err := s.fetch()
	require.NoError(t, err, "while the inquiry is open it may be asked again, with a new order")
	require.NotEqual(t, answer.Digest, again.Digest)
	for _, secret := range []string{"600000", "USD", "currency"} {
		require.NotContains(t, s.log.String(), secret)
	}
	require.NotContains(t, s.log.String(), fmt.Sprintf("%x", subject), "a log names inquiries, not subjects")
}

// What may not be given is not: other schemas, states that are not displayed, versions that do not count.
func TestOnlyWhatMayBeShown(t *testing.T) {
	s := newScene(t)
	s.bank.Furnish(t, s.chain, subject, "2", schemas.TradelinePerson, commitment.Record{"balance": "1"})
	s.bank.Furnish(t, s.chain, [32]byte{0x99}, "3", schemas.TradelineFirm, commitment.Record{"balance": "2"})
	hidden := s.bank.Furnish(t, s.chain, subject, "4", schemas.TradelineFirm, commitment.Record{"balance": "3"})
	stale := s.bank.Furnish(t, s.chain, subject, "5", schemas.TradelineFirm, commitment.Record{"balance": "4"})
	disputed := s.bank.Furnish(t, s.chain, subject, "6", schemas.TradelineFirm, commitment.Record{"balance": "5"})
	set := func(id [32]byte, change func(t *credittypes.Tradeline)) {
		tradeline := s.chain.State().Tradelines[id]
		change(&tradeline)
		s.chain.State().Tradelines[id] = tradeline
	}
	set(hidden.Tradeline, func(t *credittypes.Tradeline) { t.State = credittypes.RECORD_STATE_SUPPRESSED })
	set(stale.Tradeline, func(t *credittypes.Tradeline) { t.AttestationId = bytes.Repeat([]byte{1}, 32) })
	set(disputed.Tradeline, func(t *credittypes.Tradeline) { t.State = credittypes.RECORD_STATE_DISPUTED })
	answer, err := s.fetch()
	require.NoError(t, err)
	var given [][]byte
	for _, record := range answer.Records {
		given = append(given, record.TradelineId)
	}
	require.ElementsMatch(t, [][]byte{s.record.Tradeline[:], disputed.Tradeline[:]}, given)
}

func TestEmptyAnswerIsSigned(t *testing.T) {
	s := newScene(t)
	delete(s.chain.State().Tradelines, s.record.Tradeline)
	answer, err := s.fetch()
	require.NoError(t, err)
	require.Empty(t, answer.Records)
	require.NotZero(t, answer.Digest)
}

func TestExemptPurposeHasAllSchemas(t *testing.T) {
	s := newScene(t)
	s.bank.Furnish(t, s.chain, subject, "2", schemas.TradelinePerson, commitment.Record{"balance": "1"})
	s.inquiry = testvault.Inquiry(s.chain, subject, s.lender.Operator(), nil, func(i *credittypes.Inquiry) { i.Purpose = credittypes.PURPOSE_LEGAL_ORDER })
	answer, err := s.fetch()
	require.NoError(t, err)
	require.Len(t, answer.Records, 2)
}

func TestConsentUsedUpByThisInquiry(t *testing.T) {
	s := newScene(t)
	s.change(func(c *credittypes.Consent) { c.Status, c.UsesLeft = credittypes.CONSENT_STATUS_USED_UP, 0 })
	_, err := s.fetch()
	require.NoError(t, err)
}

func (s *scene) change(change func(c *credittypes.Consent)) {
	c := s.chain.State().Consents[s.consent]
	change(&c)
	s.chain.State().Consents[s.consent] = c
}

func (s *scene) changeInquiry(change func(i *credittypes.Inquiry)) {
	i := s.chain.State().Inquiries[[32]byte(s.inquiry.Id)]
	change(&i)
	s.chain.State().Inquiries[[32]byte(s.inquiry.Id)] = i
}

func (s *scene) changeLender(change func(v *institutiontypes.InstitutionView)) {
	v := s.chain.State().Institutions[s.lender.Operator()]
	change(&v)
	s.chain.State().Institutions[s.lender.Operator()] = v
}

// Every refusal has its own reason, gives nothing and, where the requester is known, is in the access log.
func TestRefusals(t *testing.T) {
	stranger := client.NewSigner(secp256k1.GenPrivKey())
	for _, test := range []struct {
		reason Reason
		code   codes.Code
		logged bool
		set    func(s *scene)
	}{
		{WrongChain, codes.FailedPrecondition, false, func(s *scene) { s.fetcher.ChainID = "other-1" }},
		{StaleOrder, codes.DeadlineExceeded, false, func(s *scene) { s.fetcher.Now = func() time.Time { return now.Add(-OrderLife - time.Second) } }},
		{StaleOrder, codes.DeadlineExceeded, false, func(s *scene) { s.fetcher.Now = func() time.Time { return now.Add(OrderLife + time.Second) } }},
		{UnknownRequester, codes.Unauthenticated, false, func(s *scene) { s.fetcher.Signer = stranger }},
		{BadSignature, codes.Unauthenticated, false, func(s *scene) { s.chain.Keys[s.lender.Operator()] = stranger.PubKey() }},
		{ChainAway, codes.Unavailable, false, func(s *scene) { s.fetcher.Keys = fixed{key: s.bank.Signer.PubKey()}; s.chain.Down = true }},
		{UnknownInquiry, codes.NotFound, true, func(s *scene) { s.inquiry.Id = bytes.Repeat([]byte{7}, 32) }},
		{OtherDataUser, codes.PermissionDenied, true, func(s *scene) { s.changeInquiry(func(i *credittypes.Inquiry) { i.DataUser = s.bank.Operator() }) }},
		{InquiryClosed, codes.FailedPrecondition, true, func(s *scene) {
			s.changeInquiry(func(i *credittypes.Inquiry) { i.Status = credittypes.INQUIRY_STATUS_FULFILLED })
		}},
		{InquiryExpired, codes.FailedPrecondition, true, func(s *scene) {
			s.changeInquiry(func(i *credittypes.Inquiry) { i.Status = credittypes.INQUIRY_STATUS_EXPIRED })
		}},
		{InquiryExpired, codes.FailedPrecondition, true, func(s *scene) { s.changeInquiry(func(i *credittypes.Inquiry) { i.ExpiresAt = now }) }},
		{NotLicensed, codes.PermissionDenied, true, func(s *scene) { delete(s.chain.State().Institutions, s.lender.Operator()) }},
		{NotLicensed, codes.PermissionDenied, true, func(s *scene) {
			s.changeLender(func(v *institutiontypes.InstitutionView) {
				v.Institution.Status = institutiontypes.LICENCE_STATUS_SUSPENDED
			})
		}},
		{NotLicensed, codes.PermissionDenied, true, func(s *scene) {
			s.changeLender(func(v *institutiontypes.InstitutionView) { v.Institution.ValidUntil = now })
		}},
		{NoDataUserRole, codes.PermissionDenied, true, func(s *scene) {
			s.changeLender(func(v *institutiontypes.InstitutionView) {
				v.Institution.Roles = []institutiontypes.Role{institutiontypes.ROLE_FURNISHER}
			})
		}},
		{NoEncryptionKey, codes.FailedPrecondition, true, func(s *scene) { s.changeLender(func(v *institutiontypes.InstitutionView) { v.Vault = nil }) }},
		{NoEncryptionKey, codes.FailedPrecondition, true, func(s *scene) {
			s.changeLender(func(v *institutiontypes.InstitutionView) {
				v.Vault = &institutiontypes.Vault{EncryptionKey: []byte("no key")}
			})
		}},
		{UnknownConsent, codes.PermissionDenied, true, func(s *scene) { delete(s.chain.State().Consents, s.consent) }},
		{ConsentMismatch, codes.PermissionDenied, true, func(s *scene) { s.change(func(c *credittypes.Consent) { c.Grantee = s.bank.Operator() }) }},
		{ConsentMismatch, codes.PermissionDenied, true, func(s *scene) { s.change(func(c *credittypes.Consent) { c.Purpose = credittypes.PURPOSE_COLLECTION }) }},
		{ConsentMismatch, codes.PermissionDenied, true, func(s *scene) { s.change(func(c *credittypes.Consent) { c.Subject = bytes.Repeat([]byte{8}, 32) }) }},
		{ConsentWithdrawn, codes.PermissionDenied, true, func(s *scene) {
			s.change(func(c *credittypes.Consent) { c.Status = credittypes.CONSENT_STATUS_WITHDRAWN })
		}},
		{ConsentExpired, codes.PermissionDenied, true, func(s *scene) {
			s.change(func(c *credittypes.Consent) { c.Status = credittypes.CONSENT_STATUS_EXPIRED })
		}},
		{ConsentExpired, codes.PermissionDenied, true, func(s *scene) { s.change(func(c *credittypes.Consent) { c.ValidUntil = now }) }},
		{ConsentNotYetValid, codes.PermissionDenied, true, func(s *scene) { s.change(func(c *credittypes.Consent) { c.ValidFrom = now.Add(time.Hour) }) }},
		{ConsentQueryOnly, codes.PermissionDenied, true, func(s *scene) { s.change(func(c *credittypes.Consent) { c.Mode = credittypes.CONSENT_MODE_QUERY }) }},
	} {
		t.Run(string(test.reason), func(t *testing.T) {
			s := plainScene(t)
			s.fetcher.Attempts = 1
			test.set(s)
			answer, err := s.fetch()
			require.Equal(t, test.reason, ReasonOf(err), "%v", err)
			require.Equal(t, test.code, status.Code(errors.Unwrap(err)))
			require.Empty(t, answer.Records)
			require.NotContains(t, err.Error(), fmt.Sprintf("%x", subject))
			s.chain.Down = false
			entries := s.accesses()
			if !test.logged {
				require.Empty(t, entries, "a stranger must not fill the log")
				return
			}
			require.Len(t, entries, 1)
			require.Equal(t, string(test.reason), entries[0].Outcome)
			require.Zero(t, entries[0].Records)
			owed, err := s.bank.Store.ReceiptsOwed(t.Context(), 1)
			require.NoError(t, err)
			require.Empty(t, owed)
		})
	}
}

// fixed answers for a chain that is away.
type fixed struct {
	Registry
	key cryptotypes.PubKey
}

func (f fixed) AccountKey(context.Context, string) (cryptotypes.PubKey, error) { return f.key, nil }

// raw sends a request as it is.
func (s *scene) raw(request *types.FetchRequest) error {
	s.t.Helper()
	to, err := s.fetcher.link(s.bank.Operator(), s.bank.Listener.Addr().String())
	require.NoError(s.t, err)
	stream, err := types.NewExchangeClient(to.conn).Fetch(s.t.Context(), request)
	if err != nil {
		return err
	}
	_, err = stream.Recv()
	return err
}

func (s *scene) order() *types.FetchRequest {
	s.t.Helper()
	_, request, err := s.fetcher.order(Known(&s.inquiry), s.bank.Operator())
	require.NoError(s.t, err)
	return request
}

// A furnisher's key is asked for once, and one that is not its account's is not believed.
func TestKeyOfTheFurnisher(t *testing.T) {
	s := newScene(t)
	fetch := func() error {
		_, err := s.fetcher.Fetch(t.Context(), Known(&s.inquiry), s.bank.Operator(), s.bank.Listener.Addr().String())
		return err
	}
	require.NoError(t, fetch())
	s.fetcher.Keys = fixed{} // which would give none
	require.NoError(t, fetch())
	s = newScene(t)
	s.fetcher.Keys = fixed{s.chain, secp256k1.GenPrivKey().PubKey()}
	require.ErrorContains(t, fetch(), "another account's key")
}

func TestReplay(t *testing.T) {
	s := newScene(t)
	request := s.order()
	require.NoError(t, s.raw(request))
	require.Equal(t, Replayed, ReasonOf(s.raw(request)))
	entries := s.accesses()
	require.Len(t, entries, 2)
	require.Equal(t, string(Replayed), entries[1].Outcome)
}

func TestForgedAndMalformedOrders(t *testing.T) {
	s := newScene(t)
	sign := func(order types.Order) *types.FetchRequest {
		encoded, err := order.Marshal()
		require.NoError(t, err)
		digest := orderDigest(encoded)
		signature, err := s.lender.Signer.Sign(digest[:])
		require.NoError(t, err)
		return &types.FetchRequest{Order: encoded, Signature: signature}
	}
	decode := func(r *types.FetchRequest) (order types.Order) {
		require.NoError(t, order.Unmarshal(r.Order))
		return order
	}
	for name, test := range map[string]struct {
		reason Reason
		make   func() *types.FetchRequest
	}{
		"not an order":  {Malformed, func() *types.FetchRequest { return &types.FetchRequest{Order: []byte{0xff}} }},
		"unknown field": {Malformed, func() *types.FetchRequest { r := s.order(); r.Order = append(r.Order, 0x7a, 1, 0); return r }},
		"short nonce":   {Malformed, func() *types.FetchRequest { o := decode(s.order()); o.Nonce = []byte{1}; return sign(o) }},
		"short inquiry": {Malformed, func() *types.FetchRequest { o := decode(s.order()); o.InquiryId = []byte{1}; return sign(o) }},
		"no account":    {Malformed, func() *types.FetchRequest { o := decode(s.order()); o.Requester = "me"; return sign(o) }},
		"for another":   {WrongFurnisher, func() *types.FetchRequest { o := decode(s.order()); o.Furnisher = s.lender.Operator(); return sign(o) }},
		"changed": {BadSignature, func() *types.FetchRequest {
			r := s.order()
			o := decode(r)
			o.InquiryId[0]++
			r.Order, _ = o.Marshal()
			return r
		}},
		"in another name":  {BadSignature, func() *types.FetchRequest { o := decode(s.order()); o.Requester = s.bank.Operator(); return sign(o) }},
		"signature is cut": {BadSignature, func() *types.FetchRequest { r := s.order(); r.Signature = r.Signature[:10]; return r }},
		"no signature":     {BadSignature, func() *types.FetchRequest { r := s.order(); r.Signature = nil; return r }},
		"plain signature": {BadSignature, func() *types.FetchRequest {
			r := s.order()
			r.Signature, _ = s.lender.Signer.Sign(r.Order) // without the domain
			return r
		}},
	} {
		require.Equal(t, test.reason, ReasonOf(s.raw(test.make())), name)
	}
	huge := s.order()
	huge.Signature = bytes.Repeat([]byte{1}, 1<<20)
	require.Equal(t, codes.ResourceExhausted, status.Code(s.raw(huge)), "refused before it is read")
	require.Empty(t, s.accesses())
}

func TestManyRecordsComeInParts(t *testing.T) {
	record := types.Record{Seed: make([]byte, 32), Values: []types.Value{{Name: "x", Text: strings.Repeat("y", 100_000)}}}
	parcels := split([]types.Record{record, record, record, record, record})
	require.Len(t, parcels, 3)
	for _, parcel := range parcels {
		require.LessOrEqual(t, parcel.Size(), maxPartBytes)
	}
	require.Len(t, split(nil), 1)
}

// fakeStream is what a lying vault sends.
type fakeStream struct {
	grpc.ClientStream
	parts []*types.FetchResponse
}

func (f *fakeStream) Recv() (*types.FetchResponse, error) {
	if len(f.parts) == 0 {
		return nil, io.EOF
	}
	part := f.parts[0]
	f.parts = f.parts[1:]
	return part, nil
}

// Whatever a vault sends, the requester takes an answer that is complete, signed and for this order, or none.
func TestLyingVault(t *testing.T) {
	s := newScene(t)
	order, _, err := s.fetcher.order(Known(&s.inquiry), s.bank.Operator())
	require.NoError(t, err)
	server := NewServer(Config{ChainID: "test-1", Signer: s.bank.Signer, Now: time.Now})
	recipient, err := EncryptionKey(s.lender.Ring.HPKE().PublicKey().Bytes())
	require.NoError(t, err)
	good := grant{order: order, inquiry: s.inquiry, recipient: recipient}
	seal := func(g grant, part, parts int) *types.FetchResponse {
		response, err := server.seal(g, types.Parcel{Records: []types.Record{{TradelineId: []byte{byte(part)}}}}, part, parts)
		require.NoError(t, err)
		return response
	}
	resign := func(r *types.FetchResponse) *types.FetchResponse {
		digest := envelopeDigest(r)
		var err error
		r.Signature, err = s.bank.Signer.Sign(digest[:])
		require.NoError(t, err)
		return r
	}
	receive := func(parts ...*types.FetchResponse) (Answer, error) {
		want := header("test-1", s.bank.Operator(), s.lender.Operator(), &s.inquiry, order.Nonce, 0, 0)
		return s.fetcher.receive(&fakeStream{parts: parts}, s.bank.Signer.PubKey(), want, "here")
	}
	answer, err := receive(seal(good, 0, 2), seal(good, 1, 2))
	require.NoError(t, err)
	require.Len(t, answer.Records, 2)

	otherOrder, otherInquiry, otherKey := good, good, good
	otherOrder.order.Nonce = bytes.Repeat([]byte{9}, nonceSize)
	otherInquiry.inquiry.ExpiresAt = now.Add(99 * time.Hour)
	otherKey.recipient, err = EncryptionKey(s.bank.Ring.HPKE().PublicKey().Bytes())
	require.NoError(t, err)
	unsigned, cut, garbled := seal(good, 0, 1), seal(good, 0, 1), seal(good, 0, 1)
	unsigned.Signature = nil
	cut.Ciphertext = cut.Ciphertext[:len(cut.Ciphertext)-1]
	garbled.EncapsulatedKey = garbled.EncapsulatedKey[:100]
	large := seal(good, 0, 1)
	large.Ciphertext = make([]byte, maxPartBytes+1)
	for name, parts := range map[string][]*types.FetchResponse{
		"nothing":             {},
		"a part is missing":   {seal(good, 0, 2)},
		"parts out of order":  {seal(good, 1, 2), seal(good, 0, 2)},
		"a part twice":        {seal(good, 0, 2), seal(good, 0, 2)},
		"one too many":        {seal(good, 0, 1), seal(good, 1, 1)},
		"changes its mind":    {seal(good, 0, 2), seal(good, 1, 3)},
		"no parts":            {seal(good, 0, 0)},
		"too many parts":      {seal(good, 0, maxParts+1)},
		"replayed answer":     {seal(otherOrder, 0, 1)},
		"other inquiry":       {seal(otherInquiry, 0, 1)},
		"for another":         {seal(otherKey, 0, 1)},
		"unsigned":            {unsigned},
		"ciphertext is cut":   {resign(cut)},
		"key is cut":          {resign(garbled)},
		"larger than allowed": {resign(large)},
	} {
		answer, err := receive(parts...)
		require.Error(t, err, name)
		require.Empty(t, answer.Records, name)
	}
}

func TestVaultDown(t *testing.T) {
	s := newScene(t)
	s.stop()
	require.NoError(t, <-s.served)
	_, err := s.fetch()
	require.ErrorContains(t, err, "does not answer")
	require.ErrorContains(t, err, "creditd vault serve")
}

// anonymous connects without a certificate and without looking at that of the vault.
func anonymous() credentials.TransportCredentials {
	return credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS13, InsecureSkipVerify: true})
}

// Who has no certificate may ask whether the vault is up, and nothing else.
func TestHealth(t *testing.T) {
	s := newScene(t)
	conn, err := grpc.NewClient(s.bank.Listener.Addr().String(), grpc.WithTransportCredentials(anonymous()), grpc.WithNoProxy())
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	health := healthpb.NewHealthClient(conn)
	answer, err := health.Check(t.Context(), &healthpb.HealthCheckRequest{})
	require.NoError(t, err)
	require.Equal(t, healthpb.HealthCheckResponse_SERVING, answer.Status)
	require.Eventually(t, func() bool {
		answer, err := health.Check(t.Context(), &healthpb.HealthCheckRequest{Service: ServiceName})
		return err == nil && answer.Status == healthpb.HealthCheckResponse_SERVING
	}, 5*time.Second, time.Millisecond)
}

// A vault whose node is away says so: it must get no orders that it cannot answer.
func TestNotReady(t *testing.T) {
	s := newScene(t)
	bank := testvault.New(t, s.chain, "Other")
	told := make(chan error, 1)
	go func() {
		_ = Serve(t.Context(), bank.Listener, NewServer(Config{Signer: bank.Signer}), ServeOptions{
			Codec: testvault.Codec(t), Ready: func(context.Context) error { return errors.New("node away") }, Readiness: func(err error) { told <- err },
		})
	}()
	require.ErrorContains(t, <-told, "node away")
	conn, err := grpc.NewClient(bank.Listener.Addr().String(), grpc.WithTransportCredentials(anonymous()), grpc.WithNoProxy())
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	answer, err := healthpb.NewHealthClient(conn).Check(t.Context(), &healthpb.HealthCheckRequest{Service: ServiceName})
	require.NoError(t, err)
	require.Equal(t, healthpb.HealthCheckResponse_NOT_SERVING, answer.Status)
}

func TestReceipts(t *testing.T) {
	s := newScene(t)
	answer, err := s.fetch()
	require.NoError(t, err)
	_, err = s.fetch()
	require.NoError(t, err)
	log := slog.New(slog.DiscardHandler)
	sent := 0
	receipts := NewReceipts(s.bank.Operator(), func(ctx context.Context, msgs ...sdk.Msg) error {
		sent += len(msgs)
		return s.chain.Send(ctx, msgs...)
	}, s.bank.Store, log)

	s.chain.Down = true
	require.Error(t, receipts.Flush(t.Context()))
	owed, err := s.bank.Store.ReceiptsOwed(t.Context(), 10)
	require.NoError(t, err)
	require.Len(t, owed, 2, "a chain that is away forgets none")

	s.chain.Down = false
	require.NoError(t, receipts.Flush(t.Context()))
	owed, err = s.bank.Store.ReceiptsOwed(t.Context(), 10)
	require.NoError(t, err)
	require.Empty(t, owed, "the second answer has no receipt of its own")
	require.Len(t, s.chain.State().Receipts, 1)
	for _, receipt := range s.chain.State().Receipts {
		require.Equal(t, answer.Digest[:], receipt.Digest)
		require.EqualValues(t, 1, receipt.Records)
	}
	require.Equal(t, 2, sent, "one when the chain was down, one when it was there")

	_, err = s.fetch()
	require.NoError(t, err)
	require.NoError(t, receipts.Flush(t.Context()))
	require.Equal(t, 2, sent, "the chain has the receipt for this inquiry")
}

// To itself an institution owes no second receipt: the data user's closes the inquiry.
func TestOwnVaultOwesNoReceipt(t *testing.T) {
	s := newScene(t)
	consent := testvault.Consent(s.chain, subject, s.bank.Operator(), nil, testvault.Schema(schemas.TradelineFirm))
	s.inquiry = testvault.Inquiry(s.chain, subject, s.bank.Operator(), consent[:], nil)
	s.fetcher.Signer, s.fetcher.Key = s.bank.Signer, s.bank.Ring.HPKE()
	_, err := s.fetch()
	require.NoError(t, err)
	owed, err := s.bank.Store.ReceiptsOwed(t.Context(), 10)
	require.NoError(t, err)
	require.Empty(t, owed)
	require.Len(t, s.accesses(), 1)
}

// own makes the scene that of a subject that looks at its own records, with an account and a key of its own.
func (s *scene) own(t *testing.T) {
	t.Helper()
	kem, _, _ := suite()
	key, err := kem.GenerateKey()
	require.NoError(t, err)
	s.fetcher.Signer, s.fetcher.Key = client.NewSigner(secp256k1.GenPrivKey()), key
	controller := s.fetcher.Signer.Address().String()
	s.chain.Keys[controller] = s.fetcher.Signer.PubKey()
	s.chain.State().Views[subject] = credittypes.Subject{Pseudonym: subject[:], Controller: controller}
	s.inquiry = testvault.Inquiry(s.chain, subject, controller, nil, func(i *credittypes.Inquiry) {
		i.Kind, i.Purpose = credittypes.INQUIRY_KIND_OWN, credittypes.PURPOSE_OWN_REQUEST
	})
}

// A subject gets all its records, without licence or consent, sealed for the key that it signed.
func TestOwnLook(t *testing.T) {
	s := newScene(t)
	s.bank.Furnish(t, s.chain, subject, "2", schemas.TradelinePerson, commitment.Record{"balance": "1"})
	s.own(t)
	answer, err := s.fetch()
	require.NoError(t, err)
	require.Len(t, answer.Records, 2, "every schema")
	entries := s.accesses()
	require.Len(t, entries, 1)
	require.Equal(t, s.fetcher.Signer.Address().String(), entries[0].Requester)
	owed, err := s.bank.Store.ReceiptsOwed(t.Context(), 10)
	require.NoError(t, err)
	require.Len(t, owed, 1, "what a subject was given is on the chain too")
}

// The inquiry is the first thing that the subject's account ever signed: the chain may not have its key yet when the order comes. The
// account itself must be there, or anybody could fill the log.
func TestOwnLookBeforeTheKeyIsOnTheChain(t *testing.T) {
	s := newScene(t)
	s.own(t)
	s.fetcher.Attempts = 1
	controller := s.fetcher.Signer.Address().String()
	delete(s.chain.Keys, controller)
	_, err := s.fetch()
	require.Error(t, err)
	require.Empty(t, s.accesses())

	require.NoError(t, s.fetcher.Close())
	s.chain.Keys[controller] = nil
	answer, err := s.fetch()
	require.NoError(t, err)
	require.Len(t, answer.Records, 1)
	require.Len(t, s.accesses(), 1)
}

func TestOwnLookRefusals(t *testing.T) {
	for name, test := range map[string]struct {
		reason Reason
		code   codes.Code
		change func(s *scene, order *types.Order)
	}{
		"no key":  {NoEncryptionKey, codes.InvalidArgument, func(_ *scene, o *types.Order) { o.EncryptionKey = nil }},
		"bad key": {NoEncryptionKey, codes.InvalidArgument, func(_ *scene, o *types.Order) { o.EncryptionKey = bytes.Repeat([]byte{0xff}, encryptionKeySize) }},
		"short":   {Malformed, codes.InvalidArgument, func(_ *scene, o *types.Order) { o.EncryptionKey = o.EncryptionKey[1:] }},
		"control has passed on": {NotController, codes.PermissionDenied, func(s *scene, _ *types.Order) {
			s.chain.State().Views[subject] = credittypes.Subject{Pseudonym: subject[:], Controller: s.bank.Operator()}
		}},
		"another's inquiry": {OtherDataUser, codes.PermissionDenied, func(s *scene, _ *types.Order) {
			s.changeInquiry(func(i *credittypes.Inquiry) { i.DataUser = s.bank.Operator() })
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.own(t)
			err := s.raw(s.changed(func(o *types.Order) { test.change(s, o) }))
			require.Equal(t, test.reason, ReasonOf(err), "%v", err)
			require.Equal(t, test.code, status.Code(err))
		})
	}
}

// An institution's key is that on the chain, never one that an order brings along.
func TestInstitutionBringsNoKey(t *testing.T) {
	s := newScene(t)
	err := s.raw(s.changed(func(o *types.Order) { o.EncryptionKey = s.lender.Ring.HPKE().PublicKey().Bytes() }))
	require.Equal(t, UnexpectedKey, ReasonOf(err))
}

// changed is an order with something else in it, signed all the same.
func (s *scene) changed(change func(o *types.Order)) *types.FetchRequest {
	s.t.Helper()
	var order types.Order
	require.NoError(s.t, order.Unmarshal(s.order().Order))
	change(&order)
	encoded, err := order.Marshal()
	require.NoError(s.t, err)
	digest := orderDigest(encoded)
	signature, err := s.fetcher.Signer.Sign(digest[:])
	require.NoError(s.t, err)
	return &types.FetchRequest{Order: encoded, Signature: signature}
}

// A store that cannot log gives nothing.
func TestNothingWithoutTheLog(t *testing.T) {
	s := newScene(t)
	require.NoError(t, s.bank.Store.Close())
	_, err := s.fetch()
	require.Equal(t, StoreFailed, ReasonOf(err))
}
