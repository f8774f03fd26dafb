package simulation

import (
	"context"
	"crypto/ecdh"
	"crypto/ed25519"
	"fmt"
	"time"

	"github.com/cosmos/cosmos-sdk/testutil/simsx"

	"github.com/creditd/creditd/x/attestation/keeper"
	"github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// MsgCreateSchemaFactory creates a schema of a random institution, or the next version of one.
func MsgCreateSchemaFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgCreateSchema] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgCreateSchema) {
		msg := &types.MsgCreateSchema{
			Name: fmt.Sprintf("sim.schema_%d", e.r.Uint64()), Version: 1, Fields: e.fields(), Revocable: e.r.Intn(4) > 0, Listed: e.r.Bool(),
		}
		creator := e.member()
		if e.r.Intn(4) == 0 {
			previous := e.schema("schema to follow", func(schema types.Schema) bool { return schema.Creator != "" && e.can(schema.Creator) })
			creator = e.account(previous.Creator)
			msg.Name, msg.Version, msg.Previous = previous.Name, previous.Version+1, previous.Id
		}
		msg.Creator = creator.AddressBech32
		switch e.r.Intn(3) {
		case 0:
			msg.IssuerRoles = []institutiontypes.Role{institutiontypes.ROLE_FURNISHER}
		case 1:
			msg.Accredited = true
		default:
			msg.Issuers = []string{creator.AddressBech32}
		}
		return creator, msg
	})
}

func (e env) fields() []types.Field {
	fields := make([]types.Field, 1+e.r.Intn(8))
	for i := range fields {
		kind := types.FieldKind(1 + e.r.Intn(len(types.FieldKind_name)-1))
		number := kind == types.FIELD_KIND_AMOUNT || kind == types.FIELD_KIND_INTEGER
		fields[i] = types.Field{
			Name: fmt.Sprintf("field_%d", i), Kind: kind, Disclosable: e.r.Bool(),
			Circuit: number && e.r.Intn(4) == 0, Summed: number && e.r.Intn(4) == 0,
		}
	}
	return fields
}

// MsgDeprecateSchemaFactory deprecates one of a member's own, at times in favour of another.
func MsgDeprecateSchemaFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgDeprecateSchema] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgDeprecateSchema) {
		schema := e.schema("schema to deprecate", func(schema types.Schema) bool {
			return schema.Creator != "" && schema.DeprecatedAt == nil && e.can(schema.Creator)
		})
		msg := &types.MsgDeprecateSchema{Signer: schema.Creator, Id: schema.Id}
		if e.r.Bool() {
			msg.ReplacedBy = e.schema("schema to use instead", func(other types.Schema) bool {
				return other.DeprecatedAt == nil && string(other.Id) != string(schema.Id)
			}).Id
		}
		return e.account(schema.Creator), msg
	})
}

// node is an accreditation as the query answers it, with the nodes above it.
func (e env) node(id []byte) *types.QueryAccreditationResponse {
	res, err := keeper.NewQueryServer(e.k).Accreditation(e.ctx, &types.QueryAccreditationRequest{Id: types.ID(id).String()})
	return must(e, res, err)
}

// MsgAccreditFactory accredits below a node in force. Jurisdictions are the parent's: they have the grantee's.
func MsgAccreditFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgAccredit] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgAccredit) {
		var above *types.QueryAccreditationResponse
		depth := e.params().MaxDepth
		parent := pick(e, "accreditor", e.k.WalkAccreditations, e.randomID(), func(node types.Accreditation) bool {
			if !node.Accreditor || node.Depth >= depth || !e.can(node.Grantee) {
				return false
			}
			above = e.node(node.Id)
			return above.InForce
		})
		grantee := e.among("grantee", func(account simsx.SimAccount) bool {
			for _, node := range append(above.Path, parent) {
				if node.Grantee == account.AddressBech32 {
					return false
				}
			}
			return e.k.CanAct(e.ctx, account.Address)
		})
		msg := &types.MsgAccredit{
			Signer: parent.Grantee, Parent: parent.Id, Grantee: grantee.AddressBech32, Accreditor: e.r.Bool(), Issuer: true,
			SchemaIds: parent.SchemaIds[:1+e.r.Intn(len(parent.SchemaIds))], Jurisdictions: parent.Jurisdictions,
			ValidFrom: parent.ValidFrom, ValidUntil: parent.ValidUntil,
		}
		if left := parent.ValidUntil.Sub(e.now()); left > time.Hour {
			msg.ValidUntil = e.now().Add(time.Hour + time.Duration(e.r.Int63n(int64(left-time.Hour)+1))).UTC()
		}
		if !msg.ValidUntil.After(msg.ValidFrom) {
			e.skip("the accreditor's validity has hardly begun")
		}
		return e.account(parent.Grantee), msg
	})
}

