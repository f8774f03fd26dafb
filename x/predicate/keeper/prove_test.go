//go:build unsafesetup

package keeper_test

import (
	"bytes"
	"math"
	"math/rand"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/plonk"
	"github.com/creditd/creditd/privacy/predicate"
	"github.com/creditd/creditd/privacy/predicate/circuit"
	powers "github.com/creditd/creditd/privacy/setup"
	"github.com/creditd/creditd/privacy/tree"
	"github.com/creditd/creditd/x/attestation/schemas"
	"github.com/creditd/creditd/x/attestation/testutil"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/predicate/types"
)

// provers with a setup whose secret is known, by name of the circuit; made once, since making keys takes long.
var provers = map[string]*circuit.Prover{}

func prover(t testing.TB, name string) *circuit.Prover {
	t.Helper()
	if made := provers[name]; made != nil {
		return made
	}
	c, err := predicate.ParseCircuit(name)
	require.NoError(t, err)
	compiled, err := circuit.Compile(c)
	require.NoError(t, err)
	unsafe, err := powers.Unsafe(compiled.Rows())
	require.NoError(t, err)
	lagrange, err := unsafe.Lagrange(compiled.Rows())
	require.NoError(t, err)
	made, err := circuit.NewProver(compiled, unsafe, lagrange)
	require.NoError(t, err)
	provers[name] = made
	return made
}

// provable agrees on the setup of a circuit that can be proven in, and registers it.
func (f *fixture) provable(name string) []byte {
	f.t.Helper()
	key := prover(f.t, name).VerifyingKey()
	digest := key.Setup()
	must(f, f.msg.AgreeSetup, &types.MsgAgreeSetup{Authority: authority.String(), Digest: digest[:], TranscriptHash: testutil.Bytes("transcript")})
	c, err := predicate.ParseCircuit(name)
	require.NoError(f.t, err)
	return must(f, f.msg.RegisterCircuit, &types.MsgRegisterCircuit{
		Authority: authority.String(), Spec: types.NewCircuitSpec(c), Version: 1, VerifyingKey: key.Bytes(),
	}).Id
}

// scoreStatement is what a proof about alice's score states, made apart from the keeper.
func (f *fixture) scoreStatement(name string, inquiry []byte, least int64, commitments ...[]byte) predicate.Statement {
	f.t.Helper()
	c, err := predicate.ParseCircuit(name)
	require.NoError(f.t, err)
	look, err := f.credit.GetLook(f.ctx, inquiry)
	require.NoError(f.t, err)
	s := predicate.Statement{
		ChainID: f.ctx.ChainID(), Circuit: c, Schema: [32]byte(schemaOf(f.t, schemas.Score).Id), Subject: [32]byte(subject),
		Terms:   predicate.Terms{Field: 0, Tag: predicate.TagInteger, Lower: least, Upper: 1000},
		Inquiry: inquiry, Verifier: look.DataUser, Expiry: look.Inquiry.ExpiresAt.Unix(),
	}
	for _, commitment := range commitments {
		s.Commitments = append(s.Commitments, [32]byte(commitment))
	}
	return s
}

func scored(value int64, seed byte) *circuit.Opening {
	return &circuit.Opening{Fields: []commit.CircuitField{commit.IntegerField(value)}, Salt: commit.DeriveCircuitSalt([32]byte{seed})}
}

// given is a fixture in which the lender asked whether alice's score, which is 700, is at least 650, with its proof.
func given(t testing.TB) (f *fixture, inquiry, attestation []byte, valid func() *types.MsgProve) {
	t.Helper()
	return givenUntil(t, nil)
}

// givenUntil is given, and the attestation expires then; nil for never.
func givenUntil(t testing.TB, until *time.Time) (f *fixture, inquiry, attestation []byte, valid func() *types.MsgProve) {
	t.Helper()
	f = setup(t)
	id := f.provable("range-1")
	attestation = f.score(subject, 700, 1, func(s *attestationtypes.Statement) { s.ExpiresAt = until })
	inquiry = f.inquiry(lender, schemaOf(t, schemas.Score).Id)
	f.ask(lender, inquiry, f.scoreAtLeast(id, 650))
	stated, err := f.attestations.GetAttestation(f.ctx, attestation)
	require.NoError(t, err)
	proof, err := prover(t, "range-1").Prove(f.scoreStatement("range-1", inquiry, 650, stated.CircuitCommitment),
		circuit.Witness{Openings: []*circuit.Opening{scored(700, 1)}})
	require.NoError(t, err)
	return f, inquiry, attestation, func() *types.MsgProve {
		return &types.MsgProve{
			Prover: alice.String(), InquiryId: inquiry, AttestationIds: [][]byte{attestation}, Proof: bytes.Clone(proof),
		}
	}
}

