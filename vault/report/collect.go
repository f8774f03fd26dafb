package report

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/creditd/creditd/proof"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// collected is all that the state says about a report.
type collected struct {
	file
	inquiry  credittypes.Inquiry
	consent  credittypes.Consent
	receipts map[string]credittypes.Receipt
	hidden   Hidden
	views    map[string]institutiontypes.InstitutionView
	keys     map[string]cryptotypes.PubKey
}

// collect reads the state in the one order in which a file has it. What may be shown is judged at the time of the header.
func collect(s *state, inquiry credittypes.ID, answered []string, at time.Time) (*collected, error) {
	c := &collected{receipts: map[string]credittypes.Receipt{}, views: map[string]institutiontypes.InstitutionView{}, keys: map[string]cryptotypes.PubKey{}}
	if err := c.readInquiry(s, inquiry); err != nil {
		return nil, err
	}
	subjects := append([][]byte{c.inquiry.Subject}, c.subject.Aliases...)
	var all []evidence
	for _, pseudonym := range subjects {
		id, err := credittypes.IDFromBytes("subject", pseudonym)
		if err != nil {
			return nil, err
		}
		found, err := c.readTradelines(s, id, at)
		if err != nil {
			return nil, fmt.Errorf("subject %s: %w", id, err)
		}
		all = append(all, found...)
		if err := c.readDisputes(s, id); err != nil {
			return nil, fmt.Errorf("subject %s: %w", id, err)
		}
	}
	c.found, c.outside = inScope(c.inquiry, c.consent, all)
	return c, c.readFurnishers(s, answered)
}

func (c *collected) readInquiry(s *state, id credittypes.ID) error {
	if err := s.must(fmt.Sprintf("inquiry %s", id), credittypes.StoreKey, credittypes.InquiryStateKey(id), &c.inquiry); err != nil {
		return err
	}
	c.inquiry.Id = id.Bytes()
	subject, err := credittypes.IDFromBytes("subject", c.inquiry.Subject)
	if err != nil {
		return err
	}
	if err := s.must(fmt.Sprintf("subject %s", subject), credittypes.StoreKey, credittypes.SubjectStateKey(subject), &c.subject); err != nil {
		return err
	}
	c.subject.Pseudonym = subject.Bytes()
	if len(c.inquiry.ConsentId) > 0 {
		consent, err := credittypes.IDFromBytes("consent", c.inquiry.ConsentId)
		if err != nil {
			return err
		}
		if err := s.must(fmt.Sprintf("consent %s", consent), credittypes.StoreKey, credittypes.ConsentStateKey(subject, consent), &c.consent); err != nil {
			return err
		}
		if c.consent.Grantee != c.inquiry.DataUser || c.consent.Purpose != c.inquiry.Purpose {
			return errors.New("the consent is for another data user or purpose")
		}
	}
	receipts, err := s.walk(credittypes.StoreKey, credittypes.ReceiptsStateKey(id))
	if err != nil {
		return err
	}
	for _, entry := range receipts {
		var receipt credittypes.Receipt
		if err := proof.Decode("receipt", entry.value, &receipt); err != nil {
			return err
		}
		c.receipts[sdk.AccAddress(entry.key).String()] = receipt
	}
	return nil
}

// readTradelines of one pseudonym: all of them, of which those are followed up that may be shown.
func (c *collected) readTradelines(s *state, subject credittypes.ID, at time.Time) ([]evidence, error) {
	entries, err := s.walk(credittypes.StoreKey, credittypes.TradelinesStateKey(subject))
	if err != nil {
		return nil, err
	}
	var found []evidence
	for _, entry := range entries {
		id, err := credittypes.IDFromBytes("tradeline", entry.key)
		if err != nil {
			return nil, err
		}
		e := evidence{subject: subject, kind: c.subject.Kind}
		if err := proof.Decode("tradeline", entry.value, &e.tradeline); err != nil {
			return nil, err
		}
		e.tradeline.Subject, e.tradeline.Id = subject.Bytes(), id.Bytes()
		if !e.displayed(at) {
			c.hidden.hide(e.tradeline.State)
			continue
		}
		attestation, err := attestationtypes.IDFromBytes(e.tradeline.AttestationId)
		if err != nil {
			return nil, err
		}
		if e.attestation, err = s.attestation(attestation); err != nil {
			return nil, fmt.Errorf("tradeline %s: %w", id, err)
		}
		if e.tradeline.Version > 1 {
			if e.versions, err = readVersions(s, id); err != nil {
				return nil, fmt.Errorf("tradeline %s: %w", id, err)
			}
		}
		found = append(found, e)
	}
	return found, nil
}

