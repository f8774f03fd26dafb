package e2e

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/devnet"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/x/attestation/schemas"
	credittypes "github.com/creditd/creditd/x/credit/types"
	exposuretypes "github.com/creditd/creditd/x/exposure/types"
	pseudonymtypes "github.com/creditd/creditd/x/pseudonym/types"
)

const (
	// submitTime is long for vaults that answer within a second, and not too long to wait for the one that does not.
	submitTime = 30 * time.Second
	// evaluationLimit of each institution, and most of them in a request.
	evaluationLimit, evaluationsAtOnce = 6, 4
)

// TestTogether: what four institutions compute together, by their vaults and the command line: pseudonyms under a key that none of them has,
// a match of two lists, and a sum to which one of them is silent.
func TestTogether(t *testing.T) {
	ctx, net := network(t, devnet.Options{
		LicenceEnds:  map[string]time.Duration{devnet.Bureau: time.Second},
		VotingPeriod: 2 * votingPeriod,
		Exposure:     func(p *exposuretypes.Params) { p.SubmitDuration = submitTime },
		Pseudonym: func(p *pseudonymtypes.Params) {
			p.MaxCount, p.MaxEvaluations, p.Window = evaluationsAtOnce, evaluationLimit, 31*24*time.Hour
			p.MigrationTimelock = 0
		},
	})
	w := &together{net: net, dir: t.TempDir()}
	w.cards(ctx, t)
	for _, step := range []struct {
		name string
		do   func(context.Context, *testing.T)
	}{
		{"no pseudonym without a key", w.noKey},
		{"the members adopt the key that their vaults made", w.adopt},
		{"a quorum of vaults gives everybody the same pseudonym", w.quorum},
		{"one vault fewer gives none", w.oneFewer},
		{"not more than the limit, and not without a licence", w.limited},
		{"a sum is asked for, while one vault is away", w.ask},
		{"subjects move to their new pseudonyms", w.migrate},
		{"two lists are matched", w.match},
		{"the total is of the others, and says who was silent", w.total},
	} {
		if !t.Run(step.name, func(t *testing.T) { step.do(ctx, t) }) {
			return // what follows rests on it
		}
	}
}

// together is what the steps hand on. bank-a, bank-b and bank-c each have a card of two persons; the vault of bank-c goes away.
type together struct {
	net        *devnet.Net
	dir        string
	pseudonyms []string // of the persons, under the consortium's key
	shared     []string // under the shared key
	committee  string
	inquiry    string
	round      string
}

const silent = "bank-c"

func number(person int) string { return fmt.Sprintf("SYN%09d", 700_000_000+person) }

func identity(person int) string { return "TWCARD-" + number(person) }

// owes a person to a bank, in major units.
func owes(bank, person int) int { return 1000*(bank+1) + person }

func (w *together) cards(ctx context.Context, t *testing.T) {
	for bank, i := range w.net.Institutions[:3] {
		book := "ID,LIMIT_BAL,PAY_0,PAY_2,PAY_3,PAY_4,PAY_5,PAY_6,BILL_AMT1,BILL_AMT2,BILL_AMT3,BILL_AMT4,BILL_AMT5,BILL_AMT6," +
			"PAY_AMT1,PAY_AMT2,PAY_AMT3,PAY_AMT4,PAY_AMT5,PAY_AMT6\n"
		for person := range 2 {
			book += number(person) + ",100000" + strings.Repeat(",0", 6) + strings.Repeat(","+strconv.Itoa(owes(bank, person)), 6) + strings.Repeat(",1", 6) + "\n"
		}
		path := filepath.Join(w.dir, i.Name+".csv")
		require.NoError(t, os.WriteFile(path, []byte(book), 0o600))
		must(ctx, t, w.net, "vault", "import", path, "--format", "card", "--home", i.Home)
	}
	consortium, err := keys.ReadConsortium(filepath.Join(w.net.Institutions[0].Home, "consortium.key"))
	require.NoError(t, err)
	for person := range 2 {
		id, err := consortium.Pseudonym(credittypes.SUBJECT_KIND_NATURAL_PERSON, identity(person))
		require.NoError(t, err)
		w.pseudonyms = append(w.pseudonyms, hex.EncodeToString(id[:]))
	}
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	bz, err := hex.DecodeString(text)
	require.NoError(t, err)
	return bz
}

