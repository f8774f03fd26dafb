package proof_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/proof/prooftest"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/merkle"
	"github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// What each of the lines becomes after what may happen to an attestation, and that it stays verifiable.
func TestStatusLine(t *testing.T) {
	c := newChain(t, 4)
	issuer := c.Operator(0).String()
	later := func(d time.Duration) *time.Time { at := c.Now.Add(d); return &at }
	change := func(msg interface{ Marshal() ([]byte, error) }, id types.ID) time.Time {
		switch m := msg.(type) {
		case *types.MsgRevoke:
			m.Issuer, m.Id = issuer, id.Bytes()
			c.Send(0, m)
		case *types.MsgSuspend:
			m.Issuer, m.Id = issuer, id.Bytes()
			c.Send(0, m)
		case *types.MsgReinstate:
			m.Issuer, m.Id = issuer, id.Bytes()
			c.Send(0, m)
		case *types.MsgSupersede:
			m.Issuer, m.Id = issuer, id.Bytes()
			c.Send(0, m)
		}
		return c.Now
	}
	requireNot := func(id types.ID, state string, since time.Time, reason string) *proof.Verdict {
		t.Helper()
		v := c.verdict(id)
		require.False(t, v.Good)
		require.Equal(t, proof.ExitStatus, v.ExitCode)
		require.True(t, v.Integrity.OK)
		require.True(t, v.Issuer.OK, v.Issuer.Text)
		require.True(t, v.Freshness.OK)
		require.False(t, v.Status.OK)
		require.Equal(t, state, v.Status.State)
		require.Equal(t, since, v.Status.Since.UTC())
		require.Equal(t, reason, v.Status.Reason)
		return v
	}

	t.Run("revoked", func(t *testing.T) {
		id := c.attest(statement("revoked"))
		before := c.prove(proof.Request{ID: id, TrustedHeight: 1})
		since := change(&types.MsgRevoke{Reason: types.REVOCATION_REASON_NO_LONGER_TRUE}, id)
		requireNot(id, "revoked", since, "no-longer-true")
		old := c.verify(before, 1)
		require.True(t, old.Good, "it was true at its height")
		require.Less(t, old.Freshness.Time, since)
	})
	t.Run("suspended and reinstated", func(t *testing.T) {
		id := c.attest(statement("suspended"))
		since := change(&types.MsgSuspend{Reason: types.REVOCATION_REASON_DISPUTE}, id)
		requireNot(id, "suspended", since, "dispute")
		since = change(&types.MsgReinstate{}, id)
		v := c.verdict(id)
		require.True(t, v.Good)
		require.Equal(t, "active", v.Status.State)
		require.Equal(t, since, *v.Status.Since)
		require.Contains(t, v.Status.Text, "reinstated at "+since.Format(time.RFC3339))
	})
	t.Run("superseded", func(t *testing.T) {
		older, s := c.attest(statement("superseded")), statement("superseded")
		s.Commitment = bytes32("corrected")
		newer := c.attest(s)
		since := change(&types.MsgSupersede{By: newer.Bytes()}, older)
		v := requireNot(older, "superseded", since, "")
		require.Equal(t, newer.String(), v.Status.SupersededBy)
		require.True(t, c.verdict(newer).Good)
	})
	t.Run("expired", func(t *testing.T) {
		s := statement("expired")
		s.ExpiresAt = later(5 * time.Second)
		id := c.attest(s)
		young := c.prove(proof.Request{ID: id, TrustedHeight: 1})
		require.True(t, c.verify(young, 1).Good)
		late, err := proof.Verify(young, c.Trusted(1), proof.Options{Now: *s.ExpiresAt})
		require.NoError(t, err)
		require.Equal(t, "expired", late.Status.State, "an expiry is known before it comes")
		for !c.Now.After(*s.ExpiresAt) {
			c.Block()
		}
		requireNot(id, "expired", *s.ExpiresAt, "")
		early, err := proof.Verify(c.prove(proof.Request{ID: id, TrustedHeight: 1}), c.Trusted(1), proof.Options{Now: s.ExpiresAt.Add(-time.Second)})
		require.NoError(t, err)
		require.Equal(t, "expired", early.Status.State, "a clock that is behind does not bring it back")
	})
	t.Run("not yet valid", func(t *testing.T) {
		s := statement("not yet")
		s.ValidFrom = later(time.Hour)
		id := c.attest(s)
		requireNot(id, "not-yet-valid", c.Now, "")
		v, err := proof.Verify(c.prove(proof.Request{ID: id, TrustedHeight: 1}), c.Trusted(1), proof.Options{Now: *s.ValidFrom})
		require.NoError(t, err)
		require.True(t, v.Good)
	})
}

