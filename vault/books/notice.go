package books

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Columns that a book in any format may have: the day on which the borrower was told that negative information may be
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

// notice reads the two columns; nil where the book has none, or a row leaves them blank.
func (c *cells) notice() *Notice {
	_, dated := c.at[noticeDate]
	_, hashed := c.at[noticeSHA256]
	if !dated || !hashed {
		return nil
	}
	text, digest := c.date(noticeDate), c.text(noticeSHA256)
	if text == "" && digest == "" {
		return nil
	}
	given, err := time.Parse(time.DateOnly, text)
	if err != nil {
		c.refuse(noticeDate, "is blank beside a "+noticeSHA256)
	}
	bz, err := hex.DecodeString(digest)
	if err != nil || len(bz) != sha256.Size {
		c.refuse(noticeSHA256, "is not the 64 hexadecimal digits of a SHA-256")
	}
	return &Notice{Given: given, Digest: bz}
}
