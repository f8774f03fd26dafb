export { aminoConverters, type AminoConverter } from "./amino.js";
export { registryTypes } from "./registry.js";