func TestProve(t *testing.T) {
	f, inquiry, attestation, valid := given(t)
	byIssuer := valid()
	byIssuer.Prover = bureau.String()
	cached, _ := f.ctx.CacheContext()
	_, err := f.msg.Prove(cached, byIssuer)
	require.NoError(t, err, "the issuer proves for the subject")

	must(f, f.msg.Prove, valid())
	require.Equal(t, []types.Answer{{
		InquiryId: inquiry, Subject: subject, Prover: alice.String(), AttestationIds: [][]byte{attestation},
		Height: f.ctx.BlockHeight(), Time: f.ctx.BlockTime(),
	}}, f.export().Answers)
	refused(f, f.msg.Prove, valid(), types.ErrAnswered, "again")
}

func TestProveRefusals(t *testing.T) {
	f, inquiry, attestation, valid := given(t)
	id := f.export().Asks[0].Predicates[0].CircuitId
	score := schemaOf(t, schemas.Score).Id
	other := f.inquiry(lender, score)
	f.ask(lender, other, f.scoreAtLeast(id, 650))
	theirs := f.inquiry(rival, score)
	f.ask(rival, theirs, f.scoreAtLeast(id, 650))
	higher := f.inquiry(rival, score)
	f.ask(rival, higher, f.scoreAtLeast(id, 701))
	another, foreign := f.score(subject, 800, 2, nil), f.score(stranger, 700, 1, nil)
	_, tradeline := f.furnish(bank, "one", 100, 1)
	for name, each := range map[string]struct {
		change func(*types.MsgProve)
		want   error
	}{
		"another inquiry":     {func(m *types.MsgProve) { m.InquiryId = other }, types.ErrInvalidProof},
		"another verifier":    {func(m *types.MsgProve) { m.InquiryId = theirs }, types.ErrInvalidProof},
		"other bounds":        {func(m *types.MsgProve) { m.InquiryId = higher }, types.ErrInvalidProof},
		"another attestation": {func(m *types.MsgProve) { m.AttestationIds = [][]byte{another} }, types.ErrInvalidProof},
		"another's":           {func(m *types.MsgProve) { m.AttestationIds = [][]byte{foreign} }, types.ErrOtherAttestation},
		"another schema":      {func(m *types.MsgProve) { m.AttestationIds = [][]byte{tradeline} }, types.ErrOtherAttestation},
		"unknown":             {func(m *types.MsgProve) { m.AttestationIds = [][]byte{subject} }, attestationtypes.ErrUnknownAttestation},
		"none":                {func(m *types.MsgProve) { m.AttestationIds = nil }, types.ErrMalformed},
		"two":                 {func(m *types.MsgProve) { m.AttestationIds = [][]byte{attestation, another} }, types.ErrMalformed},
		"a root":              {func(m *types.MsgProve) { m.Root = inquiry }, types.ErrMalformed},
		"a stranger proves":   {func(m *types.MsgProve) { m.Prover = mallory.String() }, types.ErrNotProver},
		"another issuer":      {func(m *types.MsgProve) { m.Prover = bank.String() }, types.ErrNotProver},
		"no proof":            {func(m *types.MsgProve) { m.Proof = nil }, types.ErrMalformed},
		"truncated":           {func(m *types.MsgProve) { m.Proof = m.Proof[:511] }, types.ErrMalformed},
		"padded":              {func(m *types.MsgProve) { m.Proof = append(m.Proof, 0) }, types.ErrMalformed},
		"of a sum":            {func(m *types.MsgProve) { m.Proof = make([]byte, types.SumProofSize) }, types.ErrMalformed},
		"giant":               {func(m *types.MsgProve) { m.Proof = make([]byte, 1<<21) }, types.ErrMalformed},
		"infinity":            {func(m *types.MsgProve) { clear(m.Proof[:32]); m.Proof[0] = 0x40 }, types.ErrInvalidProof},
		"uncompressed":        {func(m *types.MsgProve) { m.Proof[0] &= 0x3f }, types.ErrInvalidProof},
		"aliased element":     {func(m *types.MsgProve) { copy(m.Proof[256:288], bytes.Repeat([]byte{0xff}, 32)) }, types.ErrInvalidProof},
		"all zero":            {func(m *types.MsgProve) { clear(m.Proof) }, types.ErrInvalidProof},
	} {
		msg := valid()
		each.change(msg)
		refused(f, f.msg.Prove, msg, each.want, name)
	}
	chain := f.ctx
	f.ctx = f.ctx.WithChainID("another-chain")
	refused(f, f.msg.Prove, valid(), types.ErrInvalidProof, "another chain")
	f.ctx = chain
	must(f, f.msg.Prove, valid())
}

