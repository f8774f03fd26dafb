package proof_test

import (
	"fmt"
	"testing"
	"time"

	cmted25519 "github.com/cometbft/cometbft/crypto/ed25519"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/proof/prooftest"
	"github.com/creditd/creditd/x/attestation/commitment"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// rotate gives an institution another validator key, and waits until blocks are signed with it.
func (c *chain) rotate(i int, secret string) {
	c.TB.Helper()
	c.Send(i, &institutiontypes.MsgRotateConsensusKey{Operator: c.Operator(i).String(), ConsensusPubkey: c.ConsensusKey(secret)})
	for range 4 {
		c.Block()
	}
}

func heights(t *testing.T, encoded []byte) int {
	t.Helper()
	b, err := proof.Parse(encoded)
	require.NoError(t, err)
	return len(b.Blocks)
}

// Validators' keys and the set change; what was proven before stays so, and what is proven after is proven from the
// same trusted header, with as many headers as it takes.
func TestValidatorsChange(t *testing.T) {
	c := newChain(t, 4)
	id := c.attest(statement("a"))
	before := c.prove(proof.Request{ID: id, TrustedHeight: 1})
	first := c.Sets[0].Hash()

	c.rotate(0, "rotated 0")
	require.NotEqual(t, first, c.Set.Hash(), "the set has changed")
	one := c.prove(proof.Request{ID: id, TrustedHeight: 1})
	require.Equal(t, 2, heights(t, one), "three of four old keys still sign: one step is enough")
	require.True(t, c.verify(one, 1).Good)

	// The others change keys too: not a third of the old validators is left.
	for i := 1; i < 4; i++ {
		c.rotate(i, fmt.Sprintf("rotated %d", i))
	}
	all := c.prove(proof.Request{ID: id, TrustedHeight: 1})
	require.Greater(t, heights(t, all), 2)
	require.Less(t, heights(t, all), int(c.Height()), "it skips")
	require.True(t, c.verify(all, 1).Good)
	require.True(t, c.verify(before, 1).Good)

	every := c.prove(proof.Request{ID: id, TrustedHeight: 1, Sequential: true})
	require.Equal(t, int(c.Height()), heights(t, every))
	require.True(t, c.verify(every, 1).Good)

	// Backwards: who trusts a header above the state's needs neither signatures nor a trusting period.
	old, err := proof.Parse(before)
	require.NoError(t, err)
	rebased, err := proof.Rebase(t.Context(), c, old, c.Height(), false)
	require.NoError(t, err)
	encoded, err := rebased.Encode()
	require.NoError(t, err)
	v, err := proof.Verify(encoded, c.Trusted(c.Height()), proof.Options{Now: c.Now.AddDate(0, 1, 0)})
	require.NoError(t, err)
	require.True(t, v.Good)
	require.Contains(t, v.Integrity.Text, "by the hashes from the trusted height")

	// And forward from another trusted height.
	rebased, err = proof.Rebase(t.Context(), c, old, 2, true)
	require.NoError(t, err)
	encoded, err = rebased.Encode()
	require.NoError(t, err)
	require.True(t, c.verify(encoded, 2).Good)
}

// vote changes the power of the validator with the key that the secret gives, as the members' votes do; 0 takes it out.
func (c *chain) vote(secret string, power int64) {
	c.TB.Helper()
	c.ConsensusKey(secret)
	key := cmted25519.GenPrivKeyFromSecret([]byte(secret)).PubKey()
	require.NoError(c.TB, c.Next.UpdateWithChangeSet([]*cmttypes.Validator{cmttypes.NewValidator(key, power)}))
	c.Block()
	c.Block()
}

// Validators leave and join.
func TestSetChanges(t *testing.T) {
	c := newChain(t, 4)
	id := c.attest(statement("a"))
	before := c.prove(proof.Request{ID: id, TrustedHeight: 1})
	c.vote("validator 3", 0)
	require.Equal(t, 3, c.Set.Size())
	require.True(t, c.verdict(id).Good)
	c.vote("newcomer", 150)
	c.vote("another newcomer", 150)
	c.vote("validator 0", 0)
	c.vote("validator 1", 0)
	require.Equal(t, 3, c.Set.Size())
	after := c.prove(proof.Request{ID: id, TrustedHeight: 1})
	require.Greater(t, heights(t, after), 2, "a quarter of the power is left of the trusted set")
	require.True(t, c.verify(after, 1).Good)
	require.True(t, c.verify(before, 1).Good)

	// A bundle that skips further than a third of the trusted validators reach is refused.
	skipped := replace(t, after, func(b *proof.Bundle) { b.Blocks = []proof.Block{b.Blocks[0], b.Blocks[len(b.Blocks)-1]} })
	_, err := proof.Verify(skipped, c.Trusted(1), proof.Options{Now: c.Now})
	require.ErrorIs(t, err, proof.ErrInvalid)
	require.ErrorContains(t, err, "cant trust new val set")
}

func TestTrustedHeader(t *testing.T) {
	c := newChain(t, 4)
	id := c.attest(statement("a"))
	encoded := c.prove(proof.Request{ID: id, TrustedHeight: 1})
	itself := c.prove(proof.Request{ID: id})
	require.True(t, c.verify(itself, c.Height()).Good)
	require.Equal(t, 1, heights(t, itself))

	wrong := c.Trusted(1)
	wrong.Hash[7] ^= 1
	for _, tc := range []struct {
		name    string
		encoded []byte
		trusted proof.Trusted
		o       proof.Options
		says    string
	}{
		{"another hash", encoded, wrong, proof.Options{}, "has the hash"},
		{"another height", encoded, c.Trusted(2), proof.Options{}, "ask for a bundle with --trusted-height 2"},
		{"another's header", encoded, proof.Trusted{Height: 1, Hash: c.Trusted(2).Hash}, proof.Options{}, "has the hash"},
		{"trusted too long ago", encoded, c.Trusted(1), proof.Options{Now: prooftest.GenesisTime.Add(time.Second).Add(proof.DefaultTrustingPeriod)}, "old header has expired"},
		{"from the future", encoded, c.Trusted(1), proof.Options{Now: c.Now.Add(-time.Minute)}, "clocks may differ"},
		{"itself, from the future", itself, c.Trusted(c.Height() - 1), proof.Options{Now: prooftest.GenesisTime}, "has the height"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.o.Now.IsZero() {
				tc.o.Now = c.Now
			}
			_, err := proof.Verify(tc.encoded, tc.trusted, tc.o)
			require.ErrorIs(t, err, proof.ErrInvalid)
			require.ErrorContains(t, err, tc.says)
		})
	}
	for height, hash := range map[int64]string{0: "", 1: "ab", -1: ""} {
		_, err := proof.ParseTrusted(height, hash)
		require.Error(t, err)
	}
	back, err := proof.ParseTrusted(1, c.Headers[0].Hash().String())
	require.NoError(t, err)
	require.Equal(t, c.Trusted(1), back)
}

