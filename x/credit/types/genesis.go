package types

import "fmt"

// DefaultGenesis is a new chain's state: profiles and no subjects.
func DefaultGenesis() *GenesisState {
	return &GenesisState{Params: DefaultParams(), Profiles: DefaultProfiles()}
}

// Validate checks every record, that none is there twice, and that what it names is there too. The
// keeper checks addresses, and attestations of other modules.
func (gs GenesisState) Validate() error {
	if err := gs.Params.Validate(); err != nil {
		return err
	}
	named, err := gs.records()
	if err != nil {
		return err
	}
	for _, check := range []func(GenesisState) error{
		named.checkProfiles, named.checkSubjects, named.checkTradelines, named.checkInquiries, named.checkDisputes, named.checkErasures,
		named.checkContracts, named.checkTrails, named.checkCounts,
	} {
		if err := check(gs); err != nil {
			return err
		}
	}
	return nil
}

// set holds the keys that were seen. It is asked and never walked.
type set map[string]struct{}

func key(parts ...[]byte) string {
	var joined []byte
	for _, part := range parts {
		joined = append(joined, part...)
	}
	return string(joined)
}

// add reports whether the key is new.
func (s set) add(key string) bool {
	_, twice := s[key]
	s[key] = struct{}{}
	return !twice
}

// records are what others name, by what they name it by. They are asked and never walked.
type records struct {
	subjects   map[string]Subject
	tradelines map[string]Tradeline
	versions   map[string]TradelineVersion // by tradeline and number
	consents   map[string]Consent          // by subject and id
	inquiries  map[string]Inquiry
	receipts   map[string]Receipt // by inquiry and institution
	disputes   map[string]Dispute
	policies   map[string]RepairPolicy
	profiles   map[string]Profile
	contracts  map[string]Contract
}

// records checks each record by itself, and that none is there twice.
func (gs GenesisState) records() (r records, err error) {
	keep := func(e error) {
		if err == nil {
			err = e
		}
	}
	r.subjects = collect(keep, "subject", gs.Subjects, func(s Subject) string { return key(s.Pseudonym) })
	r.tradelines = collect(keep, "tradeline", gs.Tradelines, func(t Tradeline) string { return key(t.Id) })
	r.versions = collect(keep, "version", gs.Versions, func(v TradelineVersion) string { return versionKey(v.TradelineId, v.Version) })
	r.consents = collect(keep, "consent", gs.Consents, func(c Consent) string { return key(c.Subject, c.Id) })
	r.inquiries = collect(keep, "inquiry", gs.Inquiries, func(i Inquiry) string { return key(i.Id) })
	r.receipts = collect(keep, "receipt", gs.Receipts, func(r Receipt) string { return receiptKey(r.InquiryId, r.Institution) })
	r.disputes = collect(keep, "dispute", gs.Disputes, func(d Dispute) string { return key(d.Id) })
	r.policies = collect(keep, "repair policy", gs.RepairPolicies, func(p RepairPolicy) string { return p.Name })
	r.profiles = collect(keep, "profile", gs.Profiles, func(p Profile) string { return p.Code })
	r.contracts = collect(keep, "contract", gs.Contracts, func(c Contract) string { return key(c.Id) })
	collect(keep, "notice", gs.Notices, func(n Notice) string { return key(n.TradelineId, []byte{byte(n.Kind)}) })
	collect(keep, "change", gs.Changes, func(c SubjectChange) string { return key(c.Subject) })
	collect(keep, "used order", gs.UsedOrders, func(o UsedOrder) string { return o.Deadline.UTC().String() + o.Account + string(o.Nonce) })
	collect(keep, "outcome cursor", gs.OutcomeCursors, func(c OutcomeCursor) string { return c.ClosedAt.UTC().String() + key(c.DisputeId) })
	collect(keep, "outcome note", gs.OutcomeNotes, func(n OutcomeNote) string {
		return n.Institution + n.Time.UTC().String() + key(n.DisputeId)
	})
	collect(keep, "hold", gs.Holds, func(h LegalHold) string { return key(h.Subject, h.Id) })
	collect(keep, "erasure", gs.Erasures, func(e Erasure) string { return key(e.TradelineId) })
	collect(keep, "adverse action", gs.AdverseActions, func(a AdverseAction) string { return key(a.InquiryId) })
	collect(keep, "institution day", gs.InstitutionDays, func(d InstitutionDay) string { return fmt.Sprint(d.Institution, d.Day) })
	return r, err
}

// collect validates the records of a list and returns them by key; keep gets the first error.
func collect[T interface{ Validate() error }](keep func(error), what string, list []T, keyOf func(T) string) map[string]T {
	all := make(map[string]T, len(list))
	for i, item := range list {
		if err := item.Validate(); err != nil {
			keep(ErrInvalidGenesis.Wrapf("%s %d: %s", what, i, err))
			return all
		}
		at := keyOf(item)
		if _, twice := all[at]; twice {
			keep(ErrInvalidGenesis.Wrapf("%s %d: it is there twice", what, i))
			return all
		}
		all[at] = item
	}
	return all
}

// each runs a check on each record of a list and says which one fails.
func each[T any](what string, list []T, check func(T) error) error {
	for i, item := range list {
		if err := check(item); err != nil {
			return ErrInvalidGenesis.Wrapf("%s %d: %s", what, i, err)
		}
	}
	return nil
}
