package keeper

import (
	"context"
	"errors"
	"time"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// The tree of accreditations (docs/adr/0012-accreditation-tree.md). A node is one entry that names the one above it;
// whether it gives rights is found by walking up, at most MaxDepthLimit reads. So a change of a node is one write, and
// all below feel it in the same block.

// GetAccreditation returns the accreditation of that id.
func (k *Keeper) GetAccreditation(ctx context.Context, id types.ID) (types.Accreditation, error) {
	accreditation, err := k.accreditations.Get(ctx, id)
	if errors.Is(err, collections.ErrNotFound) {
		return types.Accreditation{}, types.ErrUnknownAccreditation.Wrapf("%s: list them with `creditd query attestation accreditations`", id)
	}
	accreditation.Id = id.Bytes()
	return accreditation, err
}

// setAccreditation writes a node; its id is the key and not repeated in the value.
func (k *Keeper) setAccreditation(ctx context.Context, accreditation types.Accreditation) error {
	id := types.ID(accreditation.Id)
	accreditation.Id = nil
	return k.accreditations.Set(ctx, id, accreditation)
}

// addAccreditation writes a new node and its indexes.
func (k *Keeper) addAccreditation(ctx context.Context, accreditation types.Accreditation, grantee sdk.AccAddress) error {
	id := types.ID(accreditation.Id)
	if err := k.setAccreditation(ctx, accreditation); err != nil {
		return err
	}
	if err := k.accreditationsByParent.Set(ctx, collections.Join(underParent(accreditation.Parent), id)); err != nil {
		return err
	}
	return k.accreditationsByGrantee.Set(ctx, collections.Join(grantee, id))
}

// underParent is the parent in the index: zero for a node by the members' vote.
func underParent(parent []byte) types.ID {
	if len(parent) == 0 {
		return types.ID{}
	}
	return types.ID(parent)
}

// branch is a node and the nodes above it, nearest first.
type branch []types.Accreditation

// getBranch reads the node of that id and all above it.
func (k *Keeper) getBranch(ctx context.Context, id types.ID) (branch, error) {
	var nodes branch
	for len(nodes) < types.MaxDepthLimit {
		node, err := k.GetAccreditation(ctx, id)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, node)
		if len(node.Parent) == 0 {
			return nodes, nil
		}
		id = types.ID(node.Parent)
	}
	return nil, types.ErrInvariant.Wrapf("accreditation %s: more than %d nodes on its branch", types.ID(nodes[0].Id), types.MaxDepthLimit)
}

// notInForceSince says since when the node at the beginning, or one above it, gives no rights; nil when all do.
func (b branch) notInForceSince(now time.Time) (since *time.Time) {
	for _, node := range b {
		since = types.Earlier(since, node.NotInForceSince(now))
	}
	return since
}

// accredit grants an accreditation and returns its id.
func (k *Keeper) accredit(ctx context.Context, msg *types.MsgAccredit) (types.ID, error) {
	signer, err := k.parseAddress("signer", msg.Signer)
	if err != nil {
		return types.ID{}, err
	}
	grantee, err := k.parseAddress("grantee", msg.Grantee)
	if err != nil {
		return types.ID{}, err
	}
	granteeText, err := k.addressText("grantee", grantee)
	if err != nil {
		return types.ID{}, err
	}
	now := blockTime(ctx)
	node := types.Accreditation{
		Parent: msg.Parent, Grantee: granteeText, Accreditor: msg.Accreditor, Issuer: msg.Issuer, SchemaIds: msg.SchemaIds,
		Jurisdictions: msg.Jurisdictions, ValidFrom: msg.ValidFrom.UTC(), ValidUntil: msg.ValidUntil.UTC(),
		Status: types.ACCREDITATION_STATUS_ACTIVE, StatusSince: now, GrantedAt: now, Depth: 1,
	}
	parent, err := k.joinParent(ctx, signer, &node)
	if err != nil {
		return types.ID{}, err
	}
	if err := k.checkGrant(ctx, grantee, node, parent); err != nil {
		return types.ID{}, err
	}
	id := node.DeriveID(grantee)
	exists, err := k.accreditations.Has(ctx, id)
	if err != nil {
		return types.ID{}, err
	}
	if exists {
		return types.ID{}, types.ErrAccreditationExists.Wrapf("%s: the same was granted in this block", id)
	}
	node.Id = id.Bytes()
	if err := k.addAccreditation(ctx, node, grantee); err != nil {
		return types.ID{}, err
	}
	return id, emit(ctx, types.NewEventAccredited(node))
}

