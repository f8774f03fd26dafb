package types

import (
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"

	errorsmod "cosmossdk.io/errors"
)

// Bounds of the fields.
const (
	MaxNameBytes          = 128
	MaxLicenceNumberBytes = 64
	MaxEndpointBytes      = 256
	// EncryptionKeyBytes is the size of an MLKEM768X25519 public key: 1184 + 32 (draft-connolly-cfrg-xwing-kem).
	EncryptionKeyBytes = 1216
	MaxPower           = 1000
	maxHostBytes       = 253 // RFC 1035 s.3.1, as text
	maxLabelBytes      = 63
)

var (
	// MinTime of a licence: it fits unsigned nanoseconds, the order of queues.
	MinTime = time.Unix(0, 0).UTC()
	// MaxTime of a licence, for the same reason.
	MaxTime = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

// ValidateText accepts 1 to limit bytes of UTF-8 that are safe to show. It does not ask the unicode package
// what is printable: that table grows with the Go version, and nodes of two versions would disagree.
func ValidateText(field, text string, limit int) error {
	if len(text) == 0 || len(text) > limit {
		return errorsmod.Wrapf(ErrInvalidField, "%s has %d bytes; give 1 to %d", field, len(text), limit)
	}
	if !utf8.ValidString(text) {
		return errorsmod.Wrapf(ErrInvalidField, "%s is not UTF-8", field)
	}
	if text[0] == ' ' || text[len(text)-1] == ' ' {
		return errorsmod.Wrapf(ErrInvalidField, "%s starts or ends with a space; trim it", field)
	}
	for _, r := range text {
		if hidden(r) {
			return errorsmod.Wrapf(ErrInvalidField, "%s holds the invisible character U+%04X; remove it", field, r)
		}
	}
	return nil
}

// hidden says of characters that cannot be seen or that reorder others (Trojan Source, CVE-2021-42574).
func hidden(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r <= 0xa0, r == 0xad: // controls, no-break space, soft hyphen
		return true
	case r == 0x61c, r == 0x115f, r == 0x1160, r == 0x1680, r == 0x180e, r == 0x3164, r == 0xffa0:
		return true
	case r >= 0x2000 && r <= 0x200f, r >= 0x2028 && r <= 0x202f, r >= 0x205f && r <= 0x206f, r == 0x3000:
		return true // spaces, zero width, separators, bidirectional controls
	case r >= 0xe000 && r <= 0xf8ff, r >= 0xf0000: // private use
		return true
	case r >= 0xfe00 && r <= 0xfe0f, r == 0xfeff, r >= 0xfff0 && r <= 0xffff, r >= 0xe0000 && r <= 0xe0fff:
		return true
	case r&0xfffe == 0xfffe, r >= 0xfdd0 && r <= 0xfdef: // noncharacters
		return true
	}
	return false
}

// ValidateRoles wants at least one role, ascending and without repeats: one order, one encoding.
func ValidateRoles(roles []Role) error {
	if len(roles) == 0 {
		return errorsmod.Wrap(ErrInvalidField, "no roles; give at least one")
	}
	if len(roles) > len(Role_name) {
		return errorsmod.Wrapf(ErrInvalidField, "%d roles; each may be given once", len(roles))
	}
	last := ROLE_UNSPECIFIED
	for _, role := range roles {
		if role <= ROLE_UNSPECIFIED || role > ROLE_SUPERVISOR {
			return errorsmod.Wrapf(ErrInvalidField, "role %d does not exist", int32(role))
		}
		if role <= last {
			return errorsmod.Wrapf(ErrInvalidField, "role %s is out of order or repeated; give roles ascending", role)
		}
		last = role
	}
	return nil
}

// HasRole says whether the licence allows the role.
func (i Institution) HasRole(role Role) bool {
	for _, r := range i.Roles {
		if r == role {
			return true
		}
	}
	return false
}

// ActiveAt says whether the licence gives rights at a block time. It looks at the validity too, because the
// queue that sets EXPIRED runs at the end of a block and is bounded.
func (i Institution) ActiveAt(now time.Time) bool {
	return i.Status == LICENCE_STATUS_ACTIVE && !now.Before(i.ValidFrom) && now.Before(i.ValidUntil)
}

// NotInForceSince says since when the licence gives no rights, as ActiveAt sees it; nil when it does. For one that has
// not begun yet it is when its status was last set.
func (i Institution) NotInForceSince(now time.Time) *time.Time {
	switch {
	case i.ActiveAt(now):
		return nil
	case i.Status == LICENCE_STATUS_ACTIVE && !now.Before(i.ValidUntil), i.Status == LICENCE_STATUS_EXPIRED:
		return &i.ValidUntil
	default:
		return &i.StatusSince
	}
}

