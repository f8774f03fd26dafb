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
	legacy.RegisterAminoMsg(cdc, &MsgOpenRound{}, "creditd/exposure/MsgOpenRound")
	legacy.RegisterAminoMsg(cdc, &MsgSubmit{}, "creditd/exposure/MsgSubmit")
	legacy.RegisterAminoMsg(cdc, &MsgGiveShare{}, "creditd/exposure/MsgGiveShare")
	legacy.RegisterAminoMsg(cdc, &MsgUpdateParams{}, "creditd/exposure/MsgUpdateParams")
	cdc.RegisterConcrete(Params{}, "creditd/x/exposure/Params", nil)
}

// RegisterInterfaces registers the messages and their service.
func RegisterInterfaces(registry codectypes.InterfaceRegistry) {
	registry.RegisterImplementations((*sdk.Msg)(nil), &MsgOpenRound{}, &MsgSubmit{}, &MsgGiveShare{}, &MsgUpdateParams{})
	msgservice.RegisterMsgServiceDesc(registry, &_Msg_serviceDesc)
}
