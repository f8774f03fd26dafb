package indexer

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	abci "github.com/cometbft/cometbft/abci/types"

	sdk "github.com/cosmos/cosmos-sdk/types"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// Kinds of activity.
const (
	Records      = "records"      // reported for the first time
	Corrections  = "corrections"  // new versions of records
	Consents     = "consents"     // granted
	Inquiries    = "inquiries"    // opened
	Disputes     = "disputes"     // opened
	Attestations = "attestations" // stated, those of records among them; what is under an anchor is not counted
	Transactions = "transactions" // in blocks, whatever became of them
)

// Activities are all of them.
func Activities() []string {
	return []string{Attestations, Consents, Corrections, Disputes, Inquiries, Records, Transactions}
}

// noted is what events say of one block.
type noted struct {
	touched map[string]entry // entries of the state to read again
	counts  map[string]int64 // activity
}

func (n *noted) touch(kind int16, id []byte) {
	n.touched[string(append([]byte{byte(kind)}, id...))] = entry{kind: kind, id: id}
}

// ours are the modules whose events say something about the tables.
var ours = []string{"creditd.attestation.v1.", "creditd.credit.v1.", "creditd.institution.v1."}

// note what an event says. One of another module, or that this program does not know, says nothing.
func (n *noted) note(event abci.Event) error {
	known := false
	for _, prefix := range ours {
		known = known || strings.HasPrefix(event.Type, prefix)
	}
	if !known {
		return nil
	}
	if n.isSilent(event.Type) {
		return nil
	}
	event.Attributes = slices.DeleteFunc(slices.Clone(event.Attributes), addedBySDK)
	parsed, err := sdk.ParseTypedEvent(event)
	if err != nil {
		return fmt.Errorf("%w: event %.100q: %w", ErrUnproven, event.Type, err)
	}
	switch e := parsed.(type) {
	case *attestationtypes.EventSchemaCreated:
		return n.touchHex(kindSchema, e.Id, attestationtypes.IDSize)
	case *attestationtypes.EventSchemaDeprecated:
		return n.touchHex(kindSchema, e.Id, attestationtypes.IDSize)
	case *attestationtypes.EventAttested:
		n.counts[Attestations]++
		return n.touchContainer(e.Id)
	case *attestationtypes.EventBatchAttested:
		n.counts[Attestations] += int64(e.Count)
		return n.touchHex(kindBatch, e.BatchId, attestationtypes.ContainerIDSize)
	case *attestationtypes.EventAnchored:
		return n.touchHex(kindAnchor, e.Id, attestationtypes.ContainerIDSize)
	case *attestationtypes.EventRevoked:
		return n.touchHex(kindStatus, e.Id, attestationtypes.IDSize)
	case *attestationtypes.EventSuspended:
		return n.touchHex(kindStatus, e.Id, attestationtypes.IDSize)
	case *attestationtypes.EventReinstated:
		return n.touchHex(kindStatus, e.Id, attestationtypes.IDSize)
	case *attestationtypes.EventSuperseded:
		return n.touchHex(kindStatus, e.Id, attestationtypes.IDSize)
	case *institutiontypes.EventLicenceChanged:
		return n.touchInstitution(e.Operator)
	case *institutiontypes.EventProfileUpdated:
		return n.touchInstitution(e.Operator)
	}
	return n.noteCredit(parsed)
}

func (n *noted) noteCredit(parsed any) error {
	switch e := parsed.(type) {
	case *credittypes.EventFurnished:
		n.counts[Records]++
	case *credittypes.EventBatchFurnished:
		n.counts[Records] += int64(e.Count)
	case *credittypes.EventCorrected:
		n.counts[Corrections]++
	case *credittypes.EventBatchUpdated:
		n.counts[Corrections] += int64(e.Count)
	case *credittypes.EventConsentGranted:
		n.counts[Consents]++
	case *credittypes.EventInquiryOpened:
		n.counts[Inquiries]++
		return n.touchHex(kindInquiry, e.Id, attestationtypes.IDSize)
	case *credittypes.EventInquiryPending:
		return n.touchHex(kindInquiry, e.Id, attestationtypes.IDSize)
	case *credittypes.EventInquiryApproved:
		return n.touchHex(kindInquiry, e.Id, attestationtypes.IDSize)
	case *credittypes.EventInquiryExpired:
		return n.touchHex(kindInquiry, e.Id, attestationtypes.IDSize)
	case *credittypes.EventReceiptLeft:
		return n.touchReceipt(e)
	case *credittypes.EventDisputeOpened:
		n.counts[Disputes]++
		return n.touchHex(kindDispute, e.DisputeId, attestationtypes.IDSize)
	case *credittypes.EventDisputeExtended:
		return n.touchHex(kindDispute, e.DisputeId, attestationtypes.IDSize)
	case *credittypes.EventDisputeAnswered:
		return n.touchHex(kindDispute, e.DisputeId, attestationtypes.IDSize)
	case *credittypes.EventDisputeEscalated:
		return n.touchHex(kindDispute, e.DisputeId, attestationtypes.IDSize)
	case *credittypes.EventDisputeDecided:
		return n.touchHex(kindDispute, e.DisputeId, attestationtypes.IDSize)
	case *credittypes.EventDisputeClosed:
		return n.touchHex(kindDispute, e.DisputeId, attestationtypes.IDSize)
	case *credittypes.EventStatementAdded:
		return n.touchHex(kindDispute, e.DisputeId, attestationtypes.IDSize)
	}
	return nil
}

// addedBySDK is true for what no event has by itself: where in a block it was emitted. It is no JSON, as values of typed events are.
func addedBySDK(a abci.EventAttribute) bool {
	return a.Key == "msg_index" || (a.Key == "mode" && !strings.HasPrefix(a.Value, `"`))
}

// isSilent is true for events of our modules that are frequent and say nothing about the tables.
func (*noted) isSilent(event string) bool {
	return event == "creditd.credit.v1.EventRecordStateChanged" || event == "creditd.credit.v1.EventSubjectsEnrolled"
}

func unhex(text string, size int) ([]byte, error) {
	id, err := hex.DecodeString(text)
	if err != nil || len(id) != size {
		return nil, fmt.Errorf("%w: an event has the id %.100q", ErrUnproven, text)
	}
	return id, nil
}

func (n *noted) touchHex(kind int16, text string, size int) error {
	id, err := unhex(text, size)
	if err == nil {
		n.touch(kind, id)
	}
	return err
}

func (n *noted) touchContainer(item string) error {
	id, err := unhex(item, attestationtypes.IDSize)
	if err == nil {
		n.touch(kindBatch, id[:attestationtypes.ContainerIDSize])
	}
	return err
}

func (n *noted) touchInstitution(operator string) error {
	address, err := sdk.AccAddressFromBech32(operator)
	if err != nil {
		return fmt.Errorf("%w: an event has the operator %.100q", ErrUnproven, operator)
	}
	n.touch(kindInstitution, address)
	n.touch(kindVault, address)
	return nil
}

// touchReceipt: the inquiry too, which the data user's receipt fulfils.
func (n *noted) touchReceipt(e *credittypes.EventReceiptLeft) error {
	inquiry, err := unhex(e.InquiryId, attestationtypes.IDSize)
	if err != nil {
		return err
	}
	address, err := sdk.AccAddressFromBech32(e.Institution)
	if err != nil {
		return fmt.Errorf("%w: an event has the institution %.100q", ErrUnproven, e.Institution)
	}
	n.touch(kindInquiry, inquiry)
	n.touch(kindReceipt, append(inquiry, address...))
	return nil
}
