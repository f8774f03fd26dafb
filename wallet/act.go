package wallet

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/subject"
	"github.com/creditd/creditd/wallet/text"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// Act is a message that the subject may sign, and what will come of it.
type Act struct {
	Msg sdk.Msg
	// Made is the id of what the message makes (consent, dispute, inquiry); zero when it makes nothing.
	Made commitment.Hash
}

// Order signs an act for somebody else to submit until the deadline (docs/orders.md).
func (s *Secret) Order(chainID string, act Act, deadline time.Time) (*credittypes.MsgSubmitSigned, error) {
	signer := s.Signer()
	return subject.Sign(act.Msg, chainID, signer.Address().String(), deadline, signer.PubKey().Bytes(), signer.Sign)
}

func newNonce() []byte {
	nonce := make([]byte, credittypes.NonceSize)
	_, _ = rand.Read(nonce) // never fails, see its doc
	return nonce
}

// Claim accepts control of a credit file.
func (w *Wallet) Claim(subject [32]byte) Act {
	return Act{Msg: &credittypes.MsgClaimControl{Controller: w.Address, Subject: subject[:]}}
}

// CancelChange stops a change that institutions are about to make.
func (w *Wallet) CancelChange(subject [32]byte) Act {
	return Act{Msg: &credittypes.MsgCancelChange{Signer: w.Address, Subject: subject[:]}}
}

// HandOver offers control to another account, which has to claim it.
func (w *Wallet) HandOver(subject [32]byte, to string) (Act, error) {
	if _, err := sdk.AccAddressFromBech32(to); err != nil {
		return Act{}, fmt.Errorf(text.ErrAddress, to)
	}
	return Act{Msg: &credittypes.MsgRotateControl{Controller: w.Address, Subject: subject[:], NewController: to}}, nil
}

// Terms of a consent.
type Terms struct {
	To           institutiontypes.Institution
	Purpose      credittypes.Purpose
	Data         []string // names of built-in schemas, or ids in hexadecimal
	Mode         credittypes.ConsentMode
	Uses         uint32
	Until        time.Time
	Every        time.Duration // 0: at any time
	Keep         time.Duration // how long what was got may be kept, of mode STORE
	RecordsFrom  *time.Time
	RecordsUntil *time.Time
	Renews       *commitment.Hash
}

// Consent gives consent.
func (w *Wallet) Consent(subject [32]byte, t Terms, now time.Time) (Act, error) {
	grantee, err := sdk.AccAddressFromBech32(t.To.Operator)
	if err != nil {
		return Act{}, fmt.Errorf(text.ErrAddress, t.To.Operator)
	}
	msg := &credittypes.MsgGrantConsent{
		Controller: w.Address, Subject: subject[:], Grantee: t.To.Operator, Purpose: t.Purpose, Mode: t.Mode, Uses: t.Uses,
		ValidUntil: t.Until.UTC(), Nonce: newNonce(), Fetch: credittypes.CONSENT_FETCH_ONE_TIME, Frequency: t.Every, DataLife: t.Keep,
		RecordsFrom: t.RecordsFrom, RecordsUntil: t.RecordsUntil,
	}
	if t.Every != 0 {
		msg.Fetch = credittypes.CONSENT_FETCH_PERIODIC
	}
	if t.Renews != nil {
		msg.Renews = t.Renews[:]
	}
	if msg.SchemaIds, err = scope(t.Data); err != nil {
		return Act{}, err
	}
	switch {
	case !slices.Contains(t.To.Roles, institutiontypes.ROLE_DATA_USER):
		return Act{}, fmt.Errorf(text.ErrNoDataUser, t.To.Name)
	case !t.Purpose.OfDataUser():
		return Act{}, errors.New(text.ErrPurpose)
	case t.Uses < 1 || t.Uses > credittypes.MaxUses:
		return Act{}, fmt.Errorf(text.ErrUses, credittypes.MaxUses)
	case !t.Until.After(now):
		return Act{}, errors.New(text.ErrPastUntil)
	case t.RecordsFrom != nil && t.RecordsUntil != nil && t.RecordsUntil.Before(*t.RecordsFrom):
		return Act{}, errors.New(text.ErrRecordsSpan)
	}
	if err := credittypes.ValidateFetch(msg.Fetch, msg.Frequency, msg.Mode, msg.DataLife); err != nil {
		return Act{}, fmt.Errorf(text.ErrFetch, err)
	}
	return Act{Msg: msg, Made: commitment.Hash(credittypes.ConsentID(subject[:], grantee, msg.Nonce))}, nil
}

