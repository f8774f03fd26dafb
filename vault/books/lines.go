package books

import (
	"bufio"
	"errors"
	"io"
	"slices"
	"strings"
)

// MaxRowBytes is the longest line that is read as a row. The rows of both formats have about 150 bytes.
const MaxRowBytes = 64 << 10

// excerptBytes is how much of a line that is too long goes into the rejects file.
const excerptBytes = 256

var (
	errLineTooLong = errors.New("line is longer than 65536 bytes")
	errQuote       = errors.New("has a quoted value that is not closed, or text after a closing quote")
)

// lineReader hands out physical lines. A row is one line: a stray quote then spoils its own row and not all
// that follow, as it does where a quoted value may span lines.
type lineReader struct {
	in     *bufio.Reader
	number int // of the last line returned, from 1
}

func newLineReader(r io.Reader) *lineReader {
	return &lineReader{in: bufio.NewReaderSize(r, MaxRowBytes)}
}

// next returns the next line that is not empty, without its ending (LF or CRLF). For a line that does not fit
// the buffer it returns the start of it and errLineTooLong, and is then at the start of the next line.
func (l *lineReader) next() (string, error) {
	for {
		line, err := l.in.ReadSlice('\n')
		if len(line) > 0 {
			l.number++
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			excerpt := string(line[:excerptBytes])
			if err := l.skipLine(); err != nil {
				return "", err
			}
			return excerpt, errLineTooLong
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		// A last line without an ending is a line: io.EOF comes again at the next call.
		if text := strings.TrimRight(string(line), "\r\n"); text != "" {
			return text, nil
		}
		if err != nil {
			return "", io.EOF
		}
	}
}

func (l *lineReader) skipLine() error {
	for {
		_, err := l.in.ReadSlice('\n')
		if !errors.Is(err, bufio.ErrBufferFull) {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

// splitFields appends the values of one line to fields: separated by commas or another character, optionally in double
// quotes with "" for a quote (RFC 4180 s.2). A quote inside an unquoted value is a character like any other. What it
// returns shares the line's memory where it can.
func splitFields(fields []string, line, separator string) ([]string, error) {
	for {
		if !strings.HasPrefix(line, `"`) {
			value, rest, more := strings.Cut(line, separator)
			fields = append(fields, value)
			if !more {
				return fields, nil
			}
			line = rest
			continue
		}
		value, rest, err := quoted(line[1:], separator)
		if err != nil {
			return nil, err
		}
		fields = append(fields, value)
		if rest == "" {
			return fields, nil
		}
		line = rest[1:]
	}
}

// quoted reads a value up to its closing quote; rest is empty or starts with a separator.
func quoted(line, separator string) (value, rest string, err error) {
	for {
		before, after, closed := strings.Cut(line, `"`)
		if !closed {
			return "", "", errQuote
		}
		value += before
		if !strings.HasPrefix(after, `"`) {
			if after != "" && !strings.HasPrefix(after, separator) {
				return "", "", errQuote
			}
			return value, after, nil
		}
		value += `"`
		line = after[1:]
	}
}

// clone copies a slice that will be used again; an empty one becomes nil.
func clone(fields []string) []string {
	if len(fields) == 0 {
		return nil
	}
	return slices.Clone(fields)
}
