package devnet

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"
)

// deskBound is how long a desk may take to derive its vault's keys and listen.
const deskBound = 30 * time.Second

// startDesk starts the lender's, where the network has one, and waits until it answers.
func (n *Net) startDesk(ctx context.Context) error {
	i := n.Find(Lender)
	if i == nil || i.Desk == nil || i.Desk.Alive() {
		return nil
	}
	listen := strings.TrimSuffix(strings.TrimPrefix(i.Desk.Address, "http://"), "/desk/")
	p, err := spawn(i.Name+" desk", i.Home, i.Desk.Log, !n.options.Detached, n.options.Binary, "report", "desk", "--home", i.Home,
		"--listen", listen, "--explorer", n.Explorer(), "--link-file", i.Desk.LinkFile)
	if err != nil {
		return err
	}
	i.Desk.Process = *p
	ctx, cancel := context.WithTimeout(ctx, deskBound)
	defer cancel()
	err = poll(ctx, func() (bool, error) {
		if !i.Desk.Alive() {
			return false, i.Desk.ended()
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, i.Desk.Address+"style.css", nil)
		if err != nil {
			return false, err
		}
		response, err := httpClient.Do(request)
		if err != nil {
			return false, nil
		}
		return response.StatusCode == http.StatusOK, response.Body.Close()
	}, "%s does not answer at %s", i.Desk.Name, i.Desk.Address)
	if err == nil {
		n.say("the lender's desk answers")
	}
	return err
}

// Explorer is the address of the first node's.
func (m *Manifest) Explorer() string { return m.Institutions[0].Node.REST + "/ui/" }

// DeskLink lets one browser into the lender's desk. The desk makes another when it was used.
func (m *Manifest) DeskLink() (string, error) {
	i := m.Find(Lender)
	if i == nil || i.Desk == nil {
		return "", fmt.Errorf("%s has no desk: it was made without; start anew after 'creditd devnet reset --home %s'", m.Home, m.Home)
	}
	if !i.Desk.Alive() {
		return "", fmt.Errorf("the lender's desk does not run: start it with 'creditd devnet up --home %s'", m.Home)
	}
	link, err := os.ReadFile(i.Desk.LinkFile)
	if err != nil {
		return "", fmt.Errorf("the desk's link: %w", err)
	}
	return strings.TrimSpace(string(link)), nil
}

// MnemonicOf a subject's key: for trying out, as everything here.
func (s *Subject) MnemonicOf() (string, error) {
	if s.Mnemonic == "" {
		return "", fmt.Errorf("the key of %s was made by an older creditd, which kept no mnemonic: start anew after 'creditd devnet reset'", s.Key)
	}
	text, err := os.ReadFile(s.Mnemonic)
	return strings.TrimSpace(string(text)), err
}
