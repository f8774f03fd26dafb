package keeper

import (
	"context"

	"github.com/creditd/creditd/x/attestation/types"
)

// Messages about anchors.

// Anchor implements types.MsgServer.
func (s msgServer) Anchor(ctx context.Context, msg *types.MsgAnchor) (*types.MsgAnchorResponse, error) {
	issuer, err := s.parseAddress("issuer", msg.Issuer)
	if err != nil {
		return nil, err
	}
	id, err := s.anchor(ctx, issuer, msg)
	if err != nil {
		return nil, err
	}
	return &types.MsgAnchorResponse{Id: id.Bytes()}, nil
}

// ExtendAnchor implements types.MsgServer.
func (s msgServer) ExtendAnchor(ctx context.Context, msg *types.MsgExtendAnchor) (*types.MsgExtendAnchorResponse, error) {
	issuer, err := s.parseAddress("issuer", msg.Issuer)
	if err != nil {
		return nil, err
	}
	if err := s.extendAnchor(ctx, issuer, msg); err != nil {
		return nil, err
	}
	return &types.MsgExtendAnchorResponse{}, nil
}
