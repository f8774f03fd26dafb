package wallet

import (
	"context"
	"time"

	"github.com/creditd/creditd/x/attestation/commitment"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// Look at a credit file.
type Look struct {
	Inquiry commitment.Hash `json:"inquiry"`
	Time    time.Time       `json:"time"`
	Height  int64           `json:"height"`
	By      Party           `json:"by"`
	Purpose string          `json:"purpose"`
	Kind    string          `json:"kind"` // hard, soft or own
	Status  string          `json:"status"`
	// Consent that it rests on; zero where the law asks for none, or for one's own look.
	Consent commitment.Hash `json:"consent,omitzero"`
	// Gave are the institutions that gave data, Got is what the one who looked says that it got; nil before it did.
	Gave []Gave  `json:"gave"`
	Got  *uint32 `json:"got_records,omitempty"`
	// Declined: the one who looked declined because of what it saw, and had to tell the subject.
	Declined bool `json:"declined"`
	Notified bool `json:"notified_of_decline"`
}

// Gave says that a furnisher gave records.
type Gave struct {
	Furnisher Party  `json:"furnisher"`
	Records   uint32 `json:"records"`
}

// Looks at a credit file, newest first, at most limit of them. more says that there are earlier ones.
func (v *Viewer) Looks(ctx context.Context, subject [32]byte, limit int) (looks []Look, more bool, err error) {
	looks = []Look{}
	declined, notified := map[string]bool{}, map[string]bool{}
	var entries []credittypes.TrailEntry
	err = v.chain.Trail(ctx, subject, func(entry credittypes.TrailEntry) bool {
		switch entry.Kind {
		case credittypes.TRAIL_KIND_INQUIRY_OPENED:
			if more = len(entries) == limit; more {
				return false
			}
			entries = append(entries, entry)
		case credittypes.TRAIL_KIND_ADVERSE_ACTION:
			declined[string(entry.Ref)] = true
		case credittypes.TRAIL_KIND_ADVERSE_NOTICE:
			notified[string(entry.Ref)] = true
		}
		return true
	})
	if err != nil {
		return nil, false, err
	}
	for _, entry := range entries {
		look, err := v.look(ctx, &entry)
		if err != nil {
			return nil, false, err
		}
		look.Declined, look.Notified = declined[string(entry.Ref)], notified[string(entry.Ref)]
		looks = append(looks, look)
	}
	return looks, more, nil
}

func (v *Viewer) look(ctx context.Context, entry *credittypes.TrailEntry) (Look, error) {
	look := Look{
		Inquiry: hash(entry.Ref), Time: entry.Time, Height: entry.Height, Purpose: Word(entry.Purpose.String(), "PURPOSE_"), Gave: []Gave{},
	}
	var err error
	if look.By, err = v.parties.of(ctx, entry.Actor); err != nil {
		return look, err
	}
	inquiry, receipts, err := v.chain.Inquiry(ctx, look.Inquiry)
	if missing(err) {
		return look, nil
	}
	if err != nil {
		return look, err
	}
	look.Kind, look.Status = Word(inquiry.Kind.String(), "INQUIRY_KIND_"), Word(inquiry.Status.String(), "INQUIRY_STATUS_")
	look.Consent = hash(inquiry.ConsentId)
	for _, receipt := range receipts {
		if receipt.Institution == inquiry.DataUser {
			look.Got = &receipt.Records
			continue
		}
		who, err := v.parties.of(ctx, receipt.Institution)
		if err != nil {
			return look, err
		}
		look.Gave = append(look.Gave, Gave{who, receipt.Records})
	}
	return look, nil
}
