package keeper_test

import (
	"crypto/ed25519"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/attestation/types"
)

// Items of history.
type history struct {
	first, second, third types.ID // superseded by second; active; revoked
	batch                types.ContainerID
	anchor               types.ContainerID
}

// history makes a state with something of everything that messages make of schemas, statements and anchors.
func (f *fixture) history() (h history) {
	f.t.Helper()
	listed := scored("lender.score", true)
	listed.Listed = true
	for _, msg := range []*types.MsgCreateSchema{listed, scored("lender.fixed", false)} {
		res, err := f.msg.CreateSchema(f.ctx, msg)
		require.NoError(f.t, err)
		if msg.Listed {
			f.schema = res.Id
		}
	}
	h.first, h.second = types.ID(f.attest(bank, "alice", "c1")), types.ID(f.attest(bank, "alice", "c2"))
	h.third = types.ID(f.attest(utility, "alice", "c3"))
	early, late := testutil.Now.Add(time.Hour), testutil.Now.AddDate(1, 0, 0)
	statements := []types.Statement{statement("bob", "1"), statement("carol", "2"), statement("bob", "3")}
	statements[0].ExpiresAt, statements[1].ExpiresAt, statements[1].ValidFrom = &early, &late, &early
	statements[2].Reference = h.first.Bytes()
	res, err := f.msg.AttestBatch(f.ctx, &types.MsgAttestBatch{Issuer: bank.String(), SchemaId: f.schema, Statements: statements})
	require.NoError(f.t, err)
	h.batch = types.ContainerID(res.BatchId)
	h.anchor = f.anchor(5000)
	f.after(time.Hour)
	_, err = f.msg.ExtendAnchor(f.ctx, extension(h.anchor, 5000, 5001))
	require.NoError(f.t, err)

	require.NoError(f.t, f.k.Supersede(f.ctx, bank, h.first.Bytes(), h.second.Bytes()))
	require.NoError(f.t, f.k.Supersede(f.ctx, bank, h.anchor.Item(4999).Bytes(), h.anchor.Item(5000).Bytes()))
	require.NoError(f.t, f.k.Revoke(f.ctx, utility, h.third.Bytes(), types.REVOCATION_REASON_ERASURE))
	require.NoError(f.t, f.k.Revoke(f.ctx, bank, h.anchor.Item(17).Bytes(), types.REVOCATION_REASON_ERASURE))
	for _, id := range []types.ID{h.batch.Item(0), h.batch.Item(1)} {
		_, err = f.msg.Suspend(f.ctx, &types.MsgSuspend{Issuer: bank.String(), Id: id.Bytes(), Reason: types.REVOCATION_REASON_DISPUTE})
		require.NoError(f.t, err)
	}
	_, err = f.msg.Reinstate(f.ctx, &types.MsgReinstate{Issuer: bank.String(), Id: h.batch.Item(1).Bytes()})
	require.NoError(f.t, err)
	f.after(time.Minute)
	require.NoError(f.t, f.k.EndBlock(f.ctx)) // announces the early expiry
	return h
}

// withRights adds what others state: a tree of two accreditations under the accredited schema, two keys and two nonces.
func (f *fixture) withRights(gs *types.GenesisState) {
	f.t.Helper()
	var accredited []byte
	for _, schema := range gs.Schemas {
		if schema.Accredited && accredited == nil {
			accredited = schema.Id
		}
	}
	root := types.Accreditation{
		Grantee: lender.String(), Accreditor: true, SchemaIds: [][]byte{accredited},
		Jurisdictions: []string{"DE", "US"}, ValidFrom: testutil.Now, ValidUntil: testutil.Now.AddDate(1, 0, 0),
		Status: types.ACCREDITATION_STATUS_SUSPENDED, StatusSince: testutil.Now.Add(time.Hour), GrantedAt: testutil.Now, Depth: 1,
	}
	root.Id = root.DeriveID(lender).Bytes()
	child := root
	child.Parent, child.Grantee, child.Accreditor, child.Issuer = root.Id, bank.String(), false, true
	child.Jurisdictions, child.Status, child.Depth = []string{"US"}, types.ACCREDITATION_STATUS_ACTIVE, 2
	child.Id = child.DeriveID(bank).Bytes()
	gs.Accreditations = []types.Accreditation{child, root}

	retired := testutil.Now.Add(time.Hour)
	for i, secret := range []string{"one", "two"} {
		public := ed25519.NewKeyFromSeed(testutil.Bytes("%s", secret)).Public().(ed25519.PublicKey)
		key := types.CredentialKey{
			Issuer: bank.String(), Kid: types.Thumbprint(types.KEY_ALGORITHM_EDDSA, public).Bytes(), Algorithm: types.KEY_ALGORITHM_EDDSA,
			PublicKey: public, RegisteredAt: testutil.Now,
		}
		if i == 1 {
			key.RetiredAt = &retired
		}
		gs.CredentialKeys = append(gs.CredentialKeys, key)
	}
	for _, issuer := range []sdk.AccAddress{bank, utility} {
		gs.UsedNonces = append(gs.UsedNonces, types.UsedNonce{Deadline: retired, Issuer: issuer.String(), Nonce: testutil.Bytes("nonce")[:16]})
	}
}

