package keeper

import (
	"context"
	"errors"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// requireAuthority lets only the members' vote through. sdk.ValidateAuthority is not used: it prefers an
// authority that the consensus parameters may name, which would be an administrator key.
func (k *Keeper) requireAuthority(signer string) error {
	if signer != k.authority {
		return types.ErrUnauthorized.Wrapf("authority is %.128q: put the message into a proposal with authority %s and let the members vote",
			signer, k.authority)
	}
	return nil
}

// requireRole lets an active institution with any of the roles through; with none named, any active one.
func (k *Keeper) requireRole(ctx context.Context, who actor, roles ...institutiontypes.Role) error {
	_, err := k.institutions.RequireRole(ctx, who.addr, roles...)
	return err
}

// requireEnroller lets only the institution through that enrolled the subject, while its licence is active.
func (k *Keeper) requireEnroller(ctx context.Context, who actor, subject types.Subject) error {
	if subject.EnrolledBy != who.text {
		return types.ErrNotEnroller.Wrapf("%s enrolled it: ask that institution", subject.EnrolledBy)
	}
	return k.requireRole(ctx, who)
}

// requireController lets only the subject itself through.
func requireController(who actor, subject types.Subject) error {
	if subject.Controller == "" {
		return types.ErrNotController.Wrap("the subject has no controller yet: the institution that enrolled it offers control, the subject claims it")
	}
	if subject.Controller != who.text {
		return types.ErrNotController.Wrap("sign with the account that claimed control of the subject")
	}
	return nil
}

// requireControllerOf lets the controller of a pseudonym through, which is that of the one that stays when it was merged, and
// returns the subject that was asked for. Merges keep merged_into one step long.
func (k *Keeper) requireControllerOf(ctx context.Context, who actor, pseudonym types.ID) (types.Subject, error) {
	subject, err := k.GetSubject(ctx, pseudonym)
	if err != nil {
		return types.Subject{}, err
	}
	stays := subject
	if len(subject.MergedInto) != 0 {
		if stays, err = k.GetSubject(ctx, types.ID(subject.MergedInto)); err != nil {
			return types.Subject{}, err
		}
	}
	return subject, requireController(who, stays)
}

// requireChanger lets institutions through that may propose and approve recoveries and merges: those that know subjects, and
// who supervises them. Data users only look.
func (k *Keeper) requireChanger(ctx context.Context, who actor) error {
	return k.requireRole(ctx, who, institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_BUREAU, institutiontypes.ROLE_SUPERVISOR)
}

// isChanger says whether the institution still is one of them.
func (k *Keeper) isChanger(ctx context.Context, who actor) (bool, error) {
	err := k.requireChanger(ctx, who)
	for _, refusal := range []error{institutiontypes.ErrUnknownInstitution, institutiontypes.ErrNotLicensed, institutiontypes.ErrWrongRole} {
		if errors.Is(err, refusal) {
			return false, nil
		}
	}
	return err == nil, err
}

// requireChangeParty lets through who may stop a change: who proposed it, with or without a licence, and the controllers of
// the pseudonyms that it concerns.
func (k *Keeper) requireChangeParty(ctx context.Context, who actor, change types.SubjectChange) error {
	if change.ProposedBy == who.text {
		return nil
	}
	concerned := [][]byte{change.Subject}
	if change.Kind == types.CHANGE_KIND_MERGE {
		concerned = append(concerned, change.Into)
	}
	for _, pseudonym := range concerned {
		_, err := k.requireControllerOf(ctx, who, types.ID(pseudonym))
		if !errors.Is(err, types.ErrNotController) {
			return err
		}
	}
	return types.ErrNotParticipant.Wrapf("only %s, which proposed it, and the controllers of the subjects concerned stop it", change.ProposedBy)
}

// requireExtender lets the party through that the profile allows to extend a dispute.
func (k *Keeper) requireExtender(ctx context.Context, who actor, dispute types.Dispute, profile types.Profile) error {
	switch profile.DisputeExtensionBy {
	case types.DISPUTE_PARTY_SUBJECT:
		_, err := k.requireControllerOf(ctx, who, types.ID(dispute.Subject))
		return err
	case types.DISPUTE_PARTY_FURNISHER:
		if err := requireDisputeFurnisher(who, dispute); err != nil {
			return err
		}
		return k.requireRole(ctx, who, institutiontypes.ROLE_FURNISHER)
	}
	return types.ErrExtensionNotAllowed.Wrapf("profile %s has no extension", profile.Code)
}

// requireDisputeFurnisher lets only the furnisher of the record in dispute through.
func requireDisputeFurnisher(who actor, dispute types.Dispute) error {
	if dispute.Furnisher != who.text {
		return types.ErrNotFurnisher.Wrapf("%s has to answer dispute %x", dispute.Furnisher, dispute.Id)
	}
	return nil
}

// requireMediator says whether an institution may be asked: an active bureau or supervisor that is no party, and not again
// who was asked last.
func (k *Keeper) requireMediator(ctx context.Context, mediator actor, dispute types.Dispute) error {
	switch mediator.text {
	case dispute.Furnisher:
		return types.ErrInvalidMediator.Wrap("the furnisher is a party: ask another institution")
	case dispute.Mediator:
		return types.ErrInvalidMediator.Wrapf("%s was asked last: ask another institution", mediator.text)
	}
	if err := k.requireRole(ctx, mediator, institutiontypes.ROLE_SUPERVISOR, institutiontypes.ROLE_BUREAU); err != nil {
		return types.ErrInvalidMediator.Wrapf("%s: ask an active bureau or supervisor", err)
	}
	return nil
}

// requireConsent says whether a consent allows a data user's look now, and why not.
func requireConsent(consent types.Consent, who actor, purpose types.Purpose, now time.Time) error {
	switch {
	case consent.Grantee != who.text:
		return types.ErrConsentOtherGrantee.Wrapf("it is given to %s: ask the subject for one of your own", consent.Grantee)
	case consent.Purpose != purpose:
		return types.ErrConsentOtherPurpose.Wrapf("it is given for %s: ask the subject for one for %s", consent.Purpose, purpose)
	case consent.Status == types.CONSENT_STATUS_WITHDRAWN:
		return types.ErrConsentWithdrawn.Wrapf("since %s: ask the subject for a new one", rfc3339(consent.StatusSince))
	case consent.Status == types.CONSENT_STATUS_REPLACED:
		return types.ErrConsentReplaced.Wrapf("since %s: name %s", rfc3339(consent.StatusSince), types.ID(consent.ReplacedBy))
	case consent.Status == types.CONSENT_STATUS_USED_UP:
		return types.ErrConsentUsedUp.Wrapf("since %s: ask the subject for a new one", rfc3339(consent.StatusSince))
	case consent.Status == types.CONSENT_STATUS_EXPIRED || !now.Before(consent.ValidUntil):
		return types.ErrConsentExpired.Wrapf("since %s: ask the subject for a new one", rfc3339(consent.ValidUntil))
	case now.Before(consent.ValidFrom):
		return types.ErrConsentNotYetValid.Wrapf("until %s: come back then", rfc3339(consent.ValidFrom))
	case consent.LastUsed != nil && now.Before(consent.LastUsed.Add(consent.Frequency)):
		return types.ErrTooSoon.Wrapf("%s: come back at %s", consent.Frequency, rfc3339(consent.LastUsed.Add(consent.Frequency)))
	}
	return nil
}

// requireLooker lets supervisors look for supervision, and data users for everything else.
func (k *Keeper) requireLooker(ctx context.Context, who actor, purpose types.Purpose) (institutiontypes.Institution, error) {
	return k.institutions.RequireRole(ctx, who.addr, lookerRole(purpose))
}

func lookerRole(purpose types.Purpose) institutiontypes.Role {
	if purpose == types.PURPOSE_SUPERVISION {
		return institutiontypes.ROLE_SUPERVISOR
	}
	return institutiontypes.ROLE_DATA_USER
}

// requirePurpose says on what terms the law of the institution allows the purpose, if it does.
func requirePurpose(profile types.Profile, purpose types.Purpose) (types.PurposeRule, error) {
	rule, allowed := profile.PurposeRule(purpose)
	if !allowed {
		return rule, types.ErrPurposeNotAllowed.Wrapf("%s by profile %s: see `creditd query credit profiles`", purpose, profile.Code)
	}
	return rule, nil
}

// requireNotFrozen stops a look at a frozen file, unless the freeze is lifted now and for this data user.
func requireNotFrozen(subject types.Subject, who actor, now time.Time) error {
	freeze := subject.Freeze
	if freeze == nil || (lifted(*freeze, now) && (freeze.LiftedFor == "" || freeze.LiftedFor == who.text)) {
		return nil
	}
	return types.ErrFrozen.Wrapf("since %s: ask the subject to lift the freeze", rfc3339(freeze.Since))
}

// requireApprover lets another institution through than the one whose inquiry waits.
func (k *Keeper) requireApprover(ctx context.Context, who actor, inquiry types.Inquiry) error {
	if inquiry.DataUser == who.text {
		return types.ErrSameInstitution.Wrap("ask another data user, a bureau or a supervisor to approve it")
	}
	return k.requireRole(ctx, who, institutiontypes.ROLE_DATA_USER, institutiontypes.ROLE_BUREAU, institutiontypes.ROLE_SUPERVISOR)
}

// requireDecider lets only the data user of an inquiry through, which decided by what it got.
func (k *Keeper) requireDecider(ctx context.Context, who actor, inquiry types.Inquiry) (institutiontypes.Institution, error) {
	if inquiry.Kind == types.INQUIRY_KIND_OWN || inquiry.DataUser != who.text {
		return institutiontypes.Institution{}, types.ErrNotParty.Wrap("only the data user of an inquiry declares what it decided")
	}
	return k.institutions.RequireRole(ctx, who.addr, institutiontypes.ROLE_DATA_USER)
}

// receiptKind says in which capacity somebody leaves a receipt: the data user, or the subject for its own look, got; a furnisher
// with a tradeline of the subject, under whichever pseudonym, gave. Nobody else has a part in an inquiry.
func (k *Keeper) receiptKind(ctx context.Context, who actor, inquiry types.Inquiry) (types.TrailKind, error) {
	if inquiry.DataUser == who.text {
		if inquiry.Kind == types.INQUIRY_KIND_OWN {
			return types.TRAIL_KIND_DATA_GOT, nil
		}
		return types.TRAIL_KIND_DATA_GOT, k.requireRole(ctx, who, lookerRole(inquiry.Purpose))
	}
	if err := k.requireRole(ctx, who, institutiontypes.ROLE_FURNISHER); err != nil {
		return 0, err
	}
	furnishes, err := k.furnishes(ctx, who.addr, types.ID(inquiry.Subject))
	if err == nil && !furnishes {
		err = types.ErrNotParty.Wrap("only its data user and furnishers with a tradeline of its subject leave receipts")
	}
	return types.TRAIL_KIND_DATA_GIVEN, err
}

// furnisherProfile lets only an active furnisher through, and returns the profile that its reports are held to.
func (k *Keeper) furnisherProfile(ctx context.Context, who actor) (types.Profile, error) {
	institution, err := k.institutions.RequireRole(ctx, who.addr, institutiontypes.ROLE_FURNISHER)
	if err != nil {
		return types.Profile{}, err
	}
	return k.profileOf(ctx, institution)
}

// requireFurnisher lets only the furnisher of the tradeline through.
func requireFurnisher(who actor, tradeline types.Tradeline) error {
	if tradeline.Furnisher != who.text {
		return types.ErrNotFurnisher.Wrapf("%s reports tradeline %x: ask that institution", tradeline.Furnisher, tradeline.Id)
	}
	return nil
}

// MayPay says whether the account controls a subject or has a standing offer of control: such accounts,
// like those of active institutions, may pay for transactions.
func (k *Keeper) MayPay(ctx context.Context, addr sdk.AccAddress) (bool, error) {
	iterator, err := k.payers.Iterate(ctx, payersOf(addr))
	if err != nil {
		return false, err
	}
	defer iterator.Close()
	return iterator.Valid(), nil
}

// CanAct says whether the operator may act in one of the roles. The simulation picks its signers by it.
func (k *Keeper) CanAct(ctx context.Context, operator sdk.AccAddress, roles ...institutiontypes.Role) bool {
	_, err := k.institutions.RequireRole(ctx, operator, roles...)
	return err == nil
}

func rfc3339(t time.Time) string { return t.UTC().Format(time.RFC3339) }
