// Package types holds what x/institution stores, sends and refuses.
package types

import (
	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/cosmos-sdk/codec/legacy"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/msgservice"
)

// RegisterInterfaces registers the messages of the module.
func RegisterInterfaces(registry codectypes.InterfaceRegistry) {
	registry.RegisterImplementations((*sdk.Msg)(nil),
		&MsgRegister{},
		&MsgAmend{},
		&MsgSuspend{},
		&MsgReinstate{},
		&MsgRevoke{},
		&MsgUpdateProfile{},
		&MsgRotateConsensusKey{},
		&MsgUnjail{},
		&MsgUpdateParams{},
		&MsgCancelChange{},
	)
	msgservice.RegisterMsgServiceDesc(registry, &_Msg_serviceDesc)
}

// RegisterLegacyAminoCodec registers the messages for SIGN_MODE_LEGACY_AMINO_JSON, which Ledger signs.
func RegisterLegacyAminoCodec(cdc *codec.LegacyAmino) {
	legacy.RegisterAminoMsg(cdc, &MsgRegister{}, "creditd/institution/MsgRegister")
	legacy.RegisterAminoMsg(cdc, &MsgAmend{}, "creditd/institution/MsgAmend")
	legacy.RegisterAminoMsg(cdc, &MsgSuspend{}, "creditd/institution/MsgSuspend")
	legacy.RegisterAminoMsg(cdc, &MsgReinstate{}, "creditd/institution/MsgReinstate")
	legacy.RegisterAminoMsg(cdc, &MsgRevoke{}, "creditd/institution/MsgRevoke")
	legacy.RegisterAminoMsg(cdc, &MsgUpdateProfile{}, "creditd/institution/MsgUpdateProfile")
	legacy.RegisterAminoMsg(cdc, &MsgRotateConsensusKey{}, "creditd/institution/MsgRotateKey")
	legacy.RegisterAminoMsg(cdc, &MsgUnjail{}, "creditd/institution/MsgUnjail")
	legacy.RegisterAminoMsg(cdc, &MsgUpdateParams{}, "creditd/institution/MsgUpdateParams")
	legacy.RegisterAminoMsg(cdc, &MsgCancelChange{}, "creditd/institution/MsgCancelChange")
	cdc.RegisterConcrete(&Params{}, "creditd/x/institution/Params", nil)
}

// The types below hold an Any. Unpacking caches the value in it, without which neither JSON nor
// Any.GetCachedValue works.
var (
	_ codectypes.UnpackInterfacesMessage = Validator{}
	_ codectypes.UnpackInterfacesMessage = SetMember{}
	_ codectypes.UnpackInterfacesMessage = ScheduledChange{}
	_ codectypes.UnpackInterfacesMessage = MsgRegister{}
	_ codectypes.UnpackInterfacesMessage = MsgAmend{}
	_ codectypes.UnpackInterfacesMessage = MsgRotateConsensusKey{}
	_ codectypes.UnpackInterfacesMessage = GenesisInstitution{}
	_ codectypes.UnpackInterfacesMessage = GenesisState{}
	_ codectypes.UnpackInterfacesMessage = InstitutionView{}
	_ codectypes.UnpackInterfacesMessage = QueryInstitutionResponse{}
	_ codectypes.UnpackInterfacesMessage = QueryValidatorResponse{}
	_ codectypes.UnpackInterfacesMessage = QueryValidatorSetResponse{}
	_ codectypes.UnpackInterfacesMessage = QueryScheduledChangesResponse{}
)

func unpackKey(unpacker codectypes.AnyUnpacker, key *codectypes.Any) error {
	var pk cryptotypes.PubKey
	return unpacker.UnpackAny(key, &pk)
}

// UnpackInterfaces implements UnpackInterfacesMessage.
func (v Validator) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	return unpackKey(unpacker, v.ConsensusPubkey)
}

// UnpackInterfaces implements UnpackInterfacesMessage.
func (m SetMember) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	return unpackKey(unpacker, m.ConsensusPubkey)
}

// UnpackInterfaces implements UnpackInterfacesMessage.
func (c ScheduledChange) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	var msg sdk.Msg
	return unpacker.UnpackAny(c.Message, &msg)
}

// UnpackInterfaces implements UnpackInterfacesMessage.
func (m MsgRegister) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	return unpackKey(unpacker, m.ConsensusPubkey)
}

// UnpackInterfaces implements UnpackInterfacesMessage.
func (m MsgAmend) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	return unpackKey(unpacker, m.ConsensusPubkey)
}

// UnpackInterfaces implements UnpackInterfacesMessage.
func (m MsgRotateConsensusKey) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	return unpackKey(unpacker, m.ConsensusPubkey)
}

// UnpackInterfaces implements UnpackInterfacesMessage.
func (g GenesisInstitution) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	if g.Validator == nil {
		return nil
	}
	return g.Validator.UnpackInterfaces(unpacker)
}

// UnpackInterfaces implements UnpackInterfacesMessage.
func (g GenesisState) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	for _, institution := range g.Institutions {
		if err := institution.UnpackInterfaces(unpacker); err != nil {
			return err
		}
	}
	if err := unpackAll(unpacker, g.Members); err != nil {
		return err
	}
	return unpackAll(unpacker, g.ScheduledChanges)
}

// UnpackInterfaces implements UnpackInterfacesMessage.
func (v InstitutionView) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	if v.Validator == nil {
		return nil
	}
	return v.Validator.UnpackInterfaces(unpacker)
}

// UnpackInterfaces implements UnpackInterfacesMessage.
func (r QueryInstitutionResponse) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	return r.Institution.UnpackInterfaces(unpacker)
}

// UnpackInterfaces implements UnpackInterfacesMessage.
func (r QueryValidatorResponse) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	return r.Validator.UnpackInterfaces(unpacker)
}

// UnpackInterfaces implements UnpackInterfacesMessage.
func (r QueryValidatorSetResponse) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	return unpackAll(unpacker, r.Members)
}

// UnpackInterfaces implements UnpackInterfacesMessage.
func (r QueryScheduledChangesResponse) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	return unpackAll(unpacker, r.Changes)
}

func unpackAll[T codectypes.UnpackInterfacesMessage](unpacker codectypes.AnyUnpacker, items []T) error {
	for _, item := range items {
		if err := item.UnpackInterfaces(unpacker); err != nil {
			return err
		}
	}
	return nil
}