// governed returns a node of that status and who may change it: who holds a node above that is in force, and is not
// further down than the node says.
func (e env) governed(statuses ...types.AccreditationStatus) (id []byte, by simsx.SimAccount) {
	now := e.now()
	pick(e, "accreditation below another", e.k.WalkAccreditations, e.randomID(), func(node types.Accreditation) bool {
		for _, status := range statuses {
			if node.Status != status || node.Depth == 1 {
				continue
			}
			path := e.node(node.Id).Path
			for i := len(path) - 1; i >= 0 && path[i].NotInForceSince(now) == nil; i-- {
				if e.can(path[i].Grantee) && (status == types.ACCREDITATION_STATUS_ACTIVE || path[i].Depth <= node.SuspendedFrom) {
					id, by = node.Id, e.account(path[i].Grantee)
					return true
				}
			}
		}
		return false
	})
	return id, by
}

// MsgSuspendAccreditationFactory suspends a node.
func MsgSuspendAccreditationFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgSuspendAccreditation] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgSuspendAccreditation) {
		id, by := e.governed(types.ACCREDITATION_STATUS_ACTIVE)
		return by, &types.MsgSuspendAccreditation{Signer: by.AddressBech32, Id: id}
	})
}

// MsgReinstateAccreditationFactory reinstates one.
func MsgReinstateAccreditationFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgReinstateAccreditation] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgReinstateAccreditation) {
		id, by := e.governed(types.ACCREDITATION_STATUS_SUSPENDED)
		return by, &types.MsgReinstateAccreditation{Signer: by.AddressBech32, Id: id}
	})
}

// MsgRevokeAccreditationFactory revokes one.
func MsgRevokeAccreditationFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgRevokeAccreditation] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgRevokeAccreditation) {
		id, by := e.governed(types.ACCREDITATION_STATUS_ACTIVE, types.ACCREDITATION_STATUS_SUSPENDED)
		return by, &types.MsgRevokeAccreditation{Signer: by.AddressBech32, Id: id}
	})
}

// MsgRegisterCredentialKeyFactory registers a key of either kind.
func MsgRegisterCredentialKeyFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgRegisterCredentialKey] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgRegisterCredentialKey) {
		issuer := e.member()
		msg := &types.MsgRegisterCredentialKey{Issuer: issuer.AddressBech32, Algorithm: types.KEY_ALGORITHM_EDDSA}
		secret := e.randomID().Bytes()
		if e.r.Bool() {
			msg.PublicKey = ed25519.NewKeyFromSeed(secret).Public().(ed25519.PublicKey)
			return issuer, msg
		}
		key, err := ecdh.P256().NewPrivateKey(secret)
		msg.Algorithm, msg.PublicKey = types.KEY_ALGORITHM_ES256, must(e, key, err).PublicKey().Bytes()
		return issuer, msg
	})
}

// MsgRetireCredentialKeyFactory retires one.
func MsgRetireCredentialKeyFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgRetireCredentialKey] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgRetireCredentialKey) {
		walk := func(ctx context.Context, _ types.ID, visit func(types.CredentialKey) (bool, error)) error {
			return e.k.WalkCredentialKeys(ctx, visit)
		}
		key := pick(e, "credential key in use", walk, types.ID{}, func(key types.CredentialKey) bool {
			return key.RetiredAt == nil && e.can(key.Issuer) && e.r.Bool()
		})
		return e.account(key.Issuer), &types.MsgRetireCredentialKey{Issuer: key.Issuer, Kid: key.Kid}
	})
}

// MsgUpdateParamsFactory proposes random parameters.
func MsgUpdateParamsFactory() simsx.SimMsgFactoryFn[*types.MsgUpdateParams] {
	return func(_ context.Context, testData *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, *types.MsgUpdateParams) {
		return nil, &types.MsgUpdateParams{
			Authority: testData.ModuleAccountAddress(reporter, "gov"),
			Params:    randomParams(testData.Rand().Rand),
		}
	}
}
