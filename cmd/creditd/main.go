// Command creditd is the one binary of the chain: node, command line, devnet, vault and credit reports.
package main

import (
	"errors"
	"os"

	svrcmd "github.com/cosmos/cosmos-sdk/server/cmd"

	"github.com/creditd/creditd/app"
	"github.com/creditd/creditd/cmd/creditd/cmd"
)

func main() {
	err := svrcmd.Execute(cmd.NewRootCmd(), "CREDITD", app.DefaultNodeHome)
	if err == nil {
		return
	}
	var coded interface{ ProgramExitCode() int } // a command whose code says more than that it failed
	if errors.As(err, &coded) {
		os.Exit(coded.ProgramExitCode())
	}
	os.Exit(1) // cobra has printed it
}