func readVersions(s *state, id credittypes.ID) ([]credittypes.TradelineVersion, error) {
	entries, err := s.walk(credittypes.StoreKey, credittypes.VersionsStateKey(id))
	if err != nil {
		return nil, err
	}
	versions := make([]credittypes.TradelineVersion, len(entries))
	for i, entry := range entries {
		if len(entry.key) != 4 {
			return nil, fmt.Errorf("a version under a key of %d bytes", len(entry.key))
		}
		if err := proof.Decode("version", entry.value, &versions[i]); err != nil {
			return nil, err
		}
		versions[i].TradelineId, versions[i].Version = id.Bytes(), binary.BigEndian.Uint32(entry.key)
	}
	return versions, nil
}

func (c *collected) readDisputes(s *state, subject credittypes.ID) error {
	entries, err := s.walk(credittypes.StoreKey, credittypes.SubjectDisputesStateKey(subject))
	if err != nil {
		return err
	}
	for _, entry := range entries {
		id, err := credittypes.IDFromBytes("dispute", entry.key)
		if err != nil {
			return err
		}
		var dispute credittypes.Dispute
		if err := s.must(fmt.Sprintf("dispute %s", id), credittypes.StoreKey, credittypes.DisputeStateKey(id), &dispute); err != nil {
			return err
		}
		dispute.Id = id.Bytes()
		c.disputes = append(c.disputes, dispute)
	}
	return nil
}

// readFurnishers reads licence, profile and account key of each furnisher with a line or an answer, and the data user's licence.
func (c *collected) readFurnishers(s *state, answered []string) error {
	operators := map[string]bool{}
	for i := range c.found {
		operators[c.found[i].tradeline.Furnisher] = true
	}
	for _, operator := range answered {
		operators[operator] = true
	}
	profiles := map[string]credittypes.Profile{}
	for _, operator := range slices.Sorted(maps.Keys(operators)) {
		if err := c.readInstitution(s, operator); err != nil {
			return err
		}
		key, err := readAccount(s, operator)
		if err != nil {
			return fmt.Errorf("account %s: %w", operator, err)
		}
		c.keys[operator] = key
		jurisdiction := c.views[operator].Institution.Jurisdiction
		if _, known := profiles[jurisdiction]; !known {
			if profiles[jurisdiction], err = s.profile(jurisdiction); err != nil {
				return err
			}
		}
	}
	for i := range c.found {
		c.found[i].issuer = c.views[c.found[i].tradeline.Furnisher]
		c.found[i].profile = profiles[c.found[i].issuer.Institution.Jurisdiction]
	}
	if _, known := c.views[c.inquiry.DataUser]; !known && c.inquiry.Kind != credittypes.INQUIRY_KIND_OWN {
		return c.readInstitution(s, c.inquiry.DataUser)
	}
	return nil
}

func (c *collected) readInstitution(s *state, operator string) error {
	address, err := sdk.AccAddressFromBech32(operator)
	if err != nil || address.String() != operator {
		return fmt.Errorf("%.100q is no address of an institution", operator)
	}
	var institution institutiontypes.Institution
	if err := s.must("institution "+operator, institutiontypes.StoreKey, institutiontypes.InstitutionStateKey(address), &institution); err != nil {
		return err
	}
	institution.Operator = operator
	c.views[operator] = institutiontypes.InstitutionView{Institution: institution}
	return nil
}

// readAccount reads the key that an account signs with. Institutions have secp256k1 keys.
func readAccount(s *state, operator string) (cryptotypes.PubKey, error) {
	address, err := sdk.AccAddressFromBech32(operator)
	if err != nil {
		return nil, err
	}
	var packed codectypes.Any
	if err := s.must("account", authtypes.StoreKey, accountKey(address), &packed); err != nil {
		return nil, err
	}
	var account authtypes.BaseAccount
	if packed.TypeUrl != sdk.MsgTypeURL(&account) {
		return nil, fmt.Errorf("an account of type %.100q", packed.TypeUrl)
	}
	if err := proof.Decode("account", packed.Value, &account); err != nil {
		return nil, err
	}
	key := new(secp256k1.PubKey)
	if account.PubKey == nil || account.PubKey.TypeUrl != sdk.MsgTypeURL(key) {
		return nil, errors.New("the chain does not know its key, or it is no secp256k1 key")
	}
	if err := proof.Decode("key", account.PubKey.Value, key); err != nil {
		return nil, err
	}
	if len(key.Key) != secp256k1.PubKeySize || hex.EncodeToString(key.Address()) != hex.EncodeToString(address) {
		return nil, errors.New("the key is not that of the address")
	}
	return key, nil
}
