package anchor

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/creditd/creditd/x/attestation/types"
)

// Statements and proofs are JSON with one spelling of each value: lower-case hexadecimal, times in UTC. The parser is
// strict where encoding/json is not: names in their exact case and each once, no escapes, nothing after the end.

const (
	// MaxStatementBytes is longer than the longest statement as JSON.
	MaxStatementBytes = 8 << 10
	// MaxProofBytes is longer than the longest proof as JSON.
	MaxProofBytes = 16 << 10
)

const (
	fieldSubject = iota
	fieldCommitment
	fieldValidFrom
	fieldExpiresAt
	fieldCircuit
	fieldAmounts
	fieldReference
)

var statementFields = []string{
	"subject", "commitment", "valid_from", "expires_at", "circuit_commitment", "amount_commitments", "reference",
}

// AppendStatement appends the statement as JSON, without what it does not have.
func AppendStatement(b []byte, s types.Statement) []byte {
	b = appendHex(append(b, `{"subject":`...), s.Subject)
	b = appendHex(append(b, `,"commitment":`...), s.Commitment)
	b = appendTime(b, `,"valid_from":"`, s.ValidFrom)
	b = appendTime(b, `,"expires_at":"`, s.ExpiresAt)
	if len(s.CircuitCommitment) > 0 {
		b = appendHex(append(b, `,"circuit_commitment":`...), s.CircuitCommitment)
	}
	if len(s.AmountCommitments) > 0 {
		b = append(b, `,"amount_commitments":[`...)
		for i, amount := range s.AmountCommitments {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendHex(b, amount)
		}
		b = append(b, ']')
	}
	if len(s.Reference) > 0 {
		b = appendHex(append(b, `,"reference":`...), s.Reference)
	}
	return append(b, '}')
}

func appendHex(b, bz []byte) []byte {
	return append(hex.AppendEncode(append(b, '"'), bz), '"')
}

func appendTime(b []byte, name string, at *time.Time) []byte {
	if at == nil {
		return b
	}
	return append(at.UTC().AppendFormat(append(b, name...), time.RFC3339Nano), '"')
}

// ParseStatement reads a statement. It checks the JSON, not what is stated.
func ParseStatement(data []byte) (types.Statement, error) {
	if len(data) > MaxStatementBytes {
		return types.Statement{}, fmt.Errorf("%d bytes: a statement has at most %d", len(data), MaxStatementBytes)
	}
	p := parser{in: data}
	s, err := p.statement()
	if err == nil {
		err = p.end()
	}
	return s, err
}

func (p *parser) statement() (s types.Statement, err error) {
	seen, err := p.object(statementFields, func(field int) (err error) {
		switch field {
		case fieldSubject:
			s.Subject, err = p.hash()
		case fieldCommitment:
			s.Commitment, err = p.hash()
		case fieldValidFrom:
			s.ValidFrom, err = p.time()
		case fieldExpiresAt:
			s.ExpiresAt, err = p.time()
		case fieldCircuit:
			s.CircuitCommitment, err = p.hash()
		case fieldAmounts:
			err = p.array(types.MaxFields, func() error {
				amount, err := p.hash()
				s.AmountCommitments = append(s.AmountCommitments, amount)
				return err
			})
		case fieldReference:
			s.Reference, err = p.hash()
		}
		return err
	})
	if err == nil && (seen&(1<<fieldSubject) == 0 || seen&(1<<fieldCommitment) == 0) {
		err = errors.New("a statement has a subject and a commitment")
	}
	return s, err
}

var proofFields = []string{"anchor_id", "index", "size", "statement", "path"}

// AppendJSON appends the proof as JSON.
func (p Proof) AppendJSON(b []byte) []byte {
	b = p.appendHead(b)
	for i := range p.Path {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendHex(b, p.Path[i][:])
	}
	return append(b, "]}"...)
}

// appendHead appends all but the path.
func (p Proof) appendHead(b []byte) []byte {
	b = appendHex(append(b, `{"anchor_id":`...), p.AnchorID[:])
	b = strconv.AppendUint(append(b, `,"index":`...), uint64(p.Index), 10)
	b = strconv.AppendUint(append(b, `,"size":`...), uint64(p.Size), 10)
	b = AppendStatement(append(b, `,"statement":`...), p.Statement)
	return append(b, `,"path":[`...)
}

// ParseProof reads a proof. It checks the JSON; Verify checks what it proves.
func ParseProof(data []byte) (Proof, error) {
	if len(data) > MaxProofBytes {
		return Proof{}, fmt.Errorf("%d bytes: a proof has at most %d", len(data), MaxProofBytes)
	}
	p := parser{in: data}
	var proof Proof
	seen, err := p.object(proofFields, func(field int) (err error) {
		switch field {
		case 0:
			var text []byte
			if text, err = p.text(); err == nil {
				err = unhex(proof.AnchorID[:], text)
			}
		case 1:
			proof.Index, err = p.number()
		case 2:
			proof.Size, err = p.number()
		case 3:
			proof.Statement, err = p.statement()
		case 4:
			proof.Path = []Hash{}
			err = p.array(maxPath, func() error {
				node, err := p.hash()
				if err == nil {
					proof.Path = append(proof.Path, Hash(node))
				}
				return err
			})
		}
		return err
	})
	if err == nil && seen != 1<<len(proofFields)-1 {
		err = fmt.Errorf("a proof has all of %q", proofFields)
	}
	if err == nil {
		err = p.end()
	}
	return proof, err
}