// joinParent lets through who may put the node where it is to be: the members' vote at the top, else the grantee of the
// parent when it may accredit now. It sets the node's depth and returns the parent, if it has one.
func (k *Keeper) joinParent(ctx context.Context, signer sdk.AccAddress, node *types.Accreditation) (*types.Accreditation, error) {
	signerText, err := k.addressText("signer", signer)
	if err != nil {
		return nil, err
	}
	if len(node.Parent) == 0 {
		return nil, k.requireAuthority(signerText)
	}
	parent, err := types.IDFromBytes(node.Parent)
	if err != nil {
		return nil, errorsmod.Wrap(err, "parent")
	}
	above, err := k.getBranch(ctx, parent)
	if err != nil {
		return nil, errorsmod.Wrap(err, "parent")
	}
	if above[0].Grantee != signerText {
		return nil, types.ErrUnauthorized.Wrapf("parent is %s's: only its grantee accredits below it", above[0].Grantee)
	}
	if since := above.notInForceSince(blockTime(ctx)); since != nil {
		return nil, types.ErrNotAccredited.Wrapf("parent, or one above it, is not in force since %s", since.UTC().Format(time.RFC3339))
	}
	if err := k.requireMember(ctx, signer); err != nil {
		return nil, err
	}
	for _, each := range above {
		if each.Grantee == node.Grantee {
			return nil, types.ErrInvalidAccreditation.Wrapf("grantee holds %s above: nobody accredits itself", types.ID(each.Id))
		}
	}
	node.Depth = above[0].Depth + 1
	return &above[0], nil
}

// checkGrant checks a new node: its depth, itself, against its parent, and what the state says of its time, grantee
// and schemas.
func (k *Keeper) checkGrant(ctx context.Context, grantee sdk.AccAddress, node types.Accreditation, parent *types.Accreditation) error {
	params, err := k.GetParams(ctx)
	if err != nil {
		return err
	}
	if node.Depth > params.MaxDepth {
		return types.ErrTooDeep.Wrapf("depth %d: at most %d on this chain: ask an accreditor nearer to the vote", node.Depth, params.MaxDepth)
	}
	if err := node.Validate(); err != nil {
		return err
	}
	if parent != nil {
		if err := node.Within(*parent); err != nil {
			return err
		}
	}
	if !node.ValidUntil.After(blockTime(ctx)) {
		return types.ErrInvalidAccreditation.Wrap("valid_until is not after the block time: choose a later one")
	}
	institution, err := k.institutions.RequireRole(ctx, grantee)
	if err != nil {
		return errorsmod.Wrap(err, "grantee")
	}
	if !node.AllowsJurisdiction(institution.Jurisdiction) {
		return types.ErrInvalidAccreditation.Wrapf("jurisdictions: the grantee's licence is of %s: name it among them", institution.Jurisdiction)
	}
	for i, id := range node.SchemaIds {
		schema, err := k.GetSchema(ctx, id)
		if err != nil {
			return errorsmod.Wrapf(err, "schema_ids %d", i)
		}
		if !schema.Accredited {
			return types.ErrInvalidAccreditation.Wrapf("schema_ids %d: %s version %d is not issued by accreditation", i, schema.Name, schema.Version)
		}
	}
	return nil
}

// suspendAccreditation stops the rights of a node, and so of all below it, until it is reinstated.
func (k *Keeper) suspendAccreditation(ctx context.Context, signer sdk.AccAddress, id []byte) error {
	node, rank, err := k.governed(ctx, signer, id, types.ACCREDITATION_STATUS_ACTIVE)
	if err != nil {
		return err
	}
	node.SuspendedFrom = rank
	return k.changeAccreditation(ctx, node, types.ACCREDITATION_STATUS_SUSPENDED)
}

