package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/predicate"
	"github.com/creditd/creditd/privacy/predicate/circuit"
	"github.com/creditd/creditd/privacy/setup"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
	predicatetypes "github.com/creditd/creditd/x/predicate/types"
)

// Predicate is the workload of proofs that answer questions: "is the score at least 600?".
const Predicate = "predicate"

const (
	// provenCircuit is that of a threshold on one given attestation.
	provenCircuit = "range-1"
	// questionsEach is how many a data user may ask about one field of one subject (budget_per_data_user of a new chain).
	questionsEach = 3
	provenScore   = 712
	leastScore    = 600
)

// scoreSchema is what the questions are about: one field that can be proven about.
var scoreSchema = func() attestationtypes.Schema {
	schema := attestationtypes.Schema{
		Name: "bench.score", Version: 1, Revocable: true,
		IssuerRoles: []institutiontypes.Role{institutiontypes.ROLE_FURNISHER},
		Fields:      []attestationtypes.Field{{Name: "score", Kind: attestationtypes.FIELD_KIND_INTEGER, Disclosable: true, Circuit: true}},
	}
	schema.Id = schema.DeriveID().Bytes()
	return schema
}()

func predicateLoad() workload {
	return workload{Predicate, sdk.MsgTypeURL(&predicatetypes.MsgProve{}), 1, (*maker).proof}
}

// proving is how proofs are made, and the circuit as the chain has it.
type proving struct {
	circuit    predicate.Circuit
	prover     *circuit.Prover
	registered predicatetypes.Circuit
}

// newProving compiles the circuit and makes its keys with a setup.
func newProving(s *setup.Setup) (*proving, error) {
	of, err := predicate.ParseCircuit(provenCircuit)
	if err != nil {
		return nil, err
	}
	compiled, err := circuit.Compile(of)
	if err != nil {
		return nil, err
	}
	lagrange, err := s.Lagrange(compiled.Rows())
	if err != nil {
		return nil, err
	}
	prover, err := circuit.NewProver(compiled, s, lagrange)
	if err != nil {
		return nil, err
	}
	key, digest := prover.VerifyingKey().Bytes(), s.Digest()
	return &proving{of, prover, predicatetypes.Circuit{
		Id: predicatetypes.CircuitID(of.Name(), 1, key).Bytes(), Name: of.Name(), Version: 1, Spec: predicatetypes.NewCircuitSpec(of),
		SetupDigest: digest[:], VerifyingKey: key, Status: predicatetypes.CIRCUIT_STATUS_ACTIVE,
	}}, nil
}

// agree the circuit in a genesis of that time, as the members of a chain agree it by vote.
func (p *proving) agree(at time.Time) func(*predicatetypes.GenesisState) {
	return func(gs *predicatetypes.GenesisState) {
		gs.Setup = &predicatetypes.Setup{Digest: p.registered.SetupDigest, TranscriptHash: p.registered.SetupDigest, AgreedAt: at}
		registered := p.registered
		registered.RegisteredAt = at
		gs.Circuits = []predicatetypes.Circuit{registered}
	}
}

// questions are what a maker of proofs has prepared; empty unless they are needed.
type questions struct {
	asked  []asked
	proofs [][]*predicatetypes.MsgProve // of each account
}

// asked is an inquiry with questions that are to be proven.
type asked struct {
	inquiry   []byte
	prover    int // account
	subject   [32]byte
	attested  []byte // id of the attestation
	element   [32]byte
	opening   *circuit.Opening
	asker     sdk.AccAddress
	questions []predicatetypes.Predicate
}

// consentToScores lets consents be about scores too.
func (m *maker) consentToScores() {
	m.consented = append(m.consented, scoreSchema.Id)
	slices.SortFunc(m.consented, bytes.Compare) // as the chain wants them
}

// score attests a score of the subject by an account, with what opens it.
func (m *maker) score(from int, subject []byte) (*attestationtypes.MsgAttest, *circuit.Opening, error) {
	opening := &circuit.Opening{Fields: []commit.CircuitField{commit.IntegerField(provenScore)}, Salt: commit.DeriveCircuitSalt([32]byte(m.bytes()))}
	element, err := commit.Circuit([32]byte(scoreSchema.Id), [32]byte(subject), opening.Fields, opening.Salt)
	return &attestationtypes.MsgAttest{Issuer: m.address(from), SchemaId: scoreSchema.Id, Statement: attestationtypes.Statement{
		Subject: subject, Commitment: m.bytes(), CircuitCommitment: element[:],
	}}, opening, err
}

