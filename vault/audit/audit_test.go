package audit

import (
	"bytes"
	"encoding/hex"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/internal/pgserver"
	"github.com/creditd/creditd/vault/internal/fakechain"
	"github.com/creditd/creditd/vault/internal/testpg"
	"github.com/creditd/creditd/vault/internal/testvault"
	"github.com/creditd/creditd/vault/records"
	"github.com/creditd/creditd/vault/store"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// engines gives an empty store of each kind.
func engines(t *testing.T) map[string]func(t *testing.T) *store.SQL {
	server := testpg.Start(t, pgserver.Options{})
	open := func(t *testing.T, where string) *store.SQL {
		s, err := store.Open(t.Context(), where, store.Options{})
		require.NoError(t, err)
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	return map[string]func(t *testing.T) *store.SQL{
		"sqlite":   func(t *testing.T) *store.SQL { return open(t, filepath.Join(t.TempDir(), "store.db")) },
		"postgres": func(t *testing.T) *store.SQL { return open(t, testpg.Store(server)) },
	}
}

func audited(t *testing.T, s Store, bank *testvault.Institution, chain *fakechain.Chain) Result {
	t.Helper()
	result, err := Run(t.Context(), s, bank.Ring, chain, Options{Furnisher: bank.Operator(), History: chain})
	require.NoError(t, err)
	return result
}

func TestAudit(t *testing.T) {
	subject := [32]byte{0x5b}
	open := engines(t)
	for name, test := range map[string]struct {
		problem Problem
		change  func(t *testing.T, chain *fakechain.Chain, bank *testvault.Institution, r []store.Record) []store.Record
	}{
		"sound": {"", func(_ *testing.T, _ *fakechain.Chain, _ *testvault.Institution, r []store.Record) []store.Record {
			return r
		}},
		"flipped bit": {Unreadable, func(_ *testing.T, _ *fakechain.Chain, _ *testvault.Institution, r []store.Record) []store.Record {
			r[0].Ciphertext = bytes.Clone(r[0].Ciphertext)
			r[0].Ciphertext[3] ^= 1
			return r
		}},
		"flipped bit of the key": {Unreadable, func(_ *testing.T, _ *fakechain.Chain, _ *testvault.Institution, r []store.Record) []store.Record {
			r[0].WrappedKey = bytes.Clone(r[0].WrappedKey)
			r[0].WrappedKey[len(r[0].WrappedKey)-1] ^= 0x80
			return r
		}},
		"flipped bit of the nonce": {Unreadable, func(_ *testing.T, _ *fakechain.Chain, _ *testvault.Institution, r []store.Record) []store.Record {
			r[0].Nonce = bytes.Clone(r[0].Nonce)
			r[0].Nonce[0] ^= 1
			return r
		}},
		"content of another record": {Unreadable, func(_ *testing.T, _ *fakechain.Chain, _ *testvault.Institution, r []store.Record) []store.Record {
			r[0].WrappedKey, r[0].Nonce, r[0].Ciphertext = r[1].WrappedKey, r[1].Nonce, r[1].Ciphertext
			return r
		}},
		"other content": {Altered, func(t *testing.T, _ *fakechain.Chain, bank *testvault.Institution, r []store.Record) []store.Record {
			plain, err := records.Open(bank.Ring, &r[0])
			require.NoError(t, err)
			plain.Values = commitment.Record{"balance": "0"}
			require.NoError(t, records.Seal(bank.Ring, plain, &r[0]))
			return r
		}},
		"other salt of the clock": {Altered, func(t *testing.T, _ *fakechain.Chain, bank *testvault.Institution, r []store.Record) []store.Record {
			plain, err := records.Open(bank.Ring, &r[0])
			require.NoError(t, err)
			plain.Clock.Salt[0]++
			require.NoError(t, records.Seal(bank.Ring, plain, &r[0]))
			return r
		}},
		"missing": {Missing, func(_ *testing.T, _ *fakechain.Chain, _ *testvault.Institution, r []store.Record) []store.Record {
			return r[1:]
		}},
		"foreign": {Foreign, func(_ *testing.T, chain *fakechain.Chain, _ *testvault.Institution, r []store.Record) []store.Record {
			delete(chain.State().Attestations, r[0].Attestation)
			delete(chain.State().Tradelines, r[0].Tradeline)
			return r
		}},
		"unsettled": {Unsettled, func(_ *testing.T, chain *fakechain.Chain, _ *testvault.Institution, r []store.Record) []store.Record {
			delete(chain.State().Attestations, r[0].Attestation)
			delete(chain.State().Tradelines, r[0].Tradeline)
			r[0].State = store.Staged
			return r
		}},
		"stale": {Stale, func(_ *testing.T, chain *fakechain.Chain, _ *testvault.Institution, r []store.Record) []store.Record {
			tradeline := chain.State().Tradelines[r[0].Tradeline]
			tradeline.AttestationId = r[1].Attestation[:]
			chain.State().Tradelines[r[0].Tradeline] = tradeline
			return r
		}},
		"replaced by a later one is sound": {"", func(_ *testing.T, chain *fakechain.Chain, _ *testvault.Institution, r []store.Record) []store.Record {
			old := chain.State().Attestations[r[0].Attestation]
			old.Status = attestationtypes.STATUS_SUPERSEDED
			chain.State().Attestations[r[0].Attestation] = old
			tradeline := chain.State().Tradelines[r[0].Tradeline]
			tradeline.AttestationId = r[1].Attestation[:]
			chain.State().Tradelines[r[0].Tradeline] = tradeline
			return r
		}},
		"erased and still here": {Erased, func(_ *testing.T, chain *fakechain.Chain, _ *testvault.Institution, r []store.Record) []store.Record {
			tradeline := chain.State().Tradelines[r[0].Tradeline]
			tradeline.State = credittypes.RECORD_STATE_ERASED
			chain.State().Tradelines[r[0].Tradeline] = tradeline
			return r
		}},
		"erased and gone": {"", func(_ *testing.T, chain *fakechain.Chain, _ *testvault.Institution, r []store.Record) []store.Record {
			tradeline := chain.State().Tradelines[r[0].Tradeline]
			tradeline.State = credittypes.RECORD_STATE_ERASED
			chain.State().Tradelines[r[0].Tradeline] = tradeline
			return r[1:]
		}},
		"expired records are not missing": {"", func(_ *testing.T, chain *fakechain.Chain, _ *testvault.Institution, r []store.Record) []store.Record {
			tradeline := chain.State().Tradelines[r[0].Tradeline]
			tradeline.State = credittypes.RECORD_STATE_EXPIRED
			chain.State().Tradelines[r[0].Tradeline] = tradeline
			return r
		}},
	} {
		for engine, open := range open {
			t.Run(name+", "+engine, func(t *testing.T) {
				chain := fakechain.New(time.Now)
				bank := testvault.New(t, chain, "Bank")
				all := test.change(t, chain, bank, []store.Record{
					bank.Furnish(t, chain, subject, "1", schemas.TradelineFirm, commitment.Record{"balance": "1"}),
					bank.Furnish(t, chain, subject, "2", schemas.TradelineFirm, commitment.Record{"balance": "2"}),
				})
				planted := open(t)
				require.NoError(t, planted.Stage(t.Context(), all))
				result := audited(t, planted, bank, chain)
				require.Equal(t, len(all), result.Records)
				require.Equal(t, 1, result.Subjects)
				if test.problem == "" {
					require.Empty(t, result.Findings)
					require.Equal(t, len(all), result.Sound)
					return
				}
				require.Len(t, result.Findings, 1)
				require.Equal(t, test.problem, result.Findings[0].Problem)
				require.Equal(t, map[Problem]int{test.problem: 1}, result.Problems)
				require.NotEmpty(t, result.Findings[0].Detail)
				require.Equal(t, 1, result.Sound)
			})
		}
	}
}

// correct furnishes another version of the account's record.
func correct(t *testing.T, chain *fakechain.Chain, bank *testvault.Institution, r *store.Record, balance string) store.Record {
	plain, err := records.Open(bank.Ring, r)
	require.NoError(t, err)
	definition, ok := schemas.ByName(schemas.TradelineFirm)
	require.True(t, ok)
	plain.Values, plain.Seed = commitment.Record{"balance": balance}, commitment.NewSeed()
	statement, err := records.Statement(definition.Layout(), r.Subject, plain)
	require.NoError(t, err)
	next := *r
	next.Version++
	next.Attestation = attestationtypes.AttestationID(r.Schema[:], bank.Signer.Address(), statement)
	require.NoError(t, records.Seal(bank.Ring, plain, &next))
	report := credittypes.NewReport(bank.Ring.Account("BANK", plain.Account), statement)
	tradeline := chain.State().Tradelines[r.Tradeline]
	report.Delinquency, report.ShowUntil = tradeline.Delinquency, tradeline.ShowUntil
	require.NoError(t, chain.Send(t.Context(), &credittypes.MsgUpdateBatch{
		Furnisher: bank.Operator(), SchemaId: r.Schema[:], Reports: []credittypes.Report{report},
	}))
	return next
}

// The vault lacks versions: the last, one before, or all of a subject.
func TestVersions(t *testing.T) {
	for engine, open := range engines(t) {
		t.Run(engine, func(t *testing.T) {
			chain := fakechain.New(time.Now)
			bank := testvault.New(t, chain, "Bank")
			first := bank.Furnish(t, chain, [32]byte{1}, "1", schemas.TradelineFirm, commitment.Record{"balance": "1"})
			other := bank.Furnish(t, chain, [32]byte{0xff}, "1", schemas.TradelineFirm, commitment.Record{"balance": "1"})
			second := correct(t, chain, bank, &first, "2")
			third := correct(t, chain, bank, &second, "3")
			for name, test := range map[string]struct {
				has  []store.Record
				want map[Problem]int
				at   store.Record
			}{
				"all":                {[]store.Record{first, second, third, other}, map[Problem]int{}, store.Record{}},
				"not the last":       {[]store.Record{first, second, other}, map[Problem]int{Stale: 1}, second},
				"not the one before": {[]store.Record{first, third, other}, map[Problem]int{Missing: 1}, second},
				"a subject":          {[]store.Record{first, second, third}, map[Problem]int{Missing: 1}, other},
			} {
				t.Run(name, func(t *testing.T) {
					s := open(t)
					require.NoError(t, s.Stage(t.Context(), test.has))
					result := audited(t, s, bank, chain)
					require.Equal(t, test.want, result.Problems)
					require.Equal(t, 2, result.Blocks)
					if len(test.want) > 0 {
						require.Equal(t, hex.EncodeToString(test.at.Attestation[:]), result.Findings[0].Attestation)
						require.Equal(t, hex.EncodeToString(test.at.Tradeline[:]), result.Findings[0].Tradeline)
					}
				})
			}
			t.Run("nothing", func(t *testing.T) {
				result := audited(t, open(t), bank, chain)
				require.Equal(t, map[Problem]int{Missing: 2}, result.Problems, "one a tradeline")
			})
			t.Run("a node that prunes", func(t *testing.T) {
				chain.Pruned = 2
				defer func() { chain.Pruned = 0 }()
				s := open(t)
				require.NoError(t, s.Stage(t.Context(), []store.Record{first, second, third, other}))
				result := audited(t, s, bank, chain)
				require.Equal(t, map[Problem]int{Unseen: 1}, result.Problems)
				require.Contains(t, result.Findings[0].Detail, "--node")
			})
			t.Run("known subjects only", func(t *testing.T) {
				s := open(t)
				require.NoError(t, s.Stage(t.Context(), []store.Record{first, second, third}))
				result, err := Run(t.Context(), s, bank.Ring, chain, Options{Furnisher: bank.Operator()})
				require.NoError(t, err)
				require.Empty(t, result.Findings)
				require.Zero(t, result.Blocks)
			})
		})
	}
}

// More subjects than are checked at once, more findings than are listed, and progress.
func TestManySubjects(t *testing.T) {
	chain := fakechain.New(time.Now)
	bank := testvault.New(t, chain, "Bank")
	var last int64
	for i := range 2*page + 3 {
		bank.Furnish(t, chain, [32]byte{byte(i), byte(i >> 8)}, "1", schemas.TradelineFirm, commitment.Record{"balance": "1"})
	}
	result, err := Run(t.Context(), bank.Store, bank.Ring, chain, Options{
		Furnisher: bank.Operator(), History: chain, Records: 2*page + 3, Progress: func(done, total int64) {
			require.Greater(t, done, last)
			require.EqualValues(t, 2*page+3, total)
			last = done
		},
	})
	require.NoError(t, err)
	require.Equal(t, Result{
		Records: 2*page + 3, Sound: 2*page + 3, Subjects: 2*page + 3, Blocks: 2*page + 3, Problems: map[Problem]int{}, Findings: []Finding{},
	}, result)

	a := &auditor{result: Result{Problems: map[Problem]int{}}}
	for range MaxFindings + 5 {
		a.add(Finding{Problem: Missing})
	}
	require.Len(t, a.result.Findings, MaxFindings)
	require.Equal(t, 5, a.result.Omitted)
	require.Equal(t, MaxFindings+5, a.result.Problems[Missing])
}

func TestBefore(t *testing.T) {
	require.Nil(t, before([32]byte{}))
	require.Equal(t, &[32]byte{31: 4}, before([32]byte{31: 5}))
	want := [32]byte{0: 6}
	for i := 1; i < 32; i++ {
		want[i] = 0xff
	}
	require.Equal(t, &want, before([32]byte{0: 7}))
}

func TestAuditOfAnothersVault(t *testing.T) {
	chain := fakechain.New(time.Now)
	bank, other := testvault.New(t, chain, "Bank"), testvault.New(t, chain, "Other")
	bank.Furnish(t, chain, [32]byte{1}, "1", schemas.TradelineFirm, commitment.Record{"balance": "1"})
	result, err := Run(t.Context(), bank.Store, bank.Ring, chain, Options{Furnisher: other.Operator(), History: chain})
	require.NoError(t, err)
	require.Equal(t, Foreign, result.Findings[0].Problem)
}

func TestAuditNeedsTheChain(t *testing.T) {
	chain := fakechain.New(time.Now)
	bank := testvault.New(t, chain, "Bank")
	bank.Furnish(t, chain, [32]byte{1}, "1", schemas.TradelineFirm, commitment.Record{"balance": "1"})
	chain.Down = true
	_, err := Run(t.Context(), bank.Store, bank.Ring, chain, Options{Furnisher: bank.Operator(), History: chain})
	require.Error(t, err, "a chain that is away is no finding")
	require.False(t, errors.Is(err, store.ErrBroken))
}
