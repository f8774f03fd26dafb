package api

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"

	rpcclient "github.com/cometbft/cometbft/rpc/client"
	ctypes "github.com/cometbft/cometbft/rpc/core/types"
)

// peersPath is where the explorer asks for the node's peers. It is no query of the chain: every node answers something else.
const peersPath = explorerPath + "peers.json"

// peer is what the explorer shows of one. Addresses stay with the node: who knows them can attack a validator.
type peer struct {
	Name     string `json:"name"`
	ID       string `json:"id"`
	Version  string `json:"version"` // of CometBFT
	Outbound bool   `json:"outbound"`
}

// netInfo is the part of CometBFT's RPC client that knows peers.
type netInfo interface {
	NetInfo(ctx context.Context) (*ctypes.ResultNetInfo, error)
}

var _ netInfo = rpcclient.NetworkClient(nil)

// peersHandler answers with the peers by name. A client that knows no peers, as in tests, has none.
func peersHandler(node any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		peers := []peer{}
		if source, ok := node.(netInfo); ok {
			info, err := source.NetInfo(r.Context())
			if err != nil {
				WriteError(w, ErrNotReady.Wrap("the node does not know its peers yet"))
				return
			}
			for i := range info.Peers {
				p := &info.Peers[i]
				peers = append(peers, peer{Name: p.NodeInfo.Moniker, ID: string(p.NodeInfo.DefaultNodeID), Version: p.NodeInfo.Version, Outbound: p.IsOutbound})
			}
		}
		slices.SortFunc(peers, func(a, b peer) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
		body, _ := json.Marshal(map[string]any{"peers": peers}) // strings and booleans
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Cache-Control", neverKeep)
		_, _ = w.Write(body) // a client that hung up
	}
}
