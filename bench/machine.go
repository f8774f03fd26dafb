package bench

import (
	"bufio"
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/cosmos/cosmos-sdk/version"
)

// Machine is what the figures were measured on, and with what build.
type Machine struct {
	OS        string `json:"os"`
	Arch      string `json:"arch"`
	CPU       string `json:"cpu"`
	Cores     int    `json:"cores"`
	Go        string `json:"go"`
	BuildTags string `json:"build_tags"`
	Cgo       bool   `json:"cgo"`
	Version   string `json:"version"`
}

func thisMachine() Machine {
	m := Machine{
		OS: runtime.GOOS, Arch: runtime.GOARCH, Cores: runtime.NumCPU(), CPU: cpuModel(),
		Go: runtime.Version(), Version: version.Version,
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			switch setting.Key {
			case "-tags":
				m.BuildTags = setting.Value
			case "CGO_ENABLED":
				m.Cgo = setting.Value == "1"
			}
		}
	}
	return m
}

// cpuModel as Linux names it; elsewhere it stays empty.
func cpuModel() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if name, value, found := strings.Cut(lines.Text(), ":"); found && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
