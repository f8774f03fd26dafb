package psi

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/oprf"
)

func items(from, to int) [][]byte {
	all := make([][]byte, 0, to-from)
	for i := from; i < to; i++ {
		all = append(all, fmt.Appendf(nil, "%018d", i))
	}
	return all
}

func sides(t testing.TB, session Session, mine, theirs [][]byte) (*Client, *Server) {
	t.Helper()
	client, err := NewClient(session, [32]byte{7}, mine)
	require.NoError(t, err)
	server, err := NewServer(session, oprf.GenerateKey(), theirs)
	require.NoError(t, err)
	return client, server
}

func TestIntersection(t *testing.T) {
	client, server := sides(t, Session{ID: [32]byte{1}}, items(0, 40), items(30, 700))
	answer, err := server.Evaluate(client.Commitment(), client.Blinded())
	require.NoError(t, err)
	matches, err := client.Intersect(answer)
	require.NoError(t, err)
	require.Equal(t, []int{30, 31, 32, 33, 34, 35, 36, 37, 38, 39}, matches)
	_, err = client.Size(answer)
	require.ErrorIs(t, err, ErrAnswer)
}

func TestNothingInCommon(t *testing.T) {
	client, server := sides(t, Session{}, items(0, 3), items(3, 6))
	answer, err := server.Evaluate(client.Commitment(), client.Blinded())
	require.NoError(t, err)
	matches, err := client.Intersect(answer)
	require.NoError(t, err)
	require.Empty(t, matches)
}

func TestSizeAlone(t *testing.T) {
	client, server := sides(t, Session{ID: [32]byte{1}, SizeOnly: true}, items(0, 40), items(30, 700))
	answer, err := server.Evaluate(client.Commitment(), client.Blinded())
	require.NoError(t, err)
	size, err := client.Size(answer)
	require.NoError(t, err)
	require.Equal(t, 10, size)
	_, err = client.Intersect(answer)
	require.ErrorIs(t, err, ErrAnswer)
	// The order of the answer says nothing of that of the request.
	positions := map[oprf.Element]int{}
	key := server.key
	inOrder, err := key.Multiply(client.Blinded())
	require.NoError(t, err)
	for i, e := range inOrder {
		positions[e] = i
	}
	moved := 0
	for i, e := range answer.Evaluated {
		if positions[e] != i {
			moved++
		}
	}
	require.Greater(t, moved, 20)
}

func TestAServerEvaluatesWhatWasCommittedToAlone(t *testing.T) {
	client, server := sides(t, Session{}, items(0, 5), items(3, 6))
	more, err := NewClient(Session{}, [32]byte{7}, items(0, 6))
	require.NoError(t, err)
	committed, blinded := client.Commitment(), client.Blinded()
	swapped := append([]oprf.Element{blinded[1], blinded[0]}, blinded[2:]...)
	for name, elements := range map[string][]oprf.Element{
		"more": more.Blinded(), "fewer": blinded[:4], "none": nil, "another order": swapped,
		"another element": append(append([]oprf.Element{}, blinded[:4]...), more.Blinded()[5]),
	} {
		_, err := server.Evaluate(committed, elements)
		require.ErrorIs(t, err, ErrCommitment, name)
	}
	_, err = server.Evaluate(more.Commitment(), blinded)
	require.ErrorIs(t, err, ErrCommitment)
}

func TestAnAnswerOfAnotherSessionIsOfNoUse(t *testing.T) {
	key := oprf.GenerateKey() // which a careless server uses twice
	client, err := NewClient(Session{ID: [32]byte{1}}, [32]byte{7}, items(0, 5))
	require.NoError(t, err)
	server, err := NewServer(Session{ID: [32]byte{2}}, key, items(0, 5))
	require.NoError(t, err)
	answer, err := server.Evaluate(client.Commitment(), client.Blinded())
	require.NoError(t, err)
	matches, err := client.Intersect(answer)
	require.NoError(t, err)
	require.Empty(t, matches)
}

