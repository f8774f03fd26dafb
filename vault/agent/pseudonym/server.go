// Package pseudonym is a vault's part in the pseudonym function: it evaluates, with the institution's share of the key, what the
// chain says was requested, and nothing else.
package pseudonym

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/privacy/oprf"
	"github.com/creditd/creditd/vault/blinded"
	"github.com/creditd/creditd/vault/exchange"
	"github.com/creditd/creditd/vault/types"
	committeetypes "github.com/creditd/creditd/x/committee/types"
	pseudonymtypes "github.com/creditd/creditd/x/pseudonym/types"
)

// Chain is what the vault asks before it evaluates; lightchain.Chain proves what it says.
type Chain interface {
	Evaluation(ctx context.Context, id [32]byte) (pseudonymtypes.Evaluation, error)
	Committee(ctx context.Context, id uint64) (committeetypes.Committee, error)
	KeyEpoch(ctx context.Context, epoch uint64) (pseudonymtypes.KeyEpoch, error)
}

// Shares gives the institution's share of a committee's key: 32 bytes, little-endian.
type Shares interface {
	Share(ctx context.Context, committee uint64) ([32]byte, error)
}

// Config of a Server.
type Config struct {
	Operator string // of this institution
	Chain    Chain
	Shares   Shares
	Log      *slog.Logger
	Now      func() time.Time // time.Now if nil
	// PerDay is how many elements are evaluated for one institution in a day (UTC), whatever the chain allows; 200,000 if 0. What
	// is sent again counts again.
	PerDay int
	// Concurrent requests answered at once; 4 if 0.
	Concurrent int
}

const (
	defaultPerDay     = 200_000
	defaultConcurrent = 4
)

// Server implements creditd.vault.v1.Pseudonyms.
type Server struct {
	config Config
	meter  *meter
	places chan struct{}
}

var _ types.PseudonymsServer = (*Server)(nil)

// NewServer makes the service of one institution's vault.
func NewServer(config Config) *Server {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.PerDay == 0 {
		config.PerDay = defaultPerDay
	}
	if config.Concurrent == 0 {
		config.Concurrent = defaultConcurrent
	}
	return &Server{config: config, meter: newMeter(config.PerDay), places: make(chan struct{}, config.Concurrent)}
}

// Evaluate implements creditd.vault.v1.Pseudonyms. The peer is who the TLS connection proves.
func (s *Server) Evaluate(stream types.Pseudonyms_EvaluateServer) error {
	peer, err := exchange.PeerAccount(stream.Context())
	if err != nil {
		return err
	}
	select {
	case s.places <- struct{}{}:
	default:
		return exchange.Refuse(codes.Unavailable, exchange.Busy, "this vault answers %d requests at once and all places are taken: try again", cap(s.places))
	}
	defer func() { <-s.places }()
	return s.evaluate(stream, peer)
}

func (s *Server) evaluate(stream types.Pseudonyms_EvaluateServer, peer string) error {
	first, err := stream.Recv()
	if err != nil {
		return err
	}
	request, err := s.requested(stream.Context(), peer, first)
	if err != nil {
		s.config.Log.Info("evaluation refused", "reason", exchange.ReasonOf(err), "requester", peer)
		return err
	}
	key, err := s.share(stream.Context(), request, first.CommitteeId)
	if err != nil {
		s.config.Log.Info("evaluation refused", "reason", exchange.ReasonOf(err), "requester", peer)
		return err
	}
	elements, err := receive(stream, first, int(request.Count))
	if err != nil {
		return err
	}
	// The hash before the meter, and both before the work: what was not committed to costs the requester nothing and us little.
	if oprf.RequestHash(elements) != [32]byte(request.Hash) {
		return exchange.Refuse(codes.InvalidArgument, exchange.NotCommitted, "the elements are not those that the request on the chain commits to: send the same ones, in the same order")
	}
	if err := s.meter.take(peer, len(elements), s.config.Now()); err != nil {
		return err
	}
	evaluated, proofs, err := key.Evaluate(elements)
	if err != nil {
		return exchange.Refuse(codes.InvalidArgument, exchange.Malformed, "%s", err)
	}
	for i, message := range blinded.Messages(evaluated) {
		if err := stream.Send(&types.EvaluateResponse{Elements: message, Proof: proofs[i][:]}); err != nil {
			return err
		}
	}
	s.config.Log.Info("request evaluated", "requester", peer, "elements", len(elements), "committee", first.CommitteeId)
	return nil
}

