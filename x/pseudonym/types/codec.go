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
	legacy.RegisterAminoMsg(cdc, &MsgAdoptKey{}, "creditd/pseudonym/MsgAdoptKey")
	legacy.RegisterAminoMsg(cdc, &MsgRequestEvaluations{}, "creditd/pseudonym/MsgRequestEvaluations")
	legacy.RegisterAminoMsg(cdc, &MsgOpenMatch{}, "creditd/pseudonym/MsgOpenMatch")
	legacy.RegisterAminoMsg(cdc, &MsgAcceptMatch{}, "creditd/pseudonym/MsgAcceptMatch")
	legacy.RegisterAminoMsg(cdc, &MsgCloseMatch{}, "creditd/pseudonym/MsgCloseMatch")
	legacy.RegisterAminoMsg(cdc, &MsgMigrate{}, "creditd/pseudonym/MsgMigrate")
	legacy.RegisterAminoMsg(cdc, &MsgStopMigration{}, "creditd/pseudonym/MsgStopMigration")
	legacy.RegisterAminoMsg(cdc, &MsgUpdateParams{}, "creditd/pseudonym/MsgUpdateParams")
	cdc.RegisterConcrete(Params{}, "creditd/x/pseudonym/Params", nil)
}

// RegisterInterfaces registers the messages and their service.
func RegisterInterfaces(registry codectypes.InterfaceRegistry) {
	registry.RegisterImplementations((*sdk.Msg)(nil),
		&MsgAdoptKey{},
		&MsgRequestEvaluations{},
		&MsgOpenMatch{},
		&MsgAcceptMatch{},
		&MsgCloseMatch{},
		&MsgMigrate{},
		&MsgStopMigration{},
		&MsgUpdateParams{},
	)
	msgservice.RegisterMsgServiceDesc(registry, &_Msg_serviceDesc)
}
