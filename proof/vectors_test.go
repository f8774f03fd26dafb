package proof_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/proof/prooftest"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

const vectorsFile = "testdata/vectors.json"

var writeVectors = flag.Bool("write-vectors", false, "write "+vectorsFile+" instead of comparing with it")

// vector is a bundle with the verdict on it, for programs in other languages (clients/ts).
type vector struct {
	Name          string         `json:"name"`
	Bundle        string         `json:"bundle"` // without the line feed at its end
	TrustedHeight int64          `json:"trusted_height"`
	TrustedHash   string         `json:"trusted_hash"`
	Now           time.Time      `json:"now"`
	MaxAgeSeconds int64          `json:"max_age_seconds,omitempty"`
	Absent        bool           `json:"absent,omitempty"`
	Verdict       *proof.Verdict `json:"verdict,omitempty"` // without one, the bundle is refused
}

// vectors collects them.
type vectors struct {
	*chain
	all []vector
}

func (v *vectors) add(name string, encoded []byte, trusted proof.Trusted, o proof.Options) {
	v.TB.Helper()
	entry := vector{
		Name: name, Bundle: string(bytes.TrimSuffix(encoded, []byte("\n"))), TrustedHeight: trusted.Height, TrustedHash: hex.EncodeToString(trusted.Hash[:]),
		Now: o.Now, MaxAgeSeconds: int64(o.MaxAge / time.Second), Absent: o.Absent,
	}
	entry.Verdict, _ = proof.Verify(encoded, trusted, o)
	v.all = append(v.all, entry)
}

// now adds what a bundle of this moment says.
func (v *vectors) now(name string, id types.ID) {
	height := v.Height()
	v.add(name, v.prove(proof.Request{ID: id, TrustedHeight: height}), v.Trusted(height), proof.Options{Now: v.Now})
}

// The vectors are what this program says of them, and what it makes again.
func TestVectors(t *testing.T) {
	c, bundles := rich(t)
	v := &vectors{chain: c}
	for _, name := range []string{"in a batch", "under an anchor", "absent"} {
		b, err := proof.Parse(bundles[name])
		require.NoError(t, err)
		trusted := c.Trusted(trustedHeight(t, c, b))
		v.add(name, bundles[name], trusted, proof.Options{Now: c.Now})
		v.add(name+", wanted absent", bundles[name], trusted, proof.Options{Now: c.Now, Absent: true})
		v.add(name+", another trusted hash", bundles[name], proof.Trusted{Height: trusted.Height, Hash: [32]byte(bytes32("another"))}, proof.Options{Now: c.Now})
	}
	v.statuses()
	v.issuers()
	v.times(bundles["in a batch"])
	v.forged()
	encoded, err := json.MarshalIndent(v.all, "", " ")
	require.NoError(t, err)
	if *writeVectors {
		require.NoError(t, os.WriteFile(vectorsFile, append(encoded, '\n'), 0o600))
	}
	want, err := os.ReadFile(vectorsFile)
	require.NoError(t, err)
	require.True(t, bytes.Equal(want, append(encoded, '\n')), "if a change is meant: go test ./proof -run TestVectors -write-vectors")
}

func (v *vectors) statuses() {
	issuer := v.Operator(0).String()
	id := v.attest(statement("status"))
	v.now("active", id)
	v.Send(0, &types.MsgSuspend{Issuer: issuer, Id: id.Bytes(), Reason: types.REVOCATION_REASON_DISPUTE})
	v.now("suspended", id)
	v.Send(0, &types.MsgReinstate{Issuer: issuer, Id: id.Bytes()})
	v.now("reinstated", id)
	v.Send(0, &types.MsgRevoke{Issuer: issuer, Id: id.Bytes(), Reason: types.REVOCATION_REASON_NO_LONGER_TRUE})
	v.now("revoked", id)
	corrected := statement("older")
	corrected.Commitment = bytes32("corrected")
	older, newer := v.attest(statement("older")), v.attest(corrected)
	v.Send(0, &types.MsgSupersede{Issuer: issuer, Id: older.Bytes(), By: newer.Bytes()})
	v.now("superseded", older)
	s, until := statement("bounded"), v.Now.Add(time.Hour)
	from := v.Now.Add(time.Minute)
	s.ValidFrom, s.ExpiresAt = &from, &until
	id = v.attest(s)
	height := v.Height() - 3
	bounded := v.prove(proof.Request{ID: id, TrustedHeight: height})
	v.add("not yet valid", bounded, v.Trusted(height), proof.Options{Now: v.Now})
	v.add("valid", bounded, v.Trusted(height), proof.Options{Now: from})
	v.add("expired", bounded, v.Trusted(height), proof.Options{Now: until})
}