// setIssuer is a vote of the members on institution 0.
func (c *chain) setIssuer(change func(*institutiontypes.Institution)) {
	c.TB.Helper()
	institution, err := c.App.Keepers.Institution.GetInstitution(c.App.NewContext(true), c.Operator(0))
	require.NoError(c.TB, err)
	change(&institution)
	c.Write(institutiontypes.StoreKey, institutiontypes.InstitutionStateKey(c.Operator(0)), &institution)
	c.Block()
}

func TestIssuerLine(t *testing.T) {
	c := newChain(t, 4)
	id := c.attest(statement("a"))
	before := c.prove(proof.Request{ID: id, TrustedHeight: 1})
	since := prooftest.GenesisTime.Add(time.Minute)
	for _, tc := range []struct {
		name     string
		change   func(*institutiontypes.Institution)
		licence  string
		standing string
		since    time.Time
		says     string
	}{
		{"suspended", func(i *institutiontypes.Institution) { i.Status = institutiontypes.LICENCE_STATUS_SUSPENDED }, "suspended", "licence", since, "licence suspended since 2026-01-02T03:05:05Z"},
		{"revoked", func(i *institutiontypes.Institution) { i.Status = institutiontypes.LICENCE_STATUS_REVOKED }, "revoked", "licence", since, "licence revoked since"},
		{"expired", func(i *institutiontypes.Institution) {
			i.Status, i.ValidUntil = institutiontypes.LICENCE_STATUS_EXPIRED, prooftest.GenesisTime.Add(time.Second)
		}, "expired", "licence", prooftest.GenesisTime.Add(time.Second), "licence expired since 2026-01-02T03:04:06Z"},
		{"ended, not yet marked", func(i *institutiontypes.Institution) { i.ValidUntil = prooftest.GenesisTime.Add(2 * time.Second) }, "active", "licence", prooftest.GenesisTime.Add(2 * time.Second), "licence ended since"},
		{"not begun", func(i *institutiontypes.Institution) { i.ValidFrom = prooftest.GenesisTime.AddDate(0, 6, 0) }, "active", "licence", since, "not in force before 2026-07-02"},
		{"another role", func(i *institutiontypes.Institution) {
			i.Roles = []institutiontypes.Role{institutiontypes.ROLE_DATA_USER}
		}, "active", "role", time.Time{}, "no longer for furnisher"},
		{"good again", func(*institutiontypes.Institution) {}, "active", "good", time.Time{}, "licence active"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c.setIssuer(func(i *institutiontypes.Institution) {
				i.Status, i.StatusSince = institutiontypes.LICENCE_STATUS_ACTIVE, since
				i.ValidFrom, i.ValidUntil = prooftest.GenesisTime.Add(-time.Hour), prooftest.GenesisTime.AddDate(1, 0, 0)
				i.Roles = []institutiontypes.Role{institutiontypes.ROLE_FURNISHER}
				tc.change(i)
			})
			v := c.verdict(id)
			require.Equal(t, tc.standing == "good", v.Good)
			require.Equal(t, v.Good, v.Issuer.OK)
			require.True(t, v.Integrity.OK)
			require.True(t, v.Status.OK, "the attestation itself is as it was")
			require.Equal(t, tc.licence, v.Issuer.LicenceStatus)
			require.Equal(t, tc.standing, v.Issuer.Standing)
			require.Contains(t, v.Issuer.Text, tc.says)
			if !v.Good {
				require.Equal(t, proof.ExitIssuer, v.ExitCode)
				if tc.since.IsZero() { // the chain does not keep it
					require.Nil(t, v.Issuer.Since)
				} else {
					require.Equal(t, tc.since, v.Issuer.Since.UTC())
				}
			}
			require.True(t, c.verify(before, 1).Good, "before, it was licensed")
		})
	}
	end, err := proof.Verify(before, c.Trusted(1), proof.Options{Now: prooftest.GenesisTime.AddDate(1, 0, 0), TrustingPeriod: 1 << 62})
	require.NoError(t, err)
	require.Equal(t, "licence", end.Issuer.Standing, "a licence that ended meanwhile gives nothing until a newer bundle shows its renewal")
}

