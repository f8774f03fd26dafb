package cli

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/oprf"
	"github.com/creditd/creditd/vault/agent"
	"github.com/creditd/creditd/vault/blinded"
	"github.com/creditd/creditd/vault/lightchain"
	"github.com/creditd/creditd/vault/pseudonym"
	"github.com/creditd/creditd/vault/types"
	committeetypes "github.com/creditd/creditd/x/committee/types"
	pseudonymtypes "github.com/creditd/creditd/x/pseudonym/types"
)

// NewPseudonymCmd builds `creditd privacy pseudonym`.
func NewPseudonymCmd() *cobra.Command {
	var list listFlags
	var migrate bool
	cmd := &cobra.Command{
		Use:   "pseudonym",
		Short: "Derive pseudonyms with the key that the institutions share",
		Long: `Derive the pseudonyms of identity numbers from the function whose key the institutions' vaults share. The numbers are blinded: the
chain learns how many are asked for, the vaults not even what they evaluate. What was derived before is in this vault and costs nothing.
Each institution may ask for so many in a window ('creditd query pseudonym params').

With --migrate the subjects that are on the chain under the consortium's key are linked to the new pseudonyms: who else furnishes about
them has to say the same before it takes effect, and the subject can stop it. The link is public.

The answer is one pseudonym for each line, in their order; it is as confidential as the list.`,
		Example:           example("creditd privacy pseudonym --home ~/.creditd-devnet/bank-a --kind firm --items borrowers.txt"),
		Args:              cobra.NoArgs,
		PersistentPreRunE: noNodeConfig,
		RunE: func(cmd *cobra.Command, _ []string) error {
			e, err := newEnvironment(cmd)
			if err != nil {
				return err
			}
			ctx, cancel := interruptible(cmd)
			defer cancel()
			return e.withChain(ctx, func(v *vault, proven *lightchain.Chain) error {
				result, err := e.derivePseudonyms(ctx, v, proven, list, migrate)
				if err != nil {
					return err
				}
				return e.print(result, result.print)
			})
		},
	}
	addSharedFlags(cmd)
	list.add(cmd)
	cmd.Flags().BoolVar(&migrate, "migrate", false, "Link the subjects' pseudonyms under the consortium's key to these")
	return cmd
}

type pseudonymsResult struct {
	Epoch      uint64          `json:"epoch"`
	Pseudonyms []derivedResult `json:"pseudonyms"`
	Linked     int             `json:"linked,omitempty"` // with --migrate
}

type derivedResult struct {
	Line      int    `json:"line"`
	Pseudonym string `json:"pseudonym"`
}

func (r *pseudonymsResult) print(w io.Writer) {
	for _, each := range r.Pseudonyms {
		_, _ = fmt.Fprintln(w, each.Pseudonym)
	}
	if r.Linked > 0 {
		_, _ = fmt.Fprintf(w, "%d linked under key epoch %d: see 'creditd query pseudonym migrations'\n", r.Linked, r.Epoch)
	}
}

func (e *environment) derivePseudonyms(ctx context.Context, v *vault, proven *lightchain.Chain, list listFlags, migrate bool) (*pseudonymsResult, error) {
	numbers, lines, err := e.readIdentities(list.kind, list.path)
	if err != nil {
		return nil, err
	}
	subjects := make([]pseudonym.Subject, len(numbers))
	for i, number := range numbers {
		subjects[i] = pseudonym.Subject{Kind: subjectKinds[list.kind], Identity: number}
	}
	derived, epoch, err := e.derive(ctx, v, proven, subjects)
	if err != nil {
		return nil, err
	}
	result := &pseudonymsResult{Epoch: epoch}
	for i, subject := range subjects {
		of := derived[subject]
		result.Pseudonyms = append(result.Pseudonyms, derivedResult{lines[i], hex.EncodeToString(of[:])})
	}
	if migrate {
		err = e.migrate(ctx, v, subjects, derived, result)
	}
	return result, err
}

// derive the pseudonyms of subjects, with progress.
func (e *environment) derive(ctx context.Context, v *vault, proven *lightchain.Chain, subjects []pseudonym.Subject) (pseudonym.Derived, uint64, error) {
	progress := newStages(e.cmd.ErrOrStderr())
	defer progress.end()
	log := e.newLogger()
	deriver := &pseudonym.Deriver{
		Operator: v.signer.Address(), Chain: pseudonymChain{proven, v}, Vaults: vaults{peers{v, proven}},
		Cache:    &pseudonym.Cache{Secrets: agent.NewSecrets(v.store, v.ring), Keys: v.ring, ChainID: v.chain.ChainID()},
		Progress: func(done, all int) { progress.show("pseudonyms", done, all) },
		Warn: func(holder string, err error) {
			log.Warn("a vault did not evaluate", "institution", holder, "error", err)
		},
	}
	derived, epoch, err := deriver.Derive(ctx, subjects)
	return derived, epoch, err
}

