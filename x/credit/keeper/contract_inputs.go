package keeper

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/contract"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// contractInputs are what contracts see of an event: read when the first contract names them, and the same for all of them.
type contractInputs struct {
	k       *Keeper
	event   contractEvent
	values  map[string]any
	sources []string       // that were read
	seen    map[string]any // by the last expression
}

// newContractInputs of an event as it is now: what contracts do to the tradeline later is not seen.
func newContractInputs(k *Keeper, event contractEvent) *contractInputs {
	if event.tradeline != nil {
		tradeline := *event.tradeline
		event.tradeline = &tradeline
	}
	return &contractInputs{k: k, event: event, values: map[string]any{}, seen: map[string]any{}}
}

// of returns the inputs named.
func (c *contractInputs) of(ctx context.Context, names []string) (map[string]any, error) {
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	c.seen = make(map[string]any, len(names))
	for _, name := range names {
		if source := sourceOf(name); !slices.Contains(c.sources, source) {
			if err := c.read(sdkCtx, source); err != nil {
				return nil, err
			}
			c.sources = append(c.sources, source)
		}
		c.seen[name] = c.values[name]
	}
	return c.seen, nil
}

// sourceOf an input is what is read for it: those that cost a read of their own have one of their own.
func sourceOf(name string) string {
	switch name {
	case "institution.silences_30d", "institution.furnishes", "tradeline.notice_age_days":
		return name
	}
	group, _, _ := strings.Cut(name, ".")
	return group
}

func (c *contractInputs) read(ctx sdk.Context, source string) error {
	event, now := c.event, ctx.BlockTime()
	switch source {
	case "block":
		c.values["block.day"], c.values["block.seconds"] = int64(dayOf(now)), now.Unix()
	case "subject":
		return c.readSubject(now)
	case "institution":
		return c.readInstitution(ctx, now)
	case "institution.silences_30d":
		return c.readSilences(ctx, now)
	case "institution.furnishes":
		return c.readFurnishes(ctx)
	case "inquiries":
		return c.readInquiries(ctx, now)
	case "tradeline.notice_age_days":
		age, err := c.k.noticeAge(ctx, types.ID(event.tradeline.Id))
		c.values[source] = age
		return err
	case "tradeline":
		c.readTradeline(*event.tradeline, now)
	case "repaid":
		c.values["repaid.amount_class"] = contract.ValueName(contract.PrefixAmountClass, event.repaid.AmountClass)
		c.values["repaid.days_ago"] = wholeDays(event.repaid.RepaidAt, now)
	case "consent":
		c.readConsent(*event.consent)
	case "inquiry":
		c.values["inquiry.purpose"] = contract.ValueName(contract.PrefixPurpose, event.inquiry.Purpose)
		c.values["inquiry.kind"] = contract.ValueName(contract.PrefixInquiryKind, event.inquiry.Kind)
		c.values["inquiry.with_consent"] = len(event.inquiry.ConsentId) != 0
	case "dispute":
		c.values["dispute.reason"] = contract.ValueName(contract.PrefixDispute, event.dispute.Reason)
	}
	return nil
}

func (c *contractInputs) readSubject(now time.Time) error {
	subject := c.event.subject
	institution, err := c.institution()
	if err != nil {
		return err
	}
	freeze, alert := subject.Freeze, subject.FraudAlert
	lifted := freeze != nil && freeze.LiftedUntil != nil && now.Before(*freeze.LiftedUntil) &&
		(freeze.LiftedFor == "" || freeze.LiftedFor == institution.text)
	c.values["subject.kind"] = contract.ValueName(contract.PrefixSubjectKind, subject.Kind)
	c.values["subject.frozen"] = freeze != nil && !lifted
	c.values["subject.fraud_alert"] = alert != nil && now.Before(alert.Until)
	c.values["subject.age_days"] = wholeDays(subject.EnrolledAt, now)
	return nil
}

// institution is who acts; of a tradeline that is its furnisher, also when the subject disputes it.
func (c *contractInputs) institution() (actor, error) {
	if c.event.tradeline != nil {
		return c.k.parseActor("furnisher", c.event.tradeline.Furnisher)
	}
	return c.event.institution, nil
}

func (c *contractInputs) readInstitution(ctx sdk.Context, now time.Time) error {
	who, err := c.institution()
	if err != nil {
		return err
	}
	institution, err := c.k.institutions.RequireRole(ctx, who.addr)
	active := err == nil
	if err != nil && !errors.Is(err, institutiontypes.ErrNotLicensed) && !errors.Is(err, institutiontypes.ErrUnknownInstitution) {
		return err
	}
	roles := []string{}
	for _, role := range institution.Roles {
		roles = append(roles, contract.ValueName(contract.PrefixRole, role))
	}
	c.values["institution.active"] = active
	c.values["institution.roles"] = roles
	c.values["institution.jurisdiction"] = institution.Jurisdiction
	c.values["institution.licence_days_left"] = int64(-1)
	if active {
		c.values["institution.licence_days_left"] = wholeDays(now, institution.ValidUntil)
	}
	return nil
}

