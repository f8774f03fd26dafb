package books

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// segmentBytes is the length of a header, a base segment without more segments after it, and a trailer, in the character
// format of Metro 2.
const segmentBytes = 426

// place of a field in a record, from 1, both ends included: as the format's guide counts.
type place struct{ from, to int }

func (p place) of(record string) string { return record[p.from-1 : p.to] }

// Fields of the header record.
var (
	headerIdentifier = place{5, 10}
	headerFields     = map[string]place{"activity_date": {48, 55}, "reporter_name": {80, 119}}
)

// Fields of the trailer record.
var (
	trailerIdentifier = place{5, 11}
	trailerTotal      = place{12, 20} // base records
)

// metro2Fields are those of the base segment that a mapping can read. The format's guide is the CDIA's and not public; the
// positions are from memory, checked against two public descriptions (docs/vault-import.md). Name, birth, telephone and address
// are not in it: nothing of them is furnished.
var metro2Fields = map[string]place{
	"processing_indicator": {5, 5}, "identification_number": {21, 40}, "cycle_identifier": {41, 42}, "consumer_account_number": {43, 72},
	"portfolio_type": {73, 73}, "account_type": {74, 75}, "date_opened": {76, 83}, "credit_limit": {84, 92}, "highest_credit": {93, 101},
	"terms_duration": {102, 104}, "terms_frequency": {105, 105}, "scheduled_payment_amount": {106, 114},
	"actual_payment_amount": {115, 123}, "account_status": {124, 125}, "payment_rating": {126, 126}, "payment_history_profile": {127, 150},
	"special_comment": {151, 152}, "compliance_condition_code": {153, 154}, "current_balance": {155, 163}, "amount_past_due": {164, 172},
	"original_charge_off_amount": {173, 181}, "date_of_account_information": {182, 189}, "date_first_delinquency": {190, 197},
	"date_closed": {198, 205}, "date_of_last_payment": {206, 213}, "interest_type": {214, 214}, "social_security_number": {298, 306},
	"ecoa_code": {325, 325}, "consumer_information_indicator": {326, 327},
}

func metro2Has(column string) bool {
	_, base := metro2Fields[column]
	_, header := headerFields[column]
	return base || header
}

// metro2Book is a file of records, one a line: header, base segments, trailer. Segments after a base segment (J1 to N1) are not
// read.
type metro2Book struct {
	lines  *lineReader
	names  []string
	header map[string]string
	fields []string
	read   int // base records so far
	ended  bool
}

func newMetro2(r io.Reader, p *program) (*metro2Book, error) {
	b := &metro2Book{lines: newLineReader(r), names: p.all(), header: map[string]string{}}
	b.fields = make([]string, len(b.names))
	line, err := b.lines.next()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the book is empty: it needs a header record")
	}
	if errors.Is(err, errLineTooLong) {
		return nil, errors.New("the book has no line breaks: put one after each record (fold -w 426, if no record has appended segments)")
	}
	if err != nil {
		return nil, fmt.Errorf("book header: %w", err)
	}
	if reason := descriptor(line); reason != "" {
		return nil, fmt.Errorf("book header: the record %s: is this Metro 2 in the 426-character format, with a line for each record?", reason)
	}
	if headerIdentifier.of(line) != "HEADER" {
		return nil, errors.New("book header: the first record is not HEADER: give the whole file, as it is sent to a bureau")
	}
	for name, at := range headerFields {
		b.header[name] = at.of(line)
	}
	return b, nil
}

// descriptor checks a record's length against its first four characters; it returns what is wrong.
func descriptor(line string) string {
	if len(line) < segmentBytes {
		return "is shorter than 426 characters"
	}
	length, err := strconv.ParseUint(line[:4], 10, 16)
	if err != nil || int(length) != len(line) {
		return "has not the length that its descriptor (the first four characters) says"
	}
	return ""
}

// activityDate of the header, as YYYY-MM-DD.
func (b *metro2Book) activityDate() (string, error) {
	date, ok := dateForms{dateMMDDYYYY}.parse(strings.TrimSpace(b.header["activity_date"]), "")
	if !ok || date == "" {
		return "", errors.New("book header: the activity date (positions 48 to 55) is no date: pass --as-of")
	}
	return date, nil
}

func (b *metro2Book) columns() []string { return []string{rowColumn} }

func (b *metro2Book) next() (int, []string, []string, error) {
	line, err := b.lines.next()
	number := b.lines.number
	switch {
	case errors.Is(err, errLineTooLong):
		b.read++
		return number, nil, nil, &Reject{Line: number, Reason: err.Error(), Raw: []string{line}}
	case errors.Is(err, io.EOF) && !b.ended:
		return number, nil, nil, fmt.Errorf("the book ends without its trailer record after %d base records: it was cut short, get it again", b.read)
	case err != nil:
		return number, nil, nil, err
	case b.ended:
		return number, nil, nil, errors.New("there is a record after the trailer: import each file by itself")
	case len(line) >= segmentBytes && trailerIdentifier.of(line) == "TRAILER":
		b.ended = true
		total, err := strconv.Atoi(trailerTotal.of(line))
		if err != nil || total != b.read {
			return number, nil, nil, fmt.Errorf("the trailer says another number of base records than the %d that were read: the book was cut short or changed, get it again", b.read)
		}
		return b.next()
	}
	b.read++
	if reason := descriptor(line); reason != "" {
		return number, nil, nil, &Reject{Line: number, Reason: reason, Raw: []string{line}}
	}
	for i, name := range b.names {
		b.fields[i] = b.header[name]
		if at, base := metro2Fields[name]; base {
			b.fields[i] = at.of(line)
		}
	}
	return number, b.fields, []string{line}, nil
}