func (v *vectors) issuers() {
	id := v.attest(statement("issuer"))
	v.setIssuer(func(i *institutiontypes.Institution) {
		i.Status, i.StatusSince = institutiontypes.LICENCE_STATUS_SUSPENDED, v.Now
	})
	v.now("licence suspended", id)
	v.setIssuer(func(i *institutiontypes.Institution) {
		i.Status, i.ValidFrom = institutiontypes.LICENCE_STATUS_ACTIVE, prooftest.GenesisTime.AddDate(0, 6, 0)
	})
	v.now("licence not begun", id)
	v.setIssuer(func(i *institutiontypes.Institution) {
		i.ValidFrom, i.Roles = prooftest.GenesisTime, []institutiontypes.Role{institutiontypes.ROLE_DATA_USER}
	})
	v.now("without the role", id)
	v.setIssuer(func(i *institutiontypes.Institution) {
		i.Roles = []institutiontypes.Role{institutiontypes.ROLE_FURNISHER}
	})
	accredited, path := v.accredited(statement("accredited"))
	v.now("accredited", accredited)
	path[1].Status, path[1].StatusSince = types.ACCREDITATION_STATUS_SUSPENDED, v.Now
	v.setNodes(path)
	v.now("accreditation suspended", accredited)
}

// times of the verifier, and the ways from a trusted header.
func (v *vectors) times(encoded []byte) {
	first := v.Trusted(1)
	v.add("stale", encoded, first, proof.Options{Now: v.Now.Add(3*time.Hour + 4*time.Minute), MaxAge: time.Hour})
	v.add("thirteen days later", encoded, first, proof.Options{Now: prooftest.GenesisTime.AddDate(0, 0, 13)})
	v.add("after the trusting period", encoded, first, proof.Options{Now: prooftest.GenesisTime.AddDate(0, 0, 15)})
	v.add("from the future", encoded, first, proof.Options{Now: prooftest.GenesisTime.Add(-time.Hour)})
	v.Block()
	v.Block()
	old, err := proof.Parse(encoded)
	require.NoError(v.TB, err)
	rebased, err := proof.Rebase(v.TB.Context(), v, old, v.Height(), false)
	require.NoError(v.TB, err)
	above, err := rebased.Encode()
	require.NoError(v.TB, err)
	v.add("from a header above", above, v.Trusted(v.Height()), proof.Options{Now: v.Now.AddDate(0, 0, 30)})
}

// forged bundles; the same changes as in TestSwappedProofs.
func (v *vectors) forged() {
	id, other := v.attest(statement("forged")), v.attest(statement("other"))
	height := v.Height()
	good := v.prove(proof.Request{ID: id, TrustedHeight: height})
	v.Send(0, &types.MsgRevoke{Issuer: v.Operator(0).String(), Id: id.Bytes(), Reason: types.REVOCATION_REASON_ERROR})
	revoked := v.prove(proof.Request{ID: id, TrustedHeight: height})
	before, err := proof.Parse(good)
	require.NoError(v.TB, err)
	for _, forgery := range []struct {
		name   string
		change func(b *proof.Bundle)
	}{
		{"a status proof from before", func(b *proof.Bundle) { b.Entries[1] = before.Entries[1] }},
		{"all of the state from before", func(b *proof.Bundle) { b.Entries, b.Stores = before.Entries, before.Stores }},
		{"another id", func(b *proof.Bundle) { b.ID = commitment.Hash(other) }},
		{"one entry less", func(b *proof.Bundle) { b.Entries = b.Entries[:3] }},
		{"one entry more", func(b *proof.Bundle) { b.Entries = append(b.Entries, b.Entries[0]) }},
		{"a header with a field too many", func(b *proof.Bundle) { b.Blocks[0].Header = append(b.Blocks[0].Header, 0x7a, 0) }},
		{"no validators", func(b *proof.Bundle) { b.Blocks[0].Validators = nil }},
		{"a validator less", func(b *proof.Bundle) { b.Blocks[0].Validators = b.Blocks[0].Validators[1:] }},
	} {
		v.add(forgery.name, replace(v.TB, revoked, forgery.change), v.Trusted(height), proof.Options{Now: v.Now})
	}
}