// TestProveWhatHoldsNoMore: the attestation is looked at in the block of the proof.
func TestProveWhatHoldsNoMore(t *testing.T) {
	for name, each := range map[string]struct {
		end  func(f *fixture, id []byte)
		want error
	}{
		"revoked": {func(f *fixture, id []byte) {
			require.NoError(f.t, f.attestations.Revoke(f.ctx, bureau, id, attestationtypes.REVOCATION_REASON_ERROR))
		}, attestationtypes.ErrNotActive},
		"suspended": {func(f *fixture, id []byte) {
			must(f, f.attestMsg.Suspend, &attestationtypes.MsgSuspend{Issuer: bureau.String(), Id: id, Reason: attestationtypes.REVOCATION_REASON_ERROR})
		}, attestationtypes.ErrNotActive},
		"superseded": {func(f *fixture, id []byte) {
			require.NoError(f.t, f.attestations.Supersede(f.ctx, bureau, id, f.score(subject, 710, 9, nil)))
		}, attestationtypes.ErrNotActive},
		"issuer suspended": {func(f *fixture, _ []byte) { f.institutions.Suspend(bureau) }, attestationtypes.ErrNotStanding},
		"circuit retired": {func(f *fixture, _ []byte) {
			must(f, f.msg.RetireCircuit, &types.MsgRetireCircuit{Authority: authority.String(), Id: f.export().Circuits[0].Id})
		}, types.ErrCircuitRetired},
		"another setup": {func(f *fixture, _ []byte) {
			must(f, f.msg.AgreeSetup, &types.MsgAgreeSetup{Authority: authority.String(), Digest: subject, TranscriptHash: subject})
		}, types.ErrOtherSetup},
	} {
		t.Run(name, func(t *testing.T) {
			f, _, attestation, valid := given(t)
			each.end(f, attestation)
			refused(f, f.msg.Prove, valid(), each.want, name)
		})
	}
}

// TestProveExpired: an attestation proves nothing in the first block after its time, which a queue has yet to come to.
func TestProveExpired(t *testing.T) {
	until := setup(t).ctx.BlockTime().Add(time.Hour)
	f, _, _, valid := givenUntil(t, &until)
	f.ctx = f.ctx.WithBlockTime(until)
	refused(f, f.msg.Prove, valid(), attestationtypes.ErrNotValid, "expired")
	f.ctx = f.ctx.WithBlockTime(until.Add(-time.Second))
	must(f, f.msg.Prove, valid())
}

// TestProofMutants: no altered proof is accepted by the chain's own path.
func TestProofMutants(t *testing.T) {
	f, inquiry, attestation, valid := given(t)
	stated, err := f.attestations.GetAttestation(f.ctx, attestation)
	require.NoError(t, err)
	public, err := f.scoreStatement("range-1", inquiry, 650, stated.CircuitCommitment).Public()
	require.NoError(t, err)
	key, proof := prover(t, "range-1").VerifyingKey(), valid().Proof
	require.NoError(t, plonk.Verify(key, public, proof))
	r := rand.New(rand.NewSource(1))
	for range 500 { // privacy/plonk has the twenty thousand
		mutant := bytes.Clone(proof)
		mutant[r.Intn(len(mutant))] ^= byte(1 + r.Intn(255))
		mutant[r.Intn(len(mutant))] ^= byte(1 + r.Intn(255))
		if !bytes.Equal(mutant, proof) {
			require.Error(t, plonk.Verify(key, public, mutant))
		}
	}
}

const hiddenCircuit = "range-1-hidden"

// hide proves that some listed score of alice is at least 650, under the roots of now.
func (f *fixture) hide(inquiry, attestation []byte, value int64, seed, secret byte) *types.MsgProve {
	f.t.Helper()
	path, err := f.query.Path(f.ctx, &types.QueryPathRequest{AttestationId: types.ID(attestation).String()})
	require.NoError(f.t, err)
	stated, err := f.attestations.GetAttestation(f.ctx, attestation)
	require.NoError(f.t, err)
	expires := int64(math.MaxInt64)
	if path.Listing.Until != nil {
		expires = path.Listing.Until.Unix()
	}
	h := &circuit.Hidden{
		Issuer: predicate.Issuer(stated.SchemaId, bureau), Expires: expires, ActiveIndex: uint64(path.Listing.Place),
		IssuerIndex: uint64(path.Issuer.Place), ActivePath: nodes(path.Path), IssuerPath: nodes(path.IssuerPath), Secret: [32]byte{31: secret},
	}
	s := f.scoreStatement(hiddenCircuit, inquiry, 650)
	s.Root, s.Issuers = [32]byte(path.Root), [32]byte(path.IssuerRoot)
	s.Session, err = predicate.Session(h.Secret)
	require.NoError(f.t, err)
	s.Nullifier, err = predicate.NullifierOf(h.Secret, [32]byte(stated.CircuitCommitment))
	require.NoError(f.t, err)
	proof, err := prover(f.t, hiddenCircuit).Prove(s, circuit.Witness{Openings: []*circuit.Opening{scored(value, seed)}, Hidden: h})
	require.NoError(f.t, err)
	return &types.MsgProve{
		Prover: alice.String(), InquiryId: inquiry, Root: path.Root, IssuerRoot: path.IssuerRoot,
		Nullifier: s.Nullifier[:], Session: s.Session[:], Proof: proof,
	}
}

