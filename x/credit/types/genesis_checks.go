package types

import (
	"bytes"
	"fmt"
	"slices"
)

// The checks below are about what records name of each other.

func versionKey(tradeline []byte, version uint32) string { return fmt.Sprint(key(tradeline), version) }

func receiptKey(inquiry []byte, institution string) string { return key(inquiry, []byte(institution)) }

func (r records) subject(id []byte) (Subject, error) {
	subject, found := r.subjects[key(id)]
	if !found {
		return subject, ErrUnknownSubject.Wrapf("%x is not enrolled", id)
	}
	return subject, nil
}

func (r records) tradelineOf(subject, id []byte) (Tradeline, error) {
	tradeline, found := r.tradelines[key(id)]
	if !found || !bytes.Equal(tradeline.Subject, subject) {
		return tradeline, ErrUnknownTradeline.Wrapf("%x of subject %x", id, subject)
	}
	return tradeline, nil
}

func (r records) checkProfiles(gs GenesisState) error {
	if _, found := r.profiles[gs.Params.DefaultProfile]; gs.Params.DefaultProfile != "" && !found {
		return ErrInvalidGenesis.Wrapf("default_profile %s is not there", gs.Params.DefaultProfile)
	}
	taken := make(set)
	return each("profile", gs.Profiles, func(p Profile) error {
		for _, jurisdiction := range p.Jurisdictions {
			if !taken.add(jurisdiction) {
				return ErrInvalidProfile.Wrapf("jurisdiction %s belongs to another profile too", jurisdiction)
			}
		}
		return nil
	})
}

