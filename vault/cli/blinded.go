package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"google.golang.org/grpc"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/matching"
	"github.com/creditd/creditd/privacy/oprf"
	"github.com/creditd/creditd/vault/agent"
	agentcommittee "github.com/creditd/creditd/vault/agent/committee"
	agentpseudonym "github.com/creditd/creditd/vault/agent/pseudonym"
	"github.com/creditd/creditd/vault/exchange"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/lightchain"
	"github.com/creditd/creditd/vault/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// serveBlinded adds the services that evaluate blinded elements.
func (v *vault) serveBlinded(services grpc.ServiceRegistrar, proven *lightchain.Chain, log *slog.Logger) {
	secrets := agent.NewSecrets(v.store, v.ring)
	types.RegisterPseudonymsServer(services, agentpseudonym.NewServer(agentpseudonym.Config{
		Operator: v.sender.Address(), Chain: proven, Shares: shares{secrets, v.chain.ChainID()}, Log: log,
	}))
	types.RegisterMatchingServer(services, &matching.Server{
		ChainID: v.chain.ChainID(), Operator: v.sender.Address(), Chain: proven, Secrets: secrets, Log: log,
	})
}

// shares of committees' keys, which the agent's duty for committees keeps.
type shares struct {
	secrets agent.Secrets
	chainID string
}

// Share implements pseudonym.Shares.
func (s shares) Share(ctx context.Context, committee uint64) (secret [oprf.ScalarSize]byte, err error) {
	share, err := agentcommittee.Share(ctx, s.secrets, s.chainID, committee)
	if err != nil {
		return secret, err
	}
	return [oprf.ScalarSize]byte(share.Scalar.Bytes()), nil
}

// peers reaches other institutions' vaults.
type peers struct {
	v      *vault
	proven *lightchain.Chain
}

// dial the vault of an institution. The caller closes the connection.
func (p peers) dial(ctx context.Context, operator string) (*grpc.ClientConn, error) {
	institution, err := p.proven.GetInstitution(ctx, operator)
	if err != nil {
		return nil, err
	}
	if institution.Vault == nil || institution.Vault.Endpoint == "" {
		return nil, fmt.Errorf("%s has no vault on the chain: it runs 'creditd vault init --register'", operator)
	}
	credentials := exchange.ClientCredentials(p.v.chain.ChainID(), p.v.signer, p.proven, operator)
	return grpc.NewClient(institution.Vault.Endpoint, grpc.WithTransportCredentials(credentials), grpc.WithNoProxy(),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(p.v.chain.Codec().GRPCCodec())))
}

// provenSender reads with proofs and sends.
type provenSender struct {
	*lightchain.Chain
	v *vault
}

// Send implements matching.Chain.
func (s provenSender) Send(ctx context.Context, msgs ...sdk.Msg) error {
	_, err := s.v.sender.Send(ctx, msgs...)
	return err
}

// withChain opens the vault and the chain as it is proven for the time of a command.
func (e *environment) withChain(ctx context.Context, work func(*vault, *lightchain.Chain) error) (err error) {
	v, err := e.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.close()) }()
	proven, err := e.proven(ctx, v.chain, v.store, 0, false)
	if err != nil {
		return err
	}
	defer closing(&err, "the trusted header", proven)
	return work(v, proven)
}

var subjectKinds = map[string]credittypes.SubjectKind{
	"person": credittypes.SUBJECT_KIND_NATURAL_PERSON, "firm": credittypes.SUBJECT_KIND_LEGAL_ENTITY,
}

// readIdentities reads a file of identity numbers, one a line; - is the standard input. Empty lines are left out. It returns each
// normalised number with its line.
func (e *environment) readIdentities(kind, path string) (numbers []string, lines []int, err error) {
	known, ok := subjectKinds[kind]
	if !ok {
		return nil, nil, fmt.Errorf("--kind %q: use person or firm", kind)
	}
	var from io.Reader = e.cmd.InOrStdin()
	if path != "-" {
		file, err := os.Open(path) //nolint:gosec // the operator names the file
		if err != nil {
			return nil, nil, fmt.Errorf("identity numbers: %w", err)
		}
		defer file.Close()
		from = file
	}
	scanner := bufio.NewScanner(from)
	for line := 1; scanner.Scan(); line++ {
		if strings.TrimSpace(scanner.Text()) == "" {
			continue
		}
		number, err := keys.Normalise(known, scanner.Text())
		if err != nil {
			return nil, nil, fmt.Errorf("line %d: %w", line, err)
		}
		numbers, lines = append(numbers, number), append(lines, line)
	}
	if err := scanner.Err(); err != nil {
		return nil, nil, fmt.Errorf("identity numbers: %w", err)
	}
	if len(numbers) == 0 {
		return nil, nil, errors.New("there is no identity number in the file: write one a line")
	}
	return numbers, lines, nil
}