func nodes(path [][]byte) (list []tree.Node) {
	for _, node := range path {
		list = append(list, tree.Node(node))
	}
	return list
}

// TestProveHidden: some attestation by some issuer; earlier roots stand, until something is taken out.
func TestProveHidden(t *testing.T) {
	f := setup(t)
	id := f.provable(hiddenCircuit)
	first, other := f.score(subject, 700, 1, nil), f.score(subject, 720, 2, nil)
	f.list(bureau.String(), first)
	f.list(bureau.String(), other)
	f.next(time.Second)
	inquiry := f.inquiry(lender, schemaOf(t, schemas.Score).Id)
	f.ask(lender, inquiry, f.scoreAtLeast(id, 650), f.scoreAtLeast(id, 650))
	valid := f.hide(inquiry, first, 700, 1, 7)

	for name, each := range map[string]struct {
		change func(*types.MsgProve)
		want   error
	}{
		"another nullifier": {func(m *types.MsgProve) { m.Nullifier = bytes.Clone(m.Nullifier); m.Nullifier[31] ^= 1 }, types.ErrInvalidProof},
		"another session":   {func(m *types.MsgProve) { m.Session = bytes.Clone(m.Session); m.Session[31] ^= 1 }, types.ErrInvalidProof},
		"aliased nullifier": {func(m *types.MsgProve) { m.Nullifier = bytes.Repeat([]byte{0xff}, 32) }, types.ErrMalformed},
		"no nullifier":      {func(m *types.MsgProve) { m.Nullifier = nil }, types.ErrMalformed},
		"root of nothing":   {func(m *types.MsgProve) { m.Root = subject }, types.ErrUnknownRoot},
		"root of issuers":   {func(m *types.MsgProve) { m.Root = m.IssuerRoot }, types.ErrUnknownRoot},
		"issuers' root":     {func(m *types.MsgProve) { m.IssuerRoot = m.Root }, types.ErrUnknownRoot},
		"attestation named": {func(m *types.MsgProve) { m.AttestationIds = [][]byte{first} }, types.ErrMalformed},
		"stranger":          {func(m *types.MsgProve) { m.Prover = mallory.String() }, types.ErrNotProver},
	} {
		msg := *valid
		each.change(&msg)
		refused(f, f.msg.Prove, &msg, each.want, name)
	}

	third := f.score(subject, 650, 3, nil)
	f.list(bureau.String(), third)
	f.next(time.Second) // the root of the proof was replaced, and nothing was taken out
	must(f, f.msg.Prove, valid)
	require.Empty(t, f.export().Answers[0].AttestationIds)

	again := *valid
	again.Predicate = 1
	refused(f, f.msg.Prove, &again, types.ErrNullifierUsed, "the same attestation for the same question")
	otherSession := f.hide(inquiry, other, 720, 2, 8)
	otherSession.Predicate = 1
	refused(f, f.msg.Prove, otherSession, types.ErrOtherSession, "a second secret")

	second := f.hide(inquiry, other, 720, 2, 7)
	second.Predicate = 1
	require.NoError(t, f.attestations.Revoke(f.ctx, bureau, third, attestationtypes.REVOCATION_REASON_ERROR))
	refused(f, f.msg.Prove, second, types.ErrUnknownRoot, "an old root, from before a revocation")
	fresh := f.hide(inquiry, other, 720, 2, 7)
	fresh.Predicate = 1
	must(f, f.msg.Prove, fresh)
	require.NotEqual(t, f.export().Answers[0].Nullifier, f.export().Answers[1].Nullifier)
	require.Equal(t, f.export().Answers[0].Session, f.export().Answers[1].Session)

	f.institutions.Suspend(bureau)
	f.next(time.Second)
	late := f.inquiry(rival, schemaOf(t, schemas.Score).Id)
	f.ask(rival, late, f.scoreAtLeast(id, 650))
	fresh.InquiryId, fresh.Predicate = late, 0
	refused(f, f.msg.Prove, fresh, types.ErrUnknownRoot, "its issuer is suspended")
}

// BenchmarkProve is the whole message of a proof by a circuit; BenchmarkVerify has a signature to compare it with.
func BenchmarkProve(b *testing.B) {
	f, _, _, valid := given(b)
	msg := valid()
	for b.Loop() {
		cached, _ := f.ctx.CacheContext()
		if _, err := f.msg.Prove(cached, msg); err != nil {
			b.Fatal(err)
		}
	}
}
