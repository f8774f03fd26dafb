/** Keys of CosmJS, for who signs with words of its own. */
export { DirectSecp256k1HdWallet, type OfflineSigner } from "@cosmjs/proto-signing";
export { Secp256k1HdWallet } from "@cosmjs/amino";
