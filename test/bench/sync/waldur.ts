import { readFileSync } from "node:fs";
import { join } from "node:path";
import { listNames } from "../../../src/import/source.ts";
import { startWaldur } from "../../waldur/waldur.ts";

// A Waldur of the folder's lists, in a process of its own, so that what it takes is not taken for what reads it.
const folder = process.argv[2] ?? "";
const lists = Object.fromEntries(listNames.map((list) => [list, JSON.parse(readFileSync(join(folder, `${list}.json`), "utf8"))]));
const { base, token } = await startWaldur(lists);
process.send?.({ base: base.href, token });
