package credential

import (
	"bytes"
	"compress/gzip"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// packed is an encodedList of any bytes.
func packed(t testing.TB, data []byte) string {
	var out bytes.Buffer
	writer := gzip.NewWriter(&out)
	_, err := writer.Write(data)
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	return "u" + encode64(out.Bytes())
}

func TestStatusListBits(t *testing.T) {
	// Items 0 to 4: active, revoked, suspended, superseded, revoked.
	list, err := NewStatusList([]byte{0b00_01_10_11, 0b01_00_00_00}, 5)
	require.NoError(t, err)
	for i, want := range []Status{Active, Revoked, Suspended, Superseded, Revoked} {
		got, err := list.Status(i)
		require.NoError(t, err)
		require.Equal(t, want, got, i)
	}
	for _, i := range []int{-1, 5, 1 << 40} {
		_, err := list.Status(i)
		require.ErrorIs(t, err, ErrStatusList)
	}
	for name, c := range map[string]struct {
		bits  []byte
		items int
	}{
		"none":           {nil, 0},
		"too many":       {make([]byte, MaxStatusItems/4+1), MaxStatusItems + 4},
		"bytes missing":  {make([]byte, 1), 5},
		"bytes too many": {make([]byte, 3), 5},
		"bits beyond":    {[]byte{0, 0b00_01_00_00}, 5},
	} {
		_, err := NewStatusList(c.bits, c.items)
		require.ErrorIs(t, err, ErrStatusList, name)
	}
}

func TestStatusListEncoding(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, items := range []int{1, 4, 7, MinStatusItems - 1, MinStatusItems, MinStatusItems + 1, MaxStatusItems} {
		bits := make([]byte, (items+3)/4)
		for i := range items {
			bits[i/4] |= byte(random.IntN(4)) << (6 - 2*(i%4))
		}
		list, err := NewStatusList(bits, items)
		require.NoError(t, err)
		encoded, err := list.Encode()
		require.NoError(t, err)
		again, err := list.Encode()
		require.NoError(t, err)
		require.Equal(t, encoded, again)
		decoded, err := DecodeStatusList(encoded)
		require.NoError(t, err)
		require.GreaterOrEqual(t, decoded.Items(), max(items, MinStatusItems))
		for i := range decoded.Items() {
			want := Active
			if i < items {
				want, err = list.Status(i)
				require.NoError(t, err)
			}
			if got, err := decoded.Status(i); err != nil || got != want {
				t.Fatalf("item %d of %d: %s, not %s (%v)", i, items, got, want, err)
			}
		}
	}
}

func TestStatusListRefusals(t *testing.T) {
	good := packed(t, make([]byte, 32768))
	raw, err := decode64(good[1:])
	require.NoError(t, err)
	for name, c := range map[string]struct {
		text string
		err  error
	}{
		"empty":           {"", ErrStatusList},
		"other multibase": {"z" + good[1:], ErrStatusList},
		"padded":          {good + "=", ErrBase64},
		"not gzip":        {"uAAAA", ErrStatusList},
		"cut":             {"u" + encode64(raw[:len(raw)-9]), ErrStatusList},
		"wrong checksum":  {"u" + encode64(append(bytes.Clone(raw[:len(raw)-5]), 1, 0, 0, 0, 0)), ErrStatusList},
		"too small":       {packed(t, make([]byte, 16383)), ErrStatusList},
		"gzip bomb":       {packed(t, make([]byte, 64<<20)), ErrTooLarge},
		"one byte over":   {packed(t, make([]byte, maxStatusBytes+1)), ErrTooLarge},
		"two members":     {"u" + encode64(append(bytes.Clone(raw), raw...)), ErrStatusList},
		"data after":      {"u" + encode64(append(bytes.Clone(raw), 0)), ErrStatusList},
		"too long":        {"u" + strings.Repeat("A", maxEncodedBytes), ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := DecodeStatusList(c.text)
			require.ErrorIs(t, err, c.err)
		})
	}
	list, err := DecodeStatusList(packed(t, make([]byte, 16384)))
	require.NoError(t, err)
	require.Equal(t, 65536, list.Items())
}

func TestBombIsNotUnpacked(t *testing.T) {
	bomb := packed(t, make([]byte, 256<<20)) // 340 KB of text
	allocated := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			if _, err := DecodeStatusList(bomb); err == nil {
				b.Fatal("unpacked")
			}
		}
	}).AllocedBytesPerOp()
	require.Less(t, allocated, int64(4<<20))
}

func statusListExport(t testing.TB) StatusListExport {
	list, err := NewStatusList([]byte{0b00_01_10_11}, 4)
	require.NoError(t, err)
	return StatusListExport{
		ChainID: testChain, Issuer: testIssuer, Container: [28]byte{1}, List: list, Height: 42,
		Time: testNow.Add(-time.Minute), TTL: time.Hour, IssuedAt: testNow,
	}
}

