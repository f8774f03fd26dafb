package exposure

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/creditd/creditd/privacy/exposure"
	"github.com/creditd/creditd/x/exposure/types"
)

// keyFolder below a home folder.
const keyFolder = "sums"

// maxKeyFile is longer than any key file.
const maxKeyFile = 4096

// keyFile is what is kept of a round by the one who asked.
type keyFile struct {
	ChainID string `json:"chain_id"`
	Round   string `json:"round"`
	Key     string `json:"key"`
}

// KeyPath is where the key of a round is: readable for its owner alone. The name of the file is the round's id, which says
// nothing about the subject.
func KeyPath(home string, round types.ID) string {
	return filepath.Join(home, keyFolder, round.String()+".json")
}

// SaveKey stores the key of a round durably. It does not overwrite one.
func SaveKey(home, chainID string, asked Asked) error {
	path := KeyPath(home, asked.Round)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("key of the round: %w", err)
	}
	bz := asked.Key.Bytes()
	text, err := json.Marshal(keyFile{ChainID: chainID, Round: asked.Round.String(), Key: hex.EncodeToString(bz[:])})
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // below the operator's own home
	if err != nil {
		return fmt.Errorf("key of the round: %w", err)
	}
	_, err = file.Write(append(text, '\n'))
	return errors.Join(err, file.Sync(), file.Close())
}

// LoadKey reads the key of a round, and of which chain it is.
func LoadKey(home string, round types.ID) (key exposure.Key, chainID string, err error) {
	path := KeyPath(home, round)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return key, "", fmt.Errorf("%s is not there: the total is read where the round was opened, with the same --home", path)
	}
	if err == nil && info.Size() > maxKeyFile {
		err = errors.New("it is too long")
	}
	if err != nil {
		return key, "", fmt.Errorf("%s: %w", path, err)
	}
	text, err := os.ReadFile(path) //nolint:gosec // below the operator's own home
	if err != nil {
		return key, "", err
	}
	var stored keyFile
	if err := json.Unmarshal(text, &stored); err != nil || stored.Round != round.String() {
		return key, "", fmt.Errorf("%s is no key of this round", path)
	}
	bz, err := hex.DecodeString(stored.Key)
	if err != nil {
		return key, "", fmt.Errorf("%s holds no key", path)
	}
	key, err = exposure.ParseKey(bz)
	return key, stored.ChainID, err
}
