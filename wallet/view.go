package wallet

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// Viewer reads the chain for the owner of a wallet.
type Viewer struct {
	chain   Chain
	wallet  *Wallet
	parties *parties
	now     time.Time
}

// NewViewer looks as of now.
func NewViewer(chain Chain, w *Wallet, now time.Time) *Viewer {
	return &Viewer{chain, w, newParties(chain, w.Address), now}
}

// Consent as people read it.
type Consent struct {
	ID           commitment.Hash `json:"id"`
	To           Party           `json:"to"`
	Purpose      string          `json:"purpose"`
	Data         []string        `json:"data"` // names of schemas, or their ids
	Mode         string          `json:"mode"`
	Fetch        string          `json:"fetch"`
	UsesLeft     uint32          `json:"uses_left"`
	Every        time.Duration   `json:"every_ns,omitempty"` // least time between two looks
	Keep         time.Duration   `json:"keep_ns,omitempty"`  // how long what was got may be kept
	From         time.Time       `json:"from"`
	Until        time.Time       `json:"until"`
	RecordsFrom  *time.Time      `json:"records_from,omitempty"`
	RecordsUntil *time.Time      `json:"records_until,omitempty"`
	Status       string          `json:"status"`
	Since        time.Time       `json:"status_since"`
	LastUsed     *time.Time      `json:"last_used,omitempty"`
}

// Live says whether it still lets somebody look, whatever the chain has marked by now.
func (c *Consent) Live(now time.Time) bool { return c.Status == "live" && now.Before(c.Until) }

