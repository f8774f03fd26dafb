package proof_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/types"
)

// rich makes bundles that have every part that a bundle may have, and a commit with every kind of vote.
func rich(tb testing.TB) (c *chain, bundles map[string][]byte) {
	tb.Helper()
	c = newChain(tb, 4)
	record, seed := commitment.Record{}, commitment.Seed(bytes32("seed"))
	name := definition.Fields[0].Name
	root, err := commitment.Commit(definition.Layout(), record, seed)
	require.NoError(tb, err)
	disclosure, err := commitment.Disclose(definition.Layout(), record, seed, name)
	require.NoError(tb, err)
	s := statement("a")
	s.Commitment = root[:]
	id, _ := c.accredited(s)
	a := &anchor{statements: []types.Statement{statement("a"), statement("b"), statement("c")}}
	a.put(c)
	item, err := proof.NewItem(a.statements[1], 3, [][32]byte{a.leaves()[0], a.leaves()[2]})
	require.NoError(tb, err)
	c.Sign = func(i int) cmttypes.BlockIDFlag {
		return []cmttypes.BlockIDFlag{cmttypes.BlockIDFlagCommit, cmttypes.BlockIDFlagCommit, cmttypes.BlockIDFlagNil, cmttypes.BlockIDFlagCommit}[i]
	}
	return c, map[string][]byte{
		"in a batch":      c.prove(proof.Request{ID: id, TrustedHeight: 1, Disclosure: &disclosure}),
		"under an anchor": c.prove(proof.Request{ID: a.id.Item(1), Item: item}),
		"absent":          c.prove(proof.Request{ID: types.ID(bytes32("nothing")), TrustedHeight: c.Height()}),
	}
}

// Whatever single byte is changed, the bundle is refused.
func TestEveryByteCounts(t *testing.T) {
	c, bundles := rich(t)
	random := rand.New(rand.NewPCG(1, 2))
	steps := map[string]int{"in a batch": 1, "under an anchor": 5, "absent": 5}
	for name, encoded := range bundles {
		t.Run(name, func(t *testing.T) {
			b, err := proof.Parse(encoded)
			require.NoError(t, err)
			trusted := c.Trusted(trustedHeight(t, c, b))
			_, err = proof.Verify(encoded, trusted, proof.Options{Now: c.Now})
			require.NoError(t, err)
			changed := bytes.Clone(encoded)
			for i := 0; i < len(encoded); i += steps[name] {
				was := encoded[i]
				changed[i] = another(was, random)
				if _, err := proof.Verify(changed, trusted, proof.Options{Now: c.Now}); err == nil {
					t.Fatalf("byte %d from %q to %q is not noticed: ...%s...", i, was, changed[i], encoded[max(0, i-60):min(len(encoded), i+60)])
				}
				changed[i] = was
			}
		})
	}
}

// another byte to put in a byte's place: mostly one that is as well-formed there.
func another(was byte, random *rand.Rand) byte {
	const hexadecimal, base64 = "0123456789abcdef", "ABCDEFGHIJKLMNOPQRSTUVWXYZghijklmnopqrstuvwxyz+/"
	for _, alphabet := range []string{hexadecimal, base64} {
		if at := strings.IndexByte(alphabet, was); at >= 0 && random.IntN(8) > 0 {
			return alphabet[(at+1+random.IntN(len(alphabet)-1))%len(alphabet)]
		}
	}
	return was ^ 1<<random.IntN(8)
}

// trustedHeight finds which height a bundle begins at.
func trustedHeight(t *testing.T, c *chain, b *proof.Bundle) int64 {
	t.Helper()
	for i := range c.Headers {
		header, err := c.Headers[i].Header.ToProto().Marshal()
		require.NoError(t, err)
		if bytes.Equal(header, b.Blocks[0].Header) {
			return int64(i + 1)
		}
	}
	t.Fatal("the bundle begins with no header of the chain")
	return 0
}

