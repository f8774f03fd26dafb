package proof_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/keeper"
	"github.com/creditd/creditd/x/attestation/schemas"
	"github.com/creditd/creditd/x/attestation/types"
)

var (
	definition, _ = schemas.ByName(schemas.UtilityPayment)
	schemaID      = definition.ID()
)

// bytes32 stands for a pseudonym or a commitment.
func bytes32(parts ...any) []byte {
	h := sha256.Sum256([]byte(fmt.Sprint(parts...)))
	return h[:]
}

func statement(name string) types.Statement {
	return types.Statement{Subject: bytes32("subject", name), Commitment: bytes32("commitment", name)}
}

// attest states one attestation of institution 0.
func (c *chain) attest(s types.Statement) types.ID {
	c.TB.Helper()
	var answer types.MsgAttestResponse
	require.NoError(c.TB, answer.Unmarshal(c.Send(0, &types.MsgAttest{Issuer: c.Operator(0).String(), SchemaId: schemaID[:], Statement: s})))
	return types.ID(answer.Id)
}

// prove makes a bundle of the latest state.
func (c *chain) prove(r proof.Request) []byte {
	c.TB.Helper()
	if r.Height == 0 {
		r.Height = c.Height()
		c.Block()
	}
	b, err := proof.Prove(c.TB.Context(), c, r)
	require.NoError(c.TB, err)
	encoded, err := b.Encode()
	require.NoError(c.TB, err)
	return encoded
}

// verify asks for the verdict at the time of the latest block, trusting the header at a height.
func (c *chain) verify(encoded []byte, trustedHeight int64) *proof.Verdict {
	c.TB.Helper()
	v, err := proof.Verify(encoded, c.Trusted(trustedHeight), proof.Options{Now: c.Now})
	require.NoError(c.TB, err)
	return v
}

// verdict of an attestation now, which is what the chain's own query answers.
func (c *chain) verdict(id types.ID) *proof.Verdict {
	c.TB.Helper()
	v := c.verify(c.prove(proof.Request{ID: id, TrustedHeight: 1}), 1)
	ctx := c.App.NewContext(true).WithBlockTime(c.Now)
	answer, err := keeper.NewQueryServer(c.App.Keepers.Attestation).Verify(ctx, &types.QueryVerifyRequest{Id: id.String()})
	require.NoError(c.TB, err)
	require.Equal(c.TB, "STANDING_"+strings.ToUpper(v.Issuer.Standing), answer.Standing.String())
	require.Equal(c.TB, answer.StandingSince, v.Issuer.Since)
	state := map[types.Validity]string{types.VALIDITY_EXPIRED: "expired", types.VALIDITY_NOT_YET: "not-yet-valid", types.VALIDITY_CURRENT: "active"}[answer.Validity]
	if answer.Attestation.Status != types.STATUS_ACTIVE {
		state = strings.ToLower(strings.TrimPrefix(answer.Attestation.Status.String(), "STATUS_"))
		require.Equal(c.TB, answer.Attestation.StatusSince, v.Status.Since)
	}
	require.Equal(c.TB, state, v.Status.State)
	require.Equal(c.TB, answer.Attestation.IssuedAt, *v.Status.StatedAt)
	require.Equal(c.TB, hex.EncodeToString(answer.Attestation.Commitment), v.Integrity.Commitment)
	return v
}

func TestActive(t *testing.T) {
	c := newChain(t, 4)
	record := commitment.Record{}
	for _, field := range definition.Fields {
		if field.Kind == commitment.Amount {
			record[field.Name] = "123400"
		}
	}
	seed := commitment.Seed(bytes32("seed"))
	root, err := commitment.Commit(definition.Layout(), record, seed)
	require.NoError(t, err)
	var names []string
	for name := range record {
		names = append(names, name)
	}
	disclosure, err := commitment.Disclose(definition.Layout(), record, seed, names[0])
	require.NoError(t, err)
	s := statement("a")
	s.Commitment = root[:]
	id := c.attest(s)
	stated := c.Now

	encoded := c.prove(proof.Request{ID: id, TrustedHeight: 1, Disclosure: &disclosure})
	v := c.verify(encoded, 1)
	require.True(t, v.Good)
	require.Zero(t, v.ExitCode)
	require.Equal(t, id.String(), v.Integrity.Attestation)
	require.Equal(t, schemas.UtilityPayment, v.Integrity.SchemaName)
	require.Equal(t, []proof.Disclosed{{Name: names[0], Kind: "amount", Present: true, Value: "123400"}}, v.Integrity.Disclosed)
	require.Equal(t, c.Operator(0).String(), v.Issuer.Operator)
	require.Equal(t, "good", v.Issuer.Standing)
	require.Equal(t, "active", v.Status.State)
	require.Equal(t, stated, *v.Status.StatedAt)
	require.Equal(t, c.Height()-1, v.Freshness.Height)
	require.Equal(t, c.Now, v.Freshness.Time)
	require.Contains(t, v.Integrity.Text, names[0]+` "123400"`)

	var text strings.Builder
	v.Print(&text)
	for i, line := range strings.Split(strings.TrimSuffix(text.String(), "\n"), "\n") {
		require.True(t, strings.HasPrefix(line, []string{"integrity  ok   ", "issuer     ok   ", "status     ok   ", "freshness  ok   "}[i]), line)
		t.Log(line)
	}

	stale, err := proof.Verify(encoded, c.Trusted(1), proof.Options{Now: c.Now.Add(time.Hour), MaxAge: time.Minute})
	require.NoError(t, err)
	require.Equal(t, proof.ExitStale, stale.ExitCode)
	require.Equal(t, int64(3600), stale.Freshness.AgeSeconds)
}
