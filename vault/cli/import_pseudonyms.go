package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/creditd/creditd/vault/books"
	"github.com/creditd/creditd/vault/importer"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/lightchain"
	"github.com/creditd/creditd/vault/pseudonym"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

const (
	flagPseudonyms = "pseudonyms"
	pseudonymsHMAC = "hmac"
	pseudonymsOPRF = "oprf"
)

// bookPseudonyms is how the subjects of a book get their pseudonyms: each as it is read, with the consortium's key, or all before, from
// the vaults that share a key.
func (e *environment) bookPseudonyms(ctx context.Context, v *vault, path string, mapping *books.Mapping, f importFlags) (_ importer.Pseudonyms, err error) {
	if cmp.Or(text(e.cmd, flagPseudonyms), pseudonymsHMAC) == pseudonymsHMAC {
		return e.consortium()
	}
	subjects, err := bookSubjects(path, mapping, f)
	if err != nil {
		return nil, err
	}
	proven, err := e.proven(ctx, v.chain, v.store, 0, false)
	if err != nil {
		return nil, err
	}
	defer closing(&err, "the trusted header", proven)
	return e.notBefore(ctx, v, proven, subjects)
}

// notBefore derives the pseudonyms of subjects that this vault has no records of. The others keep theirs, of the consortium's key,
// which the tradelines on the chain are under; 'creditd privacy pseudonym --migrate' links them.
func (e *environment) notBefore(ctx context.Context, v *vault, proven *lightchain.Chain, subjects []pseudonym.Subject) (importer.Pseudonyms, error) {
	kept := pseudonym.Derived{}
	consortium, without := e.consortium() // a vault that never had the key has nothing under it
	fresh := subjects[:0:0]
	for _, subject := range subjects {
		if without != nil {
			fresh = append(fresh, subject)
			continue
		}
		old, err := consortium.Pseudonym(subject.Kind, subject.Identity)
		if err != nil {
			return nil, err
		}
		records, err := v.store.OfSubject(ctx, old, 1)
		if err != nil {
			return nil, err
		}
		if len(records) > 0 {
			kept[subject] = old
		} else {
			fresh = append(fresh, subject)
		}
	}
	derived, _, err := e.derive(ctx, v, proven, fresh)
	if err != nil {
		return nil, err
	}
	for subject, old := range kept {
		derived[subject] = old
	}
	return derived, nil
}

// bookSubjects reads a book for its subjects, each once. Rows that cannot be read are the import's to reject.
func bookSubjects(path string, mapping *books.Mapping, f importFlags) (subjects []pseudonym.Subject, err error) {
	file, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("book: %w", err)
	}
	defer closing(&err, "the book", file)
	reader, err := books.NewMappedReader(file, mapping, books.Options{Lenders: f.lenders, AsOf: f.asOf})
	if err != nil {
		return nil, err
	}
	seen := map[pseudonym.Subject]bool{}
	for {
		row, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return subjects, nil
		}
		if err != nil {
			return nil, err
		}
		subject := pseudonym.Subject{Kind: bookKinds[row.SubjectKind], Identity: row.Subject}
		if _, err := keys.Normalise(subject.Kind, subject.Identity); err == nil && !seen[subject] {
			seen[subject] = true
			subjects = append(subjects, subject)
		}
	}
}

var bookKinds = map[books.SubjectKind]credittypes.SubjectKind{
	books.NaturalPerson: credittypes.SUBJECT_KIND_NATURAL_PERSON, books.LegalEntity: credittypes.SUBJECT_KIND_LEGAL_ENTITY,
}
