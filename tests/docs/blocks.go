// Package docs executes the documentation: every command block of every page runs, in order, against a network of real
// processes, and every link leads somewhere. `make test-docs`.
//
// What a fence says after its three backticks decides:
//
//	```sh                     run: one shell for a page, from top to bottom, each command has to succeed
//	```sh no-run: reason      commands that a test cannot run (another machine, systemd); the reason is for people
//	```text, ```json, ...     no commands: output, files, formats
//
// A fence without a word is an error, so that nobody forgets to decide.
package docs

import (
	"fmt"
	"strings"
)

// Block is a fenced block of a page.
type Block struct {
	Line   int    // of its first line of content, from 1
	Lang   string // first word of the info string
	Reason string // why it is not run; only of ```sh no-run: reason
	Text   string
}

// Run is whether the block is commands that have to work.
func (b Block) Run() bool { return b.Lang == "sh" && b.Reason == "" }

const fence = "```"

// Blocks of a page in Markdown (fences of CommonMark s.4.5, of backticks, as deep as a list item).
func Blocks(page string) ([]Block, error) {
	var blocks []Block
	var open *Block
	for i, line := range strings.Split(page, "\n") {
		text := strings.TrimSpace(line)
		switch {
		case open != nil && text == fence:
			blocks = append(blocks, *open)
			open = nil
		case open != nil:
			open.Text += line + "\n"
		case strings.HasPrefix(text, fence):
			b, err := begin(strings.TrimPrefix(text, fence))
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", i+1, err)
			}
			b.Line = i + 2
			open = &b
		}
	}
	if open != nil {
		return nil, fmt.Errorf("line %d: the block does not end", open.Line-1)
	}
	return blocks, nil
}

// begin reads an info string.
func begin(info string) (Block, error) {
	lang, rest, _ := strings.Cut(info, " ")
	b := Block{Lang: lang}
	switch {
	case lang == "":
		return b, fmt.Errorf("a block says what it is: %ssh is run, %ssh no-run: REASON and %stext are not", fence, fence, fence)
	case lang == "bash" || lang == "shell" || lang == "console":
		return b, fmt.Errorf("commands are %ssh here, or %ssh no-run: REASON", fence, fence)
	case rest == "":
		return b, nil
	}
	reason, found := strings.CutPrefix(rest, "no-run:")
	b.Reason = strings.TrimSpace(reason)
	if lang != "sh" || !found || b.Reason == "" {
		return b, fmt.Errorf("info string %q is not understood: after %ssh there may be no-run: REASON", info, fence)
	}
	return b, nil
}
