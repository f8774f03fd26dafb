package report

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	rpcclient "github.com/cometbft/cometbft/rpc/client"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/vault/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

func (s *provenScene) parse(encoded []byte) *Proofs {
	s.tb.Helper()
	p, err := ParseProofs(encoded)
	require.NoError(s.tb, err)
	return p
}

// altered is the file after somebody changed it and wrote it again.
func (s *provenScene) altered(encoded []byte, change func(p *Proofs)) []byte {
	s.tb.Helper()
	p := s.parse(encoded)
	change(p)
	again, err := p.Encode()
	require.NoError(s.tb, err)
	return again
}

// Whatever single byte is changed, the file is refused or a line of it is not verified any more, with a reason.
func TestEveryByteCounts(t *testing.T) {
	s := newProvenScene(t)
	encoded := s.prove(s.look(), 0)
	start, err := s.parse(encoded).Start()
	require.NoError(t, err)
	random := rand.New(rand.NewPCG(1, 2))
	const alphabet = "0123456789abcdefABCDEFGHIJKLMNOPQRSTUVWXYZghijklmnopqrstuvwxyz+/"
	changed := bytes.Clone(encoded)
	for at := 0; at < len(encoded); at += 1 + random.IntN(1+len(encoded)/2500) {
		was := changed[at]
		changed[at] = alphabet[random.IntN(len(alphabet))]
		if changed[at] == was {
			changed[at] ^= 1
		}
		r, err := VerifyProofs(changed, start, proof.Options{Now: s.Now})
		switch {
		case err != nil:
			require.ErrorIs(t, err, proof.ErrInvalid)
		case r.Complete:
			t.Fatalf("byte %d from %q to %q is not noticed: ...%s...", at, was, changed[at], encoded[max(0, at-60):min(len(encoded), at+60)])
		default:
			for _, line := range r.Lines {
				require.True(t, line.Proof == Verified || line.Reason != "", "byte %d", at)
			}
		}
		changed[at] = was
	}
}

