package jsonschema

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	library "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/creditd/creditd/x/attestation/commitment"
)

// Validator checks payloads against one JSON Schema. It is for clients and vaults: the chain never sees a payload, and
// consensus asks Check alone.
type Validator struct{ schema *library.Schema }

// Compile checks the text as the chain does and makes a validator of it.
func Compile(text string, fields []commitment.Field) (*Validator, error) {
	if err := Check(text, fields); err != nil {
		return nil, err
	}
	validator := new(Validator)
	err := guard(func() error {
		document, err := library.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			return err
		}
		const name = "creditd:schema"
		compiler := library.NewCompiler()
		compiler.DefaultDraft(library.Draft2020)
		compiler.UseLoader(nothing{})
		compiler.AssertFormat()
		if err := compiler.AddResource(name, document); err != nil {
			return err
		}
		validator.schema, err = compiler.Compile(name)
		return err
	})
	if err != nil {
		return nil, err
	}
	return validator, nil
}

// Validate refuses a payload that is not strict JSON (see Check) or that the schema does not allow. The error says
// where and which rule, never the value: it is personal data.
func (v *Validator) Validate(payload []byte) error {
	if _, err := parse(string(payload), MaxPayload); err != nil {
		return fmt.Errorf("payload: %w", err)
	}
	return guard(func() error {
		document, err := library.UnmarshalJSON(bytes.NewReader(payload))
		if err != nil {
			return errors.New("payload: not JSON")
		}
		var refusal *library.ValidationError
		switch err := v.schema.Validate(document); {
		case err == nil:
			return nil
		case errors.As(err, &refusal):
			places := leaves(refusal, nil)
			slices.Sort(places)
			return fmt.Errorf("payload: not as the schema asks: %s", strings.Join(slices.Compact(places), "; "))
		default:
			return errors.New("payload: not as the schema asks")
		}
	})
}

// leaves lists where a payload fails and by which keyword.
func leaves(refusal *library.ValidationError, places []string) []string {
	if len(refusal.Causes) == 0 {
		return append(places, fmt.Sprintf("/%s by %s", strings.Join(refusal.InstanceLocation, "/"),
			strings.Join(refusal.ErrorKind.KeywordPath(), "/")))
	}
	for _, cause := range refusal.Causes {
		places = leaves(cause, places)
	}
	return places
}

// Validate checks one payload. Who has many of one schema compiles it once.
func Validate(text string, fields []commitment.Field, payload []byte) error {
	validator, err := Compile(text, fields)
	if err != nil {
		return err
	}
	return validator.Validate(payload)
}

// guard turns a panic of the library into an error: payloads come from strangers.
func guard(do func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the JSON Schema library failed on this input")
		}
	}()
	return do()
}

// nothing is a loader that loads nothing: a schema is complete in itself. The 2020-12 metaschema is in the library.
type nothing struct{}

func (nothing) Load(string) (any, error) { return nil, errors.New("remote references are refused") }
