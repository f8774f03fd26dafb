package exposure

import (
	"context"
	"crypto/rand"
	"os"
	"testing"

	"github.com/gtank/ristretto255"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/exposure"
	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/exposure/types"
)

const chainID = "test-1"

// opened is a count by three members, one of whom is silent, opened by one share (threshold one, so that a share is the key).
func opened(t *testing.T) (Asked, *types.QueryRoundResponse) {
	t.Helper()
	asked, err := Ask(chainID, testutil.Address("lender"), Question{Kind: types.KIND_COUNT, Inquiry: testutil.Bytes("inquiry")})
	require.NoError(t, err)
	secretKey, err := exposure.NewKey(rand.Reader)
	require.NoError(t, err)
	bz, public, sum := secretKey.Bytes(), secretKey.Public(), exposure.Empty()
	secret, err := ristretto255.NewScalar().SetCanonicalBytes(bz[:])
	require.NoError(t, err)
	answer := &types.QueryRoundResponse{Round: types.Round{
		Id: asked.Round.Bytes(), Kind: types.KIND_COUNT, Asker: testutil.Address("lender").String(), AskerKey: asked.Message.AskerKey,
		InquiryId: testutil.Bytes("inquiry"), Subject: testutil.Bytes("alice"), CommitteeKey: public[:], Cohort: testutil.Bytes("cohort"),
		Members: 3, Threshold: 1, Submitted: 2, Given: 1, Status: types.STATUS_OPENED,
	}}
	statement := answer.Round.Statement(chainID, testutil.Address("lender"))
	for i := range 3 {
		member := testutil.Address(string(rune('a' + i)))
		part := types.Part{Index: uint32(i + 1), Member: member.String(), PublicShare: public[:]}
		if i < 2 {
			submission, err := exposure.Submit(rand.Reader, statement, member, nil, exposure.Opening{Value: 1})
			require.NoError(t, err)
			part.Ciphertext = submission[:exposure.CiphertextSize]
			sum, err = exposure.Add(sum[:], part.Ciphertext)
			require.NoError(t, err)
		}
		answer.Parts = append(answer.Parts, part)
	}
	answer.Round.Sum = sum[:]
	share, err := exposure.GiveShare(rand.Reader, statement, testutil.Address("a"), sum[:], secret)
	require.NoError(t, err)
	answer.Parts[0].Share = share
	result, err := exposure.Combine(sum[:], []exposure.Given{{Index: 1, Share: share}})
	require.NoError(t, err)
	answer.Round.Result = result[:]
	return asked, answer
}

func TestAskAndRead(t *testing.T) {
	asked, answer := opened(t)
	about := exposure.Possession{ChainID: chainID, Asker: testutil.Address("lender"), Kind: exposure.Count, About: testutil.Bytes("inquiry")}
	require.NoError(t, about.Verify(asked.Message.AskerKey, asked.Message.Possession), "the chain takes the message")

	home := t.TempDir()
	require.NoError(t, SaveKey(home, chainID, asked))
	require.Error(t, SaveKey(home, chainID, asked), "a key is never overwritten")
	info, err := os.Stat(KeyPath(home, asked.Round))
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm())
	key, chain, err := LoadKey(home, asked.Round)
	require.NoError(t, err)
	require.Equal(t, chainID, chain)
	_, _, err = LoadKey(t.TempDir(), asked.Round)
	require.ErrorContains(t, err, "same --home")

	total, err := Read(context.Background(), chainID, key, answer, nil)
	require.NoError(t, err)
	require.Equal(t, Total{Value: 2, Members: 3, Silent: []string{testutil.Address("c").String()}}, total)
}

// TestLies: a node that changes anything of what makes the total is caught.
func TestLies(t *testing.T) {
	for name, lie := range map[string]func(*types.QueryRoundResponse){
		"a submission left out": func(a *types.QueryRoundResponse) { a.Parts[1].Ciphertext = nil },
		"one twice":             func(a *types.QueryRoundResponse) { a.Parts[2].Ciphertext = a.Parts[1].Ciphertext },
		"another share":         func(a *types.QueryRoundResponse) { a.Parts[1].Share = a.Parts[0].Share },
		"no share":              func(a *types.QueryRoundResponse) { a.Parts[0].Share = nil },
		"another result":        func(a *types.QueryRoundResponse) { a.Round.Result = a.Round.Sum },
		"another inquiry's":     func(a *types.QueryRoundResponse) { a.Round.Subject = testutil.Bytes("bob") },
		"a short field":         func(a *types.QueryRoundResponse) { a.Round.Cohort = nil },
		"no subject":            func(a *types.QueryRoundResponse) { a.Round.Subject = nil },
	} {
		asked, answer := opened(t)
		lie(answer)
		_, err := Read(context.Background(), chainID, asked.Key, answer, nil)
		require.ErrorIs(t, err, ErrLie, name)
	}
	asked, answer := opened(t)
	other, _ := opened(t)
	_, err := Read(context.Background(), chainID, other.Key, answer, nil)
	require.ErrorContains(t, err, "not the one")
	for _, status := range []types.Status{types.STATUS_SUBMITTING, types.STATUS_OPENING, types.STATUS_FAILED} {
		answer.Round.Status = status
		_, err = Read(context.Background(), chainID, asked.Key, answer, nil)
		require.ErrorIs(t, err, ErrNotOpened)
	}
}
