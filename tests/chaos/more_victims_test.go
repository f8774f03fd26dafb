package chaos

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/devnet"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/store"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// rotateArgs make a new wrapping key while the vault serves. The overlap is three times what a vault takes to follow: on a
// machine that is busy it may come late.
func rotateArgs(s *scene) []string {
	return []string{"vault", "rotate", "--home", s.bank.Home, "--overlap", "6s"}
}

func beginRotate(ctx context.Context, t *testing.T, s *scene) run {
	t.Helper()
	return command(ctx, t, rotateArgs(s)...)
}

// rotateAgain goes on with the rotation, and then the vault that ran all the time still answers.
func rotateAgain(ctx context.Context, t *testing.T, s *scene) {
	t.Helper()
	s.must(ctx, t, rotateArgs(s)...)
	s.must(ctx, t, s.reportArgs(ctx, t)...)
}

// beginRotateHPKE makes the lender a new key that reports are sealed with, and registers it on the chain.
func beginRotateHPKE(ctx context.Context, t *testing.T, s *scene) run {
	t.Helper()
	return command(ctx, t, rotateHPKEArgs(s)...)
}

func rotateHPKEArgs(s *scene) []string {
	return []string{"vault", "rotate", "--hpke", "--home", s.lender.Home}
}

// rotateHPKEAgain first gets a report with what the kill has left: the key on the chain, whichever it is, is one that the lender
// has. Then it goes on, and the lender still reads what it gets.
func rotateHPKEAgain(ctx context.Context, t *testing.T, s *scene) {
	t.Helper()
	s.must(ctx, t, s.reportArgs(ctx, t)...)
	s.must(ctx, t, rotateHPKEArgs(s)...)
	s.must(ctx, t, s.reportArgs(ctx, t)...)
}

// gone is what was shredded so far.
type gone struct {
	tradelines, corrections int
	subjects                map[[32]byte]bool
}

// beginShred has a subject ask for the erasure of what the bank has of it, and begins to destroy that. A backup has it still.
func beginShred(ctx context.Context, t *testing.T, s *scene) run {
	t.Helper()
	s.must(ctx, t, "vault", "backup", "--home", s.bank.Home, s.backupFile())
	s.askForErasure(ctx, t)
	return command(ctx, t, shredArgs(s)...)
}

func shredArgs(s *scene) []string {
	return []string{"vault", "shred", "--home", s.bank.Home, "--erasures"}
}

// askForErasure gives the next subject an account, that of the lender, which asks.
func (s *scene) askForErasure(ctx context.Context, t *testing.T) {
	t.Helper()
	var records []store.Record
	s.read(ctx, t, func(kept *store.Embedded) {
		all, err := kept.Records(ctx, nil, 10_000)
		require.NoError(t, err)
		for _, r := range all {
			if len(records) == 0 || r.Subject == records[0].Subject {
				records = append(records, r)
			}
		}
	})
	require.NotEmpty(t, records)
	subject := records[0].Subject
	chain := s.dial(ctx, t)
	send := func(of *devnet.Institution, msgs ...sdk.Msg) {
		_, err := chain.NewSender(s.signer(t, chain, of)).Send(ctx, msgs...)
		require.NoError(t, err)
	}
	send(s.bank, &credittypes.MsgOfferControl{Institution: s.bank.Operator, Subject: subject[:], Controller: s.lender.Operator})
	send(s.lender, &credittypes.MsgClaimControl{Controller: s.lender.Operator, Subject: subject[:]})
	asked := map[[32]byte]bool{}
	for _, r := range records {
		if !asked[r.Tradeline] {
			send(s.lender, &credittypes.MsgRequestErasure{Controller: s.lender.Operator, Subject: subject[:], TradelineId: r.Tradeline[:]})
		}
		asked[r.Tradeline] = true
	}
	s.gone.subjects[subject] = true
	s.gone.tradelines += len(asked)
	s.gone.corrections += len(records) - len(asked)
}

func (s *scene) dial(ctx context.Context, t *testing.T) *client.Client {
	t.Helper()
	node := s.bank.Node
	chain, err := client.Dial(ctx, client.Config{ChainID: s.net.ChainID, RPC: node.RPC, GRPC: node.GRPC})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, chain.Close()) })
	return chain
}

