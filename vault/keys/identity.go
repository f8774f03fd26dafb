package keys

import (
	"errors"

	credittypes "github.com/creditd/creditd/x/credit/types"
)

// Normalise gives one spelling to one identity number, and refuses kinds of subjects that there are not. Every way to derive a
// pseudonym begins with it.
func Normalise(kind credittypes.SubjectKind, identity string) (string, error) {
	if kind != credittypes.SUBJECT_KIND_NATURAL_PERSON && kind != credittypes.SUBJECT_KIND_LEGAL_ENTITY {
		return "", errors.New("a subject is a natural person or a legal entity: say which (--kind person or firm)")
	}
	return normalise(identity)
}
