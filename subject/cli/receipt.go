package cli

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"
	querytypes "github.com/cosmos/cosmos-sdk/types/query"

	"github.com/creditd/creditd/subject"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

const (
	trailPage = 100
	// maxTrail is how many entries are read, newest first, to find the life of one consent.
	maxTrail = 10_000
)

// NewReceiptCmd exports a consent.
func NewReceiptCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "consent-receipt SUBJECT CONSENT_ID",
		Short: "Export a consent as a record and receipt in JSON",
		Long: `Reads a consent with its history from the chain and prints it as a consent record and receipt, in the structure of
ISO/IEC TS 27560:2023 as far as public summaries describe it: the text of the standard was not read, and each receipt says
so. Persons are in it by pseudonym alone.`,
		Example: "creditd subject consent-receipt PSEUDONYM CONSENT_ID --node tcp://127.0.0.1:26657",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			clientCtx, err := client.GetClientQueryContext(cmd)
			if err != nil {
				return err
			}
			pseudonym, err := parseID("SUBJECT", args[0])
			if err != nil {
				return err
			}
			id, err := parseID("CONSENT_ID", args[1])
			if err != nil {
				return err
			}
			receipt, err := subject.NewReceipt(cmd.Context(), node{clientCtx}, clientCtx.ChainID, pseudonym, id, time.Now())
			if err != nil {
				return err
			}
			encoder := json.NewEncoder(cmd.OutOrStdout())
			encoder.SetIndent("", "  ")
			return encoder.Encode(receipt)
		},
	}
	flags.AddQueryFlagsToCmd(cmd)
	cmd.Flags().String(flags.FlagChainID, "", "Chain that the consent is on, as it is written into the receipt")
	return cmd
}

func parseID(what, text string) ([32]byte, error) {
	bz, err := hex.DecodeString(text)
	if err != nil || len(bz) != 32 {
		return [32]byte{}, fmt.Errorf("%s %q: write 64 hexadecimal digits", what, text)
	}
	return [32]byte(bz), nil
}

// node asks a node over its RPC.
type node struct{ clientCtx client.Context }

var _ subject.Chain = node{}

// Consent implements subject.Chain.
func (n node) Consent(ctx context.Context, pseudonym, id [32]byte) (types.Consent, error) {
	answer, err := types.NewQueryClient(n.clientCtx).Consent(ctx, &types.QueryConsentRequest{
		Subject: hex.EncodeToString(pseudonym[:]), Id: hex.EncodeToString(id[:]),
	})
	if err != nil {
		return types.Consent{}, err
	}
	return answer.Consent, nil
}

// GetInstitution implements subject.Chain.
func (n node) GetInstitution(ctx context.Context, operator string) (institutiontypes.InstitutionView, error) {
	answer, err := institutiontypes.NewQueryClient(n.clientCtx).Institution(ctx, &institutiontypes.QueryInstitutionRequest{Operator: operator})
	if err != nil {
		return institutiontypes.InstitutionView{}, err
	}
	return answer.Institution, nil
}

// TrailOf implements subject.Chain. It reads from the newest entry to the one with which the consent began.
func (n node) TrailOf(ctx context.Context, pseudonym [32]byte, ref []byte) ([]types.TrailEntry, error) {
	var found []types.TrailEntry
	request := &types.QueryTrailRequest{
		Subject: hex.EncodeToString(pseudonym[:]), Pagination: &querytypes.PageRequest{Limit: trailPage, Reverse: true},
	}
	for read := 0; read < maxTrail; read += trailPage {
		answer, err := types.NewQueryClient(n.clientCtx).Trail(ctx, request)
		if err != nil {
			return nil, err
		}
		began := false
		for _, entry := range answer.Entries {
			if bytes.Equal(entry.Ref, ref) {
				found = append(found, entry)
				began = began || entry.Kind == types.TRAIL_KIND_CONSENT_GRANTED
			}
		}
		if began || answer.Pagination == nil || len(answer.Pagination.NextKey) == 0 {
			break
		}
		request.Pagination.Key = answer.Pagination.NextKey
	}
	slices.Reverse(found)
	return found, nil
}
