package psi

import (
	"fmt"
	"io"

	"github.com/creditd/creditd/privacy/oprf"
)

// Client of a session. It alone learns the result.
type Client struct {
	session Session
	request *oprf.Client
}

// Format keeps the set out of every log line, whatever the verb.
func (*Client) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "psi.Client(redacted)") }

// NewClient blinds a set. The same seed and items give the same elements, so that a client that was interrupted goes on; a
// seed is for one session and one set.
func NewClient(session Session, seed [32]byte, items [][]byte) (*Client, error) {
	inputs, err := session.inputs(items)
	if err != nil {
		return nil, err
	}
	blind := oprf.BlindFrom
	if session.SizeOnly {
		blind = oprf.BlindAlike
	}
	request, err := blind(seed, inputs)
	if err != nil {
		return nil, err
	}
	return &Client{session, request}, nil
}

// Blinded elements: what is sent.
func (c *Client) Blinded() []oprf.Element { return c.request.Blinded() }

// Commitment to them: what is put on the chain before.
func (c *Client) Commitment() Commitment { return Commit(c.request.Blinded()) }

// Intersect checks the answer and returns the positions of those of the client's items that the server has too, ascending.
func (c *Client) Intersect(answer *Answer) ([]int, error) {
	if c.session.SizeOnly {
		return nil, fmt.Errorf("%w: this session gives the size alone", ErrAnswer)
	}
	if err := checkTags(answer.Tags); err != nil {
		return nil, err
	}
	if err := oprf.Verify(answer.Public, c.Blinded(), answer.Evaluated, answer.Proofs); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	outputs, err := c.request.Finalize(answer.Evaluated)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	has := make(map[Tag]bool, len(answer.Tags))
	for _, tag := range answer.Tags {
		has[tag] = true
	}
	matches := []int{}
	for i, output := range outputs {
		if has[c.session.tag(output)] {
			matches = append(matches, i)
		}
	}
	return matches, nil
}
