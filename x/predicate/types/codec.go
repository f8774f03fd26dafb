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
	legacy.RegisterAminoMsg(cdc, &MsgAgreeSetup{}, "creditd/predicate/MsgAgreeSetup")
	legacy.RegisterAminoMsg(cdc, &MsgRegisterCircuit{}, "creditd/predicate/MsgRegisterCircuit")
	legacy.RegisterAminoMsg(cdc, &MsgRetireCircuit{}, "creditd/predicate/MsgRetireCircuit")
	legacy.RegisterAminoMsg(cdc, &MsgAsk{}, "creditd/predicate/MsgAsk")
	legacy.RegisterAminoMsg(cdc, &MsgProve{}, "creditd/predicate/MsgProve")
	legacy.RegisterAminoMsg(cdc, &MsgSubmitProof{}, "creditd/predicate/MsgSubmitProof")
	legacy.RegisterAminoMsg(cdc, &MsgList{}, "creditd/predicate/MsgList")
	legacy.RegisterAminoMsg(cdc, &MsgDelist{}, "creditd/predicate/MsgDelist")
	legacy.RegisterAminoMsg(cdc, &MsgUpdateParams{}, "creditd/predicate/MsgUpdateParams")
	cdc.RegisterConcrete(Params{}, "creditd/x/predicate/Params", nil)
}

// RegisterInterfaces registers the messages and their service.
func RegisterInterfaces(registry codectypes.InterfaceRegistry) {
	registry.RegisterImplementations((*sdk.Msg)(nil),
		&MsgAgreeSetup{},
		&MsgRegisterCircuit{},
		&MsgRetireCircuit{},
		&MsgAsk{},
		&MsgProve{},
		&MsgSubmitProof{},
		&MsgList{},
		&MsgDelist{},
		&MsgUpdateParams{},
	)
	msgservice.RegisterMsgServiceDesc(registry, &_Msg_serviceDesc)
}
