package devnet

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/app"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/x/attestation/schemas"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

const (
	firm = "firm"
	// consentLife of a devnet's consents.
	consentLife = 30 * 24 * time.Hour
)

// FollowBorrower gives a borrower with loans at two of the lenders control of its file. The lenders' loans were
// imported from the book by the first institutions, in that order.
func (n *Net) FollowBorrower(ctx context.Context, name, book string, lenders []string) (Subject, error) {
	c, err := chooseAmong(book, lenders)
	if err != nil {
		return Subject{}, err
	}
	return n.takeControl(ctx, n.Run, name, c)
}

// OfferControl lets the bank that enrolled a borrower with loans at two of the lenders offer the borrower's file to an account
// that is not of this devnet. The borrower has no key here and is not noted.
func (n *Net) OfferControl(ctx context.Context, book string, lenders []string, account string) (Subject, error) {
	c, err := chooseAmong(book, lenders)
	if err != nil {
		return Subject{}, err
	}
	s, err := n.borrower(c)
	if err != nil {
		return s, err
	}
	s.Address, s.Home = account, n.Institutions[0].Home // where the chain is asked from
	return s, n.offer(ctx, n.Run, s)
}

// Grant gives the lender consent to look that often for a credit application, and returns the consent's id.
func (n *Net) Grant(ctx context.Context, s Subject, uses int) (string, error) {
	return n.grant(ctx, n.Run, s, uses)
}

// Withdraw takes a consent back.
func (n *Net) Withdraw(ctx context.Context, s Subject, consent string) error {
	return n.withdraw(ctx, n.Run, s, consent)
}

// borrower of an imported book, by its pseudonym.
func (n *Net) borrower(c choice) (Subject, error) {
	s := Subject{Identity: c.borrower, Kind: firm}
	for _, lender := range c.at {
		s.Lenders = append(s.Lenders, n.Institutions[lender].Name)
	}
	consortium, err := keys.ReadConsortium(filepath.Join(n.Institutions[0].Home, consortiumKeyName))
	if err != nil {
		return s, err
	}
	pseudonym, err := consortium.Pseudonym(credittypes.SUBJECT_KIND_LEGAL_ENTITY, s.Identity)
	s.Pseudonym = hex.EncodeToString(pseudonym[:])
	return s, err
}

// offer lets the bank that enrolled a borrower offer its file to the borrower's account.
func (n *Net) offer(ctx context.Context, run runner, s Subject) error {
	bank, err := n.enroller(ctx, s)
	if err != nil {
		return err
	}
	_, err = n.mustSend(ctx, run, bank.Home, bank.Name, "credit", "offer-control", s.Pseudonym, s.Address)
	return err
}

// takeControl makes an account for a borrower of an imported book and gives it control of its file.
func (n *Net) takeControl(ctx context.Context, run runner, name string, c choice) (Subject, error) {
	s, err := n.borrower(c)
	if err != nil {
		return s, err
	}
	s.Key, s.Home = name, filepath.Join(n.Home, name)
	if err := n.writeClient(s.Home); err != nil {
		return s, err
	}
	key, mnemonic, err := newKey(app.NewEncodingConfig(), s.Home, name)
	if err != nil {
		return s, err
	}
	s.Mnemonic = filepath.Join(s.Home, name+".mnemonic")
	if err := os.WriteFile(s.Mnemonic, []byte(mnemonic+"\n"), 0o600); err != nil {
		return s, err
	}
	s.Address = sdk.AccAddress(key.Address()).String()
	if err := n.offer(ctx, run, s); err != nil {
		return s, err
	}
	if _, err := n.mustSend(ctx, run, s.Home, s.Key, "credit", "claim-control", s.Pseudonym); err != nil {
		return s, err
	}
	n.Subjects = append(n.Subjects, s)
	return s, n.save()
}

// enroller is the institution that put the subject onto the chain: only it may offer control.
func (n *Net) enroller(ctx context.Context, s Subject) (*Institution, error) {
	out, err := n.Run(ctx, "query", "credit", "subject", s.Pseudonym, "--home", s.Home, "--output", "json")
	if err != nil {
		return nil, err
	}
	var answer struct {
		Subject struct {
			EnrolledBy string `json:"enrolled_by"`
		} `json:"subject"`
	}
	if err := decode(out, &answer); err != nil {
		return nil, err
	}
	for i := range n.Institutions {
		if n.Institutions[i].Operator == answer.Subject.EnrolledBy {
			return &n.Institutions[i], nil
		}
	}
	return nil, errors.New("the subject was enrolled by an institution that is not of this devnet: " + answer.Subject.EnrolledBy)
}

func (n *Net) grant(ctx context.Context, run runner, s Subject, uses int) (string, error) {
	nonce := make([]byte, 16)
	_, _ = rand.Read(nonce) // never fails, see the doc of crypto/rand.Read
	_, err := n.mustSend(ctx, run, s.Home, s.Key, "credit", "grant-consent", s.Pseudonym, n.Find(Lender).Operator,
		"credit-application", "--schema-ids", n.schema(schemas.TradelineFirm), "--mode", "view", "--fetch", "one-time",
		"--uses", strconv.Itoa(uses), "--valid-until", time.Now().Add(consentLife).UTC().Format(time.RFC3339),
		"--nonce", hex.EncodeToString(nonce))
	if err != nil {
		return "", err
	}
	subject, err := hex.DecodeString(s.Pseudonym)
	if err != nil {
		return "", err
	}
	lender, err := sdk.AccAddressFromBech32(n.Find(Lender).Operator)
	if err != nil {
		return "", err
	}
	id := credittypes.ConsentID(subject, lender, nonce)
	return hex.EncodeToString(id[:]), nil
}

func (n *Net) withdraw(ctx context.Context, run runner, s Subject, consent string) error {
	_, err := n.mustSend(ctx, run, s.Home, s.Key, "credit", "withdraw-consent", s.Pseudonym, consent)
	return err
}

func (n *Net) schema(name string) string {
	for _, s := range n.Schemas {
		if s.Name == name {
			return s.ID
		}
	}
	return ""
}