func address(t *testing.T, text string) sdk.AccAddress {
	t.Helper()
	bz, err := sdk.AccAddressFromBech32(text)
	require.NoError(t, err)
	return bz
}

// list of identity numbers, in a file.
func (w *together) list(t *testing.T, name string, persons ...int) string {
	t.Helper()
	text := ""
	for _, person := range persons {
		text += identity(person) + "\n"
	}
	path := filepath.Join(w.dir, name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// deriving is the command with which an institution derives the pseudonyms of persons.
func (w *together) deriving(t *testing.T, by string, persons ...int) []string {
	t.Helper()
	return []string{
		"privacy", "pseudonym", "--kind", "person", "--items", w.list(t, "persons.txt", persons...), "--home", w.net.Find(by).Home, "--output", "json",
	}
}

func (w *together) derive(ctx context.Context, t *testing.T, by string, persons ...int) (pseudonyms []string) {
	t.Helper()
	var derived struct {
		Epoch      uint64 `json:"epoch"`
		Pseudonyms []struct {
			Pseudonym string `json:"pseudonym"`
		} `json:"pseudonyms"`
	}
	require.NoError(t, json.Unmarshal(must(ctx, t, w.net, w.deriving(t, by, persons...)...), &derived))
	for _, each := range derived.Pseudonyms {
		pseudonyms = append(pseudonyms, each.Pseudonym)
	}
	return pseudonyms
}

func (w *together) noKey(ctx context.Context, t *testing.T) {
	refused(ctx, t, w.net, []string{"adopted no key"}, w.deriving(t, "bank-a", 0)...)
}

func (w *together) adopt(ctx context.Context, t *testing.T) {
	for _, purpose := range []string{"PURPOSE_EXPOSURE", "PURPOSE_PSEUDONYM"} {
		eventually(ctx, t, "the key of "+purpose, func() bool {
			var answer struct {
				Committee struct {
					ID string `json:"id"`
				} `json:"committee"`
			}
			err := rest(ctx, w.net, 0, "/creditd/committee/v1/active/"+purpose, &answer)
			w.committee = answer.Committee.ID
			return err == nil
		})
	}
	var gov struct {
		Account struct {
			Base struct {
				Address string `json:"address"`
			} `json:"base_account"`
		} `json:"account"`
	}
	query(ctx, t, w.net, 0, "/cosmos/auth/v1beta1/module_accounts/gov", &gov)
	proposal := filepath.Join(w.dir, "adopt.json")
	raw, err := json.Marshal(map[string]any{
		"title": "key", "summary": "key", "deposit": "", "metadata": "",
		"messages": []any{map[string]any{"@type": "/creditd.pseudonym.v1.MsgAdoptKey", "authority": gov.Account.Base.Address, "committee_id": w.committee}},
	})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(proposal, raw, 0o600))
	sent := send(ctx, t, w.net, "bank-a", "gov", "submit-proposal", proposal)
	passed := agreed(ctx, t, w.net, []string{"bank-a", "bank-b", "bank-c", "tax-office"}, proposalOf(t, sent))
	require.Equal(t, "PROPOSAL_STATUS_PASSED", passed.Status, passed.FailedReason)
}

func (w *together) quorum(ctx context.Context, t *testing.T) {
	w.shared = w.derive(ctx, t, "bank-a", 0, 1)
	w.net.KillVault(silent)
	require.Equal(t, w.shared, w.derive(ctx, t, "bank-b", 0, 1), "three of four vaults are enough, and any three")
	require.NotEqual(t, w.pseudonyms, w.shared)
	require.Equal(t, w.shared, w.derive(ctx, t, "bank-a", 0, 1), "again")
	w.used(ctx, t, map[string]string{"bank-a": "2", "bank-b": "2"})
}

// used is what everybody sees: how many evaluations each institution asked for.
func (w *together) used(ctx context.Context, t *testing.T, want map[string]string) {
	t.Helper()
	var answer struct {
		Usages []struct {
			Institution string `json:"institution"`
			Evaluations string `json:"evaluations"`
		} `json:"usages"`
	}
	query(ctx, t, w.net, 0, "/creditd/pseudonym/v1/usages", &answer)
	got := map[string]string{}
	for _, usage := range answer.Usages {
		for _, i := range w.net.Institutions {
			if i.Operator == usage.Institution {
				got[i.Name] = usage.Evaluations
			}
		}
	}
	require.Equal(t, want, got)
}

func (w *together) oneFewer(ctx context.Context, t *testing.T) {
	w.net.KillVault("tax-office")
	refused(ctx, t, w.net, []string{"too few vaults evaluated"}, w.deriving(t, "bank-a", 2)...)
	require.NoError(t, w.net.RestartVault(ctx, "tax-office"))
	require.Len(t, w.derive(ctx, t, "bank-a", 2), 1)
	w.used(ctx, t, map[string]string{"bank-a": "3", "bank-b": "2"}) // what failed is not paid for twice
}

func (w *together) limited(ctx context.Context, t *testing.T) {
	refused(ctx, t, w.net, []string{"used up its evaluations"}, w.deriving(t, "bank-a", 3, 4, 5, 6)...)
	tx := send(ctx, t, w.net, devnet.Bureau, "pseudonym", "request-evaluations", "1", "1", strings.Repeat("ab", 32))
	require.NotZero(t, tx.Code)
	require.Contains(t, tx.Log, "active institution", "its licence is over")
	w.used(ctx, t, map[string]string{"bank-a": "3", "bank-b": "2"})
}

// ask for the sum of what the first person owes. An account of bank-b controls the file.
func (w *together) ask(ctx context.Context, t *testing.T) {
	ok := func(from string, command ...string) {
		tx := send(ctx, t, w.net, from, command...)
		require.Zero(t, tx.Code, tx.Log)
	}
	about, nonce := w.pseudonyms[0], strings.Repeat("01", 16)
	lender := w.net.Find(devnet.Lender)
	ok("bank-a", "credit", "offer-control", about, w.net.Find("bank-b").Operator)
	ok("bank-b", "credit", "claim-control", about)
	schema, found := schemas.ByName(schemas.TradelinePerson)
	require.True(t, found)
	id := schema.ID()
	ok("bank-b", "credit", "grant-consent", about, lender.Operator, "credit-application", "--schema-ids", hex.EncodeToString(id[:]),
		"--mode", "query", "--fetch", "one-time", "--uses", "1", "--valid-until", time.Now().AddDate(0, 1, 0).UTC().Format(time.RFC3339), "--nonce", nonce)
	var consents struct {
		Consents []struct {
			ID string `json:"id"`
		} `json:"consents"`
	}
	query(ctx, t, w.net, 0, "/creditd/credit/v1/subjects/"+about+"/consents", &consents)
	require.Len(t, consents.Consents, 1)
	consent, err := base64.StdEncoding.DecodeString(consents.Consents[0].ID)
	require.NoError(t, err)
	ok(devnet.Lender, "credit", "open-inquiry", about, "credit-application", "--consent-id", hex.EncodeToString(consent), "--nonce", nonce)
	w.inquiry = credittypes.InquiryID(address(t, lender.Operator), unhex(t, about), unhex(t, nonce)).String()
	must(ctx, t, w.net, "privacy", "sum", "open", "exposure", w.inquiry, "--from", devnet.Lender, "--home", lender.Home, "--gas", "500000", "--yes")
	eventually(ctx, t, "the round to be open", func() bool {
		var answer struct {
			Rounds []struct {
				ID string `json:"id"`
			} `json:"rounds"`
		}
		if rest(ctx, w.net, 0, "/creditd/exposure/v1/rounds", &answer) != nil || len(answer.Rounds) == 0 {
			return false
		}
		round, err := base64.StdEncoding.DecodeString(answer.Rounds[0].ID)
		require.NoError(t, err)
		w.round = hex.EncodeToString(round)
		return true
	})
}

// migrate the second person: both banks whose vaults are there say that old and new pseudonym are of one subject.
func (w *together) migrate(ctx context.Context, t *testing.T) {
	for _, bank := range []string{"bank-a", "bank-b"} {
		must(ctx, t, w.net, append(w.deriving(t, bank, 1), "--migrate")...)
	}
	var answer struct {
		Subject struct {
			MergedInto string   `json:"merged_into"`
			Aliases    []string `json:"aliases"`
		} `json:"subject"`
	}
	eventually(ctx, t, "the migration to take effect", func() bool {
		query(ctx, t, w.net, 0, "/creditd/credit/v1/subjects/"+w.pseudonyms[1], &answer)
		return answer.Subject.MergedInto != ""
	})
	to, err := base64.StdEncoding.DecodeString(answer.Subject.MergedInto)
	require.NoError(t, err)
	require.Equal(t, w.shared[1], hex.EncodeToString(to))
	query(ctx, t, w.net, 0, "/creditd/credit/v1/subjects/"+w.shared[1], &answer)
	require.Len(t, answer.Subject.Aliases, 1, "its records stay under the old one")
	w.used(ctx, t, map[string]string{"bank-a": "3", "bank-b": "2"}) // nothing was evaluated again
}

func (w *together) match(ctx context.Context, t *testing.T) {
	type outcome struct {
		ID     string `json:"id"`
		Status string `json:"status"`
		Common *int   `json:"common"`
		Lines  []int  `json:"lines"`
		Size   int    `json:"server_size"`
	}
	do := func(by string, items string, args ...string) (o outcome) {
		args = append([]string{"privacy", "match"}, args...)
		out := must(ctx, t, w.net, append(args, "--home", w.net.Find(by).Home, "--kind", "person", "--items", items, "--output", "json")...)
		require.NoError(t, json.Unmarshal(out, &o))
		return o
	}
	client, server := w.list(t, "client.txt", 0, 20, 1, 21), w.list(t, "server.txt", 30, 1, 0)
	opened := do("bank-a", client, "open", w.net.Find("bank-b").Operator)
	refused(ctx, t, w.net, nil, "privacy", "match", "run", opened.ID, "--home", w.net.Find("bank-a").Home, "--kind", "person", "--items", client)
	do("bank-b", server, "accept", opened.ID)
	other := w.list(t, "other.txt", 0, 20, 1, 22)
	refused(ctx, t, w.net, nil, "privacy", "match", "run", opened.ID, "--home", w.net.Find("bank-a").Home, "--kind", "person", "--items", other)
	found := do("bank-a", client, "run", opened.ID)
	require.Equal(t, []int{1, 3}, found.Lines)
	require.Equal(t, 3, found.Size)

	size := do("bank-a", client, "open", w.net.Find("bank-b").Operator, "--size-only")
	do("bank-b", server, "accept", size.ID)
	counted := do("bank-a", client, "run", size.ID)
	require.Empty(t, counted.Lines, "how many, and not which")
	require.Equal(t, 2, *counted.Common)
}

func (w *together) total(ctx context.Context, t *testing.T) {
	lender := w.net.Find(devnet.Lender)
	var answer struct {
		Status    string   `json:"status"`
		Members   int      `json:"members"`
		Submitted int      `json:"submitted"`
		Silent    []string `json:"silent"`
		Total     *uint64  `json:"total"`
	}
	out := must(ctx, t, w.net, "privacy", "sum", "read", w.round, "--wait", "--home", lender.Home, "--output", "json")
	require.NoError(t, json.Unmarshal(out, &answer))
	require.Equal(t, []string{w.net.Find(silent).Operator}, answer.Silent)
	require.Equal(t, 4, answer.Members)
	require.Equal(t, 3, answer.Submitted)
	require.NotNil(t, answer.Total)
	require.Equal(t, uint64(100*(owes(0, 0)+owes(1, 0))), *answer.Total, "without what is owed to the silent one")

	var conduct struct {
		Conduct []struct {
			Member string `json:"member"`
			Silent string `json:"silent"`
		} `json:"conduct"`
	}
	query(ctx, t, w.net, 0, "/creditd/exposure/v1/conduct", &conduct)
	require.Len(t, conduct.Conduct, 1)
	require.Equal(t, w.net.Find(silent).Operator, conduct.Conduct[0].Member)
	require.Equal(t, "1", conduct.Conduct[0].Silent)
}
