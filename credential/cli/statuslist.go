package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/credential"
)

type statusListResult struct {
	Container  string `json:"container"`
	Items      int    `json:"items"`
	Height     int64  `json:"height"`
	Credential string `json:"credential,omitempty"`
	File       string `json:"file,omitempty"`
}

type statusListFlags struct {
	key, url, out string
	ttl           time.Duration
}

// NewStatusListCmd is 'creditd credential status-list'.
func NewStatusListCmd(connect Connect) *cobra.Command {
	var f statusListFlags
	cmd := &cobra.Command{
		Use:   "status-list CONTAINER",
		Short: "Sign the status list of one's own batch or anchor, for publication",
		Long: `Sign the statuses of a batch's or an anchor's items as a W3C Bitstring Status List credential, for verifiers that do not
ask the chain. CONTAINER is the batch's or anchor's id: the first 56 hexadecimal digits of its attestations' ids.

JSON (--output json): container, items, height, credential or file.`,
		Example: example(
			"creditd credential status-list "+exampleContainer+" --key issuer.jwk --url https://bank.example/status/1 --ttl 1h --out status.txt",
			"creditd credential status-list "+exampleContainer+" --key issuer.jwk --output json"),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return with(cmd, connect, func(ctx context.Context, chain Chain) error { return f.run(ctx, cmd, chain, args[0]) })
		},
	}
	cmd.Flags().StringVar(&f.key, "key", "", "The issuer's private key, a JWK")
	cmd.Flags().StringVar(&f.url, "url", "", "Where the credential will be published; its URN if not given")
	cmd.Flags().DurationVar(&f.ttl, "ttl", 24*time.Hour, "How long it may be used after the block; 0 for no end")
	cmd.Flags().StringVar(&f.out, "out", "", "File to write the credential to instead of standard output")
	return command(cmd)
}

// exampleContainer stands for a batch in the help.
const exampleContainer = "5d1f0e2b9c4a37865d1f0e2b9c4a37865d1f0e2b9c4a37865d1f0e2b"

func (f statusListFlags) run(ctx context.Context, cmd *cobra.Command, chain Chain, container string) error {
	id, err := identifier("CONTAINER", container, 28)
	if err != nil {
		return err
	}
	if f.ttl < 0 {
		return fmt.Errorf("--ttl is not negative")
	}
	key, err := readKey(cmd, f.key)
	if err != nil {
		return err
	}
	on, err := chain.StatusList(ctx, [28]byte(id))
	if err != nil {
		return fmt.Errorf("status list %s: %w", container, err)
	}
	if err := checkKey(ctx, chain, on.Issuer, key.Public()); err != nil {
		return err
	}
	list, err := credential.NewStatusList(on.Bits, on.Items)
	if err != nil {
		return err
	}
	token, err := credential.StatusListExport{
		ChainID: chain.ChainID(), Issuer: on.Issuer, Container: [28]byte(id), List: list, Height: on.Height, Time: on.Time,
		TTL: f.ttl, URL: f.url, IssuedAt: now(),
	}.Sign(key)
	if err != nil {
		return err
	}
	result := statusListResult{Container: container, Items: on.Items, Height: on.Height, File: f.out}
	if f.out == "" {
		result.Credential = token
	}
	return deliver(cmd, f.out, token, result)
}
