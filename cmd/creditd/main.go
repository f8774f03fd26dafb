// Command creditd is the one binary of the chain: node, command line, devnet, vault and credit reports.
package main

import (
	"errors"
	"os"
	"runtime/debug"

	svrcmd "github.com/cosmos/cosmos-sdk/server/cmd"

	"github.com/creditd/creditd/app"
	"github.com/creditd/creditd/cmd/creditd/cmd"
)

func main() {
	// All that the command line is made of stays: collecting garbage while it grows is a third of the time of a short command.
	percent := debug.SetGCPercent(-1)
	root := cmd.NewRootCmd()
	debug.SetGCPercent(percent)
	err := svrcmd.Execute(root, "CREDITD", app.DefaultNodeHome)
	if err == nil {
		return
	}
	var coded interface{ ProgramExitCode() int } // a command whose code says more than that it failed
	if errors.As(err, &coded) {
		os.Exit(coded.ProgramExitCode())
	}
	os.Exit(1) // cobra has printed it
}