// migrate links what is on the chain under the consortium's key, many in a message.
func (e *environment) migrate(ctx context.Context, v *vault, subjects []pseudonym.Subject, derived pseudonym.Derived, result *pseudonymsResult) error {
	consortium, err := e.consortium()
	if err != nil {
		return err
	}
	params, err := pseudonymChain{nil, v}.Params(ctx)
	if err != nil {
		return err
	}
	var links []pseudonymtypes.Link
	seen := map[pseudonym.Subject]bool{}
	for i, subject := range subjects {
		if !seen[subject] {
			seen[subject] = true
			old, err := consortium.Pseudonym(subject.Kind, subject.Identity)
			if err != nil {
				return err
			}
			to := derived[subject]
			links = append(links, pseudonymtypes.Link{Old: old[:], New: to[:]})
		}
		if len(links) == 0 || (len(links) < int(params.MaxLinks) && i < len(subjects)-1) {
			continue
		}
		if _, err := v.sender.Send(ctx, &pseudonymtypes.MsgMigrate{Institution: v.sender.Address(), Epoch: result.Epoch, Links: links}); err != nil {
			return fmt.Errorf("%d are linked: %w", result.Linked, err)
		}
		result.Linked += len(links)
		links = nil
	}
	return nil
}

// pseudonymChain is the chain for a pseudonym.Deriver: what decides is proven.
type pseudonymChain struct {
	proven *lightchain.Chain
	v      *vault
}

// KeyEpoch implements pseudonym.Chain.
func (c pseudonymChain) KeyEpoch(ctx context.Context) (pseudonymtypes.KeyEpoch, error) {
	found, err := pseudonymtypes.NewQueryClient(c.v.chain.Conn()).KeyEpochs(ctx, &pseudonymtypes.QueryKeyEpochsRequest{})
	if err != nil {
		return pseudonymtypes.KeyEpoch{}, err
	}
	if len(found.Epochs) == 0 {
		return pseudonymtypes.KeyEpoch{}, errors.New("the members have adopted no key for pseudonyms: they do by vote, MsgAdoptKey; until then use the consortium's key")
	}
	// That it is the last one is the node's word; the chain refuses requests for another.
	return c.proven.KeyEpoch(ctx, found.Epochs[len(found.Epochs)-1].Epoch)
}

// Committee implements pseudonym.Chain.
func (c pseudonymChain) Committee(ctx context.Context) (committeetypes.Committee, error) {
	found, err := committeetypes.NewQueryClient(c.v.chain.Conn()).Active(ctx, &committeetypes.QueryActiveRequest{Purpose: committeetypes.PURPOSE_PSEUDONYM})
	if err != nil {
		return committeetypes.Committee{}, err
	}
	return c.proven.Committee(ctx, found.Committee.Id)
}

// Params implements pseudonym.Chain.
func (c pseudonymChain) Params(ctx context.Context) (pseudonymtypes.Params, error) {
	found, err := pseudonymtypes.NewQueryClient(c.v.chain.Conn()).Params(ctx, &pseudonymtypes.QueryParamsRequest{})
	if err != nil {
		return pseudonymtypes.Params{}, err
	}
	return found.Params, nil
}

// Send implements pseudonym.Chain.
func (c pseudonymChain) Send(ctx context.Context, msgs ...sdk.Msg) error {
	_, err := c.v.sender.Send(ctx, msgs...)
	return err
}

// vaults asks the vaults of holders.
type vaults struct{ peers }

// Evaluate implements pseudonym.Vaults.
func (v vaults) Evaluate(
	ctx context.Context, holder string, request [32]byte, committee uint64, elements []oprf.Element,
) (evaluated []oprf.Element, proofs []oprf.Proof, err error) {
	conn, err := v.dial(ctx, holder)
	if err != nil {
		return nil, nil, err
	}
	defer closing(&err, "the connection", conn)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := types.NewPseudonymsClient(conn).Evaluate(ctx)
	if err != nil {
		return nil, nil, err
	}
	for i, message := range blinded.Messages(elements) {
		ask := &types.EvaluateRequest{Elements: message}
		if i == 0 {
			ask.Id, ask.CommitteeId = request[:], committee
		}
		if err := stream.Send(ask); err != nil {
			break // Recv says why
		}
	}
	if err := stream.CloseSend(); err != nil {
		return nil, nil, err
	}
	for {
		response, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return evaluated, proofs, nil // whether that is all, the check of the proofs says
		}
		if err != nil {
			return nil, nil, err
		}
		if len(response.Proof) != oprf.ProofSize {
			return nil, nil, fmt.Errorf("a proof of %d bytes", len(response.Proof))
		}
		if evaluated, err = blinded.Append(evaluated, response.Elements, len(elements)); err != nil {
			return nil, nil, err
		}
		proofs = append(proofs, oprf.Proof(response.Proof))
	}
}
