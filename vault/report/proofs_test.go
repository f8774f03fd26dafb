package report

import (
	"bytes"
	"context"
	"crypto/hpke"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	cmtbytes "github.com/cometbft/cometbft/libs/bytes"
	rpcclient "github.com/cometbft/cometbft/rpc/client"
	ctypes "github.com/cometbft/cometbft/rpc/core/types"
	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/proof/prooftest"
	"github.com/creditd/creditd/vault/clock"
	"github.com/creditd/creditd/vault/exchange"
	"github.com/creditd/creditd/vault/lightchain"
	"github.com/creditd/creditd/vault/records"
	"github.com/creditd/creditd/vault/types"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// provenScene is the whole application in this process: banks 0 and 1 furnish, bank 2 looks, account 3 controls the subject.
type provenScene struct {
	*prooftest.Chain
	tb     testing.TB
	vaults provenVaults
	getter *Getter
	light  *lightchain.Chain
	node   *lockedNode
}

// lockedNode is asked while blocks are made.
type lockedNode struct {
	mu    sync.Mutex
	chain *prooftest.Chain
}

func (n *lockedNode) Status(ctx context.Context) (*ctypes.ResultStatus, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.chain.Status(ctx)
}

func (n *lockedNode) ABCIQueryWithOptions(ctx context.Context, path string, data cmtbytes.HexBytes, o rpcclient.ABCIQueryOptions) (*ctypes.ResultABCIQuery, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.chain.ABCIQueryWithOptions(ctx, path, data, o)
}

func (n *lockedNode) Commit(ctx context.Context, height *int64) (*ctypes.ResultCommit, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.chain.Commit(ctx, height)
}

func (n *lockedNode) Validators(ctx context.Context, height *int64, page, perPage *int) (*ctypes.ResultValidators, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.chain.Validators(ctx, height, page, perPage)
}

const looker, controller = 2, 3

// provenVaults sign what they give.
type provenVaults struct {
	chain *prooftest.Chain
	given map[string][]types.Record
	quiet map[string]bool
	mu    *sync.Mutex
	owed  map[int]*credittypes.MsgLeaveReceipt
}

func (v provenVaults) Fetch(_ context.Context, inquiry exchange.Opened, furnisher, _ string) (exchange.Answer, error) {
	if v.quiet[furnisher] {
		return exchange.Answer{}, errors.New("nobody listens there")
	}
	i := slices.IndexFunc(v.chain.Keys, func(key *secp256k1.PrivKey) bool { return sdk.AccAddress(key.PubKey().Address()).String() == furnisher })
	part := exchange.SignedPart{Digest: commitment.ID("test", inquiry.ID[:], []byte(furnisher))}
	var err error
	if part.Signature, err = v.chain.Keys[i].Sign(part.Digest[:]); err != nil {
		return exchange.Answer{}, err
	}
	answer := exchange.Answer{Records: v.given[furnisher], Parts: []exchange.SignedPart{part}}
	answer.Digest, err = exchange.VerifyParts(v.chain.Keys[i].PubKey(), answer.Parts)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.owed[i] = &credittypes.MsgLeaveReceipt{
		Institution: furnisher, InquiryId: inquiry.ID[:], Digest: answer.Digest[:], Records: uint32(len(answer.Records)),
	}
	return answer, err
}

func newProvenScene(tb testing.TB) *provenScene {
	tb.Helper()
	c := prooftest.New(tb, 4)
	s := &provenScene{Chain: c, tb: tb, node: &lockedNode{chain: c}, vaults: provenVaults{
		chain: c, given: map[string][]types.Record{}, quiet: map[string]bool{}, mu: new(sync.Mutex), owed: map[int]*credittypes.MsgLeaveReceipt{},
	}}
	key, err := hpke.MLKEM768X25519().GenerateKey()
	require.NoError(tb, err)
	for i := range 2 {
		vault := &institutiontypes.Vault{Endpoint: "127.0.0.1:1", EncryptionKey: key.PublicKey().Bytes()}
		c.Send(i, &institutiontypes.MsgUpdateProfile{Operator: c.Operator(i).String(), Vault: vault})
	}
	enrolment := credittypes.Enrolment{Pseudonym: subject[:], Kind: credittypes.SUBJECT_KIND_LEGAL_ENTITY}
	c.Send(0, &credittypes.MsgEnrolSubjects{Institution: c.Operator(0).String(), Subjects: []credittypes.Enrolment{enrolment}})
	c.Send(0, &credittypes.MsgOfferControl{Institution: c.Operator(0).String(), Subject: subject[:], Controller: c.Operator(controller).String()})
	c.Send(controller, &credittypes.MsgClaimControl{Controller: c.Operator(controller).String(), Subject: subject[:]})
	for i := range 2 {
		for account := range 2 {
			s.furnish(i, fmt.Sprint(account), commitment.Record{
				"balance": "600000", "currency": "USD", "status": "11", "opened": "1999-02-28", "original_amount": "6000000",
				"payment_history": "000100", "reported_as_of": "2025-12-31",
			})
		}
	}
	codec, err := client.NewCodec()
	require.NoError(tb, err)
	c.Block()
	s.light, err = lightchain.Open(tb.Context(), lightchain.Config{
		ChainID: prooftest.ChainID, Node: s.node, Codec: codec, Recheck: -1,
		Now: func() time.Time {
			s.node.mu.Lock()
			defer s.node.mu.Unlock()
			return c.Now
		},
	})
	require.NoError(tb, err)
	s.getter = s.newGetter(looker, false)
	return s
}

func (s *provenScene) newGetter(who int, own bool) *Getter {
	return &Getter{
		ChainID: prooftest.ChainID, DataUser: s.Operator(who), Own: own, Chain: s.light, Vaults: s.vaults,
		Now: func() time.Time {
			s.node.mu.Lock()
			defer s.node.mu.Unlock()
			return s.Now
		},
		Send: func(_ context.Context, msgs ...sdk.Msg) (client.Result, error) {
			s.node.mu.Lock()
			defer s.node.mu.Unlock()
			s.Send(who, msgs[0])
			height := s.Height()
			s.Block() // has the app hash
			s.Block() // lets whoever asked too early ask again
			return client.Result{Hash: "F00D", Height: height}, nil
		},
	}
}

// furnish a record to the chain and to the vault of a bank.
func (s *provenScene) furnish(bank int, account string, values commitment.Record) {
	s.tb.Helper()
	definition, _ := schemas.ByName(schemas.TradelineFirm)
	id := definition.ID()
	profile := credittypes.AmericaProfile()
	plain := records.Plain{Values: values, Seed: commitment.NewSeed()}
	statement, err := records.Statement(definition.Layout(), subject, plain)
	require.NoError(s.tb, err)
	reading, err := clock.Read(values)
	require.NoError(s.tb, err)
	until, err := reading.ShowUntil(profile, credittypes.SUBJECT_KIND_LEGAL_ENTITY, s.Now)
	require.NoError(s.tb, err)
	said := records.NewClock(reading.First, until)
	delinquency, err := said.Commitment()
	require.NoError(s.tb, err)
	blinded := commitment.ID("account", []byte{byte(bank)}, []byte(account))
	report := credittypes.NewReport(blinded, statement)
	report.Delinquency, report.ShowUntil = delinquency.Bytes(), until
	s.Send(bank, &credittypes.MsgFurnishBatch{Furnisher: s.Operator(bank).String(), SchemaId: id[:], Reports: []credittypes.Report{report}})
	attestation := attestationtypes.AttestationID(id[:], s.Operator(bank), statement)
	tradeline := credittypes.TradelineID(s.Operator(bank), subject[:], blinded[:])
	record := types.Record{
		TradelineId: tradeline[:], AttestationId: attestation[:], SchemaId: id[:], Seed: plain.Seed[:],
		Delinquency: types.Opening{Salt: said.Salt[:], First: records.DateText(said.First)},
	}
	for _, field := range definition.Layout().Fields {
		if text, ok := values[field.Name]; ok {
			record.Values = append(record.Values, types.Value{Name: field.Name, Text: text})
		}
	}
	operator := s.Operator(bank).String()
	s.vaults.given[operator] = append(s.vaults.given[operator], record)
}

// look gets a report under a consent.
func (s *provenScene) look() *Report {
	s.tb.Helper()
	nonce := bytes.Repeat([]byte{7}, credittypes.NonceSize)
	s.Send(controller, &credittypes.MsgGrantConsent{
		Controller: s.Operator(controller).String(), Subject: subject[:], Grantee: s.Operator(looker).String(),
		Purpose: credittypes.PURPOSE_CREDIT_APPLICATION, SchemaIds: [][]byte{schemaOf(schemas.TradelineFirm)},
		ValidFrom: s.Now, Mode: credittypes.CONSENT_MODE_VIEW, Fetch: credittypes.CONSENT_FETCH_ONE_TIME, Uses: 5, ValidUntil: s.Now.AddDate(0, 1, 0), Nonce: nonce,
	})
	s.Block()
	consent := [32]byte(credittypes.ConsentID(subject[:], s.Operator(looker), nonce))
	r, err := s.getter.Look(s.tb.Context(), Request{Subject: subject, Purpose: credittypes.PURPOSE_CREDIT_APPLICATION, Consent: &consent})
	require.NoError(s.tb, err)
	for i, receipt := range s.vaults.owed {
		s.Send(i, receipt)
	}
	require.NoError(s.tb, s.getter.Acknowledge(s.tb.Context(), r))
	return r
}

func schemaOf(name string) []byte {
	definition, _ := schemas.ByName(name)
	id := definition.ID()
	return id[:]
}

func (s *provenScene) prove(r *Report, trusted int64) []byte {
	s.tb.Helper()
	s.Block()
	p, err := r.Prove(s.tb.Context(), s, ProveOptions{TrustedHeight: trusted})
	require.NoError(s.tb, err)
	encoded, err := p.Encode()
	require.NoError(s.tb, err)
	return encoded
}

func (s *provenScene) verify(encoded []byte, trusted int64) (*Report, error) {
	return VerifyProofs(encoded, s.Trusted(trusted), proof.Options{Now: s.Now})
}

// A report with proofs says offline what it said when it was got.
func TestProvenReport(t *testing.T) {
	s := newProvenScene(t)
	r := s.look()
	require.NoError(t, r.Check(), "%+v", r.Lines)
	require.Len(t, r.Lines, 4)
	encoded := s.prove(r, 1)
	checked, err := s.verify(encoded, 1)
	require.NoError(t, err)
	require.NoError(t, checked.Check())
	require.Len(t, checked.Lines, 4)
	require.Empty(t, checked.Notes)
	require.NotNil(t, checked.Receipt)
	require.Equal(t, r.Receipt.Digest, checked.Receipt.Digest)
	require.Equal(t, "600000", checked.Lines[0].Values["balance"])
	require.Equal(t, r.Consent, checked.Consent)
	require.Equal(t, "Bank 0", checked.Furnishers[slices.IndexFunc(checked.Furnishers, func(f Furnisher) bool { return f.Operator == s.Operator(0).String() })].Name)
	for _, f := range checked.Furnishers {
		require.True(t, f.Answered)
		require.Equal(t, 2, f.Records)
	}
	require.Contains(t, checked.Proven.Text, "is proven")
	require.Equal(t, 4, checked.Summary.Tradelines)
	var text, page bytes.Buffer
	require.NoError(t, checked.Print(&text))
	require.Contains(t, text.String(), "4 of 4 lines verified")
	require.NoError(t, checked.HTML(&page))

	_, err = VerifyProofs(encoded, s.Trusted(2), proof.Options{Now: s.Now})
	require.ErrorIs(t, err, proof.ErrInvalid, "a header of another height")
	wrong := s.Trusted(1)
	wrong.Hash[0] ^= 1
	_, err = VerifyProofs(encoded, wrong, proof.Options{Now: s.Now})
	require.ErrorIs(t, err, proof.ErrInvalid)
}

// The example is what this program makes, so that a change of the format is seen: UPDATE_GOLDEN=1 writes it anew.
func TestExampleFile(t *testing.T) {
	const path = "testdata/report.proofs"
	if os.Getenv("UPDATE_GOLDEN") != "" {
		s := newProvenScene(t)
		require.NoError(t, os.MkdirAll("testdata", 0o750))
		require.NoError(t, os.WriteFile(path, s.prove(s.look(), 0), 0o600))
	}
	encoded, err := os.ReadFile(path)
	require.NoError(t, err)
	p, err := ParseProofs(encoded)
	require.NoError(t, err)
	start, err := p.Start()
	require.NoError(t, err)
	r, err := VerifyProofs(encoded, start, proof.Options{Now: prooftest.GenesisTime.Add(time.Hour)})
	require.NoError(t, err)
	require.NoError(t, r.Check())
	require.Len(t, r.Lines, 4)
}
