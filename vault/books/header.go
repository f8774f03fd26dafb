package books

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// lookup finds a format by name; its error lists those that exist.
func lookup(format Format) (book, error) {
	var known []string
	for _, b := range formats {
		if b.format == format {
			return b, nil
		}
		known = append(known, string(b.format))
	}
	return book{}, fmt.Errorf("unknown book format %q: use one of %s", format, strings.Join(known, ", "))
}

// splitHeader returns the trimmed names of the columns. A byte order mark, as spreadsheets write it, is
// taken off; UTF-16, which they offer too, is refused with the way out.
func splitHeader(line string) ([]string, error) {
	if strings.HasPrefix(line, "\xff\xfe") || strings.HasPrefix(line, "\xfe\xff") || strings.ContainsRune(line, 0) {
		return nil, errors.New("the book is not a text file in UTF-8 (it looks like UTF-16): save it as CSV in UTF-8")
	}
	header, err := splitFields(nil, strings.TrimPrefix(line, "\ufeff"))
	if err != nil {
		return nil, fmt.Errorf("book header: it %w", err)
	}
	for i := range header {
		header[i] = strings.TrimSpace(header[i])
	}
	return header, nil
}

// locate returns the position of each column that the format needs. Columns may come in any order and
// among others.
func (b book) locate(header []string) (map[string]int, error) {
	at := make(map[string]int, len(b.columns))
	for _, column := range b.columns {
		at[column] = slices.Index(header, column)
		if at[column] < 0 {
			return nil, b.missing(column, header)
		}
		if slices.Contains(header[at[column]+1:], column) {
			return nil, fmt.Errorf("book header: column %q appears twice: remove the one that is not meant", column)
		}
	}
	for _, column := range []string{noticeDate, noticeSHA256} {
		if place := slices.Index(header, column); place >= 0 {
			at[column] = place
		}
	}
	return at, nil
}

// missing explains the absence of a column: another format, another separator, or just not there.
func (b book) missing(column string, header []string) error {
	for _, other := range formats {
		if other.format == b.format {
			continue
		}
		if _, absent := other.absent(header); !absent {
			return fmt.Errorf("book header: column %q is missing; this is a book in format %q, read as %q: choose format %q",
				column, other.format, b.format, other.format)
		}
	}
	if len(header) == 1 && strings.ContainsAny(header[0], ";\t|") {
		return fmt.Errorf("book header: column %q is missing, the line has no comma: save the book with commas between the columns", column)
	}
	return fmt.Errorf("book header: column %q is missing: add it, or check that this is a book in format %q, whose columns are %s",
		column, b.format, strings.Join(b.columns, ", "))
}

// absent returns the first column of the format that the header lacks.
func (b book) absent(header []string) (column string, absent bool) {
	for _, column := range b.columns {
		if !slices.Contains(header, column) {
			return column, true
		}
	}
	return "", false
}
