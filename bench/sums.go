package bench

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/devnet"
	"github.com/creditd/creditd/exposure"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/x/attestation/schemas"
	committeetypes "github.com/creditd/creditd/x/committee/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	exposuretypes "github.com/creditd/creditd/x/exposure/types"
)

// Sum is measured beside the chain's workloads: what a person owes at all institutions together, from the inquiry until the lender
// has read the total, by the vaults of all validators. Keys that institutions generate together come with it.
const Sum = "sum"

const (
	// sumPoll is how often a round is looked at: often enough that a block is not missed.
	sumPoll = 20 * time.Millisecond
	// sumMonths of payment history in a row of a card book.
	sumMonths = 6
	cardBook  = "card"
)

// sums are asked for by the lender, about another person in each round: about one there is one in a week.
type sums struct {
	run     *run
	chain   *client.Client
	lender  client.Signer
	people  []underControl
	next    int
	members int
	keys    []float64 // blocks that each key took
}

func (*sums) name() string { return Sum }
func (*sums) unit() string { return "sums" }
func (s *sums) about() string {
	return fmt.Sprintf("what a person owes at %d institutions, each with a vault of its own: from before the inquiry is sent until the lender has read the total. "+
		"Blocks are counted from that of the inquiry to that in which the total is there", s.members)
}

// open imports a card of each person into each vault, and waits for the institutions' keys.
func (s *sums) open(ctx context.Context) (err error) {
	running := s.run.network.running
	if running == nil {
		return fmt.Errorf("%s needs a network that bench starts: leave --against out", Sum)
	}
	s.members = len(s.run.network.nodes)
	dir, err := os.MkdirTemp("", "creditd-bench-cards-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	for i := range s.members {
		of := &running.Institutions[i]
		s.run.say("importing cards of %d persons into the vault of %s", s.run.Rounds, of.Name)
		book := filepath.Join(dir, of.Name+".csv")
		if err := os.WriteFile(book, s.book(i), 0o600); err != nil {
			return err
		}
		if _, err := running.Run(ctx, "vault", "import", book, "--format", cardBook, "--home", of.Home); err != nil {
			return fmt.Errorf("import of %s: %w", of.Name, err)
		}
	}
	n := s.run.network
	if s.chain, err = client.Dial(ctx, client.Config{GRPC: n.nodes[0].GRPC, RPC: n.nodes[0].RPC, ChainID: n.manifest.ChainID}); err != nil {
		return err
	}
	if err := s.consents(ctx); err != nil {
		return err
	}
	s.run.say("waiting for the keys of %d institutions", s.members)
	for _, purpose := range committeetypes.Purposes() {
		blocks, err := s.key(ctx, purpose)
		if err != nil {
			return err
		}
		s.keys = append(s.keys, blocks)
	}
	return nil
}

// book of an institution: each person has a card with it, and owes what owed says.
func (s *sums) book(institution int) []byte {
	var b strings.Builder
	column := func(name string, first int) {
		for n := first; n < first+sumMonths; n++ {
			fmt.Fprintf(&b, ",%s%d", name, n)
		}
	}
	b.WriteString("ID,LIMIT_BAL,PAY_0")
	for n := 2; n <= sumMonths; n++ {
		fmt.Fprintf(&b, ",PAY_%d", n)
	}
	column("BILL_AMT", 1)
	column("PAY_AMT", 1)
	b.WriteString("\n")
	for person := range s.run.Rounds {
		fmt.Fprintf(&b, "%s,1000000%s%s%s\n", s.number(person), strings.Repeat(",0", sumMonths),
			strings.Repeat(","+strconv.Itoa(owed(institution, person)), sumMonths), strings.Repeat(",1", sumMonths))
	}
	return []byte(b.String())
}

func (*sums) number(person int) string { return fmt.Sprintf("SYN7%08d", person) }

// owed by a person to an institution, in major units.
func owed(institution, person int) int { return 1000*(institution+1) + person }

