package devnet

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/cosmos/cosmos-sdk/crypto/hd"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"

	"github.com/creditd/creditd/app"
	"github.com/creditd/creditd/devnet/genesis"
	"github.com/creditd/creditd/devnet/nodehome"
	"github.com/creditd/creditd/x/attestation/schemas"
	committeetypes "github.com/creditd/creditd/x/committee/types"
	"github.com/creditd/creditd/x/institution/types"
)

const (
	devPower        = 10
	devJurisdiction = "US"
	devLicence      = 10 * 365 * 24 * time.Hour
	// devFunds of each institution's account, for 'creditd bench' to send around.
	devFunds = 1_000_000_000
	// devWindow is so long that a node may be down for minutes without being jailed.
	devWindow = 10_000
)

// create writes everything that the network starts from. What it wrote it removes again if it fails.
func (n *Net) create(ctx context.Context) (err error) {
	o := n.options
	if err := onlyLock(o.Home); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, clear(o.Home))
		}
	}()
	if o.BasePort == 0 {
		if o.BasePort, n.release, err = ReservePorts(withPorts(o.Validators)); err != nil {
			return err
		}
	}
	if err := checkPorts(o.BasePort, withPorts(o.Validators)); err != nil {
		return err
	}
	n.Manifest = &Manifest{
		ChainID: o.ChainID, Home: o.Home, BasePort: o.BasePort, ConsensusKey: o.ConsensusKey,
		BlockTime: o.BlockTime.String(), Keyring: keyring.BackendTest,
		Subjects: []Subject{}, Schemas: []Schema{},
	}
	n.consortiumKey = secret()
	for _, definition := range schemas.All() {
		id := definition.ID()
		n.Schemas = append(n.Schemas, Schema{Name: definition.Name, ID: hex.EncodeToString(id[:])})
	}
	doc, peers, err := n.found(ctx)
	if err != nil {
		return err
	}
	if err := n.configure(doc, peers); err != nil {
		return err
	}
	return n.save()
}

// onlyLock refuses a folder that holds something else.
func onlyLock(home string) error {
	entries, err := os.ReadDir(home)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.Name() != "devnet.lock" {
			return fmt.Errorf("%s is not empty and holds no devnet; give an empty folder with --home", home)
		}
	}
	return nil
}

func clear(home string) error {
	entries, err := os.ReadDir(home)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.Name() != "devnet.lock" {
			err = errors.Join(err, os.RemoveAll(filepath.Join(home, entry.Name())))
		}
	}
	return err
}

// secret is 32 random bytes in hexadecimal: a key, or a passphrase that nobody types.
func secret() string {
	bytes := make([]byte, 32)
	_, _ = rand.Read(bytes) // never fails, see the doc of crypto/rand.Read
	return hex.EncodeToString(bytes)
}

func writeSecret(path string) error { return os.WriteFile(path, []byte(secret()+"\n"), 0o600) }

// found makes the institutions and the genesis of them.
func (n *Net) found(ctx context.Context) (*genutiltypes.AppGenesis, []string, error) {
	enc := app.NewEncodingConfig()
	predicates, err := n.agreeCircuits(ctx)
	if err != nil {
		return nil, nil, err
	}
	start := time.Now().UTC().Truncate(time.Second)
	b, err := genesis.New(enc, genesis.Options{
		ChainID: n.ChainID, Time: start, VotingPeriod: n.options.VotingPeriod, Institution: n.params, Committee: n.committees,
		Attestation: n.options.Attestation, Predicate: predicates, Exposure: n.options.Exposure, Pseudonym: n.options.Pseudonym,
	})
	if err != nil {
		return nil, nil, err
	}
	var peers []string
	for index, part := range cast(n.options.Validators) {
		founder, peer, err := n.admit(ctx, enc, index, part, start)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", part.name, err)
		}
		if err := b.Add(founder); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", part.name, err)
		}
		if err := b.Fund(founder.Operator, devFunds); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", part.name, err)
		}
		if peer != "" {
			peers = append(peers, peer)
		}
	}
	doc, err := b.Document(enc)
	if err != nil {
		return nil, nil, err
	}
	sum, err := genesis.Hash(doc)
	n.GenesisHash = hex.EncodeToString(sum)
	return doc, peers, err
}

func (n *Net) params(p *types.Params) {
	p.Timelock = 0 // a vote takes effect at once: nobody waits a day for a try
	p.SignedBlocksWindow = devWindow
	p.MaxMissedBlocks = devWindow / 2
	if n.options.Institution != nil {
		n.options.Institution(p)
	}
}

// committees are formed as soon as every founder with a vault is ready: whoever tries the chain does not wait for that.
func (n *Net) committees(p *committeetypes.Params) {
	p.ReviewInterval, p.PhaseDuration = time.Second, 30*time.Second
	for i := range p.Policies {
		p.Policies[i].MinMembers = uint32(min(max(n.options.Validators, committeetypes.MinMembers), int(p.MaxMembers)))
	}
}

