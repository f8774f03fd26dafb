package cmd

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	rpchttp "github.com/cometbft/cometbft/rpc/client/http"
	"github.com/spf13/cobra"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/cosmos/cosmos-sdk/client/flags"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/credential"
	credentialcli "github.com/creditd/creditd/credential/cli"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
)

// NewCredentialCmd builds `creditd credential`: attestations as credentials, checked against a node.
func NewCredentialCmd() *cobra.Command {
	cmd := credentialcli.NewCmd(connectCredentials)
	// Nothing here runs a node: no node's configuration is written into a home.
	cmd.PersistentPreRunE = func(*cobra.Command, []string) error { return nil }
	cmd.PersistentFlags().String(flags.FlagNode, "tcp://127.0.0.1:26657", "CometBFT RPC of the node to ask")
	cmd.PersistentFlags().String(flags.FlagGRPC, "127.0.0.1:9090", "gRPC of the same node")
	cmd.PersistentFlags().String(flags.FlagChainID, "", "Chain that the node must be on (default: the node's)")
	return cmd
}

func connectCredentials(cmd *cobra.Command) (credentialcli.Chain, func() error, error) {
	node, _ := cmd.Flags().GetString(flags.FlagNode)
	grpc, _ := cmd.Flags().GetString(flags.FlagGRPC)
	chainID, _ := cmd.Flags().GetString(flags.FlagChainID)
	if chainID == "" {
		var err error
		if chainID, err = chainOf(cmd.Context(), node); err != nil {
			return nil, nil, err
		}
	}
	c, err := client.Dial(cmd.Context(), client.Config{ChainID: chainID, RPC: node, GRPC: grpc})
	if err != nil {
		return nil, nil, err
	}
	return nodeView{c}, c.Close, nil
}

// chainOf asks a node which chain it is on.
func chainOf(ctx context.Context, node string) (string, error) {
	rpc, err := rpchttp.New(node, "/websocket")
	if err != nil {
		return "", fmt.Errorf("--%s %q: %w: write it like tcp://127.0.0.1:26657", flags.FlagNode, node, err)
	}
	status, err := rpc.Status(ctx)
	if err != nil {
		return "", fmt.Errorf("node %s does not answer: %w: start it, or name another with --%s", node, err, flags.FlagNode)
	}
	return status.NodeInfo.Network, nil
}

// nodeView answers what credentials ask of the chain by asking one node, which is trusted. Who trusts none verifies a
// proof bundle beside the credential.
type nodeView struct{ *client.Client }

var _ credentialcli.Chain = nodeView{}

// notFound says in the words of package credential that the chain has no such thing.
func notFound(err error) error {
	if status.Code(err) == codes.NotFound {
		return errors.Join(credential.ErrNotFound, err)
	}
	return err
}

// Attestation implements credential.ChainView.
func (v nodeView) Attestation(ctx context.Context, id [32]byte) (credential.ChainAttestation, error) {
	answer, err := v.Client.Attestation.Verify(ctx, &attestationtypes.QueryVerifyRequest{Id: hex.EncodeToString(id[:])})
	if err != nil {
		return credential.ChainAttestation{}, notFound(err)
	}
	a := answer.Attestation
	if err := sized(a.SchemaId); err != nil {
		return credential.ChainAttestation{}, err
	}
	view := credential.ChainAttestation{
		Schema: [32]byte(a.SchemaId), Issuer: a.Issuer, Standing: standings[answer.Standing],
		Status: credential.Status(a.Status - attestationtypes.STATUS_ACTIVE),
		Height: answer.Height, Time: answer.Time,
		ValidFrom: at(a.ValidFrom), ExpiresAt: at(a.ExpiresAt), StatusSince: at(a.StatusSince), StandingSince: at(answer.StandingSince),
	}
	if a.Reason != attestationtypes.REVOCATION_REASON_UNSPECIFIED {
		view.Reason = a.Reason.String()
	}
	// Subject and commitment of an anchored one are not on the chain.
	for _, each := range []struct {
		from []byte
		to   *[32]byte
	}{{a.Subject, &view.Subject}, {a.Commitment, &view.Commitment}, {a.SupersededBy, &view.SupersededBy}} {
		if len(each.from) == 0 {
			continue
		}
		if err := sized(each.from); err != nil {
			return credential.ChainAttestation{}, err
		}
		copy(each.to[:], each.from)
	}
	return view, nil
}

func sized(bz []byte) error {
	if len(bz) != attestationtypes.IDSize {
		return errors.New("the node's answer is malformed: ask another one")
	}
	return nil
}

func at(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

var standings = map[attestationtypes.Standing]credential.Standing{
	attestationtypes.STANDING_GOOD:          credential.StandingGood,
	attestationtypes.STANDING_LICENCE:       credential.StandingLicence,
	attestationtypes.STANDING_ROLE:          credential.StandingRole,
	attestationtypes.STANDING_ACCREDITATION: credential.StandingAccreditation,
}

var algorithms = map[attestationtypes.KeyAlgorithm]credential.Algorithm{
	attestationtypes.KEY_ALGORITHM_ES256: credential.ES256,
	attestationtypes.KEY_ALGORITHM_EDDSA: credential.EdDSA,
}

// Key implements credential.ChainView.
func (v nodeView) Key(ctx context.Context, issuer string, thumbprint [32]byte) (credential.ChainKey, error) {
	answer, err := v.Client.Attestation.CredentialKey(ctx, &attestationtypes.QueryCredentialKeyRequest{
		Issuer: issuer, Kid: hex.EncodeToString(thumbprint[:]),
	})
	if err != nil {
		return credential.ChainKey{}, notFound(err)
	}
	key, err := credential.NewPublicKey(algorithms[answer.Key.Algorithm], answer.Key.PublicKey)
	return credential.ChainKey{Key: key, RetiredAt: at(answer.Key.RetiredAt)}, err
}

// Schema implements credential.ChainView.
func (v nodeView) Schema(ctx context.Context, id [32]byte) (credential.Schema, error) {
	answer, err := v.Client.Attestation.Schema(ctx, &attestationtypes.QuerySchemaRequest{Id: hex.EncodeToString(id[:])})
	if err != nil {
		return credential.Schema{}, notFound(err)
	}
	schema := answer.Schema
	if schema.DeriveID() != attestationtypes.ID(id) {
		return credential.Schema{}, errors.New("the node's schema has another id than it was asked for: ask another node")
	}
	view := credential.Schema{Name: schema.Name, Version: schema.Version, Layout: schema.Definition().Layout()}
	for _, field := range schema.Fields {
		view.Disclosable = append(view.Disclosable, field.Disclosable)
	}
	return view, nil
}

// StatusList implements credentialcli.Chain. The block that it names was read first, so what the list says is never
// older than that.
func (v nodeView) StatusList(ctx context.Context, container [28]byte) (credentialcli.StatusList, error) {
	first := attestationtypes.ContainerID(container).Item(0)
	verify, err := v.Client.Attestation.Verify(ctx, &attestationtypes.QueryVerifyRequest{Id: first.String()})
	if err != nil {
		return credentialcli.StatusList{}, notFound(err)
	}
	answer, err := v.Client.Attestation.StatusList(ctx, &attestationtypes.QueryStatusListRequest{Id: hex.EncodeToString(container[:])})
	if err != nil {
		return credentialcli.StatusList{}, notFound(err)
	}
	return credentialcli.StatusList{
		Issuer: answer.Issuer, Items: int(answer.Size_), Bits: answer.Bits, Height: verify.Height, Time: verify.Time,
	}, nil
}