// parser reads the JSON that statements and proofs are made of.
type parser struct {
	in []byte
	at int
}

func (p *parser) wrong(want string) error { return fmt.Errorf("byte %d: want %s", p.at, want) }

// next is the byte after spaces, 0 at the end.
func (p *parser) next() byte {
	for ; p.at < len(p.in); p.at++ {
		switch c := p.in[p.at]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

func (p *parser) take(c byte) bool {
	if p.next() != c {
		return false
	}
	p.at++
	return true
}

// end refuses what follows.
func (p *parser) end() error {
	if p.next() != 0 || p.at < len(p.in) {
		return p.wrong("the end")
	}
	return nil
}

// object reads an object of these names and says, by bits, which there were.
func (p *parser) object(names []string, read func(field int) error) (seen uint, err error) {
	if !p.take('{') {
		return 0, p.wrong("an object, '{'")
	}
	for {
		name, err := p.text()
		if err != nil {
			return seen, err
		}
		field := slices.Index(names, string(name))
		switch {
		case field < 0:
			return seen, fmt.Errorf("byte %d: unknown name %.64q: use %q", p.at, name, names)
		case seen&(1<<field) != 0:
			return seen, fmt.Errorf("byte %d: %s is there twice", p.at, names[field])
		case !p.take(':'):
			return seen, p.wrong("':'")
		}
		seen |= 1 << field
		if err := read(field); err != nil {
			return seen, fmt.Errorf("%s: %w", names[field], err)
		}
		if p.take('}') {
			return seen, nil
		}
		if !p.take(',') {
			return seen, p.wrong("',' or '}'")
		}
	}
}

// array reads an array of at most that many.
func (p *parser) array(most int, read func() error) error {
	if !p.take('[') {
		return p.wrong("an array, '['")
	}
	if p.take(']') {
		return nil
	}
	for range most {
		if err := read(); err != nil {
			return err
		}
		if p.take(']') {
			return nil
		}
		if !p.take(',') {
			return p.wrong("',' or ']'")
		}
	}
	return fmt.Errorf("byte %d: more than %d entries", p.at, most)
}

// text reads a string of printable ASCII without escapes.
func (p *parser) text() ([]byte, error) {
	if !p.take('"') {
		return nil, p.wrong("a string, '\"'")
	}
	start := p.at
	for ; p.at < len(p.in); p.at++ {
		switch c := p.in[p.at]; {
		case c == '"':
			p.at++
			return p.in[start : p.at-1], nil
		case c < ' ' || c > '~' || c == '\\':
			return nil, p.wrong("a letter, digit or sign of ASCII, written as it is")
		}
	}
	return nil, p.wrong("the string's end")
}

func (p *parser) hash() ([]byte, error) {
	text, err := p.text()
	if err != nil {
		return nil, err
	}
	hash := make([]byte, types.IDSize)
	return hash, unhex(hash, text)
}

// unhex fills a buffer from exactly its digits, in lower case.
func unhex(to, text []byte) error {
	if len(text) != hex.EncodedLen(len(to)) {
		return fmt.Errorf("%d characters: write %d bytes as %d hexadecimal digits", len(text), len(to), hex.EncodedLen(len(to)))
	}
	for i := range to {
		high, low := digits[text[2*i]], digits[text[2*i+1]]
		if high|low == 0xff {
			return fmt.Errorf("%q: write hexadecimal digits in lower case", text[2*i:2*i+2])
		}
		to[i] = high<<4 | low
	}
	return nil
}

// digits says what each character is worth, 0xff for what is no hexadecimal digit in lower case.
var digits = func() (worth [256]byte) {
	for i := range worth {
		worth[i] = 0xff
	}
	for i, c := range []byte("0123456789abcdef") {
		worth[c] = byte(i)
	}
	return worth
}()

func (p *parser) time() (*time.Time, error) {
	text, err := p.text()
	if err != nil {
		return nil, err
	}
	at, err := time.Parse(time.RFC3339Nano, string(text))
	if err != nil || at.UTC().Format(time.RFC3339Nano) != string(text) {
		return nil, fmt.Errorf("%.64q: write a time in UTC as 2027-01-31T23:59:59Z, with as many decimals as are not zero", text)
	}
	at = at.UTC()
	return &at, nil
}

// number reads an integer of 32 bits without sign and leading zeros.
func (p *parser) number() (uint32, error) {
	p.next()
	start := p.at
	for p.at < len(p.in) && p.in[p.at] >= '0' && p.in[p.at] <= '9' {
		p.at++
	}
	text := string(p.in[start:p.at])
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil || len(text) > 1 && text[0] == '0' {
		p.at = start
		return 0, p.wrong("an integer from 0 to 4294967295")
	}
	return uint32(n), nil
}
