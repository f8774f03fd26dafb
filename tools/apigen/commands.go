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
	common := commonFlags(leaves)
	if len(leaves) > 1 && len(common) > 0 {
		set := pflag.NewFlagSet("common", pflag.ContinueOnError)
		for _, name := range slices.Sorted(maps.Keys(common)) {
			set.AddFlag(common[name])
		}
		fmt.Fprintf(out, "\nFlags that the commands below share:\n\n%s", flagList(set, nil))
	} else {
		common = nil
	}
	for _, leaf := range leaves {
		command(out, leaf, common, leaf != c)
	}
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

// commonFlags that at least two thirds of the commands have with the same words.
func commonFlags(commands []*cobra.Command) map[string]*pflag.Flag {
	count, flags := map[string]int{}, map[string]*pflag.Flag{}
	for _, c := range commands {
		flagsOf(c).VisitAll(func(f *pflag.Flag) {
			count[f.Name+f.Usage+f.DefValue]++
			if flags[f.Name] == nil || count[f.Name+f.Usage+f.DefValue] > count[f.Name+flags[f.Name].Usage+flags[f.Name].DefValue] {
				flags[f.Name] = f
			}
		})
	}
	maps.DeleteFunc(flags, func(name string, f *pflag.Flag) bool { return 3*count[name+f.Usage+f.DefValue] < 2*len(commands) })
	return flags
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

func command(out *bytes.Buffer, c *cobra.Command, common map[string]*pflag.Flag, titled bool) {
	if titled {
		fmt.Fprintf(out, "\n### %s\n%s\n", c.CommandPath(), aboutOf(c))
	}
	fmt.Fprintf(out, "\n```text\n%s\n", c.UseLine())
	if example := strings.TrimSpace(c.Example); example != "" {
		fmt.Fprintf(out, "\n%s\n", dedent(example))
	}
	out.WriteString("```\n")
	if flags := flagList(flagsOf(c), common); flags != "" {
		fmt.Fprintf(out, "\n%s", flags)
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

// flagList but those that are said elsewhere.
func flagList(set *pflag.FlagSet, said map[string]*pflag.Flag) string {
	var out strings.Builder
	set.VisitAll(func(f *pflag.Flag) {
		if other := said[f.Name]; other != nil && other.Usage == f.Usage && other.DefValue == f.DefValue {
			return
		}
		kind, usage := pflag.UnquoteUsage(f)
		fmt.Fprintf(&out, "- `--%s`", strings.TrimSpace(f.Name+" "+kind))
		if f.Shorthand != "" {
			fmt.Fprintf(&out, ", `-%s`", f.Shorthand)
		}
		fmt.Fprintf(&out, ": %s", strings.NewReplacer("\n", " ", "<", "&lt;").Replace(usage))
		if d := f.DefValue; d != "" && d != "false" && d != "[]" && d != "0" && !strings.Contains(usage, "default") {
			fmt.Fprintf(&out, " (default `%s`)", d)
		}
		out.WriteString("\n")
	})
	return out.String()
}
