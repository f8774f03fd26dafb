package wallet

import (
	"bytes"
	"context"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/credential"
	"github.com/creditd/creditd/vault/report"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

const (
	testWords    = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon art"
	testFactor   = 10 // a passphrase of a test need not be hard to guess
	testChainID  = "creditd-test-1"
	testPassword = "correct horse battery"
)

var (
	testNow   = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	mySubject = [32]byte{1}
	bank      = sdk.AccAddress(bytes.Repeat([]byte{1}, 20)).String()
	lender    = sdk.AccAddress(bytes.Repeat([]byte{2}, 20)).String()
)

// fakeChain answers what it was given.
type fakeChain struct {
	subject  *credittypes.Subject
	lines    []credittypes.Tradeline
	consents []credittypes.Consent
	disputes []credittypes.Dispute
	looks    map[[32]byte]credittypes.Inquiry
	receipts map[[32]byte][]credittypes.Receipt
	trail    []credittypes.TrailEntry // oldest first
	change   *credittypes.SubjectChange
	sent     []sdk.Msg

	attestation credential.ChainAttestation
	schema      credential.Schema
	keys        map[[32]byte]credential.ChainKey
}

func (*fakeChain) ChainID() string                     { return testChainID }
func (*fakeChain) Close() error                        { return nil }
func (c *fakeChain) Credentials() credential.ChainView { return fakeView{c} }

func (c *fakeChain) Subject(context.Context, [32]byte) (credittypes.Subject, error) {
	if c.subject == nil {
		return credittypes.Subject{}, client.ErrNotFound
	}
	return *c.subject, nil
}

func (c *fakeChain) Tradelines(context.Context, [32]byte) ([]credittypes.Tradeline, error) {
	return c.lines, nil
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

func (c *fakeChain) Inquiry(_ context.Context, id [32]byte) (credittypes.Inquiry, []credittypes.Receipt, error) {
	inquiry, ok := c.looks[id]
	if !ok {
		return inquiry, nil, client.ErrNotFound
	}
	return inquiry, c.receipts[id], nil
}

func (c *fakeChain) Disputes(context.Context, [32]byte) ([]credittypes.Dispute, error) {
	return c.disputes, nil
}

func (c *fakeChain) Change(context.Context, [32]byte) (credittypes.SubjectChange, error) {
	if c.change == nil {
		return credittypes.SubjectChange{}, client.ErrNotFound
	}
	return *c.change, nil
}

func (c *fakeChain) Trail(_ context.Context, _ [32]byte, visit func(credittypes.TrailEntry) bool) error {
	for i := len(c.trail) - 1; i >= 0; i-- {
		if !visit(c.trail[i]) {
			return nil
		}
	}
	return nil
}

func (c *fakeChain) TrailOf(_ context.Context, _ [32]byte, ref []byte) (found []credittypes.TrailEntry, _ error) {
	for _, entry := range c.trail {
		if bytes.Equal(entry.Ref, ref) {
			found = append(found, entry)
		}
	}
	return found, nil
}

func institutions() []institutiontypes.Institution {
	return []institutiontypes.Institution{
		{Operator: bank, Name: "Aldermoor Bank", Roles: []institutiontypes.Role{institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_SUPERVISOR}},
		{Operator: lender, Name: "Everhill Lending", Roles: []institutiontypes.Role{institutiontypes.ROLE_DATA_USER}},
		{Operator: sdk.AccAddress(bytes.Repeat([]byte{3}, 20)).String(), Name: "Twin"},
		{Operator: sdk.AccAddress(bytes.Repeat([]byte{4}, 20)).String(), Name: "twin"},
	}
}

func (c *fakeChain) Licensed(context.Context) ([]institutiontypes.Institution, error) {
	return institutions(), nil
}

func (c *fakeChain) GetInstitution(_ context.Context, operator string) (institutiontypes.InstitutionView, error) {
	for _, one := range institutions() {
		if one.Operator == operator {
			return institutiontypes.InstitutionView{Institution: one}, nil
		}
	}
	return institutiontypes.InstitutionView{}, client.ErrNotFound
}

func (c *fakeChain) Send(_ context.Context, _ client.Signer, _ sdk.AccAddress, msg sdk.Msg) (client.Result, error) {
	c.sent = append(c.sent, msg)
	return client.Result{Hash: "AB", Height: 7}, nil
}

func (*fakeChain) OwnReport(context.Context, Own) (*report.Report, error) {
	return &report.Report{Complete: true}, nil
}

// fakeView is the chain of credentials.
type fakeView struct{ *fakeChain }

func (v fakeView) Attestation(context.Context, [32]byte) (credential.ChainAttestation, error) {
	return v.attestation, nil
}

func (v fakeView) Schema(context.Context, [32]byte) (credential.Schema, error) { return v.schema, nil }

func (v fakeView) Key(_ context.Context, _ string, thumbprint [32]byte) (credential.ChainKey, error) {
	key, ok := v.keys[thumbprint]
	if !ok {
		return key, credential.ErrNotFound
	}
	return key, nil
}

// newWallet has one credit file.
func newWallet(t *testing.T) (*Wallet, *Secret) {
	t.Helper()
	w, err := Create(filepath.Join(t.TempDir(), "wallet"), Options{ChainID: testChainID, WorkFactor: testFactor}, testWords, []byte(testPassword))
	require.NoError(t, err)
	_, err = w.Remember(mySubject, "mine")
	require.NoError(t, err)
	secret, err := w.Unlock([]byte(testPassword))
	require.NoError(t, err)
	return w, secret
}

// issue makes a credential of a bank about the mySubject, bound to a key.
func (c *fakeChain) issue(t *testing.T, holder credential.PublicKey) string {
	t.Helper()
	definition, _ := schemas.ByName(schemas.UtilityPayment)
	layout := definition.Layout()
	c.schema = credential.Schema{Name: definition.Name, Version: 1, Layout: layout}
	for _, field := range definition.Fields {
		c.schema.Disclosable = append(c.schema.Disclosable, field.Disclosable)
	}
	values, seed := commitment.Record{"balance": "120000", "currency": "USD"}, commitment.Seed{9}
	committed, err := commitment.Commit(layout, values, seed)
	require.NoError(t, err)
	c.attestation = credential.ChainAttestation{
		Schema: layout.SchemaID, Issuer: bank, Subject: mySubject, Commitment: committed, Standing: credential.StandingGood, Height: 5, Time: testNow,
	}
	key, err := credential.GenerateKey(credential.ES256)
	require.NoError(t, err)
	c.keys = map[[32]byte]credential.ChainKey{key.Public().Thumbprint(): {Key: key.Public()}}
	token, err := credential.Export{
		ChainID: testChainID, Issuer: bank, Attestation: [32]byte{8}, Schema: c.schema, Record: values, Seed: seed, IssuedAt: testNow, Holder: holder,
	}.SDJWTVC(key)
	require.NoError(t, err)
	return token
}

func id(first byte) []byte { return append([]byte{first}, make([]byte, 31)...) }

func modeOf(t *testing.T, path string) os.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	require.NoError(t, err)
	return info.Mode().Perm()
}

func shortHex(bz []byte) string { return hex.EncodeToString(bz)[:8] }
