package commit

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"
	"sync"
	"time"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr/poseidon2"
)

const (
	domainCircuitSalt   = "creditd/circuit-salt/v1"
	domainCircuitString = "creditd/circuit-string/v1"
)

// MaxCircuitFields is the most fields that a circuit commitment has.
const MaxCircuitFields = 64

// domainLeaf is the first element of a circuit commitment. Other hashes of Poseidon2 begin with another number, so that
// none is taken for one.
const domainLeaf = 1

// Tags of fields. They are the numbers of the kinds in docs/commitment-format.md; 0 is an absent field.
const (
	tagString  = 1
	tagInteger = 2
	tagDate    = 3
	tagBoolean = 4
	tagCode    = 5
	tagAmount  = 6
)

// maxCode is the most characters of a code; 6 bits each and a length fit an element.
const maxCode = 32

// codeAlphabet gives each character of a code its place in it, from 1, as number.
const codeAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"

// epoch is day 0 of dates, 0001-01-01, in days before 1970-01-01.
const epoch = 719162

// lastDay is 9999-12-31.
const lastDay = 3652058

// CircuitField is one field of a circuit commitment: a tag that says its kind, or that it is absent, and its value. The
// functions below make them; the zero CircuitField is an absent one.
type CircuitField struct {
	tag   uint64
	value fr.Element
}

// Format keeps values out of every log line and error message, whatever the verb.
func (CircuitField) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "CircuitField(redacted)") }

// AbsentField is a field without a value.
func AbsentField() CircuitField { return CircuitField{} }

// IntegerField is a number: v + 2^63, so that the order of elements is that of numbers.
func IntegerField(v int64) CircuitField { return field(tagInteger, uint64(v)^signBit) }

// AmountField is an amount of money: as IntegerField, with a tag of its own.
func AmountField(v int64) CircuitField { return field(tagAmount, uint64(v)^signBit) }

// BooleanField is 1 for true and 0 for false.
func BooleanField(v bool) CircuitField {
	if v {
		return field(tagBoolean, 1)
	}
	return field(tagBoolean, 0)
}

// DateField is the number of days since 0001-01-01 of the proleptic Gregorian calendar. It is the day of the time in UTC, of
// the years 1 to 9999.
func DateField(day time.Time) (CircuitField, error) {
	seconds := day.Unix()
	days := seconds/86400 + epoch
	if seconds%86400 < 0 {
		days-- // division rounds towards zero, and days begin before they end
	}
	if days < 0 || days > lastDay {
		return CircuitField{}, errors.New("a date is of the years 1 to 9999")
	}
	return field(tagDate, uint64(days)), nil
}

// CodeField is a text of 1 to 32 characters of A-Z 0-9 _ . -, as one number: the length times 2^192, and below it 6 bits
// a character, the last of them lowest.
func CodeField(text string) (CircuitField, error) {
	if len(text) == 0 || len(text) > maxCode {
		return CircuitField{}, fmt.Errorf("a code has 1 to %d characters", maxCode)
	}
	packed := big.NewInt(int64(len(text)))
	packed.Lsh(packed, uint(6*(maxCode-len(text))))
	for i := range len(text) {
		place := strings.IndexByte(codeAlphabet, text[i]) + 1
		if place == 0 {
			return CircuitField{}, errors.New("a code has only A-Z, 0-9, '_', '.' and '-'")
		}
		packed.Lsh(packed, 6).Or(packed, big.NewInt(int64(place)))
	}
	f := CircuitField{tag: tagCode}
	f.value.SetBigInt(packed)
	return f, nil
}

// StringField is the first 31 bytes of SHA-256("creditd/circuit-string/v1" || text): a circuit can compare texts, and no
// more. Texts of any length are taken; the format of records bounds them.
func StringField(text string) CircuitField {
	h := sha256.New()
	h.Write([]byte(domainCircuitString))
	h.Write([]byte(text))
	f := CircuitField{tag: tagString}
	f.value.SetBytes(h.Sum(nil)[:31])
	return f
}

func field(tag, value uint64) CircuitField {
	f := CircuitField{tag: tag}
	f.value.SetUint64(value)
	return f
}

// CircuitSalt hides a circuit commitment. It stays with whoever may prove about the record, and is destroyed with its
// seed.
type CircuitSalt struct{ element fr.Element }

// Format keeps a salt out of every log line and error message, whatever the verb.
func (CircuitSalt) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "CircuitSalt(redacted)") }

