package wallet

import (
	"context"
	"time"

	"github.com/creditd/creditd/x/attestation/commitment"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// Control of a credit file.
const (
	ControlYours   = "yours"
	ControlOffered = "offered" // to this wallet, which has not claimed it
	ControlOther   = "other"
	ControlNone    = "none"
)

// Status of all that a wallet knows.
type Status struct {
	ChainID     string       `json:"chain_id"`
	Address     string       `json:"address"`
	Files       []FileStatus `json:"files"`
	Credentials int          `json:"credentials"`
}

// FileStatus is what its owner should know about a credit file.
type FileStatus struct {
	CreditFile

	Known      bool            `json:"known"` // to the chain; nothing below is set otherwise
	Kind       string          `json:"kind,omitempty"`
	Control    string          `json:"control,omitempty"`
	EnrolledBy Party           `json:"enrolled_by,omitzero"`
	Aliases    int             `json:"aliases"`
	MergedInto commitment.Hash `json:"merged_into,omitzero"`
	// HandingOver is the account that control is offered to, while the file is still yours.
	HandingOver string  `json:"handing_over_to,omitempty"`
	Freeze      *Freeze `json:"freeze,omitempty"`
	Alert       *Alert  `json:"fraud_alert,omitempty"`
	Change      *Change `json:"change,omitempty"`
	Shown       int     `json:"records_shown"`
	Hidden      int     `json:"records_hidden"`
	// Open consents: those that let somebody look now or later. Ending are those of them that end soon.
	Open     []Consent `json:"consents"`
	Ending   []Consent `json:"consents_ending"`
	Disputes []Dispute `json:"disputes"`
}

// Freeze of a credit file.
type Freeze struct {
	Since       time.Time  `json:"since"`
	LiftedUntil *time.Time `json:"lifted_until,omitempty"` // while it is lifted
	LiftedFor   *Party     `json:"lifted_for,omitempty"`   // nobody in particular if absent
}

// Alert on a credit file.
type Alert struct {
	Since    time.Time `json:"since"`
	Until    time.Time `json:"until"`
	Extended bool      `json:"extended"`
}

// Change of control, or a merge, that institutions are about to make.
type Change struct {
	Kind       string     `json:"kind"`
	ProposedBy Party      `json:"proposed_by"`
	ProposedAt time.Time  `json:"proposed_at"`
	ReadyAt    *time.Time `json:"ready_at,omitempty"` // when it takes effect; absent while approvals are missing
	ToYou      bool       `json:"to_you"`             // it would give control to this wallet
}

// Status reads all that the wallet knows of. A consent that ends within soon is among those ending.
func (v *Viewer) Status(ctx context.Context, soon time.Duration) (*Status, error) {
	s := &Status{ChainID: v.chain.ChainID(), Address: v.wallet.Address, Files: []FileStatus{}}
	credentials, err := v.wallet.credentialFiles()
	if err != nil {
		return nil, err
	}
	s.Credentials = len(credentials)
	for _, file := range v.wallet.Files {
		f, err := v.file(ctx, file, soon)
		if err != nil {
			return nil, err
		}
		s.Files = append(s.Files, f)
	}
	return s, nil
}

func (v *Viewer) file(ctx context.Context, file CreditFile, soon time.Duration) (FileStatus, error) {
	f := FileStatus{CreditFile: file, Open: []Consent{}, Ending: []Consent{}, Disputes: []Dispute{}}
	subject, err := v.chain.Subject(ctx, file.Subject)
	if missing(err) {
		return f, nil
	}
	if err != nil {
		return f, err
	}
	f.Known, f.Kind, f.Aliases = true, Word(subject.Kind.String(), "SUBJECT_KIND_"), len(subject.Aliases)
	f.MergedInto = hash(subject.MergedInto)
	f.Control, f.HandingOver = v.control(&subject)
	if f.EnrolledBy, err = v.parties.of(ctx, subject.EnrolledBy); err != nil {
		return f, err
	}
	if err := v.protection(ctx, &f, &subject); err != nil {
		return f, err
	}
	return f, v.dealings(ctx, &f, soon)
}

func (v *Viewer) control(subject *credittypes.Subject) (control, handingOver string) {
	switch {
	case subject.Controller == v.wallet.Address:
		return ControlYours, subject.OfferedTo
	case subject.OfferedTo == v.wallet.Address:
		return ControlOffered, ""
	case subject.Controller == "":
		return ControlNone, ""
	}
	return ControlOther, ""
}

// protection is what stands between the file and its misuse.
func (v *Viewer) protection(ctx context.Context, f *FileStatus, subject *credittypes.Subject) error {
	if z := subject.Freeze; z != nil {
		f.Freeze = &Freeze{Since: z.Since}
		if z.LiftedUntil != nil && v.now.Before(*z.LiftedUntil) {
			f.Freeze.LiftedUntil = z.LiftedUntil
			if z.LiftedFor != "" {
				who, err := v.parties.of(ctx, z.LiftedFor)
				if err != nil {
					return err
				}
				f.Freeze.LiftedFor = &who
			}
		}
	}
	if a := subject.FraudAlert; a != nil && v.now.Before(a.Until) {
		f.Alert = &Alert{Since: a.Since, Until: a.Until, Extended: a.Extended}
	}
	change, err := v.chain.Change(ctx, f.Subject)
	if missing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	by, err := v.parties.of(ctx, change.ProposedBy)
	f.Change = &Change{
		Kind: Word(change.Kind.String(), "CHANGE_KIND_"), ProposedBy: by, ProposedAt: change.ProposedAt, ReadyAt: change.ReadyAt,
		ToYou: change.Controller == v.wallet.Address,
	}
	return err
}

// dealings are consents, disputes and records.
func (v *Viewer) dealings(ctx context.Context, f *FileStatus, soon time.Duration) error {
	consents, err := v.Consents(ctx, f.Subject)
	if err != nil {
		return err
	}
	for _, c := range consents {
		if !c.Live(v.now) {
			continue
		}
		f.Open = append(f.Open, c)
		if c.Until.Sub(v.now) <= soon {
			f.Ending = append(f.Ending, c)
		}
	}
	disputes, err := v.Disputes(ctx, f.Subject)
	if err != nil {
		return err
	}
	for _, d := range disputes {
		if d.Pending() {
			f.Disputes = append(f.Disputes, d)
		}
	}
	records, err := v.Records(ctx, f.Subject)
	if err != nil {
		return err
	}
	for _, r := range records {
		if (r.State == "active" || r.State == "disputed") && v.now.Before(r.ShownUntil) {
			f.Shown++
		} else {
			f.Hidden++
		}
	}
	return nil
}
