package devnet

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/cosmos/cosmos-sdk/client/grpc/node"
)

const (
	// startBound is how long nodes may take to make the first block together.
	startBound = 3 * time.Minute
	// vaultBound is how long a vault may take to derive its keys and listen.
	vaultBound = 3 * time.Minute
)

// ErrRunning: everything runs already.
var ErrRunning = errors.New("the devnet is running already")

// Net is a running network.
type Net struct {
	*Manifest
	options Options
	release func() // of reserved ports
	// consortiumKey is known only while the network is made; then each home has it in a file.
	consortiumKey string
}

// Start starts the network in Options.Home, and makes it first where there is none. When it returns, every node
// has a block and every vault answers. It returns ErrRunning, with the network, if there was nothing to start.
func Start(ctx context.Context, options Options) (*Net, error) {
	o, err := options.complete()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.Home, 0o700); err != nil {
		return nil, err
	}
	unlock, err := lock(o.Home)
	if err != nil {
		return nil, err
	}
	defer unlock()

	n := &Net{options: o, release: func() {}}
	n.Manifest, err = Load(o.Home)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = n.create(ctx)
	case err == nil:
		err = sameAs(n.Manifest, options)
	}
	if err != nil {
		n.release()
		return nil, err
	}
	all := len(n.processes())
	switch alive := n.running(); {
	case alive == all:
		return n, ErrRunning
	case alive == 0:
		if err := checkPorts(n.BasePort, withPorts(n.validators())); err != nil {
			n.release()
			return nil, err
		}
	}
	if err := n.start(ctx); err != nil {
		err = errors.Join(err, stopAll(n.processes()))
		n.release()
		return nil, errors.Join(err, n.save())
	}
	return n, n.save()
}

// sameAs refuses options that a network that exists cannot follow any more.
func sameAs(m *Manifest, o Options) error {
	validators := 0
	for _, i := range m.Institutions {
		if i.Node != nil {
			validators++
		}
	}
	differs := func(flag string, have any) error {
		return fmt.Errorf("%s is %v in %s already; leave the flag out, or start anew after 'creditd devnet reset --home %s'",
			flag, have, m.Home, m.Home)
	}
	switch {
	case o.Validators != 0 && o.Validators != validators:
		return differs("--validators", validators)
	case o.ConsensusKey != "" && o.ConsensusKey != m.ConsensusKey:
		return differs("--consensus-key", m.ConsensusKey)
	case o.BasePort != 0 && o.BasePort != m.BasePort:
		return differs("--base-port", m.BasePort)
	case o.ChainID != "" && o.ChainID != m.ChainID:
		return differs("--chain-id", m.ChainID)
	}
	return nil
}

// start starts what does not run, waits for it, and seeds the network at its first start.
func (n *Net) start(ctx context.Context) error {
	for i := range n.Institutions {
		if err := n.startNode(&n.Institutions[i]); err != nil {
			return err
		}
	}
	if err := n.save(); err != nil { // 'down' finds what an aborted 'up' started
		return err
	}
	for i := range n.Institutions {
		if n.Institutions[i].Node == nil {
			continue
		}
		if err := n.waitNode(ctx, &n.Institutions[i]); err != nil {
			return err
		}
	}
	n.say("%d validators make blocks", n.validators())
	if n.options.WithoutVaults {
		return nil
	}
	if err := n.startVaults(ctx); err != nil {
		return err
	}
	if err := n.seed(ctx); err != nil {
		return err
	}
	return n.startDesk(ctx)
}

func (n *Net) validators() (count int) {
	for _, i := range n.Institutions {
		if i.Node != nil {
			count++
		}
	}
	return count
}

func (n *Net) startNode(i *Institution) error {
	if i.Node == nil || i.Node.Alive() {
		return nil
	}
	p, err := spawn(i.Name+" node", i.Home, i.Node.Log, !n.options.Detached,
		n.options.Binary, "start", "--home", i.Home, "--log_no_color")
	if err != nil {
		return err
	}
	i.Node.Process = *p
	return nil
}

