package bench

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"

	"github.com/creditd/creditd/app"
	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/x/attestation/schemas"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// Names of the workloads; the first is the reference.
const (
	BankSend     = "bank-send"
	Attest       = "attest"
	AttestBatch  = "attest-batch"
	AttestListed = "attest-listed"
	Furnish      = "furnish"
	FurnishBatch = "furnish-batch"
	Consent      = "consent"
	Inquiry      = "inquiry"

	// These are not reported: they prepare others, or are a part of one.
	enrolment = "enrolment"
	preload   = "preload"
	anchoring = "anchoring"
)

// workload is one kind of transaction.
type workload struct {
	name    string
	url     string // type of the message
	records int    // in one transaction; a bank send counts as one
	message func(m *maker, from int) sdk.Msg
}

// UsualWorkloads are measured when nothing else is asked for.
func UsualWorkloads() []string { return []string{BankSend, Attest, AttestBatch, Furnish, FurnishBatch} }

// AllWorkloads can be asked for: the usual ones and what is measured beside them.
func AllWorkloads() []string {
	return append(UsualWorkloads(), AttestListed, Consent, Inquiry, Predicate, Anchor, Postgres, Verify, Import, CreditReport, VaultRead, RestRead, Sum)
}

// chosen are the workloads that the options name, always with the reference.
func chosen(o Options) []workload {
	return slices.DeleteFunc(append(workloads(o.BatchSize), predicateLoad()), func(w workload) bool {
		return w.name != BankSend && !slices.Contains(o.Workloads, w.name)
	})
}

// workloads in the order of the report.
func workloads(batchSize int) []workload {
	return []workload{
		{BankSend, sdk.MsgTypeURL(&banktypes.MsgSend{}), 1, (*maker).bankSend},
		{Attest, sdk.MsgTypeURL(&attestationtypes.MsgAttest{}), 1, (*maker).attest},
		{AttestBatch, sdk.MsgTypeURL(&attestationtypes.MsgAttestBatch{}), batchSize, func(m *maker, from int) sdk.Msg { return m.attestBatch(from, batchSize) }},
		{AttestListed, sdk.MsgTypeURL(&attestationtypes.MsgAttest{}), 1, (*maker).attestListed},
		{Furnish, sdk.MsgTypeURL(&credittypes.MsgFurnish{}), 1, (*maker).furnish},
		{FurnishBatch, sdk.MsgTypeURL(&credittypes.MsgFurnishBatch{}), batchSize, func(m *maker, from int) sdk.Msg { return m.furnishBatch(from, batchSize) }},
		{Consent, sdk.MsgTypeURL(&credittypes.MsgGrantConsent{}), 1, (*maker).consent},
		{Inquiry, sdk.MsgTypeURL(&credittypes.MsgOpenInquiry{}), 1, (*maker).inquiry},
	}
}

// account signs transactions. Several take turns: each has a gas budget of its own.
type account struct {
	client.Signer
	address string
	number  uint64
}

// transaction is signed ahead of time; what happens to it is written down here.
type transaction struct {
	bytes []byte
	hash  [sha256.Size]byte

	submitted time.Time // before the node was asked
	committed time.Time // when the other node said so
	height    int64
	index     int // in its block
}

// maker makes messages and signs them.
type maker struct {
	rights
	questions
	chainID  string
	accounts []account
	subjects [][]byte // pseudonyms that are or will be enrolled
	schemaID []byte
	// consented are the schemas that consents are about.
	consented [][]byte
	amounts   int  // amount commitments that a report under the schema has
	circuit   bool // whether it has a circuit commitment
	points    [][]byte
	random    *mathrand.ChaCha8
	// showUntil of every report: furnishers round down to a month, so that many share one.
	showUntil time.Time
	next      int       // subject to report about
	stated    int       // attestations so far
	turn      int       // account to sign with
	last      time.Time // timeout given out last
}

// pointPool is how many amount commitments take turns: making one takes longer than the chain takes to check it.
const pointPool = 64

// showYears is within the retention of every profile that a new chain has.
const showYears = 2

// timeoutSpread is over how long the timeouts of what is signed in one go are spread, as if it had been signed
// when it is sent. The chain deletes the nonces of timeouts that have passed, so at once would be a burst.
const timeoutSpread = 5 * time.Second

// enrolment of as many new subjects as one message takes.
func enrolmentLoad() workload {
	return workload{enrolment, sdk.MsgTypeURL(&credittypes.MsgEnrolSubjects{}), enrolmentBatch, func(m *maker, from int) sdk.Msg {
		subjects := make([][]byte, enrolmentBatch)
		for i := range subjects {
			subjects[i] = m.bytes()
		}
		return enrol(m.address(from), subjects)
	}}
}

