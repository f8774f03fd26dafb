package devnet

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// ManifestName is the file in the home that says where everything is.
const ManifestName = "devnet.json"

// Manifest is what a program needs to know to use the network.
type Manifest struct {
	ChainID      string        `json:"chain_id"`
	Home         string        `json:"home"`
	BasePort     int           `json:"base_port"`
	ConsensusKey string        `json:"consensus_key"`
	GenesisHash  string        `json:"genesis_sha256"`
	BlockTime    string        `json:"block_time"`
	Keyring      string        `json:"keyring_backend"`
	Institutions []Institution `json:"institutions"`
	Subjects     []Subject     `json:"subjects"`
	Schemas      []Schema      `json:"schemas"`
	Seed         *Seed         `json:"seed,omitempty"`
	Predicates   *Setup        `json:"predicates,omitempty"` // what proofs are made with
}

// Institution takes part in the network.
type Institution struct {
	Name     string   `json:"name"` // also the name of its key
	Title    string   `json:"title"`
	Licence  string   `json:"licence_number"`
	Roles    []string `json:"roles"`
	Operator string   `json:"operator"`
	Home     string   `json:"home"` // keyring, and the node's home where it has one
	Node     *Node    `json:"node,omitempty"`
	Vault    *Vault   `json:"vault,omitempty"`
	Desk     *Desk    `json:"desk,omitempty"` // of the lender
}

// Desk of an institution, for an officer's browser.
type Desk struct {
	Process
	Address  string `json:"address"`
	LinkFile string `json:"link_file"` // holds the link that lets the next browser in
}

// Node of a validator.
type Node struct {
	Process
	RPC  string `json:"rpc"`
	GRPC string `json:"grpc"`
	REST string `json:"rest"`
	P2P  string `json:"p2p"`
}

// Vault of an institution. The lender's has keys, but nobody fetches from it: it is not served.
type Vault struct {
	Process
	Endpoint       string `json:"endpoint"`
	Admin          string `json:"admin"` // host:port of its health and metrics
	PassphraseFile string `json:"passphrase_file"`
	Served         bool   `json:"served"`
}

// Subject has its own account here, so that it can give consent.
type Subject struct {
	Identity  string   `json:"identity"` // made up
	Kind      string   `json:"kind"`
	Pseudonym string   `json:"pseudonym"`
	Address   string   `json:"address"`
	Key       string   `json:"key"`
	Home      string   `json:"home"`
	Mnemonic  string   `json:"mnemonic_file,omitempty"` // of the key, for a wallet or a browser
	Lenders   []string `json:"lenders"`                 // names of institutions with records about it
}

// Schema that records are under.
type Schema struct {
	Name string `json:"name"`
	ID   string `json:"id"`
}

// Seed says what was imported at the first start.
type Seed struct {
	Book    string `json:"book"`
	Records int    `json:"records"`
}

// Load reads the manifest of a home.
func Load(home string) (*Manifest, error) {
	path := filepath.Join(home, ManifestName)
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s holds no devnet: start one with 'creditd devnet up --home %s': %w", home, home, err)
	}
	if err != nil {
		return nil, err
	}
	var m Manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, fmt.Errorf("%s: %w; delete the home with 'creditd devnet reset --home %s'", path, err, home)
	}
	return &m, nil
}

// save replaces the file in one step: who reads it never sees half of it.
func (m *Manifest) save() error {
	raw, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(m.Home, ManifestName)
	if err := os.WriteFile(path+".new", append(raw, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// Find returns the institution of that name, nil if there is none.
func (m *Manifest) Find(name string) *Institution {
	for i := range m.Institutions {
		if m.Institutions[i].Name == name {
			return &m.Institutions[i]
		}
	}
	return nil
}

// processes in the order in which they are to be stopped: vaults need nodes.
func (m *Manifest) processes() []*Process {
	var desks, vaults, nodes []*Process
	for i := range m.Institutions {
		if d := m.Institutions[i].Desk; d != nil {
			desks = append(desks, &d.Process)
		}
		if v := m.Institutions[i].Vault; v != nil && v.Served {
			vaults = append(vaults, &v.Process)
		}
		if n := m.Institutions[i].Node; n != nil {
			nodes = append(nodes, &n.Process)
		}
	}
	return slices.Concat(desks, vaults, nodes)
}

func (m *Manifest) running() (alive int) {
	for _, p := range m.processes() {
		if p.Alive() {
			alive++
		}
	}
	return alive
}

// Where says to people where the network is found.
func (m *Manifest) Where() string {
	first, desk := m.Institutions[0].Node, ""
	if of := m.Find(Lender); of != nil && of.Desk != nil {
		desk = fmt.Sprintf("  desk       %s (a link into it: creditd devnet desk --home %s)\n", of.Desk.Address, m.Home)
	}
	return fmt.Sprintf(`  chain      %s
  RPC        %s
  REST       %s
  gRPC       %s
%s  the rest   %s
  logs       %s
Stop it with:  creditd devnet down --home %s
`, m.ChainID, first.RPC, first.REST, first.GRPC, desk, filepath.Join(m.Home, ManifestName), filepath.Join(m.Home, "logs"), m.Home)
}
