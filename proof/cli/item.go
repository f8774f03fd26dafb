package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/anchor"
	"github.com/creditd/creditd/proof"
)

// readItem reads where an attestation is in an anchor's tree, as `creditd attestation anchor prove` wrote it.
func readItem(cmd *cobra.Command, path string) (*proof.Item, error) {
	if path == "" {
		return nil, nil //nolint:nilnil // it is in a batch
	}
	raw, err := ReadFile(cmd, path, anchor.MaxProofBytes)
	if err != nil {
		return nil, fmt.Errorf("--item: %w", err)
	}
	item, err := anchor.ParseProof(raw)
	if err != nil {
		return nil, fmt.Errorf("--item %s: %w", path, err)
	}
	return proof.NewItem(item.Statement, item.Size, item.Path)
}
