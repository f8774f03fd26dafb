package indexer

import (
	"encoding/hex"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/api"
)

// Forms of what stands in the key of a page, by the type of the column. The database is given nothing else.
var (
	byteaForm = regexp.MustCompile(`^\\x([0-9a-f]{2}){0,64}$`)
	textForm  = regexp.MustCompile(`^[ -~]{0,128}$`)
)

// timeForm is how the database writes a time in UTC.
const timeForm = "2006-01-02 15:04:05-07"

func valid(kind, value string) bool {
	switch kind {
	case "bytea":
		return byteaForm.MatchString(value)
	case "timestamptz":
		_, err := time.Parse(timeForm, value)
		return err == nil
	case "bigint":
		_, err := strconv.ParseInt(value, 10, 64)
		return err == nil
	case "integer":
		_, err := strconv.ParseInt(value, 10, 32)
		return err == nil
	}
	return textForm.MatchString(value)
}

// id of a parameter, in hexadecimal; nil when it is left out.
func id(r *http.Request, name string, size int) ([]byte, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return nil, nil
	}
	return parseID(text, name, size)
}

func parseID(text, name string, size int) ([]byte, error) {
	found, err := hex.DecodeString(text)
	if err != nil || len(found) != size {
		return nil, api.ErrMalformed.Wrapf("%s: write its %d hexadecimal digits", name, 2*size)
	}
	return found, nil
}

// accountOf a parameter; "" when it is left out.
func accountOf(r *http.Request, name string) (string, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return "", nil
	}
	address, err := sdk.AccAddressFromBech32(text)
	if err != nil {
		return "", api.ErrMalformedAddress.Wrapf("%s: %v", name, err)
	}
	return address.String(), nil
}

// code of a parameter, as an enumeration's name or a country; "" when it is left out.
func code(r *http.Request, name string) (string, error) {
	text := r.URL.Query().Get(name)
	if !codeForm.MatchString(text) {
		return "", api.ErrMalformed.Wrapf("%s: capital letters, digits and _", name)
	}
	return text, nil
}

var codeForm = regexp.MustCompile(`^[A-Z0-9_]{0,64}$`)

// moment of a parameter, RFC 3339.
func moment(r *http.Request, name string, otherwise time.Time) (time.Time, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return otherwise, nil
	}
	at, err := time.Parse(time.RFC3339, strings.ToUpper(text))
	if err != nil || at.Year() < 2000 || at.Year() > 9000 {
		return otherwise, api.ErrMalformed.Wrapf("%s: write it as 2026-01-31T00:00:00Z", name)
	}
	return at.UTC(), nil
}
