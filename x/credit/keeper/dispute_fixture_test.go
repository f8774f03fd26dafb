package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// ombudsman is a supervisor; it and bureau may mediate.
var ombudsman = testutil.Address("ombudsman")

// disputable is controlled, with mediators and a furnisher in that jurisdiction.
func disputable(t testing.TB, jurisdiction string) *fixture {
	f := controlled(t)
	f.institutions.License(ombudsman, institutiontypes.ROLE_SUPERVISOR)
	f.institutions.Amend(bank, func(i *institutiontypes.Institution) { i.Jurisdiction = jurisdiction })
	return f
}

// account is the id of the tradeline that the fixture has.
func accountID() []byte {
	return types.TradelineID(bank, subject, testutil.Bytes("account")).Bytes()
}

func openingOf(nonce string, facts []byte) *types.MsgOpenDispute {
	return &types.MsgOpenDispute{
		Controller: alice.String(), Subject: subject, TradelineId: accountID(), Reason: types.DISPUTE_REASON_AMOUNT, Facts: facts,
		Nonce: testutil.Bytes("%s", nonce)[:types.NonceSize],
	}
}

// disputed has an open dispute of the account, without facts, under the profile of the jurisdiction.
func disputed(t testing.TB, jurisdiction string) (*fixture, []byte) {
	f := disputable(t, jurisdiction)
	return f, must(f, f.msg.OpenDispute, openingOf("first", nil)).Id
}

func answering(id []byte, outcome types.DisputeOutcome) *types.MsgAnswerDispute {
	return &types.MsgAnswerDispute{Furnisher: bank.String(), Id: id, Outcome: outcome, Evidence: testutil.Bytes("evidence")}
}

// correcting is an answer with the next version of the record.
func (f *fixture) correcting(id []byte, version string) *types.MsgAnswerDispute {
	msg := answering(id, types.DISPUTE_OUTCOME_MODIFIED)
	corrected := report("account", version)
	msg.SchemaId, msg.Report = f.schema, &corrected
	return msg
}

func escalating(id []byte, mediator sdk.AccAddress) *types.MsgEscalateDispute {
	return &types.MsgEscalateDispute{Controller: alice.String(), Id: id, Mediator: mediator.String()}
}

func deciding(id []byte, mediator sdk.AccAddress, outcome types.DisputeOutcome) *types.MsgDecideDispute {
	return &types.MsgDecideDispute{Mediator: mediator.String(), Id: id, Outcome: outcome, Evidence: testutil.Bytes("decision")}
}

// answered has a dispute that bank answered so.
func answered(t testing.TB, outcome types.DisputeOutcome) (*fixture, []byte) {
	f, id := disputed(t, "US")
	must(f, f.msg.AnswerDispute, answering(id, outcome))
	return f, id
}

// silent has a dispute that bank left unanswered.
func silent(t testing.TB) (*fixture, []byte) {
	f, id := disputed(t, "US")
	f.later(30 * day)
	f.next(time.Second)
	return f, id
}

// escalated has a verified dispute in the hands of bureau.
func escalated(t testing.TB) (*fixture, []byte) {
	f, id := answered(t, types.DISPUTE_OUTCOME_VERIFIED)
	must(f, f.msg.EscalateDispute, escalating(id, bureau))
	return f, id
}

// later moves the clock without the end of a block.
func (f *fixture) later(d time.Duration) {
	f.ctx = f.ctx.WithBlockHeight(f.ctx.BlockHeight() + 1).WithBlockTime(f.ctx.BlockTime().Add(d)).WithEventManager(sdk.NewEventManager())
}

func (f *fixture) disputeNow(id []byte) types.Dispute {
	f.t.Helper()
	res, err := f.query.Dispute(f.ctx, &types.QueryDisputeRequest{Id: types.ID(id).String()})
	require.NoError(f.t, err)
	return res.Dispute
}

func (f *fixture) accountNow() types.Tradeline {
	f.t.Helper()
	tradeline, err := f.k.GetTradeline(f.ctx, types.ID(subject), types.ID(accountID()))
	require.NoError(f.t, err)
	return tradeline
}

// standing is what a dispute and its record look like together.
type standing struct {
	status     types.DisputeStatus
	outcome    types.DisputeOutcome
	state      types.RecordState
	reason     types.StateReason
	compliance types.ComplianceCode
	named      bool // the record names the dispute
}

func (f *fixture) requireStanding(id []byte, want standing, where ...any) {
	f.t.Helper()
	dispute, record := f.disputeNow(id), f.accountNow()
	require.Equal(f.t, want, standing{
		dispute.Status, dispute.Outcome, record.State, record.StateReason, record.Compliance, string(record.DisputeId) == string(id),
	}, where...)
	require.Equal(f.t, !dispute.DueAt.IsZero(), f.has(join([]byte{16}, at(dispute.DueAt), id)), "in the queue when it has a deadline")
}

func (f *fixture) has(key []byte) bool {
	f.t.Helper()
	has, err := f.store.OpenKVStore(f.ctx).Has(key)
	require.NoError(f.t, err)
	return has
}

func (f *fixture) requireStored(key []byte, value interface{ Marshal() ([]byte, error) }) {
	f.t.Helper()
	bz, err := value.Marshal()
	require.NoError(f.t, err)
	require.NoError(f.t, f.store.OpenKVStore(f.ctx).Set(key, bz))
}

// institutionTrail has the kinds of what happened in this block, for an institution.
func (f *fixture) institutionLine(institution sdk.AccAddress, kind types.TrailKind, ref []byte) bool {
	height := make([]byte, 8)
	for i, h := 7, f.ctx.BlockHeight(); i >= 0; i, h = i-1, h>>8 {
		height[i] = byte(h)
	}
	return f.has(join([]byte{22, byte(len(institution))}, institution, height, ref, []byte{byte(kind)}, subject))
}
