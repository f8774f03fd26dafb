package credential

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Sizes of status lists.
const (
	// MinStatusItems is the least that an encoded list has room for, so that being in a list says little (Bitstring
	// Status List 1.0 s.6.1).
	MinStatusItems = 131072
	// MaxStatusItems is the largest anchor.
	MaxStatusItems = 1 << 20

	statusBits    = 2 // an item
	itemsPerByte  = 8 / statusBits
	statusPurpose = "message"

	// minStatusBytes is the least that is decoded: 131,072 bits, as the standard has it for one bit an item.
	minStatusBytes  = MinStatusItems / 8
	maxStatusBytes  = MaxStatusItems / itemsPerByte
	maxEncodedBytes = 512 << 10 // of a list that does not compress, in base64url, with room to spare
	maxStatusJWT    = 1 << 20
)

// StatusList is the statuses of a batch's or an anchor's items, as the chain keeps them: two bits an item, the most
// significant first; item i's are bits 7-2*(i%4) and 6-2*(i%4) of byte i/4.
type StatusList struct {
	bits  []byte
	items int
}

// NewStatusList takes the raw bits of that many items from the chain.
func NewStatusList(bits []byte, items int) (*StatusList, error) {
	if items < 1 || items > MaxStatusItems {
		return nil, fmt.Errorf("%w: 1 to %d items, not %d", ErrStatusList, MaxStatusItems, items)
	}
	if want := (items + itemsPerByte - 1) / itemsPerByte; len(bits) != want {
		return nil, fmt.Errorf("%w: %d items have %d bytes, not %d", ErrStatusList, items, want, len(bits))
	}
	if unused := (itemsPerByte - items%itemsPerByte) % itemsPerByte * statusBits; bits[len(bits)-1]&(1<<unused-1) != 0 {
		return nil, fmt.Errorf("%w: bits after the last item", ErrStatusList)
	}
	return &StatusList{bits: bytes.Clone(bits), items: items}, nil
}

// Items that the list has room for.
func (l *StatusList) Items() int { return l.items }

// Status of item i.
func (l *StatusList) Status(i int) (Status, error) {
	if i < 0 || i >= l.items {
		return 0, fmt.Errorf("%w: no item %d among %d", ErrStatusList, i, l.items)
	}
	return Status(l.bits[i/itemsPerByte] >> (6 - statusBits*(i%itemsPerByte)) & 3), nil
}

// Encode writes the list as an `encodedList`: multibase base64url of the gzipped bits, filled up with active items to
// MinStatusItems.
func (l *StatusList) Encode() (string, error) {
	bits := l.bits
	if short := MinStatusItems/itemsPerByte - len(bits); short > 0 {
		bits = append(bytes.Clone(bits), make([]byte, short)...)
	}
	var out bytes.Buffer
	// A header without name and time: the same list has the same bytes.
	writer, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err == nil {
		_, err = writer.Write(bits)
	}
	if err == nil {
		err = writer.Close()
	}
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrStatusList, err)
	}
	return "u" + encode64(out.Bytes()), nil
}

