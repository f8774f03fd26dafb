package app

import (
	"crypto/rand"
	"crypto/sha512"
	"fmt"
	mathrand "math/rand/v2"
	"time"

	"github.com/gtank/ristretto255"
	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/exposure"
	"github.com/creditd/creditd/privacy/threshold"
	committeetypes "github.com/creditd/creditd/x/committee/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	exposuretypes "github.com/creditd/creditd/x/exposure/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
	pseudonymtypes "github.com/creditd/creditd/x/pseudonym/types"
)

// dealt has the dealings of all chains of a test: each has a proof with fresh randomness, and all chains are to get the same.
var dealt = map[string][]byte{}

func secretScalar(parts ...any) *ristretto255.Scalar {
	wide := sha512.Sum512([]byte(fmt.Sprint(parts...)))
	s, _ := ristretto255.NewScalar().SetUniformBytes(wide[:])
	return s
}

// privacyBlocks are transactions on committees, sums and matches that write in a block what others read in it: one committee that all
// join, deal and confirm, one sum that all add to and open, one count of a pair's items.
func (c *testChain) privacyBlocks(run func(txs ...[]byte)) {
	purposes := []committeetypes.Purpose{committeetypes.PURPOSE_EXPOSURE, committeetypes.PURPOSE_PSEUDONYM}
	var txs [][]byte
	each := func(work func(i int, operator string)) {
		for i := range c.keys {
			work(i, c.operator(i).String())
		}
		run(txs...)
		txs = nil
	}
	each(func(i int, operator string) {
		vault := &institutiontypes.Vault{Endpoint: "vault.example:9443", EncryptionKey: make([]byte, institutiontypes.EncryptionKeyBytes)}
		txs = append(txs, c.tx(i, &institutiontypes.MsgUpdateProfile{Operator: operator, Vault: vault}))
		for _, purpose := range purposes {
			txs = append(txs, c.tx(i, &committeetypes.MsgEnlist{Operator: operator, Purpose: purpose}))
		}
		txs = append(txs, c.tx(i, &committeetypes.MsgWithdraw{Operator: operator, Purpose: purposes[0]}),
			c.tx(i, &committeetypes.MsgEnlist{Operator: operator, Purpose: purposes[0]}))
	})
	c.now = c.now.Add(committeetypes.DefaultParams().ReviewInterval)
	run()
	c.keyBlocks(each, func(tx []byte) { txs = append(txs, tx) })
	c.sumBlocks(run)
	c.matchBlocks(run)
	require.NoError(c.t, c.app.Keepers.Committee.Invariants(c.context()))
	require.NoError(c.t, c.app.Keepers.Exposure.Invariants(c.context()))
	require.NoError(c.t, c.app.Keepers.Pseudonym.Invariants(c.context()))
}

func (c *testChain) committee(id uint64) *committeetypes.Committee {
	c.t.Helper()
	found, err := c.app.Keepers.Committee.Get(c.context(), id)
	require.NoError(c.t, err)
	return &found
}

// keyBlocks make the keys of both committees.
func (c *testChain) keyBlocks(each func(func(int, string)), add func([]byte)) {
	ids := []uint64{1, 2}
	each(func(i int, operator string) {
		for _, id := range ids {
			secret := secretScalar("transport", id, i)
			proof, err := threshold.ProveTransportKey(rand.Reader, c.committee(id).TransportContext(testChainID, operator), secret)
			require.NoError(c.t, err)
			key := ristretto255.NewIdentityElement().ScalarBaseMult(secret).Bytes()
			add(c.tx(i, &committeetypes.MsgJoin{Operator: operator, Id: id, TransportKey: key, Proof: proof}))
		}
	})
	each(func(i int, operator string) {
		for _, id := range ids {
			name := fmt.Sprint(id, operator)
			if dealt[name] == nil {
				sharing, err := c.committee(id).Sharing(testChainID)
				require.NoError(c.t, err)
				dealer, found := c.committee(id).Dealer(operator)
				require.True(c.t, found)
				dealt[name], err = threshold.Deal(rand.Reader, sharing, dealer.Index, [threshold.Size]byte(secretScalar("seed", id, i).Bytes()), nil)
				require.NoError(c.t, err)
			}
			add(c.tx(i, &committeetypes.MsgDeal{Operator: operator, Id: id, Dealing: dealt[name]}))
		}
	})
	each(func(i int, operator string) {
		for _, id := range ids {
			add(c.tx(i, &committeetypes.MsgConfirm{Operator: operator, Id: id}))
		}
	})
	for _, id := range ids {
		require.Equal(c.t, committeetypes.STATUS_ACTIVE, c.committee(id).Status)
	}
}