// DeriveCircuitSalt derives the salt from the record's seed: HMAC-SHA512(seed, "creditd/circuit-salt/v1"), as a
// big-endian number reduced by the modulus.
func DeriveCircuitSalt(seed [32]byte) CircuitSalt {
	wide := derive(seed, []byte(domainCircuitSalt))
	var s CircuitSalt
	s.element.SetBigInt(new(big.Int).SetBytes(wide[:]))
	return s
}

// Bytes of the salt: a canonical element, big-endian. They are a secret.
func (s CircuitSalt) Bytes() [32]byte { return s.element.Bytes() }

// Circuit is the circuit commitment of the fields, 1 to MaxCircuitFields of them in leaf order, of a record about the
// subject under the schema: the Poseidon2 hash over Elements. It is a canonical element, 32 bytes big-endian.
func Circuit(schemaID, subject [32]byte, fields []CircuitField, salt CircuitSalt) ([32]byte, error) {
	elements, err := elements(schemaID, subject, fields, salt)
	if err != nil {
		return [32]byte{}, err
	}
	return hashFrom(prefixes.after([prefixElements]fr.Element(elements)), elements[prefixElements:]), nil
}

// Elements is what Circuit hashes, each a canonical element in 32 bytes, big-endian: the witness of a circuit that opens
// the commitment. It holds the values and the salt in the clear.
func Elements(schemaID, subject [32]byte, fields []CircuitField, salt CircuitSalt) ([][32]byte, error) {
	elements, err := elements(schemaID, subject, fields, salt)
	encoded := make([][32]byte, len(elements))
	for i := range elements {
		encoded[i] = elements[i].Bytes()
	}
	return encoded, err
}

// elements has the number of fields near its front, so that no message is the beginning of another: the hash has no
// padding of its own. The salt is last, so that a circuit for one schema begins with constants.
func elements(schemaID, subject [32]byte, fields []CircuitField, salt CircuitSalt) ([]fr.Element, error) {
	if len(fields) == 0 || len(fields) > MaxCircuitFields {
		return nil, fmt.Errorf("a circuit commitment has 1 to %d fields, not %d", MaxCircuitFields, len(fields))
	}
	list := make([]fr.Element, 0, 7+2*len(fields))
	list = append(list, fr.NewElement(domainLeaf), fr.NewElement(uint64(len(fields))))
	list = append(list, half(schemaID[:16]), half(schemaID[16:]), half(subject[:16]), half(subject[16:]))
	for _, f := range fields {
		list = append(list, fr.NewElement(f.tag), f.value)
	}
	return append(list, salt.element), nil
}

// half is 16 bytes as a big-endian number: an id has more bits than an element.
func half(bz []byte) fr.Element {
	var out [fr.Bytes]byte
	binary.BigEndian.PutUint64(out[16:], binary.BigEndian.Uint64(bz[:8]))
	binary.BigEndian.PutUint64(out[24:], binary.BigEndian.Uint64(bz[8:]))
	var element fr.Element
	element.SetBytes(out[:])
	return element
}

var permutation = poseidon2.NewDefaultPermutation()

// hashFrom is gnark's Merkle-Damgard hash with Poseidon2 (poseidon2.NewMerkleDamgardHasher) from a state on, without its detour
// over bytes: state = P(state, element)[1] + element, from zero.
func hashFrom(from fr.Element, elements []fr.Element) [32]byte {
	digest := absorb(from, elements)
	return digest.Bytes()
}

func absorb(from fr.Element, elements []fr.Element) fr.Element {
	state := [2]fr.Element{from}
	for i := range elements {
		state[1] = elements[i]
		_ = permutation.Permutation(state[:]) // fails for another width than 2 alone
		state[0].Add(&state[1], &elements[i])
	}
	return state[0]
}

const (
	// prefixElements are those that say how many fields there are, and of which schema: the same in every record of it.
	prefixElements = 4
	// maxPrefixes that are remembered: more schemas than any furnisher uses.
	maxPrefixes = 256
)

// prefixes remembers the states after the elements that all records of a schema begin with. Nothing of a record is in them.
var prefixes remembered

type remembered struct {
	mu     sync.RWMutex
	states map[[prefixElements]fr.Element]fr.Element
}

func (r *remembered) after(prefix [prefixElements]fr.Element) fr.Element {
	r.mu.RLock()
	state, known := r.states[prefix]
	r.mu.RUnlock()
	if known {
		return state
	}
	state = absorb(fr.Element{}, prefix[:])
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.states == nil || len(r.states) >= maxPrefixes {
		r.states = make(map[[prefixElements]fr.Element]fr.Element)
	}
	r.states[prefix] = state
	return state
}