// reinstateAccreditation ends a suspension, at the depth from which it came or above.
func (k *Keeper) reinstateAccreditation(ctx context.Context, signer sdk.AccAddress, id []byte) error {
	node, rank, err := k.governed(ctx, signer, id, types.ACCREDITATION_STATUS_SUSPENDED)
	if err != nil {
		return err
	}
	if rank > node.SuspendedFrom {
		return types.ErrUnauthorized.Wrapf("it was suspended from depth %d, and you act from %d: only from there or above is it reinstated",
			node.SuspendedFrom, rank)
	}
	node.SuspendedFrom = 0
	return k.changeAccreditation(ctx, node, types.ACCREDITATION_STATUS_ACTIVE)
}

// revokeAccreditation ends the rights of a node, and so of all below it, for good.
func (k *Keeper) revokeAccreditation(ctx context.Context, signer sdk.AccAddress, id []byte) error {
	node, _, err := k.governed(ctx, signer, id, types.ACCREDITATION_STATUS_ACTIVE, types.ACCREDITATION_STATUS_SUSPENDED)
	if err != nil {
		return err
	}
	node.SuspendedFrom = 0
	return k.changeAccreditation(ctx, node, types.ACCREDITATION_STATUS_REVOKED)
}

// governed returns a node that the signer may change and that has one of these statuses, and the depth that the
// signer acts from: 0 for the members' vote, else that of the highest node in force that it holds above.
func (k *Keeper) governed(
	ctx context.Context, signer sdk.AccAddress, idBytes []byte, statuses ...types.AccreditationStatus,
) (node types.Accreditation, rank uint32, err error) {
	id, err := types.IDFromBytes(idBytes)
	if err != nil {
		return node, 0, err
	}
	nodes, err := k.getBranch(ctx, id)
	if err != nil {
		return node, 0, err
	}
	rank, err = k.requireAbove(ctx, signer, nodes[1:])
	if err != nil {
		return node, 0, err
	}
	for _, status := range statuses {
		if nodes[0].Status == status {
			return nodes[0], rank, nil
		}
	}
	return node, 0, types.ErrAccreditationStatus.Wrapf("%s is %s since %s", id, nodes[0].Status, nodes[0].StatusSince.UTC().Format(time.RFC3339))
}

// changeAccreditation sets the status of a node: one write.
func (k *Keeper) changeAccreditation(ctx context.Context, node types.Accreditation, status types.AccreditationStatus) error {
	node.Status, node.StatusSince = status, blockTime(ctx)
	if err := k.setAccreditation(ctx, node); err != nil {
		return err
	}
	return emit(ctx, types.NewEventAccreditationChanged(node))
}

// requireAccreditation lets an institution through whose accreditation of that id is for the schema and in force.
func (k *Keeper) requireAccreditation(ctx context.Context, id []byte, institution institutiontypes.Institution, schemaID types.ID) error {
	if len(id) == 0 {
		return types.ErrNotAccredited.Wrap("accreditation_id: the schema is issued by accreditation: name yours")
	}
	accreditationID, err := types.IDFromBytes(id)
	if err != nil {
		return errorsmod.Wrap(err, "accreditation_id")
	}
	nodes, err := k.getBranch(ctx, accreditationID)
	if err != nil {
		return err
	}
	node := nodes[0]
	switch {
	case node.Grantee != institution.Operator:
		return types.ErrNotAccredited.Wrapf("accreditation_id: it is %s's, not the issuer's", node.Grantee)
	case !node.Issuer:
		return types.ErrNotAccredited.Wrap("accreditation_id: it gives the right to accredit, not to issue")
	case !node.AllowsSchema(schemaID):
		return types.ErrNotAccredited.Wrapf("accreditation_id: it is not for schema %s", schemaID)
	case !node.AllowsJurisdiction(institution.Jurisdiction):
		return types.ErrNotAccredited.Wrapf("accreditation_id: it is not for institutions of %s", institution.Jurisdiction)
	}
	if since := nodes.notInForceSince(blockTime(ctx)); since != nil {
		return types.ErrNotAccredited.Wrapf("accreditation_id: it, or one above it, is not in force since %s: see `creditd query attestation accreditation %s`",
			since.UTC().Format(time.RFC3339), accreditationID)
	}
	return nil
}

// accreditationStanding says since when the accreditation, or one above it, is not in force; nil when all are.
func (k *Keeper) accreditationStanding(ctx context.Context, id types.ID) (since *time.Time, err error) {
	nodes, err := k.getBranch(ctx, id)
	return nodes.notInForceSince(blockTime(ctx)), err
}
