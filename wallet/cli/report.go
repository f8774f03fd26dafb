package cli

import "github.com/spf13/cobra"

const (
	flagSave    = "save"
	flagInquiry = "inquiry"
)

func (c commands) report() *cobra.Command { return &cobra.Command{Use: "report"} }