// consents to the lender, of all persons. An account of another institution controls their files: see control.
func (s *sums) consents(ctx context.Context) (err error) {
	n := s.run.network
	signer := func(of *devnet.Institution) (client.Signer, error) {
		return client.KeyringSigner(s.chain.Codec(), client.KeyringConfig{Home: of.Home, Backend: n.manifest.Keyring, From: of.Name})
	}
	enroller, err := signer(&n.running.Institutions[0])
	if err != nil {
		return err
	}
	controller, err := signer(&n.running.Institutions[1])
	if err != nil {
		return err
	}
	if s.lender, err = signer(n.running.Find(devnet.Lender)); err != nil {
		return err
	}
	consortium, err := keys.ReadConsortium(filepath.Join(n.running.Institutions[0].Home, "consortium.key"))
	if err != nil {
		return err
	}
	schema, found := schemas.ByName(schemas.TradelinePerson)
	if !found {
		return fmt.Errorf("there is no built-in schema %q", schemas.TradelinePerson)
	}
	id, owner := schema.ID(), controller.Address().String()
	var offers, claims, grants []sdk.Msg
	for person := range s.run.Rounds {
		pseudonym, err := consortium.Pseudonym(credittypes.SUBJECT_KIND_NATURAL_PERSON, "TWCARD-"+s.number(person))
		if err != nil {
			return err
		}
		offers = append(offers, &credittypes.MsgOfferControl{Institution: enroller.Address().String(), Subject: pseudonym[:], Controller: owner})
		claims = append(claims, &credittypes.MsgClaimControl{Controller: owner, Subject: pseudonym[:]})
		grant := &credittypes.MsgGrantConsent{
			Controller: owner, Subject: pseudonym[:], Grantee: s.lender.Address().String(), Purpose: credittypes.PURPOSE_CREDIT_APPLICATION,
			SchemaIds: [][]byte{id[:]}, Mode: credittypes.CONSENT_MODE_QUERY, Fetch: credittypes.CONSENT_FETCH_ONE_TIME, Uses: 1,
			ValidUntil: time.Now().Add(consentLife), Nonce: s.run.maker.bytes()[:credittypes.NonceSize],
		}
		grants = append(grants, grant)
		s.people = append(s.people, underControl{pseudonym[:], credittypes.ConsentID(pseudonym[:], s.lender.Address(), grant.Nonce).Bytes()})
	}
	for _, step := range []struct {
		by   client.Signer
		msgs []sdk.Msg
	}{{enroller, offers}, {controller, claims}, {controller, grants}} {
		if _, err := s.chain.NewSender(step.by).Send(ctx, step.msgs...); err != nil {
			return err
		}
	}
	return nil
}

// key waits for the active committee of a purpose, and says how many blocks after the one that called the cohort its key was there.
func (s *sums) key(ctx context.Context, purpose committeetypes.Purpose) (float64, error) {
	query := committeetypes.NewQueryClient(s.chain.Conn())
	var committee committeetypes.Committee
	err := s.until(ctx, func() (bool, error) {
		answer, err := query.Active(ctx, &committeetypes.QueryActiveRequest{Purpose: purpose})
		if status.Code(err) == codes.NotFound {
			return false, nil
		}
		if err == nil {
			committee = answer.Committee
		}
		return err == nil, err
	})
	if err != nil {
		return 0, fmt.Errorf("the key of %s: %w", purpose, err)
	}
	if len(committee.Members) != s.members || committee.Attempt != 1 {
		return 0, fmt.Errorf("the key of %s is of %d institutions and attempt %d: %d were to make it at once", purpose, len(committee.Members), committee.Attempt, s.members)
	}
	return float64(committee.ActiveHeight - committee.FormedHeight), nil
}

// round asks for one sum, with the inquiry that it rests on in the same transaction, and reads it.
func (s *sums) round(ctx context.Context) (besideSample, error) {
	var sample besideSample
	person := s.next
	s.next++
	held, chainID := s.people[person], s.chain.ChainID()
	inquiry := &credittypes.MsgOpenInquiry{
		DataUser: s.lender.Address().String(), Subject: held.subject, Purpose: credittypes.PURPOSE_CREDIT_APPLICATION, ConsentId: held.consent,
		Nonce: s.run.maker.bytes()[:credittypes.NonceSize],
	}
	began := time.Now()
	asked, err := exposure.Ask(chainID, s.lender.Address(), exposure.Question{
		Kind: exposuretypes.KIND_EXPOSURE, Inquiry: credittypes.InquiryID(s.lender.Address(), held.subject, inquiry.Nonce).Bytes(),
	})
	if err != nil {
		return sample, err
	}
	if _, err := s.chain.NewSender(s.lender).Send(ctx, inquiry, asked.Message); err != nil {
		return sample, err
	}
	sent := time.Since(began)
	query := exposuretypes.NewQueryClient(s.chain.Conn())
	var answer *exposuretypes.QueryRoundResponse
	err = s.until(ctx, func() (over bool, err error) {
		answer, err = query.Round(ctx, &exposuretypes.QueryRoundRequest{Id: hex.EncodeToString(asked.Round.Bytes())})
		return err == nil && answer.Round.Over(), err
	})
	if err != nil {
		return sample, err
	}
	over := time.Since(began)
	total, err := exposure.Read(ctx, chainID, asked.Key, answer, nil)
	if err != nil {
		return sample, err
	}
	want := 0
	for i := range s.members {
		want += 100 * owed(i, person)
	}
	if len(total.Silent) > 0 || total.Value != uint64(want) {
		return sample, fmt.Errorf("the total is %d of %d institutions: it should be %d of %d", total.Value, s.members-len(total.Silent), want, s.members)
	}
	return besideSample{
		count: 1, elapsed: time.Since(began), blocks: answer.Round.EndedHeight - answer.Round.OpenedHeight,
		phases: []phase{{"inquiry committed", sent}, {"total there", over - sent}, {"total read", time.Since(began) - over}},
	}, nil
}

// until asks again and again, for as long as a round may take.
func (s *sums) until(ctx context.Context, done func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, s.run.RoundLimit)
	defer cancel()
	ticker := time.NewTicker(sumPoll)
	defer ticker.Stop()
	for {
		if yes, err := done(); yes || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("not there after %s: %w", s.run.RoundLimit, ctx.Err())
		case <-ticker.C:
		}
	}
}

func (s *sums) close() error {
	if s.chain == nil {
		return nil
	}
	return s.chain.Close()
}
