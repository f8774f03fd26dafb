package keeper_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

func TestAccredit(t *testing.T) {
	f := newRights(t)
	f.store.Writes = 0
	root := granted(f, f.msg.Accredit, f.grant(theVote, nil, ministry)).Id
	require.Equal(t, 3, f.store.Writes, "the node and two indexes")
	wantEvent(t, f.ctx, &types.EventAccredited{Id: types.ID(root).String(), Grantee: ministry.String()})

	msg := f.grant(ministry, root, desk)
	msg.Accreditor, msg.Issuer = false, true
	msg.ValidFrom, msg.ValidUntil = testutil.Now.Add(time.Hour), testutil.Now.AddDate(0, 6, 0)
	leaf := granted(f, f.msg.Accredit, msg).Id
	wantEvent(t, f.ctx, &types.EventAccredited{Id: types.ID(leaf).String(), Parent: types.ID(root).String(), Grantee: desk.String()})
	node, err := f.k.GetAccreditation(f.ctx, types.ID(leaf))
	require.NoError(t, err)
	require.Equal(t, types.Accreditation{
		Id: leaf, Parent: root, Grantee: desk.String(), Issuer: true, SchemaIds: msg.SchemaIds, Jurisdictions: []string{"US"},
		ValidFrom: msg.ValidFrom, ValidUntil: msg.ValidUntil, Status: types.ACCREDITATION_STATUS_ACTIVE,
		StatusSince: testutil.Now, GrantedAt: testutil.Now, Depth: 2,
	}, node)
	require.Equal(t, node.DeriveID(desk).Bytes(), leaf)

	_, err = deliver(f, f.msg.Accredit, msg)
	require.ErrorIs(t, err, types.ErrAccreditationExists, "the same in the same block")
	f.pass(time.Second)
	again := granted(f, f.msg.Accredit, msg).Id
	require.NotEqual(t, leaf, again, "the same later is another one")
}