// Proofs of other keys, other stores and other heights are no proofs of what is claimed.
func TestSwappedProofs(t *testing.T) {
	c := newChain(t, 4)
	id, other := c.attest(statement("a")), c.attest(statement("b"))
	old := c.prove(proof.Request{ID: id, TrustedHeight: 1})
	c.Send(0, &types.MsgRevoke{Issuer: c.Operator(0).String(), Id: id.Bytes(), Reason: types.REVOCATION_REASON_ERROR})
	now := c.prove(proof.Request{ID: id, TrustedHeight: 1})
	require.Equal(t, "revoked", c.verify(now, 1).Status.State)
	others := c.prove(proof.Request{ID: other, TrustedHeight: 1})
	parse := func(encoded []byte) *proof.Bundle {
		b, err := proof.Parse(encoded)
		require.NoError(t, err)
		return b
	}
	for name, tc := range map[string]struct {
		change func(b *proof.Bundle)
		says   string
	}{
		"a status proof from before":        {func(b *proof.Bundle) { b.Entries[1] = parse(old).Entries[1] }, "root"},
		"status and store from before":      {func(b *proof.Bundle) { b.Entries[1], b.Stores = parse(old).Entries[1], parse(old).Stores }, "app hash"},
		"all of the state from before":      {func(b *proof.Bundle) { b.Entries, b.Stores = parse(old).Entries, parse(old).Stores }, "app hash"},
		"the status of another":             {func(b *proof.Bundle) { b.Entries[1] = parse(others).Entries[1] }, "absence of"},
		"the batch of another":              {func(b *proof.Bundle) { b.Entries[0] = parse(others).Entries[0] }, "key doesn't match"},
		"another id":                        {func(b *proof.Bundle) { b.ID = commitment.Hash(other) }, "key doesn't match"},
		"a proof for another store":         {func(b *proof.Bundle) { b.Entries[3].Store = "attestation" }, "is of an entry in store"},
		"the store of another":              {func(b *proof.Bundle) { b.Stores[1].Proof = b.Stores[0].Proof }, "key doesn't match"},
		"stores in another order":           {func(b *proof.Bundle) { b.Stores[0], b.Stores[1] = b.Stores[1], b.Stores[0] }, "root of store attestation is missing"},
		"entries in another order":          {func(b *proof.Bundle) { b.Entries[0], b.Entries[1] = b.Entries[1], b.Entries[0] }, "key doesn't match"},
		"one entry less":                    {func(b *proof.Bundle) { b.Entries = b.Entries[:3] }, "is missing"},
		"one entry more":                    {func(b *proof.Bundle) { b.Entries = append(b.Entries, b.Entries[0]) }, "too many"},
		"forty entries":                     {func(b *proof.Bundle) { b.Entries = make([]proof.Entry, 40) }, "at most"},
		"one store more":                    {func(b *proof.Bundle) { b.Stores = append(b.Stores, b.Stores[0]) }, "too many"},
		"no proof":                          {func(b *proof.Bundle) { b.Entries[0].Proof = nil }, "neither"},
		"an item of a batch":                {func(b *proof.Bundle) { b.Item = &proof.Item{Path: []commitment.Hash{}} }, "is in a batch"},
		"a proof in a field too many":       {func(b *proof.Bundle) { b.Entries[0].Proof = append(b.Entries[0].Proof, 0x7a, 0) }, "one encoding"},
		"a header with a field too many":    {func(b *proof.Bundle) { b.Blocks[0].Header = append(b.Blocks[0].Header, 0x7a, 0) }, "one encoding"},
		"a commit with a field too many":    {func(b *proof.Bundle) { b.Blocks[0].Commit = append(b.Blocks[0].Commit, 0x7a, 0) }, "one encoding"},
		"a validator with a field too many": {func(b *proof.Bundle) { b.Blocks[0].Validators[0] = append(b.Blocks[0].Validators[0], 0x7a, 0) }, "one encoding"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := proof.Verify(replace(t, now, tc.change), c.Trusted(1), proof.Options{Now: c.Now})
			require.ErrorIs(t, err, proof.ErrInvalid)
			require.ErrorContains(t, err, tc.says)
		})
	}
}