func TestStatusListCredential(t *testing.T) {
	for _, algorithm := range []Algorithm{ES256, EdDSA} {
		key, err := GenerateKey(algorithm)
		require.NoError(t, err)
		text, err := statusListExport(t).Sign(key)
		require.NoError(t, err)
		verified, err := VerifyStatusList(text, known(key.Public()), unbound(TypeW3CJWT))
		require.NoError(t, err)
		require.Equal(t, StatusListURN(testChain, [28]byte{1}), verified.ID)
		require.Equal(t, issuerURN(testChain, testIssuer), verified.Issuer)
		status, err := verified.List.Status(2)
		require.NoError(t, err)
		require.Equal(t, Suspended, status)

		export := statusListExport(t)
		export.URL, export.TTL = "https://bank.example/status/1", 0
		text, err = export.Sign(key)
		require.NoError(t, err)
		late := unbound(TypeW3CJWT)
		late.Now = testNow.AddDate(10, 0, 0)
		verified, err = VerifyStatusList(text, known(key.Public()), late)
		require.NoError(t, err)
		require.Equal(t, export.URL, verified.ID)
	}
}

func TestStatusListCredentialRefusals(t *testing.T) {
	key, err := GenerateKey(EdDSA)
	require.NoError(t, err)
	text, err := statusListExport(t).Sign(key)
	require.NoError(t, err)
	parsed, err := parseJWT(text, maxStatusJWT)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		change func(*Policy)
		err    error
	}{
		"expired":     {func(p *Policy) { p.Now = testNow.Add(59*time.Minute + 5*time.Second) }, ErrTime},
		"too early":   {func(p *Policy) { p.Now = testNow.Add(-time.Minute - 6*time.Second) }, ErrTime},
		"other type":  {func(p *Policy) { p.Type = TypeW3C }, ErrType},
		"key binding": {func(p *Policy) { p.Binding = testPolicy("x").Binding }, ErrType},
		"no time":     {func(p *Policy) { p.Now = time.Time{} }, ErrClaim},
	} {
		policy := unbound(TypeW3CJWT)
		c.change(&policy)
		_, err := VerifyStatusList(text, known(key.Public()), policy)
		require.ErrorIs(t, err, c.err, name)
	}
	const header = `{"alg":"EdDSA","typ":"vc+jwt"}`
	subject := parsed.payload["credentialSubject"].(map[string]any)
	for name, c := range map[string]struct {
		change func()
		undo   func()
	}{
		"purpose":     {func() { subject["statusPurpose"] = "revocation" }, func() { subject["statusPurpose"] = statusPurpose }},
		"list type":   {func() { subject["type"] = "x" }, func() { subject["type"] = "BitstringStatusList" }},
		"no id":       {func() { parsed.payload["id"] = 1 }, func() { parsed.payload["id"] = "x" }},
		"no issuer":   {func() { parsed.payload["issuer"] = 1 }, func() { parsed.payload["issuer"] = "x" }},
		"type":        {func() { parsed.payload["type"] = []any{typeVC} }, func() { parsed.payload["type"] = []any{typeStatusList} }},
		"encodedList": {func() { subject["encodedList"] = 1 }, func() { subject["encodedList"] = "u" }},
		"not a list":  {func() { subject["encodedList"] = "uAAAA" }, func() {}},
	} {
		c.change()
		payload, err := encodeJSON(parsed.payload)
		require.NoError(t, err)
		c.undo()
		_, err = VerifyStatusList(strings.TrimSuffix(forge(t, key, header, string(payload)), "~"), known(key.Public()), unbound(TypeW3CJWT))
		require.ErrorIs(t, err, ErrStatusList, name)
		subject["encodedList"] = packed(t, make([]byte, 32768))
	}
	for i := 0; i < len(text); i += 97 { // a signature is over all of it
		changed := []byte(text)
		changed[i] ^= 1
		_, err := VerifyStatusList(string(changed), known(key.Public()), unbound(TypeW3CJWT))
		require.Error(t, err, "byte %d", i)
	}
	_, err = VerifyStatusList(text, func(_, _ map[string]any) (PublicKey, error) { return PublicKey{}, ErrNotFound }, unbound(TypeW3CJWT))
	require.ErrorIs(t, err, ErrNotFound)
	for name, change := range map[string]func(*StatusListExport){
		"no chain": func(e *StatusListExport) { e.ChainID = "" },
		"no list":  func(e *StatusListExport) { e.List = nil },
		"no time":  func(e *StatusListExport) { e.Time = time.Time{} },
	} {
		export := statusListExport(t)
		change(&export)
		_, err := export.Sign(key)
		require.ErrorIs(t, err, ErrExport, name)
	}
}
