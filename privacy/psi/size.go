package psi

import (
	"bytes"
	"fmt"

	"github.com/creditd/creditd/privacy/oprf"
)

// Size checks the answer of a session for the size alone, and returns how many of the client's items the server has too.
func (c *Client) Size(answer *Answer) (int, error) {
	if !c.session.SizeOnly {
		return 0, fmt.Errorf("%w: this session gives the intersection", ErrAnswer)
	}
	if err := checkTags(answer.Tags); err != nil {
		return 0, err
	}
	if len(answer.Proofs) != 1 {
		return 0, fmt.Errorf("%w: %d proofs, one is expected", ErrAnswer, len(answer.Proofs))
	}
	for i := 1; i < len(answer.Evaluated); i++ {
		if bytes.Compare(answer.Evaluated[i-1][:], answer.Evaluated[i][:]) >= 0 {
			return 0, fmt.Errorf("%w: its evaluations do not ascend", ErrAnswer)
		}
	}
	if err := oprf.VerifySum(answer.Public, c.Blinded(), answer.Evaluated, answer.Proofs[0]); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	unblinded, err := c.request.Unblind(answer.Evaluated)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	has := make(map[Tag]bool, len(answer.Tags))
	for _, tag := range answer.Tags {
		has[tag] = true
	}
	size := 0
	for _, element := range unblinded {
		if has[c.session.sizeTag(element)] {
			size++
		}
	}
	return size, nil
}
