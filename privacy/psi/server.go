package psi

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"github.com/creditd/creditd/privacy/oprf"
)

// Server of a session: a key made for it, and the tags of its set under that key. Of the set itself nothing is kept.
type Server struct {
	session Session
	key     *oprf.Key
	tags    []Tag
}

// Format keeps key and tags out of every log line, whatever the verb.
func (*Server) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "psi.Server(redacted)") }

// NewServer makes the tags of a set. The key is for this session alone: under one key, two sessions could be linked.
func NewServer(session Session, key *oprf.Key, items [][]byte) (*Server, error) {
	inputs, err := session.inputs(items)
	if err != nil {
		return nil, err
	}
	tags := make([]Tag, len(inputs))
	if session.SizeOnly {
		elements, err := key.Elements(inputs)
		if err != nil {
			return nil, err
		}
		for i := range elements {
			tags[i] = session.sizeTag(elements[i])
		}
	} else {
		outputs, err := key.Outputs(inputs)
		if err != nil {
			return nil, err
		}
		for i := range outputs {
			tags[i] = session.tag(outputs[i])
		}
	}
	return &Server{session, key, sortTags(tags)}, nil
}

// Restore a server from what it kept: its key and Tags.
func Restore(session Session, key *oprf.Key, tags []Tag) (*Server, error) {
	if err := checkTags(tags); err != nil {
		return nil, err
	}
	return &Server{session, key, tags}, nil
}

// Tags of the server's set, ascending.
func (s *Server) Tags() []Tag { return s.tags }

// Public half of the key of the session: what is put on the chain before.
func (s *Server) Public() oprf.Element { return s.key.Public() }

// Evaluate evaluates the elements that the client committed to, all of them and no other.
func (s *Server) Evaluate(committed Commitment, blinded []oprf.Element) (*Answer, error) {
	if uint64(len(blinded)) != uint64(committed.Count) || len(blinded) == 0 || len(blinded) > MaxItems {
		return nil, fmt.Errorf("%w: %d elements, %d were committed to", ErrCommitment, len(blinded), committed.Count)
	}
	if Commit(blinded) != committed {
		return nil, fmt.Errorf("%w: their root is another", ErrCommitment)
	}
	if s.session.SizeOnly {
		return s.evaluateShuffled(blinded)
	}
	evaluated, proofs, err := s.key.Evaluate(blinded)
	if err != nil {
		return nil, err
	}
	return &Answer{Public: s.Public(), Evaluated: evaluated, Proofs: proofs, Tags: s.tags}, nil
}

// evaluateShuffled sorts the evaluations by their encoding. To who does not know the key they are random, and so is their
// order: which is of which item cannot be told.
func (s *Server) evaluateShuffled(blinded []oprf.Element) (*Answer, error) {
	evaluated, err := s.key.Multiply(blinded)
	if err != nil {
		return nil, err
	}
	proof, err := s.key.ProveSum(blinded, evaluated)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(evaluated, func(a, b oprf.Element) int { return bytes.Compare(a[:], b[:]) })
	return &Answer{Public: s.Public(), Evaluated: evaluated, Proofs: []oprf.Proof{proof}, Tags: s.tags}, nil
}