// A commit counts when more than two thirds signed the block; who voted for nothing or not at all is in it too.
func TestCommits(t *testing.T) {
	c := newChain(t, 4)
	id := c.attest(statement("a"))
	for name, tc := range map[string]struct {
		votes []cmttypes.BlockIDFlag
		good  bool
	}{
		"one absent":       {[]cmttypes.BlockIDFlag{2, 1, 2, 2}, true},
		"one for nothing":  {[]cmttypes.BlockIDFlag{3, 2, 2, 2}, true},
		"two absent":       {[]cmttypes.BlockIDFlag{2, 1, 1, 2}, false},
		"absent and nil":   {[]cmttypes.BlockIDFlag{2, 1, 3, 2}, false},
		"half for nothing": {[]cmttypes.BlockIDFlag{2, 3, 3, 2}, false},
	} {
		t.Run(name, func(t *testing.T) {
			c.Block()
			height := c.Height()
			c.Sign = func(i int) cmttypes.BlockIDFlag { return tc.votes[i] }
			defer func() { c.Sign = func(int) cmttypes.BlockIDFlag { return cmttypes.BlockIDFlagCommit } }()
			c.Block()
			for _, trusted := range []int64{1, height, 0} { // skipping, adjacent, itself
				b, err := proof.Prove(t.Context(), c, proof.Request{ID: id, Height: height, TrustedHeight: trusted})
				if !tc.good {
					require.ErrorContains(t, err, "voting power")
					continue
				}
				require.NoError(t, err)
				encoded, err := b.Encode()
				require.NoError(t, err)
				from := trusted
				if from == 0 {
					from = height + 1
				}
				require.True(t, c.verify(encoded, from).Good)
			}
		})
	}
}

// replace exchanges the last block of a bundle.
func replace(tb testing.TB, encoded []byte, change func(b *proof.Bundle)) []byte {
	tb.Helper()
	b, err := proof.Parse(encoded)
	require.NoError(tb, err)
	change(b)
	again, err := b.Encode()
	require.NoError(tb, err)
	return again
}

