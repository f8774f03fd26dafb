package matching

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/oprf"
	"github.com/creditd/creditd/privacy/psi"
	"github.com/creditd/creditd/vault/types"
)

const fuzzItems = 3

// answered is a client with the messages of a right answer.
func answered(tb testing.TB) (*psi.Client, oprf.Element, []*types.MatchResponse) {
	tb.Helper()
	set := [][]byte{[]byte("a"), []byte("b"), []byte("c")}
	client, err := psi.NewClient(psi.Session{}, [32]byte{1}, set)
	require.NoError(tb, err)
	server, err := psi.NewServer(psi.Session{}, oprf.GenerateKey(), set[:2])
	require.NoError(tb, err)
	answer, err := server.Evaluate(client.Commitment(), client.Blinded())
	require.NoError(tb, err)
	first := &types.MatchResponse{Proof: answer.Proofs[0][:]}
	for _, e := range answer.Evaluated {
		first.Elements = append(first.Elements, e[:]...)
	}
	second := &types.MatchResponse{}
	for _, tag := range answer.Tags {
		second.Tags = append(second.Tags, tag[:]...)
	}
	return client, server.Public(), []*types.MatchResponse{first, second}
}

// read a stream of encoded messages as a client does.
func read(client *psi.Client, public oprf.Element, messages ...[]byte) error {
	answer := &psi.Answer{Public: public}
	for _, bz := range messages {
		var response types.MatchResponse
		if err := response.Unmarshal(bz); err != nil {
			return err
		}
		if err := add(answer, &response, fuzzItems); err != nil {
			return err
		}
	}
	_, err := client.Intersect(answer)
	return err
}

// sameAnswer says whether bytes are the message, in whatever encoding.
func sameAnswer(bz []byte, as *types.MatchResponse) bool {
	var response types.MatchResponse
	return response.Unmarshal(bz) == nil && bytes.Equal(response.Elements, as.Elements) && bytes.Equal(response.Proof, as.Proof) && len(response.Tags) == 0
}

// 20,000 mutants of the message with the evaluations, as it travels: none gives a result, none panics. (Tags are the server's own
// word: another tag is another set.)
func TestMutantsOfAnswers(t *testing.T) {
	client, public, responses := answered(t)
	good, err := responses[0].Marshal()
	require.NoError(t, err)
	tags, err := responses[1].Marshal()
	require.NoError(t, err)
	require.NoError(t, read(client, public, good, tags))
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 20_000 {
		m := bytes.Clone(good)
		at := r.IntN(len(m))
		switch {
		case i%50 == 0: // these may decode, and cost as much as a good one
			m[at] ^= 1 << r.IntN(8)
		case i%4 == 0:
			m = m[:at]
		case i%4 == 1:
			m = append(m, m[:at+1]...)
		case i%4 == 2:
			m = append(m[:at:at], m[min(at+1+r.IntN(40), len(m)):]...)
		default:
			copy(m[at:], bytes.Repeat([]byte{0xff}, 64))
		}
		if sameAnswer(m, responses[0]) {
			continue // protobuf has many encodings of one message
		}
		require.Error(t, read(client, public, m, tags), "mutant %d", i)
	}
}

// FuzzAnswer: no message but the server's evaluations gives a result, and none panics or grows beyond what was asked for.
func FuzzAnswer(f *testing.F) {
	client, public, responses := answered(f)
	good, err := responses[0].Marshal()
	require.NoError(f, err)
	tags, err := responses[1].Marshal()
	require.NoError(f, err)
	f.Add(good)
	f.Add(tags)
	f.Fuzz(func(t *testing.T, bz []byte) {
		var response types.MatchResponse
		if response.Unmarshal(bz) != nil {
			return
		}
		same := bytes.Equal(response.Elements, responses[0].Elements) && bytes.Equal(response.Proof, responses[0].Proof)
		if read(client, public, bz, tags) == nil && !same {
			t.Fatal("an answer was taken that was never made")
		}
	})
}
