package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/creditd/creditd/cmd/creditd/cmd"
)

// commandPage is the command line: every command with its own flags and example. Flags that nearly all commands of a
// group have (those of transactions and queries above all) are said once, at its head.
func commandPage() []byte {
	root := cmd.NewRootCmd()
	root.InitDefaultHelpCmd()
	var out bytes.Buffer
	out.WriteString("# Commands\n" + generated + `
A flag is given as ` + "`--flag value`" + `, by the environment as ` + "`CREDITD_FLAG`" + ` (hyphens as underscores), or in the home's ` + "`config/client.toml`" + ` where it
is about a node. ` + "`creditd COMMAND --help`" + ` says the same as this page.
`)
	out.WriteString("\nEvery command also takes `--log_format`, `--log_level`, `--log_no_color` and `--trace`, and `--home` where it is not said otherwise (`~/.creditd`).\n")
	for _, c := range root.Commands() {
		if shown(c) {
			group(&out, c)
		}
	}
	return []byte(atHome(out.String()))
}

// atHome leaves out whose machine the page was made on.
func atHome(text string) string {
	home, err := os.UserHomeDir()
	if err != nil || home == "/" {
		return text
	}
	return strings.ReplaceAll(text, home+"/", "~/")
}

func shown(c *cobra.Command) bool { return !c.Hidden && c.Name() != "help" && c.Name() != "completion" }

// group of commands below one of creditd's.
func group(out *bytes.Buffer, c *cobra.Command) {
	fmt.Fprintf(out, "\n## creditd %s\n%s\n", c.Name(), aboutOf(c))
	leaves := leavesOf(c)
	all := count(leaves)
	shared := all.atLeast((2*len(leaves) + 2) / 3)
	several := all.atLeast(severalCommands)
	if len(leaves) == 1 {
		shared, several = nil, nil
	}
	for name := range shared {
		delete(several, name)
	}
	flagsAtHead(out, "Flags that nearly all commands below have:", shared)
	flagsAtHead(out, "Flags that several of them have, there by name alone:", several)
	for _, leaf := range leaves {
		command(out, leaf, shared, several, leaf != c)
	}
}

// severalCommands with the same flag are enough to explain it once.
const severalCommands = 4

func flagsAtHead(out *bytes.Buffer, title string, flags map[string]*pflag.Flag) {
	if len(flags) == 0 {
		return
	}
	set := pflag.NewFlagSet(title, pflag.ContinueOnError)
	for _, name := range slices.Sorted(maps.Keys(flags)) {
		set.AddFlag(flags[name])
	}
	fmt.Fprintf(out, "\n%s\n\n%s", title, flagList(set, nil))
}

func leavesOf(c *cobra.Command) []*cobra.Command {
	var leaves []*cobra.Command
	for _, sub := range c.Commands() {
		if shown(sub) {
			leaves = append(leaves, leavesOf(sub)...)
		}
	}
	if len(leaves) == 0 {
		return []*cobra.Command{c}
	}
	return leaves
}

// counted flags: how many commands have them with the same words.
type counted struct {
	times map[string]int
	flags map[string]*pflag.Flag // by the words
}

func words(f *pflag.Flag) string { return f.Name + "\x00" + f.Usage + "\x00" + f.DefValue }

func count(commands []*cobra.Command) counted {
	c := counted{map[string]int{}, map[string]*pflag.Flag{}}
	for _, command := range commands {
		flagsOf(command).VisitAll(func(f *pflag.Flag) {
			c.times[words(f)]++
			c.flags[words(f)] = f
		})
	}
	return c
}

// atLeast so many commands have them; of two with one name, the more frequent.
func (c counted) atLeast(n int) map[string]*pflag.Flag {
	found := map[string]*pflag.Flag{}
	for _, key := range slices.Sorted(maps.Keys(c.flags)) {
		f := c.flags[key]
		if c.times[key] >= n && (found[f.Name] == nil || c.times[key] > c.times[words(found[f.Name])]) {
			found[f.Name] = f
		}
	}
	return found
}

// flagsOf a command but those that every command has.
func flagsOf(c *cobra.Command) *pflag.FlagSet {
	set := pflag.NewFlagSet(c.Name(), pflag.ContinueOnError)
	for _, from := range []*pflag.FlagSet{c.LocalFlags(), c.InheritedFlags()} {
		from.VisitAll(func(f *pflag.Flag) {
			if f.Name != "help" && !f.Hidden && f != c.Root().PersistentFlags().Lookup(f.Name) {
				set.AddFlag(f)
			}
		})
	}
	return set
}

func command(out *bytes.Buffer, c *cobra.Command, shared, several map[string]*pflag.Flag, titled bool) {
	if titled {
		fmt.Fprintf(out, "\n### %s\n%s\n", c.CommandPath(), aboutOf(c))
	}
	fmt.Fprintf(out, "\n```text\n%s\n", c.UseLine())
	if example := strings.TrimSpace(c.Example); example != "" {
		fmt.Fprintf(out, "\n%s\n", dedent(example))
	}
	out.WriteString("```\n")
	own := pflag.NewFlagSet(c.Name(), pflag.ContinueOnError)
	var named []string
	flagsOf(c).VisitAll(func(f *pflag.Flag) {
		if other := several[f.Name]; other != nil && words(other) == words(f) {
			named = append(named, "`--"+f.Name+"`")
		} else {
			own.AddFlag(f)
		}
	})
	if flags := flagList(own, shared); flags != "" {
		fmt.Fprintf(out, "\n%s", flags)
	}
	if len(named) > 0 {
		fmt.Fprintf(out, "\nAnd %s.\n", strings.Join(named, ", "))
	}
}

func aboutOf(c *cobra.Command) string {
	text := c.Long
	if text == "" {
		text = c.Short
	}
	// Its own lists and code would become Markdown's.
	if strings.Contains(text, "\n ") || strings.Contains(text, "$ ") {
		return c.Short + ".\n\n```text\n" + strings.TrimSpace(text) + "\n```"
	}
	return strings.TrimSpace(strings.ReplaceAll(text, "<", "&lt;"))
}

func dedent(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, "\n")
}

// host is what some defaults are on this machine and on no other.
var host, _ = os.Hostname()

// flagList but those that are said elsewhere.
func flagList(set *pflag.FlagSet, said map[string]*pflag.Flag) string {
	var out strings.Builder
	set.VisitAll(func(f *pflag.Flag) {
		if other := said[f.Name]; other != nil && words(other) == words(f) {
			return
		}
		kind, usage := pflag.UnquoteUsage(f)
		if usage == "" {
			usage = "see the field of this name in the message"
		}
		fmt.Fprintf(&out, "- `--%s`", strings.TrimSpace(f.Name+" "+kind))
		if f.Shorthand != "" {
			fmt.Fprintf(&out, ", `-%s`", f.Shorthand)
		}
		fmt.Fprintf(&out, ": %s", strings.NewReplacer("\n", " ", "<", "&lt;").Replace(usage))
		if d := f.DefValue; d != "" && d != host && d != "false" && d != "[]" && d != "0" && !strings.Contains(usage, "default") {
			fmt.Fprintf(&out, " (default `%s`)", d)
		}
		out.WriteString("\n")
	})
	return out.String()
}