// waitNode returns when the node has made a block since it was started, answers queries about it, and takes part in
// consensus: with blocks of an earlier run only, or while it still fetches those of others, it does not yet.
func (n *Net) waitNode(ctx context.Context, i *Institution) error {
	ctx, cancel := context.WithTimeout(ctx, startBound)
	defer cancel()
	conn, err := grpc.NewClient(i.Node.GRPC, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer conn.Close()
	application := node.NewServiceClient(conn)
	found := int64(-1) // height that it began with
	return poll(ctx, func() (bool, error) {
		if !i.Node.Alive() {
			return false, i.Node.ended()
		}
		if found < 0 {
			status, err := NodeStatus(ctx, i.Node.RPC)
			if err != nil {
				return false, nil
			}
			found = status.Height
		}
		status, err := application.Status(ctx, &node.StatusRequest{})
		if err != nil || int64(status.Height) <= found {
			return false, nil
		}
		state, err := NodeStatus(ctx, i.Node.RPC)
		return err == nil && !state.CatchingUp, nil
	}, "%s has no new block", i.Node.Name)
}

// poll asks until the answer is yes. When time is over it returns the text with what it waited for.
func poll(ctx context.Context, ready func() (bool, error), format string, args ...any) error {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		yes, err := ready()
		if yes || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf(format+": %w", append(args, ctx.Err())...)
		case <-ticker.C:
		}
	}
}

func (n *Net) say(format string, args ...any) {
	if n.options.Progress != nil {
		fmt.Fprintf(n.options.Progress, format+"\n", args...)
	}
}

// Kill ends a node at once, as a power cut would.
func (n *Net) Kill(i int) { n.Institutions[i].Node.kill() }

// Interrupt asks a node to stop and waits until it has.
func (n *Net) Interrupt(i int) error { return stopAll([]*Process{&n.Institutions[i].Node.Process}) }

// Restart starts a node again, without waiting for it.
func (n *Net) Restart(i int) error {
	if err := n.startNode(&n.Institutions[i]); err != nil {
		return err
	}
	return n.save()
}

// KillVault ends a vault at once.
func (n *Net) KillVault(name string) { n.Find(name).Vault.kill() }

// RestartVault starts a vault again and waits until it answers.
func (n *Net) RestartVault(ctx context.Context, name string) error {
	if err := n.startVault(n.Find(name)); err != nil {
		return err
	}
	if err := n.save(); err != nil {
		return err
	}
	return n.waitVault(ctx, n.Find(name))
}

// WaitHeight returns when a node has the block.
func (n *Net) WaitHeight(ctx context.Context, i int, height int64) error {
	of := n.Institutions[i].Node
	return poll(ctx, func() (bool, error) {
		if !of.Alive() {
			return false, of.ended()
		}
		status, err := NodeStatus(ctx, of.RPC)
		return err == nil && status.Height >= height, nil
	}, "%s has no block %d", of.Name, height)
}

// Stop ends all processes; the home stays and can be started again.
func (n *Net) Stop() error {
	defer n.release()
	return errors.Join(stopAll(n.processes()), n.save())
}

// Down ends all processes of a home, whoever started them, and says how many ran.
func Down(home string) (stopped int, err error) {
	m, unlock, err := open(home)
	if err != nil {
		return 0, err
	}
	defer unlock()
	stopped = m.running()
	return stopped, errors.Join(stopAll(m.processes()), m.save())
}

// Reset ends all processes of a home and deletes it.
func Reset(home string) error {
	if _, err := Down(home); err != nil {
		return err
	}
	home, err := filepath.Abs(home)
	if err != nil {
		return err
	}
	return os.RemoveAll(home)
}

// open reads a manifest and keeps other commands off its home.
func open(home string) (*Manifest, func(), error) {
	home, err := filepath.Abs(home)
	if err != nil {
		return nil, nil, err
	}
	m, err := Load(home)
	if err != nil {
		return nil, nil, err
	}
	unlock, err := lock(home)
	return m, unlock, err
}
