package bench

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/devnet"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/store"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

const (
	// reportLines of each subject that reports are about, half of them at each of two furnishers.
	reportLines = 10
	// reportSubjects take turns.
	reportSubjects = 20
	// readSubjects have reportLines records each, all at the first furnisher.
	readSubjects = 100
)

// needVaults says whether something is measured that vaults answer.
func needVaults(workloads []string) bool {
	return slices.ContainsFunc(workloads, func(name string) bool { return name == CreditReport || name == VaultRead || name == Sum })
}

// vaults are those of two furnishers, as processes, and of a data user, opened here as 'report get' opens it.
type vaults struct {
	run        *run
	open       bool
	dir        string
	furnishers [2]*devnet.Institution
	lender     *devnet.Institution
	signer     client.Signer
	store      *store.Embedded
	ring       *keys.Ring
	chain      *client.Client

	reported [][32]byte // subjects of reports
	read     [][32]byte // subjects of single reads
}

// prepare imports made-up books into the furnishers' vaults, once.
func (v *vaults) prepare(ctx context.Context) (err error) {
	if v.open {
		return nil
	}
	v.open = true
	running := v.run.network.running
	if running == nil {
		return fmt.Errorf("%s and %s restart vaults with other limits: leave --against out", CreditReport, VaultRead)
	}
	v.furnishers = [2]*devnet.Institution{&running.Institutions[0], &running.Institutions[1]}
	v.lender = running.Find(devnet.Lender)
	if v.dir, err = os.MkdirTemp("", "creditd-bench-books-"); err != nil {
		return err
	}
	v.run.say("importing records of %d subjects into two vaults", reportSubjects+readSubjects)
	for f, institution := range v.furnishers {
		book := filepath.Join(v.dir, institution.Name+".csv")
		if err := os.WriteFile(book, v.book(f), 0o600); err != nil {
			return err
		}
		if _, err := running.Run(ctx, "vault", "import", book, "--format", "sba", "--home", institution.Home); err != nil {
			return fmt.Errorf("import of %s: %w", institution.Name, err)
		}
		if err := v.unlimited(ctx, institution); err != nil {
			return err
		}
	}
	return v.dataUser(ctx)
}

// unlimited restarts a vault that answers one account as often as it asks: it is measured what it can, not what it may.
func (v *vaults) unlimited(ctx context.Context, of *devnet.Institution) error {
	running := v.run.network.running
	running.KillVault(of.Name)
	limits := "concurrent-of-account = 32\norders-per-second = 100000\norders-per-day = 100000000\nrecords-per-day = 100000000\n"
	if err := os.WriteFile(filepath.Join(of.Home, "vault", "vault.toml"), []byte(limits), 0o600); err != nil {
		return err
	}
	return running.RestartVault(ctx, of.Name)
}

// book of one furnisher: half of the loans of each subject of reports, and at the first all loans of each other subject.
func (v *vaults) book(furnisher int) []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	row := func(columns ...string) { _ = w.Write(columns) } // into memory
	row(strings.Split("LoanNr_ChkDgt,BorrowerNo,State,Bank,NAICS,ApprovalDate,Term,RevLineCr,ChgOffDate,DisbursementDate,"+
		"DisbursementGross,MIS_Status,ChgOffPrinGr,GrAppv,SBA_Appv", ",")...)
	loan := func(number int, borrower string) {
		row(fmt.Sprintf("SYN%d%08d", furnisher+1, number), borrower, "TX", "BENCH BANK", "621210", "7/3/2007", "276", "N", "", "1/25/2008",
			fmt.Sprint(100_000+number), "P I F", "0", fmt.Sprint(100_000+number), "75000")
	}
	number := 0
	for s := range reportSubjects {
		for range reportLines / len(v.furnishers) {
			loan(number, borrower(s))
			number++
		}
	}
	if furnisher == 0 {
		for s := range readSubjects * reportLines {
			loan(number, borrower(reportSubjects+s/reportLines))
			number++
		}
	}
	w.Flush()
	return out.Bytes()
}

func borrower(n int) string { return fmt.Sprintf("SYN8%08d", n) }

// dataUser opens the lender's vault and finds the subjects' pseudonyms.
func (v *vaults) dataUser(ctx context.Context) (err error) {
	n := v.run.network
	if v.signer, err = client.KeyringSigner(n.client.Codec(), client.KeyringConfig{
		Home: v.lender.Home, Backend: n.manifest.Keyring, From: v.lender.Name,
	}); err != nil {
		return err
	}
	if v.store, err = store.Open(ctx, filepath.Join(v.lender.Home, "vault", "store.db"), store.Options{}); err != nil {
		return err
	}
	passphrase, err := keys.ReadSecret(v.lender.Vault.PassphraseFile)
	if err != nil {
		return err
	}
	if v.ring, err = keys.Open(ctx, v.store, filepath.Join(v.lender.Home, "vault", "keybag"), keys.WithSecret(passphrase)); err != nil {
		return err
	}
	if v.chain, err = v.dial(ctx); err != nil {
		return err
	}
	consortium, err := keys.ReadConsortium(filepath.Join(v.lender.Home, "consortium.key"))
	if err != nil {
		return err
	}
	for s := range reportSubjects + readSubjects {
		pseudonym, err := consortium.Pseudonym(credittypes.SUBJECT_KIND_LEGAL_ENTITY, borrower(s))
		if err != nil {
			return err
		}
		if s < reportSubjects {
			v.reported = append(v.reported, pseudonym)
		} else {
			v.read = append(v.read, pseudonym)
		}
	}
	return v.complete(ctx)
}

// dial the node that the lender's commands go to.
func (v *vaults) dial(ctx context.Context) (*client.Client, error) {
	n := v.run.network
	return client.Dial(ctx, client.Config{GRPC: n.nodes[0].GRPC, RPC: n.nodes[0].RPC, ChainID: n.manifest.ChainID})
}

// complete makes sure that what is measured is what is said.
func (v *vaults) complete(ctx context.Context) error {
	for _, subject := range [][32]byte{v.reported[0], v.read[0]} {
		tradelines, err := v.chain.Tradelines(ctx, subject)
		if err != nil {
			return err
		}
		if len(tradelines) != reportLines {
			return fmt.Errorf("subject %s has %d tradelines and not %d: its rows were rejected", hex.EncodeToString(subject[:]), len(tradelines), reportLines)
		}
	}
	return nil
}

func (v *vaults) close() error {
	var errs []error
	if v.chain != nil {
		errs = append(errs, v.chain.Close())
		v.chain = nil
	}
	if v.store != nil {
		errs = append(errs, v.store.Close())
		v.store = nil
	}
	if v.dir != "" {
		errs = append(errs, os.RemoveAll(v.dir))
	}
	return errors.Join(errs...)
}