// DecodeStatusList reads an `encodedList` of two bits an item. It unpacks no more than the largest list, however the
// input compresses, and takes one gzip member and nothing after it.
func DecodeStatusList(encoded string) (*StatusList, error) {
	if len(encoded) > maxEncodedBytes {
		return nil, fmt.Errorf("%w: an encoded list has at most %d bytes", ErrTooLarge, maxEncodedBytes)
	}
	text, ok := strings.CutPrefix(encoded, "u")
	if !ok {
		return nil, fmt.Errorf("%w: not multibase base64url", ErrStatusList)
	}
	packed, err := decode64(text)
	if err != nil {
		return nil, err
	}
	source := bytes.NewReader(packed)
	reader, err := gzip.NewReader(source)
	if err != nil {
		return nil, fmt.Errorf("%w: not gzip", ErrStatusList)
	}
	reader.Multistream(false)
	bits, err := io.ReadAll(io.LimitReader(reader, maxStatusBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%w: damaged gzip", ErrStatusList)
	}
	if len(bits) > maxStatusBytes {
		return nil, fmt.Errorf("%w: unpacks to more than %d bytes", ErrTooLarge, maxStatusBytes)
	}
	if len(bits) < minStatusBytes {
		return nil, fmt.Errorf("%w: unpacks to %d bytes, fewer than %d", ErrStatusList, len(bits), minStatusBytes)
	}
	if source.Len() != 0 {
		return nil, fmt.Errorf("%w: data after the gzip member", ErrStatusList)
	}
	return NewStatusList(bits, len(bits)*itemsPerByte)
}

// statusEntry is the `credentialStatus` of the attestation. With more than one bit an item, all messages are listed.
func (e Export) statusEntry() map[string]any {
	list, index := e.status()
	messages := make([]any, len(statusNames))
	for i, name := range statusNames {
		messages[i] = map[string]any{"status": fmt.Sprintf("0x%x", i), "message": name}
	}
	return map[string]any{
		"type": typeStatusEntry, "statusPurpose": statusPurpose, "statusSize": statusBits, "statusMessage": messages,
		"statusListIndex": strconv.FormatUint(uint64(index), 10), "statusListCredential": list,
	}
}

// StatusListExport is the status list of a batch or an anchor at one block, which the issuer publishes as a credential.
type StatusListExport struct {
	ChainID   string
	Issuer    string
	Container [28]byte
	List      *StatusList
	Height    int64
	Time      time.Time     // of the block
	TTL       time.Duration // how long it may be used; 0 for no end
	URL       string        // where it is published; empty for the list's URN
	IssuedAt  time.Time
}

// Sign issues the list as a W3C VC 2.0 secured with JWT.
func (e StatusListExport) Sign(key PrivateKey) (string, error) {
	if e.ChainID == "" || e.Issuer == "" || e.List == nil || e.Time.IsZero() || e.IssuedAt.IsZero() {
		return "", fmt.Errorf("%w: it needs a chain, an issuer, a list and times", ErrExport)
	}
	encoded, err := e.List.Encode()
	if err != nil {
		return "", err
	}
	url := e.URL
	if url == "" {
		url = StatusListURN(e.ChainID, e.Container)
	}
	payload := map[string]any{
		"@context":  []any{contextV2, contextUndefined},
		"id":        url,
		"type":      []any{typeVC, typeStatusList},
		"issuer":    issuerURN(e.ChainID, e.Issuer),
		"validFrom": e.Time.UTC().Format(time.RFC3339),
		"credentialSubject": map[string]any{
			"id": url + "#list", "type": "BitstringStatusList", "statusPurpose": statusPurpose, "encodedList": encoded,
		},
		"iat": e.IssuedAt.Unix(),
		claimChain: map[string]any{
			"chain": e.ChainID, "container": fmt.Sprintf("%x", e.Container), "items": e.List.Items(), "height": e.Height,
		},
	}
	if e.TTL > 0 {
		payload["validUntil"] = e.Time.Add(e.TTL).UTC().Format(time.RFC3339)
	}
	header := map[string]any{"alg": string(key.public.algorithm), "typ": TypeW3CJWT, "kid": key.public.KeyID()}
	return signJWT(header, payload, key)
}

// typeStatusList is the type of a status list credential.
const typeStatusList = "BitstringStatusListCredential"

// SignedStatusList is a status list credential whose signature and times hold.
type SignedStatusList struct {
	ID        string
	Issuer    string
	ValidFrom time.Time
	List      *StatusList
}

// VerifyStatusList checks a status list credential. The policy's type must be TypeW3CJWT, and it has no key binding.
// Whoever looks a status up compares ID with the credential's `statusListCredential` and Issuer with its issuer.
func VerifyStatusList(credential string, key KeySource, policy Policy) (*SignedStatusList, error) {
	if err := policy.validate(); err != nil {
		return nil, err
	}
	if policy.Type != TypeW3CJWT || policy.Binding != nil {
		return nil, fmt.Errorf("%w: a status list is %q without key binding", ErrType, TypeW3CJWT)
	}
	parsed, err := parseJWT(credential, maxStatusJWT)
	if err != nil {
		return nil, err
	}
	public, err := key(parsed.header, parsed.payload)
	if err != nil {
		return nil, err
	}
	if err := parsed.check(policy.Type, public); err != nil {
		return nil, err
	}
	claims := parsed.payload
	if err := checkTimes(claims, policy); err != nil {
		return nil, err
	}
	if err := checkW3CTimes(claims, policy); err != nil {
		return nil, err
	}
	return readStatusList(claims)
}

func readStatusList(claims map[string]any) (*SignedStatusList, error) {
	types, _ := claims["type"].([]any)
	subject, _ := claims["credentialSubject"].(map[string]any)
	if !contains(types, typeStatusList) || subject["type"] != "BitstringStatusList" || subject["statusPurpose"] != statusPurpose {
		return nil, fmt.Errorf("%w: no list of purpose %q", ErrStatusList, statusPurpose)
	}
	encoded, ok := subject["encodedList"].(string)
	if !ok {
		return nil, fmt.Errorf("%w: no encodedList", ErrStatusList)
	}
	list, err := DecodeStatusList(encoded)
	if err != nil {
		return nil, err
	}
	out := &SignedStatusList{List: list}
	if out.ID, ok = claims["id"].(string); !ok {
		return nil, fmt.Errorf("%w: no id", ErrStatusList)
	}
	if out.Issuer, ok = claims["issuer"].(string); !ok {
		return nil, fmt.Errorf("%w: no issuer", ErrStatusList)
	}
	out.ValidFrom, _, err = dateTime(claims, "validFrom")
	return out, err
}

// contains tells whether the JSON array has the text.
func contains(array []any, text string) bool {
	for _, value := range array {
		if value == text {
			return true
		}
	}
	return false
}
