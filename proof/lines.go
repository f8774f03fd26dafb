package proof

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

func (e *evidence) integrity(disclosure *commitment.Disclosure, chain []lightBlock) Integrity {
	first, last := chain[0], chain[len(chain)-1]
	line := Integrity{
		Line: Line{OK: true}, ChainID: last.ChainID, Attestation: e.id.String(), TrustedHeight: first.Height, Headers: len(chain),
	}
	how := how(chain)
	if e.absent != "" {
		line.Text = fmt.Sprintf("the state of %s is proven, %s", last.ChainID, how)
		return line
	}
	line.Anchored, line.Schema, line.SchemaName, line.SchemaVersion = e.anchored, e.schemaID.String(), e.schema.Name, e.schema.Version
	line.SchemaDeprecatedAt = e.schema.DeprecatedAt
	line.Subject, line.Commitment = hex.EncodeToString(e.statement.Subject), hex.EncodeToString(e.statement.Commitment)
	line.Reference = hex.EncodeToString(e.statement.Reference)
	where := "in a batch"
	if e.anchored {
		where = "under an anchor"
	}
	line.Text = fmt.Sprintf("%s version %d, %s on %s, %s", e.schema.Name, e.schema.Version, where, last.ChainID, how)
	if e.schema.DeprecatedAt != nil {
		line.Text += "; the schema is deprecated since " + stamp(*e.schema.DeprecatedAt)
	}
	if disclosure == nil {
		line.Text += "; no field is disclosed"
		return line
	}
	var fields []string
	for _, field := range disclosure.Fields {
		line.Disclosed = append(line.Disclosed, Disclosed{field.Name, field.Kind.String(), field.Present, field.Value})
		text := "has no value"
		if field.Present {
			text = fmt.Sprintf("%q", field.Value)
		}
		fields = append(fields, field.Name+" "+text)
	}
	line.Text += "; disclosed: " + strings.Join(fields, ", ")
	return line
}

// how the header that the state is under is known.
func how(chain []lightBlock) string {
	first, last := chain[0], chain[len(chain)-1]
	switch {
	case last.Height > first.Height:
		return fmt.Sprintf("by the validators' signatures from the trusted height %d on, in %d steps", first.Height, len(chain)-1)
	case last.Height < first.Height:
		return fmt.Sprintf("by the hashes from the trusted height %d back, in %d steps", first.Height, len(chain)-1)
	default:
		return "by the trusted header itself"
	}
}

// standing is Keeper.standing of x/attestation, at that time.
func (e *evidence) standing(at time.Time) Issuer {
	if e.absent != "" {
		return Issuer{Line: Line{Text: "nobody: there is no such attestation"}}
	}
	i := e.issuer
	line := Issuer{
		Operator: e.issuerText, Name: i.Name, LicenceNumber: i.LicenceNumber, Jurisdiction: i.Jurisdiction,
		LicenceStatus: word(i.Status.String(), "LICENCE_STATUS_"), Standing: word(types.STANDING_GOOD.String(), "STANDING_"),
	}
	who := fmt.Sprintf("%q (%s, licence %q of %s)", i.Name, e.issuerText, i.LicenceNumber, i.Jurisdiction)
	if len(e.accreditations) > 0 {
		line.Accreditation = types.ID(e.accreditations[0].Id).String()
	}
	not := func(standing types.Standing, since *time.Time, text string) Issuer {
		line.Standing, line.Since, line.Text = word(standing.String(), "STANDING_"), since, who+": "+text
		return line
	}
	if since := i.NotInForceSince(at); since != nil {
		return not(types.STANDING_LICENCE, since, "licence "+licence(i, at)+" since "+stamp(*since))
	}
	if roles := e.schema.IssuerRoles; len(roles) > 0 && !slices.ContainsFunc(roles, i.HasRole) {
		return not(types.STANDING_ROLE, nil, "licence active, and no longer for "+rolesText(roles))
	}
	if node, since := e.brokenNode(at); node != nil {
		line.Node = types.ID(node.Id).String()
		return not(types.STANDING_ACCREDITATION, &since, fmt.Sprintf("issuer suspended since %s: accreditation %s of %s is %s",
			stamp(since), line.Node, node.Grantee, accreditation(*node, at)))
	}
	line.OK, line.Text = true, who+": licence active"
	if len(e.accreditations) > 0 {
		line.Text += ", accreditation in force"
	}
	return line
}