func newMaker(chainID string, accounts []account, subjects int) (*maker, error) {
	schema, found := schemas.ByName(schemas.TradelineFirm)
	if !found {
		return nil, fmt.Errorf("there is no built-in schema %q", schemas.TradelineFirm)
	}
	id := schema.ID()
	var seed [32]byte
	_, _ = rand.Read(seed[:]) // never fails, see the doc of crypto/rand.Read
	m := &maker{chainID: chainID, accounts: accounts, schemaID: id[:], consented: [][]byte{id[:]}, random: mathrand.NewChaCha8(seed)}
	today := time.Now().UTC()
	m.showUntil = time.Date(today.Year()+showYears, today.Month(), 1, 0, 0, 0, 0, time.UTC)
	for _, field := range attestationtypes.SchemaFromDefinition(schema).Fields {
		m.circuit = m.circuit || field.Circuit
		if field.Summed {
			m.amounts++
		}
	}
	for i := range uint16(pointPool) {
		point := commit.Amount(int64(i), commit.DeriveBlinding(seed, i))
		m.points = append(m.points, point[:])
	}
	for range subjects {
		m.subjects = append(m.subjects, m.bytes())
	}
	return m, nil
}

// bytes are 32 that were not given out before.
func (m *maker) bytes() []byte {
	bz := make([]byte, 32)
	_, _ = m.random.Read(bz) // never fails, see its doc
	return bz
}

func (m *maker) address(n int) string { return m.accounts[n%len(m.accounts)].address }

func (m *maker) bankSend(from int) sdk.Msg {
	return &banktypes.MsgSend{
		FromAddress: m.address(from),
		ToAddress:   m.address(from + 1),
		Amount:      sdk.NewCoins(sdk.NewInt64Coin(app.BaseDenom, 1)),
	}
}

// report is of a credit account that was never reported before, of the next subject in turn.
func (m *maker) report() credittypes.Report {
	subject := m.subjects[m.next]
	m.next = (m.next + 1) % len(m.subjects)
	m.stated++
	report := credittypes.Report{
		Subject: subject, Account: m.bytes(), Commitment: m.bytes(), Delinquency: m.bytes(), ShowUntil: m.showUntil,
	}
	if m.circuit {
		report.CircuitCommitment = m.bytes()
		report.CircuitCommitment[0] = 0 // so that it is below the order of the field
	}
	for i := range m.amounts {
		report.AmountCommitments = append(report.AmountCommitments, m.points[(m.next+i)%len(m.points)])
	}
	return report
}

func (m *maker) furnish(from int) sdk.Msg {
	return &credittypes.MsgFurnish{Furnisher: m.address(from), SchemaId: m.schemaID, Report: m.report()}
}

func (m *maker) furnishBatch(from, size int) sdk.Msg {
	reports := make([]credittypes.Report, size)
	for i := range reports {
		reports[i] = m.report()
	}
	return &credittypes.MsgFurnishBatch{Furnisher: m.address(from), SchemaId: m.schemaID, Reports: reports}
}

// enrolments of all subjects, in batches, by all accounts in turn. Every account gets at least one: the first
// transaction of an account also stores its public key, which is not to be measured.
func (m *maker) enrolments(batch int) []sdk.Msg {
	batch = min(batch, max(len(m.subjects)/len(m.accounts), 1))
	var msgs []sdk.Msg
	for n, rest := 0, m.subjects; len(rest) > 0; n++ {
		size := min(batch, len(rest))
		msgs = append(msgs, enrol(m.address(n), rest[:size]))
		rest = rest[size:]
	}
	return msgs
}

func enrol(institution string, subjects [][]byte) sdk.Msg {
	msg := &credittypes.MsgEnrolSubjects{Institution: institution}
	for _, subject := range subjects {
		msg.Subjects = append(msg.Subjects, credittypes.Enrolment{Pseudonym: subject, Kind: credittypes.SUBJECT_KIND_LEGAL_ENTITY})
	}
	return msg
}

// batch signs transactions of one workload, from all accounts in turn.
func (m *maker) batch(w workload, count int, gas uint64, now time.Time, life time.Duration) ([]*transaction, error) {
	txs := make([]*transaction, count)
	for i := range txs {
		from := m.turn
		m.turn = (m.turn + 1) % len(m.accounts)
		timeout := now.Add(life + timeoutSpread*time.Duration(i)/time.Duration(count))
		tx, err := m.sign(from, gas, timeout, w.message(m, from))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", w.name, err)
		}
		txs[i] = tx
	}
	return txs, nil
}

// sign makes an unordered transaction; its timeout is also its nonce, so no two are the same.
func (m *maker) sign(from int, gas uint64, timeout time.Time, msg sdk.Msg) (*transaction, error) {
	if !timeout.After(m.last) {
		timeout = m.last.Add(time.Nanosecond)
	}
	m.last = timeout
	signer := m.accounts[from%len(m.accounts)]
	bz, err := client.SignUnordered(signer, m.chainID, signer.number, gas, timeout, msg)
	if err != nil {
		return nil, err
	}
	return &transaction{bytes: bz, hash: sha256.Sum256(bz)}, nil
}
