package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// openAPI is what the walk needs of the description.
type openAPI struct {
	Paths map[string]map[string]struct {
		OperationID string `json:"operationId"`
		Parameters  []struct {
			Ref, Name, In string
			Schema        struct {
				Type, Format string
				Ref          string `json:"$ref"`
			}
		}
		RequestBody *struct{} `json:"requestBody"`
		Responses   map[string]struct {
			Content map[string]struct {
				Schema struct {
					Ref string `json:"$ref"`
				}
			}
		}
	}
}

// apiWalk calls every route of the description that a node serves.
type apiWalk struct {
	t       *testing.T
	base    string
	spec    openAPI
	schemas *jsonschema.Compiler
	given   map[string]string // values of parameters in a path by their name, and in a query with a '?' before it
	// known values by the name of their field in answers, and by that with the name of the list they are in.
	known map[string][]string
}

func newAPIWalk(t *testing.T, base string, given map[string]string) *apiWalk {
	w := &apiWalk{t: t, base: base, given: given, known: map[string][]string{}, schemas: jsonschema.NewCompiler()}
	status, _, body := w.call(http.MethodGet, "/openapi.json", nil, nil)
	require.Equal(t, http.StatusOK, status)
	require.NoError(t, json.Unmarshal(body, &w.spec))
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	require.NoError(t, err)
	require.NoError(t, w.schemas.AddResource("openapi.json", strict(doc)))
	return w
}

// strict refuses members that the description does not have, which a client may well accept.
func strict(doc any) any {
	schemas := doc.(map[string]any)["components"].(map[string]any)["schemas"].(map[string]any)
	for _, schema := range schemas {
		s := schema.(map[string]any)
		if _, open := s["additionalProperties"]; s["type"] == "object" && !open {
			s["additionalProperties"] = false
		}
	}
	return doc
}

func (w *apiWalk) call(method, path string, header http.Header, body io.Reader) (int, http.Header, []byte) {
	w.t.Helper()
	req, err := http.NewRequest(method, w.base+path, body)
	require.NoError(w.t, err, path)
	maps.Copy(req.Header, header)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(w.t, err, path)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(w.t, err, path)
	return resp.StatusCode, resp.Header, answer
}

// check what is true of every answer: JSON, never the node's own fault, an envelope on failure, the documented form else.
func (w *apiWalk) check(what string, status int, header http.Header, body []byte, schema string) {
	w.t.Helper()
	assert.Equal(w.t, "application/json", header.Get("Content-Type"), "%s: %s", what, body)
	if status >= http.StatusBadRequest {
		assert.NotContains(w.t, []int{500, 502, 504}, status, "%s: %s", what, body)
		w.envelope(what, body)
		return
	}
	if !assert.Equal(w.t, http.StatusOK, status, "%s: %s", what, body) {
		return
	}
	compiled, err := w.schemas.Compile("openapi.json" + schema)
	assert.NoError(w.t, err)
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	assert.NoError(w.t, err, "%s: %s", what, body)
	assert.NoError(w.t, compiled.Validate(value), "%s: %.600s", what, body)
	w.harvest("", value)
}

func (w *apiWalk) envelope(what string, body []byte) {
	w.t.Helper()
	var envelope map[string]any
	assert.NoError(w.t, json.Unmarshal(body, &envelope), "%s: %s", what, body)
	assert.Equal(w.t, []string{"code", "codespace", "hint", "message", "name"}, slices.Sorted(maps.Keys(envelope)), what)
	for _, name := range []string{"codespace", "hint", "message", "name"} {
		assert.NotEmpty(w.t, envelope[name], "%s: %s", what, body)
	}
	assert.NotContains(w.t, envelope["name"], "INTERNAL", "%s: %s", what, body)
}

// harvest values that routes can be asked with.
func (w *apiWalk) harvest(list string, value any) {
	switch value := value.(type) {
	case []any:
		for _, item := range value[:min(len(value), 3)] {
			w.harvest(list, item)
		}
	case map[string]any:
		for name, inner := range value {
			if text, ok := inner.(string); ok && text != "" {
				w.learn(name, text)
				w.learn(list+"."+name, text)
				continue
			}
			w.harvest(name, inner)
		}
	}
}

func (w *apiWalk) learn(name, value string) {
	const enough = 3
	if len(w.known[name]) < enough && !slices.Contains(w.known[name], value) {
		w.known[name] = append(w.known[name], value)
	}
}