func (r records) checkSubjects(gs GenesisState) error {
	err := each("subject", gs.Subjects, func(s Subject) error {
		if len(s.MergedInto) != 0 {
			into, err := r.subject(s.MergedInto)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(into.Aliases, func(alias []byte) bool { return bytes.Equal(alias, s.Pseudonym) }) {
				return ErrMerged.Wrapf("%x does not have it as an alias", s.MergedInto)
			}
		}
		for _, id := range s.Aliases {
			alias, err := r.subject(id)
			if err != nil {
				return err
			}
			if !bytes.Equal(alias.MergedInto, s.Pseudonym) {
				return ErrMerged.Wrapf("alias %x is not merged into it", id)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return each("change", gs.Changes, func(c SubjectChange) error {
		if _, err := r.subject(c.Subject); err != nil {
			return err
		}
		if len(c.Into) == 0 {
			return nil
		}
		_, err := r.subject(c.Into)
		return err
	})
}

func (r records) checkTradelines(gs GenesisState) error {
	err := each("tradeline", gs.Tradelines, r.checkTradeline)
	if err != nil {
		return err
	}
	err = each("version", gs.Versions, func(v TradelineVersion) error {
		tradeline, found := r.tradelines[key(v.TradelineId)]
		if !found || v.Version >= tradeline.Version {
			return ErrUnknownTradeline.Wrapf("%x has no earlier version %d", v.TradelineId, v.Version)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return each("notice", gs.Notices, func(n Notice) error {
		return r.contract(n.RequestedBy)
	})
}

func (r records) checkTradeline(t Tradeline) error {
	if _, err := r.subject(t.Subject); err != nil {
		return err
	}
	if _, found := r.policies[t.RepairPolicy]; t.RepairPolicy != "" && !found {
		return ErrUnknownPolicy.Wrap(t.RepairPolicy)
	}
	if len(t.DisputeId) != 0 {
		if dispute, found := r.disputes[key(t.DisputeId)]; !found || !bytes.Equal(dispute.TradelineId, t.Id) {
			return ErrUnknownDispute.Wrapf("%x of tradeline %x", t.DisputeId, t.Id)
		}
	}
	versions := make([]TradelineVersion, 0, 8)
	for number := uint32(1); number < t.Version; number++ {
		version, found := r.versions[versionKey(t.Id, number)]
		if !found {
			return ErrInvalidReport.Wrapf("version %d is missing", number)
		}
		versions = append(versions, version)
	}
	return CheckVersions(t, versions)
}

// CheckVersions checks the earlier versions of a tradeline, in their order: none is missing, and while the delinquency stayed
// the same, the end of retention did not move later.
func CheckVersions(t Tradeline, earlier []TradelineVersion) error {
	if len(earlier)+1 != int(t.Version) {
		return ErrInvalidReport.Wrapf("%d earlier versions of version %d", len(earlier), t.Version)
	}
	for i, version := range append(slices.Clone(earlier), TradelineVersion{
		Version: t.Version, Delinquency: t.Delinquency, ShowUntil: t.ShowUntil,
	}) {
		if version.Version != uint32(i)+1 {
			return ErrInvalidReport.Wrapf("version %d where %d should be", version.Version, i+1)
		}
		if i > 0 && bytes.Equal(version.Delinquency, earlier[i-1].Delinquency) && version.ShowUntil.After(earlier[i-1].ShowUntil) {
			return ErrReaging.Wrapf("version %d is shown longer than the one before, with the same delinquency", version.Version)
		}
	}
	return nil
}

func (r records) checkInquiries(gs GenesisState) error {
	err := each("consent", gs.Consents, func(c Consent) error {
		if _, found := r.consents[key(c.Subject, c.ReplacedBy)]; len(c.ReplacedBy) != 0 && !found {
			return ErrUnknownConsent.Wrapf("replaced by %x", c.ReplacedBy)
		}
		_, err := r.subject(c.Subject)
		return err
	})
	if err != nil {
		return err
	}
	if err := each("inquiry", gs.Inquiries, r.checkInquiry); err != nil {
		return err
	}
	if err := each("receipt", gs.Receipts, r.checkReceipt); err != nil {
		return err
	}
	return each("adverse action", gs.AdverseActions, func(a AdverseAction) error {
		inquiry, found := r.inquiries[key(a.InquiryId)]
		closed := inquiry.ClosedAt != nil && !a.DeclaredAt.Before(*inquiry.ClosedAt)
		if !found || !closed && a.DeclaredAt.Before(inquiry.ExpiresAt) {
			return ErrAdverseTooEarly.Wrapf("inquiry %x was not over before", a.InquiryId)
		}
		return nil
	})
}

func (r records) checkInquiry(i Inquiry) error {
	if _, err := r.subject(i.Subject); err != nil {
		return err
	}
	if len(i.ConsentId) != 0 {
		consent, found := r.consents[key(i.Subject, i.ConsentId)]
		switch {
		case !found:
			return ErrNoConsent.Wrapf("the subject gave no consent %x", i.ConsentId)
		case consent.Grantee != i.DataUser || consent.Purpose != i.Purpose || consent.ValidUntil.Before(i.ExpiresAt):
			return ErrNoConsent.Wrapf("consent %x does not allow it", i.ConsentId)
		}
	}
	if _, got := r.receipts[receiptKey(i.Id, i.DataUser)]; got != (i.Status == INQUIRY_STATUS_FULFILLED) {
		return ErrInvalidReceipt.Wrapf("%s does not go with the receipt of its data user", i.Status)
	}
	return nil
}

func (r records) checkReceipt(receipt Receipt) error {
	inquiry, found := r.inquiries[key(receipt.InquiryId)]
	if !found {
		return ErrUnknownInquiry.Wrapf("%x is not there", receipt.InquiryId)
	}
	if receipt.Time.Before(inquiry.OpenedAt) || !receipt.Time.Before(inquiry.ExpiresAt) {
		return ErrInvalidReceipt.Wrapf("left while inquiry %x was not open", receipt.InquiryId)
	}
	return nil
}

func (r records) checkDisputes(gs GenesisState) error {
	pending := make(set)
	err := each("dispute", gs.Disputes, func(d Dispute) error {
		tradeline, err := r.tradelineOf(d.Subject, d.TradelineId)
		switch {
		case err != nil:
			return err
		case tradeline.Furnisher != d.Furnisher || d.Version > tradeline.Version:
			return ErrInvalidDispute.Wrapf("tradeline %x has no version %d by %s", d.TradelineId, d.Version, d.Furnisher)
		case d.Pending() && !pending.add(key(d.TradelineId)):
			return ErrDisputeExists.Wrapf("tradeline %x has another that is open", d.TradelineId)
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = each("outcome cursor", gs.OutcomeCursors, func(c OutcomeCursor) error {
		if _, found := r.disputes[key(c.DisputeId)]; !found {
			return ErrUnknownDispute.Wrapf("%x", c.DisputeId)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return each("outcome note", gs.OutcomeNotes, func(n OutcomeNote) error {
		dispute, found := r.disputes[key(n.DisputeId)]
		if !found || !bytes.Equal(dispute.TradelineId, n.TradelineId) || !bytes.Equal(dispute.Subject, n.Subject) {
			return ErrUnknownDispute.Wrapf("%x of tradeline %x", n.DisputeId, n.TradelineId)
		}
		return nil
	})
}

func (r records) checkErasures(gs GenesisState) error {
	err := each("hold", gs.Holds, func(h LegalHold) error {
		_, err := r.subject(h.Subject)
		if err == nil && len(h.TradelineId) != 0 {
			_, err = r.tradelineOf(h.Subject, h.TradelineId)
		}
		return err
	})
	if err != nil {
		return err
	}
	return each("erasure", gs.Erasures, func(e Erasure) error {
		tradeline, err := r.tradelineOf(e.Subject, e.TradelineId)
		if err == nil && (e.Status == ERASURE_STATUS_DONE) != (tradeline.State == RECORD_STATE_ERASED) {
			err = ErrErasureState.Wrapf("%s does not go with a record that is %s", e.Status, tradeline.State)
		}
		return err
	})
}

// contract says whether a contract is there; an empty id names none.
func (r records) contract(id []byte) error {
	if _, found := r.contracts[key(id)]; len(id) != 0 && !found {
		return ErrUnknownContract.Wrapf("%x", id)
	}
	return nil
}

func (r records) checkContracts(gs GenesisState) error {
	runs := make(set)
	err := each("contract run", gs.ContractRuns, func(run ContractRun) error {
		if err := run.Validate(); err != nil {
			return err
		}
		if !runs.add(fmt.Sprint(key(run.ContractId, run.Ref), run.Height)) {
			return ErrInvalidContract.Wrap("it is there twice")
		}
		return r.contract(run.ContractId)
	})
	if err != nil {
		return err
	}
	checks := make(set)
	return each("contract check", gs.ContractChecks, func(check ContractCheck) error {
		if err := check.Validate(); err != nil {
			return err
		}
		if !checks.add(check.DueAt.UTC().String() + key(check.ContractId, check.TradelineId)) {
			return ErrInvalidContract.Wrap("it is there twice")
		}
		if _, err := r.tradelineOf(check.Subject, check.TradelineId); err != nil {
			return err
		}
		return r.contract(check.ContractId)
	})
}

// checkTrails also checks the lines themselves, which nothing names.
func (r records) checkTrails(gs GenesisState) error {
	seen := make(set, len(gs.Trail))
	err := each("trail entry", gs.Trail, func(e TrailEntry) error {
		if err := e.Validate(); err != nil {
			return err
		}
		if !seen.add(lineKey(e, e.Actor)) {
			return ErrInvalidGenesis.Wrap("it is there twice")
		}
		_, err := r.subject(e.Subject)
		return err
	})
	if err != nil {
		return err
	}
	return each("institution trail entry", gs.InstitutionTrail, func(e InstitutionTrailEntry) error {
		if err := e.Validate(); err != nil {
			return err
		}
		if !seen.add("institution" + lineKey(e.Entry, e.Institution)) {
			return ErrInvalidGenesis.Wrap("it is there twice")
		}
		return nil
	})
}

func lineKey(e TrailEntry, of string) string {
	return fmt.Sprint(key(e.Subject, e.Ref), e.Height, " ", int32(e.Kind), " ", of)
}