// licence says in a word why it is not in force.
func licence(i institutiontypes.Institution, at time.Time) string {
	switch {
	case i.Status != institutiontypes.LICENCE_STATUS_ACTIVE:
		return word(i.Status.String(), "LICENCE_STATUS_")
	case at.Before(i.ValidFrom):
		return "not in force before " + stamp(i.ValidFrom) + ", so"
	default:
		return "ended"
	}
}

// brokenNode is the accreditation, from the issuer's own up to the one by the members' vote, that is not in force for
// longest.
func (e *evidence) brokenNode(at time.Time) (broken *types.Accreditation, since time.Time) {
	for i := range e.accreditations {
		node := &e.accreditations[i]
		if from := node.NotInForceSince(at); from != nil && (broken == nil || from.Before(since)) {
			broken, since = node, *from
		}
	}
	return broken, since
}

// accreditation says in a word why it is not in force.
func accreditation(node types.Accreditation, at time.Time) string {
	switch {
	case node.Status != types.ACCREDITATION_STATUS_ACTIVE:
		return word(node.Status.String(), "ACCREDITATION_STATUS_")
	case at.Before(node.ValidFrom):
		return "not in force before " + stamp(node.ValidFrom)
	default:
		return "over since " + stamp(node.ValidUntil)
	}
}

func (e *evidence) state(at time.Time) Status {
	if e.absent != "" {
		return Status{Line: Line{Text: "absent: " + e.absent}, State: "absent"}
	}
	s, entry := e.statement, e.status
	line := Status{StatedAt: &e.statedAt, ValidFrom: s.ValidFrom, ExpiresAt: s.ExpiresAt}
	not := func(state string, since time.Time, text string) Status {
		line.State, line.Since, line.Text = state, &since, text
		return line
	}
	switch {
	case entry.Status == types.STATUS_SUPERSEDED:
		line.SupersededBy = hex.EncodeToString(entry.SupersededBy)
		return not("superseded", entry.Since, "superseded by "+line.SupersededBy+" since "+stamp(entry.Since))
	case entry.Status != types.STATUS_ACTIVE:
		line.Reason = word(entry.Reason.String(), "REVOCATION_REASON_")
		state := word(entry.Status.String(), "STATUS_")
		return not(state, entry.Since, state+" since "+stamp(entry.Since)+", reason "+line.Reason)
	case s.ExpiresAt != nil && !s.ExpiresAt.After(at):
		return not("expired", *s.ExpiresAt, "expired at "+stamp(*s.ExpiresAt))
	case s.ValidFrom != nil && s.ValidFrom.After(at):
		return not("not-yet-valid", e.statedAt, "not valid before "+stamp(*s.ValidFrom))
	}
	line.OK, line.State, line.Text = true, "active", "active, stated at "+stamp(e.statedAt)
	if !entry.Since.IsZero() {
		line.Since = &entry.Since
		line.Text += ", reinstated at " + stamp(entry.Since)
	}
	if s.ExpiresAt != nil {
		line.Text += ", until " + stamp(*s.ExpiresAt)
	}
	return line
}

func freshness(last lightBlock, at time.Time, maxAge time.Duration) Freshness {
	age := at.Sub(last.Time)
	line := Freshness{Height: last.Height - 1, Time: last.Time.UTC(), AgeSeconds: int64(age / time.Second)}
	line.OK = maxAge == 0 || age <= maxAge
	line.Text = fmt.Sprintf("true at height %d, %s, which is %s ago", line.Height, stamp(last.Time), age.Round(time.Second))
	if !line.OK {
		line.Text += fmt.Sprintf(": more than %s", maxAge)
	}
	return line
}

func rolesText(roles []institutiontypes.Role) string {
	names := make([]string, len(roles))
	for i, role := range roles {
		names[i] = word(role.String(), "ROLE_")
	}
	return strings.Join(names, " or ")
}

// word is the value of an enum as people write it.
func word(name, prefix string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(name, prefix)), "_", "-")
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
