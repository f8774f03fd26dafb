package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/internal/interrupt"
)

// print writes a result: as JSON with stable fields, or as text.
func (e *environment) print(result any, human func(w io.Writer)) error {
	if text(e.cmd, flagOutput) == "json" {
		encoder := json.NewEncoder(e.cmd.OutOrStdout())
		encoder.SetIndent("", "  ")
		return encoder.Encode(result)
	}
	human(e.cmd.OutOrStdout())
	return nil
}

// interruptible ends the context at the first interrupt, so that work stops where it can go on later. A second one ends
// the process at once.
func interruptible(cmd *cobra.Command) (context.Context, context.CancelFunc) {
	return interrupt.Context(cmd.Context())
}

// closing adds the error of a closer to what a function returns.
func closing(err *error, what string, c io.Closer) {
	if failure := c.Close(); failure != nil {
		*err = errors.Join(*err, fmt.Errorf("closing %s: %w", what, failure))
	}
}

func example(lines ...string) string { return "  " + strings.Join(lines, "\n  ") }

func seconds(d time.Duration) string { return d.Round(time.Second).String() }
