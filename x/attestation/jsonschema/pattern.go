package jsonschema

import (
	"fmt"
	"strings"
)

const (
	maxPattern = 128 // bytes
	maxRepeat  = 256
	maxGroups  = 8 // in one another
)

// checkPattern refuses a regular expression that not every engine reads alike and quickly. What is left is in ECMA-262
// (which JSON Schema names), RE2 (Go) and PCRE: printable ASCII, classes, \d, groups, alternatives, '^' at the
// beginning, '$' at the end, and the repetition of one character or class. A group may only be optional: repetitions
// in one another are what makes backtracking engines hang, and RE2 bounds them in its own way.
func checkPattern(text string) error {
	if len(text) == 0 || len(text) > maxPattern {
		return fmt.Errorf("pattern of %d bytes: 1 to %d", len(text), maxPattern)
	}
	p := &pattern{text: strings.TrimPrefix(text, "^")}
	if rest, cut := strings.CutSuffix(p.text, "$"); cut && !strings.HasSuffix(rest, `\`) {
		p.text = rest
	}
	if err := p.alternatives(0); err != nil {
		return fmt.Errorf("pattern, byte %d: %w", p.at, err)
	}
	return nil
}

type pattern struct {
	text string
	at   int
}

func (p *pattern) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *pattern) take(c byte) bool {
	if p.peek() != c {
		return false
	}
	p.at++
	return true
}

// alternatives reads sequences between '|', to the end of the pattern or of the group.
func (p *pattern) alternatives(depth int) error {
	if depth > maxGroups {
		return fmt.Errorf("groups nested more than %d deep", maxGroups)
	}
	empty := true
	for p.at < len(p.text) {
		switch {
		case p.take('|'):
			if empty {
				return fmt.Errorf("an empty alternative: make the group optional instead")
			}
			empty = true
			continue
		case p.peek() == ')' && depth > 0:
			if empty {
				return fmt.Errorf("an empty alternative: make the group optional instead")
			}
			p.at++
			return nil
		}
		if err := p.atom(depth); err != nil {
			return err
		}
		empty = false
	}
	if depth > 0 {
		return fmt.Errorf("the group does not end")
	}
	if empty {
		return fmt.Errorf("an empty alternative")
	}
	return nil
}

func (p *pattern) atom(depth int) error {
	switch c := p.peek(); {
	case c == '(':
		p.at++
		if p.take('?') && !p.take(':') {
			return fmt.Errorf("only (...) and (?:...) groups")
		}
		if err := p.alternatives(depth + 1); err != nil {
			return err
		}
		p.take('?')
		return nil
	case c == '[':
		p.at++
		if err := p.class(); err != nil {
			return err
		}
	case c == '\\':
		p.at++
		if c := p.peek(); c != 'd' && !isSyntax(c) && c != '/' {
			return fmt.Errorf(`only \d and escaped characters of ^$\.*+?()[]{}|/`)
		}
		p.at++
	case c < ' ' || c > '~' || isSyntax(c):
		return fmt.Errorf("a character that is not printable ASCII, or has to be escaped, or an operator in the wrong place")
	default:
		p.at++
	}
	return p.quantifier()
}

func isSyntax(c byte) bool { return c != 0 && strings.IndexByte(`^$\.*+?()[]{}|`, c) >= 0 }

// class reads the rest of [...].
func (p *pattern) class() error {
	p.take('^')
	for first := true; first || p.peek() != ']'; first = false { // an empty class is refused by classChar
		low, single, err := p.classChar()
		if err != nil {
			return err
		}
		if p.peek() != '-' {
			continue
		}
		p.at++
		high, singleHigh, err := p.classChar()
		if err != nil {
			return err
		}
		if !single || !singleHigh || low > high {
			return fmt.Errorf("a range from one character to a later one is expected")
		}
	}
	p.at++
	return nil
}

// classChar reads one character of a class; \d is not a single one.
func (p *pattern) classChar() (c byte, single bool, err error) {
	c = p.peek()
	p.at++
	if c != '\\' {
		if c < ' ' || c > '~' || strings.IndexByte(`[]^-`, c) >= 0 {
			return 0, false, fmt.Errorf(`in a class: printable ASCII, with [ ] ^ - and \ escaped`)
		}
		return c, true, nil
	}
	c = p.peek()
	p.at++
	if c == 'd' {
		return 0, false, nil
	}
	if !isSyntax(c) && c != '-' && c != '/' {
		return 0, false, fmt.Errorf(`in a class: only \d and escaped characters of ^$\.*+?()[]{}|/-`)
	}
	return c, true, nil
}

// quantifier reads *, +, ?, {n}, {n,} or {n,m}, if there is one.
func (p *pattern) quantifier() error {
	if p.take('*') || p.take('+') || p.take('?') || !p.take('{') {
		return nil
	}
	low, ok := p.number()
	high := low
	if ok && p.take(',') && p.peek() != '}' {
		high, ok = p.number()
	}
	if !ok || !p.take('}') || low > high || high > maxRepeat {
		return fmt.Errorf("a repetition is {n}, {n,} or {n,m} with numbers up to %d", maxRepeat)
	}
	return nil
}

func (p *pattern) number() (n int, ok bool) {
	start := p.at
	for c := p.peek(); c >= '0' && c <= '9' && p.at-start < 4; c = p.peek() {
		n = 10*n + int(c-'0')
		p.at++
	}
	return n, p.at > start
}