// accredited puts an attestation under a path of accreditations: root -> middle -> issuer's.
func (c *chain) accredited(s types.Statement) (id types.ID, path []types.Accreditation) {
	c.TB.Helper()
	for depth := range 3 {
		node := types.Accreditation{
			Id: bytes32("node", depth), Grantee: c.Operator(2 - depth).String(), Accreditor: depth < 2, Issuer: depth == 2,
			SchemaIds: [][]byte{schemaID[:]}, Jurisdictions: []string{"US"},
			ValidFrom: prooftest.GenesisTime, ValidUntil: prooftest.GenesisTime.AddDate(0, 6, 0),
			Status: types.ACCREDITATION_STATUS_ACTIVE, StatusSince: prooftest.GenesisTime, GrantedAt: prooftest.GenesisTime, Depth: uint32(depth + 1),
		}
		if depth > 0 {
			node.Parent = path[depth-1].Id
		}
		path = append(path, node)
	}
	c.setNodes(path)
	batch := types.Batch{
		SchemaId: schemaID[:], Issuer: c.Operator(0).String(), AccreditationId: path[2].Id, IssuedAt: c.Now, Statements: []types.Statement{s},
	}
	container := types.BatchID(batch.SchemaId, c.Operator(0), batch.AccreditationId, batch.Statements)
	c.Write(types.StoreKey, types.BatchStateKey(container), &batch)
	c.Block()
	return container.Item(0), path
}

func (c *chain) setNodes(path []types.Accreditation) {
	for _, node := range path {
		id := types.ID(node.Id)
		node.Id = nil
		c.Write(types.StoreKey, types.AccreditationStateKey(id), &node)
	}
	c.Block()
}

func TestAccreditation(t *testing.T) {
	c := newChain(t, 4)
	id, path := c.accredited(statement("a"))
	good := c.prove(proof.Request{ID: id, TrustedHeight: 1})
	v := c.verify(good, 1)
	require.True(t, v.Good)
	require.Equal(t, types.ID(path[2].Id).String(), v.Issuer.Accreditation)
	require.Contains(t, v.Issuer.Text, "accreditation in force")

	since := func(s int) time.Time { return prooftest.GenesisTime.Add(time.Duration(s) * time.Second) }
	for _, tc := range []struct {
		name   string
		change func(path []types.Accreditation)
		node   int
		since  time.Time
		says   string
	}{
		{"the node above is suspended", func(p []types.Accreditation) {
			p[1].Status, p[1].StatusSince = types.ACCREDITATION_STATUS_SUSPENDED, since(3)
		}, 1, since(3), "issuer suspended since 2026-01-02T03:04:08Z: accreditation "},
		{"the root is revoked", func(p []types.Accreditation) {
			p[0].Status, p[0].StatusSince = types.ACCREDITATION_STATUS_REVOKED, since(2)
		}, 0, since(2), "is revoked"},
		{"its own ended", func(p []types.Accreditation) { p[2].ValidUntil = since(1) }, 2, since(1), "is over since"},
		{"two, the earlier counts", func(p []types.Accreditation) {
			p[0].Status, p[0].StatusSince = types.ACCREDITATION_STATUS_SUSPENDED, since(3)
			p[1].Status, p[1].StatusSince = types.ACCREDITATION_STATUS_REVOKED, since(2)
			p[2].Status, p[2].StatusSince = types.ACCREDITATION_STATUS_SUSPENDED, since(4)
		}, 1, since(2), "is revoked"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			changed := append([]types.Accreditation(nil), path...)
			tc.change(changed)
			c.setNodes(changed)
			v := c.verdict(id)
			require.Equal(t, proof.ExitIssuer, v.ExitCode)
			require.Equal(t, "accreditation", v.Issuer.Standing)
			require.Equal(t, types.ID(path[tc.node].Id).String(), v.Issuer.Node)
			require.Equal(t, tc.since, v.Issuer.Since.UTC())
			require.Contains(t, v.Issuer.Text, tc.says)
			require.True(t, v.Status.OK)
			require.True(t, c.verify(good, 1).Good, "before, it was in force")
		})
	}
	c.setNodes(path)
	require.True(t, c.verdict(id).Good)

	loop := append([]types.Accreditation(nil), path...)
	loop[0].Parent = path[2].Id
	c.setNodes(loop)
	c.Block()
	_, err := proof.Prove(t.Context(), c, proof.Request{ID: id})
	require.ErrorContains(t, err, "more than 16 accreditations")
}

// anchor is a tree of statements that are kept off the chain.
type anchor struct {
	id         types.ContainerID
	size       uint32 // when it was last put on the chain
	statements []types.Statement
}

func (a *anchor) leaves() [][32]byte {
	leaves := make([][32]byte, len(a.statements))
	for i, s := range a.statements {
		leaves[i] = commitment.AnchorLeaf(s.Digest())
	}
	return leaves
}

