package matching

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"

	"google.golang.org/grpc"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/oprf"
	"github.com/creditd/creditd/privacy/psi"
	"github.com/creditd/creditd/vault/agent"
	"github.com/creditd/creditd/vault/blinded"
	"github.com/creditd/creditd/vault/types"
	pseudonymtypes "github.com/creditd/creditd/x/pseudonym/types"
)

// Chain is what a session needs of the chain.
type Chain interface {
	// Match that is on the chain.
	Match(ctx context.Context, id [32]byte) (pseudonymtypes.Match, error)
	// Send returns when the messages are in a block, all or none.
	Send(ctx context.Context, msgs ...sdk.Msg) error
}

// Side is one institution in sessions.
type Side struct {
	ChainID  string
	Operator sdk.AccAddress
	Chain    Chain
	Secrets  agent.Secrets
	Sessions *Sessions // in the store that Secrets are in
	// Progress is told how much of what is done; nil for nobody. It must not block.
	Progress func(stage string, done, all int)
}

func (s *Side) progress(stage string, done, all int) {
	if s.Progress != nil {
		s.Progress(stage, done, all)
	}
}

// Result of a session, for the client. Positions are those of the items that it gave, from 0.
type Result struct {
	Count      uint32 // of the client's items
	ServerSize int    // of the server's set
	Common     int
	Positions  []int // of the common items; nil when the client learns the size alone
	Transcript [32]byte
}

// Open commits the client to its items and returns the id of the session. What it needs to go on is in the vault before the
// transaction is sent; the items are not.
func (s *Side) Open(ctx context.Context, server sdk.AccAddress, sizeOnly bool, items [][]byte) ([32]byte, error) {
	nonce, seed := make([]byte, pseudonymtypes.NonceSize), make([]byte, 32)
	_, _ = rand.Read(nonce) // never fails, see the doc of crypto/rand.Read
	_, _ = rand.Read(seed)
	defer clear(seed)
	id := [32]byte(pseudonymtypes.MatchID(s.Operator, server, nonce))
	s.progress("blinding", 0, len(items))
	client, err := psi.NewClient(psi.Session{ID: id, SizeOnly: sizeOnly}, [32]byte(seed), items)
	if err != nil {
		return id, err
	}
	s.progress("blinding", len(items), len(items))
	if err := s.Sessions.Add(ctx, id); err != nil {
		return id, err
	}
	if err := s.Secrets.Put(ctx, scope(s.ChainID, id), nameSeed, seed); err != nil {
		return id, err
	}
	commitment := client.Commitment()
	return id, s.Chain.Send(ctx, &pseudonymtypes.MsgOpenMatch{
		Client: s.Operator.String(), Server: server.String(), Nonce: nonce, SizeOnly: sizeOnly, Count: commitment.Count, Root: commitment.Root[:],
	})
}

// Run has the server evaluate the items, which must be those of Open in the same order, checks the answer and records the transcript.
// It can be run again until the session is over.
func (s *Side) Run(ctx context.Context, id [32]byte, items [][]byte, conn grpc.ClientConnInterface) (Result, error) {
	match, err := s.Chain.Match(ctx, id)
	if err != nil {
		return Result{}, err
	}
	client, err := s.resume(ctx, &match, items)
	if err != nil {
		return Result{}, err
	}
	answer, err := s.exchange(ctx, &match, client, conn)
	if err != nil {
		return Result{}, err
	}
	result, err := s.conclude(&match, client, answer)
	if err != nil {
		return Result{}, err
	}
	if len(match.ClientTranscript) != 0 {
		return result, nil // an earlier run recorded it
	}
	return result, s.Chain.Send(ctx, &pseudonymtypes.MsgCloseMatch{Institution: s.Operator.String(), Id: id[:], Transcript: result.Transcript[:]})
}