func TestAccreditRefuses(t *testing.T) {
	f := newRights(t)
	ids := f.tree()
	ascending := [][]byte{f.schema, f.other}
	slices.SortFunc(ascending, bytes.Compare)
	wide := f.grant(theVote, nil, ministry)
	wide.SchemaIds, wide.Jurisdictions = ascending, []string{"CN", "US"}
	wide.Issuer = true
	for name, c := range map[string]struct {
		parent []byte
		change func(*types.MsgAccredit)
		want   error
	}{
		"signer":                {ids[0], func(m *types.MsgAccredit) { m.Signer = "x" }, types.ErrInvalidAddress},
		"grantee":               {ids[0], func(m *types.MsgAccredit) { m.Grantee = strings.Repeat("x", 1000) }, types.ErrInvalidAddress},
		"by vote, not the vote": {nil, func(m *types.MsgAccredit) {}, types.ErrUnauthorized},
		"by nobody":             {nil, func(m *types.MsgAccredit) { m.Signer = nobody.String() }, types.ErrUnauthorized},
		"by vote below a node":  {ids[0], func(m *types.MsgAccredit) { m.Signer = theVote.String() }, types.ErrUnauthorized},
		"below another's":       {ids[1], func(m *types.MsgAccredit) {}, types.ErrUnauthorized},
		"below an issuer's":     {ids[3], func(m *types.MsgAccredit) { m.Signer = desk.String() }, types.ErrInvalidAccreditation},
		"parent's id":           {ids[0][:31], func(m *types.MsgAccredit) {}, types.ErrInvalidID},
		"parent unknown":        {testutil.Bytes("x"), func(m *types.MsgAccredit) {}, types.ErrUnknownAccreditation},
		"no right":              {ids[0], func(m *types.MsgAccredit) { m.Accreditor = false }, types.ErrInvalidAccreditation},
		"no schema":             {ids[0], func(m *types.MsgAccredit) { m.SchemaIds = nil }, types.ErrInvalidAccreditation},
		"many schemas":          {ids[0], func(m *types.MsgAccredit) { m.SchemaIds = make([][]byte, 33) }, types.ErrInvalidAccreditation},
		"schema's id":           {ids[0], func(m *types.MsgAccredit) { m.SchemaIds = [][]byte{{1}} }, types.ErrInvalidAccreditation},
		"schema twice":          {ids[0], func(m *types.MsgAccredit) { m.SchemaIds = [][]byte{f.schema, f.schema} }, types.ErrInvalidAccreditation},
		"schemas descending": {nil, func(m *types.MsgAccredit) {
			m.Signer = theVote.String()
			m.SchemaIds = [][]byte{ascending[1], ascending[0]}
		}, types.ErrInvalidAccreditation},
		"schema beyond the parent": {ids[0], func(m *types.MsgAccredit) { m.SchemaIds = [][]byte{f.other} }, types.ErrInvalidAccreditation},
		"schema unknown":           {nil, func(m *types.MsgAccredit) { m.Signer = theVote.String(); m.SchemaIds = [][]byte{testutil.Bytes("x")} }, types.ErrUnknownSchema},
		"schema by role":           {nil, func(m *types.MsgAccredit) { m.Signer = theVote.String(); m.SchemaIds = [][]byte{f.byRole} }, types.ErrInvalidAccreditation},
		"no jurisdiction":          {ids[0], func(m *types.MsgAccredit) { m.Jurisdictions = nil }, types.ErrInvalidAccreditation},
		"many jurisdictions":       {ids[0], func(m *types.MsgAccredit) { m.Jurisdictions = make([]string, 65) }, types.ErrInvalidAccreditation},
		"jurisdiction":             {ids[0], func(m *types.MsgAccredit) { m.Jurisdictions = []string{"us"} }, types.ErrInvalidAccreditation},
		"jurisdiction twice":       {ids[0], func(m *types.MsgAccredit) { m.Jurisdictions = []string{"US", "US"} }, types.ErrInvalidAccreditation},
		"jurisdiction beyond":      {ids[0], func(m *types.MsgAccredit) { m.Jurisdictions = []string{"CN", "US"} }, types.ErrInvalidAccreditation},
		"not the grantee's":        {nil, func(m *types.MsgAccredit) { m.Signer = theVote.String(); m.Jurisdictions = []string{"CN"} }, types.ErrInvalidAccreditation},
		"ends before it begins":    {ids[0], func(m *types.MsgAccredit) { m.ValidUntil = m.ValidFrom }, types.ErrInvalidAccreditation},
		"begins before the parent": {ids[0], func(m *types.MsgAccredit) { m.ValidFrom = m.ValidFrom.Add(-1) }, types.ErrInvalidAccreditation},
		"ends after the parent":    {ids[0], func(m *types.MsgAccredit) { m.ValidUntil = m.ValidUntil.Add(1) }, types.ErrInvalidAccreditation},
		"over already": {nil, func(m *types.MsgAccredit) {
			m.Signer = theVote.String()
			m.ValidFrom = testutil.Now.Add(-1)
			m.ValidUntil = testutil.Now
		}, types.ErrInvalidAccreditation},
		"a time that was left out": {ids[0], func(m *types.MsgAccredit) { m.ValidFrom = time.Time{} }, types.ErrInvalidAccreditation},
		"a time too far": {nil, func(m *types.MsgAccredit) {
			m.Signer = theVote.String()
			m.ValidUntil = testutil.Now.AddDate(500, 0, 0)
		}, types.ErrInvalidAccreditation},
		"grantee is no institution": {ids[0], func(m *types.MsgAccredit) { m.Grantee = nobody.String() }, institutiontypes.ErrNotLicensed},
		"oneself":                   {ids[0], func(m *types.MsgAccredit) { m.Grantee = ministry.String() }, types.ErrInvalidAccreditation},
		"oneself, in capitals":      {ids[0], func(m *types.MsgAccredit) { m.Grantee = strings.ToUpper(ministry.String()) }, types.ErrInvalidAccreditation},
		"one above":                 {ids[1], func(m *types.MsgAccredit) { m.Signer = agency.String(); m.Grantee = ministry.String() }, types.ErrInvalidAccreditation},
	} {
		t.Run(name, func(t *testing.T) {
			msg := f.grant(ministry, c.parent, stranger)
			c.change(msg)
			f.store.Writes = 0
			_, err := deliver(f, f.msg.Accredit, msg)
			require.ErrorIs(t, err, c.want)
			require.Zero(t, f.store.Writes)
		})
	}
	granted(f, f.msg.Accredit, f.grant(ministry, ids[0], stranger)) // what all of them change is fine by itself
	granted(f, f.msg.Accredit, wide)
}

