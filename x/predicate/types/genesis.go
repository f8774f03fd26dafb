package types

import (
	"bytes"
	"cmp"

	"github.com/creditd/creditd/privacy/predicate"
)

// DefaultGenesis is that of a new chain: nothing agreed, nothing asked.
func DefaultGenesis() *GenesisState { return &GenesisState{Params: DefaultParams()} }

// Validate checks what needs no other module and no key: shapes, order, and that nothing stands twice. The keeper checks
// addresses, verifying keys and that leaves are those of their attestations.
func (gs GenesisState) Validate() error {
	if err := gs.Params.Validate(); err != nil {
		return err
	}
	if gs.Setup != nil {
		if err := gs.Setup.Validate(); err != nil {
			return ErrInvalidGenesis.Wrap(err.Error())
		}
	}
	for _, check := range []func() error{
		gs.checkCircuits, gs.checkAsks, gs.checkAnswers, gs.checkBudgets, gs.checkListings, gs.checkIssuers, gs.checkRemovals, gs.checkRoots,
	} {
		if err := check(); err != nil {
			return ErrInvalidGenesis.Wrap(err.Error())
		}
	}
	return nil
}

// ascending refuses a list that is not in the order of its keys, each once.
func ascending[T any](name string, list []T, compare func(a, b T) int) error {
	for i := 1; i < len(list); i++ {
		if compare(list[i-1], list[i]) >= 0 {
			return ErrInvalidGenesis.Wrapf("%s %d: not in ascending order, or twice", name, i)
		}
	}
	return nil
}

func (gs GenesisState) checkCircuits() error {
	if len(gs.Circuits) > MaxCircuitsLimit {
		return ErrInvalidGenesis.Wrapf("%d circuits: at most %d", len(gs.Circuits), MaxCircuitsLimit)
	}
	for _, c := range gs.Circuits {
		if id := CircuitID(c.Name, c.Version, c.VerifyingKey); !bytes.Equal(id[:], c.Id) {
			return ErrInvalidCircuit.Wrapf("%x: its id is %s", c.Id, id)
		}
		retired := c.Status == CIRCUIT_STATUS_RETIRED
		if !retired && c.Status != CIRCUIT_STATUS_ACTIVE || retired != (c.RetiredAt != nil) || c.Version == 0 {
			return ErrInvalidCircuit.Wrapf("%s version %d: status %s and retired_at do not fit", c.Name, c.Version, c.Status)
		}
	}
	return ascending("circuits", gs.Circuits, func(a, b Circuit) int { return bytes.Compare(a.Id, b.Id) })
}

func (gs GenesisState) checkAsks() error {
	for _, ask := range gs.Asks {
		if _, err := IDFromBytes("inquiry_id", ask.InquiryId); err != nil {
			return err
		}
		if len(ask.Predicates) == 0 || len(ask.Predicates) > MaxPredicatesLimit {
			return ErrInvalidPredicate.Wrapf("ask of inquiry %x: %d predicates", ask.InquiryId, len(ask.Predicates))
		}
		for _, asked := range ask.Predicates {
			if err := asked.CheckSizes(); err != nil {
				return err
			}
		}
	}
	return ascending("asks", gs.Asks, func(a, b Ask) int { return bytes.Compare(a.InquiryId, b.InquiryId) })
}

// checkAnswers also checks that each answers what was asked.
func (gs GenesisState) checkAnswers() error {
	asked := make(map[string]int, len(gs.Asks)) // asked for single inquiries, never walked
	for _, ask := range gs.Asks {
		asked[string(ask.InquiryId)] = len(ask.Predicates)
	}
	for _, answer := range gs.Answers {
		if int64(answer.Predicate) >= int64(asked[string(answer.InquiryId)]) {
			return ErrUnasked.Wrapf("answer to predicate %d of inquiry %x", answer.Predicate, answer.InquiryId)
		}
		if _, err := IDFromBytes("subject", answer.Subject); err != nil {
			return err
		}
		if len(answer.Nullifier) != len(answer.Session) || len(answer.Nullifier) != 0 && len(answer.Nullifier) != IDSize {
			return ErrMalformed.Wrapf("answer to predicate %d of inquiry %x: nullifier and session", answer.Predicate, answer.InquiryId)
		}
		if len(answer.AttestationIds) > predicate.MaxAttestations {
			return ErrMalformed.Wrapf("answer to predicate %d of inquiry %x: %d attestations", answer.Predicate, answer.InquiryId, len(answer.AttestationIds))
		}
		for _, id := range answer.AttestationIds {
			if _, err := IDFromBytes("attestation_ids", id); err != nil {
				return err
			}
		}
	}
	return ascending("answers", gs.Answers, func(a, b Answer) int {
		return cmp.Or(bytes.Compare(a.InquiryId, b.InquiryId), cmp.Compare(a.Predicate, b.Predicate))
	})
}