// scope are the ids of schemas, in the order that the chain wants.
func scope(names []string) ([][]byte, error) {
	var ids [][]byte
	for _, name := range names {
		id, err := schemaID(name)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	slices.SortFunc(ids, bytes.Compare)
	return slices.CompactFunc(ids, bytes.Equal), nil
}

func schemaID(name string) ([]byte, error) {
	if definition, ok := schemas.ByName(name); ok {
		id := definition.ID()
		return id[:], nil
	}
	if id, err := hex.DecodeString(name); err == nil && len(id) == len(commitment.Hash{}) {
		return id, nil
	}
	return nil, fmt.Errorf(text.ErrSchema, name)
}

// Withdraw takes a consent back.
func (w *Wallet) Withdraw(subject, id [32]byte) Act {
	return Act{Msg: &credittypes.MsgWithdrawConsent{Controller: w.Address, Subject: subject[:], Id: id[:]}}
}

// Freeze stops new looks for credit.
func (w *Wallet) Freeze(subject [32]byte) Act {
	return Act{Msg: &credittypes.MsgFreeze{Controller: w.Address, Subject: subject[:]}}
}

// Lift ends a freeze for good, or until a time: for one data user, or for all if that is empty.
func (w *Wallet) Lift(subject [32]byte, until *time.Time, only string) Act {
	return Act{Msg: &credittypes.MsgLiftFreeze{Controller: w.Address, Subject: subject[:], Until: until, LiftedFor: only}}
}

// PlaceAlert puts a fraud alert on the file; evidence is a note of a report to the authorities, or nil.
func (w *Wallet) PlaceAlert(subject [32]byte, evidence *Note) Act {
	msg := &credittypes.MsgPlaceFraudAlert{Controller: w.Address, Subject: subject[:]}
	if evidence != nil {
		msg.Evidence = evidence.commitment()
	}
	return Act{Msg: msg}
}

// LiftAlert takes it off.
func (w *Wallet) LiftAlert(subject [32]byte) Act {
	return Act{Msg: &credittypes.MsgLiftFraudAlert{Controller: w.Address, Subject: subject[:]}}
}

// Dispute says that a record is wrong; facts may be nil.
func (w *Wallet) Dispute(subject, tradeline [32]byte, reason credittypes.DisputeReason, facts *Note) Act {
	msg := &credittypes.MsgOpenDispute{
		Controller: w.Address, Subject: subject[:], TradelineId: tradeline[:], Reason: reason, Nonce: newNonce(),
	}
	if facts != nil {
		msg.Facts = facts.commitment()
	}
	return Act{Msg: msg, Made: commitment.Hash(credittypes.DisputeID(subject[:], tradeline[:], msg.Nonce))}
}

// Extend gives the furnisher more time, for new facts.
func (w *Wallet) Extend(dispute [32]byte, facts *Note) Act {
	return Act{Msg: &credittypes.MsgExtendDispute{Signer: w.Address, Id: dispute[:], Facts: facts.commitment()}}
}

// Escalate asks a mediator.
func (w *Wallet) Escalate(dispute [32]byte, mediator string) Act {
	return Act{Msg: &credittypes.MsgEscalateDispute{Controller: w.Address, Id: dispute[:], Mediator: mediator}}
}

// Statement puts one's own words beside a record that stays.
func (w *Wallet) Statement(dispute [32]byte, words *Note) Act {
	return Act{Msg: &credittypes.MsgAddStatement{Controller: w.Address, Id: dispute[:], Statement: words.commitment()}}
}

// Erase asks a furnisher to destroy what it keeps of a credit account.
func (w *Wallet) Erase(subject, tradeline [32]byte) Act {
	return Act{Msg: &credittypes.MsgRequestErasure{Controller: w.Address, Subject: subject[:], TradelineId: tradeline[:]}}
}

// OwnInquiry asks for one's own records.
func (w *Wallet) OwnInquiry(subject [32]byte) (Act, error) {
	controller, err := sdk.AccAddressFromBech32(w.Address)
	if err != nil {
		return Act{}, err
	}
	msg := &credittypes.MsgOpenOwnInquiry{Controller: w.Address, Subject: subject[:], Nonce: newNonce()}
	return Act{Msg: msg, Made: commitment.Hash(credittypes.InquiryID(controller, subject[:], msg.Nonce))}, nil
}

// PickConsent finds one of a file's consents by the beginning of its id.
func (v *Viewer) PickConsent(ctx context.Context, subject [32]byte, which string) (*Consent, error) {
	all, err := v.Consents(ctx, subject)
	if err != nil {
		return nil, err
	}
	return pick(text.AConsent, which, all, func(c *Consent) []byte { return c.ID[:] })
}

// PickDispute finds one of a file's disputes.
func (v *Viewer) PickDispute(ctx context.Context, subject [32]byte, which string) (*Dispute, error) {
	all, err := v.Disputes(ctx, subject)
	if err != nil {
		return nil, err
	}
	return pick(text.ADispute, which, all, func(d *Dispute) []byte { return d.ID[:] })
}

// PickRecord finds one of a file's records.
func (v *Viewer) PickRecord(ctx context.Context, subject [32]byte, which string) (*Record, error) {
	all, err := v.Records(ctx, subject)
	if err != nil {
		return nil, err
	}
	return pick(text.ARecord, which, all, func(r *Record) []byte { return r.ID[:] })
}
