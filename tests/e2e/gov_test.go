package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/creditd/creditd/devnet"
)

// votingPeriod of the networks whose members vote.
const votingPeriod = 8 * time.Second

// rest asks the REST server of a node.
func rest(ctx context.Context, net *devnet.Net, i int, path string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, net.Institutions[i].Node.REST+path, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return &restError{path, response.Status, string(raw)}
	}
	return json.Unmarshal(raw, into)
}

type restError struct{ path, status, body string }

func (e *restError) Error() string { return e.path + ": " + e.status + ": " + e.body }

// vote passes or fails a proposal: the first member submits it, all named say yes. It returns the proposal as it
// ended.
func vote(ctx context.Context, t *testing.T, net *devnet.Net, members []string, command ...string) proposal {
	t.Helper()
	return agreed(ctx, t, net, members, propose(ctx, t, net, members[0], command...))
}

// agreed has all named say yes to a proposal, and returns it as it ended.
func agreed(ctx context.Context, t *testing.T, net *devnet.Net, members []string, id uint64) proposal {
	t.Helper()
	var votes errgroup.Group // at once: the voting period does not wait for a slow machine
	for _, member := range members {
		votes.Go(func() error {
			i := net.Find(member)
			cast, err := net.Send(ctx, i.Home, member, rpcOf(net, i), "gov", "vote", strconv.FormatUint(id, 10), "yes")
			if err == nil && cast.Code != 0 {
				err = fmt.Errorf("vote of %s: %s", member, cast.Log)
			}
			return err
		})
	}
	require.NoError(t, votes.Wait())
	return decided(ctx, t, net, id)
}

// decided waits until the vote on a proposal is over.
func decided(ctx context.Context, t *testing.T, net *devnet.Net, id uint64) (p proposal) {
	t.Helper()
	eventually(ctx, t, "the vote to end", func() bool {
		var answer struct {
			Proposal proposal `json:"proposal"`
		}
		if rest(ctx, net, alive(net), "/cosmos/gov/v1/proposals/"+strconv.FormatUint(id, 10), &answer) != nil {
			return false
		}
		p = answer.Proposal
		return p.Status != "PROPOSAL_STATUS_VOTING_PERIOD"
	})
	return p
}

type proposal struct {
	Status       string `json:"status"`
	FailedReason string `json:"failed_reason"`
}

// alive is the first node that runs.
func alive(net *devnet.Net) int {
	for i := range net.Institutions {
		if n := net.Institutions[i].Node; n != nil && n.Alive() {
			return i
		}
	}
	return 0
}

// propose submits a proposal of x/institution to the members' vote.
func propose(ctx context.Context, t *testing.T, net *devnet.Net, proposer string, command ...string) uint64 {
	t.Helper()
	command = append([]string{"institution"}, command...)
	sent := send(ctx, t, net, proposer, append(command, "--title", "end-to-end test", "--summary", "end-to-end test")...)
	return proposalOf(t, sent)
}

// proposalOf is the number of the proposal that a transaction submitted.
func proposalOf(t *testing.T, sent devnet.Tx) uint64 {
	t.Helper()
	require.Zero(t, sent.Code, sent.Log)
	id, err := strconv.ParseUint(devnet.Attribute(sent.Events, "proposal_id"), 10, 64)
	require.NoErrorf(t, err, "%+v", sent.Events)
	return id
}

// licence of an institution as the chain has it.
func licence(ctx context.Context, t *testing.T, net *devnet.Net, name string) string {
	t.Helper()
	var answer struct {
		Institution struct {
			Institution struct {
				Status string `json:"status"`
			} `json:"institution"`
		} `json:"institution"`
	}
	query(ctx, t, net, alive(net), "/creditd/institution/v1/institutions/"+net.Find(name).Operator, &answer)
	return answer.Institution.Institution.Status
}