// resume makes the client of Open again.
func (s *Side) resume(ctx context.Context, match *pseudonymtypes.Match, items [][]byte) (*psi.Client, error) {
	session, commitment, err := sessionOf(match)
	switch {
	case err != nil:
		return nil, err
	case match.Client != s.Operator.String():
		return nil, fmt.Errorf("%s opened the match: run it from its vault", match.Client)
	case match.Status == pseudonymtypes.MATCH_STATUS_OPEN:
		return nil, fmt.Errorf("%s has not accepted the match: ask it to run 'creditd privacy match accept %x'", match.Server, match.Id)
	case match.Over():
		return nil, fmt.Errorf("the match is %s: open another", match.Status)
	}
	seed, err := s.Secrets.Get(ctx, scope(s.ChainID, session.ID), nameSeed)
	if err != nil {
		return nil, fmt.Errorf("the match was not opened by this vault: %w", err)
	}
	defer clear(seed)
	client, err := psi.NewClient(session, [32]byte(seed), items)
	if err != nil {
		return nil, err
	}
	if client.Commitment() != commitment {
		return nil, errors.New("the items are not those that the match was opened with: pass the same file, unchanged")
	}
	return client, nil
}

// exchange sends the blinded items and reads the whole answer.
func (s *Side) exchange(ctx context.Context, match *pseudonymtypes.Match, client *psi.Client, conn grpc.ClientConnInterface) (*psi.Answer, error) {
	ctx, cancel := context.WithCancel(ctx) // an answer that is not read to its end is let go
	defer cancel()
	stream, err := types.NewMatchingClient(conn).Match(ctx)
	if err != nil {
		return nil, err
	}
	elements := client.Blinded()
	for i, message := range blinded.Messages(elements) {
		request := &types.MatchRequest{Elements: message}
		if i == 0 {
			request.Id = match.Id
		}
		if err := stream.Send(request); err != nil {
			break // Recv says why
		}
		s.progress("sending", min((i+1)*oprf.MaxBatch, len(elements)), len(elements))
	}
	if err := stream.CloseSend(); err != nil {
		return nil, err
	}
	if len(match.ServerKey) != oprf.ElementSize {
		return nil, errors.New("the node's answer about the match makes no sense: use another node")
	}
	answer := &psi.Answer{Public: oprf.Element(match.ServerKey)}
	for {
		response, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return answer, nil
		}
		if err != nil {
			return nil, fmt.Errorf("the server's vault: %w", err)
		}
		if err := add(answer, response, len(elements)); err != nil {
			return nil, fmt.Errorf("the server's vault: %w", err)
		}
		s.progress("receiving", len(answer.Evaluated), len(elements))
	}
}

// add a part of the answer: evaluations first, then tags.
func add(answer *psi.Answer, response *types.MatchResponse, count int) (err error) {
	if len(response.Elements) > 0 {
		if len(answer.Tags) > 0 {
			return fmt.Errorf("%w: evaluations after tags", psi.ErrAnswer)
		}
		if answer.Evaluated, err = blinded.Append(answer.Evaluated, response.Elements, count); err != nil {
			return err
		}
	}
	if len(response.Proof) > 0 {
		if len(response.Proof) != oprf.ProofSize || len(answer.Proofs) >= oprf.Batches(count) {
			return fmt.Errorf("%w: a proof of %d bytes, after %d", psi.ErrAnswer, len(response.Proof), len(answer.Proofs))
		}
		answer.Proofs = append(answer.Proofs, oprf.Proof(response.Proof))
	}
	if len(response.Tags)%psi.TagSize != 0 || len(answer.Tags)+len(response.Tags)/psi.TagSize > psi.MaxItems {
		return fmt.Errorf("%w: %d bytes of tags", psi.ErrAnswer, len(response.Tags))
	}
	for tags := response.Tags; len(tags) > 0; tags = tags[psi.TagSize:] {
		answer.Tags = append(answer.Tags, psi.Tag(tags[:psi.TagSize]))
	}
	return nil
}

func (s *Side) conclude(match *pseudonymtypes.Match, client *psi.Client, answer *psi.Answer) (Result, error) {
	session, commitment, err := sessionOf(match)
	if err != nil {
		return Result{}, err
	}
	result := Result{Count: match.Count, ServerSize: len(answer.Tags), Transcript: session.Transcript(commitment, answer)}
	s.progress("checking", 0, int(match.Count))
	if session.SizeOnly {
		result.Common, err = client.Size(answer)
	} else {
		result.Positions, err = client.Intersect(answer)
		result.Common = len(result.Positions)
	}
	s.progress("checking", int(match.Count), int(match.Count))
	return result, err
}
