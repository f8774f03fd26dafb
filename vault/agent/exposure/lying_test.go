package exposure

import (
	"crypto/rand"
	"testing"

	"github.com/gtank/ristretto255"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/exposure"
	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/exposure/types"
)

// A node that names a key of its own gets no number.
func TestLyingNodeGetsNoNumber(t *testing.T) {
	for name, lie := range map[string]func(r *types.Round){
		"key": func(r *types.Round) {
			r.CommitteeKey = ristretto255.NewIdentityElement().ScalarBaseMult(scalar(t)).Bytes()
		},
		"other epoch":    func(r *types.Round) { r.Epoch++ },
		"no committee":   func(r *types.Round) { r.CommitteeId++ },
		"short id":       func(r *types.Round) { r.Id = r.Id[:31] },
		"no cohort":      func(r *types.Round) { r.Cohort = nil },
		"short asker":    func(r *types.Round) { r.AskerKey = r.AskerKey[:5] },
		"no subject":     func(r *types.Round) { r.Subject = nil },
		"no such asker":  func(r *types.Round) { r.Asker = "nobody" },
		"no such kind":   func(r *types.Round) { r.Kind = 99 },
		"no sum at last": func(r *types.Round) { r.Status, r.Sum = types.STATUS_OPENING, nil },
	} {
		d := newDesk(t, types.KIND_EXPOSURE)
		truth := d.chain.due
		d.chain.proven = &truth
		lie(&d.chain.due.Round)
		err := d.duty.Block(t.Context(), d.chain)
		if name != "no sum at last" { // to which the answer is that there is nothing to open yet
			require.Error(t, err, name)
		}
		require.Empty(t, d.chain.sent, name)
	}
}

// A node that shows another sum, or another key to switch it to, gets a share for the sum and the key that the chain has.
func TestLyingNodeGetsNoShare(t *testing.T) {
	d := newDesk(t, types.KIND_EXPOSURE)
	require.NoError(t, d.duty.Block(t.Context(), d.chain))
	sum := d.submitted()
	d.chain.sent, d.chain.due.Round.Sum, d.chain.due.Round.Status = nil, sum, types.STATUS_OPENING
	truth := d.chain.due
	d.chain.proven = &truth

	liar, err := exposure.NewKey(rand.Reader)
	require.NoError(t, err)
	public, other := liar.Public(), newDesk(t, types.KIND_EXPOSURE)
	require.NoError(t, other.duty.Block(t.Context(), other.chain))
	d.chain.due.Round.AskerKey, d.chain.due.Round.Sum = public[:], other.submitted()
	require.NoError(t, d.duty.Block(t.Context(), d.chain))
	require.Len(t, d.chain.sent, 1)
	given := d.chain.sent[0].(*types.MsgGiveShare).Share
	require.NoError(t, exposure.VerifyShare(truth.Round.Statement("test-1", asker), bank, sum, truth.Part.PublicShare, given))
	require.Error(t, exposure.VerifyShare(d.chain.due.Round.Statement("test-1", asker), bank, d.chain.due.Round.Sum, truth.Part.PublicShare, given))

	for name, lie := range map[string]func(){
		"a round that is not": func() { d.chain.due.Round.Id = testutil.Bytes("no round") },
		"another's part":      func() { d.chain.due.Part.Index++ },
		"not yet":             func() { d.chain.proven.Round.Status = types.STATUS_SUBMITTING },
	} {
		d.chain.sent, d.chain.due = nil, truth
		copied := truth
		d.chain.proven = &copied
		lie()
		require.NoError(t, d.duty.Block(t.Context(), d.chain), name)
		require.Empty(t, d.chain.sent, name)
	}
	copied := truth
	d.chain.due = truth
	copied.Part.Member = asker.String()
	d.chain.proven = &copied
	require.ErrorIs(t, d.duty.Block(t.Context(), d.chain), errLies)
	require.Empty(t, d.chain.sent)
}
