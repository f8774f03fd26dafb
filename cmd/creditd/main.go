// Command creditd is the one binary of the chain: node, command line, devnet, vault and credit reports.
package main

import (
	"os"

	svrcmd "github.com/cosmos/cosmos-sdk/server/cmd"

	"github.com/creditd/creditd/app"
	"github.com/creditd/creditd/cmd/creditd/cmd"
)

func main() {
	if err := svrcmd.Execute(cmd.NewRootCmd(), "CREDITD", app.DefaultNodeHome); err != nil {
		os.Exit(1) // cobra has printed it
	}
}
