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
	legacy.RegisterAminoMsg(cdc, &MsgEnrolSubjects{}, "creditd/credit/MsgEnrolSubjects")
	legacy.RegisterAminoMsg(cdc, &MsgOfferControl{}, "creditd/credit/MsgOfferControl")
	legacy.RegisterAminoMsg(cdc, &MsgClaimControl{}, "creditd/credit/MsgClaimControl")
	legacy.RegisterAminoMsg(cdc, &MsgFurnish{}, "creditd/credit/MsgFurnish")
	legacy.RegisterAminoMsg(cdc, &MsgFurnishBatch{}, "creditd/credit/MsgFurnishBatch")
	legacy.RegisterAminoMsg(cdc, &MsgCorrect{}, "creditd/credit/MsgCorrect")
	legacy.RegisterAminoMsg(cdc, &MsgGrantConsent{}, "creditd/credit/MsgGrantConsent")
	legacy.RegisterAminoMsg(cdc, &MsgWithdrawConsent{}, "creditd/credit/MsgWithdrawConsent")
	legacy.RegisterAminoMsg(cdc, &MsgOpenInquiry{}, "creditd/credit/MsgOpenInquiry")
	legacy.RegisterAminoMsg(cdc, &MsgLeaveReceipt{}, "creditd/credit/MsgLeaveReceipt")
	legacy.RegisterAminoMsg(cdc, &MsgUpdateParams{}, "creditd/credit/MsgUpdateParams")
	cdc.RegisterConcrete(Params{}, "creditd/x/credit/Params", nil)
}

// RegisterInterfaces registers the messages and their service.
func RegisterInterfaces(registry codectypes.InterfaceRegistry) {
	registry.RegisterImplementations((*sdk.Msg)(nil),
		&MsgEnrolSubjects{},
		&MsgOfferControl{},
		&MsgClaimControl{},
		&MsgFurnish{},
		&MsgFurnishBatch{},
		&MsgCorrect{},
		&MsgGrantConsent{},
		&MsgWithdrawConsent{},
		&MsgOpenInquiry{},
		&MsgLeaveReceipt{},
		&MsgUpdateParams{},
	)
	msgservice.RegisterMsgServiceDesc(registry, &_Msg_serviceDesc)
}