func TestAccreditNeedsForceAndLicence(t *testing.T) {
	f := newRights(t)
	ids := f.tree()
	msg := f.grant(office, ids[2], stranger)
	for name, c := range map[string]struct {
		spoil func()
		want  error
	}{
		"parent suspended":          {func() { f.suspend(ids[2]) }, types.ErrNotAccredited},
		"one above suspended":       {func() { f.suspend(ids[0]) }, types.ErrNotAccredited},
		"parent's grantee suspends": {func() { f.institutions.Suspend(office) }, institutiontypes.ErrNotLicensed},
		"grantee suspended":         {func() { f.institutions.Suspend(stranger) }, institutiontypes.ErrNotLicensed},
		"too deep": {func() {
			params := types.DefaultParams()
			params.MaxDepth = 3
			require.NoError(t, f.k.SetParams(f.ctx, params))
		}, types.ErrTooDeep},
		"validity over": {func() { f.pass(366 * 24 * time.Hour) }, types.ErrNotAccredited},
	} {
		t.Run(name, func(t *testing.T) {
			kept, licences := f.ctx, map[string]institutiontypes.Institution{}
			for operator, licence := range f.institutions.Licences {
				licences[operator] = licence
			}
			defer func() { f.ctx, f.institutions.Licences = kept, licences }()
			f.ctx, _ = f.ctx.CacheContext()
			_, err := f.msg.Accredit(first(f.ctx.CacheContext()), msg)
			require.NoError(t, err)
			c.spoil()
			_, err = deliver(f, f.msg.Accredit, msg)
			require.ErrorIs(t, err, c.want)
		})
	}
}

func first(ctx sdk.Context, _ func()) sdk.Context { return ctx }

// suspend is the vote's.
func (f *rights) suspend(id []byte) {
	f.t.Helper()
	granted(f, f.msg.SuspendAccreditation, &types.MsgSuspendAccreditation{Signer: theVote.String(), Id: id})
}

// A node in the middle stops an issuer far below it in the same block, at the cost of one write whatever hangs below.
func TestSuspensionReachesBelow(t *testing.T) {
	f := newRights(t)
	ids := f.tree()
	require.NoError(t, f.issue(desk, f.schema, ids[3]))
	f.pass(time.Hour)
	suspended := f.ctx.BlockTime()

	f.store.Writes, f.store.reads = 0, 0
	f.suspend(ids[0])
	require.Equal(t, 1, f.store.Writes, "one write")
	require.Equal(t, 1, f.store.reads, "one read for each node from it up")
	wantEvent(t, f.ctx, &types.EventAccreditationChanged{Id: types.ID(ids[0]).String(), Status: types.ACCREDITATION_STATUS_SUSPENDED})

	require.ErrorIs(t, f.issue(desk, f.schema, ids[3]), types.ErrNotAccredited, "in the same block")
	f.pass(time.Hour)
	seen, err := f.query.Accreditation(f.ctx, &types.QueryAccreditationRequest{Id: types.ID(ids[3]).String()})
	require.NoError(t, err)
	require.False(t, seen.InForce)
	require.Equal(t, suspended, *seen.NotSince)
	require.Equal(t, types.ACCREDITATION_STATUS_ACTIVE, seen.Accreditation.Status, "its own status is as it was")
	require.Equal(t, [][]byte{ids[2], ids[1], ids[0]}, [][]byte{seen.Path[0].Id, seen.Path[1].Id, seen.Path[2].Id})

	f.store.Writes, f.store.reads = 0, 0
	granted(f, f.msg.ReinstateAccreditation, &types.MsgReinstateAccreditation{Signer: theVote.String(), Id: ids[0]})
	require.Equal(t, 1, f.store.Writes)
	require.Equal(t, 1, f.store.reads)
	require.NoError(t, f.issue(desk, f.schema, ids[3]))
	seen, err = f.query.Accreditation(f.ctx, &types.QueryAccreditationRequest{Id: types.ID(ids[3]).String()})
	require.NoError(t, err)
	require.True(t, seen.InForce)
	require.Nil(t, seen.NotSince)

	f.store.Writes, f.store.reads = 0, 0
	granted(f, f.msg.RevokeAccreditation, &types.MsgRevokeAccreditation{Signer: ministry.String(), Id: ids[2]})
	require.Equal(t, 1, f.store.Writes)
	require.Equal(t, 3, f.store.reads, "one read for each node from it up")
	require.ErrorIs(t, f.issue(desk, f.schema, ids[3]), types.ErrNotAccredited)
	for _, err := range []error{
		outcome(deliver(f, f.msg.ReinstateAccreditation, &types.MsgReinstateAccreditation{Signer: theVote.String(), Id: ids[2]})),
		outcome(deliver(f, f.msg.SuspendAccreditation, &types.MsgSuspendAccreditation{Signer: theVote.String(), Id: ids[2]})),
		outcome(deliver(f, f.msg.RevokeAccreditation, &types.MsgRevokeAccreditation{Signer: theVote.String(), Id: ids[2]})),
	} {
		require.ErrorIs(t, err, types.ErrAccreditationStatus, "for good")
	}
}

