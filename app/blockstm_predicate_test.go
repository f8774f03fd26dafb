package app

import (
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/schemas"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	predicatetypes "github.com/creditd/creditd/x/predicate/types"
)

// predicateBlocks are transactions on predicates that read in a block what others write in it: the budget of one field, one
// question and two answers, the count of a block's proofs, places in one tree and what is revoked while it is listed.
func (c *testChain) predicateBlocks(run func(txs ...[]byte)) {
	schema, found := attestationtypes.BuiltinSchema(schemas.TradelineFirm)
	require.True(c.t, found)
	score, found := attestationtypes.BuiltinSchema(schemas.Score) // what is no tradeline may be listed without one
	require.True(c.t, found)
	sum := predicatetypes.Predicate{Kind: predicatetypes.PREDICATE_KIND_SUM, SchemaId: schema.Id, Upper: 1000}
	for i, field := range schema.Fields {
		if field.Summed {
			sum.Field = uint32(i)
		}
	}
	subject := id("subject", 1) // of whom operator 1 reports other accounts
	var looks, asks, answers, listings [][]byte
	for n := range 8 {
		by := 2 + n%2
		nonce := id("question", n)[:credittypes.NonceSize]
		inquiry := credittypes.InquiryID(c.operator(by), subject, nonce).Bytes()
		looks = append(looks, c.tx(by, &credittypes.MsgOpenInquiry{
			DataUser: c.operator(by).String(), Subject: subject, Purpose: credittypes.PURPOSE_LEGAL_ORDER, Nonce: nonce,
		}))
		asks = append(asks, c.tx(by, &predicatetypes.MsgAsk{
			DataUser: c.operator(by).String(), InquiryId: inquiry, Predicates: []predicatetypes.Predicate{sum},
		}))
		for range 2 {
			answers = append(answers, c.tx(1, &predicatetypes.MsgProve{Prover: c.operator(1).String(), InquiryId: inquiry}))
		}
		statement := attestationtypes.Statement{
			Subject: id("listed", n), Commitment: id("commitment", n), CircuitCommitment: append([]byte{0}, id("circuit", n)[1:]...),
		}
		issuer := n % 3
		batch := attestationtypes.BatchID(score.Id, c.operator(issuer), nil, []attestationtypes.Statement{statement})
		listings = append(listings,
			c.tx(issuer, &attestationtypes.MsgAttest{Issuer: c.operator(issuer).String(), SchemaId: score.Id, Statement: statement}),
			c.tx(issuer, &predicatetypes.MsgList{Signer: c.operator(issuer).String(), AttestationId: batch.Item(0).Bytes()}))
		if n%3 == 0 {
			listings = append(listings, c.tx(issuer, &attestationtypes.MsgRevoke{
				Issuer: c.operator(issuer).String(), Id: batch.Item(0).Bytes(), Reason: attestationtypes.REVOCATION_REASON_ERROR,
			}))
		}
	}
	run(append(looks, listings...)...)
	run(append(asks, answers...)...)
	run()

	keeper := c.app.Keepers.Predicate
	require.NoError(c.t, keeper.Invariants(c.context()))
	gs, err := keeper.ExportGenesis(c.context())
	require.NoError(c.t, err)
	require.Len(c.t, gs.Listings, 5, "three of eight were revoked")
	require.Len(c.t, gs.Asks, 6, "each of two data users has a budget of three")
	require.Len(c.t, gs.Answers, 6)
}
