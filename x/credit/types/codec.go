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
	legacy.RegisterAminoMsg(cdc, &MsgRotateControl{}, "creditd/credit/MsgRotateControl")
	legacy.RegisterAminoMsg(cdc, &MsgProposeRecovery{}, "creditd/credit/MsgProposeRecovery")
	legacy.RegisterAminoMsg(cdc, &MsgProposeMerge{}, "creditd/credit/MsgProposeMerge")
	legacy.RegisterAminoMsg(cdc, &MsgApproveChange{}, "creditd/credit/MsgApproveChange")
	legacy.RegisterAminoMsg(cdc, &MsgCancelChange{}, "creditd/credit/MsgCancelChange")
	legacy.RegisterAminoMsg(cdc, &MsgSubmitSigned{}, "creditd/credit/MsgSubmitSigned")
	legacy.RegisterAminoMsg(cdc, &MsgGiveNotices{}, "creditd/credit/MsgGiveNotices")
	legacy.RegisterAminoMsg(cdc, &MsgFurnish{}, "creditd/credit/MsgFurnish")
	legacy.RegisterAminoMsg(cdc, &MsgFurnishBatch{}, "creditd/credit/MsgFurnishBatch")
	legacy.RegisterAminoMsg(cdc, &MsgCorrect{}, "creditd/credit/MsgCorrect")
	legacy.RegisterAminoMsg(cdc, &MsgUpdateBatch{}, "creditd/credit/MsgUpdateBatch")
	legacy.RegisterAminoMsg(cdc, &MsgDeclareRepaid{}, "creditd/credit/MsgDeclareRepaid")
	legacy.RegisterAminoMsg(cdc, &MsgGrantConsent{}, "creditd/credit/MsgGrantConsent")
	legacy.RegisterAminoMsg(cdc, &MsgWithdrawConsent{}, "creditd/credit/MsgWithdrawConsent")
	legacy.RegisterAminoMsg(cdc, &MsgOpenInquiry{}, "creditd/credit/MsgOpenInquiry")
	legacy.RegisterAminoMsg(cdc, &MsgOpenOwnInquiry{}, "creditd/credit/MsgOpenOwnInquiry")
	legacy.RegisterAminoMsg(cdc, &MsgApproveInquiry{}, "creditd/credit/MsgApproveInquiry")
	legacy.RegisterAminoMsg(cdc, &MsgLeaveReceipt{}, "creditd/credit/MsgLeaveReceipt")
	legacy.RegisterAminoMsg(cdc, &MsgRecordAdverseAction{}, "creditd/credit/MsgRecordAdverseAction")
	legacy.RegisterAminoMsg(cdc, &MsgFreeze{}, "creditd/credit/MsgFreeze")
	legacy.RegisterAminoMsg(cdc, &MsgLiftFreeze{}, "creditd/credit/MsgLiftFreeze")
	legacy.RegisterAminoMsg(cdc, &MsgPlaceFraudAlert{}, "creditd/credit/MsgPlaceFraudAlert")
	legacy.RegisterAminoMsg(cdc, &MsgLiftFraudAlert{}, "creditd/credit/MsgLiftFraudAlert")
	legacy.RegisterAminoMsg(cdc, &MsgOpenDispute{}, "creditd/credit/MsgOpenDispute")
	legacy.RegisterAminoMsg(cdc, &MsgExtendDispute{}, "creditd/credit/MsgExtendDispute")
	legacy.RegisterAminoMsg(cdc, &MsgAnswerDispute{}, "creditd/credit/MsgAnswerDispute")
	legacy.RegisterAminoMsg(cdc, &MsgEscalateDispute{}, "creditd/credit/MsgEscalateDispute")
	legacy.RegisterAminoMsg(cdc, &MsgDecideDispute{}, "creditd/credit/MsgDecideDispute")
	legacy.RegisterAminoMsg(cdc, &MsgAddStatement{}, "creditd/credit/MsgAddStatement")
	legacy.RegisterAminoMsg(cdc, &MsgReinsert{}, "creditd/credit/MsgReinsert")
	legacy.RegisterAminoMsg(cdc, &MsgRequestErasure{}, "creditd/credit/MsgRequestErasure")
	legacy.RegisterAminoMsg(cdc, &MsgRefuseErasure{}, "creditd/credit/MsgRefuseErasure")
	legacy.RegisterAminoMsg(cdc, &MsgAttestDestruction{}, "creditd/credit/MsgAttestDestruction")
	legacy.RegisterAminoMsg(cdc, &MsgPlaceHold{}, "creditd/credit/MsgPlaceHold")
	legacy.RegisterAminoMsg(cdc, &MsgLiftHold{}, "creditd/credit/MsgLiftHold")
	legacy.RegisterAminoMsg(cdc, &MsgProposeContract{}, "creditd/credit/MsgProposeContract")
	legacy.RegisterAminoMsg(cdc, &MsgApproveContract{}, "creditd/credit/MsgApproveContract")
	legacy.RegisterAminoMsg(cdc, &MsgPauseContract{}, "creditd/credit/MsgPauseContract")
	legacy.RegisterAminoMsg(cdc, &MsgRetireContract{}, "creditd/credit/MsgRetireContract")
	legacy.RegisterAminoMsg(cdc, &MsgSetProfile{}, "creditd/credit/MsgSetProfile")
	legacy.RegisterAminoMsg(cdc, &MsgSetRepairPolicy{}, "creditd/credit/MsgSetRepairPolicy")
	legacy.RegisterAminoMsg(cdc, &MsgUpdateParams{}, "creditd/credit/MsgUpdateParams")
	cdc.RegisterConcrete(Params{}, "creditd/x/credit/Params", nil)
}

