package devnet

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// maxAnswer bounds what is read from a node.
const maxAnswer = 64 << 20

var httpClient = &http.Client{Timeout: 5 * time.Second}

// RPC calls a method of CometBFT's RPC by GET and decodes its result.
func RPC(ctx context.Context, node, path string, result any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, node+path, nil)
	if err != nil {
		return err
	}
	response, err := httpClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var answer struct {
		Result json.RawMessage `json:"result"`
		Error  *struct {
			Message string `json:"message"`
			Data    string `json:"data"`
		} `json:"error"`
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, maxAnswer)).Decode(&answer); err != nil {
		return fmt.Errorf("%s%s: %w", node, path, err)
	}
	if answer.Error != nil {
		return fmt.Errorf("%s%s: %s: %s", node, path, answer.Error.Message, answer.Error.Data)
	}
	return json.Unmarshal(answer.Result, result)
}

// Status of a node.
type Status struct {
	Height      int64  `json:"height"`
	CatchingUp  bool   `json:"catching_up"`
	VotingPower int64  `json:"voting_power"`
	Address     string `json:"consensus_address"`
	Network     string `json:"network"`
}

// NodeStatus asks a node how it is.
func NodeStatus(ctx context.Context, rpc string) (Status, error) {
	var raw struct {
		NodeInfo struct {
			Network string `json:"network"`
		} `json:"node_info"`
		SyncInfo struct {
			Height     string `json:"latest_block_height"`
			CatchingUp bool   `json:"catching_up"`
		} `json:"sync_info"`
		ValidatorInfo struct {
			Address string `json:"address"`
			Power   string `json:"voting_power"`
		} `json:"validator_info"`
	}
	if err := RPC(ctx, rpc, "/status", &raw); err != nil {
		return Status{}, err
	}
	height, err := strconv.ParseInt(raw.SyncInfo.Height, 10, 64)
	if err != nil {
		return Status{}, err
	}
	power, err := strconv.ParseInt(raw.ValidatorInfo.Power, 10, 64)
	if err != nil {
		return Status{}, err
	}
	return Status{
		Height: height, CatchingUp: raw.SyncInfo.CatchingUp, VotingPower: power,
		Address: raw.ValidatorInfo.Address, Network: raw.NodeInfo.Network,
	}, nil
}

// Line is the state of one institution's processes.
type Line struct {
	Name       string  `json:"name"`
	Node       string  `json:"node"` // up, down or none
	Status     *Status `json:"status,omitempty"`
	Vault      string  `json:"vault"` // up, down or none
	Desk       string  `json:"desk"`  // up, down or none
	RPC        string  `json:"rpc,omitempty"`
	Endpoint   string  `json:"vault_endpoint,omitempty"`
	LastOutput string  `json:"last_output,omitempty"` // of a process that ended
}

// Overview of a home.
type Overview struct {
	ChainID string `json:"chain_id"`
	Home    string `json:"home"`
	Running bool   `json:"running"` // all processes
	Lines   []Line `json:"institutions"`
}

// Survey asks every process of a home how it is.
func Survey(ctx context.Context, home string) (Overview, error) {
	m, err := Load(home)
	if err != nil {
		return Overview{}, err
	}
	alive := m.running()
	o := Overview{ChainID: m.ChainID, Home: m.Home, Running: alive > 0 && alive == len(m.processes())}
	for i := range m.Institutions {
		o.Lines = append(o.Lines, m.Institutions[i].survey(ctx, alive > 0))
	}
	return o, nil
}

// survey reports the log of what ended only while others run: after 'down' it is no news.
func (i *Institution) survey(ctx context.Context, news bool) Line {
	line := Line{Name: i.Name, Node: "none", Vault: "none", Desk: "none"}
	if i.Node != nil {
		line.Node, line.RPC = state(&i.Node.Process), i.Node.RPC
		if status, err := NodeStatus(ctx, i.Node.RPC); err == nil && line.Node == "up" {
			line.Status = &status
		}
		if line.Node == "down" && news {
			line.LastOutput = Tail(i.Node.Log, tailLines)
		}
	}
	if i.Vault != nil && i.Vault.Served {
		line.Vault, line.Endpoint = state(&i.Vault.Process), i.Vault.Endpoint
		if line.Vault == "down" && news {
			line.LastOutput += Tail(i.Vault.Log, tailLines)
		}
	}
	if i.Desk != nil {
		line.Desk = state(&i.Desk.Process)
		if line.Desk == "down" && news {
			line.LastOutput += Tail(i.Desk.Log, tailLines)
		}
	}
	return line
}

func state(p *Process) string {
	if p.Alive() {
		return "up"
	}
	return "down"
}

// Transactions counts those in the blocks above a height that a node has.
func Transactions(ctx context.Context, rpc string, from int64) (count int, err error) {
	const page = 20 // CometBFT's bound
	status, err := NodeStatus(ctx, rpc)
	for to := status.Height; from < to && err == nil; from = min(from+page, to) {
		var chain struct {
			Metas []struct {
				NumTxs string `json:"num_txs"`
			} `json:"block_metas"`
		}
		path := fmt.Sprintf("/blockchain?minHeight=%d&maxHeight=%d", from+1, min(from+page, to))
		if err := RPC(ctx, rpc, path, &chain); err != nil {
			return count, err
		}
		for _, meta := range chain.Metas {
			n, err := strconv.Atoi(meta.NumTxs)
			if err != nil {
				return count, err
			}
			count += n
		}
	}
	return count, err
}