// ask questions about a score of each subject that an account controls. The account states the score, and another, who has its
// consent, opens an inquiry and asks. Each step needs those before it to be committed.
func (m *maker) ask(by *proving) ([][]order, error) {
	var scores, inquiries, asks []order
	for prover, subjects := range m.controlled {
		asker := (prover + len(m.accounts) - 1) % len(m.accounts) // as control has it
		for _, held := range subjects {
			attest, opening, err := m.score(prover, held.subject)
			if err != nil {
				return nil, err
			}
			inquiry := &credittypes.MsgOpenInquiry{
				DataUser: m.address(asker), Subject: held.subject, Purpose: credittypes.PURPOSE_CREDIT_APPLICATION,
				ConsentId: held.consent, Nonce: m.bytes()[:credittypes.NonceSize],
			}
			look := asked{
				inquiry: credittypes.InquiryID(m.accounts[asker].Address(), held.subject, inquiry.Nonce).Bytes(), prover: prover,
				subject: [32]byte(held.subject), element: [32]byte(attest.Statement.CircuitCommitment), opening: opening,
				attested: attestationtypes.AttestationID(scoreSchema.Id, m.accounts[prover].Address(), attest.Statement).Bytes(),
				asker:    m.accounts[asker].Address(),
			}
			for n := range questionsEach {
				look.questions = append(look.questions, predicatetypes.Predicate{
					Kind: predicatetypes.PREDICATE_KIND_RANGE, CircuitId: by.registered.Id, SchemaId: scoreSchema.Id,
					Lower: leastScore + int64(n), Upper: math.MaxInt64,
				})
			}
			m.asked = append(m.asked, look)
			scores = append(scores, order{prover, attest})
			inquiries = append(inquiries, order{asker, inquiry})
			asks = append(asks, order{asker, &predicatetypes.MsgAsk{DataUser: m.address(asker), InquiryId: look.inquiry, Predicates: look.questions}})
		}
	}
	return [][]order{scores, inquiries, asks}, nil
}

// prove all that was asked, as many at a time as there are cores. expiry is when an inquiry ends, which only the chain knows.
func (m *maker) prove(ctx context.Context, by *proving, expiry func(ctx context.Context, inquiry [32]byte) (time.Time, error), progress func(done, all int)) error {
	all := len(m.asked) * questionsEach
	made := make([]*predicatetypes.MsgProve, all)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, look := range m.asked {
		progress(i*questionsEach, all)
		ends, err := expiry(ctx, [32]byte(look.inquiry))
		if err != nil {
			return errors.Join(err, group.Wait())
		}
		for n := range look.questions {
			group.Go(func() (err error) {
				made[i*questionsEach+n], err = m.proven(by, look, n, ends)
				return err
			})
		}
	}
	if err := group.Wait(); err != nil {
		return err
	}
	m.proofs = make([][]*predicatetypes.MsgProve, len(m.accounts))
	for i, look := range m.asked {
		m.proofs[look.prover] = append(m.proofs[look.prover], made[i*questionsEach:(i+1)*questionsEach]...)
	}
	m.asked = nil
	return nil
}

// proven is the answer to one question of an inquiry.
func (m *maker) proven(by *proving, look asked, place int, ends time.Time) (*predicatetypes.MsgProve, error) {
	question := look.questions[place]
	terms, err := question.Terms(by.circuit, scoreSchema, nil)
	if err != nil {
		return nil, err
	}
	proof, err := by.prover.Prove(predicate.Statement{
		ChainID: m.chainID, Circuit: by.circuit, Schema: [32]byte(scoreSchema.Id), Subject: look.subject,
		Commitments: [][32]byte{look.element}, Terms: terms, Inquiry: look.inquiry, Verifier: look.asker, Expiry: ends.Unix(),
	}, circuit.Witness{Openings: []*circuit.Opening{look.opening}})
	if err != nil {
		return nil, fmt.Errorf("proof %d of inquiry %x: %w", place, look.inquiry, err)
	}
	return &predicatetypes.MsgProve{
		Prover: m.address(look.prover), InquiryId: look.inquiry, Predicate: uint32(place), AttestationIds: [][]byte{look.attested}, Proof: proof,
	}, nil
}

// proof is the next of an account's.
func (m *maker) proof(from int) sdk.Msg {
	own := &m.proofs[from%len(m.accounts)]
	next := (*own)[0]
	*own = (*own)[1:]
	return next
}
