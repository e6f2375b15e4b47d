// Bundles the service and its commands into dist.
import { readdirSync, rmSync } from "node:fs";
import { bundle, path } from "./bundle.mjs";

const { metafile } = await bundle({});

// The parts of what was bundled before: nothing that runs looks for one later than at its start.
const made = new Set(Object.keys(metafile.outputs).map((file) => file.split("/").at(-1)));
for (const part of readdirSync(path("../dist/parts"))) if (!made.has(part)) rmSync(path(`../dist/parts/${part}`));