func TestAKeyForOneItemIsFound(t *testing.T) {
	client, server := sides(t, Session{}, items(0, 5), items(0, 5))
	answer, err := server.Evaluate(client.Commitment(), client.Blinded())
	require.NoError(t, err)
	other, err := oprf.GenerateKey().Multiply(client.Blinded()[2:3])
	require.NoError(t, err)
	answer.Evaluated[2] = other[0]
	_, err = client.Intersect(answer)
	require.ErrorIs(t, err, ErrAnswer)
	require.ErrorIs(t, err, oprf.ErrProof)
}

func TestUnusableAnswersAreRefused(t *testing.T) {
	for _, sizeOnly := range []bool{false, true} {
		client, server := sides(t, Session{SizeOnly: sizeOnly}, items(0, 5), items(0, 5))
		read := func(answer Answer) error {
			if sizeOnly {
				_, err := client.Size(&answer)
				return err
			}
			_, err := client.Intersect(&answer)
			return err
		}
		fresh := func() Answer {
			answer, err := server.Evaluate(client.Commitment(), client.Blinded())
			require.NoError(t, err)
			return *answer
		}
		require.NoError(t, read(fresh()))
		for name, spoil := range map[string]func(*Answer){
			"another key":     func(a *Answer) { a.Public = oprf.GenerateKey().Public() },
			"the identity":    func(a *Answer) { a.Evaluated[1] = oprf.Element{} },
			"no proof":        func(a *Answer) { a.Proofs = nil },
			"another proof":   func(a *Answer) { a.Proofs[0][1] ^= 4 },
			"one too few":     func(a *Answer) { a.Evaluated = a.Evaluated[:4] },
			"one too many":    func(a *Answer) { a.Evaluated = append(a.Evaluated, oprf.GenerateKey().Public()) },
			"no tags":         func(a *Answer) { a.Tags = nil },
			"tags in another": func(a *Answer) { a.Tags = []Tag{a.Tags[1], a.Tags[0]} },
			"a tag twice":     func(a *Answer) { a.Tags = []Tag{a.Tags[0], a.Tags[0]} },
			"one replaced":    func(a *Answer) { a.Evaluated[0] = oprf.GenerateKey().Public() },
		} {
			answer := fresh()
			spoil(&answer)
			require.ErrorIs(t, read(answer), ErrAnswer, name)
		}
	}
}

func TestUnusableSetsAreRefused(t *testing.T) {
	for _, set := range [][][]byte{nil, {[]byte("a"), []byte("b"), []byte("a")}, make([][]byte, MaxItems+1)} {
		_, err := NewClient(Session{}, [32]byte{}, set)
		require.ErrorIs(t, err, ErrItems)
		_, err = NewServer(Session{}, oprf.GenerateKey(), set)
		require.ErrorIs(t, err, ErrItems)
	}
}

func TestAServerGoesOnFromWhatItKept(t *testing.T) {
	session := Session{ID: [32]byte{9}}
	client, server := sides(t, session, items(0, 5), items(2, 9))
	key, err := oprf.NewKey(server.key.Secret())
	require.NoError(t, err)
	restored, err := Restore(session, key, server.Tags())
	require.NoError(t, err)
	one, err := server.Evaluate(client.Commitment(), client.Blinded())
	require.NoError(t, err)
	two, err := restored.Evaluate(client.Commitment(), client.Blinded())
	require.NoError(t, err)
	require.Equal(t, session.Transcript(client.Commitment(), one), session.Transcript(client.Commitment(), two))
	two.Tags = two.Tags[1:]
	require.NotEqual(t, session.Transcript(client.Commitment(), one), session.Transcript(client.Commitment(), two))
	_, err = Restore(session, key, nil)
	require.ErrorIs(t, err, ErrAnswer)
}

// BenchmarkIntersect10k is the figure of docs/figures.md: both sides' work for 10,000 by 10,000, 1,000 in common.
func BenchmarkIntersect10k(b *testing.B) {
	mine, theirs := items(0, 10_000), items(9_000, 19_000)
	for b.Loop() {
		client, server := sides(b, Session{}, mine, theirs)
		answer, err := server.Evaluate(client.Commitment(), client.Blinded())
		require.NoError(b, err)
		matches, err := client.Intersect(answer)
		require.NoError(b, err)
		require.Len(b, matches, 1000)
	}
}
