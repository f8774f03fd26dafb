package report

import (
	"cmp"
	"fmt"
	"strconv"

	"github.com/creditd/creditd/x/attestation/schemas"
)

func dash(text string) string { return cmp.Or(text, "-") }

// schemaName is the name of a built-in schema, or the start of the id of another.
func schemaName(id string) string {
	for _, definition := range schemas.All() {
		own := definition.ID()
		if fmt.Sprintf("%x", own[:]) == id {
			return definition.Name
		}
	}
	return id[:min(len(id), 12)]
}

// exponents of ISO 4217 that differ from 2.
var exponents = map[string]int{"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "BHD": 3, "KWD": 3, "JOD": 3, "OMR": 3, "TND": 3}

// money writes minor units as people do: 6000000 USD becomes 60000.00 USD.
func money(minor, currency string) string {
	amount, err := strconv.ParseInt(minor, 10, 64)
	if err != nil {
		return "-"
	}
	exponent, special := exponents[currency]
	if !special {
		exponent = 2
	}
	if exponent == 0 {
		return strconv.FormatInt(amount, 10) + " " + currency
	}
	sign, digits := "", strconv.FormatInt(amount, 10)
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	for len(digits) <= exponent {
		digits = "0" + digits
	}
	point := len(digits) - exponent
	return sign + digits[:point] + "." + digits[point:] + " " + currency
}

// statuses of Metro 2, in the words of x/attestation/schemas/README.md.
var statuses = map[string]string{
	"11": "current", "71": "30 days late", "78": "60 days late", "80": "90 days late", "82": "120 days late",
	"83": "150 days late", "84": "180 days late", "93": "collections", "97": "charged off", "13": "paid or closed",
	"61": "paid, was late", "62": "paid, was late", "63": "paid, was late", "64": "paid, was charged off", "65": "paid, was late",
}

func statusText(code string) string {
	if text, ok := statuses[code]; ok {
		return code + " " + text
	}
	return dash(code)
}