func TestGenesisRoundTrip(t *testing.T) {
	f := setup(t)
	h := f.history()
	state, err := f.k.ExportGenesis(f.ctx)
	require.NoError(t, err)
	require.Len(t, state.Batches, 4)
	require.Len(t, state.Schemas, len(types.BuiltinSchemas())+2)
	require.Len(t, state.Statuses, 6)
	require.Len(t, state.Anchors, 1)
	require.Len(t, state.Checkpoints, 2)
	require.Len(t, state.Expiries, 1, "the early one is announced")

	// The same records in another order, as a hand-written file may have them.
	f.withRights(state)
	state.Batches[0], state.Batches[3] = state.Batches[3], state.Batches[0]
	state.Statuses[0], state.Statuses[5] = state.Statuses[5], state.Statuses[0]
	state.Checkpoints[0], state.Checkpoints[1] = state.Checkpoints[1], state.Checkpoints[0]
	cdc := testutil.Codec(types.RegisterInterfaces)
	var exports []string
	for range 2 {
		fresh := setup(t)
		fresh.ctx = f.ctx.WithMultiStore(fresh.ctx.MultiStore())
		require.NoError(t, fresh.k.InitGenesis(fresh.ctx, state))
		require.NoError(t, fresh.k.Invariants(fresh.ctx))
		state, err = fresh.k.ExportGenesis(fresh.ctx)
		require.NoError(t, err)
		exports = append(exports, string(cdc.MustMarshalJSON(state)))

		for _, id := range []types.ID{h.first, h.second, h.third, h.batch.Item(0), h.batch.Item(1), h.anchor.Item(4999), h.anchor.Item(5000)} {
			before, err := f.k.GetAttestation(f.ctx, id.Bytes())
			require.NoError(t, err)
			after, err := fresh.k.GetAttestation(fresh.ctx, id.Bytes())
			require.NoError(t, err)
			require.Equal(t, before, after)
		}
		for _, id := range []types.ContainerID{h.batch, h.anchor} {
			before, err := f.query.StatusList(f.ctx, &types.QueryStatusListRequest{Id: id.String()})
			require.NoError(t, err)
			after, err := fresh.query.StatusList(fresh.ctx, &types.QueryStatusListRequest{Id: id.String()})
			require.NoError(t, err)
			require.Equal(t, before, after)
		}
		about, err := fresh.query.AttestationsOfSubject(fresh.ctx, &types.QueryAttestationsOfSubjectRequest{Subject: types.ID(testutil.Bytes("bob")).String()})
		require.NoError(t, err)
		require.Len(t, about.Attestations, 2)
	}
	require.Equal(t, exports[0], exports[1])
	for i := 1; i < len(state.Batches); i++ {
		require.Less(t, string(state.Batches[i-1].Id), string(state.Batches[i].Id))
	}
}