// ValidateTime bounds a time of a licence.
func ValidateTime(field string, t time.Time) error {
	if t.Before(MinTime) || !t.Before(MaxTime) {
		return errorsmod.Wrapf(ErrInvalidField, "%s is %s; give a time from %s to before %s",
			field, t.UTC().Format(time.RFC3339), MinTime.Format(time.DateOnly), MaxTime.Format(time.DateOnly))
	}
	return nil
}

// Validate checks the vault's endpoint and key.
func (v Vault) Validate() error {
	if err := ValidateEndpoint(v.Endpoint); err != nil {
		return err
	}
	if len(v.EncryptionKey) != EncryptionKeyBytes {
		return errorsmod.Wrapf(ErrInvalidField, "encryption_key has %d bytes; an MLKEM768X25519 public key has %d",
			len(v.EncryptionKey), EncryptionKeyBytes)
	}
	return nil
}

// ValidateEndpoint wants host:port with a DNS name, an IPv4 address or an IPv6 address in brackets.
func ValidateEndpoint(endpoint string) error {
	if len(endpoint) == 0 || len(endpoint) > MaxEndpointBytes {
		return errorsmod.Wrapf(ErrInvalidField, "endpoint has %d bytes; give host:port of at most %d", len(endpoint), MaxEndpointBytes)
	}
	colon := strings.LastIndexByte(endpoint, ':')
	if colon < 0 {
		return errorsmod.Wrapf(ErrInvalidField, "endpoint %q has no port; give host:port", endpoint)
	}
	if host := endpoint[:colon]; !validHost(host) {
		return errorsmod.Wrapf(ErrInvalidField, "endpoint host %q; give a DNS name, an IPv4 address or [an IPv6 address]", host)
	}
	if port := endpoint[colon+1:]; !validPort(port) {
		return errorsmod.Wrapf(ErrInvalidField, "endpoint port %q; give 1 to 65535", port)
	}
	return nil
}

func validHost(host string) bool {
	if len(host) > 2 && host[0] == '[' && host[len(host)-1] == ']' {
		addr, err := netip.ParseAddr(host[1 : len(host)-1])
		return err == nil && addr.Is6() && addr.Zone() == ""
	}
	if len(host) == 0 || len(host) > maxHostBytes {
		return false
	}
	for label := range strings.SplitSeq(host, ".") {
		if !validLabel(label) {
			return false
		}
	}
	return true
}

// validLabel is a label of a host name (RFC 1123 s.2.1), which an octet of an IPv4 address is too.
func validLabel(label string) bool {
	if len(label) == 0 || len(label) > maxLabelBytes || label[0] == '-' || label[len(label)-1] == '-' {
		return false
	}
	for i := range len(label) {
		c := label[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-') {
			return false
		}
	}
	return true
}

func validPort(port string) bool {
	if len(port) == 0 || len(port) > 5 || port[0] == '0' {
		return false
	}
	value := 0
	for i := range len(port) {
		if port[i] < '0' || port[i] > '9' {
			return false
		}
		value = value*10 + int(port[i]-'0')
	}
	return value <= 65535
}

// ValidateVoteReason accepts what members may give as a reason; the others are the module's own.
func ValidateVoteReason(reason Reason) error {
	switch reason {
	case REASON_VOTE, REASON_BREACH, REASON_SECURITY, REASON_LEGAL_ORDER, REASON_OWN_REQUEST:
		return nil
	default:
		return errorsmod.Wrapf(ErrInvalidReason,
			"reason %s; give REASON_VOTE, REASON_BREACH, REASON_SECURITY, REASON_LEGAL_ORDER or REASON_OWN_REQUEST", reason)
	}
}

// Validate checks what an institution says about itself. Whether its times fit the block time is up to the caller.
func (i Institution) Validate() error {
	if err := ValidateText("name", i.Name, MaxNameBytes); err != nil {
		return err
	}
	if err := i.LicenceID().Validate(); err != nil {
		return err
	}
	if err := ValidateRoles(i.Roles); err != nil {
		return err
	}
	if err := ValidateTime("valid_from", i.ValidFrom); err != nil {
		return err
	}
	if err := ValidateTime("valid_until", i.ValidUntil); err != nil {
		return err
	}
	if !i.ValidUntil.After(i.ValidFrom) {
		return errorsmod.Wrapf(ErrInvalidField, "valid_until %s is not after valid_from %s",
			i.ValidUntil.Format(time.RFC3339), i.ValidFrom.Format(time.RFC3339))
	}
	return nil
}
