// Package wallet is what a data subject keeps and does: its key, the names of its credit files, the credentials that it was
// given, and the orders that it signs. It has no server and asks a node only for what is on the chain. The command line is in
// wallet/cli, every text that people read in wallet/text, and the page for its users is docs/wallet.md.
package wallet