// Consents of a credit file: those that let somebody look first, then the newest.
func (v *Viewer) Consents(ctx context.Context, subject [32]byte) ([]Consent, error) {
	all, err := v.chain.Consents(ctx, subject)
	if err != nil {
		return nil, err
	}
	list := make([]Consent, 0, len(all))
	for i := range all {
		c, err := v.consent(ctx, &all[i])
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	slices.SortStableFunc(list, func(a, b Consent) int {
		if live := a.Live(v.now); live != b.Live(v.now) {
			if live {
				return -1
			}
			return 1
		}
		return b.From.Compare(a.From)
	})
	return list, nil
}

func (v *Viewer) consent(ctx context.Context, c *credittypes.Consent) (Consent, error) {
	to, err := v.parties.of(ctx, c.Grantee)
	if err != nil {
		return Consent{}, err
	}
	view := Consent{
		ID: hash(c.Id), To: to, Purpose: Word(c.Purpose.String(), "PURPOSE_"), Mode: Word(c.Mode.String(), "CONSENT_MODE_"),
		Fetch: Word(c.Fetch.String(), "CONSENT_FETCH_"), UsesLeft: c.UsesLeft, Every: c.Frequency, Keep: c.DataLife,
		From: c.ValidFrom, Until: c.ValidUntil, RecordsFrom: c.RecordsFrom, RecordsUntil: c.RecordsUntil,
		Status: Word(c.Status.String(), "CONSENT_STATUS_"), Since: c.StatusSince, LastUsed: c.LastUsed, Data: []string{},
	}
	for _, id := range c.SchemaIds {
		view.Data = append(view.Data, SchemaName(hash(id)))
	}
	return view, nil
}

// SchemaName is that of a built-in schema, or the id of another.
func SchemaName(id commitment.Hash) string {
	for _, definition := range schemas.All() {
		if definition.ID() == [32]byte(id) {
			return definition.Name
		}
	}
	return hex.EncodeToString(id[:])
}

// Dispute as people read it.
type Dispute struct {
	ID        commitment.Hash `json:"id"`
	Record    commitment.Hash `json:"tradeline"`
	Furnisher Party           `json:"furnisher"`
	Reason    string          `json:"reason"`
	Status    string          `json:"status"`
	Outcome   string          `json:"outcome,omitempty"`
	Opened    time.Time       `json:"opened"`
	Since     time.Time       `json:"status_since"`
	Due       *time.Time      `json:"due,omitempty"` // when the status ends by itself
	Mediator  *Party          `json:"mediator,omitempty"`
	Facts     bool            `json:"facts"`     // something was brought forward
	Statement bool            `json:"statement"` // the subject's own words stand beside the record
}

// Pending says whether something is still to come of it.
func (d *Dispute) Pending() bool { return d.Status != "closed" }

// Disputes of a credit file, the newest first.
func (v *Viewer) Disputes(ctx context.Context, subject [32]byte) ([]Dispute, error) {
	all, err := v.chain.Disputes(ctx, subject)
	if err != nil {
		return nil, err
	}
	list := make([]Dispute, 0, len(all))
	for i := range all {
		d := &all[i]
		view := Dispute{
			ID: hash(d.Id), Record: hash(d.TradelineId), Reason: Word(d.Reason.String(), "DISPUTE_REASON_"),
			Status: Word(d.Status.String(), "DISPUTE_STATUS_"), Opened: d.OpenedAt, Since: d.StatusSince,
			Facts: len(d.Facts) > 0, Statement: len(d.Statement) > 0,
		}
		if d.Outcome != credittypes.DISPUTE_OUTCOME_UNSPECIFIED {
			view.Outcome = Word(d.Outcome.String(), "DISPUTE_OUTCOME_")
		}
		if d.HasClock() {
			view.Due = &d.DueAt
		}
		if view.Furnisher, err = v.parties.of(ctx, d.Furnisher); err != nil {
			return nil, err
		}
		if d.Mediator != "" {
			mediator, err := v.parties.of(ctx, d.Mediator)
			if err != nil {
				return nil, err
			}
			view.Mediator = &mediator
		}
		list = append(list, view)
	}
	slices.SortStableFunc(list, func(a, b Dispute) int { return b.Opened.Compare(a.Opened) })
	return list, nil
}

// Record is what the chain shows of one credit account: that it is there, and never what it says.
type Record struct {
	ID          commitment.Hash `json:"tradeline"`
	Furnisher   Party           `json:"furnisher"`
	State       string          `json:"state"`
	Why         string          `json:"state_reason,omitempty"`
	Compliance  string          `json:"compliance,omitempty"`
	Version     uint32          `json:"version"`
	Reported    time.Time       `json:"reported"`
	Updated     *time.Time      `json:"updated,omitempty"`
	ShownUntil  time.Time       `json:"shown_until"`
	Annotations []string        `json:"annotations"`
}

// Records of a credit file, by who reports them and since when.
func (v *Viewer) Records(ctx context.Context, subject [32]byte) ([]Record, error) {
	all, err := v.chain.Tradelines(ctx, subject)
	if err != nil {
		return nil, err
	}
	list := make([]Record, 0, len(all))
	for i := range all {
		t := &all[i]
		view := Record{
			ID: hash(t.Id), State: Word(t.State.String(), "RECORD_STATE_"), Version: t.Version, Reported: t.FurnishedAt,
			Updated: t.UpdatedAt, ShownUntil: t.ShowUntil, Annotations: []string{},
		}
		if t.StateReason != credittypes.STATE_REASON_UNSPECIFIED {
			view.Why = Word(t.StateReason.String(), "STATE_REASON_")
		}
		if t.Compliance != credittypes.COMPLIANCE_CODE_UNSPECIFIED {
			view.Compliance = Word(t.Compliance.String(), "COMPLIANCE_CODE_")
		}
		for _, a := range t.Annotations {
			view.Annotations = append(view.Annotations, Word(a.String(), "ANNOTATION_"))
		}
		if view.Furnisher, err = v.parties.of(ctx, t.Furnisher); err != nil {
			return nil, err
		}
		list = append(list, view)
	}
	slices.SortStableFunc(list, func(a, b Record) int {
		return cmp.Or(cmp.Compare(a.Furnisher.Name, b.Furnisher.Name), a.Reported.Compare(b.Reported))
	})
	return list, nil
}

// hash takes what should have 32 bytes; what a node answers otherwise becomes zeros, which name nothing.
func hash(bz []byte) (h commitment.Hash) {
	if len(bz) == len(h) {
		copy(h[:], bz)
	}
	return h
}

func missing(err error) bool { return errors.Is(err, client.ErrNotFound) }
