package cli

import (
	"context"
	"log/slog"

	"github.com/spf13/cobra"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/matching"
	"github.com/creditd/creditd/vault/agent"
	"github.com/creditd/creditd/vault/agent/committee"
	"github.com/creditd/creditd/vault/agent/exposure"
	"github.com/creditd/creditd/vault/lightchain"
	"github.com/creditd/creditd/vault/operate"
)

const (
	flagAgent = "agent"
	settingOn = "on"
)

func addAgentFlags(cmd *cobra.Command) {
	cmd.Flags().String(flagAgent, settingOn, "Do the institution's part in committees by itself (on|off): keys, shares, their destruction")
}

// duties of the institution that the agent does.
func (v *vault) duties(proven *lightchain.Chain, log *slog.Logger) []agent.Duty {
	secrets := agent.NewSecrets(v.store, v.ring)
	return []agent.Duty{
		committee.New(secrets, proven, log),
		exposure.New(secrets, proven, v.store, v.ring, log),
		&matching.Duty{Secrets: secrets, Sessions: v.sessions(), Proven: proven},
	}
}

// sessions of matches that the vault may have secrets of.
func (v *vault) sessions() *matching.Sessions {
	return &matching.Sessions{Settings: v.store, ChainID: v.chain.ChainID()}
}

// runAgent does the duties until ctx ends, if the institution wants it to.
func (e *environment) runAgent(ctx context.Context, v *vault, proven *lightchain.Chain, metrics *operate.Metrics, log *slog.Logger) {
	if text(e.cmd, flagAgent) == settingOff {
		log.Info("the agent is off: this institution takes no part in committees")
		return
	}
	agent.Run(ctx, agent.Config{
		Node: v.chain, Operator: v.sender.Address(), Duties: v.duties(proven, log), Log: log, Metrics: metrics,
		Send: func(ctx context.Context, msgs ...sdk.Msg) error {
			_, err := v.sender.Send(ctx, msgs...)
			return err
		},
	})
}
