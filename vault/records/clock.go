package records

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"time"

	credittypes "github.com/creditd/creditd/x/credit/types"
)

// SaltSize of the commitments to dates.
const SaltSize = 16

// Clock is what the chain was told of a record's retention, opened. Its salt stays while the date does, through all versions.
type Clock struct {
	Salt      [SaltSize]byte
	First     time.Time // date of first delinquency; zero when nothing counts against the subject
	ShowUntil time.Time
}

// NewClock draws a salt.
func NewClock(first, showUntil time.Time) Clock {
	return Clock{Salt: newSalt(), First: first, ShowUntil: showUntil}
}

// Commitment is the one that the chain has.
func (c Clock) Commitment() (credittypes.ID, error) {
	return credittypes.DelinquencyCommitment(c.Salt[:], c.First)
}

// Notice is the one that a natural person was given before the record was reported, opened.
type Notice struct {
	Salt   [SaltSize]byte
	Given  time.Time // zero when there was nothing to tell
	Digest []byte    // SHA-256 of its text; empty when there was nothing to tell
}

// NewNotice draws a salt.
func NewNotice(given time.Time, digest []byte) *Notice {
	return &Notice{Salt: newSalt(), Given: given, Digest: digest}
}

// Commitment is the one that the chain has.
func (n *Notice) Commitment() (credittypes.ID, error) {
	return credittypes.NoticeCommitment(n.Salt[:], n.Given, n.Digest)
}

func newSalt() (salt [SaltSize]byte) {
	_, _ = rand.Read(salt[:]) // never fails, see its doc
	return salt
}

type encodedClock struct {
	Salt      string    `json:"salt"`
	First     string    `json:"first"`
	ShowUntil time.Time `json:"show_until"`
}

type encodedNotice struct {
	Salt   string `json:"salt"`
	Given  string `json:"given"`
	Digest string `json:"digest"`
}

func (c Clock) encode() encodedClock {
	return encodedClock{Salt: hex.EncodeToString(c.Salt[:]), First: DateText(c.First), ShowUntil: c.ShowUntil}
}

func (n *Notice) encode() *encodedNotice {
	if n == nil {
		return nil
	}
	return &encodedNotice{Salt: hex.EncodeToString(n.Salt[:]), Given: DateText(n.Given), Digest: hex.EncodeToString(n.Digest)}
}

// decode returns the zero clock for a record from before there were clocks; its next version draws one.
func (e encodedClock) decode() (c Clock, err error) {
	if e == (encodedClock{}) {
		return c, nil
	}
	if c.Salt, err = saltOf(e.Salt); err != nil {
		return Clock{}, err
	}
	c.ShowUntil = e.ShowUntil
	c.First, err = ParseDate(e.First)
	return c, err
}

func (e *encodedNotice) decode() (n *Notice, err error) {
	if e == nil {
		return nil, nil //nolint:nilnil // none was needed
	}
	n = &Notice{}
	if n.Salt, err = saltOf(e.Salt); err != nil {
		return nil, err
	}
	if n.Given, err = ParseDate(e.Given); err != nil {
		return nil, err
	}
	n.Digest, err = hex.DecodeString(e.Digest)
	return n, err
}

func saltOf(text string) (salt [SaltSize]byte, err error) {
	bz, err := hex.DecodeString(text)
	if err != nil || len(bz) != SaltSize {
		return salt, errors.New("a salt of it has not 16 bytes: it was written by another version")
	}
	return [SaltSize]byte(bz), nil
}

// DateText writes a date; the zero time is the empty text.
func DateText(date time.Time) string {
	if date.IsZero() {
		return ""
	}
	return date.UTC().Format(time.DateOnly)
}

// ParseDate is the inverse of DateText: the zero time has the empty text alone, so that no date has two.
func ParseDate(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	date, err := time.Parse(time.DateOnly, text)
	if err == nil && date.IsZero() {
		err = errors.New("the zero time is written as the empty text")
	}
	return date, err
}