func outcome[T any](_ T, err error) error { return err }

// The reads of a statement grow by one for each node above its issuer, and by nothing else.
func TestIssuingReadsTheBranch(t *testing.T) {
	f := newRights(t)
	ids := f.tree()
	short := f.grant(theVote, nil, stranger)
	short.Accreditor, short.Issuer = false, true
	root := granted(f, f.msg.Accredit, short).Id

	f.store.reads = 0
	require.NoError(t, f.issue(stranger, f.schema, root))
	alone := f.store.reads
	f.store.reads = 0
	require.NoError(t, f.issue(desk, f.schema, ids[3]))
	require.Equal(t, alone+3, f.store.reads)
}

func TestWhoMayChangeAnAccreditation(t *testing.T) {
	messages := map[string]func(f *rights, signer sdk.AccAddress, id []byte) error{
		"suspend": func(f *rights, signer sdk.AccAddress, id []byte) error {
			return outcome(deliver(f, f.msg.SuspendAccreditation, &types.MsgSuspendAccreditation{Signer: signer.String(), Id: id}))
		},
		"reinstate": func(f *rights, signer sdk.AccAddress, id []byte) error {
			return outcome(deliver(f, f.msg.ReinstateAccreditation, &types.MsgReinstateAccreditation{Signer: signer.String(), Id: id}))
		},
		"revoke": func(f *rights, signer sdk.AccAddress, id []byte) error {
			return outcome(deliver(f, f.msg.RevokeAccreditation, &types.MsgRevokeAccreditation{Signer: signer.String(), Id: id}))
		},
	}
	for name, c := range map[string]struct {
		signer sdk.AccAddress
		before func(f *rights, ids [4][]byte)
		node   int
		want   error
	}{
		"the vote":                {theVote, nil, 3, nil},
		"the vote, over the root": {theVote, nil, 0, nil},
		"the parent":              {office, nil, 3, nil},
		"the root":                {ministry, nil, 3, nil},
		"itself":                  {desk, nil, 3, types.ErrUnauthorized},
		"itself, the root":        {ministry, nil, 0, types.ErrUnauthorized},
		"one below":               {office, nil, 1, types.ErrUnauthorized},
		"beside":                  {stranger, nil, 3, types.ErrUnauthorized},
		"no institution":          {nobody, nil, 3, types.ErrUnauthorized},
		"without licence":         {agency, func(f *rights, _ [4][]byte) { f.institutions.Suspend(agency) }, 3, institutiontypes.ErrNotLicensed},
		"suspended":               {agency, func(f *rights, ids [4][]byte) { f.suspend(ids[1]) }, 3, types.ErrUnauthorized},
		"below a suspended one":   {office, func(f *rights, ids [4][]byte) { f.suspend(ids[1]) }, 3, types.ErrUnauthorized},
		"above a suspended one":   {ministry, func(f *rights, ids [4][]byte) { f.suspend(ids[1]) }, 3, nil},
		"its validity is over":    {ministry, func(f *rights, _ [4][]byte) { f.pass(366 * 24 * time.Hour) }, 3, types.ErrUnauthorized},
		"the vote, any time":      {theVote, func(f *rights, _ [4][]byte) { f.pass(366 * 24 * time.Hour) }, 3, nil},
	} {
		for what, send := range messages {
			t.Run(what+" by "+name, func(t *testing.T) {
				f := newRights(t)
				ids := f.tree()
				if what == "reinstate" { // suspended by its parent's grantee, in time
					by := []sdk.AccAddress{theVote, ministry, agency, office}[c.node]
					granted(f, f.msg.SuspendAccreditation, &types.MsgSuspendAccreditation{Signer: by.String(), Id: ids[c.node]})
				}
				if c.before != nil {
					c.before(f, ids)
				}
				before, err := f.k.GetAccreditation(f.ctx, types.ID(ids[c.node]))
				require.NoError(t, err)
				err = send(f, c.signer, ids[c.node])
				require.ErrorIs(t, err, c.want)
				after, err := f.k.GetAccreditation(f.ctx, types.ID(ids[c.node]))
				require.NoError(t, err)
				if c.want == nil {
					wantEvent(t, f.ctx, &types.EventAccreditationChanged{Id: types.ID(ids[c.node]).String(), Status: after.Status})
					require.Equal(t, f.ctx.BlockTime(), after.StatusSince)
					require.NoError(t, after.Validate())
				} else {
					require.Equal(t, before, after)
				}
			})
		}
	}
}