// keyShare of institution i in a committee, from all dealings.
func (c *testChain) keyShare(id uint64, i int) *ristretto255.Scalar {
	c.t.Helper()
	committee := c.committee(id)
	sharing, err := committee.Sharing(testChainID)
	require.NoError(c.t, err)
	member, found := committee.Member(c.operator(i).String())
	require.True(c.t, found)
	var parts []*ristretto255.Scalar
	for _, dealer := range committee.Dealers {
		dealing, err := threshold.ParseDealing(dealt[fmt.Sprint(id, dealer.Operator)])
		require.NoError(c.t, err)
		part, err := threshold.Open(sharing, dealer.Index, dealing, member.Index, secretScalar("transport", id, i))
		require.NoError(c.t, err)
		parts = append(parts, part)
	}
	return threshold.NewShare(member.Index, parts).Scalar
}

// sumBlocks count, for two institutions, how many lent to a subject.
func (c *testChain) sumBlocks(run func(txs ...[]byte)) {
	random := mathrand.NewChaCha8([32]byte{1})
	var exposures committeetypes.Committee
	for _, id := range []uint64{1, 2} {
		if found := c.committee(id); found.Purpose == committeetypes.PURPOSE_EXPOSURE {
			exposures = *found
		}
	}
	var open [][]byte
	var rounds []exposuretypes.ID
	for by := range 2 {
		subject, nonce := id("subject", 5+by), id("sum", by)[:credittypes.NonceSize]
		inquiry := credittypes.InquiryID(c.operator(by), subject, nonce).Bytes()
		key, err := exposure.NewKey(random)
		require.NoError(c.t, err)
		public := key.Public()
		proof, err := exposure.Possession{ChainID: testChainID, Asker: c.operator(by), Kind: exposure.Count, About: inquiry}.Prove(random, key)
		require.NoError(c.t, err)
		open = append(open,
			c.tx(by, &credittypes.MsgOpenInquiry{DataUser: c.operator(by).String(), Subject: subject, Purpose: credittypes.PURPOSE_LEGAL_ORDER, Nonce: nonce}),
			c.tx(by, &exposuretypes.MsgOpenRound{
				Asker: c.operator(by).String(), Kind: exposuretypes.KIND_COUNT, InquiryId: inquiry, AskerKey: public[:], Possession: proof,
			}))
		rounds = append(rounds, exposuretypes.RoundID(c.operator(by), exposuretypes.KIND_COUNT, inquiry, public[:]))
	}
	run(open...)
	var submissions, shares [][]byte
	for by, id := range rounds {
		round, err := c.app.Keepers.Exposure.GetRound(c.context(), id)
		require.NoError(c.t, err)
		for i := range c.keys {
			bz, err := exposure.Submit(random, round.Statement(testChainID, c.operator(by)), c.operator(i), nil, exposure.Opening{Value: uint64(i % 2)})
			require.NoError(c.t, err)
			submissions = append(submissions, c.tx(i, &exposuretypes.MsgSubmit{Member: c.operator(i).String(), RoundId: id.Bytes(), Submission: bz}))
		}
	}
	run(submissions...)
	for by, id := range rounds {
		round, err := c.app.Keepers.Exposure.GetRound(c.context(), id)
		require.NoError(c.t, err)
		require.Equal(c.t, exposuretypes.STATUS_OPENING, round.Status)
		for i := range c.keys {
			bz, err := exposure.GiveShare(random, round.Statement(testChainID, c.operator(by)), c.operator(i), round.Sum, c.keyShare(exposures.Id, i))
			require.NoError(c.t, err)
			shares = append(shares, c.tx(i, &exposuretypes.MsgGiveShare{Member: c.operator(i).String(), RoundId: id.Bytes(), Share: bz}))
		}
	}
	run(shares...)
	for _, id := range rounds {
		round, err := c.app.Keepers.Exposure.GetRound(c.context(), id)
		require.NoError(c.t, err)
		require.Equal(c.t, exposuretypes.STATUS_OPENED, round.Status)
	}
}

// matchBlocks are sessions between two institutions, all under one count of the pair.
func (c *testChain) matchBlocks(run func(txs ...[]byte)) {
	key := ristretto255.NewIdentityElement().ScalarBaseMult(secretScalar("session")).Bytes()
	client, server := c.operator(0), c.operator(1)
	count := pseudonymtypes.DefaultParams().MaxMatchCount
	var opens, rest [][]byte
	for n := range 4 { // more than the pair may have in a window
		nonce := id("match", n)[:pseudonymtypes.NonceSize]
		match := pseudonymtypes.MatchID(client, server, nonce).Bytes()
		opens = append(opens, c.tx(0, &pseudonymtypes.MsgOpenMatch{
			Client: client.String(), Server: server.String(), Nonce: nonce, Count: count, Root: id("root", n),
		}))
		rest = append(rest, c.tx(1, &pseudonymtypes.MsgAcceptMatch{Server: server.String(), Id: match, ServerKey: key}))
		for i, operator := range []sdk.AccAddress{client, server} {
			rest = append(rest, c.tx(i, &pseudonymtypes.MsgCloseMatch{Institution: operator.String(), Id: match, Transcript: id("transcript", n*i)}))
		}
	}
	run(append(opens, rest[:3]...)...)
	run(rest[3:]...)
	c.now = c.now.Add(25 * time.Hour) // what is not closed expires
	run()
}
