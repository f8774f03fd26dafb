package exchange

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc/codes"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/records"
	"github.com/creditd/creditd/vault/store"
	"github.com/creditd/creditd/vault/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// Store is the part of a vault's store that the exchange uses.
type Store interface {
	OfSubject(ctx context.Context, subject [32]byte, limit int) ([]store.Record, error)
	LogAccess(ctx context.Context, entry store.Access, owed *store.Receipt) error
	LogOrder(ctx context.Context, entry store.Access, nonce store.Nonce, owed *store.Receipt) error
	ReceiptsOwed(ctx context.Context, limit int) ([]store.Receipt, error)
	ReceiptLeft(ctx context.Context, receipts ...store.Receipt) error
}

// Config of a Server.
type Config struct {
	ChainID string
	Signer  client.Signer // of the furnisher's operator account
	Chain   Chain
	Store   Store
	Keys    keys.Provider
	Log     *slog.Logger
	Now     func() time.Time // time.Now if nil
	// Owing is told that a receipt is owed; it must not block. It may be nil.
	Owing func()
	// Limits of what is answered.
	Limits Limits
}

// Server answers orders. It implements creditd.vault.v1.Exchange.
type Server struct {
	config   Config
	self     string // operator of this furnisher
	identity *identity
	meter    *meter

	recipients recipients
}

var _ types.ExchangeServer = (*Server)(nil)

// NewServer makes the service of one furnisher's vault.
func NewServer(config Config) *Server {
	if config.Now == nil {
		config.Now = time.Now
	}
	return &Server{
		config: config, self: config.Signer.Address().String(), meter: newMeter(config.Limits),
		identity: &identity{chainID: config.ChainID, signer: config.Signer, now: config.Now},
	}
}

const given = "given"

// Fetch implements creditd.vault.v1.Exchange. Who asks, for what and how it ended is in the access log
// before anything leaves.
func (s *Server) Fetch(request *types.FetchRequest, stream types.Exchange_FetchServer) error {
	ctx := stream.Context()
	order, err := s.admit(ctx, request)
	if err != nil {
		s.config.Log.Info("order refused", "reason", ReasonOf(err))
		return err
	}
	if err := s.meter.enter(order.Requester); err != nil {
		return err
	}
	defer s.meter.leave(order.Requester)
	entry := store.Access{Time: s.config.Now(), Requester: order.Requester, Inquiry: [32]byte(order.InquiryId)}
	answer, err := s.prepare(ctx, order)
	if err = s.settle(ctx, order, entry, answer, err); err != nil {
		return err
	}
	for i, part := range answer.parts {
		answer.parts[i] = nil // sent, it may go; Send waits for a reader that is slow
		if err := stream.Send(part); err != nil {
			return err // the requester went away; it may order again while the inquiry is open
		}
	}
	s.config.Log.Info("order answered", "requester", order.Requester, "inquiry", fmt.Sprintf("%x", order.InquiryId), "records", answer.records, "parts", len(answer.parts))
	return nil
}

// settle writes down how an order ended, and that there is none after it with its nonce. An order that came before is refused, whatever
// became of it.
func (s *Server) settle(ctx context.Context, order types.Order, entry store.Access, a answer, refused error) error {
	var owed *store.Receipt
	if refused != nil {
		entry.Outcome = string(ReasonOf(refused))
	} else {
		entry.Outcome, entry.Records, entry.Digest = given, a.records, a.digest
		if order.Requester != s.self {
			// An institution leaves one receipt an inquiry: to itself, it is that of the data user.
			owed = &store.Receipt{Inquiry: entry.Inquiry, Digest: a.digest, Records: a.records}
		}
	}
	err := s.config.Store.LogOrder(ctx, entry, store.Nonce{Value: order.Nonce, Until: order.Time.Add(2 * OrderLife)}, owed)
	if errors.Is(err, store.ErrNonceUsed) {
		refused = refuse(codes.AlreadyExists, Replayed, "this order was received before: sign a new one with a fresh nonce")
		entry.Outcome, entry.Records, entry.Digest = string(Replayed), 0, [32]byte{}
		err = s.config.Store.LogAccess(ctx, entry, nil)
	}
	switch {
	case err != nil:
		return s.storeFailed(ctx, err)
	case refused != nil:
		s.config.Log.Info("order refused", "reason", entry.Outcome, "requester", order.Requester, "inquiry", fmt.Sprintf("%x", order.InquiryId))
	case owed != nil && s.config.Owing != nil:
		s.config.Owing()
	}
	return refused
}