// readSilences reads the counts of at most 31 days.
func (c *contractInputs) readSilences(ctx sdk.Context, now time.Time) error {
	who, err := c.institution()
	if err != nil {
		return err
	}
	today := dayOf(now)
	since := today - min(today, contract.LookbackDays)
	silences := int64(0)
	days := collections.NewPrefixedPairRange[sdk.AccAddress, uint32](who.addr).StartInclusive(since).EndInclusive(today)
	err = c.k.institutionDays.Walk(ctx, days, func(_ collections.Pair[sdk.AccAddress, uint32], counts types.InstitutionDay) (bool, error) {
		silences += int64(counts.Silences)
		return false, nil
	})
	c.values["institution.silences_30d"] = silences
	return err
}

func (c *contractInputs) readFurnishes(ctx sdk.Context) error {
	who, err := c.institution()
	if err != nil {
		return err
	}
	c.values["institution.furnishes"], err = c.k.furnishers.Has(ctx, furnisherKey(types.ID(c.event.subject.Pseudonym), who.addr))
	return err
}

func (c *contractInputs) readTradeline(tradeline types.Tradeline, now time.Time) {
	updated := tradeline.FurnishedAt
	if tradeline.UpdatedAt != nil {
		updated = *tradeline.UpdatedAt
	}
	marks := []string{}
	for _, mark := range tradeline.Annotations {
		marks = append(marks, contract.ValueName(contract.PrefixAnnotation, mark))
	}
	c.values["tradeline.version"] = int64(tradeline.Version)
	c.values["tradeline.state"] = contract.ValueName(contract.PrefixRecordState, tradeline.State)
	c.values["tradeline.state_reason"] = contract.ValueName(contract.PrefixStateReason, tradeline.StateReason)
	c.values["tradeline.age_days"] = wholeDays(tradeline.FurnishedAt, now)
	c.values["tradeline.updated_days_ago"] = wholeDays(updated, now)
	c.values["tradeline.compliance"] = contract.ValueName(contract.PrefixCompliance, tradeline.Compliance)
	c.values["tradeline.annotations"] = marks
	c.values["tradeline.show_days_left"] = wholeDays(now, tradeline.ShowUntil)
}

func (c *contractInputs) readConsent(consent types.Consent) {
	c.values["consent.purpose"] = contract.ValueName(contract.PrefixPurpose, consent.Purpose)
	c.values["consent.mode"] = contract.ValueName(contract.PrefixConsentMode, consent.Mode)
	c.values["consent.fetch"] = contract.ValueName(contract.PrefixConsentFetch, consent.Fetch)
	c.values["consent.uses"] = int64(consent.UsesLeft)
	c.values["consent.validity_days"] = wholeDays(consent.ValidFrom, consent.ValidUntil)
}

// readInquiries counts looks in the subject's trail, newest first, until 30 days back or MaxTrailLines lines of any kind.
func (c *contractInputs) readInquiries(ctx sdk.Context, now time.Time) error {
	var lines, looks int64
	var users, lenders [][]byte
	since := now.AddDate(0, 0, -contract.LookbackDays)
	capped := false
	trail := collections.NewPrefixedPairRange[types.ID, types.TrailKey](types.ID(c.event.subject.Pseudonym)).Descending()
	err := c.k.trail.Walk(ctx, trail, func(key collections.Pair[types.ID, types.TrailKey], entry types.TrailEntry) (bool, error) {
		if entry.Time.Before(since) {
			return true, nil
		}
		if lines++; lines > contract.MaxTrailLines {
			capped = true
			return true, nil
		}
		if key.K2().Kind != types.TRAIL_KIND_INQUIRY_OPENED || entry.Purpose == types.PURPOSE_OWN_REQUEST {
			return false, nil
		}
		looks++
		users = withActor(users, key.K2().Actor)
		if entry.Purpose == types.PURPOSE_CREDIT_APPLICATION {
			lenders = withActor(lenders, key.K2().Actor)
		}
		return false, nil
	})
	c.values["inquiries.looks_30d"] = looks
	c.values["inquiries.data_users_30d"] = int64(len(users))
	c.values["inquiries.lenders_30d"] = int64(len(lenders))
	c.values["inquiries.capped"] = capped
	return err
}

// withActor adds one that is not there, in order.
func withActor(actors [][]byte, one []byte) [][]byte {
	place, found := slices.BinarySearchFunc(actors, one, bytes.Compare)
	if found {
		return actors
	}
	return slices.Insert(actors, place, one)
}

// wholeDays from one time to another, rounded down; negative when it lies before. It goes by seconds, as the difference of
// two times may be too long for a duration.
func wholeDays(from, to time.Time) int64 {
	const secondsPerDay = 24 * 60 * 60
	seconds := to.Unix() - from.Unix()
	if to.Nanosecond() < from.Nanosecond() {
		seconds--
	}
	days := seconds / secondsPerDay
	if seconds%secondsPerDay < 0 {
		days--
	}
	return days
}
