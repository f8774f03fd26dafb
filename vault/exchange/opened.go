package exchange

import (
	"context"

	credittypes "github.com/creditd/creditd/x/credit/types"
)

// Opened is an inquiry that records are ordered for. An order names its id alone, so that it can go out before the inquiry is
// proven, which takes a block more; the answer is opened against what is proven.
type Opened struct {
	ID  [32]byte
	Own bool // of the kind OWN: the order carries the key
	// Proven returns the inquiry as the chain has it. It may wait; it is called when the order is on its way.
	Proven func(ctx context.Context) (*credittypes.Inquiry, error)
}

// Known is an inquiry that was read before.
func Known(inquiry *credittypes.Inquiry) Opened {
	o := Opened{
		Own:    inquiry.Kind == credittypes.INQUIRY_KIND_OWN,
		Proven: func(context.Context) (*credittypes.Inquiry, error) { return inquiry, nil },
	}
	copy(o.ID[:], inquiry.Id)
	return o
}