// requested finds the request on the chain. The chain checked licence, role and limit when it took it.
func (s *Server) requested(ctx context.Context, peer string, first *types.EvaluateRequest) (pseudonymtypes.Evaluation, error) {
	var none pseudonymtypes.Evaluation
	if len(first.Id) != 32 {
		return none, exchange.Refuse(codes.InvalidArgument, exchange.Malformed, "the first message names the request: an id of 32 bytes")
	}
	request, err := s.config.Chain.Evaluation(ctx, [32]byte(first.Id))
	if err != nil {
		return none, s.unanswered(err, "the chain has no such request, or has forgotten it: send MsgRequestEvaluations and wait until it is committed")
	}
	switch {
	case request.Institution != peer:
		return none, exchange.Refuse(codes.PermissionDenied, exchange.OtherParty, "the request is another institution's: make your own")
	case !s.config.Now().Before(request.ExpiresAt):
		return none, exchange.Refuse(codes.FailedPrecondition, exchange.NotRequested, "the request is over: make another")
	case len(request.Hash) != 32 || request.Count == 0 || request.Count > pseudonymtypes.MaxCount:
		return none, exchange.Refuse(codes.Unavailable, exchange.ChainAway, "this vault's node gave an answer that makes no sense: try again later")
	}
	return request, nil
}

// share is the institution's share of the key of the request, if the committee that is named serves that key now.
func (s *Server) share(ctx context.Context, request pseudonymtypes.Evaluation, id uint64) (*oprf.Key, error) {
	epoch, err := s.config.Chain.KeyEpoch(ctx, request.Epoch)
	if err != nil {
		return nil, s.unanswered(err, "the chain has no such key epoch")
	}
	committee, err := s.config.Chain.Committee(ctx, id)
	if err != nil {
		return nil, s.unanswered(err, "the chain has no such committee: ask again which one holds the key")
	}
	member, holds := committee.Holder(s.config.Operator)
	if committee.Purpose != committeetypes.PURPOSE_PSEUDONYM || committee.Epoch != request.Epoch || !committee.Serves() || !holds ||
		string(committee.PublicKey) != string(epoch.PublicKey) {
		return nil, exchange.Refuse(codes.FailedPrecondition, exchange.NoShare, "this institution holds no share of that key in that committee: ask again who does")
	}
	secret, err := s.config.Shares.Share(ctx, id)
	if err != nil {
		s.config.Log.Error("the share cannot be read", "committee", id, "error", err)
		return nil, exchange.Refuse(codes.Unavailable, exchange.NoShare, "this vault cannot use its share now: ask the others")
	}
	key, err := oprf.NewKey(secret)
	if public := key; err != nil || string(member.PublicShare) != string(publicOf(public)) {
		s.config.Log.Error("the share is not that of the chain", "committee", id)
		return nil, exchange.Refuse(codes.Unavailable, exchange.NoShare, "this vault's share is not the one that the chain has: ask the others")
	}
	return key, nil
}

func publicOf(key *oprf.Key) []byte {
	if key == nil {
		return nil
	}
	public := key.Public()
	return public[:]
}

// receive collects the elements, which begin in the first message.
func receive(stream types.Pseudonyms_EvaluateServer, first *types.EvaluateRequest, count int) ([]oprf.Element, error) {
	var elements []oprf.Element
	for message, err := first, error(nil); ; message, err = stream.Recv() {
		switch {
		case errors.Is(err, io.EOF):
			if len(elements) != count {
				return nil, exchange.Refuse(codes.InvalidArgument, exchange.NotCommitted, "%d elements came and %d were committed to", len(elements), count)
			}
			return elements, nil
		case err != nil:
			return nil, err
		}
		if elements, err = blinded.Append(elements, message.Elements, count); err != nil {
			return nil, exchange.Refuse(codes.InvalidArgument, exchange.NotCommitted, "%s", err)
		}
	}
}

// unanswered tells 'the chain has none' from 'it is not known'.
func (s *Server) unanswered(err error, message string) error {
	if errors.Is(err, client.ErrNotFound) {
		return exchange.Refuse(codes.NotFound, exchange.NotRequested, "%s", message)
	}
	s.config.Log.Warn("the chain could not be asked", "error", err)
	return exchange.Refuse(codes.Unavailable, exchange.ChainAway, "this vault's node does not answer, or not what can be proven: try again later")
}
