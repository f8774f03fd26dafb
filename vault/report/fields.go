package report

import (
	"maps"
	"slices"

	"github.com/creditd/creditd/vault/records"
	"github.com/creditd/creditd/x/attestation/commitment"
)

// field of a record as people read it.
type field struct{ Name, Text string }

// fields in the order of the schema, amounts with their currency.
func (l *Line) fields() []field {
	names := slices.Sorted(maps.Keys(l.Values))
	amounts := map[string]bool{}
	if schema, err := id32("schema", l.Schema); err == nil {
		if layout, err := records.Layout(schema); err == nil {
			names = names[:0]
			for _, f := range layout.Fields {
				if _, there := l.Values[f.Name]; there {
					names = append(names, f.Name)
				}
				amounts[f.Name] = f.Kind == commitment.Amount
			}
		}
	}
	list := make([]field, len(names))
	for i, name := range names {
		text := l.Values[name]
		if amounts[name] {
			text = money(text, l.Values["currency"])
		}
		list[i] = field{name, text}
	}
	return list
}