// put anchors the tree, or extends the anchor to it as it is now.
func (a *anchor) put(c *chain) {
	c.TB.Helper()
	root, size, issuer := merkle.Root(a.leaves()), uint32(len(a.statements)), c.Operator(0).String()
	if a.id == (types.ContainerID{}) {
		a.id = commitment.AnchorID(schemaID, c.Operator(0), nil, root, size)
		c.Send(0, &types.MsgAnchor{Issuer: issuer, SchemaId: schemaID[:], Root: root[:], Size_: size})
	} else {
		var path [][]byte
		for _, node := range merkle.ConsistencyPath(a.leaves(), uint64(a.size)) {
			path = append(path, node[:])
		}
		c.Send(0, &types.MsgExtendAnchor{Issuer: issuer, Id: a.id.Bytes(), Root: root[:], Size_: size, Proof: path})
	}
	a.size = size
}

func (a *anchor) item(t *testing.T, index int) *proof.Item {
	t.Helper()
	item, err := proof.NewItem(a.statements[index], uint32(len(a.statements)), merkle.InclusionPath(a.leaves(), uint64(index)))
	require.NoError(t, err)
	return item
}

func TestAnchored(t *testing.T) {
	c := newChain(t, 4)
	a := &anchor{statements: []types.Statement{statement("a"), statement("b"), statement("c")}}
	a.put(c)
	id, before := a.id.Item(1), a.item(t, 1)
	old := c.prove(proof.Request{ID: id, TrustedHeight: 1, Item: before})
	v := c.verify(old, 1)
	require.True(t, v.Good)
	require.True(t, v.Integrity.Anchored)
	require.Contains(t, v.Integrity.Text, "under an anchor")

	a.statements = append(a.statements, statement("d"), statement("e"))
	a.put(c)
	require.True(t, c.verify(old, 1).Good)
	for _, item := range []*proof.Item{before, a.item(t, 1)} {
		require.True(t, c.verify(c.prove(proof.Request{ID: id, TrustedHeight: 1, Item: item}), 1).Good, "by the old tree and by the new one")
	}
	require.True(t, c.verify(c.prove(proof.Request{ID: a.id.Item(4), TrustedHeight: 1, Item: a.item(t, 4)}), 1).Good)

	c.Send(0, &types.MsgSuspend{Issuer: c.Operator(0).String(), Id: id.Bytes(), Reason: types.REVOCATION_REASON_DISPUTE})
	v = c.verify(c.prove(proof.Request{ID: id, TrustedHeight: 1, Item: before}), 1)
	require.Equal(t, "suspended", v.Status.State)
	require.True(t, c.verify(old, 1).Good)

	for name, r := range map[string]proof.Request{
		"without the item":         {ID: id},
		"another item":             {ID: id, Item: a.item(t, 0)},
		"under another place":      {ID: a.id.Item(2), Item: before},
		"of a tree that never was": {ID: id, Item: &proof.Item{Statement: before.Statement, Size: 4, Path: before.Path}},
	} {
		_, err := proof.Prove(t.Context(), c, r)
		require.Error(t, err, name)
	}
}

func TestAbsent(t *testing.T) {
	c := newChain(t, 4)
	id := c.attest(statement("a"))
	a := &anchor{statements: []types.Statement{statement("a")}}
	a.put(c)
	container, _ := id.Container()
	for name, tc := range map[string]struct {
		id   types.ID
		says string
	}{
		"no container":         {types.ID(bytes32("nothing")), "no batch and no anchor"},
		"place of a batch":     {container.Item(1), "its batch has 1 attestations"},
		"place of an anchor":   {a.id.Item(1), "its anchor has 1 attestations"},
		"far behind a batch":   {container.Item(1 << 31), "its batch has 1 attestations"},
		"far behind an anchor": {a.id.Item(1<<32 - 1), "its anchor has 1 attestations"},
	} {
		t.Run(name, func(t *testing.T) {
			encoded := c.prove(proof.Request{ID: tc.id, TrustedHeight: 1})
			v := c.verify(encoded, 1)
			require.Equal(t, proof.ExitAbsent, v.ExitCode)
			require.Equal(t, "absent", v.Status.State)
			require.Contains(t, v.Status.Text, tc.says)
			wanted, err := proof.Verify(encoded, c.Trusted(1), proof.Options{Now: c.Now, Absent: true})
			require.NoError(t, err)
			require.True(t, wanted.Good)
			require.True(t, wanted.Status.OK)
		})
	}
	there, err := proof.Verify(c.prove(proof.Request{ID: id, TrustedHeight: 1}), c.Trusted(1), proof.Options{Now: c.Now, Absent: true})
	require.NoError(t, err)
	require.Equal(t, proof.ExitAbsent, there.ExitCode)
	require.False(t, there.Status.OK)
}
