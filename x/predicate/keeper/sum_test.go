package keeper_test

import (
	"math/rand"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/schemas"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
	"github.com/creditd/creditd/x/predicate/types"
)

// sumProof proves, outside of the keeper, what alice owes by the tradelines with these seeds.
func (f *fixture) sumProof(s types.SumStatement, sum int64, seeds ...byte) []byte {
	f.t.Helper()
	total := blinding(seeds[0])
	for _, seed := range seeds[1:] {
		total = total.Add(blinding(seed))
	}
	proof, err := types.ProveSum(s, sum, total)
	require.NoError(f.t, err)
	return proof
}

// sumStatement of the live tradelines of alice, as anybody reads it from the chain.
func (f *fixture) sumStatement(by sdk.AccAddress, inquiry []byte, bound int64) types.SumStatement {
	f.t.Helper()
	schema := schemaOf(f.t, schemas.TradelineFirm)
	look, err := f.credit.GetLook(f.ctx, inquiry)
	require.NoError(f.t, err)
	s := types.SumStatement{
		ChainID: f.ctx.ChainID(), Inquiry: types.ID(inquiry), Verifier: by, Expiry: look.Inquiry.ExpiresAt.Unix(), Schema: types.ID(schema.Id),
		Subject: types.ID(subject), Field: fieldOf(f.t, schema, "balance"), Upper: bound,
	}
	require.NoError(f.t, f.credit.WalkRecords(f.ctx, types.ID(subject), func(line credittypes.Tradeline) (bool, error) {
		attestation, err := f.attestations.GetAttestation(f.ctx, line.AttestationId)
		require.NoError(f.t, err)
		if line.ShownAt(f.ctx.BlockTime()) && attestation.Status == attestationtypes.STATUS_ACTIVE {
			s.Attestations = append(s.Attestations, types.ID(line.AttestationId))
			s.Commitments = append(s.Commitments, attestation.AmountCommitments[0])
		}
		return false, nil
	}))
	return s
}

// asked is a fixture in which the lender asked whether alice, who owes 300, owes at most 500.
func asked(t *testing.T) (f *fixture, inquiry []byte, valid func() *types.MsgProve) {
	f = setup(t)
	f.furnish(bank, "one", 100, 1)
	f.furnish(second, "two", 250, 2)
	f.furnish(second, "three", -50, 3) // the lender owes the subject
	inquiry = f.inquiry(lender, schemaOf(t, schemas.TradelineFirm).Id)
	f.ask(lender, inquiry, f.owesAtMost(500))
	proof := f.sumProof(f.sumStatement(lender, inquiry, 500), 300, 1, 2, 3)
	return f, inquiry, func() *types.MsgProve {
		return &types.MsgProve{Prover: alice.String(), InquiryId: inquiry, Proof: append([]byte{}, proof...)}
	}
}

func TestSum(t *testing.T) {
	f, inquiry, valid := asked(t)
	before := f.ctx.GasMeter().GasConsumed()
	must(f, f.msg.Prove, valid())
	require.Greater(t, f.ctx.GasMeter().GasConsumed()-before, uint64(70_000), "gas for the proof")

	res, err := f.query.Answers(f.ctx, &types.QueryAnswersRequest{InquiryId: types.ID(inquiry).String()})
	require.NoError(t, err)
	require.Equal(t, []types.Answer{{
		InquiryId: inquiry, Subject: subject, Prover: alice.String(), Records: 3, Height: f.ctx.BlockHeight(), Time: f.ctx.BlockTime(),
	}}, res.Answers)
	bySubject, err := f.query.AnswersOfSubject(f.ctx, &types.QueryAnswersOfSubjectRequest{Subject: types.ID(subject).String()})
	require.NoError(t, err)
	require.Equal(t, res.Answers, bySubject.Answers)

	event, err := sdk.TypedEventToEvent(&types.EventAnswered{
		InquiryId: types.ID(inquiry).String(), Kind: types.PREDICATE_KIND_SUM, Subject: types.ID(subject).String(),
	})
	require.NoError(t, err)
	require.Contains(t, f.ctx.EventManager().Events(), event)
	refused(f, f.msg.Prove, valid(), types.ErrAnswered, "again")
	f.requireTrail(credittypes.TRAIL_KIND_QUESTION_ASKED, lender, inquiry)
	f.requireTrail(credittypes.TRAIL_KIND_QUESTION_ANSWERED, alice, inquiry)
}

