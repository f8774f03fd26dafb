package books

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Columns that a book may have, if its mapping does not call them otherwise: the day on which the borrower was told that negative information may be
// reported, and the SHA-256 of what it was told, in hexadecimal.
const (
	noticeDate   = "NOTICE_DATE"
	noticeSHA256 = "NOTICE_SHA256"
)

// Notice before negative reporting, as the book has it.
type Notice struct {
	Given  time.Time
	Digest []byte
}

// readNotice reads the two columns; nil where the book has none, or a row leaves them blank.
func (p *program) readNotice(c *cells) *Notice {
	dated, hashed := p.notice[0], p.notice[1]
	digest, text := c.text(hashed), c.text(dated)
	if text == "" && digest == "" {
		return nil
	}
	if text != "" {
		text = c.date(dated, text, p.mapping.Dates, "")
	}
	given, err := time.Parse(time.DateOnly, text)
	if err != nil {
		c.refuse(c.names[dated], "is blank beside a "+c.names[hashed])
	}
	bz, err := hex.DecodeString(digest)
	if err != nil || len(bz) != sha256.Size {
		c.refuse(c.names[hashed], "is not the 64 hexadecimal digits of a SHA-256")
	}
	return &Notice{Given: given, Digest: bz}
}
