// Package testvault makes institutions with vaults on a chain in memory, for the tests of exchange, report and audit.
package testvault

import (
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/encoding"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/clock"
	"github.com/creditd/creditd/vault/internal/fakechain"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/records"
	"github.com/creditd/creditd/vault/store"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// Institution has a key, a vault and a place on the chain.
type Institution struct {
	Signer   client.Signer
	Ring     *keys.Ring
	Store    *store.SQL
	Path     string
	Bag      string       // key bag, beside the store
	Listener net.Listener // not served yet
}

// Operator is the institution's address.
func (i *Institution) Operator() string { return i.Signer.Address().String() }

// New makes an institution with all roles that a vault cares for.
func New(t testing.TB, chain *fakechain.Chain, name string) *Institution {
	t.Helper()
	i := &Institution{Signer: client.NewSigner(secp256k1.GenPrivKey()), Path: filepath.Join(t.TempDir(), "vault", "store.db")}
	var err error
	i.Store, err = store.Open(t.Context(), i.Path, store.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = i.Store.Close() })
	i.Bag = filepath.Join(filepath.Dir(i.Path), "keybag")
	i.Ring = NewRing(t, i.Store, i.Bag)
	i.Listener, err = net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = i.Listener.Close() })
	chain.Register(i.Signer, name, &institutiontypes.Vault{
		Endpoint: i.Listener.Addr().String(), EncryptionKey: i.Ring.HPKE().PublicKey().Bytes(),
	}, institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_DATA_USER)
	return i
}

// Passphrase of the vaults that tests make.
const Passphrase = "a passphrase for tests"

// NewRing makes the keys of a vault.
func NewRing(t testing.TB, settings keys.Settings, bag string) *keys.Ring {
	t.Helper()
	custodian, err := keys.NewPassphrase([]byte(Passphrase), keys.Cost{Time: 1, MemoryKiB: 64, Threads: 1})
	require.NoError(t, err)
	ring, err := keys.Create(t.Context(), settings, bag, custodian)
	require.NoError(t, err)
	t.Cleanup(func() { _ = ring.Close() })
	return ring
}

// OpenRing opens them again, as another process would.
func OpenRing(t testing.TB, settings keys.Settings, bag string) *keys.Ring {
	t.Helper()
	ring, err := keys.Open(t.Context(), settings, bag, keys.WithSecret([]byte(Passphrase)))
	require.NoError(t, err)
	t.Cleanup(func() { _ = ring.Close() })
	return ring
}

// Schema is the id of a built-in schema.
func Schema(name string) [32]byte {
	definition, _ := schemas.ByName(name)
	return definition.ID()
}

// Furnish puts a record about a subject into the institution's vault and onto the chain.
func (i *Institution) Furnish(t testing.TB, chain *fakechain.Chain, subject [32]byte, account, schema string, values commitment.Record) store.Record {
	t.Helper()
	return i.FurnishAll(t, chain, subject, []string{account}, schema, values)[0]
}

// FurnishAll puts a record for each account in one step.
func (i *Institution) FurnishAll(t testing.TB, chain *fakechain.Chain, subject [32]byte, accounts []string, schema string, values commitment.Record) []store.Record {
	t.Helper()
	id := Schema(schema)
	made, reports := make([]store.Record, len(accounts)), make([]credittypes.Report, len(accounts))
	for n, account := range accounts {
		made[n], reports[n] = i.record(t, chain, subject, account, schema, values)
	}
	require.NoError(t, i.Store.Stage(t.Context(), made))
	require.NoError(t, chain.Send(t.Context(),
		&credittypes.MsgEnrolSubjects{Institution: i.Operator(), Subjects: []credittypes.Enrolment{{Pseudonym: subject[:], Kind: credittypes.SUBJECT_KIND_LEGAL_ENTITY}}},
		&credittypes.MsgFurnishBatch{Furnisher: i.Operator(), SchemaId: id[:], Reports: reports}))
	return made
}

func (i *Institution) record(
	t testing.TB, chain *fakechain.Chain, subject [32]byte, account, schema string, values commitment.Record,
) (store.Record, credittypes.Report) {
	t.Helper()
	definition, ok := schemas.ByName(schema)
	require.True(t, ok)
	plain := records.Plain{Kind: credittypes.SUBJECT_KIND_LEGAL_ENTITY, Lender: "BANK", Account: account, Values: values, Seed: commitment.NewSeed()}
	reading, err := clock.Read(values)
	require.NoError(t, err)
	until, err := reading.ShowUntil(chain.State().Profile, plain.Kind, chain.Now().Add(-time.Hour))
	require.NoError(t, err)
	plain.Clock = records.NewClock(reading.First, until)
	delinquency, err := plain.Clock.Commitment()
	require.NoError(t, err)
	statement, err := records.Statement(definition.Layout(), subject, plain)
	require.NoError(t, err)
	id := definition.ID()
	blinded := i.Ring.Account("BANK", account)
	r := store.Record{
		Attestation: attestationtypes.AttestationID(id[:], i.Signer.Address(), statement),
		Tradeline:   credittypes.TradelineID(i.Signer.Address(), subject[:], blinded[:]),
		Schema:      id, Subject: subject, Version: 1, State: store.Committed,
	}
	require.NoError(t, records.Seal(i.Ring, plain, &r))
	report := credittypes.NewReport(blinded, statement)
	report.Delinquency, report.ShowUntil = delinquency.Bytes(), until
	return r, report
}

// Consent puts a live consent on the chain.
func Consent(chain *fakechain.Chain, subject [32]byte, grantee string, change func(c *credittypes.Consent), schemas ...[32]byte) [32]byte {
	id := [32]byte{0xc0, byte(len(chain.State().Consents))}
	c := credittypes.Consent{
		Id: id[:], Subject: subject[:], Grantee: grantee, Purpose: credittypes.PURPOSE_CREDIT_APPLICATION, Mode: credittypes.CONSENT_MODE_VIEW,
		UsesLeft: 1, ValidFrom: chain.Now().Add(-time.Hour), ValidUntil: chain.Now().Add(time.Hour), Status: credittypes.CONSENT_STATUS_LIVE,
	}
	for _, schema := range schemas {
		c.SchemaIds = append(c.SchemaIds, schema[:])
	}
	if change != nil {
		change(&c)
	}
	chain.State().Consents[id] = c
	return id
}

// Inquiry puts an open inquiry on the chain.
func Inquiry(chain *fakechain.Chain, subject [32]byte, dataUser string, consent []byte, change func(i *credittypes.Inquiry)) credittypes.Inquiry {
	id := [32]byte{0x10, byte(len(chain.State().Inquiries))}
	i := credittypes.Inquiry{
		Id: id[:], DataUser: dataUser, Subject: subject[:], Purpose: credittypes.PURPOSE_CREDIT_APPLICATION, ConsentId: consent,
		Status: credittypes.INQUIRY_STATUS_OPEN, OpenedAt: chain.Now(), ExpiresAt: chain.Now().Add(time.Hour),
	}
	if change != nil {
		change(&i)
	}
	chain.State().Inquiries[id] = i
	return i
}

// Codec of the exchange.
func Codec(t testing.TB) encoding.Codec {
	t.Helper()
	cdc, err := client.NewCodec()
	require.NoError(t, err)
	return cdc.GRPCCodec()
}