// What a higher one suspended, a lower one does not reinstate.
func TestReinstateFromBelow(t *testing.T) {
	order := []sdk.AccAddress{theVote, ministry, agency, office}
	for from, suspends := range order {
		for by, reinstates := range order {
			f := newRights(t)
			ids := f.tree()
			granted(f, f.msg.SuspendAccreditation, &types.MsgSuspendAccreditation{Signer: suspends.String(), Id: ids[3]})
			node, err := f.k.GetAccreditation(f.ctx, types.ID(ids[3]))
			require.NoError(t, err)
			require.Equal(t, uint32(from), node.SuspendedFrom)
			require.NoError(t, node.Validate())
			_, err = deliver(f, f.msg.ReinstateAccreditation, &types.MsgReinstateAccreditation{Signer: reinstates.String(), Id: ids[3]})
			if by > from {
				require.ErrorIs(t, err, types.ErrUnauthorized, "%d by %d", from, by)
				continue
			}
			require.NoError(t, err, "%d by %d", from, by)
			node, err = f.k.GetAccreditation(f.ctx, types.ID(ids[3]))
			require.NoError(t, err)
			require.Zero(t, node.SuspendedFrom)
		}
	}
}

func TestAccreditationStatusRefuses(t *testing.T) {
	f := newRights(t)
	ids := f.tree()
	suspend := func(id []byte, signer string) error {
		return outcome(deliver(f, f.msg.SuspendAccreditation, &types.MsgSuspendAccreditation{Signer: signer, Id: id}))
	}
	reinstate := func(id []byte, signer string) error {
		return outcome(deliver(f, f.msg.ReinstateAccreditation, &types.MsgReinstateAccreditation{Signer: signer, Id: id}))
	}
	revoke := func(id []byte, signer string) error {
		return outcome(deliver(f, f.msg.RevokeAccreditation, &types.MsgRevokeAccreditation{Signer: signer, Id: id}))
	}
	for name, change := range map[string]func([]byte, string) error{"suspend": suspend, "reinstate": reinstate, "revoke": revoke} {
		require.ErrorIs(t, change(ids[0], "x"), types.ErrInvalidAddress, name)
		require.ErrorIs(t, change(ids[0][:31], theVote.String()), types.ErrInvalidID, name)
		require.ErrorIs(t, change(testutil.Bytes("x"), theVote.String()), types.ErrUnknownAccreditation, name)
	}
	require.ErrorIs(t, reinstate(ids[3], theVote.String()), types.ErrAccreditationStatus, "it is active")
	require.NoError(t, suspend(ids[3], theVote.String()))
	require.ErrorIs(t, suspend(ids[3], theVote.String()), types.ErrAccreditationStatus, "it is suspended")
	require.NoError(t, revoke(ids[3], theVote.String()), "a suspended one is revoked too")
}