func TestForged(t *testing.T) {
	c := newChain(t, 4)
	id := c.attest(statement("a"))
	good := c.prove(proof.Request{ID: id, TrustedHeight: 1})
	other := newChain(t, 3) // another chain of the same name, whose validators may sign what they like
	for range 3 {
		other.Block()
	}
	otherID := other.attest(statement("forged"))
	forged := other.prove(proof.Request{ID: otherID, TrustedHeight: 1})
	adjacent := c.prove(proof.Request{ID: id, TrustedHeight: c.Height()})

	b, err := proof.Parse(forged)
	require.NoError(t, err)
	for name, tc := range map[string]struct {
		encoded []byte
		trusted int64
		says    string
	}{
		"another chain's bundle":               {forged, 1, "has the hash"},
		"another chain's header":               {replace(t, good, func(g *proof.Bundle) { g.Blocks[1] = b.Blocks[1] }), 1, ""},
		"a header of others beside the commit": {replace(t, good, func(g *proof.Bundle) { g.Blocks[1].Header = b.Blocks[1].Header }), 1, ""},
		"validators of others":                 {replace(t, good, func(g *proof.Bundle) { g.Blocks[1].Validators = b.Blocks[1].Validators }), 1, ""},
		"commit of the block before":           {replace(t, adjacent, func(g *proof.Bundle) { g.Blocks[1].Commit = g.Blocks[0].Commit }), c.Height() - 1, ""},
		"no commit":                            {replace(t, good, func(g *proof.Bundle) { g.Blocks[1].Commit = nil }), 1, "go together"},
		"header alone":                         {replace(t, good, func(g *proof.Bundle) { g.Blocks[1].Commit, g.Blocks[1].Validators = nil, nil }), 1, "commit is missing"},
		"validator twice":                      {replace(t, good, func(g *proof.Bundle) { g.Blocks[1].Validators[1] = g.Blocks[1].Validators[0] }), 1, "twice"},
		"validators in another order": {replace(t, good, func(g *proof.Bundle) {
			v := g.Blocks[1].Validators
			v[0], v[1] = v[1], v[0]
		}), 1, "order"},
		"the same block again":  {replace(t, good, func(g *proof.Bundle) { g.Blocks = append(g.Blocks, g.Blocks[1]) }), 1, ""},
		"no blocks":             {replace(t, good, func(g *proof.Bundle) { g.Blocks = nil }), 1, "0 blocks"},
		"backwards with commit": {replace(t, adjacent, func(g *proof.Bundle) { g.Blocks[0], g.Blocks[1] = g.Blocks[1], g.Blocks[0] }), c.Height(), "headers only"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := proof.Verify(tc.encoded, c.Trusted(tc.trusted), proof.Options{Now: c.Now})
			require.ErrorIs(t, err, proof.ErrInvalid)
			require.ErrorContains(t, err, tc.says)
		})
	}
}

// A false node is found out by who asks it.
func TestNodeLies(t *testing.T) {
	c := newChain(t, 4)
	id := c.attest(statement("a"))
	c.Block()
	_, err := proof.Prove(t.Context(), c, proof.Request{ID: id})
	require.NoError(t, err)
	c.Headers[c.Height()-1].Commit.Signatures[3].Signature[5] ^= 1
	_, err = proof.Prove(t.Context(), c, proof.Request{ID: id})
	require.ErrorContains(t, err, "does not hold")
	_, err = proof.Prove(t.Context(), c, proof.Request{ID: id, Height: -1})
	require.ErrorContains(t, err, "height -1")
	_, err = proof.Prove(t.Context(), c, proof.Request{ID: id, TrustedHeight: -1})
	require.ErrorContains(t, err, "trusted height -1")
	_, err = proof.Prove(t.Context(), c, proof.Request{ID: id, TrustedHeight: c.Height() + 1})
	require.ErrorContains(t, err, "not available")
}

// The first header of a chain that began above height 1, after an export, leads back to nothing.
func TestNothingBeforeTheFirst(t *testing.T) {
	c := newChain(t, 1)
	first := *c.Headers[0].Header
	first.Height = 1000
	require.Empty(t, first.LastBlockID.Hash)
	forged := first
	forged.Height, forged.Time, forged.ValidatorsHash, forged.AppHash = 999, first.Time.Add(-time.Second), nil, bytes32("forged")
	require.Empty(t, forged.Hash())
	b := &proof.Bundle{Format: proof.Format, ID: commitment.Hash(bytes32("nothing")), Entries: []proof.Entry{}, Stores: []proof.Store{}}
	for _, header := range []*cmttypes.Header{&first, &forged} {
		bz, err := header.ToProto().Marshal()
		require.NoError(t, err)
		b.Blocks = append(b.Blocks, proof.Block{Header: bz})
	}
	encoded, err := b.Encode()
	require.NoError(t, err)
	_, err = proof.Verify(encoded, proof.Trusted{Height: 1000, Hash: [32]byte(first.Hash())}, proof.Options{Now: c.Now})
	require.ErrorContains(t, err, "does not name it as the one before")
}
