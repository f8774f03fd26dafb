package oprf

import (
	"crypto/hmac"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/cloudflare/circl/group"
)

const domainBlind = "creditd/oprf/blind/v1"

// Client is one client's side of an evaluation: its inputs and what they are blinded with. It is for one request.
type Client struct {
	inputs  [][]byte
	blinds  []group.Scalar
	blinded []Element
}

// Format keeps inputs and blinds out of every log line, whatever the verb.
func (*Client) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "oprf.Client(redacted)") }

// Blind takes inputs and blinds each with a random scalar of its own. Whoever sees Blinded learns how many there are.
func Blind(inputs [][]byte) (*Client, error) {
	return blind(inputs, func(int) group.Scalar { return ristretto.RandomNonZeroScalar(nil) })
}

// BlindFrom is Blind with scalars from a seed, so that a client that was interrupted goes on with the same request: scalar i is
// HMAC-SHA512(seed, "creditd/oprf/blind/v1" || u32be(i)), little-endian, reduced by the order of the group. A seed is for one
// list of inputs alone: under one seed, two lists give away where they are the same.
func BlindFrom(seed [32]byte, inputs [][]byte) (*Client, error) {
	return blind(inputs, func(i int) group.Scalar { return deriveBlind(seed, i) })
}

func deriveBlind(seed [32]byte, i int) group.Scalar {
	mac := hmac.New(sha512.New, seed[:])
	mac.Write([]byte(domainBlind))
	mac.Write(binary.BigEndian.AppendUint32(nil, uint32(i)))
	return wideScalar([64]byte(mac.Sum(nil)))
}

func blind(inputs [][]byte, scalar func(int) group.Scalar) (*Client, error) {
	if len(inputs) == 0 {
		return nil, fmt.Errorf("%w: there is none", ErrInput)
	}
	c := &Client{inputs: inputs, blinds: make([]group.Scalar, len(inputs)), blinded: make([]Element, len(inputs))}
	return c, each(len(inputs), func(i int) error {
		point, err := hashInput(inputs[i])
		if err != nil {
			return fmt.Errorf("input %d: %w", i, err)
		}
		c.blinds[i] = scalar(i)
		c.blinded[i] = encodeElement(ristretto.NewElement().Mul(point, c.blinds[i]))
		return nil
	})
}

// hashInput maps an input to the group. That the result is the identity has the probability 2^-252.
func hashInput(input []byte) (group.Element, error) {
	if len(input) > MaxInput {
		return nil, fmt.Errorf("%w: %d bytes, at most %d are taken", ErrInput, len(input), MaxInput)
	}
	point := ristretto.HashToElement(input, []byte(hashToGroup))
	if point.IsIdentity() {
		return nil, fmt.Errorf("%w: it maps to the identity", ErrInput)
	}
	return point, nil
}

// Blinded elements, in the order of the inputs. They are what is sent.
func (c *Client) Blinded() []Element { return c.blinded }

// Finalize unblinds evaluations that were verified before (Verify, or Quorum.Combine, which does), in the order of the inputs.
func (c *Client) Finalize(evaluated []Element) ([]Output, error) {
	if len(evaluated) != len(c.inputs) {
		return nil, fmt.Errorf("%w: %d evaluations for %d inputs", ErrInput, len(evaluated), len(c.inputs))
	}
	outputs := make([]Output, len(evaluated))
	return outputs, each(len(evaluated), func(i int) error {
		point, err := decodeElement(evaluated[i])
		if err != nil {
			return fmt.Errorf("evaluation %d: %w", i, err)
		}
		inverse := ristretto.NewScalar().Inv(c.blinds[i])
		outputs[i] = finalize(c.inputs[i], encodeElement(ristretto.NewElement().Mul(point, inverse)))
		return nil
	})
}

// finalize is the hash of RFC 9497, s. 3.3.2.
func finalize(input []byte, unblinded Element) Output {
	h := sha512.New()
	write := func(part []byte) {
		h.Write(binary.BigEndian.AppendUint16(nil, uint16(len(part))))
		h.Write(part)
	}
	write(input)
	write(unblinded[:])
	h.Write([]byte(finalizeLabel))
	return Output(h.Sum(nil))
}