// Who makes the file cannot leave out a line, an answer or an entry, nor put in what is not there.
func TestForgedFiles(t *testing.T) {
	s := newProvenScene(t)
	encoded := s.prove(s.look(), 1)
	t.Run("a record left out", func(t *testing.T) {
		r, err := s.verify(s.altered(encoded, func(p *Proofs) { p.Records = slices.Delete(p.Records, 1, 2) }), 1)
		require.NoError(t, err)
		require.Len(t, r.Lines, 4, "the chain has it")
		require.Equal(t, Withheld, r.Lines[1].Proof)
		require.Contains(t, r.Lines[1].Reason, "whoever made the file may have left this one out")
		require.ErrorIs(t, r.Check(), ErrNotAllVerified)
	})
	t.Run("an answer left out", func(t *testing.T) {
		_, err := s.verify(s.altered(encoded, func(p *Proofs) { p.Answers = p.Answers[1:] }), 1)
		require.ErrorContains(t, err, "has no answer that it signed", "and its records are there")
		gone := s.parse(encoded).Answers[0].Furnisher
		r, err := s.verify(s.altered(encoded, func(p *Proofs) {
			p.Answers = p.Answers[1:]
			p.Records = slices.DeleteFunc(p.Records, func(encoded []byte) bool {
				return slices.ContainsFunc(s.vaults.given[gone], func(r types.Record) bool { return bytes.Contains(encoded, r.TradelineId) })
			})
		}), 1)
		require.NoError(t, err)
		require.Contains(t, strings.Join(r.Notes, "\n"), "the data user's receipt on the chain is of other answers")
		require.Nil(t, r.Receipt)
		i := slices.IndexFunc(r.Furnishers, func(f Furnisher) bool { return !f.Answered })
		require.Contains(t, r.Furnishers[i].Error, "whoever made the file left it out")
		require.Error(t, r.Check())
	})
	for name, test := range map[string]struct {
		change func(p *Proofs)
		says   string
	}{
		"an entry left out":        {func(p *Proofs) { p.Entries = slices.Delete(p.Entries, 3, 4) }, ""},
		"the last entry left out":  {func(p *Proofs) { p.Entries = p.Entries[:len(p.Entries)-1] }, "missing"},
		"an entry too many":        {func(p *Proofs) { p.Entries = append(p.Entries, p.Entries[0]) }, "too many"},
		"a store too many":         {func(p *Proofs) { p.Stores = append(p.Stores, p.Stores[0]) }, "stores"},
		"stores in another order":  {func(p *Proofs) { slices.Reverse(p.Stores) }, "missing"},
		"no headers":               {func(p *Proofs) { p.Blocks = []proof.Block{} }, "0 blocks"},
		"records in another order": {func(p *Proofs) { slices.Reverse(p.Records) }, "order of the lines"},
		"a record twice":           {func(p *Proofs) { p.Records = append(p.Records, p.Records[3]) }, "of no line"},
		"another inquiry":          {func(p *Proofs) { p.Inquiry[0] ^= 1 }, ""},
		"answers swapped": {func(p *Proofs) {
			p.Answers[0].Parts, p.Answers[1].Parts = p.Answers[1].Parts, p.Answers[0].Parts
		}, "not signed"},
		"a stranger's answer": {func(p *Proofs) {
			p.Answers[0].Furnisher = s.Operator(controller).String()
			slices.SortFunc(p.Answers, func(a, b ProvenAnswer) int { return strings.Compare(a.Furnisher, b.Furnisher) })
		}, ""},
		"answers unsorted":    {func(p *Proofs) { slices.Reverse(p.Answers) }, "order"},
		"an answer of nobody": {func(p *Proofs) { p.Answers[0].Furnisher = "" }, ""},
		"no parts":            {func(p *Proofs) { p.Answers[0].Parts = nil }, "0 parts"},
		"another format":      {func(p *Proofs) { p.Format = proof.Format }, "format"},
		"an opening of nothing": {func(p *Proofs) {
			var record types.Record
			require.NoError(t, record.Unmarshal(p.Records[0]))
			record.Earlier = []types.Opening{{Salt: make([]byte, 16)}}
			p.Records[0], _ = record.Marshal()
		}, "of no version"},
		"fields in another order": {func(p *Proofs) {
			var record types.Record
			require.NoError(t, record.Unmarshal(p.Records[0]))
			slices.Reverse(record.Values)
			p.Records[0], _ = record.Marshal()
		}, "order of the schema"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.verify(s.altered(encoded, test.change), 1)
			require.ErrorIs(t, err, proof.ErrInvalid)
			require.ErrorContains(t, err, test.says)
		})
	}
	_, err := s.verify(append([]byte(" "), encoded...), 1)
	require.ErrorIs(t, err, proof.ErrInvalid)
}

// A vault that does not answer, or lies, is named in the file; what the chain says of a record is in it, too.
func TestProvenFaults(t *testing.T) {
	t.Run("silent", func(t *testing.T) {
		s := newProvenScene(t)
		s.vaults.quiet[s.Operator(0).String()] = true
		r, err := s.verify(s.prove(s.look(), 1), 1)
		require.NoError(t, err)
		require.Equal(t, 2, r.Verified)
		require.Equal(t, []string{"Bank 0"}, r.Summary.Silent)
		require.Error(t, r.Check())
	})
	t.Run("lying", func(t *testing.T) {
		s := newProvenScene(t)
		record := &s.vaults.given[s.Operator(0).String()][0]
		for i := range record.Values {
			if record.Values[i].Name == "balance" {
				record.Values[i].Text = "1"
			}
		}
		r, err := s.verify(s.prove(s.look(), 1), 1)
		require.NoError(t, err)
		require.Equal(t, 3, r.Verified)
		i := slices.IndexFunc(r.Lines, func(l Line) bool { return l.Proof == Mismatch })
		require.Contains(t, r.Lines[i].Reason, "does not hash to the commitment")
	})
	t.Run("disputed", func(t *testing.T) {
		s := newProvenScene(t)
		r := s.look()
		id, err := id32("", r.Lines[0].Tradeline)
		require.NoError(t, err)
		s.Send(controller, &credittypes.MsgOpenDispute{
			Controller: s.Operator(controller).String(), Subject: subject[:], TradelineId: id[:], Reason: credittypes.DISPUTE_REASON_AMOUNT,
			Nonce: bytes.Repeat([]byte{9}, credittypes.NonceSize),
		})
		checked, err := s.verify(s.prove(r, 1), 1)
		require.NoError(t, err)
		require.Equal(t, 3, checked.Verified)
		require.Len(t, checked.Disputes, 1)
		require.Equal(t, "open", checked.Disputes[0].Status)
		require.Equal(t, 1, checked.Summary.DisputesOpen)
		require.Equal(t, Disputed, checked.Lines[slices.IndexFunc(checked.Lines, func(l Line) bool { return l.Tradeline == r.Lines[0].Tradeline })].Proof)
	})
	t.Run("issuer suspended since", func(t *testing.T) {
		s := newProvenScene(t)
		r := s.look()
		since := s.Now
		address := s.Operator(0)
		key := institutiontypes.InstitutionStateKey(address)
		answer, err := s.ABCIQueryWithOptions(t.Context(), "/store/"+institutiontypes.StoreKey+"/key", key, rpcclient.ABCIQueryOptions{Height: s.Height()})
		require.NoError(t, err)
		var institution institutiontypes.Institution
		require.NoError(t, institution.Unmarshal(answer.Response.Value))
		institution.Status, institution.StatusSince = institutiontypes.LICENCE_STATUS_SUSPENDED, since
		s.Write(institutiontypes.StoreKey, institutiontypes.InstitutionStateKey(address), &institution)
		s.Block()
		checked, err := s.verify(s.prove(r, 1), 1)
		require.NoError(t, err)
		require.Equal(t, 2, checked.Verified)
		i := slices.IndexFunc(checked.Lines, func(l Line) bool { return l.Proof == IssuerNotLicensed })
		require.Contains(t, checked.Lines[i].Reason, "issuer suspended since "+since.UTC().Format(time.RFC3339))
		require.True(t, checked.Lines[i].IssuerSince.Equal(since))
	})
}