func TestIssueByAccreditation(t *testing.T) {
	f := newRights(t)
	ids := f.tree()
	for name, c := range map[string]struct {
		issuer        sdk.AccAddress
		schema        []byte
		accreditation []byte
		before        func(f *rights)
		want          error
	}{
		"fine":              {desk, f.schema, ids[3], nil, nil},
		"none":              {desk, f.schema, nil, nil, types.ErrNotAccredited},
		"no id":             {desk, f.schema, ids[3][:31], nil, types.ErrInvalidID},
		"unknown":           {desk, f.schema, testutil.Bytes("x"), nil, types.ErrUnknownAccreditation},
		"another's":         {stranger, f.schema, ids[3], nil, types.ErrNotAccredited},
		"an accreditor's":   {office, f.schema, ids[2], nil, types.ErrNotAccredited},
		"another schema's":  {desk, f.other, ids[3], nil, types.ErrNotAccredited},
		"not asked for":     {desk, f.byRole, ids[3], nil, types.ErrInvalidAccreditation},
		"licence suspended": {desk, f.schema, ids[3], func(f *rights) { f.institutions.Suspend(desk) }, institutiontypes.ErrNotLicensed},
		"moved": {desk, f.schema, ids[3], func(f *rights) {
			f.institutions.Amend(desk, func(i *institutiontypes.Institution) { i.Jurisdiction = "CN" })
		}, types.ErrNotAccredited},
		"validity over":      {desk, f.schema, ids[3], func(f *rights) { f.ctx = f.ctx.WithBlockTime(testutil.Now.AddDate(1, 0, 0)) }, types.ErrNotAccredited},
		"last moment":        {desk, f.schema, ids[3], func(f *rights) { f.ctx = f.ctx.WithBlockTime(testutil.Now.AddDate(1, 0, 0).Add(-1)) }, nil},
		"before it begins":   {desk, f.schema, ids[3], func(f *rights) { f.ctx = f.ctx.WithBlockTime(testutil.Now.Add(-1)) }, types.ErrNotAccredited},
		"accreditor's lapse": {desk, f.schema, ids[3], func(f *rights) { f.institutions.Suspend(office); f.institutions.Suspend(ministry) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			f := newRights(t)
			require.Equal(t, ids, f.tree(), "ids follow from the content")
			if c.before != nil {
				c.before(f)
			}
			require.ErrorIs(t, f.issue(c.issuer, c.schema, c.accreditation), c.want)
		})
	}
}

// What was stated stays readable, and verification says since when its issuer's accreditation is not in force: from
// the earliest reason on the branch.
func TestStandingByAccreditation(t *testing.T) {
	f := newRights(t)
	ids := f.tree()
	res := granted(f, f.msg.Attest, &types.MsgAttest{
		Issuer: desk.String(), SchemaId: f.schema, AccreditationId: ids[3],
		Statement: types.Statement{Subject: testutil.Bytes("alice"), Commitment: testutil.Bytes("c")},
	})
	standing := func() (types.Standing, *time.Time) {
		answer, err := f.query.Verify(f.ctx, &types.QueryVerifyRequest{Id: types.ID(res.Id).String()})
		require.NoError(t, err)
		require.Equal(t, types.STATUS_ACTIVE, answer.Attestation.Status)
		return answer.Standing, answer.StandingSince
	}
	is := func(want types.Standing, since *time.Time) {
		t.Helper()
		got, at := standing()
		require.Equal(t, want, got)
		require.Equal(t, since, at)
	}
	is(types.STANDING_GOOD, nil)
	f.pass(time.Hour)
	early := f.ctx.BlockTime()
	f.suspend(ids[3])
	f.pass(time.Hour)
	f.suspend(ids[0])
	f.pass(time.Hour)
	is(types.STANDING_ACCREDITATION, &early)
	granted(f, f.msg.ReinstateAccreditation, &types.MsgReinstateAccreditation{Signer: theVote.String(), Id: ids[3]})
	late := early.Add(time.Hour)
	is(types.STANDING_ACCREDITATION, &late)
	granted(f, f.msg.ReinstateAccreditation, &types.MsgReinstateAccreditation{Signer: theVote.String(), Id: ids[0]})
	is(types.STANDING_GOOD, nil)

	f.ctx = f.ctx.WithBlockTime(testutil.Now.AddDate(2, 0, 0))
	over := testutil.Now.AddDate(1, 0, 0)
	is(types.STANDING_ACCREDITATION, &over)
	f.suspend(ids[1])
	is(types.STANDING_ACCREDITATION, &over)
}

