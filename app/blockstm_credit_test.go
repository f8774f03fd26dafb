package app

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	sdk "github.com/cosmos/cosmos-sdk/types"

	credittypes "github.com/creditd/creditd/x/credit/types"
)

// creditBlocks are transactions on one subject that read in a block what others write in it: one order from two submitters, the
// uses of one consent, the day's count of one data user, a freeze and the look that it stops, a dispute and the new version of
// the same record, and the answer to it.
func (c *testChain) creditBlocks(schema []byte, run func(txs ...[]byte)) {
	person := secp256k1.GenPrivKeyFromSecret([]byte("person"))
	account := sdk.AccAddress(person.PubKey().Address()).String()
	subject := id("subject", 0)
	nonce := func(parts ...any) []byte { return id(parts...)[:credittypes.NonceSize] }
	order := func(submitter int, name string, msg sdk.Msg) []byte {
		order, err := credittypes.NewOrder(testChainID, msg, c.now.Add(time.Hour), nonce("order", name), person.PubKey().Bytes(), person.Sign)
		require.NoError(c.t, err)
		order.Submitter = c.operator(submitter).String()
		return c.tx(submitter, order)
	}
	claim := &credittypes.MsgClaimControl{Controller: account, Subject: subject}
	run(c.tx(0, &credittypes.MsgOfferControl{Institution: c.operator(0).String(), Subject: subject, Controller: account}),
		order(1, "claim", claim), order(2, "claim", claim))

	grant := func(to int, uses uint32) *credittypes.MsgGrantConsent {
		return &credittypes.MsgGrantConsent{
			Controller: account, Subject: subject, Grantee: c.operator(to).String(), Purpose: credittypes.PURPOSE_CREDIT_APPLICATION,
			SchemaIds: [][]byte{schema}, Mode: credittypes.CONSENT_MODE_VIEW, Fetch: credittypes.CONSENT_FETCH_ONE_TIME, Uses: uses,
			ValidUntil: c.now.Add(24 * time.Hour), Nonce: nonce("consent", to),
		}
	}
	consent := func(to int) []byte {
		return credittypes.ConsentID(subject, c.operator(to), nonce("consent", to)).Bytes()
	}
	look := func(by, n int, purpose credittypes.Purpose, consent []byte) []byte {
		return c.tx(by, &credittypes.MsgOpenInquiry{
			DataUser: c.operator(by).String(), Subject: subject, Purpose: purpose, ConsentId: consent, Nonce: nonce("look", n),
		})
	}
	txs := [][]byte{order(3, "grant 1", grant(1, 3)), order(2, "grant 2", grant(2, 3))}
	for n := range 5 { // two of which come too late
		txs = append(txs, look(1, n, credittypes.PURPOSE_CREDIT_APPLICATION, consent(1)), look(1, 10+n, credittypes.PURPOSE_LEGAL_ORDER, nil))
	}
	txs = append(txs, look(2, 20, credittypes.PURPOSE_CREDIT_APPLICATION, consent(2)),
		order(0, "freeze", &credittypes.MsgFreeze{Controller: account, Subject: subject}),
		look(2, 21, credittypes.PURPOSE_CREDIT_APPLICATION, consent(2)), look(2, 22, credittypes.PURPOSE_LEGAL_ORDER, nil))
	run(txs...)

	inquiry := credittypes.InquiryID(c.operator(1), subject, nonce("look", 0))
	line := credittypes.TradelineID(c.operator(0), subject, id("account", 0, 0))
	dispute := func(name string) *credittypes.MsgOpenDispute {
		return &credittypes.MsgOpenDispute{
			Controller: account, Subject: subject, TradelineId: line.Bytes(), Reason: credittypes.DISPUTE_REASON_AMOUNT, Nonce: nonce(name),
		}
	}
	disputed := credittypes.DisputeID(subject, line.Bytes(), nonce("dispute"))
	txs = nil
	for i := range 3 {
		txs = append(txs, c.tx(i, &credittypes.MsgLeaveReceipt{Institution: c.operator(i).String(), InquiryId: inquiry.Bytes(), Digest: id("digest"), Records: 1}))
	}
	txs = append(txs, order(1, "dispute", dispute("dispute")), order(2, "again", dispute("again")),
		c.tx(0, &credittypes.MsgCorrect{
			Furnisher: c.operator(0).String(), SchemaId: schema, Reason: credittypes.CORRECTION_REASON_ERROR,
			Report: c.report(subject, id("account", 0, 0), id("corrected")),
		}),
		c.tx(0, &credittypes.MsgAnswerDispute{
			Furnisher: c.operator(0).String(), Id: disputed.Bytes(), Outcome: credittypes.DISPUTE_OUTCOME_VERIFIED, Evidence: id("evidence"),
		}),
		order(3, "erase", &credittypes.MsgRequestErasure{Controller: account, Subject: subject, TradelineId: line.Bytes()}),
		order(3, "statement", &credittypes.MsgAddStatement{Controller: account, Id: disputed.Bytes(), Statement: id("statement")}))
	run(txs...)
	run() // the outcome is told

	keeper := c.app.Keepers.Credit
	require.NoError(c.t, keeper.Invariants(c.context()))
	subjectID := credittypes.ID(subject)
	used, err := keeper.GetConsent(c.context(), subjectID, credittypes.ID(consent(1)))
	require.NoError(c.t, err)
	require.Equal(c.t, credittypes.CONSENT_STATUS_USED_UP, used.Status)
	left, err := keeper.GetConsent(c.context(), subjectID, credittypes.ID(consent(2)))
	require.NoError(c.t, err)
	require.Equal(c.t, uint32(2), left.UsesLeft, "the freeze stopped the second look")
	answered, err := keeper.GetDispute(c.context(), disputed)
	require.NoError(c.t, err)
	require.Equal(c.t, credittypes.DISPUTE_STATUS_ANSWERED, answered.Status)
	require.NotEmpty(c.t, answered.Statement)
	corrected, err := keeper.GetTradeline(c.context(), subjectID, line)
	require.NoError(c.t, err)
	require.Equal(c.t, uint32(2), corrected.Version)
}

// report of a record that is shown for a year.
func (c *testChain) report(subject, account, commitment []byte) credittypes.Report {
	return credittypes.Report{
		Subject: subject, Account: account, Commitment: commitment, Delinquency: id("delinquency"), ShowUntil: testStart.AddDate(1, 0, 0),
	}
}