// admit makes one institution's keys and says what it brings into the genesis.
func (n *Net) admit(
	ctx context.Context, enc app.EncodingConfig, index int, part role, start time.Time,
) (founder genesis.Institution, peer string, err error) {
	i := Institution{
		Name: part.name, Title: part.title, Licence: part.licence, Home: filepath.Join(n.Home, part.name),
	}
	for _, r := range part.roles {
		i.Roles = append(i.Roles, genesis.RoleNames([]types.Role{r}))
	}
	if err := os.MkdirAll(i.Home, 0o700); err != nil {
		return founder, "", err
	}
	operator, _, err := newKey(enc, i.Home, i.Name)
	if err != nil {
		return founder, "", err
	}
	ends := devLicence
	if shorter, given := n.options.LicenceEnds[part.name]; given {
		ends = shorter
	}
	founder = genesis.Institution{
		Operator: operator.Address().Bytes(), OperatorPubKey: operator, Name: part.title, LicenceNumber: part.licence,
		Jurisdiction: devJurisdiction, Roles: part.roles, ValidUntil: start.Add(ends),
	}
	i.Operator = founder.Operator.String()

	first := n.BasePort + index*portStep
	if founder.IsValidator() {
		ports := nodehome.PortsFrom(first)
		id, key, err := nodehome.Init(i.Home, n.ConsensusKey)
		if err != nil {
			return founder, "", err
		}
		founder.ConsensusPubKey, founder.Power = key, devPower
		peer = nodehome.Peer(id, "127.0.0.1", ports.P2P)
		i.Node = &Node{
			Process: Process{Name: i.Name + " node", Home: i.Home, Log: n.logFile(i.Name, "node")},
			RPC:     "http://" + loopback(ports.RPC), GRPC: loopback(ports.GRPC), REST: "http://" + loopback(ports.REST), P2P: peer,
		}
	}
	if !n.options.WithoutVaults && part.name != Bureau {
		i.Vault = &Vault{
			Process:        Process{Name: i.Name + " vault", Home: i.Home, Log: n.logFile(i.Name, "vault")},
			Endpoint:       loopback(first + vaultOffset),
			Admin:          loopback(first + adminOffset),
			PassphraseFile: filepath.Join(i.Home, "vault.passphrase"),
			Served:         founder.IsValidator(),
		}
		founder.VaultEndpoint = i.Vault.Endpoint
		if founder.VaultKey, err = n.initVault(ctx, &i); err != nil {
			return founder, "", err
		}
	}
	if n.options.Desk && part.name == Lender && i.Vault != nil {
		i.Desk = &Desk{
			Process: Process{Name: i.Name + " desk", Home: i.Home, Log: n.logFile(i.Name, "desk")},
			Address: "http://" + loopback(first+deskOffset) + "/desk/", LinkFile: filepath.Join(i.Home, "desk.link"),
		}
	}
	n.Institutions = append(n.Institutions, i)
	return founder, peer, nil
}

func (n *Net) logFile(name, what string) string {
	return filepath.Join(n.Home, "logs", name+"."+what+".log")
}

// newKey makes an account key in the keyring 'test' of a home, where wallets expect it for its mnemonic.
func newKey(enc app.EncodingConfig, home, name string) (key cryptotypes.PubKey, mnemonic string, err error) {
	keys, err := keyring.New(app.Name, keyring.BackendTest, home, nil, enc.Codec)
	if err != nil {
		return nil, "", err
	}
	record, mnemonic, err := keys.NewMnemonic(name, keyring.English, sdk.FullFundraiserPath, keyring.DefaultBIP39Passphrase, hd.Secp256k1)
	if err != nil {
		return nil, "", err
	}
	key, err = record.GetPubKey()
	return key, mnemonic, err
}

// configure writes the configuration of all homes.
func (n *Net) configure(doc *genutiltypes.AppGenesis, peers []string) error {
	for index := range n.Institutions {
		i := &n.Institutions[index]
		if i.Node == nil {
			if err := n.writeClient(i.Home); err != nil {
				return err
			}
			continue
		}
		var others []string
		for _, peer := range peers {
			if peer != i.Node.P2P {
				others = append(others, peer)
			}
		}
		err := nodehome.Write(nodehome.Settings{
			Home: i.Home, Moniker: i.Name, ChainID: n.ChainID, Listen: "127.0.0.1",
			Ports: nodehome.PortsFrom(n.BasePort + index*portStep), Peers: others, Loopback: true,
			BlockTime: n.options.BlockTime, IdleTime: idleTime, Explorer: true, Genesis: doc,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// writeClient lets commands with this home, which has no node, go through the first validator's.
func (n *Net) writeClient(home string) error {
	first := n.Institutions[0].Node
	return nodehome.WriteClient(home, n.ChainID, first.RPC, first.GRPC)
}