func (s *scene) signer(t *testing.T, chain *client.Client, of *devnet.Institution) client.Signer {
	t.Helper()
	signer, err := client.KeyringSigner(chain.Codec(), client.KeyringConfig{Home: of.Home, Backend: s.net.Keyring, From: of.Name})
	require.NoError(t, err)
	return signer
}

// shredAgain goes on, and finds nothing of the subject left; nor does a backup from before bring it back.
func shredAgain(ctx context.Context, t *testing.T, s *scene) {
	t.Helper()
	s.must(ctx, t, shredArgs(s)...)
	s.read(ctx, t, func(kept *store.Embedded) {
		s.requireForgotten(ctx, t, kept)
		_, err := store.VerifyShredLog(ctx, kept, nil)
		require.NoError(t, err)
	})
	home, leftOut := s.restore(ctx, t, s.backupFile())
	require.Positive(t, leftOut)
	readStore(ctx, t, home, func(restored *store.Embedded) { s.requireForgotten(ctx, t, restored) })
	require.NoError(t, os.RemoveAll(home))
}

// requireForgotten: a store has nothing of those who were erased.
func (s *scene) requireForgotten(ctx context.Context, t *testing.T, kept *store.Embedded) {
	t.Helper()
	for subject := range s.gone.subjects {
		left, err := kept.OfSubject(ctx, subject, 1000)
		require.NoError(t, err)
		require.Empty(t, left)
	}
}

// forgotten says whether a borrower of the book was erased, so that next month's book does not have it.
func (s *scene) forgotten(t *testing.T, identity string) bool {
	t.Helper()
	consortium, err := keys.ReadConsortium(filepath.Join(s.bank.Home, "consortium.key"))
	require.NoError(t, err)
	pseudonym, err := consortium.Pseudonym(credittypes.SUBJECT_KIND_LEGAL_ENTITY, identity)
	return err == nil && s.gone.subjects[pseudonym]
}

func (s *scene) backupFile() string {
	return filepath.Join(s.net.Home, "backup-"+strconv.Itoa(s.round))
}

func beginBackup(ctx context.Context, t *testing.T, s *scene) run {
	t.Helper()
	return command(ctx, t, "vault", "backup", "--home", s.bank.Home, s.backupFile())
}

// backupAgain finds a whole backup or none, makes another and restores it: the chain proves that nothing is missing.
func backupAgain(ctx context.Context, t *testing.T, s *scene) {
	t.Helper()
	if _, err := os.Stat(s.backupFile()); err == nil {
		s.must(ctx, t, "vault", "restore", "--check", s.backupFile())
	}
	file := s.backupFile() + "-again"
	s.must(ctx, t, "vault", "backup", "--home", s.bank.Home, file)
	home, leftOut := s.restore(ctx, t, file)
	require.Zero(t, leftOut)
	var here, there status
	decode(t, s.must(ctx, t, "vault", "status", "--home", s.bank.Home, "--output", "json"), &here)
	decode(t, s.must(ctx, t, "vault", "status", "--home", home, "--output", "json"), &there)
	require.Equal(t, here, there)
	require.NoError(t, os.RemoveAll(home))
}

// restore fills a new home from a backup, beside the present key bag, and has the chain prove that nothing is missing and nothing is
// there that should not be. leftOut is how many records were erased since the backup.
func (s *scene) restore(ctx context.Context, t *testing.T, file string) (home string, leftOut int64) {
	t.Helper()
	home = filepath.Join(s.net.Home, "restored-"+strconv.Itoa(s.round))
	require.NoError(t, os.MkdirAll(filepath.Join(home, "vault"), 0o700))
	for _, name := range []string{"vault.passphrase", "vault/keybag"} { // which are kept apart from the store
		raw, err := os.ReadFile(filepath.Join(s.bank.Home, name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(home, name), raw, 0o600))
	}
	require.NoError(t, os.CopyFS(filepath.Join(home, "keyring-test"), os.DirFS(filepath.Join(s.bank.Home, "keyring-test"))))
	chain := []string{"--home", home, "--chain-id", s.net.ChainID, "--node", s.bank.Node.RPC, "--grpc-addr", s.bank.Node.GRPC}
	var restored struct {
		LeftOut int64 `json:"left_out"`
	}
	decode(t, s.must(ctx, t, append([]string{"vault", "restore", "--output", "json", file}, chain...)...), &restored)
	s.must(ctx, t, append([]string{"vault", "verify"}, chain...)...)
	return home, restored.LeftOut
}