// RegisterInterfaces registers the messages and their service.
func RegisterInterfaces(registry codectypes.InterfaceRegistry) {
	registry.RegisterImplementations((*sdk.Msg)(nil),
		&MsgEnrolSubjects{},
		&MsgOfferControl{},
		&MsgClaimControl{},
		&MsgRotateControl{},
		&MsgProposeRecovery{},
		&MsgProposeMerge{},
		&MsgApproveChange{},
		&MsgCancelChange{},
		&MsgSubmitSigned{},
		&MsgGiveNotices{},
		&MsgFurnish{},
		&MsgFurnishBatch{},
		&MsgCorrect{},
		&MsgUpdateBatch{},
		&MsgDeclareRepaid{},
		&MsgGrantConsent{},
		&MsgWithdrawConsent{},
		&MsgOpenInquiry{},
		&MsgOpenOwnInquiry{},
		&MsgApproveInquiry{},
		&MsgLeaveReceipt{},
		&MsgRecordAdverseAction{},
		&MsgFreeze{},
		&MsgLiftFreeze{},
		&MsgPlaceFraudAlert{},
		&MsgLiftFraudAlert{},
		&MsgOpenDispute{},
		&MsgExtendDispute{},
		&MsgAnswerDispute{},
		&MsgEscalateDispute{},
		&MsgDecideDispute{},
		&MsgAddStatement{},
		&MsgReinsert{},
		&MsgRequestErasure{},
		&MsgRefuseErasure{},
		&MsgAttestDestruction{},
		&MsgPlaceHold{},
		&MsgLiftHold{},
		&MsgProposeContract{},
		&MsgApproveContract{},
		&MsgPauseContract{},
		&MsgRetireContract{},
		&MsgSetProfile{},
		&MsgSetRepairPolicy{},
		&MsgUpdateParams{},
	)
	msgservice.RegisterMsgServiceDesc(registry, &_Msg_serviceDesc)
}

// UnpackInterfaces unpacks the order, whose type the codec must know before it is read.
func (m *MsgSubmitSigned) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	var order sdk.Msg
	return unpacker.UnpackAny(m.Order, &order)
}
