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
	legacy.RegisterAminoMsg(cdc, &MsgDeprecateSchema{}, "creditd/attestation/MsgDeprecateSchema")
	legacy.RegisterAminoMsg(cdc, &MsgAttest{}, "creditd/attestation/MsgAttest")
	legacy.RegisterAminoMsg(cdc, &MsgAttestBatch{}, "creditd/attestation/MsgAttestBatch")
	legacy.RegisterAminoMsg(cdc, &MsgAttestDelegated{}, "creditd/attestation/MsgAttestDelegated")
	legacy.RegisterAminoMsg(cdc, &MsgRevoke{}, "creditd/attestation/MsgRevoke")
	legacy.RegisterAminoMsg(cdc, &MsgRevokeBatch{}, "creditd/attestation/MsgRevokeBatch")
	legacy.RegisterAminoMsg(cdc, &MsgRevokeDelegated{}, "creditd/attestation/MsgRevokeDelegated")
	legacy.RegisterAminoMsg(cdc, &MsgSuspend{}, "creditd/attestation/MsgSuspend")
	legacy.RegisterAminoMsg(cdc, &MsgReinstate{}, "creditd/attestation/MsgReinstate")
	legacy.RegisterAminoMsg(cdc, &MsgSupersede{}, "creditd/attestation/MsgSupersede")
	legacy.RegisterAminoMsg(cdc, &MsgAnchor{}, "creditd/attestation/MsgAnchor")
	legacy.RegisterAminoMsg(cdc, &MsgExtendAnchor{}, "creditd/attestation/MsgExtendAnchor")
	legacy.RegisterAminoMsg(cdc, &MsgAccredit{}, "creditd/attestation/MsgAccredit")
	legacy.RegisterAminoMsg(cdc, &MsgSuspendAccreditation{}, "creditd/attestation/MsgSuspendAccred")
	legacy.RegisterAminoMsg(cdc, &MsgReinstateAccreditation{}, "creditd/attestation/MsgReinstateAccred")
	legacy.RegisterAminoMsg(cdc, &MsgRevokeAccreditation{}, "creditd/attestation/MsgRevokeAccred")
	legacy.RegisterAminoMsg(cdc, &MsgRegisterCredentialKey{}, "creditd/attestation/MsgRegisterKey")
	legacy.RegisterAminoMsg(cdc, &MsgRetireCredentialKey{}, "creditd/attestation/MsgRetireKey")
	legacy.RegisterAminoMsg(cdc, &MsgUpdateParams{}, "creditd/attestation/MsgUpdateParams")
	cdc.RegisterConcrete(Params{}, "creditd/x/attestation/Params", nil)
}

// RegisterInterfaces registers the messages and their service.
func RegisterInterfaces(registry codectypes.InterfaceRegistry) {
	registry.RegisterImplementations((*sdk.Msg)(nil),
		&MsgCreateSchema{},
		&MsgDeprecateSchema{},
		&MsgAttest{},
		&MsgAttestBatch{},
		&MsgAttestDelegated{},
		&MsgRevoke{},
		&MsgRevokeBatch{},
		&MsgRevokeDelegated{},
		&MsgSuspend{},
		&MsgReinstate{},
		&MsgSupersede{},
		&MsgAnchor{},
		&MsgExtendAnchor{},
		&MsgAccredit{},
		&MsgSuspendAccreditation{},
		&MsgReinstateAccreditation{},
		&MsgRevokeAccreditation{},
		&MsgRegisterCredentialKey{},
		&MsgRetireCredentialKey{},
		&MsgUpdateParams{},
	)
	msgservice.RegisterMsgServiceDesc(registry, &_Msg_serviceDesc)
}
