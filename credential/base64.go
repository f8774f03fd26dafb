package credential

import (
	"encoding/base64"
	"fmt"
	"strings"
)

var base64url = base64.RawURLEncoding.Strict()

// decode64 reads base64url without padding (RFC 7515 s.2): no white space, which the standard library skips, and no
// bits after the last byte, so that one string of bytes has one spelling.
func decode64(text string) ([]byte, error) {
	if strings.ContainsAny(text, "\r\n") {
		return nil, fmt.Errorf("%w: white space", ErrBase64)
	}
	data, err := base64url.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %d characters", ErrBase64, len(text))
	}
	return data, nil
}

func encode64(data []byte) string { return base64url.EncodeToString(data) }

// hash64 reads the 43 characters of 32 bytes.
func hash64(text string) (hash [32]byte, err error) {
	if len(text) != base64url.EncodedLen(len(hash)) {
		return hash, fmt.Errorf("%w: 32 bytes are 43 characters, not %d", ErrBase64, len(text))
	}
	data, err := decode64(text)
	if err != nil {
		return hash, err
	}
	return [32]byte(data), nil
}