// A later header leads back to the report by hashes alone, however old its signatures are.
func TestRebase(t *testing.T) {
	s := newProvenScene(t)
	encoded := s.prove(s.look(), 1)
	for range 5 {
		s.Block()
	}
	later := s.Height()
	p, err := Rebase(t.Context(), s, encoded, later)
	require.NoError(t, err)
	again, err := p.Encode()
	require.NoError(t, err)
	years := s.Now.AddDate(10, 0, 0)
	r, err := VerifyProofs(again, s.Trusted(later), proof.Options{Now: years})
	require.NoError(t, err)
	require.NoError(t, r.Check())
	_, err = VerifyProofs(encoded, s.Trusted(1), proof.Options{Now: years})
	require.ErrorIs(t, err, proof.ErrInvalid, "the trusted header is too old for its signatures to count")
	_, err = Rebase(t.Context(), s, []byte("{}\n"), later)
	require.ErrorIs(t, err, proof.ErrInvalid)
}

// Only who got the report has what was signed.
func TestProveSaved(t *testing.T) {
	s := newProvenScene(t)
	r := s.look()
	path := filepath.Join(t.TempDir(), "report")
	require.NoError(t, r.Save(path))
	saved, err := Load(path)
	require.NoError(t, err)
	_, err = saved.Prove(t.Context(), s, ProveOptions{})
	require.ErrorContains(t, err, "--save-proofs")

	s.Block()
	p, err := r.Prove(t.Context(), s, ProveOptions{})
	require.NoError(t, err)
	require.NoError(t, os.Chmod(path, 0o644))
	require.NoError(t, p.Save(path))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "also where there was one that others could read")
	_, err = Load(path)
	require.ErrorContains(t, err, "report with proofs")
	none, encoded, err := LoadAny(path)
	require.NoError(t, err)
	require.Nil(t, none)
	require.Equal(t, encoded, func() []byte { e, _ := p.Encode(); return e }())
}

func FuzzParseProofs(f *testing.F) {
	s := newProvenScene(f)
	encoded := s.prove(s.look(), 0)
	start, err := s.parse(encoded).Start()
	require.NoError(f, err)
	f.Add(encoded)
	f.Add([]byte(`{"format":"creditd/report/v1","inquiry":"","records":[],"answers":[],"entries":[],"stores":[],"blocks":[]}` + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := ParseProofs(data)
		if err != nil {
			return
		}
		again, err := p.Encode()
		require.NoError(t, err)
		require.Equal(t, data, again)
		r, err := VerifyProofs(data, start, proof.Options{Now: s.Now})
		if err == nil && r.Complete {
			require.Equal(t, encoded, data, "nobody made this file")
		}
	})
}