func (gs GenesisState) checkBudgets() error {
	for _, budget := range gs.Budgets {
		if _, err := IDFromBytes("subject", budget.Subject); err != nil {
			return err
		}
		if _, err := IDFromBytes("schema_id", budget.SchemaId); err != nil {
			return err
		}
		if len(budget.Asked) > MaxBudgetLimit {
			return ErrInvalidGenesis.Wrapf("budget of subject %x: %d questions: at most %d", budget.Subject, len(budget.Asked), MaxBudgetLimit)
		}
	}
	return ascending("budgets", gs.Budgets, func(a, b Budget) int {
		return cmp.Or(bytes.Compare(a.Subject, b.Subject), bytes.Compare(a.SchemaId, b.SchemaId), cmp.Compare(a.Field, b.Field))
	})
}

func (gs GenesisState) checkListings() error {
	places := make(map[uint32]bool, len(gs.Listings)) // asked for single places, never walked
	for _, listing := range gs.Listings {
		if _, err := IDFromBytes("attestation_id", listing.AttestationId); err != nil {
			return err
		}
		if listing.Place >= 1<<predicate.ActiveDepth || places[listing.Place] {
			return ErrInvalidGenesis.Wrapf("listing of %x: place %d is not there or taken", listing.AttestationId, listing.Place)
		}
		places[listing.Place] = true
	}
	return ascending("listings", gs.Listings, func(a, b Listing) int { return bytes.Compare(a.AttestationId, b.AttestationId) })
}

func (gs GenesisState) checkIssuers() error {
	type taken struct {
		schema ID
		place  uint32
	}
	places := make(map[taken]bool, len(gs.Issuers)) // asked for single places, never walked
	names := make(map[string]bool, len(gs.Issuers)) // likewise, by schema and issuer
	if len(gs.Issuers) > MaxIssuersLimit {
		return ErrInvalidGenesis.Wrapf("%d issuers: at most %d", len(gs.Issuers), MaxIssuersLimit)
	}
	for _, issuer := range gs.Issuers {
		schema, err := IDFromBytes("schema_id", issuer.SchemaId)
		if err != nil {
			return err
		}
		at := taken{schema, issuer.Place}
		if issuer.Place >= 1<<predicate.IssuerDepth || places[at] {
			return ErrInvalidGenesis.Wrapf("issuer %s: place %d is not there or taken", issuer.Issuer, issuer.Place)
		}
		places[at] = true
		name := string(issuer.SchemaId) + issuer.Issuer
		if names[name] {
			return ErrInvalidGenesis.Wrapf("issuer %s stands twice under schema %s", issuer.Issuer, schema)
		}
		names[name] = true
	}
	return nil
}

func (gs GenesisState) checkRemovals() error {
	for _, removal := range gs.Removals {
		if err := checkTree(removal.Tree); err != nil {
			return err
		}
	}
	return ascending("removals", gs.Removals, func(a, b Removal) int { return bytes.Compare(a.Tree, b.Tree) })
}

func (gs GenesisState) checkRoots() error {
	for _, root := range gs.Roots {
		if err := checkTree(root.Tree); err != nil {
			return err
		}
		if len(root.Root) != IDSize {
			return ErrInvalidGenesis.Wrapf("root of tree %x: %d bytes", root.Tree, len(root.Root))
		}
		if root.ReplacedAt != nil && root.ReplacedAt.Before(root.KeptAt) {
			return ErrInvalidGenesis.Wrapf("root %x was replaced before it was kept", root.Root)
		}
	}
	return ascending("roots", gs.Roots, func(a, b Root) int {
		return cmp.Or(bytes.Compare(a.Tree, b.Tree), bytes.Compare(a.Root, b.Root))
	})
}

func checkTree(tree []byte) error {
	if len(tree) == 0 {
		return nil
	}
	_, err := IDFromBytes("tree", tree)
	return err
}

// IDSize is the length in bytes of ids and roots.
const IDSize = 32