func TestNotInForceSince(t *testing.T) {
	at := func(hours int) time.Time { return testutil.Now.Add(time.Duration(hours) * time.Hour) }
	node := types.Accreditation{
		ValidFrom: at(10), ValidUntil: at(20), GrantedAt: at(0), StatusSince: at(0), Status: types.ACCREDITATION_STATUS_ACTIVE,
	}
	granted, end := at(0), at(20)
	require.Equal(t, &granted, node.NotInForceSince(at(9)))
	require.Nil(t, node.NotInForceSince(at(10)))
	require.Nil(t, node.NotInForceSince(at(20).Add(-1)))
	require.Equal(t, &end, node.NotInForceSince(at(20)))
	for _, status := range []types.AccreditationStatus{types.ACCREDITATION_STATUS_SUSPENDED, types.ACCREDITATION_STATUS_REVOKED} {
		node.Status, node.StatusSince = status, at(15)
		since := at(15)
		require.Equal(t, &since, node.NotInForceSince(at(16)))
		require.Equal(t, &since, node.NotInForceSince(at(30)), "the earlier reason")
		node.StatusSince = at(25)
		require.Equal(t, &end, node.NotInForceSince(at(30)), "the earlier reason")
	}
}

func TestAccreditationQueries(t *testing.T) {
	f := newRights(t)
	ids := f.tree()
	byVote := granted(f, f.msg.Accredit, f.grant(theVote, nil, stranger)).Id
	for range 3 {
		f.pass(time.Second)
		granted(f, f.msg.Accredit, f.grant(ministry, ids[0], stranger))
	}
	all := func(req *types.QueryAccreditationsRequest) (list []types.Accreditation) {
		for req.Pagination = (&query.PageRequest{Limit: 2}); ; {
			res, err := f.query.Accreditations(f.ctx, req)
			require.NoError(t, err)
			require.LessOrEqual(t, len(res.Accreditations), 2)
			list = append(list, res.Accreditations...)
			if req.Pagination.Key = res.Pagination.NextKey; req.Pagination.Key == nil {
				return list
			}
		}
	}
	roots := all(&types.QueryAccreditationsRequest{})
	require.Len(t, roots, 2)
	require.ElementsMatch(t, [][]byte{ids[0], byVote}, [][]byte{roots[0].Id, roots[1].Id})
	require.Len(t, all(&types.QueryAccreditationsRequest{Parent: types.ID(ids[0]).String()}), 4)
	require.Len(t, all(&types.QueryAccreditationsRequest{Grantee: stranger.String()}), 4)
	leaf := all(&types.QueryAccreditationsRequest{Parent: types.ID(ids[2]).String()})
	require.Len(t, leaf, 1)
	require.Equal(t, ids[3], leaf[0].Id)
	require.Empty(t, all(&types.QueryAccreditationsRequest{Parent: types.ID(ids[3]).String()}))

	for _, req := range []*types.QueryAccreditationsRequest{
		{Parent: types.ID(ids[0]).String(), Grantee: stranger.String()},
		{Parent: "x"},
		{Grantee: "x"},
		{Parent: strings.Repeat("0", 64)},
		{Pagination: &query.PageRequest{Offset: 1}},
		{Pagination: &query.PageRequest{CountTotal: true}},
	} {
		_, err := f.query.Accreditations(f.ctx, req)
		require.Equal(t, codes.InvalidArgument, status.Code(err), err)
	}
	for text, want := range map[string]codes.Code{"": codes.InvalidArgument, types.ID(testutil.Bytes("x")).String(): codes.NotFound} {
		_, err := f.query.Accreditation(f.ctx, &types.QueryAccreditationRequest{Id: text})
		require.Equal(t, want, status.Code(err), err)
	}
	_, err := f.query.Accreditations(context.Context(f.ctx), nil)
	require.NoError(t, err, "an empty request asks for the roots")
}