// admit establishes who asks: the account of the connection and of the signature, which must be one.
func (s *Server) admit(ctx context.Context, request *types.FetchRequest) (types.Order, error) {
	account, plain, err := peerAccount(ctx)
	if err != nil {
		return types.Order{}, err
	}
	if !plain {
		if err := s.meter.order(account.Account, s.config.Now()); err != nil {
			return types.Order{}, err
		}
	}
	order, err := s.authentic(ctx, request, account.key())
	switch {
	case err != nil:
		return order, err
	case plain:
		return order, s.meter.order(order.Requester, s.config.Now())
	case order.Requester != account.Account:
		return order, refuse(codes.PermissionDenied, OtherPeer, "the order is another account's than the TLS connection: send it over a connection of its own")
	}
	return order, nil
}

// prepare makes the answer to an order, or says why there is none.
func (s *Server) prepare(ctx context.Context, order types.Order) (answer, error) {
	ready, err := s.make(ctx, order)
	if err != nil {
		return answer{}, err
	}
	return ready, s.meter.give(order.Requester, int(ready.records), s.config.Now())
}

// make checks the order and makes its answer. Rights are checked again when it is ready: they may have ended meanwhile, and
// the answer leaves next.
func (s *Server) make(ctx context.Context, order types.Order) (answer, error) {
	granted, err := s.check(ctx, order)
	if err != nil {
		return answer{}, err
	}
	ready, err := s.answer(ctx, granted)
	if err != nil {
		return answer{}, err
	}
	_, err = s.check(ctx, order)
	return ready, err
}

type answer struct {
	parts   []*types.FetchResponse
	records uint32
	digest  [32]byte
}

func (s *Server) answer(ctx context.Context, g grant) (answer, error) {
	found, err := s.records(ctx, g)
	if err != nil {
		return answer{}, err
	}
	parcels := split(found)
	a := answer{records: uint32(len(found))}
	var digests [][32]byte
	for i, parcel := range parcels {
		part, err := s.seal(g, parcel, i, len(parcels))
		if err != nil {
			s.config.Log.Error("sealing failed", "error", err)
			return answer{}, refuse(codes.Internal, StoreFailed, "this vault could not seal its answer: tell its operator")
		}
		a.parts = append(a.parts, part)
		digests = append(digests, envelopeDigest(part))
	}
	a.digest = answerDigest(digests)
	return a, nil
}

// records returns what the chain says is this vault's to show: the version that counts, in a state that is
// displayed, of a schema in scope. Only tradelines that the vault has are looked up: it could give no others.
func (s *Server) records(ctx context.Context, g grant) ([]types.Record, error) {
	var subject credittypes.Subject
	known := make(chan error, 1)
	go func() {
		found, err := s.config.Chain.Subject(ctx, g.subject)
		switch {
		case errors.Is(err, client.ErrNotFound): // it has no aliases, and no records
			err = nil
		case err != nil:
			err = s.unanswered(err, codes.NotFound, UnknownInquiry, "the chain does not know the inquiry's subject")
		}
		subject = found
		known <- err
	}()
	found, size, err := s.recordsOf(ctx, g, g.subject, 0)
	if failed := <-known; err == nil {
		err = failed
	}
	for _, alias := range subject.Aliases { // pseudonyms of the same person, merged into this one
		if err != nil || len(alias) != 32 {
			break
		}
		var more []types.Record
		more, size, err = s.recordsOf(ctx, g, [32]byte(alias), size)
		found = append(found, more...)
	}
	return found, err
}

// recordsOf one pseudonym. size is that of the records so far.
func (s *Server) recordsOf(ctx context.Context, g grant, subject [32]byte, size int) ([]types.Record, int, error) {
	kept, err := s.config.Store.OfSubject(ctx, subject, maxRecords)
	if err != nil {
		return nil, size, s.storeFailed(ctx, err)
	}
	byAttestation := make(map[[32]byte]*store.Record, len(kept))
	for i := range kept {
		byAttestation[kept[i].Attestation] = &kept[i]
	}
	tradelines, err := s.tradelines(ctx, subject, kept)
	if err != nil {
		return nil, size, s.unanswered(err, codes.NotFound, UnknownInquiry, "the chain does not know the inquiry's subject")
	}
	var found []types.Record
	for _, tradeline := range tradelines {
		if tradeline.Furnisher != s.self || !s.displayed(&tradeline) || !g.covers(&tradeline) || len(tradeline.AttestationId) != 32 {
			continue
		}
		record, ok := byAttestation[[32]byte(tradeline.AttestationId)]
		if !ok {
			s.config.Log.Error("a version that the chain has is not in this vault", "tradeline", fmt.Sprintf("%x", tradeline.Id))
			continue
		}
		if !inScope(g.schemas, record.Schema) {
			continue
		}
		open, err := s.open(record, kept)
		if err != nil {
			s.config.Log.Error("a record cannot be opened", "tradeline", fmt.Sprintf("%x", tradeline.Id), "error", err)
			continue // the requester sees that it is withheld, and still gets the others
		}
		if size += open.Size(); size > maxAnswerBytes {
			return nil, size, refuse(codes.ResourceExhausted, TooLarge, "the answer has more than %d bytes: ask for fewer schemas", maxAnswerBytes)
		}
		found = append(found, open)
	}
	return found, size, nil
}

