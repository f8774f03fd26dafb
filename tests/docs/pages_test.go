package docs

import (
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBlocks(t *testing.T) {
	found, err := Blocks("# Title\n```sh\necho 1\n\necho 2\n```\n- item\n  ```sh no-run: needs another machine\n  rm -rf /\n  ```\n```json\n{}\n```\n")
	require.NoError(t, err)
	require.Equal(t, []Block{
		{Line: 3, Lang: "sh", Text: "echo 1\n\necho 2\n"},
		{Line: 9, Lang: "sh", Reason: "needs another machine", Text: "  rm -rf /\n"},
		{Line: 12, Lang: "json", Text: "{}\n"},
	}, found)
	require.True(t, found[0].Run())
	require.False(t, found[1].Run())
	require.False(t, found[2].Run())

	for _, page := range []string{"```\nx\n```\n", "```bash\nx\n```\n", "```sh no-run\nx\n```\n", "```sh no-run: \nx\n```\n", "```json no-run: y\n{}\n```\n", "```sh\nx\n"} {
		_, err := Blocks(page)
		require.Error(t, err, page)
	}
}

func TestShell(t *testing.T) {
	shell := Shell{Home: t.TempDir(), Bin: "/nowhere", Root: "/root"}
	run := func(page string) error {
		found, err := Blocks(page)
		require.NoError(t, err)
		return shell.Run(t.Context(), "page.md", found)
	}
	require.NoError(t, run("```sh\nX=1\nf() { test \"$1\" = 1; }\n```\n```text\nfalse\n```\n```sh\nf $X\ntest \"$HOME\" != /root\n```\n"), "blocks share a shell")
	for _, page := range []string{
		"```sh\ntrue\n```\n\n```sh\ntrue\nfalse\ntrue\n```\n", "```sh\ntrue\n```\n\n```sh\nfalse | true\n```\n",
		"```sh\ntrue\n```\n\n```sh\nX=$(false)\n```\n", "```sh\ntrue\n```\n\n```sh\necho $UNKNOWN\n```\n",
	} {
		require.ErrorContains(t, run(page), "page.md:6: the block fails", page)
	}
}

func TestAnchor(t *testing.T) {
	require.Equal(t, "6-content-derived-ids", Anchor("6. Content-derived ids"))
	require.Equal(t, "delinquency-notices-and-show_until", Anchor("Delinquency, notices and show_until"))
	require.Equal(t, "store-fails-or-the-disk-is-full", Anchor("Store fails, or the disk is full"))
}

// TestLinks goes through every page of the repository.
func TestLinks(t *testing.T) {
	var broken []string
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "build" || entry.Name() == ".git" || entry.Name() == "testdata"):
			return filepath.SkipDir
		case !entry.IsDir() && strings.HasSuffix(path, ".md"):
			found, err := BrokenLinks(path)
			broken = append(broken, found...)
			return err
		}
		return nil
	}))
	require.Empty(t, broken)
}

// TestEveryBlockSaysWhatItIs: a page without a decision would be a page that nobody runs.
func TestEveryBlockSaysWhatItIs(t *testing.T) {
	for _, page := range pages(t) {
		blocks(t, page)
	}
}