func TestGenesisRefuses(t *testing.T) {
	f := setup(t)
	h := f.history()
	valid, err := f.k.ExportGenesis(f.ctx)
	require.NoError(t, err)
	f.withRights(valid)
	batch := func(gs *types.GenesisState, id types.ContainerID) *types.Batch {
		for i := range gs.Batches {
			if types.ContainerID(gs.Batches[i].Id) == id {
				return &gs.Batches[i]
			}
		}
		t.Fatalf("no batch %s", id)
		return nil
	}
	status := func(gs *types.GenesisState, id types.ID) *types.StatusEntry {
		for i := range gs.Statuses {
			if types.ID(gs.Statuses[i].Id) == id {
				return &gs.Statuses[i].Entry
			}
		}
		t.Fatalf("no status of %s", id)
		return nil
	}
	created := func(gs *types.GenesisState) *types.Schema {
		for i := range gs.Schemas {
			if gs.Schemas[i].Creator != "" {
				return &gs.Schemas[i]
			}
		}
		t.Fatal("no schema has a creator")
		return nil
	}
	before, after := testutil.Now.Add(-time.Hour), testutil.Now.Add(1000*time.Hour)
	x := testutil.Bytes("x")
	third, _ := h.third.Container()
	tests := map[string]struct {
		spoil func(gs *types.GenesisState)
		says  string
	}{
		"params":             {func(gs *types.GenesisState) { gs.Params.MaxBatch = 0 }, "max_batch"},
		"schema id":          {func(gs *types.GenesisState) { gs.Schemas[1].Id = x }, "schema 1"},
		"schema without id":  {func(gs *types.GenesisState) { gs.Schemas[0].Id = nil }, "schema 0"},
		"schema content":     {func(gs *types.GenesisState) { gs.Schemas[0].Version++ }, "schema 0"},
		"schema shape":       {func(gs *types.GenesisState) { gs.Schemas[0].Fields = nil }, "schema 0"},
		"schema twice":       {func(gs *types.GenesisState) { gs.Schemas = append(gs.Schemas, gs.Schemas[0]) }, "twice"},
		"schema creator":     {func(gs *types.GenesisState) { created(gs).Creator = "nobody" }, "schema"},
		"creator upper case": {func(gs *types.GenesisState) { created(gs).Creator = strings.ToUpper(lender.String()) }, "schema"},
		"schema missing":     {func(gs *types.GenesisState) { gs.Schemas, gs.Accreditations = nil, nil }, "no schema"},
		"replaced in use":    {func(gs *types.GenesisState) { gs.Schemas[0].ReplacedBy = gs.Schemas[1].Id }, "replaced_by"},
		"replaced by unknown": {func(gs *types.GenesisState) {
			gs.Schemas[0].DeprecatedAt, gs.Schemas[0].ReplacedBy = &before, x
		}, "replaced_by"},
		"replaced by itself": {func(gs *types.GenesisState) {
			gs.Schemas[0].DeprecatedAt, gs.Schemas[0].ReplacedBy = &before, gs.Schemas[0].Id
		}, "itself"},

		"batch twice":         {func(gs *types.GenesisState) { gs.Batches = append(gs.Batches, gs.Batches[0]) }, "batch 4"},
		"batch id":            {func(gs *types.GenesisState) { batch(gs, third).Statements[0].Commitment = x }, "its content has the id"},
		"short batch id":      {func(gs *types.GenesisState) { gs.Batches[2].Id = x }, "batch 2"},
		"batch of nothing":    {func(gs *types.GenesisState) { gs.Batches[0].Statements = nil }, "batch 0"},
		"batch schema":        {func(gs *types.GenesisState) { gs.Batches[0].SchemaId = x }, "batch 0"},
		"batch accreditation": {func(gs *types.GenesisState) { gs.Batches[0].AccreditationId = gs.Accreditations[0].Id }, "batch 0"},
		"batch issuer":        {func(gs *types.GenesisState) { batch(gs, third).Issuer = "nobody" }, "batch"},
		"issuer upper case":   {func(gs *types.GenesisState) { batch(gs, third).Issuer = strings.ToUpper(utility.String()) }, "batch"},
		"short subject":       {func(gs *types.GenesisState) { gs.Batches[0].Statements[0].Subject = []byte{1} }, "subject"},
		"no time":             {func(gs *types.GenesisState) { gs.Batches[0].IssuedAt = time.Time{} }, "issued_at"},
		"expired when stated": {func(gs *types.GenesisState) { batch(gs, h.batch).IssuedAt = after.AddDate(1, 0, 0) }, "expires_at"},
		"unknown reference":   {func(gs *types.GenesisState) { batch(gs, h.batch).Statements[2].Reference = x }, "reference"},

		"status of nothing":    {func(gs *types.GenesisState) { gs.Statuses[3].Id = x }, "status 3"},
		"status beyond batch":  {func(gs *types.GenesisState) { gs.Statuses[3].Id = h.batch.Item(3).Bytes() }, "status 3"},
		"status beyond anchor": {func(gs *types.GenesisState) { gs.Statuses[3].Id = h.anchor.Item(5001).Bytes() }, "status 3"},
		"status twice":         {func(gs *types.GenesisState) { gs.Statuses = append(gs.Statuses, gs.Statuses[0]) }, "twice"},
		"status 0":             {func(gs *types.GenesisState) { status(gs, h.third).Status = 0 }, "status 0"},
		"status 5":             {func(gs *types.GenesisState) { status(gs, h.third).Status = 5 }, "status 5"},
		"no reason":            {func(gs *types.GenesisState) { status(gs, h.third).Reason = 0 }, "reason"},
		"unknown reason":       {func(gs *types.GenesisState) { status(gs, h.third).Reason = 99 }, "reason"},
		"reason of active":     {func(gs *types.GenesisState) { status(gs, h.batch.Item(1)).Reason = 1 }, "reason"},
		"no since":             {func(gs *types.GenesisState) { status(gs, h.third).Since = time.Time{} }, "since"},
		"revoked before":       {func(gs *types.GenesisState) { status(gs, h.third).Since = before }, "since"},
		"superseded by none":   {func(gs *types.GenesisState) { status(gs, h.first).SupersededBy = nil }, "superseded_by"},
		"superseded by other":  {func(gs *types.GenesisState) { status(gs, h.first).SupersededBy = h.third.Bytes() }, "another institution"},
		"superseded by self":   {func(gs *types.GenesisState) { status(gs, h.first).SupersededBy = h.first.Bytes() }, "itself"},
		"another subject":      {func(gs *types.GenesisState) { status(gs, h.first).SupersededBy = h.batch.Item(0).Bytes() }, "another subject"},
		"superseded by gone": {func(gs *types.GenesisState) {
			entry := types.StatusEntry{Status: types.STATUS_REVOKED, Reason: 1, Since: testutil.Now.Add(time.Minute)}
			gs.Statuses = append(gs.Statuses, types.GenesisStatus{Id: h.second.Bytes(), Entry: entry})
		}, "what supersedes"},
		"revoked by another": {func(gs *types.GenesisState) { status(gs, h.third).SupersededBy = h.second.Bytes() }, "superseded_by"},

		"anchor twice":       {func(gs *types.GenesisState) { gs.Anchors = append(gs.Anchors, gs.Anchors[0]) }, "anchor 1"},
		"anchor id":          {func(gs *types.GenesisState) { gs.Anchors[0].Id = x[:28] }, "no anchor"},
		"anchor issuer":      {func(gs *types.GenesisState) { gs.Anchors[0].Issuer = "nobody" }, "anchor 0"},
		"anchor root":        {func(gs *types.GenesisState) { gs.Anchors[0].Root = x }, "anchor 0"},
		"anchor size":        {func(gs *types.GenesisState) { gs.Anchors[0].Size_ = 5002 }, "anchor 0"},
		"anchor size 0":      {func(gs *types.GenesisState) { gs.Anchors[0].Size_ = 0 }, "anchor 0"},
		"anchor time":        {func(gs *types.GenesisState) { gs.Anchors[0].AnchoredAt = before }, "anchor 0"},
		"anchor extended":    {func(gs *types.GenesisState) { gs.Anchors[0].ExtendedAt = after }, "anchor 0"},
		"first root":         {func(gs *types.GenesisState) { gs.Checkpoints[0].Root = x }, "first checkpoint"},
		"no checkpoint":      {func(gs *types.GenesisState) { gs.Checkpoints = nil }, "no checkpoint"},
		"checkpoint missing": {func(gs *types.GenesisState) { gs.Checkpoints = gs.Checkpoints[:1] }, "anchor 0"},
		"checkpoint twice":   {func(gs *types.GenesisState) { gs.Checkpoints = append(gs.Checkpoints, gs.Checkpoints[1]) }, "two checkpoints"},
		"checkpoint size":    {func(gs *types.GenesisState) { gs.Checkpoints[1].Size_ = 0 }, "checkpoint 1"},
		"checkpoint order":   {func(gs *types.GenesisState) { gs.Checkpoints[0].At = after }, "anchor 0"},
		"checkpoint of none": {func(gs *types.GenesisState) { gs.Checkpoints[1].AnchorId = h.batch.Bytes() }, "checkpoint 1"},

		"accreditation id":    {func(gs *types.GenesisState) { gs.Accreditations[0].ValidUntil = after }, "its content has the id"},
		"accreditation twice": {func(gs *types.GenesisState) { gs.Accreditations = append(gs.Accreditations, gs.Accreditations[0]) }, "twice"},
		"grantee":             {func(gs *types.GenesisState) { gs.Accreditations[0].Grantee = "nobody" }, "accreditation 0"},
		"no right":            {func(gs *types.GenesisState) { gs.Accreditations[0].Issuer = false }, "accreditation 0"},
		"unknown parent":      {func(gs *types.GenesisState) { gs.Accreditations[0].Parent = x }, "parent"},
		"no parent":           {func(gs *types.GenesisState) { gs.Accreditations[0].Parent = nil }, "depth"},
		"own parent":          {func(gs *types.GenesisState) { gs.Accreditations[0].Parent = gs.Accreditations[0].Id }, "accreditation 0"},
		"powerless parent": {func(gs *types.GenesisState) {
			gs.Accreditations[1].Accreditor, gs.Accreditations[1].Issuer = false, true
		}, "no right to accredit"},
		"depth":               {func(gs *types.GenesisState) { gs.Accreditations[0].Depth = 3 }, "depth"},
		"no depth":            {func(gs *types.GenesisState) { gs.Accreditations[1].Depth = 0 }, "depth"},
		"more schemas":        {func(gs *types.GenesisState) { gs.Accreditations[0].SchemaIds = [][]byte{f.schema} }, "not issued by accreditation"},
		"no schemas":          {func(gs *types.GenesisState) { gs.Accreditations[0].SchemaIds = nil }, "schema_ids"},
		"unknown schema":      {func(gs *types.GenesisState) { gs.Accreditations[0].SchemaIds = [][]byte{x} }, "accreditation 0"},
		"more jurisdictions":  {func(gs *types.GenesisState) { gs.Accreditations[0].Jurisdictions = []string{"FR"} }, "the parent is not for FR"},
		"bad jurisdiction":    {func(gs *types.GenesisState) { gs.Accreditations[0].Jurisdictions = []string{"us"} }, "jurisdiction"},
		"jurisdictions":       {func(gs *types.GenesisState) { gs.Accreditations[1].Jurisdictions = []string{"US", "DE"} }, "ascending"},
		"longer":              {func(gs *types.GenesisState) { gs.Accreditations[0].ValidUntil = testutil.Now.AddDate(2, 0, 0) }, "parent's"},
		"no validity":         {func(gs *types.GenesisState) { gs.Accreditations[1].ValidFrom = after.AddDate(2, 0, 0) }, "valid_until"},
		"accreditation state": {func(gs *types.GenesisState) { gs.Accreditations[1].Status = 4 }, "status"},
		"status before grant": {func(gs *types.GenesisState) { gs.Accreditations[1].StatusSince = before }, "status_since"},

		"key twice":      {func(gs *types.GenesisState) { gs.CredentialKeys = append(gs.CredentialKeys, gs.CredentialKeys[0]) }, "twice"},
		"kid of another": {func(gs *types.GenesisState) { gs.CredentialKeys[1].Kid = x }, "credential key 1"},
		"kid":            {func(gs *types.GenesisState) { gs.CredentialKeys[1].Kid = x[1:] }, "credential key 1"},
		"key issuer":     {func(gs *types.GenesisState) { gs.CredentialKeys[1].Issuer = "" }, "credential key 1"},
		"key time":       {func(gs *types.GenesisState) { gs.CredentialKeys[0].RegisteredAt = time.Time{} }, "credential key 0"},
		"retired early":  {func(gs *types.GenesisState) { gs.CredentialKeys[1].RetiredAt = &before }, "credential key 1"},

		"expiry of none":    {func(gs *types.GenesisState) { gs.Expiries[0].BatchId = h.anchor.Bytes() }, "expiry 0"},
		"expiry of another": {func(gs *types.GenesisState) { gs.Expiries[0].At = after }, "expiry 0"},
		"expiry twice":      {func(gs *types.GenesisState) { gs.Expiries = append(gs.Expiries, gs.Expiries[0]) }, "twice"},

		"nonce":          {func(gs *types.GenesisState) { gs.UsedNonces[1].Nonce = x }, "used nonce 1"},
		"nonce issuer":   {func(gs *types.GenesisState) { gs.UsedNonces[1].Issuer = "x" }, "used nonce 1"},
		"nonce deadline": {func(gs *types.GenesisState) { gs.UsedNonces[1].Deadline = time.Time{} }, "used nonce 1"},
		"nonce twice":    {func(gs *types.GenesisState) { gs.UsedNonces = append(gs.UsedNonces, gs.UsedNonces[0]) }, "twice"},
	}
	cdc := testutil.Codec(types.RegisterInterfaces)
	fresh := setup(t)
	fresh.ctx = f.ctx.WithMultiStore(fresh.ctx.MultiStore())
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var gs types.GenesisState
			cdc.MustUnmarshalJSON(cdc.MustMarshalJSON(valid), &gs)
			test.spoil(&gs)
			ctx, _ := fresh.ctx.CacheContext()
			want := types.ErrInvalidGenesis
			if name == "params" {
				want = types.ErrInvalidParams
			}
			err := fresh.k.InitGenesis(ctx, &gs)
			require.ErrorIs(t, err, want)
			require.ErrorContains(t, err, test.says)
		})
	}
	require.NoError(t, fresh.k.InitGenesis(fresh.ctx, valid))
}