// valueOf a parameter of a path: what the caller knows, what answers had, or something of its form.
func (w *apiWalk) valueOf(path, name, format string) string {
	if value, ok := w.given[name]; ok {
		return value
	}
	segments := strings.Split(path, "/")
	if i := slices.Index(segments, "{"+name+"}"); i > 0 {
		parent := strings.ReplaceAll(segments[i-1], "-", "_")
		for _, key := range []string{parent + "." + name, strings.TrimSuffix(parent, "s") + "." + name, name} {
			if values := w.known[key]; len(values) > 0 {
				return inPath(values[0])
			}
		}
	}
	if format == "" {
		return strings.Repeat("0", 64)
	}
	return "1"
}

// inPath is how our queries take ids: bytes, which answers have in base64, are hex.
func inPath(value string) string {
	if id, err := base64.StdEncoding.DecodeString(value); err == nil && len(id) >= 20 && strings.HasSuffix(value, "=") {
		return hex.EncodeToString(id)
	}
	return value
}

// hostile values for any parameter.
var hostile = []string{
	"0", "-1", "18446744073709551616", "9223372036854775808", "null", "true", "NaN", "1e309", "\x00", "\xff\xfe", "%", "%zz", "../../../etc/passwd",
	"' OR 1=1 --", "<script>", "{}", "[]", "AA==", "A", "====", strings.Repeat("A", 5000), "credit1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqp9qf0t",
	"creditvaloper1", "\u202e\U0001F4A9", "2026-13-45T99:99:99Z", "a b", ",", "*", "99999999999999999999999999999999999999s",
}

// hostileBodies are for what takes a body.
var hostileBodies = []string{
	"", "{", "[]", "null", "0", `"x"`, `{"tx_bytes":"!"}`, `{"tx_bytes":"AAAA"}`, `{"tx":{"body":{"messages":[{"@type":"/nope"}]}}}`,
	`{"tx":{"body":{"messages":[{"@type":"/cosmos.bank.v1beta1.MsgSend","amount":[{"denom":"x","amount":"-1"}]}]}}}`, `{"mode":99,"tx_bytes":"CgA="}`,
	`{"tx":null}`, `{"amino_json":"{"}`, `{"amino_json":"{}","amino_binary":"AA=="}`, `{"unknown":1}`, strings.Repeat(`{"tx":`, 2000),
}

// run every route: as it is meant, then with each parameter hostile in turn.
func (w *apiWalk) run() (answered, refused int) {
	paths := slices.Sorted(maps.Keys(w.spec.Paths))
	// Lists first: what they hold, the other routes are asked for.
	slices.SortStableFunc(paths, func(a, b string) int { return strings.Count(a, "{") - strings.Count(b, "{") })
	for _, path := range paths {
		for method, op := range w.spec.Paths[path] {
			method, schema := strings.ToUpper(method), op.Responses["200"].Content["application/json"].Schema.Ref
			good := path
			for _, p := range op.Parameters {
				if p.In == "path" {
					good = strings.ReplaceAll(good, "{"+p.Name+"}", url.PathEscape(w.valueOf(path, p.Name, p.Schema.Format)))
				}
			}
			asked := good
			for _, p := range op.Parameters {
				if value, ok := w.given["?"+p.Name]; ok && p.In == "query" {
					asked = good + "?" + url.Values{p.Name: {value}}.Encode()
				}
			}
			status, header, body := w.call(method, asked, nil, strings.NewReader("{}"))
			w.check(method+" "+asked, status, header, body, schema)
			if status == http.StatusOK {
				answered++
			} else {
				refused++
				w.t.Logf("%d %s %s: %.160s", status, method, good, body)
			}
			for _, p := range op.Parameters {
				if p.In != "path" && p.In != "query" {
					continue
				}
				for _, bad := range hostile {
					target := good
					if p.In == "path" {
						target = w.withPath(path, p.Name, bad)
					} else {
						target += "?" + url.Values{p.Name: {bad}}.Encode()
					}
					status, header, body := w.call(method, target, nil, strings.NewReader("{}"))
					w.check(method+" "+target, status, header, body, schema)
				}
			}
			if op.RequestBody != nil {
				for _, bad := range hostileBodies {
					status, header, body := w.call(method, good, nil, strings.NewReader(bad))
					w.check(fmt.Sprintf("%s %s %.80s", method, good, bad), status, header, body, schema)
				}
			}
		}
	}
	return answered, refused
}

// withPath has one parameter of a path hostile and the others good.
func (w *apiWalk) withPath(path, name, bad string) string {
	out := strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(bad))
	for {
		start := strings.Index(out, "{")
		if start < 0 || !strings.Contains(out[start:], "}") {
			return out
		}
		end := start + strings.Index(out[start:], "}")
		other := out[start+1 : end]
		out = out[:start] + url.PathEscape(w.valueOf(path, other, "")) + out[end+1:]
	}
}
