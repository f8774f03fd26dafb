package devnet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// narrator tells a demo: what each step is for, the commands that it runs, and what they cost.
type narrator struct {
	net   *Net
	out   io.Writer
	began time.Time
	steps int
	txs   int
}

// step runs one step and says how long it took and how many transactions it put on the chain.
func (d *narrator) step(ctx context.Context, title, why string, do func() error) error {
	d.steps++
	fmt.Fprintf(d.out, "\n%d. %s\n", d.steps, title)
	for line := range strings.SplitSeq(wrap(why, 96), "\n") {
		fmt.Fprintf(d.out, "   %s\n", line)
	}
	from, err := d.height(ctx)
	if err != nil {
		return err
	}
	start := time.Now()
	if err := do(); err != nil {
		return fmt.Errorf("step %d, %s: %w", d.steps, title, err)
	}
	took := time.Since(start)
	count, err := Transactions(ctx, d.net.Institutions[0].Node.RPC, from)
	if err != nil {
		return err
	}
	d.txs += count
	fmt.Fprintf(d.out, "   [%.1f s, %s]\n", took.Seconds(), plural(count, "transaction"))
	return nil
}

// height of the chain, 0 while there is none.
func (d *narrator) height(ctx context.Context) (int64, error) {
	if d.net == nil {
		return 0, nil
	}
	status, err := NodeStatus(ctx, d.net.Institutions[0].Node.RPC)
	return status.Height, err
}

// command shows a command as it could be typed, runs it, and shows what it says.
func (d *narrator) command(ctx context.Context, args ...string) ([]byte, error) {
	d.show(args)
	out, err := d.net.Run(ctx, args...)
	d.indent(out)
	return out, err
}

// firstLines shows a command, runs it, and shows the start of what it says.
func (d *narrator) firstLines(ctx context.Context, lines int, args ...string) error {
	d.show(args)
	out, err := d.net.Run(ctx, args...)
	all := bytes.SplitAfter(out, []byte("\n"))
	d.indent(bytes.Join(all[:min(lines, len(all))], nil))
	if left := len(all) - lines - 1; left > 0 {
		d.indent(fmt.Appendf(nil, "... and %d more", left))
	}
	return err
}

// quiet shows a command and runs it, for one whose output is JSON that the demo reads.
func (d *narrator) quiet(ctx context.Context, args ...string) ([]byte, error) {
	d.show(args)
	return d.net.Run(ctx, args...)
}

// mustFail runs a command that has to be refused for that reason, and shows the refusal.
func (d *narrator) mustFail(ctx context.Context, reason string, args ...string) error {
	d.show(args)
	out, err := d.net.Run(ctx, args...)
	var refusal *CommandError
	switch {
	case err == nil:
		d.indent(out)
		return errors.New("it should have been refused, and was not")
	case !errors.As(err, &refusal):
		return err
	}
	d.indent([]byte(refusal.Error()))
	if !strings.Contains(refusal.Error(), reason) {
		return fmt.Errorf("it should have been refused because of %q", reason)
	}
	return nil
}

// commandWidth is where a long command is broken, as a shell reads it.
const commandWidth = 110

func (d *narrator) show(args []string) {
	line := "$ creditd"
	for n := 0; n < len(args); n++ {
		word := quote(d.short(args[n]))
		if n+1 < len(args) && strings.HasPrefix(word, "--") && !strings.HasPrefix(args[n+1], "--") {
			n++ // a flag stays with its value
			word += " " + quote(d.short(args[n]))
		}
		if len(line)+1+len(word) > commandWidth {
			fmt.Fprintf(d.out, "   %s \\\n", line)
			line = "     "
		}
		line += " " + word
	}
	fmt.Fprintf(d.out, "   %s\n", line)
}

// short writes the home as $D, as the demo says at its start.
func (d *narrator) short(text string) string { return strings.ReplaceAll(text, d.net.Home, "$D") }

func (d *narrator) indent(out []byte) {
	if len(out) == 0 {
		return
	}
	for line := range bytes.SplitSeq(bytes.TrimRight(out, "\n"), []byte("\n")) {
		fmt.Fprintf(d.out, "   | %s\n", d.short(string(line)))
	}
}

func (d *narrator) say(format string, args ...any) {
	for line := range strings.SplitSeq(wrap(fmt.Sprintf(format, args...), 96), "\n") {
		fmt.Fprintf(d.out, "   %s\n", line)
	}
}

// quote writes an argument as a shell reads it.
func quote(arg string) string {
	if arg != "" && strings.Trim(arg, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,@$+%") == "" {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// wrap breaks a text at spaces.
func wrap(text string, width int) string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case len(line)+1+len(word) > width:
			lines, line = append(lines, line), word
		default:
			line += " " + word
		}
	}
	return strings.Join(append(lines, line), "\n")
}
