export { type Interception, startWaldur } from "../waldur/waldur.ts";
