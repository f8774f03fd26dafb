package types

import (
	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/cosmos-sdk/codec/legacy"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/msgservice"
)

// RegisterInterfaces registers the messages of the module.
func RegisterInterfaces(registry codectypes.InterfaceRegistry) {
	registry.RegisterImplementations((*sdk.Msg)(nil),
		&MsgEnlist{},
		&MsgWithdraw{},
		&MsgFormCommittee{},
		&MsgEndCommittee{},
		&MsgJoin{},
		&MsgDeal{},
		&MsgConfirm{},
		&MsgAttestDestruction{},
		&MsgUpdateParams{},
	)
	msgservice.RegisterMsgServiceDesc(registry, &_Msg_serviceDesc)
}

// RegisterLegacyAminoCodec registers the messages under the names that a Ledger signs.
func RegisterLegacyAminoCodec(cdc *codec.LegacyAmino) {
	legacy.RegisterAminoMsg(cdc, &MsgEnlist{}, "creditd/committee/MsgEnlist")
	legacy.RegisterAminoMsg(cdc, &MsgWithdraw{}, "creditd/committee/MsgWithdraw")
	legacy.RegisterAminoMsg(cdc, &MsgFormCommittee{}, "creditd/committee/MsgForm")
	legacy.RegisterAminoMsg(cdc, &MsgEndCommittee{}, "creditd/committee/MsgEnd")
	legacy.RegisterAminoMsg(cdc, &MsgJoin{}, "creditd/committee/MsgJoin")
	legacy.RegisterAminoMsg(cdc, &MsgDeal{}, "creditd/committee/MsgDeal")
	legacy.RegisterAminoMsg(cdc, &MsgConfirm{}, "creditd/committee/MsgConfirm")
	legacy.RegisterAminoMsg(cdc, &MsgAttestDestruction{}, "creditd/committee/MsgDestroyed")
	legacy.RegisterAminoMsg(cdc, &MsgUpdateParams{}, "creditd/committee/MsgUpdateParams")
	cdc.RegisterConcrete(&Params{}, "creditd/x/committee/Params", nil)
}