func (f *fixture) requireTrail(kind credittypes.TrailKind, by sdk.AccAddress, ref []byte) {
	f.t.Helper()
	found := false
	gs, err := f.credit.ExportGenesis(f.ctx)
	require.NoError(f.t, err)
	for _, entry := range gs.Trail {
		found = found || entry.Kind == kind && entry.Actor == by.String() && string(entry.Ref) == string(ref) && string(entry.Subject) == string(subject)
	}
	require.True(f.t, found, "%s in the trail", kind)
}

// TestSumRefusals: each at a bounded cost, with its own error, and nothing changes.
func TestSumRefusals(t *testing.T) {
	f, inquiry, valid := asked(t)
	other := f.inquiry(lender, schemaOf(t, schemas.TradelineFirm).Id)
	f.ask(lender, other, f.owesAtMost(500), f.owesAtMost(299))
	unasked := f.inquiry(lender, schemaOf(t, schemas.TradelineFirm).Id)
	for name, each := range map[string]struct {
		change func(*types.MsgProve)
		want   error
	}{
		"another inquiry":   {func(m *types.MsgProve) { m.InquiryId = other }, types.ErrInvalidProof},
		"another predicate": {func(m *types.MsgProve) { m.InquiryId, m.Predicate = other, 1 }, types.ErrInvalidProof},
		"unasked inquiry":   {func(m *types.MsgProve) { m.InquiryId = unasked }, types.ErrUnasked},
		"unasked predicate": {func(m *types.MsgProve) { m.Predicate = 1 }, types.ErrUnasked},
		"no such predicate": {func(m *types.MsgProve) { m.Predicate = 1 << 31 }, types.ErrUnasked},
		"no inquiry":        {func(m *types.MsgProve) { m.InquiryId = nil }, types.ErrInvalidID},
		"not the subject":   {func(m *types.MsgProve) { m.Prover = mallory.String() }, types.ErrNotProver},
		"a data user":       {func(m *types.MsgProve) { m.Prover = lender.String() }, types.ErrNotProver},
		"no address":        {func(m *types.MsgProve) { m.Prover = "alice" }, types.ErrInvalidAddress},
		"attestations":      {func(m *types.MsgProve) { m.AttestationIds = [][]byte{inquiry} }, types.ErrMalformed},
		"nullifier":         {func(m *types.MsgProve) { m.Nullifier = inquiry }, types.ErrMalformed},
		"root":              {func(m *types.MsgProve) { m.Root = inquiry[:5] }, types.ErrMalformed},
		"no proof":          {func(m *types.MsgProve) { m.Proof = nil }, types.ErrMalformed},
		"truncated":         {func(m *types.MsgProve) { m.Proof = m.Proof[1:] }, types.ErrMalformed},
		"padded":            {func(m *types.MsgProve) { m.Proof = append(m.Proof, 0) }, types.ErrMalformed},
		"giant":             {func(m *types.MsgProve) { m.Proof = make([]byte, 1<<20) }, types.ErrMalformed},
		"infinity":          {func(m *types.MsgProve) { clear(m.Proof[:32]) }, types.ErrInvalidProof},
		"all ones":          {func(m *types.MsgProve) { m.Proof[31] = 0xff }, types.ErrInvalidProof},
		"of the circuits":   {func(m *types.MsgProve) { m.Proof = make([]byte, 512) }, types.ErrMalformed},
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

// TestSumMutants: no altered proof is accepted. Most die when they are decoded.
func TestSumMutants(t *testing.T) {
	f, inquiry, valid := asked(t)
	s, proof := f.sumStatement(lender, inquiry, 500), valid().Proof
	require.NoError(t, s.Verify(proof))
	r := rand.New(rand.NewSource(1))
	for range 500 { // privacy/rangeproof has the twenty thousand
		mutant := append([]byte{}, proof...)
		for range 1 + r.Intn(3) {
			mutant[r.Intn(len(mutant))] ^= byte(1 + r.Intn(255))
		}
		if string(mutant) != string(proof) {
			require.Error(t, s.Verify(mutant))
		}
	}
}

// TestSumFollowsTheState: a proof is about the tradelines as they are now.
func TestSumFollowsTheState(t *testing.T) {
	f, inquiry, valid := asked(t)
	tradeline, attestation := f.furnish(bank, "four", 400, 4)
	refused(f, f.msg.Prove, valid(), types.ErrInvalidProof, "another loan")

	must(f, f.creditMsg.OpenDispute, &credittypes.MsgOpenDispute{
		Controller: alice.String(), Subject: subject, TradelineId: tradeline, Reason: credittypes.DISPUTE_REASON_AMOUNT, Nonce: make([]byte, 16),
	})
	refused(f, f.msg.Prove, valid(), types.ErrInvalidProof, "what is disputed counts")
	require.NoError(t, f.attestations.Revoke(f.ctx, bank, attestation, attestationtypes.REVOCATION_REASON_ERROR))
	f.institutions.Suspend(second) // a debt does not end with its lender's licence
	must(f, f.msg.Prove, valid())
	require.Equal(t, uint32(3), f.export().Answers[0].Records)
	_ = inquiry
}

func TestSumByAFurnisher(t *testing.T) {
	f, _, valid := asked(t)
	msg := valid()
	msg.Prover = bank.String()
	f.institutions.Suspend(bank)
	refused(f, f.msg.Prove, msg, types.ErrNotProver, "without a licence")
	f.institutions.License(bank, institutiontypes.ROLE_FURNISHER)
	must(f, f.msg.Prove, msg)
	require.Equal(t, bank.String(), f.export().Answers[0].Prover)
}

// TestSumOfNothing: who owes nothing owes at most the bound, without a proof.
func TestSumOfNothing(t *testing.T) {
	f := setup(t)
	inquiry := f.inquiry(lender, schemaOf(t, schemas.TradelineFirm).Id)
	f.ask(lender, inquiry, f.owesAtMost(0), f.owesAtMost(-1))
	msg := &types.MsgProve{Prover: alice.String(), InquiryId: inquiry, Proof: make([]byte, types.SumProofSize)}
	refused(f, f.msg.Prove, msg, types.ErrInvalidProof, "a proof of nothing")
	msg.Proof = nil
	must(f, f.msg.Prove, msg)
	refused(f, f.msg.Prove, &types.MsgProve{Prover: alice.String(), InquiryId: inquiry, Predicate: 1}, types.ErrInvalidProof, "zero is above")
}

func TestSumIsBounded(t *testing.T) {
	f, _, valid := asked(t)
	params := types.DefaultParams()
	params.MaxSumRecords = 2
	require.NoError(t, f.k.SetParams(f.ctx, params))
	refused(f, f.msg.Prove, valid(), types.ErrTooManyRecords, "three records")
	params.MaxSumRecords, params.MaxProofsPerBlock = 3, 1
	require.NoError(t, f.k.SetParams(f.ctx, params))
	must(f, f.msg.Prove, valid())

	other := f.inquiry(rival, schemaOf(t, schemas.TradelineFirm).Id)
	f.ask(rival, other, f.owesAtMost(500))
	msg := &types.MsgProve{Prover: alice.String(), InquiryId: other, Proof: f.sumProof(f.sumStatement(rival, other, 500), 300, 1, 2, 3)}
	refused(f, f.msg.Prove, msg, types.ErrBlockFull, "a second proof in this block")
	f.next(time.Second)
	must(f, f.msg.Prove, msg)
}

// TestLookEnds: what ends a look ends the answers.
func TestLookEnds(t *testing.T) {
	for name, each := range map[string]struct {
		end  func(f *fixture, inquiry, consent []byte)
		want error
	}{
		"withdrawn": {func(f *fixture, _, consent []byte) {
			must(f, f.creditMsg.WithdrawConsent, &credittypes.MsgWithdrawConsent{Controller: alice.String(), Subject: subject, Id: consent})
		}, credittypes.ErrConsentWithdrawn},
		"frozen": {func(f *fixture, _, _ []byte) {
			must(f, f.creditMsg.Freeze, &credittypes.MsgFreeze{Controller: alice.String(), Subject: subject})
		}, credittypes.ErrFrozen},
		"closed": {func(f *fixture, inquiry, _ []byte) {
			must(f, f.creditMsg.LeaveReceipt, &credittypes.MsgLeaveReceipt{Institution: lender.String(), InquiryId: inquiry, Digest: subject})
		}, credittypes.ErrInquiryClosed},
		"expired":      {func(f *fixture, _, _ []byte) { f.next(25 * time.Hour) }, credittypes.ErrInquiryExpired},
		"no data user": {func(f *fixture, _, _ []byte) { f.institutions.Suspend(lender) }, institutiontypes.ErrNotLicensed},
	} {
		t.Run(name, func(t *testing.T) {
			f := setup(t)
			consent := f.consent(lender, func(m *credittypes.MsgGrantConsent) { m.Uses = 2 }, schemaOf(t, schemas.TradelineFirm).Id)
			inquiry := f.inquiryUnder(lender, consent)
			f.ask(lender, inquiry, f.owesAtMost(0))
			each.end(f, inquiry, consent)
			refused(f, f.msg.Prove, &types.MsgProve{Prover: alice.String(), InquiryId: inquiry}, each.want, name)
		})
	}
}
