package exchange

import (
	"bytes"
	"context"
	"crypto/hpke"
	"errors"
	"slices"
	"time"

	"google.golang.org/grpc/codes"

	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// Chain is what a vault asks the chain before it answers; lightchain.Asked proves what it says.
type Chain interface {
	Inquiry(ctx context.Context, id [32]byte) (credittypes.Inquiry, error)
	// Appearing is Inquiry for one that may be in a block which is not proven yet: it waits for that, a bounded time.
	Appearing(ctx context.Context, id [32]byte) (credittypes.Inquiry, error)
	Consent(ctx context.Context, subject, id [32]byte) (credittypes.Consent, error)
	Tradeline(ctx context.Context, subject, id [32]byte) (credittypes.Tradeline, error)
	GetInstitution(ctx context.Context, operator string) (institutiontypes.InstitutionView, error)
	AccountKey(ctx context.Context, address string) (cryptotypes.PubKey, error)
	Subject(ctx context.Context, pseudonym [32]byte) (credittypes.Subject, error)
}

// OrderLife is how far an order's time may be from ours.
const OrderLife = 2 * time.Minute

// grant is what an order that passed every check may have.
type grant struct {
	order     types.Order
	inquiry   credittypes.Inquiry
	subject   [32]byte
	schemas   [][]byte   // in scope; nil is all, for a purpose that is exempt from consent
	from      *time.Time // records in scope are not older than this; nil for no bound
	until     *time.Time // nor newer than this
	recipient hpke.PublicKey
}

// covers tells whether the version that counts came onto the chain in the time that the consent is for.
func (g *grant) covers(t *credittypes.Tradeline) bool { return Covers(g.from, g.until, t) }

// Covers tells whether a tradeline is within the time bounds of a consent.
func Covers(from, until *time.Time, t *credittypes.Tradeline) bool {
	at := t.FurnishedAt
	if t.UpdatedAt != nil {
		at = *t.UpdatedAt
	}
	return (from == nil || !at.Before(*from)) && (until == nil || !at.After(*until))
}

// readOrder reads an order and checks all that needs no chain, cheapest first.
func (s *Server) readOrder(request *types.FetchRequest) (types.Order, error) {
	var order types.Order
	if len(request.Order) > maxOrderBytes || len(request.Signature) > maxSignatureBytes || order.Unmarshal(request.Order) != nil {
		return order, refuse(codes.InvalidArgument, Malformed, "the order cannot be read: encode a creditd.vault.v1.Order of at most %d bytes", maxOrderBytes)
	}
	if again, err := order.Marshal(); err != nil || !bytes.Equal(again, request.Order) {
		return order, refuse(codes.InvalidArgument, Malformed, "the order has fields that this vault does not know, or is not in the canonical encoding: use the same version of creditd")
	}
	if len(order.InquiryId) != 32 || len(order.Nonce) != nonceSize || (len(order.EncryptionKey) != 0 && len(order.EncryptionKey) != encryptionKeySize) {
		return order, refuse(codes.InvalidArgument, Malformed, "the order needs an inquiry id of 32 bytes, a nonce of %d, and an encryption key of %d or none", nonceSize, encryptionKeySize)
	}
	if order.ChainId != s.config.ChainID {
		return order, refuse(codes.FailedPrecondition, WrongChain, "this vault is on chain %q: the order is for another", s.config.ChainID)
	}
	if order.Furnisher != s.self {
		return order, refuse(codes.FailedPrecondition, WrongFurnisher, "this is the vault of %s: look up the furnisher's vault endpoint on the chain again", s.self)
	}
	if age := s.config.Now().Sub(order.Time); age > OrderLife || age < -OrderLife {
		return order, refuse(codes.DeadlineExceeded, StaleOrder, "the order's time is %s from this vault's, %s is allowed: set the clocks right and sign a new order",
			age.Round(time.Second), OrderLife)
	}
	if _, err := sdk.AccAddressFromBech32(order.Requester); err != nil {
		return order, refuse(codes.InvalidArgument, Malformed, "the requester is not an account of this chain")
	}
	return order, nil
}

// authentic establishes who sent an order. Only then may anything be written: strangers must not fill the log. shown is the key of
// the account on the connection, for one whose key the chain has not yet.
func (s *Server) authentic(ctx context.Context, request *types.FetchRequest, shown cryptotypes.PubKey) (types.Order, error) {
	order, err := s.readOrder(request)
	if err != nil {
		return order, err
	}
	key, err := accountKey(ctx, s.config.Chain, order.Requester, shown)
	if err != nil {
		return order, s.unanswered(err, codes.Unauthenticated, UnknownRequester, "the chain does not know the key of the requester's account: it must send a transaction first, for instance 'creditd vault init --register'")
	}
	digest := orderDigest(request.Order)
	if !key.VerifySignature(digest[:], request.Signature) {
		return order, refuse(codes.Unauthenticated, BadSignature, "the order is not signed with the requester's key: sign with the key of its operator account")
	}
	return order, nil
}

// check establishes what the order may have. Its errors go into the access log.
func (s *Server) check(ctx context.Context, order types.Order) (g grant, err error) {
	now := s.config.Now()
	g.order = order
	if g.inquiry, err = s.inquiry(ctx, order); err != nil {
		return g, err
	}
	if g.inquiry.DataUser != order.Requester {
		return g, refuse(codes.PermissionDenied, OtherDataUser, "the inquiry was opened by another data user: open your own")
	}
	if g.inquiry.Status == credittypes.INQUIRY_STATUS_EXPIRED || !now.Before(g.inquiry.ExpiresAt) {
		return g, refuse(codes.FailedPrecondition, InquiryExpired, "the inquiry has expired: open a new one")
	}
	if g.inquiry.Status == credittypes.INQUIRY_STATUS_PENDING {
		return g, refuse(codes.FailedPrecondition, InquiryPending, "a data contract wants another institution's approval of the inquiry first: ask one for MsgApproveInquiry")
	}
	if g.inquiry.Status != credittypes.INQUIRY_STATUS_OPEN {
		return g, refuse(codes.FailedPrecondition, InquiryClosed, "the inquiry is closed, its receipt was left: open a new one")
	}
	if len(g.inquiry.Subject) != 32 {
		return g, refuse(codes.Unavailable, ChainAway, "this vault's node gave an answer that makes no sense: try again later")
	}
	g.subject = [32]byte(g.inquiry.Subject)
	if g.inquiry.Kind == credittypes.INQUIRY_KIND_OWN {
		return g, s.checkOwn(ctx, &g)
	}
	if len(order.EncryptionKey) != 0 {
		return g, refuse(codes.InvalidArgument, UnexpectedKey, "the order names an encryption key: that of an institution is on the chain, leave it out")
	}
	if err := s.checkRequester(ctx, &g, now); err != nil {
		return g, err
	}
	return g, s.checkConsent(ctx, &g, now)
}

// inquiry of an order. One that is not there is waited for if there is a place to wait.
func (s *Server) inquiry(ctx context.Context, order types.Order) (credittypes.Inquiry, error) {
	id := [32]byte(order.InquiryId)
	inquiry, err := s.config.Chain.Inquiry(ctx, id)
	if errors.Is(err, client.ErrNotFound) {
		if err := s.meter.await(order.Requester); err != nil {
			return inquiry, err
		}
		inquiry, err = s.config.Chain.Appearing(ctx, id)
		s.meter.awaited(order.Requester)
	}
	if err != nil {
		return inquiry, s.unanswered(err, codes.NotFound, UnknownInquiry, "the chain has no such inquiry: open one with MsgOpenInquiry and wait until it is committed")
	}
	return inquiry, nil
}

// checkOwn is for a subject that looks at its own records. It has neither licence nor consent, and its key is in the order
// that it signed. Who controls the subject may have changed since the inquiry was opened.
func (s *Server) checkOwn(ctx context.Context, g *grant) error {
	subject, err := s.config.Chain.Subject(ctx, g.subject)
	if err != nil {
		return s.unanswered(err, codes.PermissionDenied, NotController, "the chain does not know the inquiry's subject")
	}
	if subject.Controller != g.order.Requester {
		return refuse(codes.PermissionDenied, NotController, "the subject is controlled by another account now: open an inquiry with that one")
	}
	if len(g.order.EncryptionKey) == 0 {
		return refuse(codes.InvalidArgument, NoEncryptionKey, "an order for one's own records names the key to seal them for: put an MLKEM768X25519 public key into encryption_key")
	}
	if g.recipient, err = EncryptionKey(g.order.EncryptionKey); err != nil {
		return refuse(codes.InvalidArgument, NoEncryptionKey, "the order's encryption_key is no MLKEM768X25519 public key: make one with crypto/hpke")
	}
	return nil
}

func (s *Server) checkRequester(ctx context.Context, g *grant, now time.Time) error {
	view, err := s.config.Chain.GetInstitution(ctx, g.order.Requester)
	if err != nil {
		return s.unanswered(err, codes.PermissionDenied, NotLicensed, "the requester has no licence: the members must register it")
	}
	licence := view.Institution
	if !licensed(licence, now) {
		return refuse(codes.PermissionDenied, NotLicensed, "the requester's licence gives no rights now: see 'creditd query institution institution %s'", g.order.Requester)
	}
	supervises := g.inquiry.Purpose == credittypes.PURPOSE_SUPERVISION && slices.Contains(licence.Roles, institutiontypes.ROLE_SUPERVISOR)
	if !supervises && !slices.Contains(licence.Roles, institutiontypes.ROLE_DATA_USER) {
		return refuse(codes.PermissionDenied, NoDataUserRole, "the requester's licence lacks the role of a data user: the members must amend it")
	}
	if view.Vault == nil || len(view.Vault.EncryptionKey) == 0 {
		return refuse(codes.FailedPrecondition, NoEncryptionKey, "the requester has no encryption key on the chain: run 'creditd vault init --register'")
	}
	if g.recipient, err = s.recipients.read(view.Vault.EncryptionKey); err != nil {
		return refuse(codes.FailedPrecondition, NoEncryptionKey, "the requester's encryption key on the chain is no MLKEM768X25519 key: run 'creditd vault init --register'")
	}
	return nil
}

// checkConsent looks at the consent again, although the chain did when the inquiry was opened: it may have
// been withdrawn since. One that is used up was used up by this inquiry or after it.
func (s *Server) checkConsent(ctx context.Context, g *grant, now time.Time) error {
	if len(g.inquiry.ConsentId) == 0 {
		g.schemas = asked(g.inquiry.SchemaIds, nil)
		return nil // the chain opened it for a purpose that is exempt from consent
	}
	if len(g.inquiry.ConsentId) != 32 {
		return refuse(codes.Unavailable, ChainAway, "this vault's node gave an answer that makes no sense: try again later")
	}
	consent, err := s.config.Chain.Consent(ctx, g.subject, [32]byte(g.inquiry.ConsentId))
	if err != nil {
		return s.unanswered(err, codes.PermissionDenied, UnknownConsent, "the chain has no such consent: ask the subject for one")
	}
	switch {
	case consent.Grantee != g.order.Requester || consent.Purpose != g.inquiry.Purpose || !bytes.Equal(consent.Subject, g.inquiry.Subject):
		return refuse(codes.PermissionDenied, ConsentMismatch, "the consent is for another data user, purpose or subject: ask the subject for one")
	case consent.Status == credittypes.CONSENT_STATUS_WITHDRAWN:
		return refuse(codes.PermissionDenied, ConsentWithdrawn, "the subject has withdrawn its consent: ask for a new one")
	case consent.Status == credittypes.CONSENT_STATUS_EXPIRED || !now.Before(consent.ValidUntil):
		return refuse(codes.PermissionDenied, ConsentExpired, "the consent has expired: ask the subject for a new one")
	case now.Add(OrderLife).Before(consent.ValidFrom): // clocks differ, and the chain opened the inquiry under it
		return refuse(codes.PermissionDenied, ConsentNotYetValid, "the consent is not valid yet: wait until its start")
	case consent.Status != credittypes.CONSENT_STATUS_LIVE && consent.Status != credittypes.CONSENT_STATUS_USED_UP:
		return refuse(codes.PermissionDenied, ConsentMismatch, "the consent gives no rights: ask the subject for one")
	case consent.Mode == credittypes.CONSENT_MODE_QUERY:
		return refuse(codes.PermissionDenied, ConsentQueryOnly, "the consent allows questions and not the records: ask the subject for one in mode VIEW or STORE")
	}
	g.schemas = asked(g.inquiry.SchemaIds, consent.SchemaIds)
	g.from, g.until = consent.RecordsFrom, consent.RecordsUntil
	return nil
}

// asked are the schemas that the inquiry names, or else all in scope.
func asked(named, scope [][]byte) [][]byte {
	if len(named) > 0 {
		return named
	}
	return scope
}

// unanswered tells 'the chain has none' from 'it is not known'.
func (s *Server) unanswered(err error, code codes.Code, reason Reason, message string) error {
	if errors.Is(err, client.ErrNotFound) {
		return refuse(code, reason, "%s", message)
	}
	s.config.Log.Warn("the chain could not be asked", "error", err)
	return refuse(codes.Unavailable, ChainAway, "this vault's node does not answer, or not what can be proven: try again later")
}
