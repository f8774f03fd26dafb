package docs

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"
)

// link of Markdown: [text](target), not an image's and not in code.
var link = regexp.MustCompile(`\]\(([^()\s]+)\)`)

// heading of Markdown, as GitHub makes anchors of it.
var heading = regexp.MustCompile(`(?m)^#{1,6}[ \t]+(.+?)[ \t#]*$`)

// BrokenLinks of a page to files of the repository and to headings in them. The world outside is not asked.
func BrokenLinks(path string) ([]string, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var broken []string
	for _, m := range link.FindAllStringSubmatch(withoutCode(string(raw)), -1) {
		if target := m[1]; !outside(target) {
			if err := resolves(path, target); err != nil {
				broken = append(broken, fmt.Sprintf("%s: (%s): %v", path, target, err))
			}
		}
	}
	return broken, nil
}

func outside(target string) bool {
	return strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:")
}

func resolves(from, target string) error {
	file, anchor, _ := strings.Cut(target, "#")
	to := from
	if file != "" {
		to = filepath.Join(filepath.Dir(from), file)
	}
	info, err := os.Stat(to)
	if err != nil {
		return fmt.Errorf("there is no such file")
	}
	if anchor == "" {
		return nil
	}
	if info.IsDir() || filepath.Ext(to) != ".md" {
		return fmt.Errorf("only pages have headings")
	}
	raw, err := os.ReadFile(to)
	if err != nil {
		return err
	}
	for _, m := range heading.FindAllStringSubmatch(withoutFences(string(raw)), -1) {
		if Anchor(m[1]) == anchor {
			return nil
		}
	}
	return fmt.Errorf("there is no such heading")
}

// Anchor of a heading, as GitHub makes it: lower case, spaces to hyphens, punctuation left out.
func Anchor(text string) string {
	text = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`).ReplaceAllString(text, "$1")
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

func withoutFences(page string) string {
	var kept []string
	inside := false
	for line := range strings.SplitSeq(page, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), fence) {
			inside = !inside
			continue
		}
		if !inside {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

func withoutCode(page string) string {
	return regexp.MustCompile("`[^`\n]*`").ReplaceAllString(withoutFences(page), "")
}