// tradelines looks up those of the kept records, each once, in the order in which they were staged. What the chain does not
// have is left out: it is still being imported.
func (s *Server) tradelines(ctx context.Context, subject [32]byte, kept []store.Record) ([]credittypes.Tradeline, error) {
	var ids [][32]byte
	seen := make(map[[32]byte]bool, len(kept))
	for i := range kept {
		if id := kept[i].Tradeline; !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	all := make([]credittypes.Tradeline, len(ids))
	group, within := errgroup.WithContext(ctx)
	var next atomic.Int64
	for range min(parallelReads, len(ids)) { // what is proven already takes no time: then the first reads them all
		group.Go(func() (err error) {
			for i := int(next.Add(1)) - 1; i < len(ids) && err == nil; i = int(next.Add(1)) - 1 {
				all[i], err = s.config.Chain.Tradeline(within, subject, ids[i])
				if errors.Is(err, client.ErrNotFound) {
					all[i], err = credittypes.Tradeline{}, nil // of no furnisher, so it is passed over
				}
			}
			return err
		})
	}
	return all, group.Wait()
}

// displayed tells whether the record may be shown. The chain ends the retention of many records over some blocks; a vault
// ends it on time.
func (s *Server) displayed(t *credittypes.Tradeline) bool {
	return (t.State == credittypes.RECORD_STATE_ACTIVE || t.State == credittypes.RECORD_STATE_DISPUTED) && s.config.Now().Before(t.ShowUntil)
}

func inScope(schemas [][]byte, schema [32]byte) bool {
	if schemas == nil {
		return true
	}
	for _, id := range schemas {
		if len(id) == 32 && [32]byte(id) == schema {
			return true
		}
	}
	return false
}

// open decrypts a record, with the openings of its clock in this and in the earlier versions that are kept.
func (s *Server) open(record *store.Record, kept []store.Record) (types.Record, error) {
	plain, err := records.Open(s.config.Keys, record)
	if err != nil {
		return types.Record{}, err
	}
	layout, err := records.Layout(record.Schema)
	if err != nil {
		return types.Record{}, err
	}
	open := types.Record{TradelineId: record.Tradeline[:], AttestationId: record.Attestation[:], SchemaId: record.Schema[:], Seed: plain.Seed[:], Delinquency: opening(plain.Clock)}
	for i := range kept { // in the order in which they were staged
		if kept[i].Tradeline != record.Tradeline || kept[i].Version >= record.Version {
			continue
		}
		before, err := records.Open(s.config.Keys, &kept[i])
		if err != nil {
			return types.Record{}, err
		}
		said := opening(before.Clock)
		last := len(open.Earlier) - 1
		if before.Clock != (records.Clock{}) && before.Clock.Salt != plain.Clock.Salt && (last < 0 || !bytes.Equal(open.Earlier[last].Salt, said.Salt)) {
			open.Earlier = append(open.Earlier, said)
		}
	}
	for _, field := range layout.Fields {
		if text, ok := plain.Values[field.Name]; ok {
			open.Values = append(open.Values, types.Value{Name: field.Name, Text: text})
		}
	}
	return open, nil
}

func opening(clock records.Clock) types.Opening {
	return types.Opening{Salt: clock.Salt[:], First: records.DateText(clock.First)}
}

// split makes parts of bounded size. An answer without records is one empty part: a signed word that there
// are none.
func split(found []types.Record) []types.Parcel {
	parcels := []types.Parcel{{}}
	size := 0
	for _, record := range found {
		last := &parcels[len(parcels)-1]
		if len(last.Records) > 0 && size+record.Size() > partBytes {
			parcels = append(parcels, types.Parcel{})
			last, size = &parcels[len(parcels)-1], 0
		}
		last.Records = append(last.Records, record)
		size += record.Size()
	}
	return parcels
}

func (s *Server) storeFailed(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		s.config.Log.Error("the store failed", "error", err)
	}
	return refuse(codes.Internal, StoreFailed, "this vault's store failed and nothing was given: try again later, or tell its operator")
}
