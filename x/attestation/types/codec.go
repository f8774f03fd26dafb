package types

import (
	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/cosmos-sdk/codec/legacy"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/msgservice"
)

// RegisterLegacyAminoCodec registers the messages under the names that a Ledger signs.
func RegisterLegacyAminoCodec(cdc *codec.LegacyAmino) {
	legacy.RegisterAminoMsg(cdc, &MsgCreateSchema{}, "creditd/attestation/MsgCreateSchema")
	legacy.RegisterAminoMsg(cdc, &MsgAttest{}, "creditd/attestation/MsgAttest")
	legacy.RegisterAminoMsg(cdc, &MsgAttestBatch{}, "creditd/attestation/MsgAttestBatch")
	legacy.RegisterAminoMsg(cdc, &MsgRevoke{}, "creditd/attestation/MsgRevoke")
	legacy.RegisterAminoMsg(cdc, &MsgUpdateParams{}, "creditd/attestation/MsgUpdateParams")
	cdc.RegisterConcrete(Params{}, "creditd/x/attestation/Params", nil)
}

// RegisterInterfaces registers the messages and their service.
func RegisterInterfaces(registry codectypes.InterfaceRegistry) {
	registry.RegisterImplementations((*sdk.Msg)(nil),
		&MsgCreateSchema{},
		&MsgAttest{},
		&MsgAttestBatch{},
		&MsgRevoke{},
		&MsgUpdateParams{},
	)
	msgservice.RegisterMsgServiceDesc(registry, &_Msg_serviceDesc)
}
