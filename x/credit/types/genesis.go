package types

// DefaultGenesis is a new chain's state: no subjects.
func DefaultGenesis() *GenesisState { return &GenesisState{Params: DefaultParams()} }

// Validate checks every record, that none is there twice, and that what it names is there too. The
// keeper checks addresses, and attestations of other modules.
func (gs GenesisState) Validate() error {
	if err := gs.Params.Validate(); err != nil {
		return err
	}
	subjects, err := gs.subjects()
	if err != nil {
		return err
	}
	if err := gs.validateTradelines(subjects); err != nil {
		return err
	}
	consents, err := gs.consents(subjects)
	if err != nil {
		return err
	}
	inquiries, err := gs.inquiries(subjects, consents)
	if err != nil {
		return err
	}
	if err := gs.validateReceipts(inquiries); err != nil {
		return err
	}
	return gs.validateTrail(subjects)
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

func (s set) has(key string) bool {
	_, found := s[key]
	return found
}

func (gs GenesisState) subjects() (set, error) {
	subjects := make(set, len(gs.Subjects))
	for i, subject := range gs.Subjects {
		if err := subject.Validate(); err != nil {
			return nil, ErrInvalidGenesis.Wrapf("subject %d: %s", i, err)
		}
		if !subjects.add(key(subject.Pseudonym)) {
			return nil, ErrInvalidGenesis.Wrapf("subject %d: %x is there twice", i, subject.Pseudonym)
		}
	}
	return subjects, nil
}

func (gs GenesisState) validateTradelines(subjects set) error {
	seen := make(set, len(gs.Tradelines))
	for i, tradeline := range gs.Tradelines {
		if err := tradeline.Validate(); err != nil {
			return ErrInvalidGenesis.Wrapf("tradeline %d: %s", i, err)
		}
		if !subjects.has(key(tradeline.Subject)) {
			return ErrInvalidGenesis.Wrapf("tradeline %d: subject %x is not enrolled", i, tradeline.Subject)
		}
		if !seen.add(key(tradeline.Subject, tradeline.Id)) {
			return ErrInvalidGenesis.Wrapf("tradeline %d: %x is there twice", i, tradeline.Id)
		}
	}
	return nil
}

func (gs GenesisState) consents(subjects set) (set, error) {
	consents := make(set, len(gs.Consents))
	for i, consent := range gs.Consents {
		if err := consent.Validate(); err != nil {
			return nil, ErrInvalidGenesis.Wrapf("consent %d: %s", i, err)
		}
		if !subjects.has(key(consent.Subject)) {
			return nil, ErrInvalidGenesis.Wrapf("consent %d: subject %x is not enrolled", i, consent.Subject)
		}
		if !consents.add(key(consent.Subject, consent.Id)) {
			return nil, ErrInvalidGenesis.Wrapf("consent %d: %x is there twice", i, consent.Id)
		}
	}
	return consents, nil
}

func (gs GenesisState) inquiries(subjects, consents set) (map[string]Inquiry, error) {
	inquiries := make(map[string]Inquiry, len(gs.Inquiries))
	for i, inquiry := range gs.Inquiries {
		if err := inquiry.Validate(); err != nil {
			return nil, ErrInvalidGenesis.Wrapf("inquiry %d: %s", i, err)
		}
		if !subjects.has(key(inquiry.Subject)) {
			return nil, ErrInvalidGenesis.Wrapf("inquiry %d: subject %x is not enrolled", i, inquiry.Subject)
		}
		if len(inquiry.ConsentId) != 0 && !consents.has(key(inquiry.Subject, inquiry.ConsentId)) {
			return nil, ErrInvalidGenesis.Wrapf("inquiry %d: the subject gave no consent %x", i, inquiry.ConsentId)
		}
		if _, twice := inquiries[string(inquiry.Id)]; twice {
			return nil, ErrInvalidGenesis.Wrapf("inquiry %d: %x is there twice", i, inquiry.Id)
		}
		inquiries[string(inquiry.Id)] = inquiry
	}
	return inquiries, nil
}

func (gs GenesisState) validateReceipts(inquiries map[string]Inquiry) error {
	seen := make(set, len(gs.Receipts))
	for i, receipt := range gs.Receipts {
		if err := receipt.Validate(); err != nil {
			return ErrInvalidGenesis.Wrapf("receipt %d: %s", i, err)
		}
		inquiry, found := inquiries[string(receipt.InquiryId)]
		if !found {
			return ErrInvalidGenesis.Wrapf("receipt %d: inquiry %x is not there", i, receipt.InquiryId)
		}
		if receipt.Time.Before(inquiry.OpenedAt) || !receipt.Time.Before(inquiry.ExpiresAt) {
			return ErrInvalidGenesis.Wrapf("receipt %d: left while inquiry %x was not open", i, receipt.InquiryId)
		}
		if receipt.Institution == inquiry.DataUser && inquiry.Status != INQUIRY_STATUS_FULFILLED {
			return ErrInvalidGenesis.Wrapf("receipt %d: its data user acknowledged inquiry %x, which is %s", i, receipt.InquiryId, inquiry.Status)
		}
		if !seen.add(key(receipt.InquiryId, []byte(receipt.Institution))) {
			return ErrInvalidGenesis.Wrapf("receipt %d: %s left two for inquiry %x", i, receipt.Institution, receipt.InquiryId)
		}
	}
	for i, inquiry := range gs.Inquiries {
		if inquiry.Status == INQUIRY_STATUS_FULFILLED && !seen.has(key(inquiry.Id, []byte(inquiry.DataUser))) {
			return ErrInvalidGenesis.Wrapf("inquiry %d: fulfilled without a receipt of its data user", i)
		}
	}
	return nil
}

func (gs GenesisState) validateTrail(subjects set) error {
	type line struct {
		subject, ref, actor string
		height              int64
		kind                TrailKind
	}
	seen := make(map[line]struct{}, len(gs.Trail))
	for i, entry := range gs.Trail {
		if err := entry.Validate(); err != nil {
			return ErrInvalidGenesis.Wrapf("trail entry %d: %s", i, err)
		}
		if !subjects.has(key(entry.Subject)) {
			return ErrInvalidGenesis.Wrapf("trail entry %d: subject %x is not enrolled", i, entry.Subject)
		}
		at := line{string(entry.Subject), string(entry.Ref), entry.Actor, entry.Height, entry.Kind}
		if _, twice := seen[at]; twice {
			return ErrInvalidGenesis.Wrapf("trail entry %d: it is there twice", i)
		}
		seen[at] = struct{}{}
	}
	return nil
}