// What is too large or too deep is refused before it is parsed, and what is written in any other way after.
func TestParseRefuses(t *testing.T) {
	_, bundles := rich(t)
	good := string(bundles["in a batch"])
	id := good[strings.Index(good, `"id":`):][6:70]
	for name, tc := range map[string]struct{ text, says string }{
		"nothing":               {"", "EOF"},
		"giant":                 {strings.Repeat(" ", proof.MaxBytes+1), "at most"},
		"deep":                  {strings.Repeat(`{"blocks":[`, 1000), "nested deeper"},
		"deep arrays":           {strings.Repeat(`[`, 1<<20), "nested deeper"},
		"many parts":            {`{"format":"creditd/proof/v1","blocks":[` + strings.Repeat(`{},`, 1<<18) + `{}]}`, "parts"},
		"another format":        {strings.Replace(good, proof.Format, "creditd/proof/v2", 1), "reads"},
		"a key twice":           {strings.Replace(good, `{"format"`, `{"format":"creditd/proof/v1","format"`, 1), "as creditd writes it"},
		"a key in capitals":     {strings.Replace(good, `"entries"`, `"Entries"`, 1), "as creditd writes it"},
		"an unknown key":        {strings.Replace(good, `{"format"`, `{"extra":1,"format"`, 1), "unknown field"},
		"white space":           {strings.Replace(good, `,"entries"`, `, "entries"`, 1), "as creditd writes it"},
		"without a line feed":   {strings.TrimSuffix(good, "\n"), "as creditd writes it"},
		"something after":       {good + "{}", "as creditd writes it"},
		"an escape":             {strings.Replace(good, `"entries"`, `"\u0065ntries"`, 1), "as creditd writes it"},
		"capital hexadecimal":   {strings.Replace(good, id, strings.ToUpper(id), 1), "as creditd writes it"},
		"a number beyond":       {strings.Replace(good, `"index":0`, `"index":99999999999999999999`, 1), "cannot unmarshal"},
		"a number with a point": {strings.Replace(good, `"index":0`, `"index":0.0`, 1), "cannot unmarshal"},
		"a long base64":         {strings.Replace(good, `"header":"`, `"header":"\r\n`, 1), "as creditd writes it"},
		"text for a list":       {strings.Replace(good, `"stores":[`, `"stores":"[`, 1), ""},
		"not UTF-8":             {strings.Replace(good, `"store":"attestation"`, "\"store\":\"\xff\xfe\"", 1), "as creditd writes it"},
	} {
		t.Run(name, func(t *testing.T) {
			require.NotEqual(t, good, tc.text)
			_, err := proof.Parse([]byte(tc.text))
			require.ErrorIs(t, err, proof.ErrInvalid)
			require.ErrorContains(t, err, tc.says)
		})
	}
}

func FuzzVerify(f *testing.F) {
	c, bundles := rich(f)
	for _, encoded := range bundles {
		f.Add(encoded)
	}
	trusted := map[[32]byte]int64{}
	for i := range c.Headers {
		trusted[[32]byte(c.Headers[i].Hash())] = int64(i + 1)
	}
	valid := map[string]bool{}
	for _, encoded := range bundles {
		valid[string(encoded)] = true
	}
	f.Fuzz(func(t *testing.T, encoded []byte) {
		b, err := proof.Parse(encoded)
		if err != nil {
			return
		}
		again, err := b.Encode()
		require.NoError(t, err)
		require.Equal(t, encoded, again)
		for hash, height := range trusted {
			if _, err := proof.Verify(encoded, proof.Trusted{Height: height, Hash: hash}, proof.Options{Now: c.Now}); err == nil {
				require.True(t, valid[string(encoded)], "a bundle that nobody made is valid")
			}
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	c := newChain(b, 4)
	for range 10 {
		c.Block()
	}
	id := c.attest(statement("bench"))
	height := c.Height()
	c.Block()
	run := func(name string, encoded []byte, trusted int64) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := proof.Verify(encoded, c.Trusted(trusted), proof.Options{Now: c.Now}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(encoded)), "bundle-bytes")
		})
	}
	run("1 block", c.prove(proof.Request{ID: id, Height: height}), height+1)
	run("2 blocks, skipping", c.prove(proof.Request{ID: id, Height: height, TrustedHeight: 1}), 1)
	run("2 blocks, adjacent", c.prove(proof.Request{ID: id, Height: height, TrustedHeight: height}), height)
	run(fmt.Sprintf("%d blocks, sequential", height+1), c.prove(proof.Request{ID: id, Height: height, TrustedHeight: 1, Sequential: true}), 1)
}
