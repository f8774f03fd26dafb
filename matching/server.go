package matching

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/privacy/oprf"
	"github.com/creditd/creditd/privacy/psi"
	"github.com/creditd/creditd/vault/agent"
	"github.com/creditd/creditd/vault/blinded"
	"github.com/creditd/creditd/vault/exchange"
	"github.com/creditd/creditd/vault/types"
	pseudonymtypes "github.com/creditd/creditd/x/pseudonym/types"
)

// Accept lets the client of a session match with this institution's items: it makes the key of the session, keeps it with the tags of
// the items, and puts its public half onto the chain. It can be run again until the chain has it.
func (s *Side) Accept(ctx context.Context, id [32]byte, items [][]byte) (pseudonymtypes.Match, error) {
	match, err := s.Chain.Match(ctx, id)
	if err != nil {
		return match, err
	}
	session, _, err := sessionOf(&match)
	switch {
	case err != nil:
		return match, err
	case match.Server != s.Operator.String():
		return match, fmt.Errorf("%s is asked to accept the match", match.Server)
	case match.Status != pseudonymtypes.MATCH_STATUS_OPEN:
		return match, fmt.Errorf("the match is %s already", match.Status)
	}
	server, err := restoreServer(ctx, s.Secrets, scope(s.ChainID, id), session)
	if errors.Is(err, agent.ErrNoSecret) {
		s.progress("tagging", 0, len(items))
		key := oprf.GenerateKey()
		if server, err = psi.NewServer(session, key, items); err != nil {
			return match, err
		}
		s.progress("tagging", len(items), len(items))
		if err = s.Sessions.Add(ctx, id); err != nil {
			return match, err
		}
		err = keepServer(ctx, s.Secrets, scope(s.ChainID, id), key, server.Tags())
	}
	if err != nil {
		return match, err
	}
	public := server.Public()
	err = s.Chain.Send(ctx, &pseudonymtypes.MsgAcceptMatch{Server: s.Operator.String(), Id: id[:], ServerKey: public[:]})
	match.Status, match.ServerKey = pseudonymtypes.MATCH_STATUS_ACCEPTED, public[:]
	return match, err
}

// Matches is where the server reads sessions; lightchain.Chain proves what it says.
type Matches interface {
	Match(ctx context.Context, id [32]byte) (pseudonymtypes.Match, error)
}

// Server implements creditd.vault.v1.Matching.
type Server struct {
	ChainID  string
	Operator string // of this institution
	Chain    Matches
	Secrets  agent.Secrets
	Log      *slog.Logger
	Now      func() time.Time // time.Now if nil
}

var _ types.MatchingServer = (*Server)(nil)

// Match implements creditd.vault.v1.Matching. The peer is who the TLS connection proves.
func (s *Server) Match(stream types.Matching_MatchServer) error {
	peer, err := exchange.PeerAccount(stream.Context())
	if err != nil {
		return err
	}
	return s.answer(stream, peer)
}

func (s *Server) answer(stream types.Matching_MatchServer, peer string) error {
	ctx := stream.Context()
	first, err := stream.Recv()
	if err != nil {
		return err
	}
	match, err := s.agreed(ctx, peer, first.Id)
	if err != nil {
		s.Log.Info("match refused", "reason", exchange.ReasonOf(err), "client", peer)
		return err
	}
	session, commitment, err := sessionOf(&match)
	if err != nil {
		return exchange.Refuse(codes.Unavailable, exchange.ChainAway, "%s", err)
	}
	server, err := restoreServer(ctx, s.Secrets, scope(s.ChainID, session.ID), session)
	public := oprf.Element{}
	if err == nil {
		public = server.Public()
	}
	if err != nil || string(public[:]) != string(match.ServerKey) {
		s.Log.Error("the key of a session is not there", "error", err)
		return exchange.Refuse(codes.FailedPrecondition, exchange.NoShare, "this vault does not have the key of the session any more: open another match")
	}
	elements, err := receive(stream, first, int(match.Count))
	if err != nil {
		return err
	}
	answer, err := server.Evaluate(commitment, elements)
	switch {
	case errors.Is(err, psi.ErrCommitment):
		return exchange.Refuse(codes.InvalidArgument, exchange.NotCommitted, "the elements are not those that the match on the chain commits to: send the same ones, in the same order")
	case err != nil:
		return exchange.Refuse(codes.InvalidArgument, exchange.Malformed, "%s", err)
	}
	transcript := session.Transcript(commitment, answer)
	if err := s.Secrets.Put(ctx, scope(s.ChainID, session.ID), nameTranscript, transcript[:]); err != nil {
		s.Log.Error("the transcript of a match cannot be kept", "error", err)
		return exchange.Refuse(codes.Internal, exchange.StoreFailed, "this vault's store failed and nothing was given: try again later, or tell its operator")
	}
	s.Log.Info("match answered", "client", peer, "items", len(elements), "size_only", session.SizeOnly)
	return send(stream, answer)
}

// agreed finds the session on the chain.
func (s *Server) agreed(ctx context.Context, peer string, id []byte) (pseudonymtypes.Match, error) {
	var none pseudonymtypes.Match
	if len(id) != 32 {
		return none, exchange.Refuse(codes.InvalidArgument, exchange.Malformed, "the first message names the match: an id of 32 bytes")
	}
	match, err := s.Chain.Match(ctx, [32]byte(id))
	if errors.Is(err, client.ErrNotFound) {
		return none, exchange.Refuse(codes.NotFound, exchange.NotRequested, "the chain has no such match: open one with MsgOpenMatch")
	}
	if err != nil {
		s.Log.Warn("the chain could not be asked", "error", err)
		return none, exchange.Refuse(codes.Unavailable, exchange.ChainAway, "this vault's node does not answer, or not what can be proven: try again later")
	}
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	switch {
	case match.Client != peer || match.Server != s.Operator:
		return none, exchange.Refuse(codes.PermissionDenied, exchange.OtherParty, "the match is between other institutions: open your own with %s", s.Operator)
	case match.Status != pseudonymtypes.MATCH_STATUS_ACCEPTED || !now().Before(match.ExpiresAt):
		return none, exchange.Refuse(codes.FailedPrecondition, exchange.NotRequested, "the match is not accepted, or over: see 'creditd query pseudonym match %x'", match.Id)
	}
	return match, nil
}

func receive(stream types.Matching_MatchServer, first *types.MatchRequest, count int) ([]oprf.Element, error) {
	var elements []oprf.Element
	for message, err := first, error(nil); ; message, err = stream.Recv() {
		switch {
		case errors.Is(err, io.EOF):
			return elements, nil // that all are there is checked with the commitment
		case err != nil:
			return nil, err
		}
		if elements, err = blinded.Append(elements, message.Elements, count); err != nil {
			return nil, exchange.Refuse(codes.InvalidArgument, exchange.NotCommitted, "%s", err)
		}
	}
}

func send(stream types.Matching_MatchServer, answer *psi.Answer) error {
	for i, message := range blinded.Messages(answer.Evaluated) {
		response := &types.MatchResponse{Elements: message}
		if i < len(answer.Proofs) {
			response.Proof = answer.Proofs[i][:]
		}
		if err := stream.Send(response); err != nil {
			return err
		}
	}
	const tagsInMessage = 1000
	for tags := answer.Tags; len(tags) > 0; {
		n := min(tagsInMessage, len(tags))
		part := make([]byte, 0, n*psi.TagSize)
		for i := range n {
			part = append(part, tags[i][:]...)
		}
		if err := stream.Send(&types.MatchResponse{Tags: part}); err != nil {
			return err
		}
		tags = tags[n:]
	}
	return nil
}
